"""The shift dialog by keyboard, with a controller that records its requests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.conftest import Desk, DialogParent, FakeBooth
from tests.ui.shift_states import (
    AT_WORK,
    CLOSING,
    LOCKED,
    NOBODY,
    OVERDUE,
    READING,
    RELIEVED,
    WANG,
    open_dialog,
)
from wxpark_gui.domain.errors import JournalWriteError
from wxpark_gui.domain.shift import Person
from wxpark_gui.domain.shift_errors import WrongPinError
from wxpark_gui.domain.shift_state import ShiftState
from wxpark_gui.ui.shift.dialog import ShiftDialog
from wxpark_gui.ui.window.main_window import MainWindow


def press(*keys: str | Qt.Key) -> None:
    """Send key events to the widget that has the focus."""
    for key in keys:
        for stroke in key if isinstance(key, str) else (key,):
            focused = QApplication.focusWidget()
            assert focused is not None
            if isinstance(stroke, Qt.Key):
                QTest.keyClick(focused, stroke)
            elif stroke.isascii():
                QTest.keyClicks(focused, stroke)
            else:
                # QTest knows no keys of Chinese characters.
                none = Qt.KeyboardModifier.NoModifier
                event = QKeyEvent(QEvent.Type.KeyPress, 0, none, stroke)
                QApplication.sendEvent(focused, event)


def texts(part: QWidget) -> str:
    """Return the visible texts, including those of parts that are not laid out yet."""
    QApplication.processEvents()
    labels = [label.text() for label in part.findChildren(QLabel) if label.isVisibleTo(part)]
    buttons = [b.text() for b in part.findChildren(QPushButton) if b.isVisibleTo(part)]
    return "\n".join([*labels, *buttons])


@pytest.fixture
def shown(window: MainWindow) -> Iterator[MainWindow]:
    yield window
    close(window)


@pytest.fixture
def desk(desk: Desk) -> Iterator[Desk]:
    yield desk
    close(desk)


def close(window: DialogParent) -> None:
    dialog = window.shift_dialogs.dialog
    if dialog is not None:
        dialog.reject()


def opened(window: DialogParent, state: ShiftState, qtbot: QtBot) -> ShiftDialog:
    dialog = open_dialog(window, state)
    dialog.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is dialog)
    dialog.page.take_focus()
    return dialog


def test_f10_opens_the_dialog_and_esc_gives_the_plate_the_keyboard_back(
    shown: MainWindow, qtbot: QtBot
) -> None:
    QTest.keyClick(shown, Qt.Key.Key_F10)
    dialog = shown.shift_dialogs.dialog
    assert dialog is not None
    dialog.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is dialog)
    press(Qt.Key.Key_Escape)
    assert shown.shift_dialogs.dialog is None
    shown.activateWindow()
    qtbot.waitUntil(shown.form.plate.hasFocus)


def test_click_on_the_attendant_opens_the_dialog(shown: MainWindow, booth: FakeBooth) -> None:
    booth.shifts.changed.emit(AT_WORK)
    label = shown.findChild(QLabel, "headerAttendant")
    assert label is not None
    QTest.mouseClick(label, Qt.MouseButton.LeftButton)
    assert shown.shift_dialogs.dialog is not None


def test_booth_without_people_shows_no_attendant_and_offers_to_add_one(
    shown: MainWindow, booth: FakeBooth, qtbot: QtBot
) -> None:
    label = shown.findChild(QLabel, "headerAttendant")
    assert label is not None
    assert not label.isVisible()
    dialog = opened(shown, ShiftState(), qtbot)
    assert "不登录也能照常录入" in texts(dialog)
    press(Qt.Key.Key_Return)
    assert dialog.people.isVisible()
    press("赵师傅", Qt.Key.Key_Return, "1357", Qt.Key.Key_Return, "1357", Qt.Key.Key_Return)
    assert booth.shifts.requests == [("add_person", "赵师傅", "1357")]
    added = ShiftState((Person("p9", "赵师傅", "赵师傅"),))
    booth.shifts.changed.emit(added)
    booth.shifts.peopleChanged.emit(added)
    assert "已保存：赵师傅。" in texts(dialog)
    press(Qt.Key.Key_Escape)
    assert dialog.sign_in.isVisible()


@pytest.mark.parametrize(
    ("typed", "person"), [("2", "p2"), ("王", "p2"), (Qt.Key.Key_Return, "p1")]
)
def test_person_is_picked_by_digit_name_or_enter(
    desk: Desk, booth: FakeBooth, qtbot: QtBot, typed: str | Qt.Key, person: str
) -> None:
    opened(desk, NOBODY, qtbot)
    press(typed, "2468", Qt.Key.Key_Return)
    assert booth.shifts.requests == [("sign_in", person, "2468")]


def test_arrow_keys_walk_through_the_people(desk: Desk, booth: FakeBooth, qtbot: QtBot) -> None:
    opened(desk, NOBODY, qtbot)
    press(Qt.Key.Key_Right, Qt.Key.Key_Return, "2468", Qt.Key.Key_Return)
    assert booth.shifts.requests == [("sign_in", "p2", "2468")]


def test_signing_in_closes_the_dialog_and_the_header_names_the_attendant(
    shown: MainWindow, booth: FakeBooth, qtbot: QtBot
) -> None:
    opened(shown, NOBODY, qtbot)
    booth.shifts.changed.emit(AT_WORK)
    booth.shifts.signedIn.emit(AT_WORK)
    assert shown.shift_dialogs.dialog is None
    label = shown.findChild(QLabel, "headerAttendant")
    assert label is not None
    assert label.text() == "李师傅 (08:42 起)"


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (NOBODY, "未登录  F10"),
        (RELIEVED, "王师傅 顶 李师傅 (08:42 起)"),
        (LOCKED, "李师傅 已锁定  F10"),
        (OVERDUE, "03-14 08:42 起，未交班  F10"),
    ],
)
def test_header_says_who_is_at_work(
    shown: MainWindow, booth: FakeBooth, state: ShiftState, words: str
) -> None:
    booth.shifts.changed.emit(state)
    label = shown.findChild(QLabel, "headerAttendant")
    assert label is not None
    assert label.text().endswith(words)


def test_wrong_pin_is_said_and_typed_again(desk: Desk, booth: FakeBooth, qtbot: QtBot) -> None:
    dialog = opened(desk, NOBODY, qtbot)
    press("1", "9999", Qt.Key.Key_Return)
    booth.shifts.refused.emit(WrongPinError())
    assert "PIN 不对。请再试一次。" in texts(dialog)
    press("1357", Qt.Key.Key_Return)
    assert booth.shifts.requests[-1] == ("sign_in", "p1", "1357")


def test_pin_of_wrong_length_is_not_sent(desk: Desk, booth: FakeBooth, qtbot: QtBot) -> None:
    dialog = opened(desk, NOBODY, qtbot)
    press("1", "12", Qt.Key.Key_Return)
    assert booth.shifts.requests == []
    assert "PIN 是 4 到 8 位数字。" in texts(dialog)


def test_pin_is_never_desk(desk: Desk, qtbot: QtBot) -> None:
    dialog = opened(desk, NOBODY, qtbot)
    press("1", "1357")
    assert dialog.sign_in.pin.entry.echoMode() is QLineEdit.EchoMode.Password
    assert "1357" not in texts(dialog)


def test_locked_window_asks_for_the_pin_of_the_same_person_at_once(
    desk: Desk, booth: FakeBooth, qtbot: QtBot
) -> None:
    opened(desk, LOCKED, qtbot)
    press("1357", Qt.Key.Key_Return)
    assert booth.shifts.requests == [("sign_in", "p1", "1357")]


def test_shift_f10_locks_at_once_and_only_when_someone_is_signed_in(
    shown: MainWindow, booth: FakeBooth
) -> None:
    QTest.keyClick(shown, Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier)
    assert booth.shifts.requests == []
    booth.shifts.changed.emit(AT_WORK)
    QTest.keyClick(shown, Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier)
    assert booth.shifts.requests == [("lock",)]


def test_lock_that_fails_is_told_in_the_window(shown: MainWindow, booth: FakeBooth) -> None:
    booth.shifts.refused.emit(WrongPinError())
    strip = shown.findChild(QWidget, "noticeStrip")
    assert strip is not None
    assert not strip.isVisible()
    booth.shifts.refused.emit(JournalWriteError())
    assert strip.isVisible()


def test_plate_is_entered_while_locked_and_beside_the_open_dialog(
    shown: MainWindow, booth: FakeBooth, qtbot: QtBot
) -> None:
    dialog = opened(shown, LOCKED, qtbot)
    assert not dialog.isModal()
    QTest.keyClicks(shown.form.plate, "12345\r")
    assert [draft.plate for draft in booth.entries.drafts] == ["粤B12345"]


def test_reading_shows_sums_and_what_is_carried_by_name(
    desk: Desk, booth: FakeBooth, qtbot: QtBot
) -> None:
    dialog = opened(desk, AT_WORK, qtbot)
    assert booth.shifts.requests == [("read",)]
    booth.shifts.reported.emit(READING)
    said = texts(dialog)
    assert "1209\n车辆" in said
    assert "未发出，带入下一班：3" in said
    assert "粤B·F00002\n08:44\n李师傅" in said
    assert "更正：2" in said


@pytest.mark.parametrize(("digit", "request_made"), [("1", "lock"), ("4", "save_document")])
def test_digits_press_the_buttons_of_the_shift(
    desk: Desk, booth: FakeBooth, qtbot: QtBot, digit: str, request_made: str
) -> None:
    opened(desk, AT_WORK, qtbot)
    booth.shifts.reported.emit(READING)
    press(digit)
    assert booth.shifts.requests[-1][0] == request_made


def test_relief_signs_in_within_the_shift(desk: Desk, booth: FakeBooth, qtbot: QtBot) -> None:
    dialog = opened(desk, AT_WORK, qtbot)
    press("2")
    assert dialog.page is dialog.sign_in
    assert "李师傅" not in [button.text()[3:] for button in dialog.sign_in.picker.buttons]
    press("1", "2468", Qt.Key.Key_Return)
    assert booth.shifts.requests[-1] == ("sign_in", WANG.person_id, "2468")


def test_hand_over_goes_from_message_to_person_to_pin_by_enter(
    desk: Desk, booth: FakeBooth, qtbot: QtBot
) -> None:
    dialog = opened(desk, AT_WORK, qtbot)
    booth.shifts.reported.emit(READING)
    press("3", "gate 2", Qt.Key.Key_Return, "2", "2468", Qt.Key.Key_Return)
    assert booth.shifts.requests[-1] == ("hand_over", "s1", "gate 2", "p2", "2468")
    handed = replace(CLOSING, acknowledged_by="王师傅")
    booth.shifts.handedOver.emit(handed)
    assert "李师傅 已交班给 王师傅" in texts(dialog)
    press(Qt.Key.Key_Return)
    assert desk.shift_dialogs.dialog is None


def test_report_of_a_hand_over_whose_dialog_was_closed_is_shown_by_the_next_one(
    desk: Desk, booth: FakeBooth, qtbot: QtBot
) -> None:
    dialog = opened(desk, AT_WORK, qtbot)
    dialog.reject()
    booth.shifts.handedOver.emit(replace(CLOSING, acknowledged_by="王师傅"))
    assert desk.shift_dialogs.dialog is None
    dialog = opened(desk, AT_WORK, qtbot)
    assert "李师傅 已交班给 王师傅" in texts(dialog)
    press(Qt.Key.Key_Return)
    dialog = opened(desk, AT_WORK, qtbot)
    assert dialog.page is dialog.shift


def test_hand_over_waits_for_the_reading(desk: Desk, booth: FakeBooth, qtbot: QtBot) -> None:
    dialog = opened(desk, AT_WORK, qtbot)
    press("3")
    assert dialog.page is dialog.shift


def test_wrong_pin_of_the_next_person_keeps_the_message(
    desk: Desk, booth: FakeBooth, qtbot: QtBot
) -> None:
    dialog = opened(desk, AT_WORK, qtbot)
    booth.shifts.reported.emit(READING)
    press("3", "gate 2", Qt.Key.Key_Return, "2", "9999", Qt.Key.Key_Return)
    booth.shifts.refused.emit(WrongPinError())
    assert dialog.hand_over.message.entry.text() == "gate 2"
    press("2468", Qt.Key.Key_Return)
    assert booth.shifts.requests[-1] == ("hand_over", "s1", "gate 2", "p2", "2468")


def test_typed_message_is_there_again_after_the_dialog_was_closed_by_a_lock(
    desk: Desk, booth: FakeBooth, qtbot: QtBot
) -> None:
    opened(desk, AT_WORK, qtbot)
    booth.shifts.reported.emit(READING)
    press("3", "gate 2")
    desk.shift_dialogs.lock()
    assert desk.shift_dialogs.dialog is None
    dialog = opened(desk, AT_WORK, qtbot)
    booth.shifts.reported.emit(READING)
    press("3")
    assert dialog.hand_over.message.entry.text() == "gate 2"
    press(" opens late", Qt.Key.Key_Escape, "3")
    assert dialog.hand_over.message.entry.text() == "gate 2 opens late"


def test_typed_message_is_not_offered_in_the_next_shift(
    desk: Desk, booth: FakeBooth, qtbot: QtBot
) -> None:
    dialog = opened(desk, AT_WORK, qtbot)
    booth.shifts.reported.emit(READING)
    press("3", "gate 2")
    assert AT_WORK.shift is not None
    booth.shifts.changed.emit(replace(AT_WORK, shift=replace(AT_WORK.shift, shift_id="s2")))
    press(Qt.Key.Key_Escape)
    booth.shifts.reported.emit(READING)
    press("3")
    assert dialog.page is dialog.hand_over
    assert dialog.hand_over.message.entry.text() == ""


def test_closing_without_a_successor_asks_once(desk: Desk, booth: FakeBooth, qtbot: QtBot) -> None:
    dialog = opened(desk, AT_WORK, qtbot)
    booth.shifts.reported.emit(READING)
    press("3")
    next(b for b in dialog.findChildren(QPushButton) if b.text() == "无人接班").setFocus()
    press(Qt.Key.Key_Return)
    assert "再按一次就交班" in texts(dialog)
    assert len(booth.shifts.requests) == 1
    press(Qt.Key.Key_Return)
    assert booth.shifts.requests[-1] == ("close_shift", "s1", "")


def test_hand_over_of_an_absent_person_is_read_and_acknowledged_after_signing_in(
    desk: Desk, booth: FakeBooth, qtbot: QtBot
) -> None:
    dialog = opened(desk, replace(NOBODY, handed_over=CLOSING), qtbot)
    assert "上一班有交班内容" in texts(dialog)
    state = replace(AT_WORK, handed_over=CLOSING)
    booth.shifts.changed.emit(state)
    booth.shifts.signedIn.emit(state)
    assert dialog.page is dialog.closing
    assert f"留言：{CLOSING.message}" in texts(dialog)
    press(Qt.Key.Key_Return)
    assert booth.shifts.requests[-1] == ("acknowledge",)
    assert desk.shift_dialogs.dialog is None


def test_shift_never_closed_is_told_before_and_after_signing_in(
    desk: Desk, booth: FakeBooth, qtbot: QtBot
) -> None:
    dialog = opened(desk, OVERDUE, qtbot)
    assert "一直没有交" in texts(dialog)
    assert OVERDUE.shift is not None
    state = replace(OVERDUE, shift=replace(OVERDUE.shift, present=WANG, is_locked=False))
    booth.shifts.changed.emit(state)
    booth.shifts.signedIn.emit(state)
    assert dialog.page is dialog.shift
    assert "一直没有交" in texts(dialog)


def test_saved_pdf_names_its_place(desk: Desk, booth: FakeBooth, qtbot: QtBot) -> None:
    dialog = opened(desk, AT_WORK, qtbot)
    booth.shifts.reported.emit(READING)
    press("4")
    _, name, content = booth.shifts.requests[-1]
    assert name == "班中读数 2026-03-15 1142 李师傅.pdf"
    assert isinstance(content, bytes)
    assert content.startswith(b"%PDF-")
    path = Path("/home/booth/Documents/a.pdf")
    booth.shifts.documentSaved.emit(path)
    assert f"PDF 已存：{path}" in texts(dialog)


def test_differing_pins_add_nobody(desk: Desk, booth: FakeBooth, qtbot: QtBot) -> None:
    dialog = opened(desk, ShiftState(), qtbot)
    press(Qt.Key.Key_Return)
    press("赵师傅", Qt.Key.Key_Return, "1357", Qt.Key.Key_Return, "1358", Qt.Key.Key_Return)
    assert booth.shifts.requests == []
    assert "两次输入的 PIN 不一样。" in texts(dialog)


def test_second_person_of_a_name_is_told_the_number(
    desk: Desk, booth: FakeBooth, qtbot: QtBot
) -> None:
    dialog = opened(desk, NOBODY, qtbot)
    dialog.sign_in.peopleRequested.emit()
    second = replace(NOBODY, people=(*NOBODY.people, Person("p9", "李师傅", "李师傅 2")))
    booth.shifts.changed.emit(second)
    booth.shifts.peopleChanged.emit(second)
    assert "已有李师傅，这一位记作李师傅 2。" in texts(dialog)


@pytest.mark.parametrize(
    ("steps", "keys", "made"),
    [
        (1, ("2", "王伟", Qt.Key.Key_Return), ("rename_person", "p2", "王伟")),
        (
            2,
            ("4", "8888", Qt.Key.Key_Return, "8888", Qt.Key.Key_Return),
            ("set_pin", "p4", "8888"),
        ),
        (3, ("2", Qt.Key.Key_Return), ("retire_person", "p2")),
    ],
)
def test_people_are_changed_by_keyboard(
    desk: Desk,
    booth: FakeBooth,
    qtbot: QtBot,
    steps: int,
    keys: tuple[str | Qt.Key, ...],
    made: tuple[str, ...],
) -> None:
    dialog = opened(desk, NOBODY, qtbot)
    dialog.sign_in.peopleRequested.emit()
    for _ in range(steps):
        dialog.people.act.choose_next()
    press(*keys)
    assert booth.shifts.requests == [made]


def test_dialog_follows_a_change_of_language(desk: Desk, booth: FakeBooth, qtbot: QtBot) -> None:
    dialog = opened(desk, AT_WORK, qtbot)
    booth.shifts.reported.emit(READING)
    before = desk._appearance._wording
    desk._appearance._wording = type(before).for_language("en")
    desk._appearance.changed.emit()
    try:
        assert "carried over: 3" in texts(dialog)
    finally:
        desk._appearance._wording = before
        desk._appearance.changed.emit()
