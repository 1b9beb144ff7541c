"""Pastes text without waiting thrice for a program that hangs and owns the clipboard (X11)."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QMimeData, QObject
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QLineEdit

from wxpark_gui.ui.widgets.focus_filter import FocusFilter


class Pasting(FocusFilter):
    """Handles the key to paste in each `QLineEdit` of the program, whose own handler waits thrice.

    Args:
        parent: its owner; the key is handled while it exists.
    """

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


def clipboard_text() -> str:
    """Return the clipboard's text; wait once, not thrice, 5 s for a program that hangs (X11)."""
    content: QMimeData | None = QGuiApplication.clipboard().mimeData()
    return content.text() if content is not None and content.formats() else ""
