"""The model holds a limited number of rows, however many the search finds."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QModelIndex, Qt

from tests.ui.history.conftest import EntryMaker
from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.history import HistoryEntry
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.ui.history.model import BLOCK, MOST_ENTRIES, REMARKS, HistoryModel
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.recent.model import PLATE, RECORD_ROLE, TIME, VERDICT

COUNT = (MOST_ENTRIES // BLOCK + 5) * BLOCK


@pytest.fixture
def model(appearance: Appearance) -> HistoryModel:
    return HistoryModel(appearance)


@pytest.fixture
def full(model: HistoryModel, make_entry: EntryMaker) -> HistoryModel:
    """Model with more rows than it holds at once; row n has position COUNT - n."""
    template = make_entry()
    for first in range(0, COUNT, BLOCK):
        model.add([at(template, COUNT - row) for row in range(first, first + BLOCK)])
    return model


def at(entry: HistoryEntry, position: int) -> HistoryEntry:
    return replace(entry, record=replace(entry.record, position=position))


def record(model: HistoryModel, row: int) -> EntryRecord | None:
    found = model.index(row, 0).data(RECORD_ROLE)
    assert found is None or isinstance(found, EntryRecord)
    return found


def test_row_has_day_and_time_plate_verdict_and_remarks(
    model: HistoryModel, make_entry: EntryMaker
) -> None:
    entry = make_entry(user_state="OVERDUE")
    origin = replace(entry.record.origin, attendant="李师傅")
    model.add([replace(entry, record=replace(entry.record, backfilled=True, origin=origin))])
    texts = [model.index(0, column).data() for column in (TIME, PLATE, VERDICT, REMARKS)]
    assert texts == ["2026-03-15 11:43", "粤B·12345", "欠费", "补录 · 李师傅"]


def test_rows_beyond_the_bound_are_dropped_from_memory_only(full: HistoryModel) -> None:
    assert full.rowCount() == COUNT
    assert full.held == MOST_ENTRIES


def test_dropped_row_is_asked_for_once_with_its_block(full: HistoryModel) -> None:
    asked: list[list[int]] = []
    full.entriesMissing.connect(asked.append)
    assert full.index(3, PLATE).data() == "…"
    assert full.index(4, PLATE).data() == "…"
    assert asked == [list(range(COUNT, COUNT - BLOCK, -1))]


def test_dropped_row_is_asked_for_again_after_a_read_failed(full: HistoryModel) -> None:
    asked: list[list[int]] = []
    assert full.index(3, PLATE).data() == "…"
    full.entriesMissing.connect(asked.append)
    full.forget_requests()
    assert full.index(3, PLATE).data() == "…"
    assert len(asked) == 1


def test_row_that_was_read_again_is_shown(full: HistoryModel, make_entry: EntryMaker) -> None:
    assert record(full, 0) is None
    full.renew([at(make_entry(), COUNT)])
    found = record(full, 0)
    assert found is not None
    assert found.position == COUNT
    assert full.held == MOST_ENTRIES


def test_entry_of_no_row_is_ignored(full: HistoryModel, make_entry: EntryMaker) -> None:
    full.renew([at(make_entry(), COUNT + 1)])
    assert full.rowCount() == COUNT


def test_changed_record_replaces_its_row(model: HistoryModel, make_entry: EntryMaker) -> None:
    entry = make_entry()
    model.add([entry])
    model.note_record(replace(entry.record, state=DeliveryState.VOIDED))
    assert model.index(0, VERDICT).data() == "已作废"


def test_more_rows_are_wanted_only_if_there_are_more(
    model: HistoryModel, make_entry: EntryMaker
) -> None:
    wanted: list[None] = []
    model.moreWanted.connect(lambda: wanted.append(None))
    model.add([make_entry()])
    model.fetchMore(QModelIndex())
    assert wanted == []
    model.set_has_more(True)
    assert model.canFetchMore(QModelIndex())
    model.fetchMore(QModelIndex())
    assert len(wanted) == 1


def test_clear_removes_every_row(full: HistoryModel) -> None:
    full.clear()
    assert (full.rowCount(), full.held) == (0, 0)


def test_columns_have_names(model: HistoryModel) -> None:
    names = [
        model.headerData(column, Qt.Orientation.Horizontal) for column in range(model.columnCount())
    ]
    assert names == ["时间", "车牌或车位", "状态", "备注"]
