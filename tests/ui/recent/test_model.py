"""The list of the newest entries, without a window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from PySide6.QtCore import QModelIndex
from PySide6.QtTest import QAbstractItemModelTester

from wxpark_gui.domain.delivery import Cause, DeliveryState
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.recent.model import MOST_ROWS, RECORD_ROLE, VERDICT, RecentModel

RecordMaker = Callable[..., EntryRecord]


@pytest.fixture
def model(qapp: object, appearance: Appearance) -> RecentModel:
    model = RecentModel(appearance)
    QAbstractItemModelTester(
        model, QAbstractItemModelTester.FailureReportingMode.Fatal, parent=model
    )
    return model


def sequences(model: RecentModel) -> Sequence[int]:
    rows = range(model.rowCount())
    return [model.index(row, 0).data(RECORD_ROLE).sequence for row in rows]


def test_the_newest_stands_first(model: RecentModel, make_record: RecordMaker) -> None:
    model.load([make_record(sequence=2), make_record(sequence=1)])
    assert model.upsert(make_record(sequence=3)) == 0
    assert sequences(model) == [3, 2, 1]


def test_an_entry_known_already_is_renewed_in_its_place(
    model: RecentModel, make_record: RecordMaker
) -> None:
    waiting = make_record(sequence=1, state=DeliveryState.WAITING, cause=Cause.OFFLINE)
    model.load([make_record(sequence=2), waiting])
    before = model.index(1, VERDICT).data()
    assert model.upsert(make_record(sequence=1, user_state="OVERDUE")) == 1
    assert (before, model.index(1, VERDICT).data()) == ("待发送", "欠费")
    assert sequences(model) == [2, 1]


def test_a_late_entry_takes_its_place_by_number(
    model: RecentModel, make_record: RecordMaker
) -> None:
    model.load([make_record(sequence=5), make_record(sequence=2)])
    assert model.upsert(make_record(sequence=3)) == 1
    assert sequences(model) == [5, 3, 2]


def test_the_list_is_bounded(model: RecentModel, make_record: RecordMaker) -> None:
    first = make_record()
    many = [
        replace(first, entry_id=str(number), sequence=number)
        for number in range(MOST_ROWS + 50, 50, -1)
    ]
    model.load(many)
    assert model.upsert(replace(first, entry_id="new", sequence=1000)) == 0
    assert model.upsert(replace(first, entry_id="old", sequence=1)) == -1
    assert model.rowCount() == MOST_ROWS
    assert sequences(model)[-1] == 52


def test_a_row_tells_time_plate_and_verdict(model: RecentModel, make_record: RecordMaker) -> None:
    model.upsert(make_record("粤A8K9Z2", user_state="OVERDUE"))
    row = [model.index(0, column).data() for column in range(model.columnCount(QModelIndex()))]
    assert row == ["11:43", "粤A·8K9Z2", "欠费"]
