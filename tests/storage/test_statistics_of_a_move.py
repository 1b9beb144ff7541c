"""Statistics count each entry once while its month is being moved to an archive."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.storage.months import APRIL, MARCH, HandClock, enter
from wxpark_gui.domain.tallies import Slot
from wxpark_gui.storage import archiving
from wxpark_gui.storage.directory import prepare_directory
from wxpark_gui.storage.opening import open_journal
from wxpark_gui.storage.statistics import JournalStatistics


def test_entry_is_counted_once_at_every_step_of_a_move(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("_FEWEST_ROWS", "_MOST_ROWS"):
        monkeypatch.setattr(archiving, name, 4)
    directory, clock = prepare_directory(tmp_path), HandClock(MARCH)
    journal, _ = open_journal(directory, clock)
    try:
        for number in range(1, 31):
            enter(journal, number, clock.now())
        clock.advance_to(APRIL - timedelta(days=2))
        enter(journal, 31, clock.now())
        clock.advance_to(APRIL)
        enter(journal, 32, clock.now())
        statistics = JournalStatistics(directory.journal, directory.archive, training=False)
        counts = [count(statistics, clock.now())]
        clock.ticks += 3600.0
        give_up_at = time.monotonic() + 20
        while journal.archive_step(clock.now(), 0):
            counts.append(count(statistics, clock.now()))
            time.sleep(0.0005)
            assert time.monotonic() < give_up_at
        assert list(directory.archive.glob("2026-03.sqlite3"))
        counts.append(count(statistics, clock.now()))
    finally:
        journal.close()
    assert set(counts) == {32}
    assert len(counts) > 8, "too few steps to see the month in both files"


def count(statistics: JournalStatistics, now: datetime) -> int:
    parts = statistics.parts(MARCH.replace(day=1), now, Slot.DAY, lambda: False)
    return sum(
        sum(tally.severities.values()) for part in parts for tally in part.sums.tallies.values()
    )
