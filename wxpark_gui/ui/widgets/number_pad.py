"""Reads the number pad while its digits arrive as cursor keys, as without Num Lock."""

from __future__ import annotations

import sys

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from wxpark_gui.ui.widgets.focus_filter import FocusFilter

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

_PAD = Qt.KeyboardModifier.KeypadModifier
_KEYS = {digit: Qt.Key(Qt.Key.Key_0 + int(digit)) for digit in _DIGITS.values()}


class NumberPad(FocusFilter):
    """Delivers the pad's cursor keys as digits, in every window of the program.

    A key whose digit no widget accepts is delivered as the cursor key. Fields, lists and dialogs
    therefore need no code of their own for the pad.

    Args:
        parent: its owner; the keys are translated while it exists.
    """

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent):
            return False
        digit = _digit_of(event)
        if not digit:
            return False
        if event.type() is QEvent.Type.ShortcutOverride:
            # Ins is a shortcut of the window; the pad's 0 is none.
            event.accept()
            popup = QApplication.activePopupWidget()
            if popup is not None:
                # The key press that follows may go to its window, which never has the focus.
                self.watch(popup.windowHandle())
            return True
        typed = QKeyEvent(event.type(), _KEYS[digit], _PAD, digit, event.isAutoRepeat())
        typed.setTimestamp(event.timestamp())
        QCoreApplication.sendEvent(watched, typed)
        return typed.isAccepted()


def _digit_of(event: QKeyEvent) -> str:
    """Return the digit that a key of the number pad shows; empty for any other key.

    X11 also sends cursor keys while Num Lock is on and Shift is held, as for the letter before.

    On macOS it is always empty: there the arrow keys count as keys of the pad, and Num Lock does
    not exist.
    """
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
    if sys.platform == "darwin" or modifiers != _PAD:
        return ""
    return _DIGITS.get(event.key(), "")
