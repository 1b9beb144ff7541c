"""Key presses of the tour, and the opening of details."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QWidget

from wxpark_gui.ui.history.window import HistoryWindow
from wxpark_gui.ui.recent.table import RecentTable
from wxpark_gui.ui.window.main_window import MainWindow

_KEYS = {"\n": Qt.Key.Key_Return, "\b": Qt.Key.Key_Backspace}


def open_first_row(window: MainWindow) -> None:
    """Open the details of the newest recent entry, as Enter on its row does."""
    table = window.findChild(RecentTable)
    if table is not None:
        table.rowOpened.emit(table.model().index(0, 0))


def press_key(plate: QWidget, character: str) -> None:
    """Press and release the key of a character, an Enter or a backspace."""
    key = _KEYS.get(character) or Qt.Key(ord(character.upper()))
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, character)
        QApplication.sendEvent(plate, event)


def press_shortcut(window: MainWindow, name: str) -> None:
    """Activate the shortcut `name`, such as `F7`; a no-op for an empty name.

    A key event sent to a widget would not reach the window's shortcuts.
    """
    for shortcut in window.findChildren(QShortcut):
        if name and shortcut.key() == QKeySequence(name):
            shortcut.activated.emit()


def is_ready(history: HistoryWindow, *, opens_detail: bool) -> bool:
    """Return True once the search has ended and, with `opens_detail`, the details are open.

    After the search, the first call with `opens_detail` opens them and returns False.
    """
    if history.is_searching:
        return False
    if opens_detail and not history.shows_detail:
        history.open_detail()
        return False
    return True
