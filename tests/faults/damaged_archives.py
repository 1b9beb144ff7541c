"""Damages the archive of one month, and uses the history as the program does.

    python -m tests.faults.damaged_archives [--files 10000] [--seed 1]

The journal has two archived months and an active file. Whatever happened to the older month,
history, export and statistics find the entries of the two other files, a car is saved, and the
check in idle time keeps the damaged file unchanged under another name and restores it from its
backup, where it has one.
"""

from __future__ import annotations

import argparse
import logging
import random
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from tests.faults import damaged_files
from tests.faults.workplace import ORIGIN, Clock, append, fast_disk, send
from tests.storage.archived_month import archive_month
from wxpark_gui.domain.history import HistoryFilter
from wxpark_gui.domain.tallies import Slot
from wxpark_gui.storage.archive_check import Condition, check_archive
from wxpark_gui.storage.archive_writer import hash_of
from wxpark_gui.storage.archives import archive_files
from wxpark_gui.storage.directory import DataDirectory, prepare_directory
from wxpark_gui.storage.export_rows import ExportRows
from wxpark_gui.storage.history import SqliteHistory
from wxpark_gui.storage.journal import SqliteJournal
from wxpark_gui.storage.opening import open_journal
from wxpark_gui.storage.statistics import JournalStatistics

OLDER, NEWER = "2026-01", "2026-02"
ENTRIES_PER_FILE = 20
PAGE = 50


def swap(archive: Path, _chance: random.Random) -> None:
    """Replace the archive by that of another month."""
    shutil.copyfile(archive.with_name(f"{NEWER}.sqlite3"), archive)


DAMAGES: tuple[Callable[[Path, random.Random], None], ...] = (
    damaged_files.flip_bits,
    damaged_files.flip_bits_in_the_head,
    damaged_files.empty_pages,
    damaged_files.rename_column,
    damaged_files.cut_off,
    damaged_files.empty,
    damaged_files.remove,
    damaged_files.write_text,
    damaged_files.write_noise,
    swap,
)


@dataclass(slots=True)
class Figures:
    """Results over all damaged archives.

    Attributes:
        files: damaged archives.
        raised: archives at which an exception was raised.
        hidden: archives whose damage hid an entry of another file.
        not_kept: archives whose damaged file was not kept unchanged.
        not_restored: archives with a backup that is not back afterwards.
        restored: archives that were restored from their backup.
        examples: the first findings.
    """

    files: int = 0
    raised: int = 0
    hidden: int = 0
    not_kept: int = 0
    not_restored: int = 0
    restored: int = 0
    examples: list[str] = field(default_factory=list)

    @property
    def are_good(self) -> bool:
        return not (self.raised or self.hidden or self.not_kept or self.not_restored)

    def __str__(self) -> str:
        return (
            f"{self.files} damaged archives: {self.raised} exceptions, {self.hidden} hid entries of"
            f" other months, {self.not_kept} not kept, {self.not_restored} not restored from their"
            f" backup; {self.restored} restored"
        )


def run(files: int, seed: int) -> Figures:
    """Damage `files` copies of an archive, each in the next way of `DAMAGES`."""
    chance = random.Random(seed)
    figures = Figures()
    with tempfile.TemporaryDirectory(dir=fast_disk()) as root:
        whole = Path(root) / "whole"
        _make_months(prepare_directory(whole))
        for number in range(files):
            damage = DAMAGES[number % len(DAMAGES)]
            place = Path(root) / str(number)
            shutil.copytree(whole, place)
            directory = prepare_directory(place)
            damage(directory.archive / f"{OLDER}.sqlite3", chance)
            has_backup = number // len(DAMAGES) % 2 == 0
            try:
                _use(directory, damage.__name__, has_backup, figures)
            except Exception as error:  # noqa: BLE001 - any exception is a finding
                figures.raised += 1
                figures.examples.append(f"{damage.__name__}: {error!r}")
            figures.files += 1
            shutil.rmtree(place)
    return figures


