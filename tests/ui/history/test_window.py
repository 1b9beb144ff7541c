"""The history window by keyboard: search, read, send again, correct, and return to the plate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.conftest import FakeBooth, entry_id
from tests.ui.history.conftest import EntryMaker, show
from tests.ui.keys import press_until
from tests.ui.window.test_room import settle
from wxpark_gui.controllers.entries import Refused
from wxpark_gui.domain.delivery import Cause, DeliveryState
from wxpark_gui.domain.entry_filter import EntryFilter
from wxpark_gui.domain.errors import (
    JournalDamagedError,
    JournalWriteError,
    NothingToResendError,
    SearchesUnreadableError,
    SettingsNotWrittenError,
    TooManySearchesError,
)
from wxpark_gui.domain.history import (
    EVERYTHING,
    Attempt,
    AuditNote,
    HistoryChoices,
    HistoryDetail,
    HistoryEntry,
    HistoryFilter,
    HistoryPage,
    Kind,
    Period,
    PlateMatch,
    Search,
)
from wxpark_gui.domain.record import Link
from wxpark_gui.domain.verdict import Severity
from wxpark_gui.ui.history.flow import SEARCH_DELAY_MS, SearchFlow
from wxpark_gui.ui.history.window import HistoryWindow
from wxpark_gui.ui.widgets.choice_box import ChoiceBox
from wxpark_gui.ui.window.main_window import MainWindow
from wxpark_gui.wording import HistoryLabel, Wording

TODAY = HistoryFilter(first_day=date(2026, 3, 15), last_day=date(2026, 3, 15))
TOMORROW = HistoryFilter(first_day=date(2026, 3, 16), last_day=date(2026, 3, 16))
THIS_WEEK = HistoryFilter(first_day=date(2026, 3, 9), last_day=date(2026, 3, 15))
GIVEN_UP = frozenset({DeliveryState.EXPIRED})
BLOCKED = frozenset({Severity.BLOCKED})


def press(key: Qt.Key) -> None:
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, key)


def button(history: HistoryWindow, name: str) -> QPushButton:
    found = history.findChild(QPushButton, name)
    assert isinstance(found, QPushButton)
    return found


def text(history: HistoryWindow, name: str) -> str:
    found = history.findChild(QLabel, name)
    assert isinstance(found, QLabel)
    return found.text() if found.isVisibleTo(history) else ""


def choose(history: HistoryWindow, name: str, value: object) -> None:
    """Select a value in a combo box, and emit the signal of a user's selection."""
    box = history.findChild(QWidget, name)
    assert isinstance(box, ChoiceBox)
    box.choose(value)
    box.activated.emit(box.currentIndex())


def test_window_opens_with_a_search_for_every_entry(
    history: HistoryWindow, booth: FakeBooth
) -> None:
    assert booth.history.opens == 1
    assert booth.history.wanted == [EVERYTHING]
    assert text(history, "historyCount") == "正在查找… 已找到 0 条"


def test_typed_characters_go_to_the_plate_from_everywhere(
    qtbot: QtBot, history: HistoryWindow, booth: FakeBooth, entries: list[HistoryEntry]
) -> None:
    show(booth, entries)
    history._table.setFocus()
    QTest.keyClicks(history._table, "b1")
    assert history.plate.hasFocus()
    press(Qt.Key.Key_2)
    qtbot.waitUntil(lambda: len(booth.history.wanted) == 2)
    assert booth.history.wanted[-1] == HistoryFilter(plate="B12")


def test_arrows_in_the_plate_move_the_selected_row(
    history: HistoryWindow, booth: FakeBooth, entries: list[HistoryEntry]
) -> None:
    show(booth, entries)
    assert history.selected == entries[0]
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Up)
    assert history.selected == entries[1]
    assert history.plate.hasFocus()


