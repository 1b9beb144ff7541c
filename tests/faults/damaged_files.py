"""Damages journals in every way that a disk or a person can, and opens each as the program does.

Run by hand: `python -m tests.faults.damaged_files --files 1000`.
"""

from __future__ import annotations

import argparse
import logging
import random
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.workplace import Clock, append, fast_disk, send
from wxpark_gui.domain.errors import ReadableError
from wxpark_gui.storage.backups import Backups
from wxpark_gui.storage.directory import DataDirectory, prepare_directory
from wxpark_gui.storage.journal import SqliteJournal
from wxpark_gui.storage.opening import open_journal

ENTRIES = 60
IN_THE_BACKUP = 40

_PAGE = 4096


@dataclass
class Figures:
    """Results over all damaged journals.

    Attributes:
        files: damaged journals.
        harmless: journals that opened without a salvage; the damage was in unused space or in one
            value.
        salvaged: journals that had to be salvaged.
        entries, possible: entries found again, and entries that the journals held before.
        failed: journals with which the program did not start, or could not work after its start.
        not_kept: salvaged journals whose damaged file was not kept unchanged.
        examples: descriptions of failures.
    """

    files: int = 0
    harmless: int = 0
    salvaged: int = 0
    entries: int = 0
    possible: int = 0
    failed: int = 0
    not_kept: int = 0
    examples: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        share = self.entries / self.possible if self.possible else 0.0
        return (
            f"{self.files} damaged journals: {self.failed} not started, {self.not_kept} not kept,"
            f" {self.harmless} harmless, {self.salvaged} salvaged;"
            f" {share:.1%} of all entries found again"
        )


def flip_bits(journal: Path, chance: random.Random) -> None:
    content = bytearray(journal.read_bytes())
    for _ in range(chance.choice((1, 8, 64))):
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    journal.write_bytes(content)


def flip_bits_in_the_head(journal: Path, chance: random.Random) -> None:
    content = bytearray(journal.read_bytes())
    for _ in range(chance.choice((1, 2, 8))):
        content[chance.randrange(200)] ^= 1 << chance.randrange(8)
    journal.write_bytes(content)


