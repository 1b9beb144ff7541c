"""Texts of the window about entries that wait, were sent twice, or were salvaged."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMessageBox

from tests.ui.conftest import NOW, FakeBooth, RecordMaker
from wxpark_gui.controllers.entries import Duplicate
from wxpark_gui.domain.delivery import STANDBY_HOST
from wxpark_gui.domain.errors import JournalWriteError
from wxpark_gui.domain.record import Backlog, Salvage
from wxpark_gui.service.link_status import LinkState, LinkStatus
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.window.closing import closing_question
from wxpark_gui.ui.window.main_window import MainWindow


def _text(window: MainWindow, name: str) -> str:
    label = window.findChild(QLabel, name)
    assert isinstance(label, QLabel)
    return label.text()


def test_a_plate_entered_a_moment_ago_is_asked_about_and_a_second_enter_sends_it(
    window: MainWindow, booth: FakeBooth, make_record: RecordMaker
) -> None:
    booth.entries.answer = Duplicate("粤B·12345", minutes_ago=2, count=1)
    QTest.keyClicks(window.form.plate, "12345\r")
    assert window.form.plate.text() == "粤B12345"
    assert "已录入过" in " ".join(label.text() for label in window.findChildren(QLabel))
    booth.entries.answer = None
    QTest.keyClick(window.form.plate, Qt.Key.Key_Return)
    assert [
        (d.plate, again)
        for d, again in zip(booth.entries.drafts, booth.entries.confirmed, strict=True)
    ] == [
        ("粤B12345", False),
        ("粤B12345", True),
    ]


def test_another_plate_after_the_question_is_no_answer_to_it(
    window: MainWindow, booth: FakeBooth, make_record: RecordMaker
) -> None:
    booth.entries.answer = Duplicate("粤B·12345", minutes_ago=2, count=1)
    QTest.keyClicks(window.form.plate, "12345\r")
    QTest.keyClick(window.form.plate, Qt.Key.Key_Backspace)
    QTest.keyClicks(window.form.plate, "6\r")
    assert booth.entries.confirmed == [False, False]


def test_a_salvage_is_told_until_it_is_put_away(window: MainWindow, booth: FakeBooth) -> None:
    booth.journal.salvaged.emit(Salvage("journal-damaged-20260301T120000.sqlite3", 212))
    message = _text(window, "noticeMessage")
    assert "212" in message
    assert "journal-damaged-20260301T120000.sqlite3" in message


def test_the_standby_host_is_told(window: MainWindow, booth: FakeBooth) -> None:
    booth.link.changed.emit(LinkStatus(LinkState.UP, 41, STANDBY_HOST))
    assert _text(window, "statusLink") == "已连接 41 毫秒 · 备用线路"


def test_typing_warms_the_line(window: MainWindow, booth: FakeBooth) -> None:
    before = booth.link.warmed
    QTest.keyClicks(window.form.plate, "1")
    assert booth.link.warmed == before + 1


def test_closing_with_entries_waiting_says_that_they_are_safe(
    window: MainWindow, booth: FakeBooth, appearance: Appearance
) -> None:
    booth.journal.backlogChanged.emit(Backlog(3, NOW))
    box = closing_question(window, appearance, 3)
    assert box.text() == "还有 3 条待发送，已存本机，下次打开时自动发送"
    assert isinstance(box, QMessageBox)
    assert box.defaultButton() is box.escapeButton()


def test_a_system_that_shuts_down_is_not_asked(window: MainWindow, booth: FakeBooth) -> None:
    booth.journal.backlogChanged.emit(Backlog(3, NOW))
    assert window.close()


@pytest.mark.parametrize("meanwhile", ["Esc", "Backspace and again"])
def test_question_about_a_duplicate_is_asked_anew_after_a_change(
    window: MainWindow, booth: FakeBooth, meanwhile: str
) -> None:
    booth.entries.answer = Duplicate("粤B·12345", minutes_ago=2, count=1)
    QTest.keyClicks(window.form.plate, "12345\r")
    if meanwhile == "Esc":
        QTest.keyClick(window.form.plate, Qt.Key.Key_Escape)
        QTest.keyClicks(window.form.plate, "12345\r")
    else:
        QTest.keyClick(window.form.plate, Qt.Key.Key_Backspace)
        QTest.keyClicks(window.form.plate, "5\r")
    assert booth.entries.confirmed == [False, False]


@pytest.mark.parametrize(
    ("key", "modifier"),
    [
        (Qt.Key.Key_F2, Qt.KeyboardModifier.ShiftModifier),
        (Qt.Key.Key_F5, Qt.KeyboardModifier.ShiftModifier),
        (Qt.Key.Key_Insert, Qt.KeyboardModifier.NoModifier),
    ],
    ids=["void", "query", "offer"],
)
def test_enter_does_not_answer_a_question_that_is_no_longer_shown(
    window: MainWindow, booth: FakeBooth, key: Qt.Key, modifier: Qt.KeyboardModifier
) -> None:
    booth.entries.answer = Duplicate("粤B·12345", minutes_ago=2, count=1)
    QTest.keyClicks(window.form.plate, "12345\r")
    assert _text(window, "verdictTitle") == "重复？"
    QTest.keyClick(window.form.plate, key, modifier)
    assert _text(window, "verdictTitle") != "重复？"
    QTest.keyClick(window.form.plate, Qt.Key.Key_Return)
    assert _text(window, "verdictTitle") == "重复？"
    assert booth.entries.confirmed == [False, False]
    QTest.keyClick(window.form.plate, Qt.Key.Key_Return)
    assert booth.entries.confirmed == [False, False, True]


def test_notice_of_a_failed_write_does_not_repeat_the_panel(
    window: MainWindow, booth: FakeBooth
) -> None:
    QTest.keyClicks(window.form.plate, "12345\r")
    booth.entries.notSaved.emit(booth.entries.last_id, JournalWriteError())
    advice = _text(window, "verdictAdvice")
    assert advice.startswith("没有存下来")
    assert "没有存下来" not in _text(window, "noticeMessage")
