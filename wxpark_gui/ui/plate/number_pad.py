"""Reads the number pad while Num Lock is off, when its digits arrive as cursor keys."""

from __future__ import annotations

import sys

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

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


def pad_digit(event: QKeyEvent) -> str:
    """Return the digit that a key of the number pad shows; empty for any other key.

    On macOS it is always empty: there the arrow keys count as keys of the pad, and Num Lock does
    not exist.
    """
    modifiers = event.modifiers()
    if sys.platform == "darwin" or modifiers != Qt.KeyboardModifier.KeypadModifier:
        return ""
    return _DIGITS.get(event.key(), "")
