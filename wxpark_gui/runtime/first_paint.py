"""Signal for the moment when a window has been painted for the first time."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

PATIENCE_MS = 1000
"""Milliseconds after which a window that is not painted, as it is minimised, counts as painted."""


class FirstPaint(QObject):
    """Watches a window until its first paint. Create it before the window is shown.

    Signals:
        painted(): the window has been painted, or `PATIENCE_MS` have passed. Emitted once.
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
            # The paint event comes before its effect; the timer waits until it is handled.
            self._timer.start(0)
        return False

    @Slot()
    def _on_painted(self) -> None:
        self._window.removeEventFilter(self)
        self.painted.emit()
