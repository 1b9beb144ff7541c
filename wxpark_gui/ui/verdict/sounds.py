"""A beep pattern for each severity.

The beep is `QApplication.beep`, whose tone and loudness the system sets: on Windows it is the
default sound, on Linux the desktop's bell, which may be off. So the patterns differ by number and
rhythm of beeps, never by pitch, and the window shows everything that they signal.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Qt, QTimer, Slot

from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.domain.verdict import Severity

_QUICK = 160
_SLOW = 420

PATTERNS: Mapping[Severity, tuple[int, ...]] = {
    Severity.OK: (),
    Severity.ARREARS: (_QUICK, _QUICK),
    Severity.BLOCKED: (_QUICK, _QUICK, _QUICK, _QUICK),
    Severity.CAUTION: (_QUICK, _SLOW),
    Severity.INFO: (_QUICK,),
    Severity.UNKNOWN: (_SLOW, _QUICK),
    Severity.PENDING: (_SLOW,),
    Severity.FAILED: (_SLOW, _SLOW),
}
"""Milliseconds from each beep to the next; a pattern has one more beep than it has values."""


class SoundPlayer(QObject):
    """Plays one beep pattern at a time.

    Args:
        beep: makes one short sound without blocking.
    """

    def __init__(self, beep: Callable[[], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._beep = beep
        self._enabled = True
        self._gaps: deque[int] = deque()
        self._heard = ("", Severity.PENDING)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_gap_over)

    @property
    def enabled(self) -> bool:
        return self._enabled

    @enabled.setter
    def enabled(self, enabled: bool) -> None:
        """Switch sounds on or off; off stops the current pattern."""
        self._enabled = enabled
        if not enabled:
            self._timer.stop()

    def play(self, severity: Severity) -> None:
        """Stop the current pattern and start that of a severity, unless disabled."""
        self._timer.stop()
        if not self._enabled:
            return
        self._gaps = deque(PATTERNS[severity])
        self._sound()

    def play_news(self, record: EntryRecord) -> None:
        """Play the severity of an entry, unless it was the last one played.

        Entries that are saved, being sent or voided make no sound.
        """
        news = (record.entry_id, record.verdict.severity)
        under_way = record.state in (DeliveryState.SAVED, DeliveryState.SENDING)
        if under_way or record.state is DeliveryState.VOIDED or news == self._heard:
            return
        self._heard = news
        self.play(record.verdict.severity)

    def _sound(self) -> None:
        self._beep()
        if self._gaps:
            self._timer.start(self._gaps.popleft())

    @Slot()
    def _on_gap_over(self) -> None:
        self._sound()
