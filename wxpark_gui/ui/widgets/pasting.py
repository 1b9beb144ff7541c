"""Pastes text without waiting thrice for a program that hangs and owns the clipboard (X11)."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QObject, Slot
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QWindow
from PySide6.QtWidgets import QApplication, QLineEdit


class Pasting(QObject):
    """Handles the key to paste in each `QLineEdit` of the program, whose own handler waits thrice.

    Args:
        parent: its owner; the key is handled while it exists.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        application = QCoreApplication.instance()
        if isinstance(application, QGuiApplication):
            application.focusWindowChanged.connect(self._watch)
            self._watch(QGuiApplication.focusWindow())

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() is not QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        if not event.matches(QKeySequence.StandardKey.Paste):
            return False
        field = QApplication.focusWidget()
        if not isinstance(field, QLineEdit) or field.isReadOnly():
            return False
        field.insert(clipboard_text())
        event.accept()
        return True

    @Slot(QWindow)
    def _watch(self, window: QWindow | None) -> None:
        if window is not None:
            # A filter that is installed already is only moved to the front.
            window.installEventFilter(self)


def clipboard_text() -> str:
    """Return the clipboard's text; wait once, not thrice, 5 s for a program that hangs (X11)."""
    content: QMimeData | None = QGuiApplication.clipboard().mimeData()
    return content.text() if content is not None and content.formats() else ""
