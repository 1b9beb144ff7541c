"""Entries from paper in the journal: states, audit, repetitions, order of sending, age."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from tests.journals import place_journal
from tests.storage.test_waiting import (
    ANSWERED,
    HELD,
    NORMAL,
    OFFLINE,
    ORIGIN,
    REFUSED_KEY,
    TwoClocks,
)
from wxpark_gui.domain.backfill import Backfill, BackfillRepeatedError
from wxpark_gui.domain.delivery import DeliveryState, NextStep
from wxpark_gui.domain.entry import CarType, ParkingEntry, Scene
from wxpark_gui.domain.errors import EntryNotOpenError, JournalWriteError
from wxpark_gui.domain.plate import read_plate
from wxpark_gui.domain.record import EntryRecord, Link, NewEntry, SentAs
from wxpark_gui.storage.journal import SqliteJournal

HOUR = timedelta(hours=1)
WINDOW = timedelta(minutes=10)
CHECKED = Backfill(window=WINDOW)
WAITS = NextStep(DeliveryState.WAITING, 60.0)


class Paper:
    """A journal, with methods that save rows from paper."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.clock = TwoClocks()
        if not path.exists():
            place_journal(path)
        self.journal = SqliteJournal(path, self.clock, busy_timeout=0)

    def new(
        self,
        plate: str = "粤B00001",
        *,
        ago: timedelta = HOUR,
        backfill: Backfill | None = CHECKED,
        replaces: str = "",
    ) -> NewEntry:
        start = (self.clock.now() - ago).replace(microsecond=0)
        entry = ParkingEntry(Scene.PARKING, start, read_plate(plate), CarType.SMALL)
        link = Link.CORRECTED if replaces else None
        origin = replace(ORIGIN, attendant="李师傅")
        return NewEntry(str(uuid.uuid4()), entry, origin, replaces, link, backfill)

    def type(
        self,
        plate: str = "粤B00001",
        *,
        ago: timedelta = HOUR,
        backfill: Backfill = CHECKED,
        replaces: str = "",
    ) -> EntryRecord:
        new = self.new(plate, ago=ago, backfill=backfill, replaces=replaces)
        return self.journal.append(new, self.clock.now())

    def live(self, plate: str) -> EntryRecord:
        new = self.new(plate, ago=timedelta(0), backfill=None)
        return self.journal.append(new, self.clock.now())

    def due(self) -> list[str]:
        return [record.entry_id for record in self.journal.due(self.clock.now(), limit=99)]

    def audit(self) -> list[tuple[str, str]]:
        with closing(sqlite3.connect(self.path)) as connection:
            return connection.execute("SELECT what, detail FROM audit ORDER BY note").fetchall()

    def state(self, record: EntryRecord) -> DeliveryState:
        found = self.journal.get(record.entry_id)
        assert found is not None
        return found.state


@pytest.fixture
def paper(path: Path) -> Iterator[Paper]:
    made = Paper(path)
    yield made
    made.journal.close()


