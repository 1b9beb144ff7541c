"""Keys pressed in a window."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

NO_MODIFIER = Qt.KeyboardModifier.NoModifier


def press_until(
    qtbot: QtBot,
    window: QWidget,
    key: Qt.Key,
    is_done: Callable[[], bool],
    modifier: Qt.KeyboardModifier = NO_MODIFIER,
) -> None:
    """Press a key until it has had its effect.

    After another window was closed, the system may activate `window` twice, and a shortcut pressed
    between is lost. `is_done` must be false before, and pressing twice must do no harm.
    """
    assert not is_done()

    def press() -> bool:
        if not is_done():
            window.activateWindow()
            QTest.keyClick(window, key, modifier)
        return is_done()

    qtbot.waitUntil(press)