def test_enter_opens_the_details_and_escape_leads_back_to_the_plate(
    history: HistoryWindow, booth: FakeBooth, entries: list[HistoryEntry]
) -> None:
    show(booth, entries)
    press(Qt.Key.Key_Return)
    assert booth.history.details == [entries[0].record.entry_id]
    assert history.shows_detail
    press(Qt.Key.Key_Escape)
    assert history.plate.hasFocus()
    assert (history.shows_detail, history.isVisible()) == (False, True)


def test_escape_stops_a_search_then_empties_the_plate_then_closes(
    qtbot: QtBot, window: MainWindow, history_over_window: HistoryWindow, booth: FakeBooth
) -> None:
    history = history_over_window
    QTest.keyClicks(history.plate, "12")
    qtbot.waitUntil(lambda: len(booth.history.wanted) == 2)
    cancels = booth.history.cancels
    press(Qt.Key.Key_Escape)
    assert booth.history.cancels == cancels + 1
    assert text(history, "historyCount") == "已停止，找到 0 条"
    press(Qt.Key.Key_Escape)
    assert history.plate.text() == ""
    assert booth.history.wanted[-1] == EVERYTHING
    show(booth, [])
    press(Qt.Key.Key_Escape)
    assert window.history.window is None
    assert booth.history.closes == 1
    qtbot.waitUntil(window.form.plate.hasFocus)


def test_stopped_search_goes_on(history: HistoryWindow, booth: FakeBooth) -> None:
    press(Qt.Key.Key_Escape)
    button(history, "historyGoOn").click()
    assert booth.history.pages == 1
    assert text(history, "historyCount").startswith("正在查找")


def test_search_that_was_stopped_before_it_began_is_started_by_going_on(
    history: HistoryWindow, booth: FakeBooth, entries: list[HistoryEntry]
) -> None:
    show(booth, entries)
    QTest.keyClicks(history.plate, "12")
    press(Qt.Key.Key_Escape)
    button(history, "historyGoOn").click()
    assert booth.history.wanted[-1] == HistoryFilter(plate="12")
    assert booth.history.pages == 0
    assert history._model.rowCount() == 0


def test_failed_search_that_goes_on_shows_the_list(
    history: HistoryWindow, booth: FakeBooth, entries: list[HistoryEntry]
) -> None:
    booth.history.failed.emit(JournalDamagedError("disk I/O error"))
    assert not history._table.isVisible()
    button(history, "historyGoOn").click()
    show(booth, entries)
    assert history._table.isVisible()
    assert booth.history.pages == 1
    assert text(history, "historyNote") == ""


def test_next_window_starts_with_the_last_search(
    qtbot: QtBot, window: MainWindow, history_over_window: HistoryWindow, booth: FakeBooth
) -> None:
    history = history_over_window
    QTest.keyClicks(history.plate, "77")
    qtbot.waitUntil(lambda: len(booth.history.wanted) == 2)
    history.reject()
    qtbot.waitUntil(lambda: window.isActiveWindow() and window.form.plate.hasFocus())
    searches = len(booth.history.wanted)
    press_until(qtbot, window, Qt.Key.Key_F3, lambda: window.history.window is not None)
    assert booth.history.wanted[searches:] == [HistoryFilter(plate="77")]
    assert window.history.window is not None
    assert window.history.window.plate.text() == "77"


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("historyMatch", PlateMatch.EXACT, HistoryFilter(match=PlateMatch.EXACT)),
        ("historyVerdict", Severity.BLOCKED, HistoryFilter(severities=BLOCKED)),
        ("historyPeriod", Period.TODAY, TODAY),
        ("historyPeriod", Period.WEEK, THIS_WEEK),
        ("historyDelivery", GIVEN_UP, HistoryFilter(states=GIVEN_UP)),
        ("historyKind", Kind.BACKFILLED, HistoryFilter(kind=Kind.BACKFILLED)),
        ("historyAttendant", "李师傅", HistoryFilter(attendant="李师傅")),
        ("historyLot", "东门", HistoryFilter(lot="东门")),
    ],
)  # fmt: skip
def test_chosen_condition_is_searched_for(
    qtbot: QtBot,
    history: HistoryWindow,
    booth: FakeBooth,
    name: str,
    value: object,
    wanted: HistoryFilter,
) -> None:
    booth.history.choicesRead.emit(HistoryChoices(("李师傅",), ("东门",)))
    choose(history, name, value)
    qtbot.waitUntil(lambda: len(booth.history.wanted) == 2)
    assert booth.history.wanted[-1] == wanted


