"""Model of the list of newest entries, without a window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import QModelIndex
from PySide6.QtTest import QAbstractItemModelTester

from tests.ui.conftest import NOW
from wxpark_gui.domain.delivery import Cause, DeliveryState
from wxpark_gui.domain.record import EntryRecord, Link
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.recent.model import (
    MOST_ROWS,
    NOTE_ROLE,
    PLATE,
    RECORD_ROLE,
    TIME,
    VERDICT,
    RecentModel,
)

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


def test_late_entry_takes_its_place_by_position(
    model: RecentModel, make_record: RecordMaker
) -> None:
    model.load([make_record(sequence=5), make_record(sequence=2)])
    assert model.upsert(make_record(sequence=3)) == 1
    assert sequences(model) == [5, 3, 2]


def test_the_list_is_bounded(model: RecentModel, make_record: RecordMaker) -> None:
    first = make_record()
    many = [
        replace(first, entry_id=str(number), position=number, sequence=number)
        for number in range(MOST_ROWS + 50, 50, -1)
    ]
    model.load(many)
    assert model.upsert(replace(first, entry_id="new", position=1000)) == 0
    assert model.upsert(replace(first, entry_id="old", position=1)) == -1
    assert model.rowCount() == MOST_ROWS
    assert sequences(model)[-1] == 52


def test_a_row_tells_time_plate_and_verdict(model: RecentModel, make_record: RecordMaker) -> None:
    model.upsert(make_record("粤A8K9Z2", user_state="OVERDUE"))
    row = [model.index(0, column).data() for column in range(model.columnCount(QModelIndex()))]
    assert row == ["11:43", "粤A·8K9Z2", "欠费"]


def test_new_entry_stands_first_after_the_booth_was_renamed(
    model: RecentModel, make_record: RecordMaker
) -> None:
    """The sequence numbers of a renamed booth start from 1."""
    model.load([make_record(sequence=7), make_record(sequence=6)])
    first_of_booth = replace(make_record(sequence=8), sequence=1)
    assert model.upsert(first_of_booth) == 0
    assert sequences(model) == [1, 7, 6]


def test_row_of_another_day_shows_its_day_from_midnight_on(
    model: RecentModel, make_record: RecordMaker
) -> None:
    model.load([make_record()])
    before_midnight = NOW.replace(hour=15, minute=59)
    assert model.show_time(before_midnight)
    assert model.index(0, TIME).data(NOTE_ROLE) == ""
    assert model.show_time(before_midnight + timedelta(minutes=1))
    assert model.index(0, TIME).data(NOTE_ROLE) == "03-15"
    assert not model.show_time(before_midnight + timedelta(minutes=2))


@pytest.mark.parametrize(
    ("link", "note"),
    [(Link.CORRECTED, "已更正 → 粤A·8K9Z2"), (Link.RESENT, "已重发 → 粤A·8K9Z2")],
)
def test_replaced_entry_names_its_successor(
    model: RecentModel, make_record: RecordMaker, link: Link, note: str
) -> None:
    old, new = make_record(sequence=1), make_record("粤A8K9Z2", 2)
    model.load(
        [
            replace(new, replaces=old.entry_id, link=link),
            replace(old, replaced_by=new.entry_id),
        ]
    )
    assert model.index(1, PLATE).data(NOTE_ROLE) == note
    assert model.index(1, PLATE).data() == "粤B·12345"
    assert model.index(0, PLATE).data(NOTE_ROLE) == ""


def test_replaced_entry_without_its_successor_in_the_list_says_so(
    model: RecentModel, make_record: RecordMaker
) -> None:
    model.load([replace(make_record(), replaced_by="elsewhere")])
    assert model.index(0, PLATE).data(NOTE_ROLE) == "已更正或重发"


def test_answer_of_another_gateway_is_marked(model: RecentModel, make_record: RecordMaker) -> None:
    record = make_record()
    assert record.outcome is not None
    outcome = replace(record.outcome, host="gateway.example")
    model.load([replace(record, outcome=outcome)])
    assert model.index(0, PLATE).data(NOTE_ROLE) == "其他网关"
