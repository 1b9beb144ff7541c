"""Move closed months out of the journal, one short step at a time.

A month is moved once three conditions hold: none of its entries is open, it ended two days ago by
the wall clock, and the program has run for one day since then by the monotonic clock. A move has
four steps, and a power cut may interrupt each:

1. A thread copies the month to a new file, checks and syncs it, and makes its backup. The file is
   not used before step 2; a move that was interrupted before step 2 writes the file again.
2. One transaction adds the file's row, with its hash, to the journal's table `archives`. From then
   on each entry is in both files, and the journal's row is the valid one.
3. Short transactions delete the rows, smallest positions first. After a restart they continue once
   the file's hash was checked.
4. Short transactions return the freed pages to the file system, if the journal was created with
   `auto_vacuum`. An older file is rewritten once, when it is opened with more than half of its
   pages free; see `storage.database`.

An archive is never written again. So an entry stays in the journal if it is saved later with the
time of an archived month, because the clock was set back. So does one with a time before
`EARLIEST_PRESENT`.

The module exceeds the project's limit of 300 lines: one state machine, whose steps share its state.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TypeVar

from wxpark_gui.concurrency import start_thread
from wxpark_gui.domain.entry import EARLIEST_PRESENT, clock_is_plausible
from wxpark_gui.domain.errors import ReadableError
from wxpark_gui.service.ports import Clock
from wxpark_gui.storage.archive_check import Condition, check_archive
from wxpark_gui.storage.archive_writer import StoppedError, Written, copy_archive, write_archive
from wxpark_gui.storage.archives import (
    ArchiveFile,
    Archives,
    archive_directory,
    count_shared,
    month_range,
    next_month,
    shared_from,
)
from wxpark_gui.storage.database import Connect, connect_file, writing
from wxpark_gui.storage.freed_memory import return_freed_memory
from wxpark_gui.storage.retention import Retention
from wxpark_gui.storage.rows import moment_text
from wxpark_gui.storage.runs import measured_since
from wxpark_gui.storage.tables import Tables
from wxpark_gui.storage.waiting import OPEN

WALL_MARGIN = timedelta(days=2)
"""Time after the end of a month before it may be moved, to keep recent days in the journal."""

MEASURED_MARGIN = 86_400.0
"""Seconds that the program must run, by the monotonic clock, after a month's end to move it."""

LOOK_INTERVAL = 600.0
"""Seconds to wait after a search for work that found none, or after work that failed."""

CHECK_INTERVAL = 7 * 86_400.0
"""Seconds of running after which all archives are checked again."""

STEP_SECONDS = 0.01
"""Seconds that one step of deleting should take; `append` waits for one step at most."""

_FEWEST_ROWS, _MOST_ROWS = 25, 1000
_PAGES = 64
_KEPT_PAGES = 256
"""Free pages that stay in the file for new entries."""

_PAUSE = 0.002
"""Seconds that the thread rests after each piece of its work."""

_INCREMENTAL = 2

_PREPARE = (
    "CREATE TEMP TABLE touched (month TEXT PRIMARY KEY)",
    # A month whose closed entries change while it is copied is copied again.
    """
    CREATE TEMP TRIGGER closed_entry_changed AFTER UPDATE ON entries
    WHEN OLD.state NOT IN ('saved', 'sending', 'waiting')
    BEGIN INSERT OR IGNORE INTO touched VALUES (substr(OLD.saved_at, 1, 7)); END
    """,
    # A change of a row that is archived, but not deleted yet, is stored as an amendment too.
    """
    CREATE TEMP TRIGGER archived_entry_changed
    AFTER UPDATE OF state, replaced_by, void_reason ON entries
    WHEN OLD.state NOT IN ('saved', 'sending', 'waiting') AND EXISTS (
        SELECT 1 FROM archives
        WHERE month = substr(OLD.saved_at, 1, 7) AND last_position >= OLD.position
    )
    BEGIN
        INSERT OR REPLACE INTO amendments (entry_id, state, replaced_by, void_reason, at)
        VALUES (NEW.entry_id, NEW.state, NEW.replaced_by, NEW.void_reason,
            strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now'));
    END
    """,
)

