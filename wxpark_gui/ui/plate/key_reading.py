"""Reads key events that a person did not mean as they arrive: a scanner's, or with a stuck key."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from wxpark_gui.ui.plate.enter_bounce import ENTER_KEYS

COMMAND_KEYS = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)
_NAMES = {
    Qt.KeyboardModifier.ControlModifier: "Ctrl",
    Qt.KeyboardModifier.AltModifier: "Alt",
    Qt.KeyboardModifier.MetaModifier: "Win",
}
_LINE_ENDS = ("\r", "\n")


def as_enter(event: QKeyEvent) -> QKeyEvent:
    """Return Enter for Ctrl+M, Ctrl+J and a line feed, which end a scanned code; else the event."""
    if event.text() not in _LINE_ENDS or event.key() in ENTER_KEYS:
        return event
    plain = Qt.KeyboardModifier.NoModifier
    enter = QKeyEvent(event.type(), Qt.Key.Key_Return, plain, "\r", event.isAutoRepeat())
    enter.setTimestamp(event.timestamp())
    return enter


def held_modifier(event: QKeyEvent) -> str:
    """Return the name of the key of `COMMAND_KEYS` held with a digit or Enter; empty for none.

    No shortcut of the window but Ctrl+0 has one of these, so the key is held by mistake or stuck,
    as after remote control.
    """
    is_digit = Qt.Key.Key_0 <= event.key() <= Qt.Key.Key_9
    if not is_digit and event.key() not in ENTER_KEYS:
        return ""
    return next((name for key, name in _NAMES.items() if event.modifiers() & key), "")
