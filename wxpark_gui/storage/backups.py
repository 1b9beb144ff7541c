"""Backups of the journal, made while it is in use. The older they are, the fewer are kept."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import threading
from collections.abc import Hashable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeAlias

from wxpark_gui.concurrency import start_thread
from wxpark_gui.domain.errors import DataDirectoryUnusableError, JournalDamagedError
from wxpark_gui.service.ports import Clock
from wxpark_gui.storage.backup_files import (
    UNFINISHED,
    Backup,
    backup_path,
    backups_in,
    pack,
    unfinished_file,
    unpacked,
)
from wxpark_gui.storage.durable import replace_file, sync_directory
from wxpark_gui.storage.freed_memory import return_freed_memory
from wxpark_gui.storage.inspection import connect_by_mode, connect_copy, is_whole, remark
from wxpark_gui.storage.waiting import OPEN

INTERVAL = timedelta(minutes=30)
MOST_BYTES = 500_000_000
"""Size limit of all backups together; the newest is kept even if it alone is larger."""

_STEP = 256
"""Number of pages copied between two checks of the stop flag."""

_BUSY_TIMEOUT = 5.0
_HALF_HOURLY_FOR = timedelta(days=1)
_DAILY_FOR = timedelta(days=31)
_WEEKLY_FOR = timedelta(days=183)
_HALF_HOUR = 1800

Summary: TypeAlias = tuple[object, ...]
"""Value that `summarise` returns."""

_LARGE = {
    "runs": "SELECT 0",
    "entries": "SELECT count(*), max(position), sum(attempts), sum(maybe_sent),"
    " sum(replaced_by <> ''), sum(state = 'voided') FROM entries",
    "attempts": "SELECT count(*), max(attempt), count(ended_at) FROM attempts",
    "audit": "SELECT count(*), max(note) FROM audit",
}
"""Queries by table that grows without limit; a changed result calls for a new backup."""

_log = logging.getLogger(__name__)


class Backups:
    """The backups in one directory. Call `start_if_due`, `make` and `stop` on one thread.

    Attributes:
        directory: their directory; the backups of archives are in its folder `archive`.
    """

    def __init__(self, directory: Path, clock: Clock, most_bytes: int = MOST_BYTES) -> None:
        self.directory = directory
        self._clock = clock
        self._most_bytes = most_bytes
        self._tried_at: float | None = None
        self._summary: tuple[Path, Summary] | None = None
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start_if_due(self, journal: Path, now: datetime) -> bool:
        """Start a backup on its own thread if one is due; return True if one was started.

        The thread makes none if the journal has not changed since the newest backup. A failure is
        only logged.
        """
        if not self.due(now):
            return False
        self.stop()
        self._tried_at = self._clock.monotonic()
        self._stopping.clear()
        thread = threading.Thread(
            target=self._make_quietly, args=(journal,), name="journal-backup", daemon=True
        )
        self._thread = thread if start_thread(thread) else None
        return self._thread is not None

    def due(self, now: datetime) -> bool:
        """Test if the next backup is due; False while one is running.

        It is due `INTERVAL` after the last one that this run started, by the monotonic clock. The
        first one is due if there is no backup, or the newest is older than `INTERVAL` or has a time
        in the future, because the clock was set back.
        """
        if self._thread and self._thread.is_alive():
            return False
        if self._tried_at is not None:
            return self._clock.monotonic() - self._tried_at >= INTERVAL.total_seconds()
        found = self.found()
        return not found or not timedelta(0) <= now - found[-1].made_at < INTERVAL

    def has_changed(self, journal: Path) -> bool:
        """Test if the newest backup lacks something that the journal has.

        Both files are read, so the result does not depend on the present run. New runs of the
        program do not count as a change. An unreadable file counts as a change.
        """
        found = self.found()
        if not found:
            return True
        newest = found[-1].path
        try:
            if self._summary is None or self._summary[0] != newest:
                with (
                    unpacked(newest, self._go_on) as plain,
                    contextlib.closing(connect_copy(plain)) as connection,
                ):
                    self._summary = newest, summarise(connection)
            with contextlib.closing(connect_by_mode(journal, "ro", _BUSY_TIMEOUT)) as connection:
                connection.execute("BEGIN")
                return summarise(connection) != self._summary[1]
        except (sqlite3.Error, JournalDamagedError, OSError):
            return True

    def make(self, journal: Path) -> Path:
        """Back up the journal now, thin out older backups, and return the new backup's path.

        Raises:
            DataDirectoryUnusableError: the backup or the thinning failed.
        """
        copy = backup_path(self.directory, self._clock.now())
        try:
            self.directory.mkdir(mode=0o700, exist_ok=True)
            for left in self.directory.glob(UNFINISHED):
                left.unlink()
            with (
                unfinished_file(self.directory) as plain,
                unfinished_file(self.directory) as packed,
            ):
                self._copy(journal, plain)
                pack(plain, packed, self._go_on)
                replace_file(packed, copy)
            sync_directory(self.directory)
            self._thin()
        except (OSError, sqlite3.Error) as error:
            raise DataDirectoryUnusableError(remark(error)) from error
        return copy

    def stop(self) -> None:
        """Cancel a running backup and wait for its thread to end."""
        if self._thread:
            self._stopping.set()
            self._thread.join()
            self._thread = None
        self._stopping.clear()

    def wait(self) -> None:
        """Wait until a running backup has finished."""
        if self._thread:
            self._thread.join()

    def found(self) -> Sequence[Backup]:
        """Return the backups in the directory, the oldest first."""
        return sorted(backups_in(self.directory))

    def newest_good(self) -> Path | None:
        """Return the undamaged backup with the highest row numbers, or None.

        Times are not compared, because the clock may have been wrong when a backup was made.

        Raises:
            OSError: a packed backup cannot be unpacked to the disk.
        """
        known = [
            (how_far, backup.path) for backup in self.found() if (how_far := _progress(backup))
        ]
        for _, path in sorted(known, reverse=True):
            with unpacked(path) as plain:
                if is_whole(plain):
                    return path
        return None

    def _make_quietly(self, journal: Path) -> None:
        try:
            if self.has_changed(journal):
                self.make(journal)
        except DataDirectoryUnusableError as error:
            _log.warning("no backup was made: %s", error.detail)
        except _StoppedError:
            _log.info("a backup was stopped")
        return_freed_memory()

    def _copy(self, journal: Path, target_path: Path) -> None:
        with (
            contextlib.closing(connect_by_mode(journal, "ro", _BUSY_TIMEOUT)) as source,
            contextlib.closing(sqlite3.connect(target_path, isolation_level=None)) as target,
        ):
            # The copy is read once and deleted, so it is not flushed to disk.
            target.execute("PRAGMA synchronous = OFF")
            # An open read transaction keeps later writes from restarting the backup.
            source.execute("BEGIN")
            source.execute("SELECT count(*) FROM sqlite_master").fetchone()
            source.backup(target, pages=_STEP, progress=self._go_on, sleep=0)
            # So that the backup is one file without a `-wal`.
            target.execute("PRAGMA journal_mode = DELETE")

    def _go_on(self, *_progress: int) -> None:
        if self._stopping.is_set():
            raise _StoppedError

    def _thin(self) -> None:
        found = self.found()
        keep = thinned(found, self._clock.now())
        total = 0
        for backup in reversed(found):
            size = backup.path.stat().st_size
            newest = backup is found[-1]
            if newest or (backup in keep and total + size <= self._most_bytes):
                total += size
            else:
                backup.path.unlink()


class _StoppedError(Exception):
    """Raised in the backup's thread to cancel the backup."""


