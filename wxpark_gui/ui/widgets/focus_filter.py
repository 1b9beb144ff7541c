"""Filters events of whichever window of the program has the focus."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QObject, Slot
from PySide6.QtGui import QGuiApplication, QWindow


class FocusFilter(QObject):
    """Installs itself in each window that gets the focus; a subclass has the `eventFilter`.

    Args:
        parent: its owner; events are filtered while it exists.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        application = QCoreApplication.instance()
        if isinstance(application, QGuiApplication):
            application.focusWindowChanged.connect(self.watch)
            self.watch(QGuiApplication.focusWindow())

    @Slot(QWindow)
    def watch(self, window: QWindow | None) -> None:
        """Filter the events of a window; a no-op for None."""
        if window is not None:
            # A filter that is installed already is only moved to the front.
            window.installEventFilter(self)
