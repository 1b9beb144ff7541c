"""After a screen was unplugged or made smaller, every window of the program is in sight."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog, QMainWindow, QMenu, QWidget
from pytestqt.qtbot import QtBot

from wxpark_gui.ui.window.screen_changes import SETTLING_MS, ScreenChanges

LARGE, SMALL = QRect(0, 0, 780, 780), QRect(0, 0, 500, 400)
SECOND = QRect(780, 0, 600, 600)
PLACE = QRect(100, 100, 610, 520)


class FakeScreen:
    """A screen without panels."""

    def __init__(self, place: QRect) -> None:
        self.geometry = self.availableGeometry = lambda: place


class Desk:
    """Screens that can be changed; every window is on the first one."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._screens = [FakeScreen(LARGE)]
        monkeypatch.setattr(QWidget, "screen", lambda _window: self._screens[0])
        monkeypatch.setattr(QGuiApplication, "screens", lambda: self._screens)

    def change(self, *places: QRect) -> None:
        """Replace the screens, and wait until windows are moved."""
        self._screens[:] = [FakeScreen(place) for place in places]
        screen = QGuiApplication.primaryScreen()
        screen.geometryChanged.emit(screen.geometry())


@pytest.fixture
def main(qtbot: QtBot) -> QMainWindow:
    window = QMainWindow()
    qtbot.addWidget(window)
    window.setGeometry(PLACE)
    window.show()
    ScreenChanges(window)
    return window


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch, main: QMainWindow) -> Desk:
    return Desk(monkeypatch)


@pytest.fixture
def settle(qtbot: QtBot) -> Callable[[], None]:
    return lambda: qtbot.wait(SETTLING_MS + 100)


@pytest.mark.parametrize("place", [QRect(790, 20, 300, 200), QRect(-120, 300, 300, 200)])
def test_window_on_a_screen_that_is_gone_comes_to_the_one_left(
    main: QMainWindow, desk: Desk, settle: Callable[[], None], place: QRect
) -> None:
    main.setGeometry(place)
    desk.change(LARGE)
    settle()
    assert LARGE.contains(main.frameGeometry())
    assert main.size() == place.size()


def test_open_dialog_comes_into_sight_too(
    main: QMainWindow, desk: Desk, settle: Callable[[], None]
) -> None:
    dialog = QDialog(main)
    dialog.setGeometry(900, 50, 300, 200)
    dialog.show()
    desk.change(LARGE)
    settle()
    assert LARGE.contains(dialog.frameGeometry())


def test_window_larger_than_the_screen_is_made_smaller_and_gets_its_size_back(
    main: QMainWindow, desk: Desk, settle: Callable[[], None]
) -> None:
    """As while a display is off, and the desktop falls back to a small resolution."""
    desk.change(SMALL)
    settle()
    assert SMALL.contains(main.frameGeometry())
    desk.change(LARGE)
    settle()
    assert main.geometry() == PLACE


def test_window_resized_on_the_small_screen_keeps_its_size(
    main: QMainWindow, desk: Desk, settle: Callable[[], None]
) -> None:
    desk.change(SMALL)
    settle()
    main.resize(400, 300)
    desk.change(LARGE)
    settle()
    assert main.size() == QSize(400, 300)


def test_window_across_two_screens_stays(
    main: QMainWindow, desk: Desk, settle: Callable[[], None]
) -> None:
    place = QRect(700, 50, 300, 200)
    main.setGeometry(place)
    desk.change(LARGE, SECOND)
    settle()
    assert main.geometry() == place


def test_window_maximised_during_the_change_comes_into_sight_when_it_is_so_no_more(
    main: QMainWindow, desk: Desk, settle: Callable[[], None]
) -> None:
    main.showMaximized()
    desk.change(SMALL)
    settle()
    assert main.windowState() & Qt.WindowState.WindowMaximized
    main.showNormal()
    main.setGeometry(PLACE)
    settle()
    assert SMALL.contains(main.frameGeometry())


@pytest.mark.qt_log_ignore("does not support (raise|grabbing the keyboard)", extend=True)
def test_menu_out_of_sight_is_closed_and_takes_no_key(
    main: QMainWindow, desk: Desk, settle: Callable[[], None]
) -> None:
    menu = QMenu(main)
    menu.addAction("one")
    menu.popup(main.pos())
    menu.move(900, 50)
    desk.change(LARGE)
    settle()
    assert not menu.isVisible()
    assert QApplication.activePopupWidget() is None
