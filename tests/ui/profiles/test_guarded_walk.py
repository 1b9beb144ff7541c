"""Profiles, managers, key change and wizard together, with the real window, threads and files."""

from __future__ import annotations

import threading
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from tests.ui.keys import make_active
from tests.ui.manager.test_walk import audit
from tests.ui.profile_states import EAST, SOUTH, WEST
from tests.ui.profiles.conftest import KeysInMemory, Lots
from wxpark_gui.domain import pin
from wxpark_gui.domain.errors import Field, KeyMissingError, SettingsUnreadableError
from wxpark_gui.domain.manager import Guard, ManagersLostError
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.service import managers as service
from wxpark_gui.training.faults import Fault
from wxpark_gui.ui.manager.key_change_dialog import KeyChangeDialog
from wxpark_gui.ui.settings.merchant_dialog import MerchantDialog
from wxpark_gui.ui.setup.steps import Step
from wxpark_gui.ui.setup.wizard import SetupWizard
from wxpark_gui.ui.window.notice_strip import NoticeAction

PIN = "13579"
NO_MODIFIER = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture(autouse=True)
def _cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pin, "COST", 2**4)
    monkeypatch.setattr(service, "PIN_COST", 2**4)


@pytest.fixture
def guarded(lots: Lots, qtbot: QtBot) -> Lots:
    """The booth with one manager."""
    with qtbot.waitSignal(lots.booth.approvals.edited):
        lots.booth.approvals.add("王经理", Secret(PIN))
    return lots


def press(
    lots: Lots, qtbot: QtBot, key: Qt.Key, modifier: Qt.KeyboardModifier = NO_MODIFIER
) -> None:
    """Press a key of the window."""
    make_active(qtbot, lots.window)
    QTest.keyClick(lots.window, key, modifier)


def type_pin(lots: Lots) -> None:
    """Type the right PIN into the open approval."""
    dialog = lots.window.manager_dialogs.approval
    assert dialog is not None
    dialog.page.pin.entry.setText(PIN)
    dialog.page.on_enter()


def click(dialog: QDialog, name: str) -> None:
    button = dialog.findChild(QPushButton, name)
    assert button is not None
    button.click()


def has_wizard(lots: Lots) -> bool:
    return lots.window.setup.wizard is not None


def open_settings(lots: Lots) -> MerchantDialog:
    dialog = lots.window.dialogs.merchant
    assert dialog is not None
    return dialog


def is_at(wizard: SetupWizard, step: Step) -> bool:
    return wizard.step is step


def type_new_key(dialog: MerchantDialog, key: Secret) -> KeyChangeDialog:
    """Open the key change and press Enter after a key."""
    click(dialog, "changeKey")
    change = dialog.findChild(KeyChangeDialog)
    assert change is not None
    change.page.key.entry.setText(key.reveal())
    change.page.on_enter()
    return change


def plate_has_focus(lots: Lots, qtbot: QtBot) -> None:
    make_active(qtbot, lots.window)
    qtbot.waitUntil(lots.window.form.plate.hasFocus)


def test_settings_approved_while_a_switch_runs_are_those_that_were_asked_for(
    guarded: Lots, qtbot: QtBot
) -> None:
    lots = guarded
    lots.gateway.set_faults((Fault.RESET,))
    lots.enter("12345", qtbot)
    press(lots, qtbot, Qt.Key.Key_F12)
    with qtbot.waitSignals([lots.booth.settings.switched, lots.booth.approvals.settled]):
        lots.booth.settings.switch_profile(EAST.account_id)
        type_pin(lots)
    with qtbot.waitSignal(lots.booth.settings.saved):
        click(open_settings(lots), "saveButton")
    qtbot.waitUntil(lambda: lots.window.dialogs.merchant is None)
    assert lots.store.load().account_id == EAST.account_id
    kept = [account.account_id for account in lots.store.load().accounts]
    assert kept == [WEST.account_id, EAST.account_id, SOUTH.account_id]
    plate_has_focus(lots, qtbot)
    lots.gateway.set_faults(())
    lots.booth.backlog.release()
    qtbot.waitUntil(lambda: lots.backlog.count == 0, timeout=10_000)
    assert set(lots.sent()) == {("粤B12345", "1900000110")}


