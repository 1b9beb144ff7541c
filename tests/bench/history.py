"""Duration of history searches in a large journal: first page and next page, 99th percentile.

python -m tests.bench.history JOURNAL [--rounds N]      # with the archives beside it

Ends with 1 if a search that has a limit exceeds it in processor time. Time by the clock is printed
beside it, with the system's load, as it contains the waits for other programs.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from wxpark_gui.controllers.history import PAGE
from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.history import EVERYTHING, HistoryFilter, PlateMatch, day_of
from wxpark_gui.domain.verdict import Severity
from wxpark_gui.runtime.system import SystemClock
from wxpark_gui.storage.history import SqliteHistory

SEED = 3
LIMIT_MS = 20.0
"""Longest duration of a page, except of searches for a part of a plate."""

PROGRESSIVE = frozenset({"look-alikes", "contains 4", "contains 3, few", "contains 3, none"})
"""Searches without a limit for the whole page, because they show what they have found so far."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Duration of a page in ms: its first rows and the whole page by the clock, and the processor.

    `before` is where the next page begins; None after the last one.
    """

    first: float
    page: float
    processor: float
    before: int | None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("journal", type=Path)
    parser.add_argument("--rounds", type=int, default=100)
    options = parser.parse_args()
    archive = options.journal.parent / "archive"
    failed = False
    with closing(SqliteHistory(options.journal, archive, SystemClock())) as history:
        searches = filters(history)
    for name, make in searches.items():
        with closing(SqliteHistory(options.journal, archive, SystemClock())) as history:
            began_at = time.process_time()
            while history.prepare():
                pass
            prepared = (time.process_time() - began_at) * 1e3
            pages: dict[str, list[Timing]] = {"first": [], "next": []}
            for _ in range(options.rounds):
                wanted, before = make(), None
                for timings in pages.values():
                    timings.append(measure(history, wanted, before))
                    before = timings[-1].before
                    if before is None:
                        break
        for which, timings in pages.items():
            if timings:
                write_line(f"{name}, {which} page", timings)
                worst = p99([each.processor for each in timings])
                failed |= name not in PROGRESSIVE and worst > LIMIT_MS
    sys.stdout.write(f"opening the archives: {prepared:.0f} ms, in steps, before the search\n")
    sys.stdout.write(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors\n")
    return int(failed)


def write_line(name: str, timings: list[Timing]) -> None:
    processor = [each.processor for each in timings]
    sys.stdout.write(
        f"{name:30} p99: first rows {p99([each.first for each in timings]):6.1f} ms,"
        f" page {p99([each.page for each in timings]):6.1f} ms,"
        f" processor {p99(processor):6.1f} ms (least {min(processor):5.1f} ms)\n"
    )


def filters(history: SqliteHistory) -> dict[str, Callable[[], HistoryFilter]]:
    """Return the searches to measure, by name; each call of one makes another filter."""
    chance = random.Random(SEED)
    newest = history.page(EVERYTHING, 1).entries[0].record
    arrears = frozenset({Severity.ARREARS})
    refused = frozenset({DeliveryState.REFUSED})
    positions = [chance.randrange(1, newest.position) for _ in range(1000)]
    plates = [
        each.record.entry.plate.text
        for each in history.entries_at(positions)
        if each.record.entry.plate
    ]

    def plate() -> str:
        return chance.choice(plates)

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
        "365 days, arrears": lambda: days(365, severities=arrears),
        "contains 4": lambda: HistoryFilter(plate()[3:]),
        # Three given characters occur in about one of 13,000 plates, and I in none.
        "contains 3, few": lambda: HistoryFilter("QQQ"),
        "contains 3, none": lambda: HistoryFilter("III"),
    }


def measure(history: SqliteHistory, wanted: HistoryFilter, before: int | None) -> Timing:
    """Read a page, or what is left of the search."""
    began_at, worked_from = time.perf_counter(), time.thread_time()
    missing, first = PAGE, None
    while missing:
        page = history.page(wanted, missing, before)
        missing -= len(page.entries)
        before = page.before
        if first is None and (page.entries or before is None):
            first = time.perf_counter() - began_at
        if before is None:
            break
    whole, worked = time.perf_counter() - began_at, time.thread_time() - worked_from
    return Timing((first or whole) * 1e3, whole * 1e3, worked * 1e3, before)


def p99(figures: list[float]) -> float:
    return sorted(figures)[max(0, int(len(figures) * 0.99) - 1)]


if __name__ == "__main__":
    sys.exit(main())
