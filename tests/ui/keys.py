"""Keys pressed in a window."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.systems import UNDER_WINE

TWICE_MS = 100
"""Time in milliseconds within which Wine takes the activation away and gives it again."""
NO_MODIFIER = Qt.KeyboardModifier.NoModifier


def make_active(qtbot: QtBot, window: QWidget) -> None:
    """Activate a window, and wait until it stays active; a shortcut pressed before may be lost.

    A window manager would activate it after another window was closed.
    """
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    if UNDER_WINE:
        qtbot.wait(TWICE_MS)
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)


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


def enter_at(widget: QWidget, milliseconds: int, key: Qt.Key = Qt.Key.Key_Return) -> None:
    """Send an Enter that the system saw at this time."""
    event = QKeyEvent(QEvent.Type.KeyPress, key, NO_MODIFIER, "\r")
    event.setTimestamp(milliseconds)
    QApplication.sendEvent(widget, event)
