"""Examples of the dialogs of managers, each opened in one of its states."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog

from tests.ui.conftest import DialogParent, FakeApprovals
from tests.ui.shift_states import Opener
from wxpark_gui.domain.connectivity import ConnectionFailure
from wxpark_gui.domain.health import Finding, Health, Subject, Trouble
from wxpark_gui.domain.key_change import KeyResult, KeyStep
from wxpark_gui.domain.manager import Act, Guard, GuardState, LastManagerError, ManagerPinWaitError
from wxpark_gui.domain.shift import NAME_LENGTH, Person
from wxpark_gui.ui.manager.approval_dialog import ApprovalDialog
from wxpark_gui.ui.manager.key_change_dialog import KeyChangeDialog
from wxpark_gui.ui.manager.manager_dialog import ManagerDialog
from wxpark_gui.ui.shift.people_page import PeopleAct

WANG, ZHAO = Person("m1", "王经理", "王经理"), Person("m2", "赵经理", "赵经理")
LONG = Person("m3", "长" * NAME_LENGTH, "长" * NAME_LENGTH)
SET = GuardState(Guard.SET, (WANG, ZHAO, LONG))
ONE = GuardState(Guard.SET, (WANG,))
LOST = GuardState(Guard.LOST)


def controller(window: DialogParent) -> FakeApprovals:
    approvals = window._controllers.approvals
    assert isinstance(approvals, FakeApprovals)
    return approvals


def ask(window: DialogParent, act: Act, state: GuardState, label: str = "") -> ApprovalDialog:
    """Request the approval of an act while the guard is set; it is open again afterwards."""
    controller(window).set(state)
    controller(window).approve(act, lambda: None, label=label)
    controller(window).set(GuardState())
    dialog = window.manager_dialogs.approval
    assert dialog is not None
    return dialog


def list_managers(window: DialogParent, state: GuardState) -> ManagerDialog:
    """Open the list of managers, and show these."""
    window.manager_dialogs.open_managers()
    dialog = window.manager_dialogs.managers
    assert dialog is not None
    dialog.page.show_state(state)
    return dialog


def approval(window: DialogParent) -> QDialog | None:
    return ask(window, Act.SETTINGS, SET)


def approval_of_an_entry(window: DialogParent) -> QDialog | None:
    return ask(window, Act.VOID_ANSWERED, ONE, "粤B·D12345 11:42:07")


def wrong_pin(window: DialogParent) -> QDialog | None:
    dialog = ask(window, Act.WHOLE_PLATES, SET)
    dialog.page.picker.choose(ZHAO)
    controller(window).wrong(ManagerPinWaitError(899))
    return dialog


def first_manager(window: DialogParent) -> QDialog | None:
    return list_managers(window, GuardState())


def new_pin(window: DialogParent) -> QDialog | None:
    dialog = list_managers(window, SET)
    dialog.page.act.choose(PeopleAct.NEW_PIN)
    return dialog


def last_manager(window: DialogParent) -> QDialog | None:
    dialog = list_managers(window, ONE)
    dialog.page.act.choose(PeopleAct.RETIRE)
    dialog.page.picker.choose(WANG)
    controller(window).notEdited.emit(LastManagerError())
    return dialog


def key_change(window: DialogParent) -> KeyChangeDialog:
    """Open the dialog over the main window, where the settings would cover it."""
    dialog = KeyChangeDialog(window._controllers.key_changer, "", window._appearance, window)
    dialog.show()
    return dialog


def new_key(window: DialogParent) -> QDialog | None:
    return key_change(window)


def refused_key(window: DialogParent) -> QDialog | None:
    return key_change_ended(window, KeyResult(KeyStep.REFUSED, query(Trouble.KEY_REFUSED)))


def untested_key(window: DialogParent) -> QDialog | None:
    offline = Finding(
        Subject.SIGNED_QUERY, Health.BAD, "api.mch.weixin.qq.com", failure=ConnectionFailure.TIMEOUT
    )
    return key_change_ended(window, KeyResult(KeyStep.UNTESTED, offline))


def restored_key(window: DialogParent) -> QDialog | None:
    return key_change_ended(window, KeyResult(KeyStep.RESTORED, query(Trouble.QUERY_BUSY)))


def switched_key(window: DialogParent) -> QDialog | None:
    return key_change_ended(window, KeyResult(KeyStep.SWITCHED))


def query(trouble: Trouble) -> Finding:
    return Finding(Subject.SIGNED_QUERY, Health.BAD, trouble=trouble)


def key_change_ended(window: DialogParent, result: KeyResult) -> QDialog | None:
    dialog = key_change(window)
    dialog.page.key.entry.setText("k" * 32)
    window._controllers.key_changer.finished.emit(result)
    return dialog


OPENERS: tuple[Opener, ...] = (
    approval, approval_of_an_entry, wrong_pin, first_manager, new_pin, last_manager,
    new_key, refused_key, untested_key, restored_key, switched_key,
)  # fmt: skip
