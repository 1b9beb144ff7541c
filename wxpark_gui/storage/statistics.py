"""Sums over the entries on disk, read month by month on read-only connections of their own."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TypeAlias

from wxpark_gui.domain.entry import BEIJING, FUTURE_TOLERANCE
from wxpark_gui.domain.errors import (
    DataDirectoryUnusableError,
    JournalDamagedError,
    ReadableError,
)
from wxpark_gui.domain.tallies import Part, Slot, Sums
from wxpark_gui.storage.archives import (
    READ_TABLES,
    ArchiveFile,
    archive_files,
    check_positions,
    shared_from,
)
from wxpark_gui.storage.database import reading
from wxpark_gui.storage.inspection import (
    beside,
    check_columns,
    check_first_bytes,
    check_header,
    connect_by_mode,
    is_empty,
    readable_errors,
)
from wxpark_gui.storage.outage_queries import EVERYTHING, Span, first_attempt_since
from wxpark_gui.storage.rows import moment_text
from wxpark_gui.storage.schema import MIGRATIONS
from wxpark_gui.storage.tally_queries import (
    Amendment,
    amended_entries,
    count_entries,
    hide_entries,
    sum_amended,
    sum_span,
)

BUSY_TIMEOUT = 5.0
"""Seconds to wait for a lock; a writer in WAL mode holds none that stops a reader."""

_STEPS_BETWEEN_CHECKS = 50_000
"""SQLite instructions between two calls of `is_cancelled`; they take a few ms."""

_log = logging.getLogger(__name__)

IsCancelled: TypeAlias = Callable[[], bool]


class JournalStatistics:
    """Reads the journal and its archives. Use it on one thread at a time.

    Sums by day of an archive are kept in memory, because its file never changes. The few changes in
    the table `amendments` are applied at every reading.

    Args:
        training: True counts only training entries, False only the others.
    """

    def __init__(self, journal: Path, archives: Path, *, training: bool) -> None:
        self._journal = journal
        self._archives = archives
        self._training = training
        self._kept: dict[tuple[str, str], Sums] = {}

    def parts(
        self, since: datetime, now: datetime, slot: Slot, is_cancelled: IsCancelled
    ) -> Iterator[Part]:
        """Yield the sums since a moment; see `StatisticsSource.parts`.

        A missing journal has one part. That part is empty.
        """
        if is_empty(self._journal) and is_empty(beside(self._journal, "-wal")):
            yield Part(Sums(), 1.0)
            return
        with _reading(self._journal, is_cancelled) as connection:
            # One moment for rows, archives and amendments: a month may be moved meanwhile.
            connection.execute("BEGIN")
            spans = _spans(connection, since, now)
            files = self._files(connection, since)
            amended = amended_entries(connection) if files else []
            own = _own_until(connection, files)
            steps = len(spans) + len(files)
            for number, span in enumerate(spans, start=1):
                if is_cancelled():
                    return
                try:
                    with reading():
                        sums = sum_span(connection, span, slot, training=self._training)
                except JournalDamagedError:
                    # SQLite reports an interrupted query as an error.
                    if is_cancelled():
                        return
                    raise
                yield Part(sums, number / steps)
        for number, file in enumerate(files, start=len(spans) + 1):
            if is_cancelled():
                return
            try:
                sums = self._sum_archive(file, slot, amended, is_cancelled, own[file.month])
                part = Part(sums, number / steps)
            except ReadableError as error:
                if is_cancelled():
                    return
                _log.warning("statistics without the archive %s: %s", file.month, error)
                part = Part(Sums(), number / steps, file.month)
            yield part

    def _files(self, connection: sqlite3.Connection, since: datetime) -> Sequence[ArchiveFile]:
        """Return the archives that may have entries since a moment.

        Their months are those of UTC.
        """
        month = _early(since).astimezone(timezone.utc).strftime("%Y-%m")
        with readable_errors():
            found = archive_files(connection, self._archives)
        return [file for file in found if file.month >= month]

    def _sum_archive(
        self,
        file: ArchiveFile,
        slot: Slot,
        amended: Sequence[Amendment],
        is_cancelled: IsCancelled,
        before: int,
    ) -> Sums:
        """Return the sums of an archive with its later changes.

        Args:
            before: entries from this position on are in the journal too, and are counted there.

        Raises:
            ReadableError: the file is missing, damaged or of another version, or has another number
                of entries or other positions than its row in the journal says.
        """
        key = file.month, file.sha256
        is_whole = before > file.last_position
        kept = self._kept.get(key) if slot is Slot.DAY and is_whole else None
        if kept is not None and not amended:
            return kept
        if is_empty(file.path):
            raise DataDirectoryUnusableError("missing")
        with _reading(file.path, is_cancelled) as connection, reading():
            if kept is None:
                if count_entries(connection) != file.entries:
                    raise JournalDamagedError("another number of entries")
                check_positions(connection, file)
                if not is_whole:
                    hide_entries(connection, before)
                kept = sum_span(connection, EVERYTHING, slot, training=self._training)
                if slot is Slot.DAY and is_whole:
                    self._kept[key] = kept
            if not amended:
                return kept
            return sum_amended(connection, amended, slot, kept, training=self._training)


def _own_until(connection: sqlite3.Connection, files: Sequence[ArchiveFile]) -> dict[str, int]:
    """Return, for each archive's month, the position from which on its entries are in the journal.

    If no month is being moved, this ends the open transaction, which would keep SQLite from
    truncating the `-wal`.
    """
    with readable_errors():
        own = {file.month: shared_from(connection, file) for file in files}
    if all(own[file.month] > file.last_position for file in files):
        connection.execute("COMMIT")
    return own


def _early(since: datetime) -> datetime:
    """Return the earliest time at which an entry with an entry time of `since` can be saved."""
    return since - FUTURE_TOLERANCE


def _spans(connection: sqlite3.Connection, since: datetime, now: datetime) -> list[Span]:
    """Return the months of Beijing since a moment, newest first; the newest has no end."""
    starts = [_early(since)]
    month = now.astimezone(BEIJING).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    later: list[datetime] = []
    while month > since:
        later.append(month)
        month = (month - timedelta(days=1)).replace(day=1)
    starts = [*later, *starts]
    spans: list[Span] = []
    end, last = "", 0
    for start in map(moment_text, starts):
        with readable_errors():
            first = first_attempt_since(connection, start)
        spans.append(Span(start, end, first, last))
        end, last = start, first
    return spans


@contextmanager
def _reading(path: Path, is_cancelled: IsCancelled) -> Iterator[sqlite3.Connection]:
    """Open a journal or an archive of the present version, for reading only.

    Args:
        is_cancelled: called while a query runs; a true result interrupts the query.

    Raises:
        JournalDamagedError: it is no journal, or lacks a column.
        JournalNewerError: a newer version of the program wrote it.
        DataDirectoryUnusableError: it cannot be read, or has not been migrated yet.
    """
    with readable_errors():
        check_first_bytes(path)
        connection = connect_by_mode(path, "ro", BUSY_TIMEOUT)
    with closing(connection):
        with readable_errors():
            if check_header(connection, len(MIGRATIONS)) < len(MIGRATIONS):
                raise DataDirectoryUnusableError("of an older version")
            check_columns(connection, MIGRATIONS, READ_TABLES)
            connection.execute("PRAGMA temp_store = MEMORY")
            connection.set_progress_handler(is_cancelled, _STEPS_BETWEEN_CHECKS)
        yield connection
