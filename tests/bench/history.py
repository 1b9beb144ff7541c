"""Duration of history searches in a large journal: first rows and whole page, 99th percentile.

python -m tests.bench.history JOURNAL [--rounds N]      # with the archives beside it
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

from wxpark_gui.controllers.history import PAGE
from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.history import EVERYTHING, HistoryFilter, PlateMatch, day_of
from wxpark_gui.domain.verdict import Severity
from wxpark_gui.runtime.system import SystemClock
from wxpark_gui.storage.history import SqliteHistory

SEED = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("journal", type=Path)
    parser.add_argument("--rounds", type=int, default=100)
    options = parser.parse_args()
    archive = options.journal.parent / "archive"
    with closing(SqliteHistory(options.journal, archive, SystemClock())) as history:
        for name, make in filters(history).items():
            first, whole = zip(
                *(measure(history, make()) for _ in range(options.rounds)), strict=True
            )
            line = f"{name:24} first rows {p99(first):7.1f} ms   page {p99(whole):7.1f} ms (p99)"
            sys.stdout.write(f"{line}\n")


def filters(history: SqliteHistory) -> dict[str, Callable[[], HistoryFilter]]:
    """Return the searches to measure, by name; each call of one makes another filter."""
    chance = random.Random(SEED)
    newest = history.page(EVERYTHING, 1).entries[0].record
    arrears = frozenset({Severity.ARREARS})
    refused = frozenset({DeliveryState.REFUSED})

    def plate() -> str:
        while True:
            at = chance.randrange(1, newest.position)
            found = history.entries_at([at])
            if found and found[0].record.entry.plate:
                return found[0].record.entry.plate.text

    def days(count: int, **values: frozenset[Severity] | frozenset[DeliveryState]) -> HistoryFilter:
        last: date = day_of(newest.saved_at) - timedelta(days=chance.randrange(300))
        first = last - timedelta(days=count - 1)
        return HistoryFilter(first_day=first, last_day=last, **values)  # type: ignore[arg-type]

    return {
        "every entry": lambda: EVERYTHING,
        "exact plate": lambda: HistoryFilter(plate(), PlateMatch.EXACT),
        "look-alikes": lambda: HistoryFilter(plate(), PlateMatch.LOOKALIKE),
        "prefix of 5": lambda: HistoryFilter(plate()[:5], PlateMatch.PREFIX),
        "prefix of 2": lambda: HistoryFilter(plate()[:2], PlateMatch.PREFIX),
        "day": lambda: days(1),
        "day, arrears": lambda: days(1, severities=arrears),
        "30 days, arrears": lambda: days(30, severities=arrears),
        "30 days, refused": lambda: days(30, states=refused),
        "contains 4": lambda: HistoryFilter(plate()[3:]),
        "contains, none": lambda: HistoryFilter("QQQ"),
    }


def measure(history: SqliteHistory, wanted: HistoryFilter) -> tuple[float, float]:
    """Return the milliseconds to the first rows, and to a full page or the end of the search."""
    began_at, before, missing, first = time.perf_counter(), None, PAGE, None
    while missing:
        page = history.page(wanted, missing, before)
        missing -= len(page.entries)
        before = page.before
        if first is None and (page.entries or before is None):
            first = time.perf_counter() - began_at
        if before is None:
            break
    return (first or 0.0) * 1e3, (time.perf_counter() - began_at) * 1e3


def p99(figures: tuple[float, ...]) -> float:
    return sorted(figures)[int(len(figures) * 0.99) - 1]


if __name__ == "__main__":
    main()
