"""Cuts the power at random moments of the journal's work, and counts what was lost.

The work is recorded once, write by write. Each image is what the disk may hold when the power fails
at one moment of it; the program's own way of opening must find every entry in it that had been
reported as saved. Run by hand: `python -m tests.faults.power_cut --images 10000`.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from tests.faults.apsw_connection import connector
from tests.faults.recording import Disk, Event, RecordingVFS
from tests.faults.workplace import Clock, append, fast_disk, send
from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.storage.directory import prepare_directory
from wxpark_gui.storage.journal import SqliteJournal
from wxpark_gui.storage.opening import open_journal

RUNS = 3
ENTRIES_A_RUN = 70

_WEAKER = {"PRAGMA synchronous = 2": "PRAGMA synchronous = 1", "PRAGMA synchronous": "SELECT 2"}


@dataclass(frozen=True, slots=True)
class Promise:
    """Record of an entry reported to the program after `after` events."""

    after: int
    record: EntryRecord


@dataclass(frozen=True, slots=True)
class Recording:
    """Everything that was written, and everything that was promised on the way."""

    events: list[Event]
    promises: list[Promise]


@dataclass
class Figures:
    """Results over all images.

    Attributes:
        damaged: images the program took for damaged, or in which SQLite finds a fault.
        lost: entries that had been reported as saved and are not there as they were.
    """

    images: int = 0
    promised: int = 0
    damaged: int = 0
    lost: int = 0
    examples: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.images} images, {self.promised} promises checked:"
            f" {self.lost} lost, {self.damaged} damaged"
        )


def record_work(runs: int = RUNS, *, synchronous_normal: bool = False) -> Recording:
    """Several runs of the program: entries saved, sent, answered, put off."""
    vfs = RecordingVFS(f"recording-{time.monotonic_ns()}")
    connect = connector(vfs.name, _WEAKER if synchronous_normal else None)
    promises: list[Promise] = []
    clock = Clock()

    def promise(record: EntryRecord) -> None:
        promises.append(Promise(len(vfs.events), record))

    with tempfile.TemporaryDirectory() as root:
        for run in range(runs):
            journal = SqliteJournal(Path(root) / "journal.sqlite3", clock, connect=connect)
            for number in range(run * ENTRIES_A_RUN, (run + 1) * ENTRIES_A_RUN):
                saved = append(journal, number)
                promise(saved)
                promise(send(journal, saved, answered=number % 3 != 0))
            for waiting in journal.due(clock.now() + timedelta(hours=1), limit=5):
                promise(send(journal, waiting, answered=True))
            journal.release(clock.now())
            journal.close()
    vfs.unregister()
    return Recording(vfs.events, promises)


def cut_power(recording: Recording, images: int, seed: int = 1) -> Figures:
    """Restart the program from so many images, each at a random moment of the recording."""
    chance = random.Random(seed)
    moments = sorted(chance.randrange(len(recording.events) + 1) for _ in range(images))
    disk, happened, figures = Disk(), 0, Figures()
    with tempfile.TemporaryDirectory(dir=fast_disk()) as root:
        for number, moment in enumerate(moments):
            for event in recording.events[happened:moment]:
                disk.happen(event)
            happened = moment
            directory = Path(root) / str(number)
            directory.mkdir()
            for name, content in disk.power_cut(chance).items():
                (directory / name).write_bytes(content)
            promises = [promise for promise in recording.promises if promise.after <= moment]
            _restart(directory, promises, figures)
            shutil.rmtree(directory)
    return figures


def _restart(root: Path, promises: list[Promise], figures: Figures) -> None:
    directory = prepare_directory(root)
    figures.images += 1
    journal, salvage = open_journal(directory, Clock())
    with closing(journal):
        found = {record.entry_id: record for record in journal.recent(RUNS * ENTRIES_A_RUN)}
    with closing(sqlite3.connect(directory.journal)) as connection:
        checked = connection.execute("PRAGMA integrity_check").fetchone()[0]
    if salvage or checked != "ok":
        figures.damaged += 1
        figures.examples.append(f"{salvage} {checked}")
    for promise in promises:
        figures.promised += 1
        if not _is_kept(promise.record, found.get(promise.record.entry_id)):
            figures.lost += 1


def _is_kept(promised: EntryRecord, found: EntryRecord | None) -> bool:
    """Test if an entry is stored as promised, with the result of its last known exchange."""
    if found is None:
        return False
    same = all(
        getattr(promised, name) == getattr(found, name)
        for name in ("sequence", "entry", "origin", "saved_at")
    )
    if promised.state is DeliveryState.ANSWERED:
        same = same and (found.state, found.outcome) == (promised.state, promised.outcome)
    return same and found.attempts >= promised.attempts


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--normal", action="store_true", help="with synchronous=NORMAL: must fail")
    arguments = parser.parse_args()
    started = time.monotonic()
    recording = record_work(synchronous_normal=arguments.normal)
    figures = cut_power(recording, arguments.images, arguments.seed)
    sys.stdout.write(
        f"{figures} ({len(recording.events)} events, {time.monotonic() - started:.0f} s)\n"
    )
    for example in figures.examples[:10]:
        sys.stdout.write(f"  {example}\n")
    return int(figures.lost > 0 or figures.damaged > 0)


if __name__ == "__main__":
    sys.exit(main())
