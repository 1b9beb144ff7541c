"""Opening, saving, backups and moving a month after five years, compared with an empty journal.

    python -m tests.bench.old_booth [--directory DIRECTORY] [--entries 5000000] [--months 60]

DIRECTORY needs some gigabytes for 5,000,000 entries. `tests.bench.five_years` fills it if it is
empty. Without it a temporary folder is used.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from datetime import datetime, timedelta, timezone
from pathlib import Path
from statistics import median

from tests.bench.five_years import make_booth
from tests.faults.workplace import ORIGIN
from wxpark_gui.assembly import FINGERPRINTS_KEPT
from wxpark_gui.domain.entry import CarType, ParkingEntry, Scene
from wxpark_gui.domain.plate import read_plate
from wxpark_gui.domain.record import NewEntry
from wxpark_gui.runtime.system import SystemClock, SystemRandom
from wxpark_gui.storage import archiving
from wxpark_gui.storage.backups import Backups
from wxpark_gui.storage.directory import DataDirectory, prepare_directory
from wxpark_gui.storage.journal import SqliteJournal
from wxpark_gui.storage.opening import open_journal, read_journal

SAVES = 1000
BACKUPS = 10
PAUSE = 0.01
"""Seconds from one saved entry to the next."""
_A_MONTH = timedelta(days=40)
_RANDOM = SystemRandom()


class AheadClock(SystemClock):
    """The system's clocks, both ahead by the same time."""

    def __init__(self, ahead: timedelta) -> None:
        super().__init__()
        self.ahead = ahead

    def now(self) -> datetime:
        return super().now() + self.ahead

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead.total_seconds()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--directory", type=Path)
    parser.add_argument("--entries", type=int, default=200_000)
    parser.add_argument("--months", type=int, default=60)
    parser.add_argument("--runs", type=int, default=15)
    options = parser.parse_args()
    archiving.LOOK_INTERVAL = 0.0
    with tempfile.TemporaryDirectory() as root:
        old = prepare_directory(options.directory or Path(root) / "old")
        if not old.journal.exists():
            make_booth(old.root, options.entries, options.months, datetime.now(timezone.utc))
        empty = prepare_directory(old.root.with_name(f"{old.root.name}-empty"))
        _say(f"journal {_megabytes(old.journal)}, {len(list(old.archive.iterdir()))} archives")
        _compare_opening((empty, old), options.runs)
        _compare_saving((empty, old))
        _measure_questions(old)
        _measure_backups(old)
        _measure_move(old)
        shutil.rmtree(empty.root)
    return 0


def _compare_opening(booths: Sequence[DataDirectory], runs: int) -> None:
    taken = [[_open_once(booth) for booth in booths] for _ in range(runs)]
    for number, part in enumerate(("open", "recent", "fingerprints", "visits")):
        medians = [median(run[booth][number] for run in taken) for booth in range(len(booths))]
        _say(f"{part}: " + _pair(medians))


def _open_once(booth: DataDirectory) -> list[float]:
    """Open the journal and read from it; return the processor time of each call, in seconds.

    Processor time does not depend on other work on the computer.
    """
    opened: list[SqliteJournal] = []
    since = datetime.now(timezone.utc) - timedelta(days=90)
    times = [_cpu(lambda: opened.append(open_journal(booth, SystemClock())[0]))]
    with closing(opened[0]) as journal:
        times += [
            _cpu(lambda: journal.recent(200)),
            _cpu(lambda: journal.fingerprints(FINGERPRINTS_KEPT)),
        ]
    with closing(read_journal(booth, SystemClock())) as reader:
        times.append(_cpu(lambda: reader.visits(since, 20_000)))
    return times


