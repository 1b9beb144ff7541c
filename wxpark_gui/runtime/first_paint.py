"""Signal for the moment when a window has been painted for the first time."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

PATIENCE_MS = 1000
"""Milliseconds after which a window that is not painted, as it is minimised, counts as painted."""
PAUSE_MS = 100
"""Milliseconds between the paint and the signal, for keys that were typed before it."""


class FirstPaint(QObject):
    """Watches a window until its first paint. Create it before the window is shown.

    Signals:
        painted(): the window was painted `PAUSE_MS` ago, or not within `PATIENCE_MS`. Emitted
            once.
    """

    painted = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_painted)
        self._timer.start(PATIENCE_MS)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window and event.type() is QEvent.Type.Paint:
            self._window.removeEventFilter(self)
            self._timer.start(PAUSE_MS)
        return False

    @Slot()
    def _on_painted(self) -> None:
        self._window.removeEventFilter(self)
        self.painted.emit()
