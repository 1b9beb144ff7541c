"""Guarded acts and the dialog of their approval, with a fake controller."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox
from pytestqt.qtbot import QtBot

from tests.ui.conftest import Desk, DialogParent, FakeBooth, RecordMaker
from tests.ui.keys import make_active
from tests.ui.manager_states import LOST, ONE, SET, ZHAO, ask
from tests.ui.shift.test_dialog import press, texts
from tests.ui.shift_states import AT_WORK, open_dialog
from wxpark_gui.domain.delivery import Cause, DeliveryState
from wxpark_gui.domain.manager import (
    Act,
    GuardState,
    LastManagerError,
    ManagerPinWaitError,
    ManagersLostError,
)
from wxpark_gui.domain.shift_errors import WrongPinError
from wxpark_gui.ui.care.backup_dialog import BackupDialog
from wxpark_gui.ui.entry.void_dialog import VoidDialog
from wxpark_gui.ui.manager.approval_dialog import ApprovalDialog
from wxpark_gui.ui.settings.merchant_dialog import MerchantDialog
from wxpark_gui.ui.setup.wizard import SetupWizard
from wxpark_gui.ui.shift.dialog import ShiftDialog
from wxpark_gui.ui.shift.people_page import PeopleAct
from wxpark_gui.ui.shift.sheet import Sheet
from wxpark_gui.ui.window.main_window import MainWindow

ENTER, ESCAPE = Qt.Key.Key_Return, Qt.Key.Key_Escape
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


def approval(window: DialogParent, qtbot: QtBot) -> ApprovalDialog:
    """Return the open dialog once it has the keyboard."""
    dialog = window.manager_dialogs.approval
    assert dialog is not None
    qtbot.waitUntil(lambda: QApplication.activeWindow() is dialog)
    return dialog


def settings_of(window: MainWindow) -> MerchantDialog | None:
    return window.dialogs.merchant


def void_of(window: MainWindow) -> VoidDialog | None:
    return window.void_flow.dialog


def page_of(dialog: ShiftDialog) -> Sheet:
    return dialog.page


def test_settings_open_at_once_without_managers(window: MainWindow, booth: FakeBooth) -> None:
    QTest.keyClick(window, Qt.Key.Key_F12)
    assert window.dialogs.merchant is not None
    window.dialogs.merchant.reject()
    assert booth.approvals.acts == [Act.SETTINGS]


def test_settings_wait_for_the_pin_of_the_chosen_manager(
    qtbot: QtBot, window: MainWindow, booth: FakeBooth
) -> None:
    booth.approvals.set(SET)
    QTest.keyClick(window, Qt.Key.Key_F12)
    dialog = approval(window, qtbot)
    assert "打开设置" in texts(dialog)
    press("2", "24680", ENTER)
    assert booth.approvals.pins == [(ZHAO.person_id, "24680")]
    assert settings_of(window) is None
    booth.approvals.approved()
    assert window.manager_dialogs.approval is None
    assert window.dialogs.merchant is not None
    window.dialogs.merchant.reject()


def test_approval_holds_for_one_act_only(
    qtbot: QtBot, window: MainWindow, booth: FakeBooth
) -> None:
    booth.approvals.set(ONE)
    for _ in range(2):
        make_active(qtbot, window)
        QTest.keyClick(window, Qt.Key.Key_F12)
        approval(window, qtbot)
        booth.approvals.approved()
        assert window.dialogs.merchant is not None
        window.dialogs.merchant.reject()


def test_wrong_pin_empties_the_field_and_says_so(
    qtbot: QtBot, window: MainWindow, booth: FakeBooth
) -> None:
    booth.approvals.set(ONE)
    QTest.keyClick(window, Qt.Key.Key_F12)
    dialog = approval(window, qtbot)
    press("1111", ENTER)
    booth.approvals.wrong(WrongPinError())
    assert dialog.page.pin.entry.text() == ""
    assert dialog.page.pin.entry.hasFocus()
    assert "PIN" in texts(dialog)
    press("2222", ENTER)
    booth.approvals.wrong(ManagerPinWaitError(29))
    assert "30 秒" in texts(dialog)


def test_escape_withdraws_the_act_and_returns_to_the_plate(
    qtbot: QtBot, window: MainWindow, booth: FakeBooth
) -> None:
    booth.approvals.set(ONE)
    QTest.keyClick(window, Qt.Key.Key_F12)
    approval(window, qtbot)
    press("13", ESCAPE)
    assert window.manager_dialogs.approval is None
    assert booth.approvals._request is None
    make_active(qtbot, window)
    qtbot.waitUntil(window.form.plate.hasFocus)


def test_same_key_again_keeps_the_typed_pin(
    qtbot: QtBot, window: MainWindow, booth: FakeBooth
) -> None:
    booth.approvals.set(ONE)
    QTest.keyClick(window, Qt.Key.Key_F12)
    dialog = approval(window, qtbot)
    press("135")
    make_active(qtbot, window)
    QTest.keyClick(window, Qt.Key.Key_F12)
    assert window.manager_dialogs.approval is dialog
    assert dialog.page.pin.entry.text() == "135"


def test_another_act_replaces_the_waiting_one(
    qtbot: QtBot, window: MainWindow, booth: FakeBooth
) -> None:
    booth.approvals.set(ONE)
    QTest.keyClick(window, Qt.Key.Key_F12)
    first = approval(window, qtbot)
    make_active(qtbot, window)
    QTest.keyClick(window, Qt.Key.Key_F10, CTRL)
    second = window.manager_dialogs.approval
    assert second is not None
    assert second is not first
    booth.approvals.approved()
    assert settings_of(window) is None
    assert window.manager_dialogs.managers is not None
    window.manager_dialogs.managers.reject()


def test_plate_is_sent_and_answered_while_the_manager_is_awaited(
    qtbot: QtBot, window: MainWindow, booth: FakeBooth, make_record: RecordMaker
) -> None:
    booth.approvals.set(ONE)
    QTest.keyClick(window, Qt.Key.Key_F12)
    dialog = approval(window, qtbot)
    QTest.keyClicks(window.form.plate, "12345\r")
    assert [draft.plate for draft in booth.entries.drafts] == ["粤B12345"]
    booth.entries.saved.emit(make_record(state=DeliveryState.SAVED, cause=None))
    booth.entries.changed.emit(make_record())
    assert "正常" in texts(window)
    assert window.manager_dialogs.approval is dialog
    assert QApplication.activeWindow() is dialog


def test_lost_managers_are_told_and_the_act_stays_closed(
    window: MainWindow, booth: FakeBooth
) -> None:
    booth.approvals.set(LOST)
    booth.approvals.closed.emit(ManagersLostError())
    assert "管理员文件丢失或损坏" in texts(window)
    QTest.keyClick(window, Qt.Key.Key_Escape)
    booth.approvals.set(ONE)
    assert "管理员文件丢失或损坏" not in texts(window)


def test_void_of_an_answered_entry_waits_for_a_manager(
    qtbot: QtBot, window: MainWindow, booth: FakeBooth, make_record: RecordMaker
) -> None:
    booth.approvals.set(ONE)
    booth.entries.saved.emit(make_record())
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_F2, SHIFT)
    assert void_of(window) is None
    assert "粤B·12345" in texts(approval(window, qtbot))
    booth.approvals.approved()
    assert window.void_flow.dialog is not None
    QTest.keyClick(window.void_flow.dialog, Qt.Key.Key_1)
    assert len(booth.entries.voided) == 1
    assert window.manager_dialogs.approval is None


def test_void_of_a_waiting_entry_needs_no_manager(
    window: MainWindow, booth: FakeBooth, make_record: RecordMaker
) -> None:
    booth.approvals.set(ONE)
    booth.entries.saved.emit(make_record(state=DeliveryState.WAITING, cause=Cause.OFFLINE))
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_F2, SHIFT)
    assert window.void_flow.dialog is not None
    QTest.keyClick(window.void_flow.dialog, Qt.Key.Key_1)
    assert len(booth.entries.voided) == 1
    assert booth.approvals.acts == []


def test_answer_that_comes_during_the_void_needs_a_manager_before_it(
    qtbot: QtBot, window: MainWindow, booth: FakeBooth, make_record: RecordMaker
) -> None:
    booth.approvals.set(ONE)
    booth.entries.saved.emit(make_record(state=DeliveryState.WAITING, cause=Cause.OFFLINE))
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_F2, SHIFT)
    assert window.void_flow.dialog is not None
    booth.entries.changed.emit(make_record())
    QTest.keyClick(window.void_flow.dialog, Qt.Key.Key_1)
    assert booth.entries.voided == []
    approval(window, qtbot)
    booth.approvals.approved()
    assert len(booth.entries.voided) == 1


@pytest.mark.parametrize("whole", [True, False])
def test_export_of_whole_plates_waits_for_a_manager(
    desk: Desk, booth: FakeBooth, tmp_path: Path, whole: bool
) -> None:
    booth.approvals.set(ONE)
    desk.export.open_export()
    dialog = desk.export.dialog
    assert dialog is not None
    box = dialog.findChild(QCheckBox, "exportWholePlates")
    assert isinstance(box, QCheckBox)
    box.setChecked(whole)
    dialog.export_to(str(tmp_path / "entries.csv"))
    assert (len(booth.exports.requests), booth.approvals.acts) == (
        (0, [Act.WHOLE_PLATES]) if whole else (1, [])
    )
    if whole:
        # The box cannot be changed between request and approval.
        box.setChecked(False)
        booth.approvals.approved()
    assert [request.whole_plates for request in booth.exports.requests] == [whole]
    booth.exports.end(None)
    dialog.reject()


def test_export_dialog_closed_meanwhile_exports_nothing(
    qtbot: QtBot, desk: Desk, booth: FakeBooth, tmp_path: Path
) -> None:
    booth.approvals.set(ONE)
    desk.export.open_export()
    dialog = desk.export.dialog
    assert dialog is not None
    box = dialog.findChild(QCheckBox, "exportWholePlates")
    assert isinstance(box, QCheckBox)
    box.setChecked(True)
    dialog.export_to(str(tmp_path / "entries.csv"))
    with qtbot.waitSignal(dialog.destroyed):
        dialog.reject()
    booth.approvals.approved()
    assert booth.exports.requests == []


def test_wizard_waits_for_a_manager(qtbot: QtBot, window: MainWindow, booth: FakeBooth) -> None:
    booth.approvals.set(ONE)
    QTest.keyClick(window, Qt.Key.Key_F12, CTRL)
    approval(window, qtbot)
    assert not window.findChildren(SetupWizard)
    booth.approvals.approved()
    assert window.setup.wizard is not None
    window.setup.wizard.reject()


def test_backups_wait_for_a_manager(qtbot: QtBot, desk: Desk, booth: FakeBooth) -> None:
    booth.approvals.set(ONE)
    desk.care.open_backups()
    approval(desk, qtbot)
    assert not desk.findChildren(BackupDialog)
    booth.approvals.approved()
    assert desk.care.dialog is not None
    desk.care.dialog.reject()


def test_list_of_attendants_waits_for_a_manager(qtbot: QtBot, desk: Desk, booth: FakeBooth) -> None:
    booth.approvals.set(ONE)
    dialog = open_dialog(desk, AT_WORK)
    dialog.shift.peopleRequested.emit()
    assert page_of(dialog) is dialog.shift
    approval(desk, qtbot)
    booth.approvals.approved()
    assert page_of(dialog) is dialog.people
    dialog.reject()


def test_first_manager_is_added_by_keyboard(
    qtbot: QtBot, window: MainWindow, booth: FakeBooth
) -> None:
    QTest.keyClick(window, Qt.Key.Key_F10, CTRL)
    dialog = window.manager_dialogs.managers
    assert dialog is not None
    qtbot.waitUntil(lambda: QApplication.activeWindow() is dialog)
    assert "人人可用" in texts(dialog)
    press("王经理", ENTER, "13579", ENTER, "13579", ENTER)
    assert booth.approvals.edits == [("add", "王经理", "13579")]
    booth.approvals._on_edited(ONE)
    assert "王经理" in texts(dialog)
    assert dialog.page.pin.entry.text() == ""
    press(ESCAPE)
    make_active(qtbot, window)
    qtbot.waitUntil(window.form.plate.hasFocus)


def test_last_manager_is_retired_at_the_second_confirmation(desk: Desk, booth: FakeBooth) -> None:
    desk.manager_dialogs.open_managers()
    dialog = desk.manager_dialogs.managers
    assert dialog is not None
    dialog.page.show_state(ONE)
    dialog.page.act.choose(PeopleAct.RETIRE)
    dialog.page.picker.choose(ONE.people[0])
    dialog.page.on_enter()
    booth.approvals.notEdited.emit(LastManagerError())
    assert "最后一位管理员" in texts(dialog)
    dialog.page.on_enter()
    assert booth.approvals.edits == [("retire", "m1", False), ("retire", "m1", True)]
    booth.approvals._on_edited(GuardState())
    assert "已没有管理员" in texts(dialog)
    dialog.reject()


def test_other_choice_forgets_the_confirmation(desk: Desk, booth: FakeBooth) -> None:
    desk.manager_dialogs.open_managers()
    dialog = desk.manager_dialogs.managers
    assert dialog is not None
    dialog.page.show_state(ONE)
    for _ in range(2):
        dialog.page.act.choose(PeopleAct.RETIRE)
        dialog.page.picker.choose(ONE.people[0])
        dialog.page.on_enter()
        booth.approvals.notEdited.emit(LastManagerError())
        dialog.page.act.choose(PeopleAct.RENAME)
    assert booth.approvals.edits == [("retire", "m1", False)] * 2
    dialog.reject()


def test_dialog_of_a_settled_request_keeps_no_pin(
    qtbot: QtBot, desk: Desk, booth: FakeBooth
) -> None:
    dialog = ask(desk, Act.SETTINGS, ONE)
    qtbot.waitUntil(lambda: QApplication.activeWindow() is dialog)
    press("13579")
    booth.approvals.withdraw()
    assert dialog.page.pin.entry.text() == ""
