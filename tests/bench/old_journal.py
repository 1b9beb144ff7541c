"""Start of the window and submit of an entry after five years, beside a young booth.

    python -m tests.bench.old_journal [--quick]

The old booth has 5,000,000 entries in 60 months, 59 of which are archived (20,000 in 12 months with
`--quick`). It is made once and kept (`tests.bench.old_data`); the measured program works on a copy.

- Start: the window is started on the old booth and on one without entries, in turns, each in a
  process of its own; the time ends when a key pressed in the plate field is painted, as in
  `tests.bench.start`.
- Submit: two booths without windows are open in this process, the old one and one with 10,000
  entries. In turns each submits an entry, which is timed until the signal that it is on disk, and
  waits until the gateway, which runs in another process, has answered it.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEventLoop, QObject, QTimer, Slot

from tests.bench.elsewhere import Figures, figures_of, hand_back
from tests.bench.far_gateway import far_gateway
from tests.bench.old_data import KEPT, copy_of, kept_booth
from tests.bench.rows import Row, judge
from tests.bench.start import PATIENCE, REAL, set_up, variables
from tests.booths import Booth, make_booth
from wxpark_gui.domain.entry import EntryDraft
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.runtime.system import SystemClock
from wxpark_gui.storage.directory import DataDirectory, prepare_directory
from wxpark_gui.storage.journal import SqliteJournal
from wxpark_gui.storage.opening import open_journal
from wxpark_gui.training.booth import TrainingVault, make_training_key

ENTRIES, MONTHS = 5_000_000, 60
ENTRIES_QUICK, MONTHS_QUICK = 20_000, 12
YOUNG, YOUNG_QUICK = 10_000, 2_000
STARTS, STARTS_QUICK = 20, 3
SUBMITS, SUBMITS_QUICK = 600, 20
LARGEST_START, LARGEST_SUBMIT = 1.05, 1.1
PATIENCE_MS = 60_000
STOP_SECONDS = 2.0


class Submitter(QObject):
    """Submits entries to a booth, one after the other."""

    def __init__(self, booth: Booth) -> None:
        super().__init__()
        self._booth = booth
        self._number = 0
        self._loop = QEventLoop()
        self._saved_at = 0.0
        booth.entries.saved.connect(self._on_saved)
        booth.entries.changed.connect(self._on_changed)
        booth.entries.recentLoaded.connect(self._loop.quit)

    def open(self) -> None:
        """Start the booth and wait until its recent entries are read."""
        self._booth.start()
        self._run()

    def submit(self) -> float:
        """Submit an entry; return the milliseconds until it was saved, once it is answered.

        Raises:
            RuntimeError: it was not saved or not answered.
        """
        self._saved_at = 0.0
        self._number += 1
        began = time.perf_counter()
        # No plate of the made entries ends like this.
        self._booth.entries.submit(EntryDraft(f"川A{self._number:04}K"))
        self._run()
        if not self._saved_at:
            raise RuntimeError("the entry was not saved")
        return 1000 * (self._saved_at - began)

    @Slot(object)
    def _on_saved(self, _: EntryRecord) -> None:
        self._saved_at = time.perf_counter()

    @Slot(object)
    def _on_changed(self, record: EntryRecord) -> None:
        if not record.state.is_open:
            self._loop.quit()

    def _run(self) -> None:
        limit = QTimer(singleShot=True, interval=PATIENCE_MS)
        limit.timeout.connect(lambda: self._loop.exit(1))
        limit.start()
        if self._loop.exec():
            raise RuntimeError("the booth does not answer")


def measure(*, quick: bool) -> Iterator[Row]:
    """Yield the rows of start and submit."""
    entries, months = (ENTRIES_QUICK, MONTHS_QUICK) if quick else (ENTRIES, MONTHS)
    young = YOUNG_QUICK if quick else YOUNG
    with tempfile.TemporaryDirectory(dir=_made(KEPT)) as name:
        directory = Path(name)
        starts = measure_starts(kept_booth(entries, months), directory, quick=quick)
        yield Row(
            f"start to painted key with {entries:,} entries",
            "with none",
            "ms",
            starts["old"],
            starts["empty"],
            LARGEST_START,
        )
        copy_of(kept_booth(entries, months), directory / "busy")
        copy_of(kept_booth(young, 1), directory / "young")
        runs = SUBMITS_QUICK if quick else SUBMITS
        submits = figures_of("old_journal", "--submits", str(runs), "--directory", name)
        yield Row(
            f"submit to saved at {entries:,} entries",
            f"at {young:,}",
            "ms",
            submits["busy"],
            submits["young"],
            LARGEST_SUBMIT,
        )
        yield Row(
            "the same, 99th percentile",
            f"at {young:,}",
            "ms",
            submits["busy"],
            submits["young"],
            LARGEST_SUBMIT,
            percent=99,
        )


def measure_starts(old: Path, directory: Path, *, quick: bool) -> Figures:
    """Start the window on a copy of `old` and on a booth without entries, in turns."""
    booths = {"old": directory / "old", "empty": directory / "empty"}
    copy_of(old, booths["old"])
    prepare_directory(booths["empty"])
    SqliteJournal(booths["empty"] / "journal.sqlite3", SystemClock()).close()
    for booth in booths.values():
        set_up(booth)
    taken = defaultdict[str, list[float]](list)
    # The first start of each reads from the disk.
    for run in range(1 + (STARTS_QUICK if quick else STARTS)):
        for name, booth in booths.items():
            milliseconds = _start(booth)
            if run:
                taken[name].append(milliseconds)
    return taken


def measure_submits(directory: Path, runs: int) -> Figures:
    """Submit entries in turns to the booths in two folders, `busy` and `young`."""
    # Kept until the end of the process.
    application = QCoreApplication([])
    key = make_training_key()
    taken = defaultdict[str, list[float]](list)
    with far_gateway(key, directory) as far:
        booths = {}
        for name in ("busy", "young"):
            data = prepare_directory(directory / name)
            booths[name] = make_booth(
                data.root,
                far.url,
                TrainingVault(key),
                open_journal=partial(_open, data),
            )
        submitters = {name: Submitter(booth) for name, booth in booths.items()}
        for submitter in submitters.values():
            submitter.open()
            submitter.submit()
        for _ in range(runs):
            for name, submitter in submitters.items():
                taken[name].append(submitter.submit())
        for booth in booths.values():
            booth.stop(STOP_SECONDS)
    del application
    return taken


def _open(data: DataDirectory) -> SqliteJournal:
    return open_journal(data, SystemClock())[0]


def _start(directory: Path) -> float:
    """Start the window, end it after its first key, and return the milliseconds until then."""
    process = subprocess.Popen(
        [sys.executable, *REAL, repr(time.perf_counter())],
        stdout=subprocess.PIPE,
        encoding="utf-8",
        env={**variables(), "WXPARK_BENCH_DIRECTORY": str(directory)},
    )
    assert process.stdout is not None
    try:
        wall, _ = json.loads(process.stdout.readline())
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)
    return float(wall)


def _made(directory: Path) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    return directory


def main() -> int:
    """Print the rows; return 1 if a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--submits", type=int, help="hand back the figures of so many")
    parser.add_argument("--directory", type=Path, help="has the two booths of the submits")
    options = parser.parse_args()
    if options.submits:
        hand_back(measure_submits(options.directory, options.submits))
        return 0
    return judge(measure(quick=options.quick))


if __name__ == "__main__":
    sys.exit(main())