def _make_months(directory: DataDirectory) -> None:
    with closing(SqliteJournal(directory.journal, Clock())) as journal:
        for number in range(3 * ENTRIES_PER_FILE):
            send(journal, append(journal, number), answered=True)
    backup = directory.backup / "archive"
    backup.mkdir(parents=True)
    for count, month in enumerate((OLDER, NEWER)):
        first = count * ENTRIES_PER_FILE + 1
        positions = first, first + ENTRIES_PER_FILE - 1
        made = archive_month(directory.journal, directory.archive, month, positions)
        shutil.copy(made, backup)


def _use(directory: DataDirectory, damage: str, has_backup: bool, figures: Figures) -> None:
    archive = directory.archive / f"{OLDER}.sqlite3"
    damaged = archive.read_bytes() if archive.exists() else None
    journal, salvage = open_journal(directory, Clock())
    with closing(journal):
        new = 3 * ENTRIES_PER_FILE
        send(journal, append(journal, new), answered=True)
        journal.fingerprints(1_000)
        journal.was_answered(ORIGIN.account_id)
        expected = set(range(ENTRIES_PER_FILE, new + 1))
        missing = expected - _search(directory) | expected - _export(directory)
        if salvage is not None or missing or _count(directory) < len(expected):
            figures.hidden += 1
            figures.examples.append(f"{damage}: {len(missing)} not found")
        file = archive_files(journal._connection, directory.archive)[-1]
    was_good = damaged is not None and hash_of(archive, _go_on) == file.sha256
    backup = directory.backup / "archive" if has_backup else None
    condition = check_archive(file, backup, Clock.END, _go_on)
    if was_good:
        return
    kept = list(directory.archive.glob(f"{OLDER}-damaged-*.sqlite3"))
    if damaged is not None and [file.read_bytes() for file in kept] != [damaged]:
        figures.not_kept += 1
        figures.examples.append(f"{damage}: not kept")
    if not has_backup:
        return
    if condition is Condition.RESTORED and set(range(new + 1)) <= _search(directory):
        figures.restored += 1
    else:
        figures.not_restored += 1
        figures.examples.append(f"{damage}: {condition}")


def _search(directory: DataDirectory) -> set[int]:
    """Return the numbers of all entries that the history finds, each by its id."""
    history = SqliteHistory(directory.journal, directory.archive, Clock())
    with closing(history):
        found: set[int] = set()
        before: int | None = None
        while True:
            page = history.page(HistoryFilter(), PAGE, before)
            for entry in page.entries:
                if entry.record.entry_id.isdecimal():
                    found.add(int(entry.record.entry_id))
                history.detail(entry.record.entry_id)
            before = page.before
            if before is None:
                return found


def _export(directory: DataDirectory) -> set[int]:
    """Return the numbers of all entries that an export has."""
    with closing(ExportRows(directory.journal, directory.archive)) as rows:
        ids = [row.record.entry_id for page in rows.pages() for row in page.rows]
    return {int(each) for each in ids if each.isdecimal()}


def _count(directory: DataDirectory) -> int:
    """Return the number of entries in the statistics."""
    statistics = JournalStatistics(directory.journal, directory.archive, training=False)
    since = Clock.START - timedelta(days=90)
    parts = statistics.parts(since, Clock.END, Slot.DAY, lambda: False)
    tallies = [tally for part in parts for tally in part.sums.tallies.values()]
    return sum(sum(tally.severities.values()) for tally in tallies)


def _go_on() -> None:
    """Never cancel."""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Use the history beside damaged archives.")
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    logging.disable()
    figures = run(options.files, options.seed)
    print(figures, *figures.examples[:20], sep="\n  ")  # noqa: T201 - the figures are what it is for
    return 0 if figures.are_good else 1


if __name__ == "__main__":
    sys.exit(main())