def test_typed_days_are_searched_for_and_wrong_ones_marked(
    qtbot: QtBot, history: HistoryWindow, booth: FakeBooth
) -> None:
    choose(history, "historyPeriod", Period.CHOSEN)
    first = history.findChild(QLineEdit, "historyFirstDay")
    assert isinstance(first, QLineEdit)
    assert first.hasFocus()
    QTest.keyClicks(first, "2-3")
    qtbot.waitUntil(lambda: booth.history.wanted[-1].first_day == date(2026, 2, 3))
    QTest.keyClicks(first, "9")
    assert first.property("problem") is True


@pytest.fixture
def night(booth: FakeBooth, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Function that ends the day."""

    def pass_() -> None:
        monkeypatch.setattr(SearchFlow, "_today", date(2026, 3, 16))
        booth.journal.dayChanged.emit()

    return pass_


def test_search_of_today_is_one_of_the_new_day_after_midnight(
    history: HistoryWindow,
    booth: FakeBooth,
    entries: list[HistoryEntry],
    night: Callable[[], None],
) -> None:
    choose(history, "historySearches", Search(period=Period.TODAY))
    show(booth, entries)
    night()
    assert booth.history.wanted[-2:] == [TODAY, TOMORROW]
    assert history.wanted == TOMORROW
    show(booth, [])
    night()
    assert booth.history.wanted[-1:] == [TOMORROW]
    assert len(booth.history.wanted) == 3


def test_search_without_days_goes_on_after_midnight(
    history: HistoryWindow,
    booth: FakeBooth,
    entries: list[HistoryEntry],
    night: Callable[[], None],
) -> None:
    show(booth, entries)
    night()
    assert booth.history.wanted == [EVERYTHING]


def test_details_stay_open_at_midnight_and_the_list_is_searched_again_when_they_close(
    history: HistoryWindow,
    booth: FakeBooth,
    entries: list[HistoryEntry],
    night: Callable[[], None],
) -> None:
    choose(history, "historySearches", Search(period=Period.TODAY))
    show(booth, entries)
    history.open_detail()
    night()
    assert history.shows_detail
    assert history.selected == entries[0]
    assert booth.history.wanted[-1] == TODAY
    press(Qt.Key.Key_Escape)
    assert booth.history.wanted[-1] == TOMORROW


@pytest.mark.parametrize(
    ("search", "wanted"),
    [
        (Search(period=Period.TODAY), TODAY),
        (Search("我的", wanted=HistoryFilter(plate="京A")), HistoryFilter(plate="京A")),
    ],
)  # fmt: skip
def test_saved_search_fills_the_conditions(
    history: HistoryWindow, booth: FakeBooth, search: Search, wanted: HistoryFilter
) -> None:
    booth.history.searchesRead.emit((Search("我的", wanted=HistoryFilter(plate="京A")),))
    choose(history, "historySearches", search)
    assert booth.history.wanted[-1] == wanted
    assert history.plate.text() == wanted.plate


def test_present_search_is_saved_and_removed_by_name(
    qtbot: QtBot, history: HistoryWindow, booth: FakeBooth
) -> None:
    QTest.keyClicks(history.plate, "888")
    button(history, "historyMore").click()
    name = history.findChild(QLineEdit, "historySearchName")
    assert isinstance(name, QLineEdit)
    assert not button(history, "historySave").isEnabled()
    name.setText("三个8")
    QTest.keyClick(name, Qt.Key.Key_Return)
    assert booth.history.kept == [Search("三个8", wanted=HistoryFilter(plate="888"))]
    button(history, "historyRemove").click()
    assert booth.history.removed == ["三个8"]


def test_search_that_was_not_saved_is_told_below_its_name(
    history: HistoryWindow, booth: FakeBooth
) -> None:
    button(history, "historyMore").click()
    name = history.findChild(QLineEdit, "historySearchName")
    said = history.findChild(QLabel, "historySearchSaid")
    assert isinstance(name, QLineEdit)
    assert isinstance(said, QLabel)
    assert said.isHidden()
    name.setText("又一个")
    QTest.keyClick(name, Qt.Key.Key_Return)
    booth.history.searchRefused.emit(TooManySearchesError())
    assert said.isVisible()
    assert said.text().startswith("常用查找已有 50 个")
    assert name.text() == "又一个"
    QTest.keyClick(name, Qt.Key.Key_Backspace)
    assert said.isHidden()


def test_damaged_searches_are_told_while_the_first_search_runs_and_until_the_next(
    history: HistoryWindow, booth: FakeBooth, make_entry: EntryMaker
) -> None:
    booth.history.searchesRead.emit(())
    booth.history.searchesDamaged.emit(SearchesUnreadableError())
    show(booth, [make_entry()])
    said = history.findChild(QLabel, "historyNote")
    assert isinstance(said, QLabel)
    assert said.isVisible()
    assert said.text().startswith("常用查找有的读不出来，原文件已留着。请重新存下")
    history._flow.start()
    assert said.isHidden()


def test_scrolling_near_the_end_reads_the_next_page(
    history: HistoryWindow, booth: FakeBooth, make_entry: EntryMaker
) -> None:
    show(booth, [make_entry(position=position) for position in range(200, 140, -1)], more=True)
    bar = history._table.verticalScrollBar()
    bar.setValue(bar.maximum() * 3 // 4)
    assert booth.history.pages == 1
    bar.setValue(bar.maximum())
    assert booth.history.pages == 1


class Painted(QObject):
    """Notes the area of each paint event of a widget."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__()
        self.areas: list[QRect] = []
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self.areas.append(event.rect())
        return super().eventFilter(watched, event)


def test_scrolling_paints_new_rows_only_and_a_page_below_none(
    history: HistoryWindow, booth: FakeBooth, make_entry: EntryMaker, qtbot: QtBot
) -> None:
    show(booth, [make_entry(f"粤B1{number:04}", number) for number in range(300, 150, -1)])
    table = history._table
    bar, row = table.verticalScrollBar(), table.verticalHeader().sectionSize(0)
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    settle()
    painted = Painted(table.viewport())
    bar.setValue(2 * row)
    settle()
    assert [area.height() for area in painted.areas] == [2 * row]
    longest = bar.maximum()
    show(booth, [make_entry(f"粤B2{number:04}", number) for number in range(150, 100, -1)])
    qtbot.waitUntil(lambda: bar.maximum() == longest + 50 * row)
    settle()
    assert len(painted.areas) == 1


def test_rows_that_come_into_sight_are_painted(
    history: HistoryWindow, booth: FakeBooth, entries: list[HistoryEntry], qtbot: QtBot
) -> None:
    show(booth, entries[:2], more=True)
    settle()
    painted = Painted(history._table.viewport())
    show(booth, entries[2:])
    settle()
    row = history._table.verticalHeader().sectionSize(0)
    assert any(area.bottom() + 1 >= len(entries) * row for area in painted.areas)


def test_rows_that_are_removed_while_a_page_is_added_below_are_painted_over(
    history: HistoryWindow, booth: FakeBooth, make_entry: EntryMaker
) -> None:
    show(booth, [make_entry(position=position) for position in range(200, 140, -1)], more=True)
    settle()
    painted = Painted(history._table.viewport())
    show(booth, [make_entry(position=position) for position in range(140, 80, -1)])
    history._model.clear()
    settle()
    assert history._table.viewport().rect() in painted.areas


def test_further_page_is_shown_as_searched_for_only_if_it_takes_time(
    history: HistoryWindow, booth: FakeBooth, make_entry: EntryMaker, qtbot: QtBot
) -> None:
    show(booth, [make_entry(position=position) for position in range(200, 140, -1)], more=True)
    settle()
    bar, height = history._table.verticalScrollBar(), history._table.height()
    bar.setValue(bar.maximum())
    assert "60" in text(history, "historyCount")
    assert not button(history, "historyStop").isVisible()
    show(booth, [make_entry(position=position) for position in range(140, 80, -1)], more=True)
    assert "120" in text(history, "historyCount")
    settle()
    bar.setValue(bar.maximum())
    qtbot.waitUntil(button(history, "historyStop").isVisible)
    settle()
    assert history._table.height() == height
    press(Qt.Key.Key_Escape)
    assert button(history, "historyGoOn").isVisible()


def test_new_entries_are_counted_beside_the_list_that_stands_still(
    history: HistoryWindow, booth: FakeBooth, entries: list[HistoryEntry]
) -> None:
    show(booth, entries)
    booth.history.newCounted.emit(3)
    new = button(history, "historyNew")
    assert (new.text(), new.isVisibleTo(history)) == ("显示新增 3 条  F3", True)
    assert history._model.rowCount() == len(entries)
    QTest.keyClick(history, Qt.Key.Key_F3)
    assert len(booth.history.wanted) == 2
    assert not new.isVisibleTo(history)


def test_search_without_a_match_says_so(
    qtbot: QtBot, history: HistoryWindow, booth: FakeBooth
) -> None:
    show(booth, [])
    assert text(history, "historyMessageTitle") == "还没有记录"
    QTest.keyClicks(history.plate, "QQ")
    qtbot.waitUntil(lambda: len(booth.history.wanted) == 2)
    show(booth, [])
    assert text(history, "historyMessageTitle") == "没有找到"
    assert text(history, "historyMessageAdvice")


def test_failed_search_says_why(history: HistoryWindow, booth: FakeBooth) -> None:
    booth.history.failed.emit(JournalDamagedError("disk I/O error"))
    assert text(history, "historyMessageTitle") == "记录文件已损坏。"
    booth.history.failed.emit(SettingsNotWrittenError())
    assert "没有保存" in text(history, "historyNote") or text(history, "historyNote")


def test_unreadable_archives_are_named_beside_the_rest(
    history: HistoryWindow, booth: FakeBooth, entries: list[HistoryEntry]
) -> None:
    booth.history.found.emit(HistoryPage(tuple(entries), None, ("2026-02", "2025-11")))
    assert text(history, "historySkipped") == "读不出的月份：2026-02、2025-11。其余照常显示。"
    assert history._model.rowCount() == len(entries)


def test_f5_sends_the_selected_entry_again(
    history: HistoryWindow, booth: FakeBooth, entries: list[HistoryEntry]
) -> None:
    show(booth, entries)
    QTest.keyClick(history, Qt.Key.Key_F5)
    assert booth.entries.resent == [entries[0].record]
    assert text(history, "historyNote") == "粤B·12345 正在发送。"


def test_f5_says_why_an_entry_is_not_sent_again(
    history: HistoryWindow, booth: FakeBooth, entries: list[HistoryEntry]
) -> None:
    QTest.keyClick(history, Qt.Key.Key_F5)
    assert "请先选中" in text(history, "historyNote")
    show(booth, entries)
    booth.entries.answer = Refused(NothingToResendError("answered"))
    QTest.keyClick(history, Qt.Key.Key_F5)
    assert "应答" in text(history, "historyNote")
    booth.entries.answer = None
    QTest.keyClick(history, Qt.Key.Key_F5)
    booth.entries.notSaved.emit(entries[0].record.entry_id, JournalWriteError())
    assert "磁盘" in text(history, "historyNote")


def test_f8_puts_the_selected_entry_into_the_form(
    qtbot: QtBot,
    window: MainWindow,
    history_over_window: HistoryWindow,
    booth: FakeBooth,
    entries: list[HistoryEntry],
) -> None:
    history = history_over_window
    show(booth, entries)
    press(Qt.Key.Key_Down)
    QTest.keyClick(history, Qt.Key.Key_F8)
    assert window.history.window is None
    assert window.form.plate.text() == "粤B12344"
    qtbot.waitUntil(window.form.plate.hasFocus)
    QTest.keyClicks(window.form.plate, "\b9\r")
    assert [(old, draft.plate) for old, draft in booth.entries.corrected] == [
        (entries[1].record, "粤B12349")
    ]


def test_f8_says_why_an_entry_is_not_corrected(
    history: HistoryWindow, booth: FakeBooth, entries: list[HistoryEntry]
) -> None:
    replaced = replace(entries[0].record, replaced_by=entry_id(9))
    show(booth, [replace(entries[0], record=replaced)])
    QTest.keyClick(history, Qt.Key.Key_F8)
    assert history.isVisible()
    assert text(history, "historyNote") != ""


def test_row_of_a_changed_entry_shows_its_new_state(
    history: HistoryWindow, booth: FakeBooth, entries: list[HistoryEntry]
) -> None:
    show(booth, entries)
    changed = replace(entries[0].record, state=DeliveryState.VOIDED)
    booth.entries.changed.emit(changed)
    assert history.selected == HistoryEntry(changed)


def test_changed_entry_is_read_again_after_what_is_being_read(
    history: HistoryWindow, booth: FakeBooth, entries: list[HistoryEntry]
) -> None:
    """A page that is being read may have the entry as it was before."""
    show(booth, entries)
    booth.history.is_busy = True
    booth.entries.changed.emit(replace(entries[2].record, state=DeliveryState.VOIDED))
    assert booth.history.read == [(entries[2].record.position,)]
    booth.history.is_busy = False
    booth.entries.changed.emit(replace(entries[1].record, state=DeliveryState.VOIDED))
    assert len(booth.history.read) == 1


def test_details_show_attempts_links_and_audit(
    qtbot: QtBot, history: HistoryWindow, booth: FakeBooth, entries: list[HistoryEntry]
) -> None:
    older, newer = entries[1], replace(
        entries[2], record=replace(entries[2].record, link=Link.RESENT)
    )  # fmt: skip
    this = replace(
        entries[0],
        void_reason="车没进",
        record=replace(entries[0].record, link=Link.CORRECTED, replaces=older.record.entry_id),
    )
    show(booth, [this])
    press(Qt.Key.Key_Return)
    at = this.record.saved_at
    booth.history.detailRead.emit(
        HistoryDetail(
            this,
            (Attempt(at), Attempt(at, at, Cause.ANSWERED, "OVERDUE", elapsed_ms=41, host="h")),
            (AuditNote(at, "entry_corrected", "李师傅"), AuditNote(at, "odd")),
            older,
            newer,
        )
    )
    assert "原因：车没进" in text(history, "historyDetailFacts")
    attempts = text(history, "historyAttempts").split("\n")
    assert [line.split(" ", 2)[2].strip() for line in attempts] == ["中断", "欠费 · 41\xa0ms · h"]
    assert "更正 李师傅" in text(history, "historyAudit")
    assert "odd" in text(history, "historyAudit")
    assert button(history, "historyOlder").text() == "更正自 粤B·12344"
    assert button(history, "historyNewer").text() == "已重发 → 粤B·12343"
    assert text(history, "historyDetailSkipped") == ""
    button(history, "historyNewer").click()
    assert booth.history.details[-1] == newer.record.entry_id
    assert text(history, "historyDetailPlate") == "粤B·12343"


def test_details_name_the_months_that_cannot_be_read(
    history: HistoryWindow, booth: FakeBooth, entries: list[HistoryEntry]
) -> None:
    show(booth, entries)
    press(Qt.Key.Key_Return)
    booth.history.detailRead.emit(HistoryDetail(entries[0], skipped=("2026-02", "2026-01")))
    assert "2026-02、2026-01" in text(history, "historyDetailSkipped")
    booth.history.detailRead.emit(HistoryDetail(entries[0]))
    assert text(history, "historyDetailSkipped") == ""


def test_details_that_cannot_be_read_do_not_claim_that_nothing_happened(
    history: HistoryWindow, booth: FakeBooth, entries: list[HistoryEntry]
) -> None:
    nothing = Wording.for_language("zh_CN").label(HistoryLabel.NO_AUDIT)

    def says_nothing_happened() -> bool:
        labels = history.findChildren(QLabel)
        return any(each.text() == nothing and each.isVisible() for each in labels)

    show(booth, entries)
    press(Qt.Key.Key_Return)
    booth.history.detailRead.emit(HistoryDetail(entries[0]))
    assert says_nothing_happened()
    booth.history.detailRead.emit(HistoryDetail(entries[0], skipped=("2026-02",)))
    assert not says_nothing_happened()


def test_details_that_are_gone_name_their_month(
    history: HistoryWindow, booth: FakeBooth, entries: list[HistoryEntry]
) -> None:
    """The retention may drop the month of an entry that is in the list."""
    show(booth, [replace(entries[0], archive="2025-09"), *entries[1:]])
    press(Qt.Key.Key_Return)
    booth.history.detailRead.emit(None)
    assert "2025-09" in text(history, "historyDetailSkipped")
    press(Qt.Key.Key_Escape)
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Return)
    assert text(history, "historyDetailSkipped") == ""
    booth.history.detailRead.emit(HistoryDetail(entries[1]))
    booth.history.detailRead.emit(None)
    assert text(history, "historyDetailSkipped") == ""


