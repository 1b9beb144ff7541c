"""Shift+F5 queries the state of the typed or selected plate, without an entry."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QTableView

from tests.ui.conftest import NOW, FakeBooth, RecordMaker
from wxpark_gui.domain.delivery import Cause, Outcome
from wxpark_gui.domain.errors import NotSetUpError
from wxpark_gui.domain.plate import read_plate
from wxpark_gui.service.query import QueryAnswer
from wxpark_gui.ui.window.main_window import MainWindow

NORMAL = Outcome(Cause.ANSWERED, user_state="NORMAL", deduct_mode="AUTOPAY")


def text(window: MainWindow, name: str) -> str:
    label = window.findChild(QLabel, name)
    assert isinstance(label, QLabel)
    return label.text()


def press(window: MainWindow) -> None:
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_F5, Qt.KeyboardModifier.ShiftModifier)


def answer(booth: FakeBooth, outcome: Outcome = NORMAL, plate: str = "粤B12345") -> None:
    booth.queries.answered.emit(QueryAnswer(read_plate(plate), outcome, NOW))


def test_typed_plate_is_asked_for_and_stays_in_the_form(
    window: MainWindow, booth: FakeBooth
) -> None:
    QTest.keyClicks(window.form.plate, "12345")
    press(window)
    assert booth.queries.asked == [("粤B12345", "")]
    assert text(window, "verdictTitle") == "正在查询"
    answer(booth)
    assert window._panel.property("severity") == "ok"
    assert "仅查询，未登记" in text(window, "verdictSmall")
    assert booth.entries.drafts == []
    QTest.keyClick(window.form.plate, Qt.Key.Key_Return)
    assert [draft.plate for draft in booth.entries.drafts] == ["粤B12345"]


def test_selected_row_is_asked_for_under_its_own_account(
    window: MainWindow, booth: FakeBooth, make_record: RecordMaker
) -> None:
    record = make_record("粤B88888", 7)
    booth.entries.recentLoaded.emit((make_record("粤B99999", 8), record))
    table = window.findChild(QTableView, "recentTable")
    assert isinstance(table, QTableView)
    table.setFocus()
    table.selectRow(1)
    press(window)
    assert booth.queries.asked == [("粤B88888", record.origin.account_id)]
    assert window.form.plate.hasFocus()


def test_answer_that_differs_from_that_of_the_entry_is_shown_beside_it(
    window: MainWindow, booth: FakeBooth, make_record: RecordMaker
) -> None:
    booth.entries.saved.emit(make_record(user_state="OVERDUE"))
    press(window)
    answer(booth)
    assert window._panel.property("severity") == "ok"
    small = text(window, "verdictSmall")
    assert small.startswith("再次查询")
    assert "11:42" in small
    assert "欠费" in small


def test_answer_equal_to_that_of_the_entry_stands_alone(
    window: MainWindow, booth: FakeBooth, make_record: RecordMaker
) -> None:
    booth.entries.saved.emit(make_record(user_state="NORMAL"))
    press(window)
    answer(booth)
    assert "入场时" not in text(window, "verdictSmall")


@pytest.mark.parametrize("user_state", ["NOT_BOUND", "UNREADABLE_LIST", "SOMETHING_NEW", "OVERDUE"])
def test_answer_other_than_normal_is_never_green(
    window: MainWindow, booth: FakeBooth, user_state: str
) -> None:
    QTest.keyClicks(window.form.plate, "12345")
    press(window)
    answer(booth, replace(NORMAL, user_state=user_state))
    assert window._panel.property("severity") != "ok"


def test_late_answer_does_not_replace_what_was_typed_meanwhile(
    window: MainWindow, booth: FakeBooth
) -> None:
    QTest.keyClicks(window.form.plate, "12345")
    press(window)
    QTest.keyClick(window.form.plate, Qt.Key.Key_Escape)
    QTest.keyClicks(window.form.plate, "67")
    before = text(window, "verdictTitle")
    answer(booth)
    assert text(window, "verdictTitle") == before
    assert window._panel.property("severity") != "ok"


def test_late_answer_does_not_replace_the_verdict_of_an_entry(
    window: MainWindow, booth: FakeBooth, make_record: RecordMaker
) -> None:
    QTest.keyClicks(window.form.plate, "12345")
    press(window)
    QTest.keyClick(window.form.plate, Qt.Key.Key_Return)
    booth.entries.saved.emit(make_record(user_state="BLOCKED"))
    answer(booth)
    assert window._panel.property("severity") == "blocked"


def test_answer_grows_old_as_a_verdict_does(window: MainWindow, booth: FakeBooth) -> None:
    QTest.keyClicks(window.form.plate, "12345")
    press(window)
    answer(booth)
    window._panel.show_time(NOW + timedelta(minutes=2))
    assert "2" in text(window, "verdictSmall")


def test_key_held_down_asks_once(window: MainWindow, booth: FakeBooth) -> None:
    QTest.keyClicks(window.form.plate, "12345")
    press(window)
    booth.queries.asking = True
    press(window)
    assert len(booth.queries.asked) == 1
    assert text(window, "verdictTitle") == "正在查询"


def test_without_a_plate_says_so(window: MainWindow, booth: FakeBooth) -> None:
    press(window)
    assert booth.queries.asked == []
    assert text(window, "verdictAdvice") == "没有可查询的车牌：请先输入车牌，或选中一条记录。"


def test_without_a_merchant_says_so(window: MainWindow, booth: FakeBooth) -> None:
    QTest.keyClicks(window.form.plate, "12345")
    press(window)
    booth.queries.refused.emit(NotSetUpError())
    assert text(window, "verdictTitle") == "未执行"


def test_bug_of_a_query_leaves_no_question_on_the_panel(
    window: MainWindow, booth: FakeBooth
) -> None:
    QTest.keyClicks(window.form.plate, "12345")
    press(window)
    booth.queries.crashed.emit(KeyError())
    assert text(window, "verdictTitle") != "正在查询"
