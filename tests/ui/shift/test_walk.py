"""A day with two attendants by keyboard, with the real window, threads and journal."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.ui.day import Day
from tests.ui.shift.test_dialog import press, texts
from wxpark_gui.training.faults import Fault

ENTER = Qt.Key.Key_Return


def test_day_of_two_attendants_by_keyboard(day: Day, qtbot: QtBot, tmp_path: Path) -> None:
    shifts = day.booth.shifts
    # Two people are added; the first one signs in.
    day.press_f10(qtbot)
    press(ENTER)
    for name, pin in (("李师傅", "1357"), ("王师傅", "2468")):
        press(name, ENTER, pin, ENTER, pin)
        with qtbot.waitSignal(shifts.peopleChanged):
            press(ENTER)
    press(Qt.Key.Key_Escape, "1", "1357")
    with qtbot.waitSignal(shifts.signedIn):
        press(ENTER)
    assert day.header().startswith("李师傅 (")
    day.enter("12345", qtbot)
    # The second one relieves for one car, which is not sent.
    dialog = day.press_f10(qtbot)
    qtbot.waitUntil(lambda: dialog.shift.report is not None)
    press("2", "2468")
    with qtbot.waitSignal(shifts.signedIn):
        press(ENTER)
    assert "王师傅 顶 李师傅" in day.header()
    day.gateway.set_faults((Fault.RESET,))
    day.enter("12346", qtbot)
    # Locked by one key: the next car has no attendant.
    day.activate(qtbot)
    with qtbot.waitSignal(shifts.changed):
        QTest.keyClick(day.window, Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier)
    day.enter("12347", qtbot)
    day.press_f10(qtbot)
    press("2468")
    with qtbot.waitSignal(shifts.signedIn):
        press(ENTER)
    # Handed over to the second one, with two cars not sent; saved as PDF.
    dialog = day.press_f10(qtbot)
    qtbot.waitUntil(lambda: dialog.shift.report is not None)
    press("3", "gate 2", ENTER, "2", "2468")
    with qtbot.waitSignal(shifts.handedOver):
        press(ENTER)
    said = texts(dialog)
    assert "王师傅 已交班给 王师傅" in said
    assert "留言：gate 2" in said
    assert "未发出，带入下一班：2" in said
    assert "粤B·12346" in said
    with qtbot.waitSignal(shifts.documentSaved):
        press("4")
    press(ENTER)
    assert day.header().startswith("王师傅 (")
    (document,) = (tmp_path / "documents").iterdir()
    assert document.read_bytes().startswith(b"%PDF-")
    day.booth.stop(5)
    check_journal(tmp_path / "journal.sqlite3")


def check_journal(path: Path) -> None:
    with closing(sqlite3.connect(path)) as journal:
        stamped = journal.execute("SELECT plate, attendant FROM entries ORDER BY position")
        assert stamped.fetchall() == [
            ("粤B12345", "李师傅"), ("粤B12346", "王师傅"), ("粤B12347", ""),
        ]  # fmt: skip
        audit = [row[0] for row in journal.execute("SELECT what FROM audit ORDER BY note")]
        for what in ("person_added", "shift_opened", "signed_in", "shift_locked", "shift_closed",
                     "shift_acknowledged"):  # fmt: skip
            assert what in audit
        shifts_open = "SELECT count(*) FROM shifts WHERE closed_at IS NULL"
        assert journal.execute(shifts_open).fetchone() == (1,)
