"""A row of the list opens a dialog with all details of its entry."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.conftest import FakeBooth, RecordMaker, entry_id
from wxpark_gui.domain.delivery import Cause, DeliveryState
from wxpark_gui.domain.record import EntryRecord, Link
from wxpark_gui.ui.recent.table import RecentTable
from wxpark_gui.ui.window.main_window import MainWindow
from wxpark_gui.ui.window.status_strip import StatusStrip


@pytest.fixture
def records(make_record: RecordMaker) -> tuple[EntryRecord, ...]:
    refused = make_record(
        sequence=1, state=DeliveryState.REFUSED, cause=Cause.CONTENT_REFUSED, code="PARAM_ERROR"
    )
    resent = make_record("粤B67890", 2)
    return (
        replace(resent, replaces=refused.entry_id, link=Link.CORRECTED),
        replace(refused, replaced_by=resent.entry_id),
    )


@pytest.fixture
def table(window: MainWindow, booth: FakeBooth, records: tuple[EntryRecord, ...]) -> RecentTable:
    booth.entries.recentLoaded.emit(records)
    found = window.findChild(RecentTable)
    assert found is not None
    return found


def said(window: MainWindow, name: str) -> str:
    label = window.findChild(QLabel, name)
    assert isinstance(label, QLabel)
    return label.text()


def button(window: MainWindow, name: str) -> QPushButton:
    found = window.findChild(QPushButton, name)
    assert isinstance(found, QPushButton)
    return found


def is_open(window: MainWindow) -> bool:
    detail = window.findChild(QWidget, "entryDetail")
    return detail is not None and detail.isVisible()


def click(table: RecentTable, row: int) -> None:
    place = table.visualRect(table.model().index(row, 1)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(place))


def test_click_opens_the_detail_and_leaves_the_keyboard_with_the_plate(
    window: MainWindow, table: RecentTable
) -> None:
    click(table, 1)
    assert is_open(window)
    assert said(window, "detailPlate") == "粤B·12345"
    assert said(window, "detailTitle") == "未成功"
    facts = said(window, "detailFacts")
    assert "尝试次数：1" in facts
    assert "代码：PARAM_ERROR" in facts
    assert "41 毫秒" in facts
    assert window.form.plate.hasFocus()


def test_enter_opens_the_detail_and_escape_gives_the_keyboard_back(
    window: MainWindow, table: RecentTable
) -> None:
    table.setFocus()
    assert table.selectionModel().hasSelection()
    QTest.keyClick(table, Qt.Key.Key_Down)
    QTest.keyClick(table, Qt.Key.Key_Return)
    assert is_open(window)
    assert button(window, "detailBack").hasFocus()
    QTest.keyClick(button(window, "detailBack"), Qt.Key.Key_Escape)
    assert not is_open(window)
    assert window.form.plate.hasFocus()
    assert not table.selectionModel().hasSelection()


def test_next_key_closes_the_detail_and_goes_to_the_plate(
    window: MainWindow, table: RecentTable
) -> None:
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Return)
    QTest.keyClicks(button(window, "detailBack"), "1")
    assert not is_open(window)
    assert window.form.plate.text() == "粤B1"


def test_links_lead_to_the_other_entry(window: MainWindow, table: RecentTable) -> None:
    click(table, 1)
    newer = button(window, "detailNewer")
    assert newer.text() == "已更正 → 粤B·67890"
    newer.click()
    assert said(window, "detailPlate") == "粤B·67890"
    older = button(window, "detailOlder")
    assert older.text() == "更正自 粤B·12345"
    older.click()
    assert said(window, "detailPlate") == "粤B·12345"


def test_f5_sends_the_entry_in_detail_again(
    window: MainWindow, table: RecentTable, booth: FakeBooth
) -> None:
    click(table, 1)
    QTest.keyClick(window.form.plate, Qt.Key.Key_F5)
    assert [record.entry_id for record in booth.entries.resent] == [entry_id(1)]
    assert not is_open(window)


def test_open_detail_follows_its_entry(
    window: MainWindow, booth: FakeBooth, make_record: RecordMaker, table: RecentTable
) -> None:
    waiting = make_record(sequence=3, state=DeliveryState.WAITING, cause=Cause.OFFLINE)
    booth.entries.recentLoaded.emit((waiting,))
    QApplication.processEvents()
    click(table, 0)
    booth.entries.changed.emit(make_record(sequence=3, user_state="OVERDUE"))
    assert said(window, "detailTitle") == "欠费"


def test_stale_selection_is_dropped_with_the_next_plate(
    window: MainWindow, table: RecentTable, booth: FakeBooth
) -> None:
    table.selectRow(1)
    QTest.keyClicks(window.form.plate, "1")
    QTest.keyClick(window.form.plate, Qt.Key.Key_F5)
    assert booth.entries.resent == []


def test_hint_in_the_status_strip_does_what_its_key_does(qtbot: QtBot, window: MainWindow) -> None:
    strip = window.findChild(StatusStrip)
    assert strip is not None
    hints = [b for b in strip.findChildren(QPushButton) if b.property("hint")]
    assert [b.text().split()[0] for b in hints] == ["F4", "F6", "F7", "F9", "F11", "F12", "F1"]
    QTest.mouseClick(hints[0], Qt.MouseButton.LeftButton)
    assert window.form.plate.state.choosing
    QTest.mouseClick(hints[-1], Qt.MouseButton.LeftButton)
    overlay = window.findChild(QWidget, "helpOverlay")
    assert overlay is not None
    assert overlay.isVisible()
    assert window.form.plate.hasFocus()
