"""A day with several profiles by keyboard, with the real window, threads, journal and settings."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from tests.ui.profile_states import EAST, SOUTH, WEST
from tests.ui.profiles.conftest import Lots
from tests.ui.shift.test_dialog import texts
from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.errors import AccountInUseError, Field, ReadableError
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.training.faults import Fault
from wxpark_gui.ui.manager.key_change_dialog import KeyChangeDialog
from wxpark_gui.ui.setup.steps import Step

ENTER, SHIFT = Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def no_key(keys: dict[str, Secret]) -> None:
    """The keyring has no key for the third profile."""
    del keys["1900000777"]


def test_waiting_entry_and_next_car_go_out_for_their_own_profile(lots: Lots, qtbot: QtBot) -> None:
    lots.gateway.set_faults((Fault.RESET,))
    lots.enter("12345", qtbot)
    qtbot.waitUntil(lambda: lots.backlog.waiting(WEST.account_id) == 1)
    lots.switch("2", qtbot)
    assert lots.text("headerLot") == "东门 ▾"
    assert lots.store.load().account_id == EAST.account_id
    # The same plate in another car park is not asked about.
    lots.gateway.set_faults(())
    lots.enter("12345", qtbot)
    lots.booth.backlog.release()
    qtbot.waitUntil(lambda: lots.backlog.count == 0, timeout=10_000)
    assert set(lots.sent()) == {("粤B12345", "1900000110"), ("粤B12345", "1900000120")}
    found = {r.origin.account_id: (r.origin.lot, r.state) for r in lots.records.values()}
    assert found == {
        WEST.account_id: ("欢乐海岸停车场", DeliveryState.ANSWERED),
        EAST.account_id: (EAST.merchant.parking_name, DeliveryState.ANSWERED),
    }


def test_switch_while_an_entry_is_under_way_shows_its_verdict_with_its_plate(
    lots: Lots, qtbot: QtBot
) -> None:
    lots.gateway.set_faults((Fault.SLOW,))
    with qtbot.waitSignal(lots.booth.entries.started, timeout=10_000):
        QTest.keyClicks(lots.window.form.plate, "12301\r")
    qtbot.waitUntil(lambda: lots.gateway.request_count == 1, timeout=10_000)
    lots.gateway.set_faults(())
    with qtbot.waitSignal(lots.booth.settings.switched, timeout=10_000):
        lots.booth.settings.switch_profile(EAST.account_id)
    lots.window.activateWindow()
    qtbot.waitUntil(lots.window.form.plate.hasFocus)
    QTest.keyClicks(lots.window.form.plate, "12346\r")
    qtbot.waitUntil(
        lambda: [r.state for r in lots.records.values()] == [DeliveryState.ANSWERED] * 2,
        timeout=20_000,
    )
    assert lots.sent() == [("粤B12301", "1900000110"), ("粤B12346", "1900000120")]
    states = {r.entry.label: r.outcome and r.outcome.user_state for r in lots.records.values()}
    assert states == {"粤B·12301": "OVERDUE", "粤B·12346": "NORMAL"}
    assert lots.text("verdictTitle") == "正常"


def test_profile_with_waiting_entries_stays_and_goes_once_they_are_sent(
    lots: Lots, qtbot: QtBot
) -> None:
    lots.gateway.set_faults((Fault.RESET,))
    lots.enter("12345", qtbot)
    qtbot.waitUntil(lambda: lots.backlog.waiting(WEST.account_id) == 1)
    lots.switch("2", qtbot)
    refused: list[ReadableError] = []
    lots.booth.settings.refused.connect(refused.append)
    dialog = lots.open(qtbot)
    QTest.keyClick(dialog.profiles, Qt.Key.Key_Home)
    with qtbot.waitSignal(lots.booth.settings.refused):
        lots.press_in_dialog(Qt.Key.Key_Delete, Qt.Key.Key_Delete)
    assert [error.waiting for error in refused if isinstance(error, AccountInUseError)] == [1]
    lots.gateway.set_faults(())
    lots.booth.backlog.release()
    qtbot.waitUntil(lambda: lots.backlog.count == 0, timeout=10_000)
    with qtbot.waitSignal(lots.booth.settings.removed):
        lots.press_in_dialog(Qt.Key.Key_Delete, Qt.Key.Key_Delete)
    assert WEST.account_id not in [a.account_id for a in lots.store.load().accounts]
    lots.press_in_dialog(Qt.Key.Key_Escape)
    assert lots.window.profiles.dialog is None


def test_wizard_finished_after_a_switch_changes_the_profile_it_was_opened_with(
    lots: Lots, qtbot: QtBot
) -> None:
    before = lots.store.load()
    lots.window.setup.open()
    wizard = lots.window.setup.wizard
    assert wizard is not None
    wizard.findChild(QPushButton, "setupLive").click()  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: wizard.step is Step.BOOTH)
    free_time = wizard.findChild(QLineEdit, "field_free_time")
    assert free_time is not None
    free_time.setText("1234")
    lots.switch("2", qtbot)
    with qtbot.waitSignal(lots.booth.settings.saved):
        for _ in (Step.BOOTH, Step.MERCHANT, Step.KEY):
            wizard._bar.button("forward").click()
    after = lots.store.load()
    west = replace(before.accounts[0].merchant, free_time=1234)
    assert after.accounts == (replace(before.accounts[0], merchant=west), *before.accounts[1:])
    assert after.account_id == EAST.account_id
    wizard.reject()


def test_wizard_and_settings_of_one_profile_each_keep_what_the_other_saved(
    lots: Lots, qtbot: QtBot
) -> None:
    before = lots.store.load().accounts[0].merchant
    lots.window.setup.open()
    wizard = lots.window.setup.wizard
    assert wizard is not None
    wizard.findChild(QPushButton, "setupLive").click()  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: wizard.step is Step.BOOTH)
    wizard.findChild(QLineEdit, "field_free_time").setText("1234")  # type: ignore[union-attr]
    lots.window.dialogs.open_merchant()
    dialog = lots.window.dialogs.merchant
    assert dialog is not None
    dialog.field(Field.NOTIFY_URL).entry.setText("https://park.example/x")
    with qtbot.waitSignal(lots.booth.settings.changed):
        lots.booth.settings.save_prefix("京A")
    with qtbot.waitSignal(lots.booth.settings.saved):
        dialog.findChild(QPushButton, "saveButton").click()  # type: ignore[union-attr]
    assert lots.store.load().booth.plate_prefix == "京A"
    with qtbot.waitSignal(lots.booth.settings.saved):
        for _ in (Step.BOOTH, Step.MERCHANT, Step.KEY):
            wizard._bar.button("forward").click()
    after = lots.store.load()
    both = replace(before, free_time=1234, notify_url="https://park.example/x")
    assert after.accounts[0].merchant == both
    assert after.booth.plate_prefix == "京A"
    assert wizard.step is Step.CONNECTION
    shown = wizard._merchant.inputs[Field.NOTIFY_URL][1]
    assert shown.text() == "https://park.example/x"  # type: ignore[attr-defined]
    wizard.reject()


def test_key_of_two_profiles_names_the_other_one_before_it_is_stored(
    lots: Lots, qtbot: QtBot
) -> None:
    lots.window.dialogs.open_merchant()
    dialog = lots.window.dialogs.merchant
    assert dialog is not None
    assert "东门" not in texts(dialog)
    dialog.field(Field.KEY).entry.setText("k")
    assert "以下车场用同一商户号，新密钥对它们同样生效：东门" in texts(dialog)
    dialog.field(Field.MCH_ID).entry.setText("1900000777")
    assert "新密钥对它们同样生效：南门停车场" in texts(dialog)
    dialog.field(Field.MCH_ID).entry.setText(WEST.merchant.mch_id)
    dialog.field(Field.KEY).entry.clear()
    assert "东门" not in texts(dialog)
    dialog.findChild(QPushButton, "changeKey").click()  # type: ignore[union-attr]
    change = dialog.findChild(KeyChangeDialog)
    assert change is not None
    assert "新密钥对它们同样生效：东门" in texts(change)
    change.reject()
    dialog.reject()
    lots.window.dialogs.open_profile(SOUTH.account_id)
    dialog = lots.window.dialogs.merchant
    assert dialog is not None
    dialog.findChild(QPushButton, "changeKey").click()  # type: ignore[union-attr]
    change = dialog.findChild(KeyChangeDialog)
    assert change is not None
    assert "同样生效" not in texts(change)
    change.reject()
    dialog.reject()


def test_wizard_names_the_other_profile_of_a_typed_key(lots: Lots) -> None:
    lots.window.setup.open()
    wizard = lots.window.setup.wizard
    assert wizard is not None
    entry = wizard._key.inputs[Field.KEY][1]
    entry.setText("k")  # type: ignore[attr-defined]
    assert "新密钥对它们同样生效：东门" in texts(wizard._key)
    entry.clear()  # type: ignore[attr-defined]
    assert "东门" not in texts(wizard._key)
    wizard.reject()


def test_profile_is_added_switched_to_and_used_by_keyboard(lots: Lots, qtbot: QtBot) -> None:
    dialog = lots.open(qtbot)
    lots.press_in_dialog(Qt.Key.Key_Tab, Qt.Key.Key_Space)
    merchant = lots.window.dialogs.merchant
    assert merchant is not None
    merchant.activateWindow()
    qtbot.waitUntil(lambda: merchant.isAncestorOf(QApplication.focusWidget() or dialog))
    tab = Qt.Key.Key_Tab
    # appid, mch_id, sub_appid, sub_mch_id, name; the key of mch_id is in the keyring.
    lots.press_in_dialog("wx0123456789", tab, "1900000109", tab, tab, "1900000130", tab, "North")
    address = lots.gateway.url
    for _ in range(30):
        focused = QApplication.focusWidget()
        if focused is not None and focused.objectName() == "field_gateway_url":
            break
        lots.press_in_dialog(tab)
    lots.press_in_dialog(address)
    with qtbot.waitSignal(lots.booth.settings.saved):
        lots.press_in_dialog(ENTER)
    # Closes the dialog at once, which else shows for a while that it saved.
    merchant.reject()
    qtbot.waitUntil(lambda: lots.window.dialogs.merchant is None)
    assert lots.store.load().account_id == WEST.account_id
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    dialog.profiles.setFocus()
    with qtbot.waitSignal(lots.booth.settings.switched):
        QTest.keyClicks(dialog.profiles, "4")
    lots.enter("12345", qtbot)
    assert lots.sent() == [("粤B12345", "1900000130")]


@pytest.mark.usefixtures("no_key")
def test_switch_to_a_profile_without_a_key_says_so_at_once_and_holds_no_other_profile(
    lots: Lots, qtbot: QtBot
) -> None:
    lots.switch("3", qtbot)
    assert lots.text("noticeMessage").startswith("南门停车场：")
    assert "密钥" in lots.text("noticeMessage")
    lots.enter("12345", qtbot)
    lots.switch("1", qtbot)
    lots.enter("12346", qtbot)
    assert lots.sent() == [("粤B12346", "1900000110")]
    qtbot.waitUntil(lambda: lots.backlog.count == 1)
    assert lots.text("statusPending").endswith("（南门停车场 1）")
