"""Copies of the journal, made while it is in use and thinned as they grow old."""

from __future__ import annotations

import contextlib
import logging
import os
import re
import sqlite3
import threading
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

from wxpark_gui.domain.errors import DataDirectoryUnusableError
from wxpark_gui.service.ports import Clock
from wxpark_gui.storage.durable import replace_file, sync_directory, sync_file
from wxpark_gui.storage.inspection import connect_by_mode, connect_copy, is_whole, remark

INTERVAL = timedelta(minutes=30)
MOST_BYTES = 500_000_000
"""Size limit of all backups together; the newest is kept even when it alone is larger."""

STAMP = "%Y%m%dT%H%M%S"
"""Format of a UTC moment in a file name."""

_STEP = 256
"""Pages copied between two looks at whether to stop."""

_BUSY_TIMEOUT = 5.0
_OWNER_ONLY = 0o600
_NAME = re.compile(r"journal-(\d{8}T\d{6})\.sqlite3")
_HALF_HOURLY_FOR = timedelta(days=1)
_DAILY_FOR = timedelta(days=31)
_WEEKLY_FOR = timedelta(days=183)
_HALF_HOUR = 1800

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, order=True)
class Backup:
    """One copy. They sort by age, the oldest first."""

    made_at: datetime
    path: Path


class Backups:
    """The copies in one directory. `start_if_due`, `make` and `stop` belong to one thread."""

    def __init__(self, directory: Path, clock: Clock, most_bytes: int = MOST_BYTES) -> None:
        self._directory = directory
        self._clock = clock
        self._most_bytes = most_bytes
        self._tried_at: float | None = None
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start_if_due(self, journal: Path, now: datetime) -> bool:
        """Start a copy on its own thread if half an hour has passed; True if one started."""
        if not self.due(now):
            return False
        self.stop()
        self._tried_at = self._clock.monotonic()
        self._stopping.clear()
        self._thread = threading.Thread(
            target=self._make_quietly, args=(journal,), name="journal-backup", daemon=True
        )
        self._thread.start()
        return True

    def due(self, now: datetime) -> bool:
        """Test if it is time for the next copy.

        Within a run the monotonic clock says so. At its start the newest copy does; one made in
        the future shows a clock that was set back, and counts as old.
        """
        if self._thread and self._thread.is_alive():
            return False
        if self._tried_at is not None:
            return self._clock.monotonic() - self._tried_at >= INTERVAL.total_seconds()
        found = self.found()
        return not found or not timedelta(0) <= now - found[-1].made_at < INTERVAL

    def make(self, journal: Path) -> Path:
        """Copy the journal now, and thin out the older copies.

        Raises:
            DataDirectoryUnusableError: there is no new copy; the journal is as it was.
        """
        stamp = self._clock.now().astimezone(timezone.utc).strftime(STAMP)
        copy = self._directory / f"journal-{stamp}.sqlite3"
        unfinished = copy.with_suffix(".unfinished")
        try:
            self._directory.mkdir(mode=0o700, exist_ok=True)
            for left in self._directory.glob("journal-*.unfinished"):
                left.unlink()
            self._copy(journal, unfinished)
            replace_file(unfinished, copy)
            sync_directory(self._directory)
            self._thin()
        except (OSError, sqlite3.Error) as error:
            raise DataDirectoryUnusableError(remark(error)) from error
        finally:
            with contextlib.suppress(OSError):
                unfinished.unlink(missing_ok=True)
        return copy

    def stop(self) -> None:
        """Cancel a running copy."""
        if self._thread:
            self._stopping.set()
            self._thread.join()
            self._thread = None
        self._stopping.clear()

    def wait(self) -> None:
        """Wait until a running copy has finished."""
        if self._thread:
            self._thread.join()

    def found(self) -> Sequence[Backup]:
        """The copies in the directory, the oldest first."""
        return sorted(_backups_in(self._directory))

    def newest_good(self) -> Path | None:
        """The copy that knows most, among those that are whole.

        Clocks are not asked: a copy made while the clock was wrong may bear any time.
        """
        known = [
            (how_far, backup.path) for backup in self.found() if (how_far := _progress(backup))
        ]
        for _, path in sorted(known, reverse=True):
            if is_whole(path):
                return path
        return None

    def _make_quietly(self, journal: Path) -> None:
        try:
            self.make(journal)
        except DataDirectoryUnusableError as error:
            _log.warning("no backup was made: %s", error.detail)
        except _StoppedError:
            _log.info("a backup was stopped")

    def _copy(self, journal: Path, target_path: Path) -> None:
        os.close(os.open(target_path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, _OWNER_ONLY))
        with (
            contextlib.closing(connect_by_mode(journal, "ro", _BUSY_TIMEOUT)) as source,
            contextlib.closing(sqlite3.connect(target_path, isolation_level=None)) as target,
        ):
            # With a reading transaction open what is written meanwhile does not start it over.
            source.execute("BEGIN")
            source.execute("SELECT count(*) FROM sqlite_master").fetchone()
            source.backup(target, pages=_STEP, progress=self._go_on, sleep=0)
            # A copy stands by itself: no log beside it.
            target.execute("PRAGMA journal_mode = DELETE")
        handle = os.open(target_path, os.O_RDWR)
        try:
            sync_file(handle)
        finally:
            os.close(handle)

    def _go_on(self, _status: int, _remaining: int, _total: int) -> None:
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
    """Raised in the copying thread when the program ends."""


def thinned(backups: Sequence[Backup], now: datetime) -> frozenset[Backup]:
    """Those to keep: one for each half hour of a day, day of a month, week of half a year, month.

    Args:
        backups: the oldest first. The newest of each span is kept.
    """
    spans = {_span(backup.made_at, now - backup.made_at): backup for backup in backups}
    return frozenset(spans.values())


def _span(made_at: datetime, age: timedelta) -> Hashable:
    """Period that a backup represents: shorter for newer backups."""
    if age < _HALF_HOURLY_FOR:
        return "half hour", int(made_at.timestamp()) // _HALF_HOUR
    if age < _DAILY_FOR:
        return "day", made_at.date()
    if age < _WEEKLY_FOR:
        return "week", made_at.isocalendar()[:2]
    return "month", made_at.year, made_at.month


def _backups_in(directory: Path) -> Iterator[Backup]:
    for path in directory.glob("journal-*.sqlite3"):
        if match := _NAME.fullmatch(path.name):
            with contextlib.suppress(ValueError):
                made_at = datetime.strptime(match[1], STAMP).replace(tzinfo=timezone.utc)
                yield Backup(made_at, path)


def _progress(backup: Backup) -> tuple[int, ...] | None:
    """Row counters of a copy, to compare its progress; None if they cannot be read."""
    try:
        with contextlib.closing(connect_copy(backup.path)) as connection:
            row = connection.execute(
                "SELECT (SELECT max(run) FROM runs), (SELECT max(position) FROM entries),"
                " (SELECT max(attempt) FROM attempts)"
            ).fetchone()
        return tuple(number or 0 for number in row)
    except (sqlite3.Error, UnicodeError, TypeError):
        return None