def test_details_of_another_entry_are_dropped(
    history: HistoryWindow, booth: FakeBooth, entries: list[HistoryEntry]
) -> None:
    show(booth, entries)
    press(Qt.Key.Key_Return)
    booth.history.detailRead.emit(HistoryDetail(entries[3]))
    booth.history.detailRead.emit(None)
    assert text(history, "historyDetailPlate") == "粤B·12345"


def test_narrow_window_shows_the_details_in_place_of_the_list(
    history: HistoryWindow, booth: FakeBooth, entries: list[HistoryEntry]
) -> None:
    show(booth, entries)
    history.resize(700, 600)
    assert not history._pane.isVisibleTo(history)
    press(Qt.Key.Key_Return)
    assert history._pane.isVisibleTo(history)
    assert not history._table.isVisibleTo(history)
    press(Qt.Key.Key_Escape)
    assert history._table.isVisibleTo(history)


def test_added_action_stands_before_the_last_key(history: HistoryWindow) -> None:
    added = QPushButton("+", history)
    history.add_action(added)
    history.resize(1100, 700)
    QApplication.processEvents()
    assert button(history, "historyCorrect").x() < added.x() < button(history, "historyClose").x()


def test_each_condition_is_reached_with_tab(history: HistoryWindow, booth: FakeBooth) -> None:
    reached: set[str] = set()
    for _ in range(20):
        press(Qt.Key.Key_Tab)
        focused = QApplication.focusWidget()
        assert focused is not None
        reached.add(focused.objectName())
    assert {
        "historyMatch", "historyPeriod", "historyVerdict", "historyMore", "historySearches",
        "historyTable", "historyResend", "historyCorrect", "historyClose",
    } <= reached  # fmt: skip


def test_export_has_the_entries_of_the_search(
    window: MainWindow, history_over_window: HistoryWindow, qtbot: QtBot
) -> None:
    history = history_over_window
    QTest.keyClicks(history.plate, "B8")
    with qtbot.waitSignal(window.history.exportRequested) as asked:
        button(history, "historyExport").click()
    assert asked.args == [EntryFilter.of_search(history.wanted)]
    dialog = window.export.dialog
    assert dialog is not None
    assert "B8" in "\n".join(label.text() for label in dialog.findChildren(QLabel))
    dialog.reject()


def test_search_that_was_stopped_before_it_began_does_not_begin(
    history: HistoryWindow, booth: FakeBooth, qtbot: QtBot
) -> None:
    asked = len(booth.history.wanted)
    QTest.keyClicks(history.plate, "B8")
    history._flow.stop()
    qtbot.wait(2 * SEARCH_DELAY_MS)
    assert len(booth.history.wanted) == asked
