"""Drop archived months and backups that are older than the retention."""

from __future__ import annotations

import contextlib
import logging
import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path

from wxpark_gui.domain.errors import ReadableError
from wxpark_gui.storage.archives import ArchiveFile, next_month, open_archive
from wxpark_gui.storage.backup_files import backups_in
from wxpark_gui.storage.database import writing
from wxpark_gui.storage.durable import sync_directory
from wxpark_gui.storage.rows import moment_text
from wxpark_gui.storage.tables import Tables

MEASURED_MARGIN = 7 * 86_400.0
"""Seconds that the program must run after the end of the retention before a month is dropped.

So a wall clock set too far ahead must stay wrong for that long before it makes anything drop.
"""

# Archives, those set aside, and unfinished ones.
_NAME = re.compile(r"(\d{4}-(?:0[1-9]|1[0-2]))(?:-damaged-[\dT-]+)?\.(?:sqlite3|unfinished)")

_OLD_REPORTS = """
    SELECT shift, report, message FROM shifts
    WHERE closed_at < ? AND report IS NOT NULL AND shift < (SELECT max(shift) FROM shifts)
"""

_SHORTEN = "UPDATE shifts SET report = ?, message = '' WHERE shift = ?"

_log = logging.getLogger(__name__)


class Retention:
    """Drops whole archived months. Entries that are in the journal itself are not changed."""

    def __init__(self, tables: Tables, directory: Path, backup: Path | None) -> None:
        """Keep the folders of the archives and of the journal's backups; None for no backups."""
        self._tables = tables
        self._directory = directory
        self._backup = backup

    def drop_one(
        self,
        files: Mapping[str, ArchiveFile],
        now: datetime,
        days: int,
        passed: Callable[[datetime, float], bool],
    ) -> bool:
        """Drop the oldest archived month that ended at least `days` ago; return False without one.

        Also removed are backups of the journal that are so old, except the newest, and files of
        earlier months for which the journal has no row. A file that cannot be removed is left.

        Args:
            passed: tests if the program has run for a number of seconds since a moment.

        Raises:
            JournalWriteError: the month was not dropped.
        """
        self._remove_backups(now, timedelta(days=days), passed)
        for month in sorted({*files, *(month for month, _ in self._files_on_disk())}):
            end = _end_of(month) + timedelta(days=days)
            if now < end or not passed(end, MEASURED_MARGIN):
                return False
            if month in files:
                self._forget(files[month], now)
            self._remove(month)
            if month in files:
                return True
        return False

    def _forget(self, file: ArchiveFile, now: datetime) -> None:
        amended = self._amended_in(file)
        connection = self._tables.connection
        with writing(connection):
            connection.execute("DELETE FROM archives WHERE month = ?", (file.month,))
            for entry_id in amended:
                connection.execute("DELETE FROM amendments WHERE entry_id = ?", (entry_id,))
            self._tables.note("archive_dropped", f"{file.month} {file.entries}", now)
            if shortened := self._shorten_reports(_end_of(file.month)):
                self._tables.note("shift_reports_shortened", f"{file.month} {shortened}", now)

    def _shorten_reports(self, end: datetime) -> int:
        """Remove plates and messages from reports of shifts closed before `end`.

        Return their number. The newest shift keeps its report for the next attendant. Needs an open
        transaction.
        """
        from wxpark_gui.storage.shift_rows import without_lists  # noqa: PLC0415 - rarely needed

        connection = self._tables.connection
        rows = connection.execute(_OLD_REPORTS, (moment_text(end),)).fetchall()
        shortened = 0
        for row in rows:
            with contextlib.suppress(KeyError, TypeError, ValueError):
                report = without_lists(row["report"])
                if report != row["report"] or row["message"]:
                    connection.execute(_SHORTEN, (report, row["shift"]))
                    shortened += 1
        return shortened

    def _amended_in(self, file: ArchiveFile) -> Sequence[str]:
        """Return the ids of an archive's amended entries; none if the archive cannot be read."""
        rows = self._tables.connection.execute("SELECT entry_id FROM amendments").fetchall()
        try:
            with closing(open_archive(file)) as archive:
                return [
                    row["entry_id"]
                    for row in rows
                    if archive.execute(
                        "SELECT 1 FROM entries WHERE entry_id = ?", (row["entry_id"],)
                    ).fetchone()
                ]
        except (ReadableError, sqlite3.Error):
            return ()

    def _remove(self, month: str) -> None:
        for found, path in self._files_on_disk():
            if found == month:
                with contextlib.suppress(OSError):
                    path.unlink()
                    sync_directory(path.parent)
        _log.info("files of %s were removed", month)

    def _remove_backups(
        self, now: datetime, span: timedelta, passed: Callable[[datetime, float], bool]
    ) -> None:
        if self._backup is None:
            return
        for backup in sorted(backups_in(self._backup))[:-1]:
            end = backup.made_at + span
            if now < end or not passed(end, MEASURED_MARGIN):
                return
            with contextlib.suppress(OSError):
                backup.path.unlink()

    def _files_on_disk(self) -> Iterator[tuple[str, Path]]:
        """Yield month and path of each file in the archives' folder and in that of its backups."""
        folders = [self._directory, *([self._backup / "archive"] if self._backup else [])]
        for folder in folders:
            if folder.is_dir():
                for path in sorted(folder.iterdir()):
                    if match := _NAME.fullmatch(path.name):
                        yield match[1], path


def _end_of(month: str) -> datetime:
    return datetime.strptime(next_month(month), "%Y-%m").replace(tzinfo=timezone.utc)
