"""Several months of entries: a clock that tests move, saving, and moving months to archives."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path

from tests.faults.workplace import ORIGIN, send
from wxpark_gui.domain.entry import CarType, ParkingEntry, Scene
from wxpark_gui.domain.plate import read_plate
from wxpark_gui.domain.record import EntryRecord, NewEntry
from wxpark_gui.storage.journal import SqliteJournal
from wxpark_gui.storage.reading import JournalReader

MARCH = datetime(2026, 3, 20, 4, 5, 6, tzinfo=timezone.utc)
APRIL = datetime(2026, 4, 10, 4, 5, 6, tzinfo=timezone.utc)
PATIENCE = 20.0


class HandClock:
    """Clock that moves only when a test moves it; its monotonic time starts at 0."""

    def __init__(self, wall: datetime = MARCH) -> None:
        self.wall = wall
        self.ticks = 0.0

    def now(self) -> datetime:
        return self.wall

    def monotonic(self) -> float:
        return self.ticks

    def advance(self, span: timedelta) -> None:
        self.wall += span
        self.ticks += span.total_seconds()

    def advance_to(self, moment: datetime) -> None:
        self.advance(moment - self.wall)


def enter(
    journal: SqliteJournal, number: int, now: datetime, *, is_answered: bool = True
) -> EntryRecord:
    """Save car `number`; then store an answer for it, unless `is_answered` is False."""
    car = ParkingEntry(
        Scene.PARKING, now.replace(microsecond=0), read_plate(f"粤B{number:05}"), CarType.SMALL
    )
    record = journal.append(NewEntry(f"{number:036}", car, ORIGIN), now)
    return send(journal, record, answered=True) if is_answered else record


def visits_of(path: Path, since: datetime, limit: int) -> Sequence[tuple[str, int]]:
    """Return the plates that a reader of the journal counts, with their number of entries."""
    with closing(JournalReader(path, HandClock())) as reader:
        return reader.visits(since, limit)


def archive_all(journal: SqliteJournal, clock: HandClock, retention_days: int = 0) -> int:
    """Run archive steps until nothing is left at the clock's time; return their number."""
    clock.ticks += 3600.0
    steps, give_up_at = 0, time.monotonic() + PATIENCE
    while journal.archive_step(clock.now(), retention_days):
        steps += 1
        time.sleep(0.0005)
        assert time.monotonic() < give_up_at
    return steps
