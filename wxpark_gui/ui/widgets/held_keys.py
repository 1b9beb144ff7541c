"""Marks the auto-repeat of a held key where Qt takes it for further presses, as on X11.

X11 repeats a held key as pairs of a release and a press with one time. Qt marks such a pair only if
the press is in its queue when it reads the release, which is a race: up to half of the repeats
arrive as presses of their own.
"""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtGui import QKeyEvent

from wxpark_gui.ui.widgets.focus_filter import FocusFilter

SHORTEST_DELAY = 100
"""Least milliseconds that a key is held before it repeats; scanners hold one for less."""


class HeldKeys(FocusFilter):
    """Delivers each further press of a held key as an auto-repeat, in every window of the program.

    Args:
        parent: its owner; the keys are watched while it exists.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._key = self._pressed_at = self._released_at = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or event.isAutoRepeat():
            return False
        if event.type() is QEvent.Type.KeyRelease:
            self._note_release(event)
        elif event.type() is QEvent.Type.KeyPress:
            if self._is_repeat(event):
                repeat = _as_repeat(event)
                QCoreApplication.sendEvent(watched, repeat)
                event.setAccepted(repeat.isAccepted())
                return True
            self._key, self._pressed_at = event.key(), event.timestamp()
        return False

    def _note_release(self, event: QKeyEvent) -> None:
        if event.key() != self._key:
            # It was pressed before another key, or in another program.
            self._key, self._pressed_at = event.key(), 0
        self._released_at = event.timestamp()

    def _is_repeat(self, event: QKeyEvent) -> bool:
        """Test if a press has the time of the same key's release; a finger is never so fast."""
        now = event.timestamp()
        is_pair = event.key() == self._key and 0 < now == self._released_at
        return is_pair and now - self._pressed_at >= SHORTEST_DELAY


def _as_repeat(event: QKeyEvent) -> QKeyEvent:
    repeat = QKeyEvent(
        event.type(),
        event.key(),
        event.modifiers(),
        event.nativeScanCode(),
        event.nativeVirtualKey(),
        event.nativeModifiers(),
        event.text(),
        True,
        event.count(),
    )
    repeat.setTimestamp(event.timestamp())
    return repeat
