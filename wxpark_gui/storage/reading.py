"""Pages of entries, and a read-only connection to a journal that another process may write."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.entry_filter import EVERY_ENTRY, EntryFilter
from wxpark_gui.domain.errors import JournalDamagedError, ReadableError
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.service.ports import Clock
from wxpark_gui.storage.archive_writer import has_its_hash
from wxpark_gui.storage.archives import (
    READ_TABLES,
    ArchiveFile,
    Archives,
    archive_directory,
    count_shared,
    open_archive,
)
from wxpark_gui.storage.database import reading
from wxpark_gui.storage.inspection import (
    beside,
    check_columns,
    check_first_bytes,
    check_header,
    connect_by_mode,
    connect_copy,
    is_empty,
    pragma,
    readable_errors,
)
from wxpark_gui.storage.queries import read_visits
from wxpark_gui.storage.rows import Value, moment_text
from wxpark_gui.storage.schema import MIGRATIONS, add_missing_columns, empty_journal
from wxpark_gui.storage.tables import Tables
from wxpark_gui.storage.waiting import OPEN

BUSY_TIMEOUT = 5.0
"""Seconds to wait for a lock; a writer in WAL mode holds none that stops a reader."""


CHECKED_BYTES = 64_000_000
"""Largest file in bytes that `JournalReader.check` checks; a slow disk takes some seconds."""


class JournalReader:
    """Reads the journal on a read-only connection, without disturbing a writer.

    No journal is created, migrated or repaired; SQLite may create its `-wal` and `-shm` files. A
    missing journal reads as empty. One of an older schema is read through views that add the
    missing columns. Pages and `count_open` leave out archived entries.
    """

    def __init__(self, path: Path, clock: Clock) -> None:
        """Open the file.

        Raises:
            JournalDamagedError: it is no journal; other damage is found when it is read.
            JournalNewerError: a newer version of the program wrote it.
            DataDirectoryUnusableError: it cannot be read.
        """
        self._clock = clock
        self._tables = open_tables(path)
        self._connection = self._tables.connection
        self._archives = Archives(self._connection, archive_directory(path))

    def page(
        self,
        limit: int,
        *,
        before: int | None = None,
        after: int | None = None,
        wanted: EntryFilter = EVERY_ENTRY,
    ) -> Sequence[EntryRecord]:
        """Return one page of entries; see `select_page`."""
        with reading():
            now = self._clock.now()
            return select_page(
                self._tables, limit, before=before, after=after, wanted=wanted, now=now
            )

    def count_open(self) -> int:
        """Return the number of open entries."""
        query = f"SELECT count(*) FROM entries WHERE {OPEN}"  # noqa: S608 - our own condition
        with reading():
            count: int = self._connection.execute(query).fetchone()[0]
        return count

    def waiting(self, account_id: str) -> int:
        """Return the number of open entries of an account."""
        query = f"SELECT count(*) FROM entries WHERE {OPEN} AND account_id = ?"  # noqa: S608
        with reading():
            count: int = self._connection.execute(query, (account_id,)).fetchone()[0]
        return count

    def check(self) -> None:
        """Check the active file as `verify_file` does if it has at most `CHECKED_BYTES`.

        Raises:
            JournalDamagedError: the file is damaged.
        """
        with reading():
            pages = int(pragma(self._connection, "page_count"))
            size = pages * int(pragma(self._connection, "page_size"))
        if size <= CHECKED_BYTES:
            verify_file(self._connection)

    def verify(self) -> int:
        """Check the journal as `verify_file` does, and the archives' hashes.

        Returns the number of entries, archived ones included.

        Raises:
            JournalDamagedError: the journal or an archive is damaged; `detail` names all such
                archives.
        """
        count = verify_file(self._connection)
        damaged = []
        with reading():
            for file in self._archives.files():
                if not has_its_hash(file):
                    damaged.append(file.month)
                count += file.entries - count_shared(self._connection, file)
        if damaged:
            raise JournalDamagedError(_named(damaged))
        return count

    def lost_archives(self) -> Sequence[str]:
        """Return the months whose archive is missing or no journal, without reading its content."""
        with reading():
            return [file.month for file in self._archives.files() if not _opens(file)]

    def visits(self, since: datetime, limit: int) -> Sequence[tuple[str, int]]:
        """Return plates with their number of entries; see `storage.queries.read_visits`."""
        with reading():
            # One transaction, so that a month that is being moved counts once.
            self._connection.execute("BEGIN")
            try:
                return read_visits(self._connection, since, limit, self._archives)
            finally:
                self._connection.execute("ROLLBACK")

    def close(self) -> None:
        self._connection.close()


def open_tables(path: Path) -> Tables:
    """Open a journal or an archive read-only, with all columns of the newest schema.

    A missing file reads as an empty journal.

    Raises:
        JournalDamagedError: it is no journal, or lacks a column; other damage is found when it is
            read.
        JournalNewerError: a newer version of the program wrote it.
        DataDirectoryUnusableError: it cannot be read.
    """
    with readable_errors():
        connection = _connect(path)
        try:
            connection.row_factory = sqlite3.Row
            version = check_header(connection, len(MIGRATIONS))
            if version:
                check_columns(connection, MIGRATIONS[:version], READ_TABLES)
            tables = Tables(connection)
            # After `Tables`, because its `PRAGMA temp_store` drops all temporary views.
            if 0 < version < len(MIGRATIONS):
                add_missing_columns(connection)
        except BaseException:
            connection.close()
            raise
    return tables


def select_page(
    tables: Tables,
    limit: int,
    *,
    before: int | None,
    after: int | None,
    wanted: EntryFilter,
    now: datetime,
) -> list[EntryRecord]:
    """Return one page of at most `limit` entries by order of saving; a shorter page is the last.

    Pass the `position` of its last entry as `before` or `after` to get the next page, at a cost
    that does not grow with the number of pages. Rows with invalid values are skipped.

    Args:
        before: lists entries with smaller positions, newest first; None starts at the newest.
        after: lists entries with larger positions, oldest first. Do not pass `before` too.
        wanted: only entries that meet this filter are listed.
        now: time of the audit row for a skipped row.
    """
    conditions, values = filter_conditions(wanted)
    order = "ORDER BY position DESC"
    if after is not None:
        order = "ORDER BY position"
        conditions.append("position > ?")
        values.append(after)
    elif before is not None:
        conditions.append("position < ?")
        values.append(before)
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    return tables.select(f"{where} {order}", *values, now=now, limit=limit)


def verify_file(connection: sqlite3.Connection) -> int:
    """Check the whole file with its indexes, but no foreign keys; return the number of entries.

    Raises:
        JournalDamagedError: the file is damaged; `detail` is the first problem found.
    """
    with reading():
        found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
        count: int = connection.execute("SELECT count(*) FROM entries").fetchone()[0]
    if found != "ok":
        raise JournalDamagedError(found)
    return count


def _opens(file: ArchiveFile) -> bool:
    try:
        open_archive(file).close()
    except ReadableError:
        return False
    return True


def _named(months: Sequence[str]) -> str:
    return "archive " + ", ".join(months)


def filter_conditions(wanted: EntryFilter) -> tuple[list[str], list[Value]]:
    """Return SQL conditions on `entries`, none of which needs a sort, and their parameters.

    `wanted.search` is not included.
    """
    conditions: list[str] = []
    values: list[Value] = []
    if wanted.states:
        # Literals, so that SQLite finds the partial index of open entries.
        names = [f"'{state.value}'" for state in DeliveryState if state in wanted.states]
        conditions.append(f"state IN ({', '.join(names)})")
    if wanted.since is not None:
        # The plus keeps SQLite from using the index on `saved_at`, which would need a sort.
        conditions.append("+saved_at >= ?")
        values.append(moment_text(wanted.since))
    if wanted.until is not None:
        conditions.append("+saved_at < ?")
        values.append(moment_text(wanted.until))
    if wanted.plate:
        conditions.append("instr(plate, ?) > 0")
        values.append(wanted.plate)
    return conditions, values


def _connect(path: Path) -> sqlite3.Connection:
    if is_empty(path):
        if not is_empty(beside(path, "-wal")):
            raise JournalDamagedError("the file is empty and its log is not")
        return empty_journal()
    check_first_bytes(path)
    connection = connect_by_mode(path, "ro", BUSY_TIMEOUT)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        connection.close()
        if not is_empty(beside(path, "-wal")):
            raise
        # In a read-only directory SQLite opens a WAL database only as immutable.
        return connect_copy(path)
    except BaseException:
        connection.close()
        raise
    return connection