def test_act_stays_closed_if_the_managers_are_lost_while_the_approval_is_open(
    guarded: Lots, qtbot: QtBot, tmp_path: Path
) -> None:
    lots = guarded
    path = tmp_path / "managers.json"
    content = path.read_bytes()
    for _ in range(2):
        press(lots, qtbot, Qt.Key.Key_F12)
        qtbot.waitUntil(lambda: lots.window.manager_dialogs.approval is not None)
        path.unlink(missing_ok=True)
        with qtbot.waitSignal(lots.booth.approvals.refused):
            type_pin(lots)
        assert lots.window.dialogs.merchant is None
        approval = lots.window.manager_dialogs.approval
        assert approval is not None
        QTest.keyClick(approval, Qt.Key.Key_Escape)
        assert lots.window.manager_dialogs.approval is None
        plate_has_focus(lots, qtbot)
        with qtbot.waitSignal(lots.booth.approvals.closed):
            press(lots, qtbot, Qt.Key.Key_F12)
        notice = lots.window.notices.notice(lots.window._now())
        assert notice is not None
        assert notice.code == ManagersLostError.code
        assert lots.window.dialogs.merchant is None
        assert lots.window.manager_dialogs.approval is None
        path.write_bytes(content)
        with qtbot.waitSignal(lots.booth.approvals.changed):
            lots.window._on_notice_action(NoticeAction.RETRY)
        assert lots.booth.approvals.state.guard is Guard.SET


@pytest.mark.parametrize("action", [NoticeAction.OPEN_SETTINGS, NoticeAction.SET_UP])
def test_buttons_of_notices_ask_for_a_manager_with_unreadable_settings(
    guarded: Lots, qtbot: QtBot, action: NoticeAction, tmp_path: Path
) -> None:
    lots = guarded
    (tmp_path / "settings.toml").write_text("rubbish = [", "utf-8")
    lots.window.notices.failed(SettingsUnreadableError("x"))
    lots.window._on_notice_action(action)
    assert lots.window.dialogs.merchant is None
    assert not has_wizard(lots)
    if action is NoticeAction.OPEN_SETTINGS:
        assert lots.window.manager_dialogs.approval is not None
    press(lots, qtbot, Qt.Key.Key_F12, CTRL)
    assert not has_wizard(lots)
    with qtbot.waitSignal(lots.booth.approvals.settled):
        type_pin(lots)
    assert has_wizard(lots)


def test_key_change_of_another_profile_with_waiting_entries(
    guarded: Lots, qtbot: QtBot, keys: dict[str, Secret]
) -> None:
    lots = guarded
    right, wrong = keys["1900000777"], Secret("W" * 32)
    lots.booth.keys._keys.store("1900000777", wrong)
    lots.switch("3", qtbot)
    lots.enter("12345", qtbot)
    qtbot.waitUntil(lambda: lots.backlog.is_held(SOUTH.account_id))
    lots.switch("1", qtbot)
    lots.window.dialogs.open_profile(SOUTH.account_id)
    with qtbot.waitSignal(lots.booth.approvals.settled):
        type_pin(lots)
    dialog = open_settings(lots)
    with qtbot.waitSignal(lots.booth.controllers.key_changer.switched, timeout=10_000):
        change = type_new_key(dialog, right)
    qtbot.waitUntil(lambda: lots.backlog.count == 0, timeout=10_000)
    assert lots.sent() == [("粤B12345", "1900000778")]
    change.page.on_enter()
    dialog.reject()
    plate_has_focus(lots, qtbot)


def test_wizard_twice_with_waiting_entries_and_plate_typed(guarded: Lots, qtbot: QtBot) -> None:
    lots = guarded
    lots.gateway.set_faults((Fault.RESET,))
    lots.enter("12345", qtbot)
    for _ in range(2):
        plate_has_focus(lots, qtbot)
        QTest.keyClicks(lots.window.form.plate, "D1")
        press(lots, qtbot, Qt.Key.Key_F12, CTRL)
        with qtbot.waitSignal(lots.booth.approvals.settled):
            type_pin(lots)
        wizard = lots.window.setup.wizard
        assert wizard is not None
        click(wizard, "setupLive")
        qtbot.waitUntil(partial(is_at, wizard, Step.BOOTH))
        with qtbot.waitSignal(lots.booth.settings.saved):
            for _ in range(3):
                wizard._bar.button("forward").click()
        assert is_at(wizard, Step.CONNECTION)
        wizard.reject()
        plate_has_focus(lots, qtbot)
        assert lots.window.form.plate.text() == "粤BD1"
        QTest.keyClick(lots.window.form.plate, Qt.Key.Key_Escape)
    assert lots.backlog.count == 1
    lots.gateway.set_faults(())
    lots.booth.backlog.release()
    qtbot.waitUntil(lambda: lots.backlog.count == 0, timeout=10_000)


