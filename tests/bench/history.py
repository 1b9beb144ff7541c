"""Duration of history searches in a large journal: first page and next page, 99th percentile.

    python -m tests.bench.history JOURNAL [--rounds N]      # with the archives beside it
    python -m tests.bench.history [--quick]                 # on the journal of `old_data`

The searches are those of a booth after five years: with 5,000,000 entries in 60 months each page
has to be there within `LIMIT_MS`. A search for a part of a plate may take longer, as it shows what
it has found so far; its first rows have to be there within `LIMIT_CONTAINS_MS`. Time by the clock
is judged, so the machine must be busy with nothing else; the processor time is printed beside it.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

from tests.bench.old_data import copy_of, kept_booth
from tests.bench.rows import LeftOut, Row, judge
from wxpark_gui.controllers.history import PAGE
from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.history import EVERYTHING, HistoryFilter, PlateMatch, day_of
from wxpark_gui.domain.verdict import Severity
from wxpark_gui.runtime.system import SystemClock
from wxpark_gui.storage.history import SqliteHistory

SEED = 3
ROUNDS, ROUNDS_QUICK = 100, 3
ENTRIES, MONTHS = 5_000_000, 60
ENTRIES_QUICK, MONTHS_QUICK = 20_000, 12
LISTED, LISTED_QUICK = (10_000, 300_000), (2_000, 10_000)
"""Lines of `journal list` between which the growth of its memory is measured."""
MOST_LIST_GROWTH_MB = 2.0
LIMIT_MS = 20.0
"""Longest duration of a page."""
LIMIT_CONTAINS_MS = 300.0
"""Longest time to the first rows of a search for a part of a plate."""

PROGRESSIVE = frozenset({"contains 4", "contains 3, few"})
"""Searches judged by their first rows, as they show what they have found so far."""
UNJUDGED = frozenset({"look-alikes", "contains 3, none"})
"""Searches without a goal: they show progress, and their first rows may be the last ones."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Duration of a page in ms: its first rows and the whole page by the clock, and the processor.

    `before` is where the next page begins; None after the last one.
    """

    first: float
    page: float
    processor: float
    before: int | None


def measure(*, quick: bool) -> Iterator[Row | LeftOut]:
    """Yield the rows of the booth after five years."""
    booth = kept_booth(*((ENTRIES_QUICK, MONTHS_QUICK) if quick else (ENTRIES, MONTHS)))
    yield from measure_searches(booth / "journal.sqlite3", ROUNDS_QUICK if quick else ROUNDS)
    yield measure_list(booth, LISTED_QUICK if quick else LISTED)


def measure_searches(journal: Path, rounds: int) -> Iterator[Row]:
    """Yield the rows of each search in a journal with its archives, which are only read."""
    archive = journal.parent / "archive"
    with closing(SqliteHistory(journal, archive, SystemClock())) as history:
        searches = filters(history)
    for name, make in searches.items():
        with closing(SqliteHistory(journal, archive, SystemClock())) as history:
            while history.prepare():
                pass
            pages: dict[str, list[Timing]] = {"first": [], "next": []}
            for _ in range(rounds):
                wanted, before = make(), None
                for timings in pages.values():
                    timings.append(measure_page(history, wanted, before))
                    before = timings[-1].before
                    if before is None:
                        break
        for which, timings in pages.items():
            if timings:
                yield from rows_of(name, which, timings)


def measure_list(booth: Path, marks: tuple[int, int]) -> Row | LeftOut:
    """Return the row of the memory that `wxpark journal list` takes between two of its lines."""
    first, last = marks
    name = f"journal list, growth of memory from entry {first:,} to {last:,}"
    if sys.platform != "linux":
        return LeftOut(name, "this system has no /proc")
    with tempfile.TemporaryDirectory(dir=booth.parent, prefix="list-") as folder:
        copy_of(booth, directory := Path(folder, "booth"))
        command = [sys.executable, "-m", "wxpark_gui.cli", "journal", "list", "--json"]
        with subprocess.Popen(
            [*command, "--data-dir", str(directory)], stdout=subprocess.PIPE
        ) as process:
            assert process.stdout is not None
            memory = [
                resident_mb(process.pid)
                for number, _ in enumerate(islice(process.stdout, last), 1)
                if number in marks
            ]
            process.kill()
    return Row(name, "", "MB", [memory[1] - memory[0]], most=MOST_LIST_GROWTH_MB)


def resident_mb(process_id: int) -> float:
    """Return the largest resident memory of a process so far, in MB."""
    for line in Path(f"/proc/{process_id}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("no VmHWM")


def rows_of(name: str, which: str, timings: Sequence[Timing]) -> Iterator[Row]:
    """Yield the rows of one page of a search."""
    whole = [each.page for each in timings]
    if name in PROGRESSIVE | UNJUDGED:
        first, most = [each.first for each in timings], LIMIT_CONTAINS_MS
        goal = most if name in PROGRESSIVE and which == "first" else None
        yield Row(f"{name}, first rows of the {which} page", "", "ms", first, most=goal, percent=99)
        yield Row("the same, whole page", "", "ms", whole, percent=99)
    else:
        yield Row(f"{name}, {which} page", "", "ms", whole, most=LIMIT_MS, percent=99)
    processor = [each.processor for each in timings]
    yield Row("the same, processor time", "", "ms", processor, percent=99)


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


def measure_page(history: SqliteHistory, wanted: HistoryFilter, before: int | None) -> Timing:
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


def main() -> int:
    """Print the rows; return 1 if a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("journal", type=Path, nargs="?")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    if options.journal:
        searches = measure_searches(options.journal, options.rounds)
        code = judge([*searches, measure_list(options.journal.parent, LISTED)])
    else:
        code = judge(measure(quick=options.quick))
    sys.stdout.write(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
