"""Damages saved backups, and restores each as the program does.

    python -m tests.faults.damaged_backups [--files 10000] [--seed 1]

Half of them are files saved by the attendant, half are automatic ones. Each is refused in words, or
restored; then every entry of the present journal is still there, and so is every entry of the
backup. A refused one changes nothing in the data directory.
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
from pathlib import Path

from tests.faults import damaged_files
from tests.faults.workplace import ORIGIN, Clock, append, fast_disk, send
from tests.settings import settings_of
from wxpark_gui.domain.errors import ReadableError
from wxpark_gui.domain.merchant import MerchantProfile
from wxpark_gui.storage.backup_store import BackupStore
from wxpark_gui.storage.backups import Backups
from wxpark_gui.storage.directory import DataDirectory, prepare_directory
from wxpark_gui.storage.opening import open_journal
from wxpark_gui.storage.restoring import finish_restore, finish_settings
from wxpark_gui.storage.settings import TomlSettings

SETTINGS = settings_of(MerchantProfile("wx0123456789", "1900000001", "1900000002", ORIGIN.lot))
IN_THE_BACKUP, AFTER_IT = range(30), range(30, 40)


def leave_whole(_backup: Path, _chance: random.Random) -> None:
    """Change nothing: this one must be restored."""


DAMAGES: tuple[Callable[[Path, random.Random], None], ...] = (
    leave_whole,
    damaged_files.flip_bits,
    damaged_files.flip_bits_in_the_head,
    damaged_files.cut_off,
    damaged_files.empty,
    damaged_files.write_text,
    damaged_files.write_noise,
)


@dataclass(slots=True)
class Figures:
    """Results over all damaged backups.

    Attributes:
        refused, restored: backups refused in words, and backups restored.
        raised: backups at which another exception was raised.
        lost: backups after which an entry of the journal or of the restored backup was missing, or
            which were whole and refused.
        touched: refused backups after which the data directory had other files.
        examples: the first findings.
    """

    refused: int = 0
    restored: int = 0
    raised: int = 0
    lost: int = 0
    touched: int = 0
    examples: list[str] = field(default_factory=list)

    @property
    def are_good(self) -> bool:
        return not (self.raised or self.lost or self.touched)

    def __str__(self) -> str:
        return (
            f"{self.refused + self.restored + self.raised} damaged backups: {self.refused} refused"
            f" in words, {self.restored} restored, {self.raised} other exceptions, {self.lost} lost"
            f" an entry, {self.touched} changed something although refused"
        )


class Booth:
    """One data directory with its settings and backups."""

    def __init__(self, directory: DataDirectory) -> None:
        self.directory = directory
        self.clock = Clock()
        self.settings = TomlSettings(directory.settings)
        self.store = BackupStore(directory, self.clock, lambda: self.settings, training=False)

    def enter(self, numbers: range) -> None:
        with closing(open_journal(self.directory, self.clock)[0]) as journal:
            for number in numbers:
                send(journal, append(journal, number), answered=True)

    def entries(self) -> set[int]:
        with closing(open_journal(self.directory, self.clock)[0]) as journal:
            return {int(record.entry_id) for record in journal.recent(1_000)}

    def restore(self, backup: Path) -> None:
        """Restore a backup, as the window and the next start do.

        Raises:
            ReadableError: it is refused.
        """
        self.store.prepare(backup, lambda: False)
        self.store.commit(with_settings=True)
        finish_settings(self.directory, self.settings, self.clock.now())
        finish_restore(self.directory, self.clock)

    def files(self) -> dict[str, bytes]:
        """Return the files and their content, without those that SQLite makes for a reader."""
        root = self.directory.root
        return {
            str(path.relative_to(root)): path.read_bytes()
            for path in root.rglob("*")
            if path.is_file() and not path.name.endswith(("-wal", "-shm"))
        }


def run(files: int, seed: int) -> Figures:
    """Damage `files` copies of two backups, each in the next way of `DAMAGES`."""
    chance = random.Random(seed)
    figures = Figures()
    with tempfile.TemporaryDirectory(dir=fast_disk()) as root:
        whole = Path(root) / "whole"
        backups = _make_backups(whole, Path(root))
        for number in range(files):
            damage = DAMAGES[number // len(backups) % len(DAMAGES)]
            place = Path(root) / str(number)
            shutil.copytree(whole, place)
            source = backups[number % len(backups)]
            backup = place.with_name(f"{number}-{source.name}")
            shutil.copy(source, backup)
            damage(backup, chance)
            _restore(Booth(prepare_directory(place)), backup, damage.__name__, figures)
            shutil.rmtree(place)
            backup.unlink()
    return figures


def _make_backups(place: Path, folder: Path) -> Sequence[Path]:
    """Make a booth whose journal goes on after both kinds of backup."""
    booth = Booth(prepare_directory(place))
    booth.settings.save(SETTINGS)
    booth.enter(IN_THE_BACKUP)
    saved = folder / "saved.zip"
    booth.store.save(saved, overwrite=False, report=lambda _: None, is_cancelled=lambda: False)
    automatic = Backups(booth.directory.backup, booth.clock).make(booth.directory.journal)
    kept = folder / automatic.name
    shutil.copy(automatic, kept)
    booth.enter(AFTER_IT)
    return saved, kept


def _restore(booth: Booth, backup: Path, damage: str, figures: Figures) -> None:
    before = booth.files()
    try:
        booth.restore(backup)
    except ReadableError as error:
        if damage == leave_whole.__name__:
            figures.lost += 1
            figures.examples.append(f"{damage}, {backup.suffix}: {error!r}")
        figures.refused += 1
        booth.store.discard()
        if booth.files() != before:
            figures.touched += 1
            figures.examples.append(f"{damage}, {backup.suffix}: changed something")
        return
    except Exception as error:  # noqa: BLE001 - any other exception is a finding
        figures.raised += 1
        figures.examples.append(f"{damage}, {backup.suffix}: {error!r}")
        return
    figures.restored += 1
    if not {*IN_THE_BACKUP, *AFTER_IT} <= booth.entries():
        figures.lost += 1
        figures.examples.append(f"{damage}, {backup.suffix}: lost an entry")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Restore damaged backups.")
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    logging.disable()
    figures = run(options.files, options.seed)
    print(figures, *figures.examples[:20], sep="\n  ")  # noqa: T201 - the figures are what it is for
    return 0 if figures.are_good else 1


if __name__ == "__main__":
    sys.exit(main())
