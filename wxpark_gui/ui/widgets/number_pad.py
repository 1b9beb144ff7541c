"""Reads the number pad while Num Lock is off, when its digits arrive as cursor keys."""

from __future__ import annotations

import sys

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit

_DIGITS: dict[int, str] = {
    Qt.Key.Key_Insert: "0",
    Qt.Key.Key_End: "1",
    Qt.Key.Key_Down: "2",
    Qt.Key.Key_PageDown: "3",
    Qt.Key.Key_Left: "4",
    Qt.Key.Key_Clear: "5",
    Qt.Key.Key_Right: "6",
    Qt.Key.Key_Home: "7",
    Qt.Key.Key_Up: "8",
    Qt.Key.Key_PageUp: "9",
}

_KEYS = {digit: Qt.Key(Qt.Key.Key_0 + int(digit)) for digit in _DIGITS.values()}


def pad_digit(event: QKeyEvent) -> str:
    """Return the digit that a key of the number pad shows; empty for any other key.

    On macOS it is always empty: there the arrow keys count as keys of the pad, and Num Lock does
    not exist.
    """
    modifiers = event.modifiers()
    if sys.platform == "darwin" or modifiers != Qt.KeyboardModifier.KeypadModifier:
        return ""
    return _DIGITS.get(event.key(), "")


def take_pad_digits(field: QLineEdit) -> None:
    """Let a field for digits, such as a PIN or a time, take the pad's keys as digits."""
    field.installEventFilter(_PadDigits(field))


class _PadDigits(QObject):
    """Filter that puts the digits of the pad into its parent, a text field."""

    def __init__(self, field: QLineEdit) -> None:
        super().__init__(field)
        self._field = field

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent):
            return False
        digit = pad_digit(event)
        if not digit:
            return False
        if event.type() is QEvent.Type.ShortcutOverride:
            event.accept()
        elif event.type() is QEvent.Type.KeyPress and not event.isAutoRepeat():
            typed = QKeyEvent(
                QEvent.Type.KeyPress, _KEYS[digit], Qt.KeyboardModifier.KeypadModifier, digit
            )
            QCoreApplication.sendEvent(self._field, typed)
        return True
