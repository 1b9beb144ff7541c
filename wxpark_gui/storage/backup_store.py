"""The backups of a data directory: lists and saves them, and prepares restoring one."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from wxpark_gui.domain.backup import AutomaticBackup, RestorePreview
from wxpark_gui.domain.backup_errors import BackupCancelledError
from wxpark_gui.domain.errors import (
    DataDirectoryUnusableError,
    JournalDamagedError,
    JournalMissingError,
    ReadableError,
)
from wxpark_gui.domain.settings import Settings
from wxpark_gui.service.ports import Clock, SettingsStore
from wxpark_gui.storage import restore_preparation
from wxpark_gui.storage.archives import ArchiveFile, archive_files, count_shared
from wxpark_gui.storage.backup_files import backups_in, unpacked
from wxpark_gui.storage.backup_zip import About, disk_error, write_backup
from wxpark_gui.storage.database import full_disk_told
from wxpark_gui.storage.directory import DataDirectory
from wxpark_gui.storage.durable import restrict_to_owner
from wxpark_gui.storage.inspection import (
    beside,
    connect_by_mode,
    connect_copy,
    is_empty,
    readable_errors,
    remark,
)
from wxpark_gui.storage.unfinished_file import folder_beside
from wxpark_gui.storage.waiting import OPEN

_PAGES = 256
"""Number of pages copied between two reports."""
_SHARE_OF_COPY = 0.3
"""Share of the whole work that copying the journal takes, for the progress."""
_BUSY_TIMEOUT = 5.0
_SPARE = 1_000_000
"""Bytes that stay free in the data directory while it has a copy of the journal."""
_TEMPORARY = "saving-"
_STALE = 86_400
"""Age in seconds at which a temporary folder is that of a run that was killed."""


class BackupStore:
    """Implements the port `service.backups.BackupStore` for one data directory.

    It uses connections of its own, so it may run beside the journal's thread.

    Args:
        settings: returns the store of the present settings.
    """

    def __init__(
        self,
        directory: DataDirectory,
        clock: Clock,
        settings: Callable[[], SettingsStore],
        *,
        training: bool,
    ) -> None:
        self._directory = directory
        self._clock = clock
        self._settings = settings
        self._training = training

    def automatic(self) -> Sequence[AutomaticBackup]:
        """Return the automatic backups, the newest first, without their numbers of entries.

        Raises:
            DataDirectoryUnusableError: the folder cannot be read.
        """
        try:
            return [
                AutomaticBackup(backup.path.name, backup.made_at, backup.path.stat().st_size)
                for backup in sorted(backups_in(self._directory.backup), reverse=True)
            ]
        except OSError as error:
            raise DataDirectoryUnusableError(remark(error)) from error

    def count(self, backup: AutomaticBackup, is_cancelled: Callable[[], bool]) -> AutomaticBackup:
        """Return the backup with its number of entries, None for a damaged one; unpacks it.

        Raises:
            BackupCancelledError: `is_cancelled` returned True.
        """
        try:
            with (
                unpacked(self.path_of(backup), _checker(is_cancelled)) as plain,
                contextlib.closing(connect_copy(plain)) as connection,
            ):
                return replace(backup, entries=_number(connection, "SELECT count(*) FROM entries"))
        except (OSError, sqlite3.Error, JournalDamagedError):
            return backup

    def path_of(self, backup: AutomaticBackup) -> Path:
        """Return the path of an automatic backup's file."""
        return self._directory.backup / backup.name

    def save(
        self,
        target: Path,
        *,
        overwrite: bool,
        report: Callable[[float], object],
        is_cancelled: Callable[[], bool],
        settle: Callable[[], bool] = lambda: True,
    ) -> int:
        """Save journal, archives and settings as one file; return the number of entries in it.

        Args:
            overwrite: True replaces an existing file.
            report: called with the share of the work that is done, from 0 to 1.
            settle: called just before the file gets its name; False keeps it from getting it.

        Raises:
            BackupCancelledError: `is_cancelled` returned True, or `settle` False; nothing is left
                behind.
            ExportExistsError: a file of that name exists, and `overwrite` is False.
            DiskFullError, FileNotWrittenError: it cannot be written; nothing is left behind.
            JournalDamagedError, DataDirectoryUnusableError: the journal cannot be read.
            JournalMissingError: nothing was ever saved here.
        """
        go_on = _checker(is_cancelled)
        self._remove_stale()
        with readable_errors():
            if is_empty(self._directory.journal):
                raise JournalMissingError
        with self._folder_for_copy(target, overwrite=overwrite) as folder:
            with full_disk_told(folder), readable_errors():
                copy = folder / "journal.sqlite3"
                self._copy_journal(copy, go_on, report)
                with contextlib.closing(connect_copy(copy)) as connection:
                    archives = self._archives(connection)
                    about = self._about(connection, archives)
                sizes = (file.stat().st_size for file in (copy, *(a.path for a in archives)))
                total = sum(sizes) or 1
            write_backup(
                target,
                about,
                copy,
                archives,
                self._settings_content(),
                overwrite=overwrite,
                go_on=go_on,
                report=lambda done: report(_SHARE_OF_COPY + (1 - _SHARE_OF_COPY) * done / total),
                settle=_checker(lambda: not settle()),
            )
        return about.entries

    def prepare(self, source: Path, is_cancelled: Callable[[], bool]) -> RestorePreview:
        """Unpack and check a backup; `restore_preparation.prepare` has the errors."""
        return restore_preparation.prepare(
            self._directory,
            source,
            self._present_settings(),
            training=self._training,
            is_cancelled=is_cancelled,
        )

    def commit(self, *, with_settings: bool) -> None:
        """Make the next start complete the prepared restore; errors as of `prepare`'s disk."""
        restore_preparation.commit(self._directory, with_settings=with_settings)

    def discard(self) -> None:
        """Remove what `prepare` unpacked."""
        restore_preparation.discard(self._directory)

    @contextlib.contextmanager
    def _folder_for_copy(self, target: Path, *, overwrite: bool) -> Iterator[Path]:
        """Make a temporary folder for a copy of the journal, and remove it at the end.

        It is in the data directory; if that cannot be written, or has no room, beside the target.
        So a backup can be saved to another drive when the disk of the data directory is full.

        Raises:
            DataDirectoryUnusableError: the data directory cannot be looked at.
            DiskFullError, FileNotWrittenError, ExportExistsError: the folder cannot be made.
        """
        with contextlib.ExitStack() as stack:
            try:
                folder = Path(stack.enter_context(self._folder_inside()))
            except OSError:
                try:
                    folder = stack.enter_context(folder_beside(target, overwrite=overwrite))
                except OSError as error:
                    raise disk_error(error) from error
            yield folder

    def _folder_inside(self) -> tempfile.TemporaryDirectory[str]:
        """Make a temporary folder in the data directory.

        Raises:
            DataDirectoryUnusableError: the data directory cannot be looked at.
            OSError: it cannot be written, or has no room for a copy of the journal.
        """
        root, journal = self._directory.root, self._directory.journal
        with readable_errors():
            free = shutil.disk_usage(root).free
            files = (path for path in (journal, beside(journal, "-wal")) if path.exists())
            needed = sum(path.stat().st_size for path in files) + _SPARE
        if free < needed:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        # On a disk that becomes read-only the folder stays.
        return tempfile.TemporaryDirectory(prefix=_TEMPORARY, dir=root, ignore_cleanup_errors=True)

    def _copy_journal(
        self, target: Path, go_on: Callable[[], None], report: Callable[[float], object]
    ) -> None:
        """Copy the journal while it may be written."""
        journal = self._directory.journal

        def progress(_status: int, remaining: int, total: int) -> None:
            go_on()
            report(_SHARE_OF_COPY * (1 - remaining / max(total, 1)))

        with (
            contextlib.closing(connect_by_mode(journal, "ro", _BUSY_TIMEOUT)) as source,
            contextlib.closing(sqlite3.connect(target, isolation_level=None)) as copy,
        ):
            restrict_to_owner(target)
            # The copy is read once and deleted, so it is not flushed to disk.
            copy.execute("PRAGMA synchronous = OFF")
            # An open read transaction keeps later writes from restarting the copy.
            source.execute("BEGIN")
            source.execute("SELECT count(*) FROM sqlite_master").fetchone()
            source.backup(copy, pages=_PAGES, progress=progress, sleep=0)
            copy.execute("PRAGMA journal_mode = DELETE")

    def _archives(self, connection: sqlite3.Connection) -> Sequence[ArchiveFile]:
        files = archive_files(connection, self._directory.archive)
        return [file for file in files if not is_empty(file.path)]

    def _about(self, connection: sqlite3.Connection, archives: Sequence[ArchiveFile]) -> About:
        settings = self._present_settings()
        entries = _number(connection, "SELECT count(*) FROM entries")
        entries += sum(file.entries - count_shared(connection, file) for file in archives)
        waiting = _number(connection, f"SELECT count(*) FROM entries WHERE {OPEN}")  # noqa: S608
        lot = settings.account.merchant.parking_name if settings.account else ""
        booth = settings.booth.name if settings.account else ""
        return About(self._clock.now(), self._training, lot, booth, entries, waiting)

    def _present_settings(self) -> Settings:
        """Return the present settings; the defaults if the file cannot be read."""
        try:
            return self._settings().load()
        except ReadableError:
            return Settings()

    def _settings_content(self) -> bytes | None:
        try:
            return self._directory.settings.read_bytes()
        except OSError:
            return None

    def _remove_stale(self) -> None:
        """Remove temporary folders of runs that were killed."""
        with contextlib.suppress(OSError):
            oldest = self._clock.now().timestamp() - _STALE
            for folder in self._directory.root.glob(f"{_TEMPORARY}*"):
                if folder.stat().st_mtime < oldest:
                    shutil.rmtree(folder, ignore_errors=True)


def _checker(is_cancelled: Callable[[], bool]) -> Callable[..., None]:
    def go_on(*_: object) -> None:
        if is_cancelled():
            raise BackupCancelledError

    return go_on


def _number(connection: sqlite3.Connection, query: str) -> int:
    number: int = connection.execute(query).fetchone()[0]
    return number