def _compare_saving(booths: Sequence[DataDirectory]) -> None:
    with ExitStack() as stack:
        journals = [
            stack.enter_context(closing(open_journal(booth, SystemClock())[0])) for booth in booths
        ]
        taken = [[_save(journal, SystemClock()) for journal in journals] for _ in range(SAVES)]
    for share in (50, 99):
        quantiles = [
            sorted(run[booth] for run in taken)[SAVES * share // 100]
            for booth in range(len(booths))
        ]
        _say(f"append p{share}: " + _pair(quantiles))


def _measure_questions(booth: DataDirectory) -> None:
    journal, _ = open_journal(booth, SystemClock())
    with closing(journal):
        _say(f"get of no entry: {_ms(_timed(lambda: journal.get('x' * 36)))}")
        _say(f"was_answered of no account: {_ms(_timed(lambda: journal.was_answered('x')))}")


def _measure_backups(booth: DataDirectory) -> None:
    """Save entries while backups are made, and print the times of both beside saving alone."""
    backups = Backups(booth.backup, SystemClock())
    journal, _ = open_journal(booth, SystemClock())
    with closing(journal):
        times: dict[bool, list[float]] = {False: [], True: []}
        taken: list[float] = []
        for _ in range(BACKUPS):
            thread = threading.Thread(
                target=lambda: taken.append(_timed(lambda: backups.make(booth.journal)))
            )
            thread.start()
            while thread.is_alive():
                times[True].append(_save(journal, SystemClock()))
                time.sleep(PAUSE)
            for _ in range(len(times[True]) - len(times[False])):
                times[False].append(_save(journal, SystemClock()))
                time.sleep(PAUSE)
        newest = backups.found()[-1].path
        _say(f"backup: {_megabytes(newest)} in {_ms(median(taken))}")
        for share in (50, 99):
            alone, beside = (
                sorted(times[kind])[len(times[kind]) * share // 100] for kind in (False, True)
            )
            _say(f"append p{share}: alone {_ms(alone)}, while a backup is made {_ms(beside)}")
        began = time.perf_counter()
        changed = backups.has_changed(booth.journal)
        _say(f"next backup needed: {changed}, known after {_ms(time.perf_counter() - began)}")


def _measure_move(booth: DataDirectory) -> None:
    """Move the newest month while entries are saved between the steps."""
    clock = AheadClock(_A_MONTH)
    journal = SqliteJournal(booth.journal, clock, backups=Backups(booth.backup, clock))
    with closing(journal):
        for record in journal.open_entries():
            journal.void(record.entry_id, clock.now())
        _save(journal, clock)
        clock.ahead += timedelta(days=2)
        steps, saves, began = [], [], time.perf_counter()
        copied = 0.0
        goes_on = True
        while goes_on and (
            not copied or journal._archiver._deleting or journal._archiver._shrinking
        ):
            step = time.perf_counter()
            goes_on = journal.archive_step(clock.now(), 0)
            steps.append(time.perf_counter() - step)
            saves.append(_save(journal, clock))
            if journal._archiver._deleting is None and not copied:
                time.sleep(0.02)
            elif not copied:
                copied = time.perf_counter() - began
        steps.sort()
        saves.sort()
        _say(
            f"move: named after {copied:.1f} s, {len(steps)} steps,"
            f" p50 {_ms(median(steps))}, p99 {_ms(steps[len(steps) * 99 // 100])},"
            f" longest {_ms(steps[-1])}; saving between them p50 {_ms(median(saves))},"
            f" p99 {_ms(saves[len(saves) * 99 // 100])}, longest {_ms(saves[-1])}"
        )
    _say(f"journal after the move: {_megabytes(booth.journal)}")


def _save(journal: SqliteJournal, clock: SystemClock) -> float:
    """Save an entry and close it; return the seconds that saving took."""
    now = clock.now()
    car = ParkingEntry(
        Scene.PARKING, now.replace(microsecond=0), read_plate("粤B12345"), CarType.SMALL
    )
    new = NewEntry(_RANDOM.entry_id(), car, ORIGIN)
    taken = _timed(lambda: journal.append(new, now))
    journal.void(new.entry_id, now)
    return taken


def _cpu(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _pair(seconds: Sequence[float]) -> str:
    empty, old = seconds
    return f"empty {_ms(empty)}, old {_ms(old)}, {old / empty:.2f} times"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"


def _megabytes(path: Path) -> str:
    return f"{path.stat().st_size / 1e6:.1f} MB"


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
