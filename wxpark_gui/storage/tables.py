"""Reading and writing rows; the caller opens the transaction."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice

from wxpark_gui.domain.delivery import DeliveryState, transition
from wxpark_gui.domain.errors import JournalDamagedError
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.storage.rows import SELECT_RECORDS, Value, moment_text, read_record

_log = logging.getLogger(__name__)


class Tables:
    """Row operations shared by the parts of the journal.

    Rows with invalid values are skipped, so that one bad row does not fail a query. Their positions
    are kept in the temporary table `unreadable`.

    Attributes:
        connection: the journal's only one.
        run: number of the present run, 0 before it has begun.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.run = 0
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("CREATE TEMP TABLE unreadable (position INTEGER PRIMARY KEY)")

    def insert(self, table: str, values: Mapping[str, Value]) -> int:
        """Add a row; returns the number SQLite gave it."""
        columns, marks = ", ".join(values), ", ".join(f":{column}" for column in values)
        cursor = self.connection.execute(
            f"INSERT INTO {table} ({columns}) VALUES ({marks})",  # noqa: S608 - our names
            values,
        )
        return cursor.lastrowid or 0

    def note(self, what: str, detail: str, now: datetime) -> None:
        """Add to the audit."""
        self.insert(
            "audit", {"run": self.run, "at": moment_text(now), "what": what, "detail": detail}
        )

    def get(self, entry_id: str) -> EntryRecord:
        """The entry of that name.

        Raises:
            LookupError: there is none.
            JournalDamagedError: a value in its row cannot be.
        """
        query = f"{SELECT_RECORDS} WHERE entries.entry_id = ?"
        row = self.connection.execute(query, (entry_id,)).fetchone()
        if row is None:
            raise LookupError(f"no entry {entry_id}")
        return read_record(row)

    def select(
        self, condition: str, *values: Value, now: datetime, limit: int | None = None
    ) -> list[EntryRecord]:
        """The readable entries that meet a condition, `limit` of them at most."""
        unreadable: list[int] = []
        rows = self.connection.execute(f"{SELECT_RECORDS} {condition}", values)
        found = list(islice(_readable(rows, unreadable), limit))
        for position in unreadable:
            self._pass_over(position, now)
        return found

    def set_state(
        self, before: EntryRecord, state: DeliveryState, next_attempt_at: datetime | None = None
    ) -> None:
        """Move an entry on; `maybe_sent` once set stays so.

        Raises:
            ValueError: its present state does not lead there.
        """
        cut_off = before.state is DeliveryState.SENDING
        self.connection.execute(
            "UPDATE entries SET state = ?, next_attempt_at = ?, maybe_sent = maybe_sent OR ?"
            " WHERE entry_id = ?",
            (
                transition(before.state, state).value,
                next_attempt_at and moment_text(next_attempt_at),
                cut_off,
                before.entry_id,
            ),
        )

    def _pass_over(self, position: int, now: datetime) -> None:
        """Store and log the position of a row to skip, once per run."""
        added = self.connection.execute(
            "INSERT OR IGNORE INTO unreadable VALUES (?)", (position,)
        ).rowcount
        if not added:
            return
        _log.error("row %d of the journal cannot be read and is passed over", position)
        # A full disk must not stop reading.
        with contextlib.suppress(sqlite3.Error):
            self.note("entry_unreadable", f"position {position}", now)


def _readable(rows: sqlite3.Cursor, unreadable: list[int]) -> Iterator[EntryRecord]:
    for row in rows:
        try:
            yield read_record(row)
        except JournalDamagedError:  # noqa: PERF203 - one bad row must not end the others
            unreadable.append(row["position"])
