"""The back-fill window operated by keyboard, with a controller that records its calls."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from tests.settings import settings_of
from tests.ui.conftest import (
    MERCHANT,
    NOW,
    Desk,
    DialogParent,
    FakeBooth,
    RecordMaker,
    entry_id,
)
from tests.ui.keys import enter_at
from tests.ui.manager_states import ONE
from tests.ui.shift.test_dialog import press
from wxpark_gui.controllers.entries import Refused
from wxpark_gui.domain.backfill import BackfillRepeatedError, check_paper_time
from wxpark_gui.domain.delivery import Cause, DeliveryState, Outcome
from wxpark_gui.domain.entry import BEIJING, CarType, check_draft
from wxpark_gui.domain.errors import (
    EntryNotOpenError,
    InvalidInputError,
    JournalDamagedError,
    JournalNewerError,
    JournalWriteError,
    NotSetUpError,
    ReadableError,
)
from wxpark_gui.domain.record import EntryRecord, Origin
from wxpark_gui.domain.verdict import Severity
from wxpark_gui.ui.backfill.model import STATE
from wxpark_gui.ui.backfill.window import BackfillWindow
from wxpark_gui.ui.plate.enter_bounce import BOUNCE_MS
from wxpark_gui.ui.recent.model import NOTE_ROLE, PLATE
from wxpark_gui.ui.recent.table import RecentList
from wxpark_gui.ui.window.main_window import MainWindow
from wxpark_gui.wording import Wording

ENTER, ESC = Qt.Key.Key_Return, Qt.Key.Key_Escape
ORIGIN = Origin("a", "1", "2", "欢乐海岸停车场", "1号岗", attendant="李师傅")


class Run:
    """The open back-fill window and its booth."""

    def __init__(self, window: BackfillWindow, main: DialogParent, booth: FakeBooth) -> None:
        self.window = window
        self.main = main
        self.booth = booth
        self.backfills = booth.backfills

    def type(self, plate: str, time: str) -> None:
        """Type a row as the attendant does: plate, Enter, time, Enter."""
        self.window.form.plate.setFocus()
        press(plate, ENTER, time, ENTER)

    def record(self, row: int, state: DeliveryState, user_state: str = "") -> EntryRecord:
        """Return the record of a typed row; rows count from 1."""
        entry = check_draft(self.backfills.drafts[row - 1], NOW)
        outcome = Outcome(Cause.ANSWERED, user_state) if user_state else None
        return EntryRecord(
            entry_id(row), row, row, entry, ORIGIN, NOW, state, int(bool(outcome)),
            outcome=outcome, outcome_at=NOW if outcome else None, backfilled=True,
        )  # fmt: skip

    def save(self, row: int) -> EntryRecord:
        record = self.record(row, DeliveryState.WAITING)
        self.backfills.saved.emit(record)
        return record

    def states(self) -> list[str]:
        model = self.window.model
        return [str(model.index(row, STATE).data()) for row in range(model.rowCount())]

    def text(self, name: str) -> str:
        label = self.window.findChild(QLabel, name)
        assert label is not None
        return label.text()

    @property
    def message(self) -> str:
        return self.text("backfillMessage")


@pytest.fixture
def run(qtbot: QtBot, desk: Desk, booth: FakeBooth) -> Iterator[Run]:
    desk.backfill.open()
    yield from _run(desk, booth, qtbot)


@pytest.fixture
def run_over_window(qtbot: QtBot, window: MainWindow, booth: FakeBooth) -> Iterator[Run]:
    """The back-fill window, opened by its key over the main window."""
    QTest.keyClick(window, Qt.Key.Key_F8, Qt.KeyboardModifier.ShiftModifier)
    yield from _run(window, booth, qtbot)


def _run(parent: DialogParent, booth: FakeBooth, qtbot: QtBot) -> Iterator[Run]:
    opened = parent.backfill.window
    assert opened is not None
    opened.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is opened)
    opened.form.plate.setFocus()
    yield Run(opened, parent, booth)
    opened.reject()


def at(text: str) -> datetime:
    return datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=BEIJING)


@pytest.mark.parametrize("time", ["", "0812"])
def test_car_type_and_save_button_are_level_with_the_inputs(run: Run, time: str) -> None:
    run.window.resize(1024, 732)
    form = run.window.form
    QTest.keyClicks(form.time.entry, time)
    QApplication.processEvents()
    tops = {
        part.mapTo(form, QPoint()).y()
        for part in (form.time.entry, form.number.entry, *form.car_type.buttons, form._save)
    }
    assert max(tops) - min(tops) <= 2


def test_twenty_rows_are_typed_with_plate_enter_time_enter(run: Run) -> None:
    run.window.form.number.entry.setText("12-01")
    for row in range(1, 21):
        run.type(f"1000{row % 10}" if row < 10 else f"200{row}", f"08{row:02d}")
        run.save(row)
    assert len(run.backfills.drafts) == 20
    assert run.backfills.numbers == [f"12-{row:02d}" for row in range(1, 21)]
    assert run.backfills.drafts[11].start_time == at("03-15 08:12")
    assert run.window.form.number.entry.text() == "13-01"
    assert run.text("backfillCount") == "已保存 20 条"
    assert run.window.form.plate.hasFocus()


def test_second_enter_in_haste_saves_nothing_twice(run: Run) -> None:
    run.type("12345", "0812")
    press(ENTER, ENTER)
    assert len(run.backfills.drafts) == 1
    assert run.window.form.plate.hasFocus()


def test_enter_before_the_time_goes_to_the_time(run: Run) -> None:
    press("12345", ENTER)
    assert run.window.form.time.entry.hasFocus()
    assert run.backfills.drafts == []


def test_enter_on_the_car_type_saves_the_row(run: Run) -> None:
    press("12345", ENTER, "0812")
    run.window.form.car_type.buttons[0].setFocus()
    press(ENTER)
    assert len(run.backfills.drafts) == 1


def test_enter_presses_the_button_that_has_the_focus(run: Run) -> None:
    button = run.window.findChild(QPushButton, "backfillSheets")
    assert button is not None
    button.setFocus()
    press(ENTER)
    assert len(run.backfills.sheets) == 1
    assert run.backfills.drafts == []


def test_held_enter_saves_one_row(run: Run) -> None:
    press("12345", ENTER, "0812")
    field = run.window.form.time.entry
    for repeated in (False, True, True):
        none = Qt.KeyboardModifier.NoModifier
        held = QKeyEvent(QEvent.Type.KeyPress, ENTER, none, "\r", repeated)
        QApplication.sendEvent(QApplication.focusWidget() or field, held)
    assert len(run.backfills.drafts) == 1


def test_incomplete_plate_keeps_the_focus_with_a_reason(run: Run) -> None:
    press("123", ENTER)
    assert run.window.form.plate.hasFocus()
    assert run.backfills.drafts == []
    assert run.window.form.plate.accessibleDescription() != "粤B123"


@pytest.mark.parametrize(
    ("time", "problem"),
    [
        ("", "请填写"),
        ("99", "看不懂"),
        ("1800", "晚于现在"),
        ("2025-03-01 0800", "2025-03-01 太早：记录只保留 180 天"),
    ],
)
def test_wrong_time_is_refused_at_the_field_and_kept(run: Run, time: str, problem: str) -> None:
    if problem.startswith("2025"):
        # The controller finds it.
        error = check_paper_time(at("01-01 08:00") - timedelta(days=306), NOW, 180)
        assert error is not None
        run.backfills.answer = Refused(InvalidInputError([error]))
    run.type("12345", time)
    assert problem in run.window.form.time.problem()
    assert run.window.form.time.entry.hasFocus()
    assert run.window.form.content == ("粤B12345", "", time)
    assert run.backfills.drafts == []


def test_wrong_number_is_refused_at_the_field(run: Run) -> None:
    run.window.form.number.entry.setText("12-21")
    press("12345", ENTER)
    assert "12-05" in run.window.form.number.problem()
    assert run.window.form.number.entry.hasFocus()


def test_meaning_of_the_time_is_shown_while_it_is_typed(run: Run) -> None:
    texts = []
    for time in ("0812", "03-14 2350", "03-13 0812"):
        run.window.form.time.entry.setFocus()
        run.window.form.time.entry.clear()
        press(time)
        labels = run.window.form.time.findChildren(QLabel)
        texts.append(next(each.text() for each in labels if "入场" in each.text()))
    assert texts == [
        "08:12 入场", "03-14 23:50 入场", "03-13 08:12 入场，已过 24 小时：只保存，不发送",
    ]  # fmt: skip


def test_run_over_midnight_counts_up_the_day(run: Run) -> None:
    run.type("12345", "03-13 2350")
    run.type("12346", "0010")
    assert [draft.start_time for draft in run.backfills.drafts] == [
        at("03-13 23:50"), at("03-14 00:10"),
    ]  # fmt: skip
    labels = [each.text() for each in run.window.form.time.findChildren(QLabel)]
    assert "以下各行按 03-14 计" in labels


def test_unusual_plate_is_asked_about_once(run: Run) -> None:
    run.type("888888", "0812")
    assert run.backfills.drafts == []
    assert "再按一次回车保存" in run.message
    press(ENTER)
    assert len(run.backfills.drafts) == 1


def test_large_car_is_chosen_for_one_row(run: Run) -> None:
    QTest.keyClick(run.window, Qt.Key.Key_F6)
    run.type("12345", "0812")
    run.type("12346", "0813")
    assert [draft.car_type for draft in run.backfills.drafts] == [CarType.LARGE, CarType.SMALL]


class TestStates:
    def test_states_of_the_list(self, run: Run) -> None:
        times = ("03-13 0812", "03-15 0813", "0814", "0815", "0816")
        for row, time in enumerate(times, start=1):
            run.type(f"1234{row}", time)
        assert run.states() == ["正在存入本机…"] * 5
        run.backfills.saved.emit(run.record(1, DeliveryState.EXPIRED))
        run.save(2)
        for row, answer in ((3, "NORMAL"), (4, "OVERDUE")):
            run.save(row)
            changed = run.record(row, DeliveryState.ANSWERED, answer)
            run.booth.entries.changed.emit(changed)
        assert run.states() == [
            "正在存入本机…", "欠费", "正常", "待发送", "已过 51 小时，未发送",
        ]  # fmt: skip
        severities = [row.severity for row in run.window.model.rows]
        assert severities[-1] is Severity.FAILED
        assert severities.count(Severity.OK) == 1

    def test_answer_does_not_replace_the_verdict_at_the_barrier(
        self, run_over_window: Run, make_record: RecordMaker
    ) -> None:
        run = run_over_window
        live = make_record("粤B88888", 500, user_state="OVERDUE")
        run.booth.entries.saved.emit(live)
        panel = run.main.findChild(QLabel, "verdictTitle")
        assert panel is not None
        before = panel.text()
        beeps = run.booth.beeps
        run.type("12345", "0812")
        run.save(1)
        run.booth.entries.changed.emit(run.record(1, DeliveryState.ANSWERED, "NORMAL"))
        assert panel.text() == before == "欠费"
        assert run.booth.beeps == beeps

    def test_recent_list_marks_the_row(self, run_over_window: Run) -> None:
        run = run_over_window
        run.type("12345", "03-13 0812")
        run.backfills.saved.emit(run.record(1, DeliveryState.EXPIRED))
        recent = run.main.findChild(QPushButton, "recentBackfill")
        assert recent is not None
        entries = run.main.findChild(RecentList)
        assert entries is not None
        assert entries.model.index(0, PLATE).data(NOTE_ROLE) == "补录，已过 51 小时，未发送"


class TestNotSaved:
    @pytest.mark.parametrize(
        "error", [JournalWriteError(), JournalDamagedError(), JournalNewerError()], ids=str
    )
    def test_unusable_journal_brings_the_text_back_and_says_why(
        self, run: Run, wording: Wording, error: ReadableError
    ) -> None:
        run.type("12345", "0812")
        run.backfills.notSaved.emit(entry_id(1), error)
        assert run.states() == ["未保存"]
        assert run.window.form.plate.text() == "粤B12345"
        assert run.message == wording.failure(error).sentences

    def test_full_disk_brings_the_text_back(self, run_over_window: Run) -> None:
        run = run_over_window
        run.window.form.number.entry.setText("12-01")
        run.type("12345", "0812")
        run.backfills.notSaved.emit(entry_id(1), JournalWriteError())
        assert run.states() == ["未保存"]
        assert run.text("backfillCount") == "已保存 0 条，未保存 1 条"
        assert run.window.form.content == ("粤B12345", "12-01", "2026-03-15 08:12")
        assert "磁盘" in run.message
        notice = run.main.findChild(QLabel, "noticeMessage")
        assert notice is not None
        assert "磁盘" in notice.text()
        # The next try takes the place of the row.
        run.window.form.time.entry.setFocus()
        press(ENTER)
        run.save(2)
        assert run.states() == ["待发送"]
        assert run.backfills.numbers == ["12-01", "12-01"]
        assert run.window.form.number.entry.text() == "12-02"

    def test_row_typed_meanwhile_stays_and_f8_brings_the_other_back(self, run: Run) -> None:
        run.type("12345", "0812")
        press("999")
        run.backfills.notSaved.emit(entry_id(1), JournalWriteError())
        assert run.window.form.plate.text() == "粤B999"
        assert run.states() == ["未保存"]
        assert "F8" in run.message
        QTest.keyClick(run.window, Qt.Key.Key_F8)
        assert run.window.form.plate.text() == "粤B12345"

    def test_repeated_row_is_asked_about_and_a_second_enter_saves_it(self, run: Run) -> None:
        run.type("12345", "0812")
        error = BackfillRepeatedError("", NOW - timedelta(hours=3))
        run.backfills.notSaved.emit(entry_id(1), error)
        assert run.states() == ["重复，未保存"]
        assert run.message == "粤B·12345 在 08:42 已有记录。再按一次回车仍然保存。"
        run.window.form.time.entry.setFocus()
        press(ENTER)
        assert run.backfills.confirmed == [False, True]
        assert run.window.model.rowCount() == 1

    def test_bounce_of_enter_does_not_save_a_repeated_row(self, run: Run) -> None:
        run.window.form.plate.setFocus()
        press("12345", ENTER, "0812")
        time = run.window.form.time.entry
        enter_at(time, 5000)
        run.backfills.notSaved.emit(entry_id(1), BackfillRepeatedError("12-01"))
        enter_at(time, 5000 + BOUNCE_MS - 1)
        assert run.backfills.confirmed == [False]
        enter_at(time, 5000 + 3 * BOUNCE_MS)
        assert run.backfills.confirmed == [False, True]

    def test_edited_row_is_checked_for_repetitions_anew(self, run: Run) -> None:
        run.type("12345", "0812")
        run.backfills.notSaved.emit(entry_id(1), BackfillRepeatedError("12-01"))
        run.window.form.time.entry.setFocus()
        run.window.form.time.entry.clear()
        press("0813", ENTER)
        assert run.backfills.confirmed == [False, False]

    def test_missing_merchant_keeps_the_text(self, run: Run) -> None:
        run.backfills.answer = Refused(NotSetUpError())
        run.type("12345", "0812")
        assert run.window.form.content == ("粤B12345", "", "0812")
        assert run.message


class TestCorrecting:
    def test_f8_replaces_the_last_row(self, run: Run) -> None:
        run.window.form.number.entry.setText("12-01")
        run.type("12345", "0812")
        record = run.save(1)
        QTest.keyClick(run.window, Qt.Key.Key_F8)
        assert run.window.form.content == ("粤B12345", "12-01", "2026-03-15 08:12")
        press(Qt.Key.Key_Backspace, "6")
        run.window.form.time.entry.setFocus()
        press(ENTER)
        assert run.backfills.corrected == [None, record]
        assert run.backfills.drafts[1].plate == "粤B12346"
        assert run.window.model.rowCount() == 1
        assert run.window.form.number.entry.text() == "12-02"

    def test_refused_correction_leaves_the_saved_row(self, run: Run) -> None:
        run.type("12345", "0812")
        record = run.save(1)
        QTest.keyClick(run.window, Qt.Key.Key_F8)
        press(Qt.Key.Key_Backspace, "6")
        run.window.form.time.entry.setFocus()
        press(ENTER)
        run.backfills.notSaved.emit(entry_id(2), EntryNotOpenError())
        (row,) = run.window.model.rows
        assert (row.record, row.error) == (record, None)
        assert run.message

    def test_refused_correction_keeps_what_was_typed(self, run: Run) -> None:
        run.type("12345", "0812")
        run.save(1)
        QTest.keyClick(run.window, Qt.Key.Key_F8)
        press(Qt.Key.Key_Backspace, "6")
        run.window.form.time.entry.setFocus()
        press(ENTER)
        run.backfills.notSaved.emit(entry_id(2), JournalWriteError())
        assert run.window.form.plate.text() == "粤B12346"

    def test_f2_voids_the_last_row_with_a_reason(self, run: Run) -> None:
        run.type("12345", "0812")
        record = run.save(1)
        QTest.keyClick(run.window, Qt.Key.Key_F2)
        assert run.backfills.voided == [(record, "补录有误")]
        run.booth.entries.changed.emit(run.record(1, DeliveryState.VOIDED))
        assert run.text("backfillCount") == "已保存 0 条"
        QTest.keyClick(run.window, Qt.Key.Key_F2)
        assert len(run.backfills.voided) == 1

    def test_f2_on_an_answered_row_waits_for_a_manager(self, run: Run) -> None:
        run.booth.approvals.set(ONE)
        run.type("12345", "0812")
        run.save(1)
        answered = run.record(1, DeliveryState.ANSWERED)
        run.booth.entries.changed.emit(answered)
        QTest.keyClick(run.window, Qt.Key.Key_F2)
        assert run.backfills.voided == []
        run.booth.approvals.approved()
        assert run.backfills.voided == [(answered, "补录有误")]

    def test_f2_drops_a_row_that_was_not_saved(self, run: Run) -> None:
        run.type("12345", "0812")
        run.backfills.notSaved.emit(entry_id(1), JournalWriteError())
        QTest.keyClick(run.window, Qt.Key.Key_F2)
        assert run.window.model.rowCount() == 0
        assert run.window.form.is_empty

    def test_row_that_is_being_saved_can_be_changed_later(self, run: Run) -> None:
        run.type("12345", "0812")
        QTest.keyClick(run.window, Qt.Key.Key_F8)
        assert "正在保存" in run.message
        assert run.window.form.is_empty

    def test_enter_on_a_row_of_the_list_brings_it_back(self, run: Run) -> None:
        for row in (1, 2):
            run.type(f"1234{row}", f"081{row}")
            run.save(row)
        run.window.table.setFocus()
        press(Qt.Key.Key_Down, ENTER)
        assert run.window.form.plate.text() == "粤B12341"

    def test_correction_that_changes_nothing_saves_nothing(self, run: Run) -> None:
        run.type("12345", "0812")
        run.save(1)
        QTest.keyClick(run.window, Qt.Key.Key_F8)
        run.window.form.time.entry.setFocus()
        press(ENTER)
        assert len(run.backfills.drafts) == 1
        assert run.message == "没有改动，粤B·12345 不变"
        assert not run.window.flow.is_busy

    @pytest.mark.parametrize("end", [ENTER, ESC])
    def test_row_typed_before_a_correction_comes_back_after_it(self, run: Run, end: Qt.Key) -> None:
        run.type("12345", "0812")
        run.save(1)
        press("678")
        run.window.form.number.entry.setText("3-07")
        QTest.keyClick(run.window, Qt.Key.Key_F8)
        assert run.window.form.plate.text() == "粤B12345"
        press(Qt.Key.Key_Backspace, "6")
        run.window.form.time.entry.setFocus()
        press(end)
        assert run.window.form.content == ("粤B678", "3-07", "")
        assert not run.window.flow.is_busy
        assert len(run.backfills.drafts) == (2 if end == ENTER else 1)
        press("90", ENTER, "0830", ENTER)
        assert run.backfills.drafts[-1].plate == "粤B67890"
        assert run.backfills.corrected[-1] is None

    def test_esc_leaves_the_correction_then_the_window(self, run: Run) -> None:
        run.type("12345", "0812")
        run.save(1)
        QTest.keyClick(run.window, Qt.Key.Key_F8)
        press(ESC)
        assert run.window.isVisible()
        assert run.window.form.is_empty
        press(ESC)
        assert run.main.backfill.window is None


def test_closed_window_keeps_rows_and_text(run: Run) -> None:
    run.type("12345", "0812")
    press("999", ESC)
    run.save(1)
    run.main.backfill.open()
    assert run.states() == ["待发送"]
    assert run.window.form.plate.text() == "粤B999"


def test_button_of_the_recent_list_opens_the_window(run_over_window: Run) -> None:
    run = run_over_window
    run.window.reject()
    button = run.main.findChild(QPushButton, "recentBackfill")
    assert button is not None
    button.click()
    assert run.main.backfill.window is run.window


def test_sheets_are_made_by_key_with_the_names_of_the_booth(run: Run, booth: FakeBooth) -> None:
    booth.settings.changed.emit(settings_of(MERCHANT, plate_prefix="粤B"))
    control = Qt.KeyboardModifier.ControlModifier
    QTest.keyClick(run.window, Qt.Key.Key_P, control)
    ((count, render),) = booth.backfills.sheets
    name, content = render(12)
    assert (count, name) == (5, "入场登记表 12-16.pdf")
    assert content.startswith(b"%PDF-")
    assert content.count(b"/Type /Page\n") == 5