def thinned(backups: Sequence[Backup], now: datetime) -> frozenset[Backup]:
    """Return the backups to keep, the newest of each period.

    Periods are half hours up to an age of one day, days up to 31 days, weeks up to 183 days, and
    months beyond.

    Args:
        backups: sorted, the oldest first.
    """
    spans = {_span(backup.made_at, now - backup.made_at): backup for backup in backups}
    return frozenset(spans.values())


def summarise(connection: sqlite3.Connection) -> Summary:
    """Return a value that changes with the content of a journal, except its table `runs`.

    Of the large tables only what may change is read: a change of a closed entry adds a row to the
    audit or changes one of the columns that are summed here. Small tables are read wholly.
    """
    tables = sorted(
        row[0]
        for row in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        )
    )
    whole = [
        tuple(connection.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall())  # noqa: S608
        for table in tables
        if table not in _LARGE
    ]
    large = [tuple(connection.execute(query).fetchone()) for query in _LARGE.values()]
    opened = connection.execute(
        f"SELECT position, state, attempts, next_attempt_at FROM entries WHERE {OPEN}"  # noqa: S608
    ).fetchall()
    return tuple(tables), tuple(whole), tuple(large), tuple(tuple(row) for row in opened)


def _span(made_at: datetime, age: timedelta) -> Hashable:
    """Return the period that a backup represents, which is shorter for newer backups."""
    if age < _HALF_HOURLY_FOR:
        return "half hour", int(made_at.timestamp()) // _HALF_HOUR
    if age < _DAILY_FOR:
        return "day", made_at.date()
    if age < _WEEKLY_FOR:
        return "week", made_at.isocalendar()[:2]
    return "month", made_at.year, made_at.month


def _progress(backup: Backup) -> tuple[int, ...] | None:
    """Return a backup's highest run, position and attempt; None if they cannot be read."""
    try:
        with (
            unpacked(backup.path) as plain,
            contextlib.closing(connect_copy(plain)) as connection,
        ):
            row = connection.execute(
                "SELECT (SELECT max(run) FROM runs), (SELECT max(position) FROM entries),"
                " (SELECT max(attempt) FROM attempts)"
            ).fetchone()
        return tuple(number or 0 for number in row)
    except (sqlite3.Error, JournalDamagedError, UnicodeError, TypeError):
        return None
