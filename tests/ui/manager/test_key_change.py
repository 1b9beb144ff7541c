"""Dialog of the key change, with a fake controller."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from tests.ui.conftest import Desk, DialogParent, FakeBooth
from tests.ui.manager_states import query
from tests.ui.shift.test_dialog import press, texts
from wxpark_gui.domain.connectivity import ConnectionFailure
from wxpark_gui.domain.errors import Field
from wxpark_gui.domain.health import Finding, Health, Subject, Trouble
from wxpark_gui.domain.key_change import KeyNotRestoredError, KeyResult, KeyStep
from wxpark_gui.ui.manager.key_change_dialog import KeyChangeDialog
from wxpark_gui.ui.window.main_window import MainWindow

KEY = "k1" * 16
ENTER, ESCAPE, TAB = Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Tab
OFFLINE = Finding(Subject.SIGNED_QUERY, Health.BAD, failure=ConnectionFailure.TIMEOUT)


@pytest.fixture
def dialog(qtbot: QtBot, desk: Desk) -> Iterator[KeyChangeDialog]:
    desk.dialogs.open_merchant()
    yield from _changing(desk, qtbot)


@pytest.fixture
def dialog_over_window(qtbot: QtBot, window: MainWindow) -> Iterator[KeyChangeDialog]:
    """The dialog, opened by keyboard over the main window."""
    QTest.keyClick(window, Qt.Key.Key_F12)
    yield from _changing(window, qtbot)


def _changing(parent: DialogParent, qtbot: QtBot) -> Iterator[KeyChangeDialog]:
    """Open the dialog from the settings by keyboard."""
    settings = parent.dialogs.merchant
    assert settings is not None
    settings.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is settings)
    button = settings.findChild(QPushButton, "changeKey")
    assert button is not None
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Space)
    dialog = settings.findChild(KeyChangeDialog)
    assert dialog is not None
    qtbot.waitUntil(lambda: QApplication.activeWindow() is dialog)
    yield dialog
    settings.reject()


def test_typed_key_is_masked_and_tested(dialog: KeyChangeDialog, booth: FakeBooth) -> None:
    press(KEY)
    assert dialog.page.key.entry.displayText() != KEY
    press(ENTER)
    assert booth.key_changer.tested == [KEY]
    assert "正在用新密钥" in texts(dialog)


def test_malformed_key_is_not_tested(dialog: KeyChangeDialog, booth: FakeBooth) -> None:
    press("short", ENTER)
    assert booth.key_changer.tested == []
    assert dialog.page.key.problem()
    press("1")
    assert not dialog.page.key.problem()


def test_accepted_key_is_said_to_be_in_use_and_enter_closes(
    dialog: KeyChangeDialog, booth: FakeBooth
) -> None:
    press(KEY, ENTER)
    booth.key_changer.end(KeyResult(KeyStep.SWITCHED))
    assert "启用" in texts(dialog)
    assert dialog.page.key.entry.text() == ""
    press(ENTER)
    assert not dialog.isVisible()


def test_refused_key_says_why_and_that_the_old_one_stays(
    dialog: KeyChangeDialog, booth: FakeBooth
) -> None:
    press(KEY, ENTER)
    booth.key_changer.end(KeyResult(KeyStep.REFUSED, query(Trouble.KEY_REFUSED)))
    said = texts(dialog)
    assert "仍用旧密钥" in said
    assert "不检验就启用" not in said
    assert dialog.page.key.entry.text() == KEY


def test_untested_key_is_used_after_two_presses_only(
    dialog: KeyChangeDialog, booth: FakeBooth
) -> None:
    press(KEY, ENTER)
    booth.key_changer.end(KeyResult(KeyStep.UNTESTED, OFFLINE))
    assert "现在无法检验" in texts(dialog)
    dialog.page.untested.setFocus()
    press(ENTER)
    assert booth.key_changer.untested == []
    assert "再按一次" in texts(dialog)
    press(ENTER)
    assert booth.key_changer.untested == [KEY]
    booth.key_changer.end(KeyResult(KeyStep.STORED))
    assert "未经检验" in texts(dialog)


def test_other_key_after_an_untested_one_is_tested_first(
    dialog: KeyChangeDialog, booth: FakeBooth
) -> None:
    press(KEY, ENTER)
    booth.key_changer.end(KeyResult(KeyStep.UNTESTED, OFFLINE))
    dialog.page.untested.setFocus()
    press(ENTER)
    dialog.page.key.entry.setFocus()
    press(Qt.Key.Key_Backspace, "9")
    assert "不检验就启用" not in texts(dialog)
    press(ENTER)
    assert booth.key_changer.tested == [KEY, f"{KEY[:-1]}9"]


def test_escape_keeps_the_old_key_after_it_asked(dialog: KeyChangeDialog) -> None:
    press(KEY, ESCAPE)
    assert dialog.isVisible()
    press(ESCAPE)
    assert not dialog.isVisible()
    assert dialog.page.key.entry.text() == ""


def test_escape_is_ignored_while_a_test_runs(dialog: KeyChangeDialog, booth: FakeBooth) -> None:
    press(KEY, ENTER)
    QTest.keyClick(dialog, ESCAPE)
    assert dialog.isVisible()
    booth.key_changer.end(KeyResult(KeyStep.RESTORED, query(Trouble.QUERY_BUSY)))
    assert "已恢复旧密钥" in texts(dialog)


def test_failure_of_the_keyring_is_told(dialog: KeyChangeDialog, booth: FakeBooth) -> None:
    press(KEY, ENTER)
    booth.key_changer.end(KeyNotRestoredError())
    assert "旧密钥也没能存回" in texts(dialog)
    assert dialog.page.key.entry.hasFocus()


def test_switch_releases_what_waits(dialog: KeyChangeDialog, booth: FakeBooth) -> None:
    booth.controllers.key_changer.switched.connect(booth.backlog.release)
    press(KEY, ENTER)
    booth.key_changer.end(KeyResult(KeyStep.REFUSED, query(Trouble.KEY_REFUSED)))
    assert booth.backlog.released == 0
    press(ENTER)
    booth.key_changer.end(KeyResult(KeyStep.SWITCHED))
    assert booth.backlog.released == 1


def test_plate_is_entered_while_a_key_is_tested(
    qtbot: QtBot, dialog_over_window: KeyChangeDialog, window: MainWindow, booth: FakeBooth
) -> None:
    dialog = dialog_over_window
    press(KEY, ENTER)
    assert QApplication.activeModalWidget() is None
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.form.plate.setFocus()
    press("B12345", ENTER)
    assert [draft.plate for draft in booth.entries.drafts] == ["粤B12345"]
    booth.key_changer.end(KeyResult(KeyStep.SWITCHED))
    assert "启用" in texts(dialog)


def test_settings_are_not_edited_or_left_while_the_key_is_changed(
    qtbot: QtBot, dialog: KeyChangeDialog, desk: Desk, booth: FakeBooth
) -> None:
    settings = desk.dialogs.merchant
    assert settings is not None
    assert not settings.field(Field.APPID).entry.isEnabled()
    assert "另一窗口更换密钥" in texts(settings)
    settings.findChildren(QPushButton, "saveButton")[0].click()
    QTest.keyClick(settings, ESCAPE)
    assert booth.settings.kept == []
    assert settings.isVisible()
    press(ESCAPE)
    assert not dialog.isVisible()
    assert settings.field(Field.APPID).entry.isEnabled()
    assert "另一窗口更换密钥" not in texts(settings)
    qtbot.waitUntil(settings.findChildren(QPushButton, "changeKey")[0].hasFocus)
    QTest.keyClick(settings, ESCAPE)
    assert desk.dialogs.merchant is None