def empty_pages(journal: Path, chance: random.Random) -> None:
    content = bytearray(journal.read_bytes())
    for _ in range(chance.choice((1, 2, 5))):
        start = chance.randrange(len(content) // _PAGE) * _PAGE
        content[start : start + _PAGE] = bytes(_PAGE)
    journal.write_bytes(content)


def rename_column(journal: Path, chance: random.Random) -> None:
    """Change a letter of a column's name in the schema, which SQLite's own check accepts."""
    name = chance.choice((b"training", b"openid", b"free_time", b"saved_at", b"user_state"))
    changed = name[:-1] + bytes([name[-1] ^ chance.choice((1, 2, 128))])
    journal.write_bytes(journal.read_bytes().replace(name, changed))


def cut_off(journal: Path, chance: random.Random) -> None:
    content = journal.read_bytes()
    journal.write_bytes(content[: chance.randrange(len(content))])


def empty(journal: Path, chance: random.Random) -> None:
    journal.write_bytes(b"")


def remove(journal: Path, chance: random.Random) -> None:
    journal.unlink()


def write_text(journal: Path, chance: random.Random) -> None:
    journal.write_text("这不是数据库\n" * chance.randrange(1, 2000), encoding="utf-8")


def write_noise(journal: Path, chance: random.Random) -> None:
    journal.write_bytes(chance.randbytes(chance.randrange(1, 100_000)))


def damage_log(journal: Path, chance: random.Random) -> None:
    flip_bits(_log_of(journal), chance)


def cut_off_log(journal: Path, chance: random.Random) -> None:
    cut_off(_log_of(journal), chance)


def give_log_of_another(journal: Path, chance: random.Random) -> None:
    """Replace the write-ahead log by one of another program's database, with valid checksums."""
    with tempfile.TemporaryDirectory() as root:
        other = Path(root) / "other.sqlite3"
        with closing(sqlite3.connect(other, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode = wal")
            connection.execute("CREATE TABLE cars (plate)")
            for _ in range(chance.randrange(1, 200)):
                connection.execute("INSERT INTO cars VALUES (?)", (chance.randbytes(500),))
            shutil.copy(_log_of(other), _log_of(journal))


def _log_of(journal: Path) -> Path:
    return journal.with_name(f"{journal.name}-wal")


DAMAGES: tuple[Callable[[Path, random.Random], None], ...] = (
    flip_bits,
    flip_bits_in_the_head,
    empty_pages,
    rename_column,
    cut_off,
    empty,
    remove,
    write_text,
    write_noise,
    damage_log,
    cut_off_log,
    give_log_of_another,
)


def damage_and_open(files: int, seed: int = 1) -> Figures:
    """Damage `files` copies of a journal, each in the next way of `DAMAGES`, and open each."""
    chance = random.Random(seed)
    figures = Figures()
    with tempfile.TemporaryDirectory(dir=fast_disk()) as root:
        whole = Path(root) / "whole"
        _make_journal(prepare_directory(whole))
        for number in range(files):
            damage = DAMAGES[number % len(DAMAGES)]
            with_backup = number // len(DAMAGES) % 3 != 0
            place = Path(root) / str(number)
            shutil.copytree(whole, place)
            directory = prepare_directory(place)
            if not with_backup:
                shutil.rmtree(directory.backup)
                directory.backup.mkdir()
            damage(directory.journal, chance)
            _open(directory, damage.__name__, figures)
            shutil.rmtree(place)
    return figures


def _open(directory: DataDirectory, damage: str, figures: Figures) -> None:
    figures.files += 1
    path = directory.journal
    before = path.read_bytes() if path.exists() else None
    try:
        journal, salvage = open_journal(directory, Clock())
        with closing(journal):
            found = journal.recent(10_000)
            journal.backlog()
            send(journal, append(journal, 9_999), answered=True)
            # What is tried in its turn must not stumble over the damage either.
            for record in journal.due(Clock.END, limit=5):
                send(journal, record, answered=True)
    except (ReadableError, LookupError) as error:
        figures.failed += 1
        figures.examples.append(f"{damage}: {error}")
        return
    figures.entries += len(found)
    figures.possible += ENTRIES
    if salvage is None:
        figures.harmless += 1
        return
    figures.salvaged += 1
    kept = directory.root / salvage.kept_as
    if before is not None and (not kept.is_file() or kept.read_bytes() != before):
        figures.not_kept += 1
        figures.examples.append(f"{damage}: {salvage}")


def _make_journal(directory: DataDirectory) -> None:
    """Make a journal with a backup, and with a write-ahead log as a crash leaves it."""
    clock = Clock()
    journal = SqliteJournal(directory.journal, clock)
    with closing(journal):
        for number in range(ENTRIES):
            if number == IN_THE_BACKUP:
                Backups(directory.backup, clock).make(directory.journal)
            record = append(journal, number)
            if number % 2:
                send(journal, record, answered=number % 4 == 1)
            if number == ENTRIES // 2:
                journal._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        aside = directory.root / "aside"
        aside.mkdir()
        for ending in ("", "-wal"):
            shutil.copy(f"{directory.journal}{ending}", aside)
    for file in aside.iterdir():
        shutil.copy(file, directory.root)
    shutil.rmtree(aside)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    logging.disable()
    started = time.monotonic()
    figures = damage_and_open(arguments.files, arguments.seed)
    sys.stdout.write(f"{figures} ({time.monotonic() - started:.0f} s)\n")
    for example in figures.examples[:20]:
        sys.stdout.write(f"  {example}\n")
    return int(figures.failed > 0 or figures.not_kept > 0)


if __name__ == "__main__":
    sys.exit(main())
