"""Examples of every state of shifts, and the dialog opened in each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from PySide6.QtWidgets import QDialog

from tests.ui.conftest import NOW, DialogParent
from wxpark_gui.controllers.shifts import ShiftController
from wxpark_gui.domain.shift import MESSAGE_LENGTH, NAME_LENGTH, Person, Shift, Stint
from wxpark_gui.domain.shift_errors import PinWaitError
from wxpark_gui.domain.shift_report import ShiftItem, ShiftReport, ShiftSummary
from wxpark_gui.domain.shift_state import ShiftState
from wxpark_gui.ui.shift.dialog import ShiftDialog
from wxpark_gui.ui.shift.people_page import PeopleAct

OPENED = NOW - timedelta(hours=3)
LI, WANG = Person("p1", "李师傅", "李师傅"), Person("p2", "王师傅", "王师傅")
LONG = Person("p3", "长" * NAME_LENGTH, "长" * NAME_LENGTH)
GONE = Person("p4", "赵师傅", "赵师傅", is_retired=True)
PEOPLE = (LI, WANG, LONG, GONE)
NOBODY = ShiftState(PEOPLE)
AT_WORK = ShiftState(PEOPLE, Shift("s1", 7, OPENED, LI, LI))
RELIEVED = ShiftState(PEOPLE, Shift("s1", 7, OPENED, LI, WANG))
LOCKED = ShiftState(PEOPLE, Shift("s1", 7, OPENED, LI, LI, is_locked=True))
OVERDUE = ShiftState(PEOPLE, Shift("s1", 7, OPENED - timedelta(days=1), LONG, LONG, is_locked=True))


def item(number: int, was: str = "", *, is_earlier: bool = False) -> ShiftItem:
    entered = OPENED + timedelta(minutes=number)
    return ShiftItem(str(number), f"粤B·F{number:05}", entered, "李师傅", was, is_earlier)


SUMMARY = ShiftSummary(
    entered=1212, cars=1209, normal=1180, owing=12, other=8, waiting=2, failed=6, voided=4,
    corrected=2, resent=1, unsigned=12, by_person=(("李师傅", 700), ("长" * NAME_LENGTH, 500)),
    carried=(item(1, is_earlier=True), item(2), item(3)),
    owing_list=tuple(item(number) for number in range(10, 22)),
    failed_list=tuple(item(number) for number in range(30, 36)),
    corrected_list=(item(40, "粤B·F49883"), item(41)),
)  # fmt: skip
READING = ShiftReport(
    "s1", 7, "欢乐海岸停车场", "1号岗", "李师傅", OPENED, NOW, (Stint("李师傅", OPENED),), SUMMARY
)
CLOSING = replace(READING, closed_by="李师傅", message="道" * MESSAGE_LENGTH)

Opener = Callable[[DialogParent], QDialog | None]


def open_dialog(window: DialogParent, state: ShiftState) -> ShiftDialog:
    """Emit a state from the controller, and open the dialog."""
    controller(window).changed.emit(state)
    window.shift_dialogs.open()
    dialog = window.shift_dialogs.dialog
    assert dialog is not None
    return dialog


def controller(window: DialogParent) -> ShiftController:
    return window._controllers.shifts


def without_people(window: DialogParent) -> QDialog | None:
    return open_dialog(window, ShiftState())


def sign_in(window: DialogParent) -> QDialog | None:
    return open_dialog(window, NOBODY)


def wrong_pin(window: DialogParent) -> QDialog | None:
    dialog = open_dialog(window, LOCKED)
    controller(window).refused.emit(PinWaitError(899))
    return dialog


def overdue(window: DialogParent) -> QDialog | None:
    return open_dialog(window, OVERDUE)


def relief(window: DialogParent) -> QDialog | None:
    dialog = open_dialog(window, AT_WORK)
    dialog.shift.switchRequested.emit()
    return dialog


def reading(window: DialogParent) -> QDialog | None:
    dialog = open_dialog(window, AT_WORK)
    controller(window).reported.emit(READING)
    return dialog


def hand_over(window: DialogParent) -> QDialog | None:
    dialog = open_dialog(window, AT_WORK)
    controller(window).reported.emit(READING)
    dialog.shift.handOverRequested.emit()
    return dialog


def closing(window: DialogParent) -> QDialog | None:
    dialog = open_dialog(window, AT_WORK)
    controller(window).handedOver.emit(replace(CLOSING, acknowledged_by="王师傅"))
    return dialog


def acknowledging(window: DialogParent) -> QDialog | None:
    return open_dialog(window, replace(AT_WORK, handed_over=CLOSING))


def adding(window: DialogParent) -> QDialog | None:
    dialog = open_dialog(window, AT_WORK)
    dialog.shift.peopleRequested.emit()
    return dialog


def new_pin(window: DialogParent) -> QDialog | None:
    dialog = open_dialog(window, AT_WORK)
    dialog.shift.peopleRequested.emit()
    dialog.people.act.choose(PeopleAct.NEW_PIN)
    return dialog


OPENERS: tuple[Opener, ...] = (
    without_people, sign_in, wrong_pin, overdue, relief, reading, hand_over, closing,
    acknowledging, adding, new_pin,
)  # fmt: skip
