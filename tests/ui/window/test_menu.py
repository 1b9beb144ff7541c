"""The menu of all actions."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from tests.settings import settings_of
from tests.ui.conftest import FakeBooth, RecordMaker
from tests.ui.support_states import REPORT
from wxpark_gui.domain.entry import CarType
from wxpark_gui.domain.known_plates import KnownPlates
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.window.main_window import MainWindow
from wxpark_gui.ui.window.menu import MenuButton
from wxpark_gui.ui.window.shortcuts import SHORTCUTS, Action

pytestmark = pytest.mark.qt_log_ignore(
    "This plugin does not support (raise|grabbing the keyboard)", extend=True
)
TOUCH = 45
"""12 mm in pixels at 96 dpi."""


def button(window: MainWindow) -> MenuButton:
    found = window.findChild(MenuButton)
    assert isinstance(found, MenuButton)
    return found


def main_menu(window: MainWindow) -> QMenu:
    found = window.findChild(QMenu, "mainMenu")
    assert isinstance(found, QMenu)
    return found


def submenus(window: MainWindow) -> list[QMenu]:
    return [menu for menu in main_menu(window).findChildren(QMenu) if menu.actions()]


def item(window: MainWindow, text: str) -> QAction:
    found = [
        action
        for menu in submenus(window)
        for action in menu.actions()
        if action.text().startswith(text)
    ]
    assert len(found) == 1, text
    return found[0]


def test_every_action_but_the_menu_itself_is_in_it_with_its_key(window: MainWindow) -> None:
    texts = [action.text() for menu in submenus(window) for action in menu.actions()]
    keys = [text.partition("\t")[2] for text in texts]
    assert sorted(keys) == sorted(
        row.shown for row in SHORTCUTS if row.action not in (None, Action.MENU)
    )
    assert {row.action for row in SHORTCUTS} >= set(Action)
    assert all(text.partition("\t")[0].strip() for text in texts)


def test_click_opens_it_and_the_plate_keeps_what_was_typed(
    qtbot: QtBot, window: MainWindow
) -> None:
    QTest.keyClicks(window.form.plate, "123")
    QTest.mouseClick(button(window), Qt.MouseButton.LeftButton)
    assert main_menu(window).isVisible()
    QTest.keyClick(main_menu(window), Qt.Key.Key_Escape)
    assert not main_menu(window).isVisible()
    qtbot.waitUntil(window.form.plate.hasFocus)
    assert window.form.plate.text() == "粤B123"


def test_it_is_used_by_keyboard_alone(qtbot: QtBot, window: MainWindow) -> None:
    QTest.keyClick(window, Qt.Key.Key_M, Qt.KeyboardModifier.AltModifier)
    menu = main_menu(window)
    assert menu.isVisible()
    for _ in range(4):
        QTest.keyClick(menu, Qt.Key.Key_Down)
    QTest.keyClick(menu, Qt.Key.Key_Right)
    helps = submenus(window)[-1]
    assert helps.isVisible()
    QTest.keyClick(helps, Qt.Key.Key_Up)
    QTest.keyClick(helps, Qt.Key.Key_Return)
    assert not menu.isVisible()
    assert window._help.isVisible()


@pytest.mark.parametrize(
    ("text", "opened"),
    [
        ("诊断信息", lambda window: window.support.diagnostics),
        ("检查本机", lambda window: window.support.check),
        ("版本", lambda window: window.dialogs.about),
    ],
)
def test_help_items_open_their_dialogs(
    window: MainWindow, text: str, opened: Callable[[MainWindow], object]
) -> None:
    item(window, text).trigger()
    assert opened(window) is not None


def test_crash_report_is_disabled_and_says_so_until_there_is_one(window: MainWindow) -> None:
    button(window).open()
    main_menu(window).close()
    assert not item(window, "没有出错的报告").isEnabled()
    window.support.note_crash(REPORT)
    button(window).open()
    main_menu(window).close()
    item(window, "上次出错的报告").trigger()
    assert window.support.crash is not None


def test_items_for_keys_of_the_plate_do_what_those_keys_do(
    window: MainWindow, booth: FakeBooth, make_record: RecordMaker
) -> None:
    booth.entries.recentLoaded.emit((make_record("粤B77777"),))
    window.form.plate.set_known_plates(KnownPlates([("粤B88888", 4)]))
    item(window, "上一个车牌").trigger()
    assert window.form.plate.text() == "粤B77777"
    item(window, "清空").trigger()
    QTest.keyClicks(window.form.plate, "8888")
    item(window, "采用提示").trigger()
    assert window.form.plate.text() == "粤B88888"
    item(window, "小型车或大型车").trigger()
    item(window, "发送").trigger()
    assert [(draft.plate, draft.car_type) for draft in booth.entries.drafts] == [
        ("粤B88888", CarType.LARGE)
    ]
    assert window.form.plate.hasFocus()


def test_item_for_tab_goes_to_the_list(
    window: MainWindow, booth: FakeBooth, make_record: RecordMaker
) -> None:
    booth.entries.recentLoaded.emit((make_record(),))
    item(window, "到列表").trigger()
    focused = QApplication.focusWidget()
    assert focused is not None
    assert focused.objectName() == "recentTable"


@pytest.mark.parametrize(("language", "scale"), [("zh_CN", 100), ("zh_CN", 200), ("en", 200)])
def test_each_row_is_high_enough_for_touch_and_the_menu_fits_the_screen(
    window: MainWindow, appearance: Appearance, language: str, scale: int
) -> None:
    appearance.follow(settings_of(theme="light", language=language, font_scale=scale))
    room = window.screen().availableGeometry().size()
    button(window).open()
    for menu in (main_menu(window), *submenus(window)):
        assert menu.sizeHint().boundedTo(room) == menu.sizeHint()
        assert all(menu.actionGeometry(row).height() >= TOUCH for row in menu.actions())
    main_menu(window).close()


def test_titles_follow_the_language(window: MainWindow, appearance: Appearance) -> None:
    assert "菜单" in button(window).text()
    appearance.follow(settings_of(theme="light", language="en"))
    assert "Menu" in button(window).text()
    assert submenus(window)[-1].title() == "Help"


@pytest.mark.parametrize("in_group", [False, True], ids=["menu", "group"])
def test_character_of_a_plate_leaves_the_menu_and_is_typed(
    window: MainWindow, qtbot: QtBot, *, in_group: bool
) -> None:
    button(window).open()
    menu = main_menu(window)
    if in_group:
        QTest.keyClick(menu, Qt.Key.Key_Right)
    popup = QApplication.activePopupWidget()
    assert popup is not None
    QTest.keyClick(popup, Qt.Key.Key_7)
    qtbot.waitUntil(lambda: window.form.plate.text() == "粤B7")
    assert QApplication.activePopupWidget() is None
