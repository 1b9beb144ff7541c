"""Lists of entries by pages, and the journal opened beside its writer for reading alone."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path

from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.entry_filter import EVERY_ENTRY, EntryFilter
from wxpark_gui.domain.errors import JournalDamagedError
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.service.ports import Clock
from wxpark_gui.storage.database import reading
from wxpark_gui.storage.inspection import (
    beside,
    check_first_bytes,
    check_header,
    connect_by_mode,
    connect_copy,
    is_empty,
    lenient_text,
    readable_errors,
)
from wxpark_gui.storage.rows import Value, moment_text
from wxpark_gui.storage.schema import MIGRATIONS, migrate
from wxpark_gui.storage.tables import Tables
from wxpark_gui.storage.waiting import OPEN

BUSY_TIMEOUT = 5.0
"""Seconds to wait for a lock; a writer in WAL mode holds none that stops a reader."""

_TABLES_OF_ENTRIES = ("entries", "attempts")


class JournalReader:
    """The journal's file on a connection that cannot write: needs no lock, disturbs no writer.

    Nothing is created, migrated or mended; SQLite may add its empty `-wal` and `-shm` files. A
    journal that does not exist yet reads as an empty one, one of an older schema through views that
    add the columns it lacks.
    """

    def __init__(self, path: Path, clock: Clock) -> None:
        """Open the file.

        Raises:
            JournalDamagedError: it is no journal; other damage is found when it is read.
            JournalNewerError: a newer version of the program wrote it.
            DataDirectoryUnusableError: it cannot be read.
        """
        self._clock = clock
        with readable_errors():
            self._connection = _connect(path)
            try:
                self._connection.row_factory = sqlite3.Row
                version = check_header(self._connection, len(MIGRATIONS))
                self._tables = Tables(self._connection)
                # Later than `Tables`, whose `temp_store` drops what is temporary.
                if 0 < version < len(MIGRATIONS):
                    _add_missing_columns(self._connection)
            except BaseException:
                self._connection.close()
                raise

    def page(
        self,
        limit: int,
        *,
        before: int | None = None,
        after: int | None = None,
        wanted: EntryFilter = EVERY_ENTRY,
    ) -> Sequence[EntryRecord]:
        """See `select_page`."""
        with reading():
            now = self._clock.now()
            return select_page(
                self._tables, limit, before=before, after=after, wanted=wanted, now=now
            )

    def count_open(self) -> int:
        """Number of entries that still wait for an answer."""
        query = f"SELECT count(*) FROM entries WHERE {OPEN}"  # noqa: S608 - our own condition
        with reading():
            count: int = self._connection.execute(query).fetchone()[0]
        return count

    def verify(self) -> int:
        """See `verify_file`."""
        return verify_file(self._connection)

    def close(self) -> None:
        self._connection.close()


def select_page(
    tables: Tables,
    limit: int,
    *,
    before: int | None,
    after: int | None,
    wanted: EntryFilter,
    now: datetime,
) -> list[EntryRecord]:
    """One page of entries by order of saving, `limit` at most; a short page is the last.

    The next page begins at the `position` of the last entry: its cost does not grow with the number
    of pages before it. Rows with invalid values are skipped.

    Args:
        before: newest first, entries with smaller positions; None begins with the newest.
        after: oldest first, entries with larger positions; not together with `before`.
    """
    conditions, values = _conditions(wanted)
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
    """Check the whole file, indexes and references included; returns the number of entries.

    Raises:
        JournalDamagedError: with the first problem SQLite found.
    """
    with reading():
        found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
        count: int = connection.execute("SELECT count(*) FROM entries").fetchone()[0]
    if found != "ok":
        raise JournalDamagedError(found)
    return count


def _conditions(wanted: EntryFilter) -> tuple[list[str], list[Value]]:
    conditions: list[str] = []
    values: list[Value] = []
    if wanted.states:
        # Literals, so that SQLite finds the partial index of open entries.
        names = [f"'{state.value}'" for state in DeliveryState if state in wanted.states]
        conditions.append(f"state IN ({', '.join(names)})")
    if wanted.since is not None:
        # The plus keeps SQLite from the index on `saved_at`, after which it would have to sort.
        conditions.append("+saved_at >= ?")
        values.append(moment_text(wanted.since))
    if wanted.plate:
        conditions.append("instr(plate, ?) > 0")
        values.append(wanted.plate)
    return conditions, values


def _connect(path: Path) -> sqlite3.Connection:
    if is_empty(path):
        if not is_empty(beside(path, "-wal")):
            raise JournalDamagedError("the file is empty and its log is not")
        return _empty_journal()
    check_first_bytes(path)
    connection = connect_by_mode(path, "ro", BUSY_TIMEOUT)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        connection.close()
        if not is_empty(beside(path, "-wal")):
            raise
        # In a directory that cannot be written, SQLite reads only what it may take for immutable.
        return connect_copy(path)
    except BaseException:
        connection.close()
        raise
    return connection


def _empty_journal() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.text_factory = lenient_text
    migrate(connection)
    return connection


def _add_missing_columns(connection: sqlite3.Connection) -> None:
    """Put views over the tables of an older schema: temporary names are found first."""
    with closing(_empty_journal()) as newest:
        for table in _TABLES_OF_ENTRIES:
            found = {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
            missing = [
                f"{default or 'NULL'} AS {name}"
                for _, name, _, _, default, _ in newest.execute(f"PRAGMA table_info({table})")
                if name not in found
            ]
            if missing:
                connection.execute(
                    f"CREATE TEMP VIEW {table} AS"  # noqa: S608 - our own names
                    f" SELECT *, {', '.join(missing)} FROM main.{table}"
                )
