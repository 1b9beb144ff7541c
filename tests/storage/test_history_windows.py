"""Bounds of the positions that a page of the history is read from."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wxpark_gui.domain.history import HistoryFilter
from wxpark_gui.storage.history_files import HistoryFile
from wxpark_gui.storage.history_windows import newest_position
from wxpark_gui.storage.rows import moment_text

FIRST_DAY = date(2026, 3, 1)
DAYS = 31


def wanted_until(last: int, first: int | None = None) -> HistoryFilter:
    """Return a filter for the days from the `first` to the `last` of the month."""
    start = None if first is None else FIRST_DAY + timedelta(days=first)
    return HistoryFilter(first_day=start, last_day=FIRST_DAY + timedelta(days=last))


@contextmanager
def month_of(days: Mapping[int, int]) -> Iterator[HistoryFile]:
    """Yield a file whose entries were saved on these days of the month, by position."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE entries (position INTEGER PRIMARY KEY, saved_at TEXT)")
        connection.execute("CREATE INDEX entries_saved_at ON entries (saved_at)")
        noon = HistoryFilter(first_day=FIRST_DAY).since
        assert noon is not None
        connection.executemany(
            "INSERT INTO entries VALUES (?, ?)",
            [
                (position, moment_text(noon + timedelta(days=day, hours=12)))
                for position, day in days.items()
            ],
        )
        yield HistoryFile(connection, min(days), max(days), len(days), "2026-03")


@given(
    days=st.dictionaries(st.integers(1, 60), st.integers(0, DAYS - 1), min_size=1),
    last=st.integers(0, DAYS - 1),
    first=st.none() | st.integers(0, DAYS - 1),
)
def test_no_entry_within_the_days_lies_outside_of_the_bounds(
    days: Mapping[int, int], last: int, first: int | None
) -> None:
    """Neither a clock that was set back nor a gap among the positions hides an entry."""
    with month_of(days) as file:
        lower, upper = newest_position(file, wanted_until(last, first))
    within = [position for position, day in days.items() if (first or 0) <= day <= last]
    for position in within:
        assert (lower or file.first) <= position <= upper


@given(count=st.integers(1, 200), last=st.integers(0, DAYS - 1))
def test_of_a_clock_that_was_never_set_back_the_bound_is_the_last_entry_within_the_days(
    count: int, last: int
) -> None:
    days = {position: position * DAYS // (count + 1) for position in range(1, count + 1)}
    with month_of(days) as file:
        _, upper = newest_position(file, wanted_until(last))
    assert upper == max((at for at, day in days.items() if day <= last), default=0)


@pytest.mark.parametrize("last", [1, 15, 28])
def test_at_most_half_of_the_entries_are_read(last: int) -> None:
    """The cost of reading is counted in instructions of SQLite's virtual machine."""
    days = {position: position * DAYS // 3101 for position in range(1, 3101)}
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    with month_of(days) as file:
        file.connection.set_progress_handler(count, 1)
        file.connection.execute(
            "SELECT max(+position) FROM entries WHERE saved_at >= ''"
        ).fetchone()
        all_steps, steps = steps, 0
        newest_position(file, wanted_until(last))
    assert steps < 0.75 * all_steps
