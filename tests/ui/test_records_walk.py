"""One shift by keyboard: correction, voiding, re-sending, query, paper, hand-over; its audit."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel
from pytestqt.qtbot import QtBot

from tests.ui.day import Day
from tests.ui.shift.test_dialog import press
from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.entry import BEIJING
from wxpark_gui.domain.errors import JournalWriteError
from wxpark_gui.domain.history import HistoryFilter, HistoryPage
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.storage.history import SqliteHistory
from wxpark_gui.storage.journal import SqliteJournal
from wxpark_gui.training.faults import Fault

ENTER, ESCAPE = Qt.Key.Key_Return, Qt.Key.Key_Escape
SHIFT = Qt.KeyboardModifier.ShiftModifier
PATIENCE = 30.0


def sign_in(day: Day, qtbot: QtBot) -> None:
    """Add two attendants and sign in the first one."""
    day.press_f10(qtbot)
    press(ENTER)
    for name, pin in (("李师傅", "1357"), ("王师傅", "2468")):
        press(name, ENTER, pin, ENTER, pin)
        with qtbot.waitSignal(day.booth.shifts.peopleChanged):
            press(ENTER)
    press(ESCAPE, "1", "1357")
    with qtbot.waitSignal(day.booth.shifts.signedIn):
        press(ENTER)
    day.activate(qtbot)


def take_keyboard(dialog: QDialog, qtbot: QtBot) -> None:
    """Activate a dialog that was opened, which a window manager would do, and wait for its focus.

    A widget of the former window may have the focus for a moment.
    """
    dialog.activateWindow()
    qtbot.waitUntil(
        lambda: dialog.isActiveWindow() and dialog.focusWidget() is QApplication.focusWidget()
    )


def audit_of(path: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as journal:
        rows = journal.execute("SELECT what, detail FROM audit ORDER BY note")
        return [(what, detail) for what, detail in rows]


def ids_of(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as journal:
        return [row[0] for row in journal.execute("SELECT entry_id FROM entries ORDER BY position")]


def test_each_act_leaves_an_audit_line_with_person_time_and_reason(
    day: Day, qtbot: QtBot, tmp_path: Path
) -> None:
    journal = tmp_path / "journal.sqlite3"
    window, entries = day.window, day.booth.entries
    sign_in(day, qtbot)
    # A typing error, corrected with F8: the answered entry stays, the new one replaces it.
    day.enter("12345", qtbot)
    QTest.keyClick(window, Qt.Key.Key_F8)
    with qtbot.waitSignal(day.booth.live.sent):
        press(Qt.Key.Key_Backspace, "6", ENTER)
    # Voided with the second reason of the list.
    QTest.keyClick(window, Qt.Key.Key_F2, SHIFT)
    dialog = window.void_flow.dialog
    assert dialog is not None
    take_keyboard(dialog, qtbot)
    with qtbot.waitSignal(entries.changed):
        press("2")
    day.activate(qtbot)
    # Refused by WeChat, and sent again with F5.
    day.enter("66693", qtbot)
    with qtbot.waitSignal(day.booth.live.sent):
        QTest.keyClick(window, Qt.Key.Key_F5)
    # The car in hand, asked for with Shift+F5, which saves no entry.
    QTest.keyClicks(window.form.plate, "8K9Z2")
    with qtbot.waitSignal(day.booth.controllers.queries.answered):
        QTest.keyClick(window, Qt.Key.Key_F5, SHIFT)
    # A row from paper, typed with Shift+F8 with its number and time.
    QTest.keyClick(window, Qt.Key.Key_F8, SHIFT)
    paper = window.backfill.window
    assert paper is not None
    take_keyboard(paper, qtbot)
    paper.form.number.entry.setText("3-01")
    paper.form.plate.setFocus()
    hour_ago = datetime.now(BEIJING) - timedelta(hours=1)
    press("10001", ENTER, hour_ago.strftime("%Y-%m-%d %H%M"))
    with qtbot.waitSignal(day.booth.controllers.backfills.saved):
        press(ENTER)
    paper.reject()
    # Handed over to the second attendant.
    shift = day.press_f10(qtbot)
    qtbot.waitUntil(lambda: shift.shift.report is not None)
    press("3", ENTER, "2", "2468")
    with qtbot.waitSignal(day.booth.shifts.handedOver):
        press(ENTER)
    press(ENTER)
    day.booth.stop(5)

    wrong, right, refused, again, written = ids_of(journal)
    audit = audit_of(journal)
    assert ("entry_corrected", f"{wrong} {right} 李师傅 plate") in audit
    assert ("voided", f"{right} 李师傅 没有入场") in audit
    assert ("entry_resent", f"{refused} {again} 李师傅 PARAM_ERROR") in audit
    assert ("backfilled", f"{written} 3-01 李师傅") in audit
    queries = [detail.rpartition(" reply=")[0] for what, detail in audit if what == "query"]
    assert queries == ["10000098-1900000109 粤B8***2 answered OVERDUE - 李师傅"]
    closed = [detail for what, detail in audit if what == "shift_closed"]
    assert len(closed) == 1
    assert "李师傅" in closed[0]


def links_in(path: Path) -> list[tuple[str, str, str]]:
    """Return plate, state and `replaced_by` of each entry."""
    with closing(sqlite3.connect(path)) as journal:
        return journal.execute(
            "SELECT plate, state, replaced_by FROM entries ORDER BY position"
        ).fetchall()


def test_correction_that_came_while_the_entry_was_sent_is_tried_again_as_a_correction(
    day: Day, qtbot: QtBot, tmp_path: Path
) -> None:
    """Saved as a new entry, it would register the car a second time."""
    window, entries = day.window, day.booth.entries
    day.gateway.set_faults([Fault.SLOW])
    with qtbot.waitSignal(entries.started):
        QTest.keyClicks(window.form.plate, "12345\r")
    qtbot.waitUntil(lambda: len(day.gateway.received) == 1)
    day.gateway.set_faults([])
    with qtbot.waitSignal(day.booth.live.sent):
        QTest.keyClick(window, Qt.Key.Key_F8)
        with qtbot.waitSignal(entries.notSaved):
            press(Qt.Key.Key_Backspace, "6", ENTER)
    with qtbot.waitSignal(day.booth.live.sent):
        press(ENTER)
    day.booth.stop(5)
    with closing(sqlite3.connect(tmp_path / "journal.sqlite3")) as journal:
        rows = journal.execute("SELECT plate, link, replaces FROM entries ORDER BY position")
        assert rows.fetchall() == [
            ("粤B12345", None, ""),
            ("粤B12346", "corrected", ids_of(tmp_path / "journal.sqlite3")[0]),
        ]


def test_correction_taken_back_leaves_the_entry_to_be_corrected_again(
    day: Day, qtbot: QtBot, tmp_path: Path
) -> None:
    """WeChat has the car under its first plate, so it counts until another correction is saved."""
    window, entries = day.window, day.booth.entries
    with qtbot.waitSignal(day.booth.live.sent):
        QTest.keyClicks(window.form.plate, "12345\r")
    day.gateway.set_faults([Fault.RESET])
    with qtbot.waitSignal(day.booth.live.sent):
        QTest.keyClick(window, Qt.Key.Key_F8)
        press(Qt.Key.Key_Backspace, "6", ENTER)
    with qtbot.waitSignal(entries.takenBack):
        QTest.keyClick(window, Qt.Key.Key_F2)
    journal = tmp_path / "journal.sqlite3"
    assert links_in(journal) == [
        ("粤B12345", "answered", ""),
        ("粤B12346", "voided", ""),
    ]
    day.gateway.set_faults([])
    with qtbot.waitSignal(entries.saved):
        press(Qt.Key.Key_Backspace, "7", ENTER)
    assert [plate for plate, _, newer in links_in(journal) if newer] == ["粤B12345"]
    with closing(sqlite3.connect(journal)) as connection:
        row = connection.execute("SELECT link, replaces FROM entries WHERE plate = '粤B12347'")
        assert row.fetchone() == ("corrected", ids_of(journal)[0])


def verdict(day: Day, name: str) -> str:
    label = day.window.findChild(QLabel, name)
    assert label is not None
    return label.text().replace("\u200b", "")


def correct_offline(day: Day, qtbot: QtBot) -> None:
    """Enter 粤B12345 without a connection, and correct it to 粤B12346; both wait."""
    day.gateway.set_faults([Fault.RESET])
    with qtbot.waitSignal(day.booth.live.sent):
        QTest.keyClicks(day.window.form.plate, "12345\r")
    with qtbot.waitSignal(day.booth.live.sent):
        QTest.keyClick(day.window, Qt.Key.Key_F8)
        press(Qt.Key.Key_Backspace, "6", ENTER)


def test_escape_after_a_correction_was_taken_back_keeps_the_waiting_entry(
    day: Day, qtbot: QtBot, tmp_path: Path
) -> None:
    """The correction had voided it, so the car would be registered nowhere."""
    correct_offline(day, qtbot)
    with qtbot.waitSignal(day.booth.entries.restored):
        QTest.keyClick(day.window, Qt.Key.Key_F2)
    assert day.window.form.plate.text() == "粤B12346"
    assert verdict(day, "verdictTitle") == "更正已撤回"
    assert verdict(day, "verdictPlate") == "粤B·12345"
    press(ESCAPE)
    assert day.window.form.untouched
    assert "粤B·12345" in verdict(day, "verdictSmall")
    day.gateway.set_faults([])
    with qtbot.waitSignal(
        day.booth.entries.changed,
        check_params_cb=lambda record: record.state is DeliveryState.ANSWERED,
    ):
        day.booth.controllers.backlog.release()
    day.booth.stop(5)
    assert links_in(tmp_path / "journal.sqlite3") == [
        ("粤B12345", "answered", ""),
        ("粤B12346", "voided", ""),
    ]


def test_waiting_entry_is_corrected_again_after_its_correction_was_taken_back(
    day: Day, qtbot: QtBot, tmp_path: Path
) -> None:
    correct_offline(day, qtbot)
    with qtbot.waitSignal(day.booth.entries.restored):
        QTest.keyClick(day.window, Qt.Key.Key_F2)
    with qtbot.waitSignal(day.booth.live.sent):
        press(Qt.Key.Key_Backspace, "7", ENTER)
    day.booth.stop(5)
    journal = tmp_path / "journal.sqlite3"
    newest = ids_of(journal)[-1]
    assert links_in(journal) == [
        ("粤B12345", "voided", newest),
        ("粤B12346", "voided", ""),
        ("粤B12347", "waiting", ""),
    ]


def test_taking_a_correction_back_leaves_the_next_plate_in_the_form(
    day: Day, qtbot: QtBot, tmp_path: Path
) -> None:
    correct_offline(day, qtbot)
    press("67")
    with qtbot.waitSignal(day.booth.entries.restored):
        QTest.keyClick(day.window, Qt.Key.Key_F2)
    press("890")
    assert day.window.form.plate.text() == "粤B67890"
    assert "粤B·12345" in verdict(day, "verdictSmall")
    with qtbot.waitSignal(day.booth.live.sent):
        press(ENTER)
    day.booth.stop(5)
    assert links_in(tmp_path / "journal.sqlite3") == [
        ("粤B12345", "waiting", ""),
        ("粤B12346", "voided", ""),
        ("粤B67890", "waiting", ""),
    ]


def test_corrections_of_one_entry_are_taken_back_one_by_one(
    day: Day, qtbot: QtBot, tmp_path: Path
) -> None:
    correct_offline(day, qtbot)
    with qtbot.waitSignal(day.booth.live.sent):
        QTest.keyClick(day.window, Qt.Key.Key_F8)
        press(Qt.Key.Key_Backspace, "7", ENTER)
    for _ in range(2):
        with qtbot.waitSignal(day.booth.entries.restored):
            QTest.keyClick(day.window, Qt.Key.Key_F2)
        press(ESCAPE)
    day.booth.stop(5)
    assert links_in(tmp_path / "journal.sqlite3") == [
        ("粤B12345", "waiting", ""),
        ("粤B12346", "voided", ""),
        ("粤B12347", "voided", ""),
    ]


def test_entry_voided_while_it_is_corrected_lets_the_typed_plate_be_saved_as_a_new_one(
    day: Day, qtbot: QtBot, tmp_path: Path
) -> None:
    """Each Enter would be refused otherwise, and only Esc, which drops the plate, would help."""
    window, entries = day.window, day.booth.entries
    day.gateway.set_faults([Fault.RESET])
    with qtbot.waitSignal(day.booth.live.sent):
        QTest.keyClicks(window.form.plate, "12345\r")
    QTest.keyClick(window, Qt.Key.Key_F8)
    press(Qt.Key.Key_Backspace, "6")
    record = window._flow._correcting
    assert record is not None
    with qtbot.waitSignal(entries.changed):
        entries.void(record, "没有入场")
    assert verdict(day, "verdictTitle") == "更正"
    assert verdict(day, "verdictAdvice").startswith("原记录已作废")
    with qtbot.waitSignal(day.booth.live.sent):
        press(ENTER)
    day.booth.stop(5)
    assert links_in(tmp_path / "journal.sqlite3") == [
        ("粤B12345", "voided", ""),
        ("粤B12346", "waiting", ""),
    ]


def test_correction_of_an_entry_that_is_no_longer_stored_ends_and_leaves_the_next_car_free(
    day: Day, qtbot: QtBot, tmp_path: Path
) -> None:
    """Each Enter would be refused otherwise, and a new entry would be of a car long gone."""
    window, entries, path = day.window, day.booth.entries, tmp_path / "journal.sqlite3"
    day.enter("12345", qtbot)
    record = window._flow._presenter.last
    assert record is not None
    with closing(sqlite3.connect(path)) as journal, journal:
        journal.execute("DELETE FROM entries")
    QTest.keyClicks(window.form.plate, "678")
    for _ in range(2):
        window._flow.correct(record)
        press(Qt.Key.Key_Backspace, "6")
        with qtbot.waitSignal(entries.notSaved):
            press(ENTER)
        assert verdict(day, "verdictTitle") == "未更正"
        assert verdict(day, "verdictAdvice").endswith("请继续录下一辆车。")
        assert window.form.plate.text() == "粤B678"
    with qtbot.waitSignal(day.booth.live.sent):
        press("90", ENTER)
    day.booth.stop(5)
    assert links_in(path) == [("粤B67890", "answered", "")]


def fail(*_: object, **__: object) -> None:
    raise JournalWriteError("database or disk is full")


def test_entry_that_cannot_be_taken_back_or_voided_on_a_full_disk_says_so_where_it_was_asked(
    day: Day, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, entries = day.window, day.booth.entries
    day.gateway.set_faults([Fault.RESET])
    with qtbot.waitSignal(day.booth.live.sent):
        QTest.keyClicks(window.form.plate, "12345\r")
    monkeypatch.setattr(SqliteJournal, "void", fail)
    with qtbot.waitSignals([entries.notTakenBack, entries.failed]):
        QTest.keyClick(window, Qt.Key.Key_F2)
    assert verdict(day, "verdictAdvice").startswith("没有存下来")
    QTest.keyClick(window, Qt.Key.Key_F2, SHIFT)
    dialog = window.void_flow.dialog
    assert dialog is not None
    with qtbot.waitSignals([entries.notTakenBack, entries.failed]):
        QTest.keyClick(dialog, Qt.Key.Key_1)
    assert verdict(day, "verdictAdvice").startswith("没有存下来")
    assert links_in(tmp_path / "journal.sqlite3") == [("粤B12345", "waiting", "")]


def test_entry_that_is_being_sent_is_neither_sent_again_nor_corrected(
    day: Day, qtbot: QtBot
) -> None:
    window, entries = day.window, day.booth.entries
    day.gateway.set_faults([Fault.SLOW])
    with qtbot.waitSignal(entries.started):
        QTest.keyClicks(window.form.plate, "12345\r")
    QTest.keyClick(window, Qt.Key.Key_F5)
    assert verdict(day, "verdictAdvice") == "这一条正在发送。请等应答出来再试。"
    QTest.keyClick(window, Qt.Key.Key_F8)
    with qtbot.waitSignal(day.booth.live.sent):
        with qtbot.waitSignal(entries.notSaved):
            press(Qt.Key.Key_Backspace, "6", ENTER)
        assert verdict(day, "verdictAdvice") == "这一条正在发送。\n请等应答出来再试。"
    assert window.form.plate.text() == "粤B12346"


def test_f2_pressed_twice_takes_back_once_and_says_so(day: Day, qtbot: QtBot) -> None:
    """The second press must not say that the entry can no longer be taken back."""
    window, entries = day.window, day.booth.entries
    day.gateway.set_faults([Fault.RESET])
    with qtbot.waitSignal(day.booth.live.sent):
        QTest.keyClicks(window.form.plate, "12345\r")
    with qtbot.assertNotEmitted(entries.notTakenBack), qtbot.waitSignal(entries.takenBack):
        QTest.keyClick(window, Qt.Key.Key_F2)
        QTest.keyClick(window, Qt.Key.Key_F2)
    assert window.form.plate.text() == "粤B12345"
    QTest.keyClick(window, Qt.Key.Key_F2)
    assert verdict(day, "verdictAdvice") == "没有可以撤回的记录。"


def test_entry_that_was_voided_meanwhile_says_so_to_the_second_void(day: Day, qtbot: QtBot) -> None:
    window, entries = day.window, day.booth.entries
    with qtbot.waitSignal(day.booth.live.sent):
        QTest.keyClicks(window.form.plate, "12345\r")
    QTest.keyClick(window, Qt.Key.Key_F2, SHIFT)
    dialog, record = window.void_flow.dialog, window._flow._presenter.shown
    assert dialog is not None
    assert record is not None
    with qtbot.waitSignal(entries.changed):
        entries.void(record, "重复录入")
    with qtbot.waitSignal(entries.notTakenBack):
        QTest.keyClick(dialog, Qt.Key.Key_1)
    assert verdict(day, "verdictAdvice") == "这一条已经撤回或作废。不用再操作。"


def test_correction_to_a_plate_that_was_entered_lately_is_asked_about(
    day: Day, qtbot: QtBot, tmp_path: Path
) -> None:
    """The second entry of the car would have to be voided instead."""
    day.enter("12345", qtbot)
    day.enter("12346", qtbot)
    QTest.keyClick(day.window, Qt.Key.Key_F8)
    press(Qt.Key.Key_Backspace, "5", ENTER)
    assert "粤B·12345" in verdict(day, "verdictPlate")
    assert day.window.form.plate.text() == "粤B12345"
    assert len(links_in(tmp_path / "journal.sqlite3")) == 2
    with qtbot.waitSignal(day.booth.live.sent):
        press(ENTER)
    _, wrong, right = links_in(tmp_path / "journal.sqlite3")
    assert (right[0], bool(wrong[2])) == ("粤B12345", True)


def test_plate_of_a_corrected_entry_is_no_duplicate(day: Day, qtbot: QtBot, tmp_path: Path) -> None:
    """The plate was typed wrongly, so that car is not here."""
    day.enter("12345", qtbot)
    QTest.keyClick(day.window, Qt.Key.Key_F8)
    with qtbot.waitSignal(
        day.booth.entries.changed, check_params_cb=lambda record: bool(record.replaced_by)
    ):
        press(Qt.Key.Key_Backspace, "6", ENTER)
    day.enter("12345", qtbot)
    assert len(links_in(tmp_path / "journal.sqlite3")) == 3


def test_resend_that_was_taken_back_stays_on_the_panel(day: Day, qtbot: QtBot) -> None:
    window = day.window
    day.enter("66693", qtbot)
    day.gateway.set_faults([Fault.RESET])
    with qtbot.waitSignal(day.booth.live.sent):
        QTest.keyClick(window, Qt.Key.Key_F5)
    with qtbot.waitSignal(day.booth.entries.restored):
        QTest.keyClick(window, Qt.Key.Key_F2)
    assert verdict(day, "verdictPlate") == "粤B·66693"
    QTest.keyClick(window, Qt.Key.Key_F2)
    assert verdict(day, "verdictAdvice") == "没有可以撤回的记录。"
    assert verdict(day, "verdictPlate") == "粤B·66693"


def test_history_opened_while_cars_are_sent_shows_their_answers(
    day: Day, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answers come while a page is read, in which the entries are still being sent."""
    day.gateway.slow_seconds = 0.5
    day.gateway.set_faults([Fault.SLOW])
    was_read, may_tell = threading.Event(), threading.Event()
    read, answered = SqliteHistory.page, list[EntryRecord]()
    day.booth.live.sent.connect(answered.append)

    def read_and_wait(
        history: SqliteHistory, wanted: HistoryFilter, limit: int, before: int | None = None
    ) -> HistoryPage:
        page = read(history, wanted, limit, before)
        was_read.set()
        may_tell.wait(PATIENCE)
        return page

    monkeypatch.setattr(SqliteHistory, "page", read_and_wait)
    plates = ("12345", "12346", "12347")
    for plate in plates:
        with qtbot.waitSignal(day.booth.entries.saved):
            QTest.keyClicks(day.window.form.plate, f"{plate}\r")
    QTest.keyClick(day.window, Qt.Key.Key_F3)
    qtbot.waitUntil(was_read.is_set)
    qtbot.waitUntil(lambda: len(answered) == len(plates))
    may_tell.set()
    history = day.window.history.window
    assert history is not None
    browser = day.booth.controllers.history
    qtbot.waitUntil(lambda: history._model.rowCount() > 0 and not browser.is_busy)
    shown = [history._model.entry(row) for row in range(len(plates))]
    states = [entry.record.state for entry in shown if entry is not None]
    assert states == [DeliveryState.ANSWERED] * len(plates)
