"""Simulates power failures at random moments of the journal's work, and counts lost entries.

The work is recorded once, write by write. Each run of the program in it ends with a month, which is
archived during the next run. An image is the content that the disk may hold if the power fails at
one moment. The program's own way of opening must find in each image every entry that had been
reported as saved before that moment. Run by hand:
`python -m tests.faults.power_cut --images 10000`.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

from tests.faults.apsw_connection import connector
from tests.faults.recording import (
    Disk,
    Event,
    RecordingVFS,
    Rename,
    Sync,
    SyncDirectory,
    is_archive,
)
from tests.faults.workplace import Clock, append, fast_disk, send
from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.errors import JournalDamagedError
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.storage import archive_writer, archiving
from wxpark_gui.storage.archives import archive_files, shared_from
from wxpark_gui.storage.directory import DataDirectory, prepare_directory
from wxpark_gui.storage.journal import SqliteJournal
from wxpark_gui.storage.opening import open_journal
from wxpark_gui.storage.rows import SELECT_RECORDS, read_record

RUNS = 3
ENTRIES_A_RUN = 70
ROWS_A_STEP = 8
MONTH = timedelta(days=31)
DAYS_OF_RUNNING = timedelta(days=3)

_WEAKER = {"PRAGMA synchronous = 2": "PRAGMA synchronous = 1", "PRAGMA synchronous": "SELECT 2"}


@dataclass(frozen=True, slots=True)
class Promise:
    """Record of an entry, as reported to the program when `after` events had been recorded."""

    after: int
    record: EntryRecord


@dataclass(frozen=True, slots=True)
class Recording:
    """All recorded writes, and all records that were reported as saved meanwhile."""

    events: list[Event]
    promises: list[Promise]


@dataclass
class Figures:
    """Results over all images.

    Attributes:
        images, promised: images examined, and records checked in them.
        damaged: images that the program treated as damaged or in which `integrity_check` fails,
            plus archives whose hash is wrong.
        lost: entries reported as saved that are missing or differ.
        doubled: entries that are in two files after all months are moved.
        moving: images taken while a month was being moved.
        named: archives that the images' journals name.
        examples: descriptions of failures.
    """

    images: int = 0
    doubled: int = 0
    moving: int = 0
    named: int = 0
    promised: int = 0
    damaged: int = 0
    lost: int = 0
    examples: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.images} images, {self.promised} promises checked:"
            f" {self.lost} lost, {self.doubled} doubled, {self.damaged} damaged;"
            f" {self.named} archives, {self.moving} images in the middle of a move"
        )


def record_work(
    runs: int = RUNS, *, synchronous_normal: bool = False, archives_synced: bool = True
) -> Recording:
    """Run the program several times, saving, sending and postponing entries, and record its writes.

    Args:
        synchronous_normal: weaken `PRAGMA synchronous` to NORMAL, to show that the test finds
            losses.
        archives_synced: if False, archives are not synced, for the same purpose.
    """
    vfs = RecordingVFS(f"recording-{time.monotonic_ns()}")
    connect = connector(vfs.name, _WEAKER if synchronous_normal else None)
    promises: list[Promise] = []
    clock = Clock()

    def promise(record: EntryRecord) -> None:
        promises.append(Promise(len(vfs.events), record))

    with (
        tempfile.TemporaryDirectory(dir=fast_disk()) as root,
        _recorded(vfs.events, archives_synced),
        _small_steps(),
    ):
        for run in range(runs):
            journal = SqliteJournal(Path(root) / "journal.sqlite3", clock, connect=connect)
            clock.jump(DAYS_OF_RUNNING)
            for left in journal.open_entries():
                promise(send(journal, left, answered=True))
            for number in range(run * ENTRIES_A_RUN, (run + 1) * ENTRIES_A_RUN):
                saved = append(journal, number, run * MONTH)
                promise(saved)
                promise(send(journal, saved, answered=number % 3 != 0))
                _archive_a_step(journal, clock)
            for waiting in journal.due(clock.now() + timedelta(hours=1), limit=5):
                promise(send(journal, waiting, answered=True))
            journal.release(clock.now())
            journal.close()
            clock.jump(MONTH - DAYS_OF_RUNNING)
    vfs.unregister()
    return Recording(vfs.events, promises)


@contextmanager
def _recorded(events: list[Event], archives_synced: bool) -> Iterator[None]:
    """Record in `events` what the program does to archive files without SQLite."""

    def sync_file(path: Path) -> None:
        if archives_synced:
            events.append(Sync(path.name))

    def replace_file(source: Path, target: Path) -> None:
        source.replace(target)
        events.append(Rename(source.name, target.name))

    with (
        patch.object(archive_writer, "sync_file", sync_file),
        patch.object(archive_writer, "replace_file", replace_file),
        patch.object(
            archive_writer,
            "sync_directory",
            lambda path: events.append(SyncDirectory("2" if path.name == "archive" else "")),
        ),
    ):
        yield


@contextmanager
def _small_steps() -> Iterator[None]:
    """Make the archiver move few rows per step, and look for the next month without waiting."""
    with (
        patch.object(archiving, "LOOK_INTERVAL", 0.0),
        patch.object(archiving, "_FEWEST_ROWS", ROWS_A_STEP),
        patch.object(archiving, "_MOST_ROWS", ROWS_A_STEP),
        patch.object(archiving, "_KEPT_PAGES", 4),
        patch.object(archiving, "_PAGES", 4),
    ):
        yield


def _archive_a_step(journal: SqliteJournal, clock: Clock) -> bool:
    """Run one archive step and wait for the thread that it may start.

    Returns:
        True if there is more to move.
    """
    goes_on = journal.archive_step(clock.now(), 0)
    if job := journal._archiver._job:
        job.thread.join()
    return goes_on


def cut_power(recording: Recording, images: int, seed: int = 1) -> Figures:
    """Open the program on `images` images, each of a random moment of the recording."""
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
            (directory / "archive").mkdir()
            for name, content in disk.power_cut(chance).items():
                folder = directory / "archive" if is_archive(name) else directory
                (folder / name).write_bytes(content)
            promises = [promise for promise in recording.promises if promise.after <= moment]
            _restart(directory, promises, figures)
            shutil.rmtree(directory)
    return figures


def _restart(root: Path, promises: list[Promise], figures: Figures) -> None:
    directory = prepare_directory(root)
    figures.images += 1
    clock = Clock()
    clock.jump(RUNS * MONTH)
    journal, salvage = open_journal(directory, clock)
    with closing(journal):
        found = {record.entry_id: record for record in journal.recent(RUNS * ENTRIES_A_RUN)}
        for _, archive in journal._archives.each():
            # A torn archive; `_examine_archives` counts it.
            with suppress(sqlite3.Error, JournalDamagedError):
                for row in archive.execute(SELECT_RECORDS).fetchall():
                    archived = read_record(row)
                    found.setdefault(archived.entry_id, archived)
        _examine_archives(directory, figures)
        clock.jump(DAYS_OF_RUNNING)
        with _small_steps():
            while _archive_a_step(journal, clock):
                pass
    figures.doubled += _count_doubled(directory)
    with closing(sqlite3.connect(directory.journal)) as connection:
        checked = connection.execute("PRAGMA integrity_check").fetchone()[0]
    if salvage or checked != "ok":
        figures.damaged += 1
        figures.examples.append(f"{salvage} {checked}")
    for promise in promises:
        figures.promised += 1
        if not _is_kept(promise.record, found.get(promise.record.entry_id)):
            figures.lost += 1


def _examine_archives(directory: DataDirectory, figures: Figures) -> None:
    """Count as damaged each archive that the journal names and whose hash is wrong."""
    with closing(sqlite3.connect(directory.journal)) as connection:
        files = archive_files(connection, directory.archive)
        figures.named += len(files)
        figures.moving += any(shared_from(connection, f) <= f.last_position for f in files)
    for file in files:
        if not archive_writer.has_its_hash(file):
            figures.damaged += 1
            figures.examples.append(f"archive {file.month}")


def _count_doubled(directory: DataDirectory) -> int:
    query = "SELECT entry_id FROM entries"
    with closing(sqlite3.connect(directory.journal)) as connection:
        stored = connection.execute(query).fetchall()
        files = archive_files(connection, directory.archive)
    for file in filter(archive_writer.has_its_hash, files):
        with closing(sqlite3.connect(file.path)) as connection:
            stored += connection.execute(query).fetchall()
    return len(stored) - len(set(stored))


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
    return int(figures.lost > 0 or figures.damaged > 0 or figures.doubled > 0)


if __name__ == "__main__":
    sys.exit(main())