class TestSaving:
    def test_entry_waits_for_the_queue_and_keeps_its_real_time(self, paper: Paper) -> None:
        record = paper.type(ago=3 * HOUR)
        assert (record.state, record.backfilled) == (DeliveryState.WAITING, True)
        assert record.entry.start_time == paper.clock.now() - 3 * HOUR
        assert paper.due() == [record.entry_id]

    def test_live_entry_has_no_mark(self, paper: Paper) -> None:
        record = paper.live("粤B00001")
        assert (record.state, record.backfilled) == (DeliveryState.SAVED, False)

    def test_too_old_entry_is_closed_at_once_and_never_due(self, paper: Paper) -> None:
        record = paper.type(ago=30 * HOUR, backfill=replace(CHECKED, is_too_old=True))
        assert (record.state, record.was_withheld) == (DeliveryState.EXPIRED, True)
        assert record.hours_late == 30
        set_back = replace(record, saved_at=record.entry.start_time - HOUR)
        assert set_back.hours_late == 0
        assert paper.due() == []
        assert paper.journal.release(paper.clock.now()) == 0
        assert paper.journal.backlog().count == 0
        with pytest.raises(EntryNotOpenError):
            paper.journal.start_attempt(record.entry_id, paper.clock.now(), SentAs())

    def test_too_old_entry_is_closed_in_a_held_account_too(self, paper: Paper) -> None:
        held = paper.type("粤B00009")
        paper.journal.finish_attempt(held.entry_id, REFUSED_KEY, HELD, paper.clock.now())
        assert paper.type("粤B00008").next_attempt_at is None
        old = paper.type("粤B00007", backfill=replace(CHECKED, is_too_old=True))
        assert old.state is DeliveryState.EXPIRED

    def test_audit_tells_who_typed_which_row(self, paper: Paper) -> None:
        record = paper.type(backfill=replace(CHECKED, number="12-05"))
        assert ("backfilled", f"{record.entry_id} 12-05 李师傅") in paper.audit()

    def test_refused_write_leaves_neither_entry_nor_audit(self, paper: Paper) -> None:
        paper.type(backfill=replace(CHECKED, number="12-04"))
        before = paper.audit()
        with closing(sqlite3.connect(paper.path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(JournalWriteError):
                paper.type("粤B00002", backfill=replace(CHECKED, number="12-05"))
        assert paper.audit() == before
        assert len(paper.journal.recent(9)) == 1
        assert paper.type("粤B00002", backfill=replace(CHECKED, number="12-05")).backfilled

    def test_restart_keeps_time_and_mark(self, paper: Paper) -> None:
        record = paper.type(ago=5 * HOUR)
        paper.journal.close()
        paper.journal = SqliteJournal(paper.path, paper.clock, busy_timeout=0)
        assert paper.journal.get(record.entry_id) == record


DIE_AFTER_A_ROW = """
import os, sys
from datetime import datetime, timedelta, timezone
from pathlib import Path
from wxpark_gui.domain.backfill import Backfill
from wxpark_gui.domain.entry import ParkingEntry, Scene
from wxpark_gui.domain.plate import read_plate
from wxpark_gui.domain.record import NewEntry, Origin
from wxpark_gui.storage.journal import SqliteJournal

class Clock:
    def now(self):
        return datetime(2026, 3, 1, 4, tzinfo=timezone.utc)
    def monotonic(self):
        return 0.0

journal = SqliteJournal(Path(sys.argv[1]), Clock())
now = Clock().now()
for row in (1, 2, 3):
    entry = ParkingEntry(Scene.PARKING, now - timedelta(hours=row), read_plate(f"粤B0000{row}"))
    backfill = Backfill(f"12-0{row}", False, timedelta(minutes=10))
    origin = Origin("1-2", "1", "2", sys.argv[2], "booth")
    journal.append(NewEntry(f"{row:036}", entry, origin, backfill=backfill), now)
os.abort() if sys.platform == "win32" else os.kill(os.getpid(), 9)
"""


def test_rows_shown_as_saved_survive_a_kill_and_are_known_when_typed_again(path: Path) -> None:
    subprocess.run([sys.executable, "-c", DIE_AFTER_A_ROW, path, ORIGIN.lot], check=False)
    paper = Paper(path)
    with closing(paper.journal):
        found = paper.journal.open_entries()
        assert [(record.state, record.backfilled) for record in found] == [
            (DeliveryState.WAITING, True)
        ] * 3
        with pytest.raises(BackfillRepeatedError) as refused:
            paper.type("粤B00001", ago=HOUR, backfill=replace(CHECKED, number="12-01"))
        assert refused.value.number == "12-01"
        assert refused.value.entered_at == datetime(2026, 3, 1, 3, tzinfo=timezone.utc)


class TestRepetitions:
    @pytest.mark.parametrize(
        ("ago", "repeated"),
        [(HOUR - WINDOW + timedelta(seconds=1), True), (HOUR - WINDOW, False),
         (HOUR + WINDOW - timedelta(seconds=1), True), (HOUR + WINDOW, False)],
    )  # fmt: skip
    def test_plate_is_looked_for_before_and_after(
        self, paper: Paper, ago: timedelta, repeated: bool
    ) -> None:
        paper.type()
        if not repeated:
            assert paper.type(ago=ago).backfilled
            return
        with pytest.raises(BackfillRepeatedError) as refused:
            paper.type(ago=ago)
        assert refused.value.entered_at == paper.clock.now() - HOUR
        assert len(paper.journal.recent(9)) == 1

    def test_live_entry_counts_too(self, paper: Paper) -> None:
        paper.live("粤B00001")
        with pytest.raises(BackfillRepeatedError):
            paper.type(ago=timedelta(minutes=5))

    def test_plate_in_another_car_park_does_not_count(self, paper: Paper) -> None:
        paper.type("粤B00001")
        new = paper.new("粤B00001")
        there = replace(new, origin=replace(new.origin, lot="东门停车场"))
        assert paper.journal.append(there, paper.clock.now()).origin.lot == "东门停车场"

    def test_confirmed_row_is_saved(self, paper: Paper) -> None:
        first = paper.type(backfill=replace(CHECKED, number="12-05"))
        second = paper.type(backfill=Backfill("12-05"))
        assert second.position > first.position

    def test_number_is_refused_for_another_plate(self, paper: Paper) -> None:
        paper.type(backfill=replace(CHECKED, number="12-05"))
        with pytest.raises(BackfillRepeatedError) as refused:
            paper.type("粤B00002", ago=9 * HOUR, backfill=replace(CHECKED, number="12-05"))
        assert (refused.value.number, refused.value.entered_at) == ("12-05", None)

    def test_number_that_begins_alike_is_another_one(self, paper: Paper) -> None:
        paper.type(backfill=replace(CHECKED, number="12-05"))
        assert paper.type("粤B00002", backfill=replace(CHECKED, number="2-05")).backfilled
        assert paper.type("粤B00003", backfill=replace(CHECKED, number="112-05")).backfilled

    def test_voided_row_frees_number_and_plate(self, paper: Paper) -> None:
        row = replace(CHECKED, number="12-05")
        record = paper.type(backfill=row)
        paper.journal.void(record.entry_id, paper.clock.now(), reason="补录有误", by="李师傅")
        assert paper.type(backfill=row).backfilled

    def test_corrected_row_keeps_its_number(self, paper: Paper) -> None:
        row = replace(CHECKED, number="12-05")
        wrong = paper.type(backfill=row)
        right = paper.type("粤B00002", backfill=row, replaces=wrong.entry_id)
        assert paper.state(wrong) is DeliveryState.VOIDED
        with pytest.raises(BackfillRepeatedError):
            paper.type("粤B00003", backfill=row)
        paper.journal.void(right.entry_id, paper.clock.now(), reason="补录有误")
        assert paper.type("粤B00003", backfill=row).backfilled


class TestOrder:
    def test_live_entries_are_due_first(self, paper: Paper) -> None:
        rows = [paper.type(f"粤B0000{number}") for number in (1, 2)]
        live = paper.live("粤B00009")
        paper.journal.start_attempt(live.entry_id, paper.clock.now(), SentAs())
        paper.journal.finish_attempt(live.entry_id, OFFLINE, WAITS, paper.clock.now())
        paper.clock.advance(timedelta(minutes=2))
        assert paper.due() == [live.entry_id, *(row.entry_id for row in rows)]

    def test_live_entry_does_not_wait_for_a_row_of_its_plate(self, paper: Paper) -> None:
        paper.type("粤B00001")
        assert paper.live("粤B00001").state is DeliveryState.SAVED

    def test_row_waits_for_an_open_live_entry_of_its_plate(self, paper: Paper) -> None:
        live = paper.live("粤B00001")
        row = paper.type("粤B00001", ago=2 * HOUR)
        assert row.entry_id not in paper.due()
        paper.journal.finish_attempt(live.entry_id, NORMAL, ANSWERED, paper.clock.now())
        assert paper.due() == [row.entry_id]

    def test_rows_of_one_plate_are_sent_in_their_order(self, paper: Paper) -> None:
        first, second = paper.type("粤B00001"), paper.type("粤B00001", ago=3 * HOUR)
        assert paper.due() == [first.entry_id]
        paper.journal.finish_attempt(first.entry_id, NORMAL, ANSWERED, paper.clock.now())
        assert paper.due() == [second.entry_id]


class TestAge:
    LIMIT = 24 * HOUR

    def expire(self, paper: Paper) -> list[str]:
        now = paper.clock.now()
        limit = now - self.LIMIT
        found = paper.journal.expire(now - 99 * self.LIMIT, now, entered_before=limit)
        return [record.entry_id for record in found]

    def test_row_that_waits_grows_too_old(self, paper: Paper) -> None:
        row, live = paper.type(ago=20 * HOUR), paper.live("粤B00009")
        paper.journal.finish_attempt(live.entry_id, OFFLINE, WAITS, paper.clock.now())
        paper.clock.advance(3 * HOUR)
        assert self.expire(paper) == []
        paper.clock.advance(HOUR)
        assert self.expire(paper) == [row.entry_id]
        assert paper.state(live) is DeliveryState.WAITING

    def test_wall_clock_that_jumps_ahead_expires_nothing(self, paper: Paper) -> None:
        paper.type(ago=HOUR)
        paper.clock.wall += 40 * self.LIMIT
        assert self.expire(paper) == []

    def test_without_a_limit_nothing_expires_by_its_age(self, paper: Paper) -> None:
        paper.type(ago=20 * HOUR)
        paper.clock.advance(9 * HOUR)
        now = paper.clock.now()
        assert list(paper.journal.expire(now - self.LIMIT, now)) == []

    def test_time_written_on_paper_is_not_corrected_with_the_clock(self, paper: Paper) -> None:
        paper.clock.wall = datetime(2025, 12, 31, 12, tzinfo=timezone.utc)
        row = paper.type(ago=2 * HOUR)
        paper.clock.wall = datetime(2026, 3, 1, 4, tzinfo=timezone.utc)
        paper.due()
        found = paper.journal.get(row.entry_id)
        assert found is not None
        assert found.entry.start_time == row.entry.start_time


class TestSheets:
    def test_numbers_go_on_and_are_in_the_audit(self, paper: Paper) -> None:
        now = paper.clock.now()
        assert paper.journal.take_sheets(2, "李师傅", now) == 1
        assert paper.journal.take_sheets(1, "", now) == 3
        assert [detail for what, detail in paper.audit() if what == "sheets_printed"] == [
            "sheets 0001 0002 李师傅", "sheets 0003 0003",
        ]  # fmt: skip

    def test_numbers_begin_again_after_the_largest(self, paper: Paper) -> None:
        now = paper.clock.now()
        with closing(sqlite3.connect(paper.path)) as other, other:
            other.execute(
                "INSERT INTO audit (run, at, what, detail)"
                " VALUES (1, '', 'sheets_printed', 'sheets 9999 9999')"
            )
        assert [paper.journal.take_sheets(5, "", now) for _ in range(3)] == [1, 6, 11]