_Result = TypeVar("_Result")

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Job:
    """Work on a thread.

    Attributes:
        finish: handles the result on the journal's thread; None without a result.
    """

    thread: threading.Thread
    finish: Callable[[], None] | None = None


class Archiver:
    """Moves, checks and drops archives. Call its methods on the journal's thread.

    Attributes:
        lost: months, `YYYY-MM`, whose archive was found damaged or missing and has no good backup.
    """

    def __init__(
        self,
        tables: Tables,
        archives: Archives,
        clock: Clock,
        journal: Path,
        *,
        backup: Path | None,
        connect: Connect = connect_file,
    ) -> None:
        """Keep the given parts.

        Args:
            backup: folder of the journal's backups; None makes no copies of archives.
            connect: opens an archive that is to be written.
        """
        self.lost: frozenset[str] = frozenset()
        self._tables = tables
        self._connection = tables.connection
        self._archives = archives
        self._clock = clock
        self._journal = journal
        self._directory = archive_directory(journal)
        self._backup = backup / "archive" if backup else None
        self._retention = Retention(tables, self._directory, backup)
        self._connect = connect
        self._stopping = threading.Event()
        self._job: _Job | None = None
        self._deleting: ArchiveFile | None = None
        self._rows = _FEWEST_ROWS
        self._shrinking = True
        self._look_at = 0.0
        self._checked: set[str] = set()
        self._checked_at = clock.monotonic()
        for statement in _PREPARE:
            self._connection.execute(statement)

    def step(self, now: datetime, retention_days: int) -> bool:
        """Do one short step; return True if the next one should follow soon.

        Args:
            retention_days: days after which an archived month is dropped; 0 keeps all.

        Raises:
            JournalWriteError: the step was rolled back; it is tried again.
        """
        if self._job:
            if self._job.thread.is_alive():
                return True
            job, self._job = self._job, None
            if job.finish:
                job.finish()
            return True
        if self._deleting:
            self._delete_some(self._deleting)
            return True
        if self._shrinking:
            self._shrinking = self._shrink()
            if self._shrinking:
                return True
        if self._clock.monotonic() < self._look_at:
            return False
        return self._look(now, retention_days)

    def stop(self) -> None:
        """Cancel work on the thread and wait for its end."""
        self._stopping.set()
        if self._job:
            self._job.thread.join()
            self._job = None

    def _look(self, now: datetime, retention_days: int) -> bool:
        """Start the most urgent work.

        If there is none, return False; the next search for work is then `LOOK_INTERVAL` later.
        """
        files = {file.month: file for file in self._archives.files()}
        if clock_is_plausible(now):
            if self._start_deleting(files) or self._start_moving(files, now):
                return True
            if retention_days and self._retention.drop_one(
                files, now, retention_days, self._passed
            ):
                return True
        if self._start_checking(files):
            return True
        self._look_at = self._clock.monotonic() + LOOK_INTERVAL
        return False

    def _passed(self, moment: datetime, seconds: float) -> bool:
        """Test if the program has run for `seconds` since `moment`; see `measured_since`."""
        return measured_since(self._connection, self._tables.run, self._clock, moment) >= seconds

    def _start_deleting(self, files: dict[str, ArchiveFile]) -> bool:
        """Check an archive whose rows are still in the journal; these are deleted if it is good.

        Return False if there is no such archive.
        """
        for file in files.values():
            if file.month in self.lost or shared_from(self._connection, file) > file.last_position:
                continue
            self._check(file, self._delete_or_forget)
            return True
        return False

    def _start_moving(self, files: dict[str, ArchiveFile], now: datetime) -> bool:
        month = self._next_month_to_move(files, now)
        if month is None:
            return False
        self._connection.execute("DELETE FROM touched WHERE month = ?", (month,))

        def work() -> Written:
            written = write_archive(
                self._journal, self._directory, month, self._go_on, connect=self._connect
            )
            if self._backup:
                name = f"{month}.sqlite3"
                copy_archive(
                    self._directory / name, self._backup / name, written.sha256, self._go_on
                )
            return written

        self._start(work, self._name)
        return True

    def _next_month_to_move(self, files: dict[str, ArchiveFile], now: datetime) -> str | None:
        month = moment_text(EARLIEST_PRESENT)[:7]
        while True:
            oldest: str | None = self._connection.execute(
                "SELECT min(saved_at) FROM entries WHERE saved_at >= ?", (month,)
            ).fetchone()[0]
            if oldest is None:
                return None
            month = str(oldest)[:7]
            try:
                end = start_of(next_month(month))
            except ValueError:
                return None
            if now < end + WALL_MARGIN:
                return None
            if month not in files and not self._has_open(month):
                return month if self._passed(end, MEASURED_MARGIN) else None
            month = next_month(month)

    def _has_open(self, month: str) -> bool:
        query = f"SELECT 1 FROM entries WHERE {OPEN} AND saved_at >= ? AND saved_at < ? LIMIT 1"  # noqa: S608
        return self._connection.execute(query, month_range(month)).fetchone() is not None

    def _name(self, written: Written) -> None:
        """Add a written archive's row to the journal, unless its month's entries changed since."""
        month = written.month
        if self._connection.execute("SELECT 1 FROM touched WHERE month = ?", (month,)).fetchone():
            return
        now = self._clock.now()
        with writing(self._connection):
            self._connection.execute(
                "INSERT INTO archives VALUES (?, ?, ?, ?, ?, ?)",
                (
                    month,
                    written.first_position,
                    written.last_position,
                    written.entries,
                    written.sha256,
                    moment_text(now),
                ),
            )
            for counter in written.counters:
                self._connection.execute(
                    "INSERT INTO counters VALUES (?, ?, ?) ON CONFLICT (lot, booth) DO UPDATE"
                    " SET last_sequence = max(last_sequence, excluded.last_sequence)",
                    counter,
                )
            self._tables.note("archived", f"{month} {written.entries}", now)
        self._checked.add(month)
        self._deleting = next(file for file in self._archives.files() if file.month == month)

    def _delete_some(self, file: ArchiveFile) -> None:
        """Delete as many archived rows as `STEP_SECONDS` allow; if none is left, end deleting."""
        began = time.perf_counter()
        doomed = self._connection.execute(
            "SELECT position FROM entries WHERE saved_at >= ? AND saved_at < ? AND position <= ?"
            " ORDER BY position LIMIT ?",
            (*month_range(file.month), file.last_position, self._rows),
        ).fetchall()
        if not doomed:
            self._deleting = None
            self._shrinking = True
            return
        between = (*month_range(file.month), doomed[0]["position"], doomed[-1]["position"])
        condition = "saved_at >= ? AND saved_at < ? AND +position BETWEEN ? AND ?"
        # Entry and attempt refer to each other, and no index leads from an attempt to its entry.
        self._connection.execute("PRAGMA foreign_keys = 0")
        try:
            with writing(self._connection):
                self._connection.execute(
                    "DELETE FROM attempts WHERE entry_id IN"  # noqa: S608
                    f" (SELECT entry_id FROM entries WHERE {condition})",
                    between,
                )
                self._connection.execute(
                    f"DELETE FROM entries WHERE {condition}",  # noqa: S608 - our own condition
                    between,
                )
        finally:
            self._connection.execute("PRAGMA foreign_keys = 1")
        took = time.perf_counter() - began
        fitting = int(self._rows * STEP_SECONDS / max(took, 1e-6))
        self._rows = max(_FEWEST_ROWS, min(fitting, 2 * self._rows, _MOST_ROWS))

    def _shrink(self) -> bool:
        """Return some free pages to the file system; return True if there are more."""
        if self._pragma("auto_vacuum") != _INCREMENTAL:
            return False
        surplus = self._pragma("freelist_count") - _KEPT_PAGES
        if surplus <= 0:
            return False
        # `execute` would end it after one page, because it returns a row without columns for each.
        self._connection.executescript(f"PRAGMA incremental_vacuum({min(surplus, _PAGES)})")
        return True

    def _pragma(self, name: str) -> int:
        return int(self._connection.execute(f"PRAGMA {name}").fetchone()[0])

    def _start_checking(self, files: dict[str, ArchiveFile]) -> bool:
        """Check the newest archive that is due for a check; return False if there is none."""
        if self._clock.monotonic() - self._checked_at >= CHECK_INTERVAL:
            self._checked_at = self._clock.monotonic()
            self._checked.clear()
        self.lost &= files.keys()
        unchecked = [file for month, file in files.items() if month not in self._checked]
        if not unchecked:
            return False
        self._checked.add(unchecked[0].month)
        self._check(unchecked[0], self._note_condition)
        return True

    def _check(
        self, file: ArchiveFile, finish: Callable[[tuple[ArchiveFile, Condition]], None]
    ) -> None:
        now = self._clock.now()
        self._start(lambda: (file, check_archive(file, self._backup, now, self._go_on)), finish)

    def _note_condition(self, found: tuple[ArchiveFile, Condition]) -> None:
        file, condition = found
        is_known = file.month in self.lost
        self.lost = self.lost - {file.month}
        if condition is Condition.LOST:
            self.lost = self.lost | {file.month}
        if condition is not Condition.GOOD and not (is_known and condition is Condition.LOST):
            with writing(self._connection):
                self._tables.note(f"archive_{condition.value}", file.month, self._clock.now())

    def _delete_or_forget(self, found: tuple[ArchiveFile, Condition]) -> None:
        """Start to delete the rows of a good archive.

        For a lost one, remove its row from the journal if none of its entries was deleted there.
        """
        file, condition = found
        self._checked.add(file.month)
        if condition is not Condition.LOST:
            self._note_condition(found)
            self._deleting = file
            return
        if count_shared(self._connection, file) < file.entries:
            self._note_condition(found)
            return
        with writing(self._connection):
            self._connection.execute("DELETE FROM archives WHERE month = ?", (file.month,))
            self._tables.note("archive_forgotten", file.month, self._clock.now())

    def _start(self, work: Callable[[], _Result], finish: Callable[[_Result], None]) -> None:
        """Run `work` on a thread; a later step calls `finish` with the result.

        A failure is logged; the next search for work is `LOOK_INTERVAL` later. That search finds a
        failed move again; a failed check is repeated in the next round of checks.
        """

        def run() -> None:
            with contextlib.suppress(StoppedError):
                try:
                    result = work()
                except (ReadableError, OSError, sqlite3.Error) as error:
                    _log.warning("archiving failed and is tried again later: %s", error)
                    self._look_at = self._clock.monotonic() + LOOK_INTERVAL
                else:
                    job.finish = lambda: finish(result)
            return_freed_memory()

        job = _Job(threading.Thread(target=run, name="journal-archive", daemon=True))
        if start_thread(job.thread):
            self._job = job
        else:
            self._look_at = self._clock.monotonic() + LOOK_INTERVAL

    def _go_on(self) -> None:
        if self._stopping.wait(_PAUSE):
            raise StoppedError


def start_of(month: str) -> datetime:
    """Return the first moment of a month in UTC.

    Raises:
        ValueError: `month` is no month.
    """
    return datetime.strptime(month, "%Y-%m").replace(tzinfo=timezone.utc)
