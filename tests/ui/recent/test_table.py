"""Rows of the list of newest entries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QModelIndex
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from tests.settings import settings_of
from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.record import EntryRecord, Link
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.recent import delegate
from wxpark_gui.ui.recent.model import MOST_ROWS
from wxpark_gui.ui.recent.table import REFRESH_MS, RecentList

RecordMaker = Callable[..., EntryRecord]


@pytest.fixture
def recent(qtbot: QtBot, appearance: Appearance) -> RecentList:
    recent = RecentList(appearance)
    qtbot.addWidget(recent)
    return recent


def heights(recent: RecentList) -> list[int]:
    return [recent._table.rowHeight(row) for row in range(recent.model.rowCount())]


def test_replaced_entry_gets_a_second_line_and_keeps_it_while_others_arrive(
    recent: RecentList, make_record: RecordMaker
) -> None:
    low, high = recent._delegate.row_height(), recent._delegate.row_height(noted=True)
    old = make_record(sequence=1)
    recent.upsert(old)
    assert heights(recent) == [low]
    new = make_record(sequence=2)
    recent.upsert(replace(old, replaced_by=new.entry_id))
    recent.upsert(new)
    assert heights(recent) == [low, high]
    recent.upsert(make_record(sequence=3))
    assert heights(recent) == [low, low, high]


def test_further_entry_measures_only_its_own_rows(
    recent: RecentList, make_record: RecordMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = make_record()
    recent.load(
        [
            replace(first, entry_id=str(number), position=number, sequence=number)
            for number in range(MOST_ROWS, 0, -1)
        ]
    )
    measured: list[bool] = []
    row_height = recent._delegate.row_height

    def count(*, noted: bool = False) -> int:
        measured.append(noted)
        return row_height(noted=noted)

    monkeypatch.setattr(recent._delegate, "row_height", count)
    recent.upsert(make_record(sequence=MOST_ROWS + 1))
    recent.refresh()
    assert len(measured) == 1


def test_changes_of_one_entry_reach_the_table_together_after_a_while(
    recent: RecentList, make_record: RecordMaker, qtbot: QtBot
) -> None:
    table = recent._table.model()
    changes: list[str] = []
    table.rowsInserted.connect(lambda: changes.append("inserted"))
    table.dataChanged.connect(lambda: changes.append("changed"))
    recent.upsert(make_record(state=DeliveryState.SAVED, cause=None))
    recent.upsert(make_record())
    assert changes == []
    with qtbot.waitSignal(recent.refreshed):
        pass
    assert changes == ["inserted"]
    assert table.index(0, 2).data() == "正常"


def test_who_asks_for_the_rows_gets_them_up_to_date(
    recent: RecentList, make_record: RecordMaker, qtbot: QtBot
) -> None:
    recent.upsert(make_record("粤B12345", 1))
    assert recent.plates == ["粤B12345"]
    recent.upsert(make_record("粤B67890", 2))
    assert recent.selected is None
    assert recent._table.model().rowCount() == 2
    with qtbot.assertNotEmitted(recent.refreshed, wait=2 * REFRESH_MS):
        pass


def test_rows_that_are_loaded_replace_changes_that_wait(
    recent: RecentList, make_record: RecordMaker
) -> None:
    recent.upsert(make_record(state=DeliveryState.SAVED, cause=None))
    recent.load([make_record()])
    assert recent.model.index(0, 2).data() == "正常"


def test_painting_measures_the_texts_of_verdicts_once_for_each_look(
    recent: RecentList,
    appearance: Appearance,
    make_record: RecordMaker,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    recent.load([make_record(sequence=number) for number in (2, 1)])
    recent.resize(400, 300)
    measured: list[str] = []
    text_width = recent._delegate._text_width

    def note(text: str, points: float, *, bold: bool = False) -> int:
        measured.append(text)
        return text_width(text, points, bold=bold)

    recent.grab()
    monkeypatch.setattr(recent._delegate, "_text_width", note)
    recent.grab()
    assert measured == []
    appearance.follow(settings_of(font_scale=150))
    assert set(appearance.wording.pill_words()) <= set(measured)
    measured.clear()
    appearance.follow(settings_of(font_scale=150, language="en"))
    assert set(appearance.wording.pill_words()) <= set(measured)


def test_repaint_of_the_same_rows_measures_no_text(
    recent: RecentList, make_record: RecordMaker
) -> None:
    recent.load([make_record(sequence=number) for number in (2, 1)])
    recent.resize(400, 300)
    delegate._fitted.cache_clear()
    recent.grab()
    measured = delegate._fitted.cache_info().misses
    recent.grab()
    assert measured > 0
    assert delegate._fitted.cache_info().misses == measured


STATES = ("NORMAL", "OVERDUE", "BLOCK", "PAUSED")


@pytest.mark.parametrize(("theme", "scale"), [("light", 100), ("dark", 150)])
def test_pictures_of_cells_look_like_the_cells(
    recent: RecentList, appearance: Appearance, make_record: RecordMaker, theme: str, scale: int
) -> None:
    appearance.follow(settings_of(theme=theme, font_scale=scale))
    records = [make_record(f"粤B{n:05}", n, user_state=STATES[n % 4]) for n in range(1, 9)]
    assert records[2].outcome is not None
    elsewhere = replace(records[2].outcome, host="gateway.example")
    records[2] = replace(records[2], outcome=elsewhere)
    records[5:7] = [replace(record, link=Link.CORRECTED) for record in records[5:7]]
    recent.resize(460, 640)
    pictured = recent._delegate._pictured
    for newer in records[6], records[5]:
        recent.load([replace(records[7], replaced_by=newer.entry_id), *reversed(records[:7])])
        recent._table.selectRow(2)
        recent._delegate._pictured = pictured
        recent.grab()
        pictures = recent.grab().toImage()
        assert recent._delegate._pictures
        recent._delegate._pictured = ()
        assert recent.grab().toImage() == pictures


def test_repaint_draws_no_cell_again_and_another_look_all(
    recent: RecentList,
    appearance: Appearance,
    make_record: RecordMaker,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    recent.load([make_record(f"粤B{number:05}", number) for number in (3, 2, 1)])
    recent.resize(460, 640)
    recent.grab()
    drawn: list[int] = []
    paint_cell = recent._delegate._paint_cell

    def note(painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        drawn.append(index.row())
        paint_cell(painter, option, index)

    monkeypatch.setattr(recent._delegate, "_paint_cell", note)
    recent.grab()
    assert drawn == []
    recent.upsert(make_record("粤B00004", 4))
    recent.refresh()
    recent.grab()
    assert set(drawn) == {0}
    appearance.follow(settings_of(theme="dark"))
    recent.grab()
    assert set(drawn) == {0, 1, 2, 3}


def test_text_too_wide_for_its_place_is_drawn_smaller_and_elided_below_nine_points(
    recent: RecentList, appearance: Appearance
) -> None:
    face = appearance.font(16.5)
    assert delegate._fitted("粤B·12345", face, 400.0) == ("粤B·12345", 0.0)
    shown, points = delegate._fitted("粤B·12345", face, 80.0)
    assert shown == "粤B·12345"
    assert 9.0 <= points < 16.5
    shown, points = delegate._fitted("粤B·12345", face, 20.0)
    assert shown.endswith("…")
    assert points == 9.0
    assert face.pointSizeF() == appearance.font(16.5).pointSizeF()
