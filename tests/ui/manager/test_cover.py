"""Dialogs that a manager approved, when the attendant locks the shift or leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QPushButton
from pytestqt.qtbot import QtBot

from tests.ui.care_states import PREVIEW
from tests.ui.conftest import FakeBooth, RecordMaker
from tests.ui.keys import make_active
from tests.ui.manager.test_approvals import page_of
from tests.ui.manager_states import ONE
from tests.ui.shift.test_dialog import press, texts
from tests.ui.shift_states import AT_WORK, LOCKED, NOBODY, RELIEVED, open_dialog
from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.errors import Field
from wxpark_gui.domain.key_change import KeyResult, KeyStep
from wxpark_gui.domain.manager import Act, GuardState
from wxpark_gui.domain.shift_state import ShiftState
from wxpark_gui.ui.manager.key_change_dialog import KeyChangeDialog
from wxpark_gui.ui.settings.merchant_dialog import MerchantDialog
from wxpark_gui.ui.window.main_window import MainWindow

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier


@dataclass(frozen=True)
class Guarded:
    """A dialog that a manager approves.

    Attributes:
        put_in: types a value or starts a task.
        value: returns what must still be there after the lock.
    """

    act: Act
    key: Qt.Key
    modifier: Qt.KeyboardModifier
    opened: Callable[[MainWindow], QDialog | None]
    put_in: Callable[[MainWindow], object]
    value: Callable[[MainWindow], object]


def press_f12(window: MainWindow, qtbot: QtBot) -> None:
    press_key(window, qtbot, Qt.Key.Key_F12, NONE)


def open_settings(guard: FakeBooth, window: MainWindow, qtbot: QtBot) -> MerchantDialog:
    """Press F12 and let a manager approve."""
    press_f12(window, qtbot)
    guard.approvals.approved()
    settings = window.dialogs.merchant
    assert settings is not None
    return settings


def press_key(window: MainWindow, qtbot: QtBot, key: Qt.Key, modifier: Qt.KeyboardModifier) -> None:
    make_active(qtbot, window)
    QTest.keyClick(window, key, modifier)


def type_appid(window: MainWindow) -> None:
    assert window.dialogs.merchant is not None
    window.dialogs.merchant.field(Field.APPID).entry.setText("wx9")


def appid(window: MainWindow) -> str:
    assert window.dialogs.merchant is not None
    return window.dialogs.merchant.field(Field.APPID).entry.text()


def type_manager(window: MainWindow) -> None:
    assert window.manager_dialogs.managers is not None
    window.manager_dialogs.managers.page.name.entry.setText("钱经理")


def manager(window: MainWindow) -> str:
    assert window.manager_dialogs.managers is not None
    return window.manager_dialogs.managers.page.name.entry.text()


def type_in_wizard(window: MainWindow) -> None:
    assert window.setup.wizard is not None
    window.setup.wizard._merchant.inputs[Field.APPID][1].setText("wx9")  # type: ignore[attr-defined]


def in_wizard(window: MainWindow) -> str:
    assert window.setup.wizard is not None
    entry = window.setup.wizard._merchant.inputs[Field.APPID][1]
    return str(entry.text())  # type: ignore[attr-defined]


def preview(window: MainWindow) -> None:
    window._controllers.backups.checked.emit(PREVIEW)


def previewed(window: MainWindow) -> bool:
    assert window.care.dialog is not None
    return window.care.dialog.has_input()


DIALOGS = {
    "settings": Guarded(
        Act.SETTINGS, Qt.Key.Key_F12, NONE, lambda w: w.dialogs.merchant, type_appid, appid
    ),
    "managers": Guarded(
        Act.MANAGERS,
        Qt.Key.Key_F10,
        CTRL,
        lambda w: w.manager_dialogs.managers,
        type_manager,
        manager,
    ),
    "wizard": Guarded(
        Act.SET_UP, Qt.Key.Key_F12, CTRL, lambda w: w.setup.wizard, type_in_wizard, in_wizard
    ),
    "backups": Guarded(
        Act.BACKUP,
        Qt.Key.Key_F11,
        SHIFT,
        lambda w: w.care.dialog,
        preview,
        previewed,
    ),
}


@pytest.fixture
def guard(booth: FakeBooth, window: MainWindow) -> Iterator[FakeBooth]:
    """The booth with one manager and a person signed in."""
    booth.shifts.changed.connect(booth.approvals.note_shift)
    booth.approvals.set(ONE)
    booth.shifts.changed.emit(AT_WORK)
    yield booth
    booth.approvals.set(GuardState())
    for each in DIALOGS.values():
        dialog = each.opened(window)
        if dialog is not None:
            QDialog.reject(dialog)


@pytest.fixture(params=[*DIALOGS.values()], ids=[*DIALOGS])
def each(
    request: pytest.FixtureRequest, guard: FakeBooth, window: MainWindow, qtbot: QtBot
) -> Guarded:
    """Each dialog, opened by keyboard and approved."""
    guarded: Guarded = request.param
    press_key(window, qtbot, guarded.key, guarded.modifier)
    guard.approvals.approved()
    dialog = guarded.opened(window)
    assert dialog is not None
    assert dialog.isVisible()
    return guarded


def test_dialog_without_input_is_closed_by_a_lock(
    each: Guarded, guard: FakeBooth, window: MainWindow
) -> None:
    guard.shifts.changed.emit(LOCKED)
    assert each.opened(window) is None
    assert guard.approvals.acts == [each.act]


@pytest.mark.parametrize("state", [LOCKED, RELIEVED, NOBODY], ids=["locked", "relieved", "closed"])
def test_typed_values_are_covered_until_a_manager_approves_again(
    each: Guarded, guard: FakeBooth, window: MainWindow, qtbot: QtBot, state: ShiftState
) -> None:
    each.put_in(window)
    before = each.value(window)
    dialog = each.opened(window)
    assert dialog is not None
    guard.shifts.changed.emit(state)
    assert not dialog.isVisible()
    press_key(window, qtbot, each.key, each.modifier)
    assert not dialog.isVisible()
    approval = window.manager_dialogs.approval
    assert approval is not None
    assert "已填的内容还在" in texts(approval)
    guard.approvals.approved()
    assert dialog.isVisible()
    assert each.opened(window) is dialog
    assert each.value(window) == before
    assert guard.approvals.acts == [each.act] * 2


def test_withdrawn_approval_keeps_the_dialog_covered(
    each: Guarded, guard: FakeBooth, window: MainWindow, qtbot: QtBot
) -> None:
    each.put_in(window)
    guard.shifts.changed.emit(LOCKED)
    press_key(window, qtbot, each.key, each.modifier)
    guard.approvals.withdraw()
    dialog = each.opened(window)
    assert dialog is not None
    assert not dialog.isVisible()


def test_another_state_of_the_same_person_covers_nothing(
    each: Guarded, guard: FakeBooth, window: MainWindow
) -> None:
    guard.shifts.changed.emit(AT_WORK)
    dialog = each.opened(window)
    assert dialog is not None
    assert dialog.isVisible()


def test_dialog_stays_open_without_managers(
    qtbot: QtBot, window: MainWindow, booth: FakeBooth
) -> None:
    booth.shifts.changed.connect(booth.approvals.note_shift)
    booth.shifts.changed.emit(AT_WORK)
    press_f12(window, qtbot)
    booth.shifts.changed.emit(LOCKED)
    assert window.dialogs.merchant is not None
    assert window.dialogs.merchant.isVisible()
    window.dialogs.merchant.reject()


def test_key_change_is_covered_with_the_settings_and_ends_behind_the_cover(
    qtbot: QtBot, guard: FakeBooth, window: MainWindow
) -> None:
    settings = open_settings(guard, window, qtbot)
    settings.findChildren(QPushButton, "changeKey")[0].click()
    change = settings.findChildren(KeyChangeDialog)[0]
    change.page.key.entry.setText("k1" * 16)
    change.page.on_enter()
    guard.shifts.changed.emit(LOCKED)
    assert not settings.isVisible()
    assert not change.isVisible()
    guard.key_changer.end(KeyResult(KeyStep.SWITCHED))
    assert not change.isVisible()
    press_f12(window, qtbot)
    guard.approvals.approved()
    assert settings.isVisible()
    assert "启用" in texts(change)
    qtbot.waitUntil(change.isActiveWindow)
    press(Qt.Key.Key_Return)
    assert not change.isVisible()
    assert settings.field(Field.APPID).entry.isEnabled()


def test_saving_that_succeeds_behind_the_cover_closes_the_settings(
    qtbot: QtBot, guard: FakeBooth, window: MainWindow
) -> None:
    settings = open_settings(guard, window, qtbot)
    settings.findChildren(QPushButton, "saveButton")[0].click()
    guard.shifts.changed.emit(LOCKED)
    assert not settings.isVisible()
    settings.saved()
    qtbot.waitUntil(lambda: window.dialogs.merchant is None)


def test_reason_chosen_after_a_lock_needs_another_approval(
    guard: FakeBooth, window: MainWindow, make_record: RecordMaker
) -> None:
    record = make_record(state=DeliveryState.ANSWERED)
    window.void_flow.ask(record)
    guard.approvals.approved()
    dialog = window.void_flow.dialog
    assert dialog is not None
    guard.shifts.changed.emit(LOCKED)
    QTest.keyClick(dialog, Qt.Key.Key_1)
    assert guard.entries.voided == []
    guard.approvals.approved()
    assert [entry.entry_id for entry, _ in guard.entries.voided] == [record.entry_id]


def test_attendants_page_gives_way_to_the_sign_in_and_keeps_a_typed_name(
    guard: FakeBooth, window: MainWindow
) -> None:
    dialog = open_dialog(window, AT_WORK)
    dialog._open_people()
    guard.approvals.approved()
    dialog.people.name.entry.setText("周师傅")
    window.shift_dialogs.lock()
    assert dialog.isVisible()
    guard.shifts.changed.emit(LOCKED)
    assert page_of(dialog) is dialog.sign_in
    dialog._open_people()
    assert page_of(dialog) is dialog.sign_in
    guard.approvals.approved()
    assert page_of(dialog) is dialog.people
    assert dialog.people.name.entry.text() == "周师傅"
    dialog.reject()


def test_name_typed_before_a_lock_is_kept_by_the_next_sign_in(
    guard: FakeBooth, window: MainWindow
) -> None:
    dialog = open_dialog(window, AT_WORK)
    dialog._open_people()
    guard.approvals.approved()
    dialog.people.name.entry.setText("周师傅")
    window.shift_dialogs.lock()
    guard.shifts.changed.emit(LOCKED)
    guard.shifts.changed.emit(AT_WORK)
    guard.shifts.signedIn.emit(AT_WORK)
    assert dialog.isVisible()
    assert page_of(dialog) is dialog.shift
    dialog._open_people()
    guard.approvals.approved()
    assert dialog.people.name.entry.text() == "周师傅"
    dialog.reject()