def test_shift_is_locked_while_an_approval_waits(
    guarded: Lots, qtbot: QtBot, tmp_path: Path
) -> None:
    lots, shifts = guarded, guarded.booth.shifts
    with qtbot.waitSignal(shifts.peopleChanged):
        shifts.add_person("李师傅", Secret("2468"))
    with qtbot.waitSignal(shifts.signedIn):
        shifts.sign_in(shifts.state.people[0].person_id, Secret("2468"))
    press(lots, qtbot, Qt.Key.Key_F12)
    assert lots.window.manager_dialogs.approval is not None
    with qtbot.waitSignal(shifts.changed):
        lots.window.shift_dialogs.lock()
    with qtbot.waitSignal(lots.booth.approvals.settled):
        type_pin(lots)
    dialog = open_settings(lots)
    assert "approved act=settings manager=王经理 attendant=-" in audit(tmp_path)
    dialog.reject()
    plate_has_focus(lots, qtbot)


def test_settings_open_at_a_lock_need_another_approval_and_keep_what_was_typed(
    guarded: Lots, qtbot: QtBot, tmp_path: Path
) -> None:
    lots, shifts = guarded, guarded.booth.shifts
    with qtbot.waitSignal(shifts.peopleChanged):
        shifts.add_person("李师傅", Secret("2468"))
    with qtbot.waitSignal(shifts.signedIn):
        shifts.sign_in(shifts.state.people[0].person_id, Secret("2468"))
    press(lots, qtbot, Qt.Key.Key_F12)
    with qtbot.waitSignal(lots.booth.approvals.settled):
        type_pin(lots)
    dialog = open_settings(lots)
    dialog.field(Field.BOOTH).entry.setText("2号岗")
    with qtbot.waitSignal(lots.booth.approvals.revoked):
        press(lots, qtbot, Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier)
    assert not dialog.isVisible()
    press(lots, qtbot, Qt.Key.Key_F12)
    assert not dialog.isVisible()
    with qtbot.waitSignal(lots.booth.approvals.settled):
        type_pin(lots)
    assert dialog.isVisible()
    with qtbot.waitSignal(lots.booth.settings.saved):
        click(dialog, "saveButton")
    assert lots.store.load().booth.name == "2号岗"
    approved = [row for row in audit(tmp_path) if row.startswith("approved")]
    assert [row.rpartition("=")[2] for row in approved] == ["李师傅", "-"]


def test_window_closes_while_pin_and_key_are_checked(
    guarded: Lots, qtbot: QtBot, keys: dict[str, Secret]
) -> None:
    lots = guarded
    crashes: list[object] = []
    for controller in lots.booth.controllers.crashing:
        controller.crashed.connect(crashes.append)
    lots.gateway.set_faults((Fault.SLOW,))
    lots.window.dialogs.open_profile(SOUTH.account_id)
    with qtbot.waitSignal(lots.booth.approvals.settled):
        type_pin(lots)
    type_new_key(open_settings(lots), keys["1900000777"])
    lots.window.setup.open()
    type_pin(lots)
    lots.window.close()
    lots.booth.controllers.stop()
    assert lots.booth.workers.stop(5, lots.booth.journal.close)
    QApplication.processEvents()
    assert crashes == []


def test_settings_are_not_told_to_be_saved_by_the_end_of_the_wizards_saving(
    lots: Lots, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlocked = threading.Event()
    load = KeysInMemory.load

    def slow(vault: KeysInMemory, mch_id: str) -> Secret:
        if unlocked.is_set():
            raise KeyMissingError
        unlocked.wait(20)
        return load(vault, mch_id)

    lots.window.setup.open()
    wizard = lots.window.setup.wizard
    assert wizard is not None
    click(wizard, "setupLive")
    qtbot.waitUntil(partial(is_at, wizard, Step.BOOTH))
    monkeypatch.setattr(KeysInMemory, "load", slow)
    for _ in range(3):
        wizard._bar.button("forward").click()
    press(lots, qtbot, Qt.Key.Key_F12)
    dialog = open_settings(lots)
    click(dialog, "saveButton")
    said: list[bool] = []
    lots.booth.settings.saved.connect(lambda: said.append(dialog._is_saved))
    with qtbot.waitSignals(
        [lots.booth.settings.saved, lots.booth.settings.notSaved], timeout=10_000
    ):
        unlocked.set()
    assert said == [False]
    assert not dialog.busy
    message = dialog.findChild(QLabel, "dialogMessage")
    assert message is not None
    assert KeyMissingError.code in message.text()
