"""Reading and writing of rows; the caller opens the transaction."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from itertools import islice

from wxpark_gui.domain.delivery import DeliveryState, transition
from wxpark_gui.domain.errors import JournalDamagedError
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.storage.rows import SELECT_RECORDS, Value, moment_text, read_record, read_state

_log = logging.getLogger(__name__)


class Tables:
    """Row operations shared by the parts of the journal.

    `select` skips rows with invalid values, so that one bad row does not fail a query. Their
    positions are kept in the temporary table `unreadable`.

    Attributes:
        connection: the connection that every operation uses.
        run: number of the present run; 0 until the journal sets it.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        find_archived: Callable[[str], EntryRecord | None] = lambda _: None,
    ) -> None:
        """Keep the given parts.

        Args:
            find_archived: returns the archived entry with an `entry_id`, or None if there is none.
        """
        self.connection = connection
        self._find_archived = find_archived
        self.run = 0
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("CREATE TEMP TABLE unreadable (position INTEGER PRIMARY KEY)")

    def insert(self, table: str, values: Mapping[str, Value]) -> int:
        """Insert a row; return its row id."""
        columns, marks = ", ".join(values), ", ".join(f":{column}" for column in values)
        cursor = self.connection.execute(
            f"INSERT INTO {table} ({columns}) VALUES ({marks})",  # noqa: S608 - our names
            values,
        )
        return cursor.lastrowid or 0

    def note(self, what: str, detail: str, now: datetime) -> None:
        """Insert a row into `audit`."""
        self.insert(
            "audit", {"run": self.run, "at": moment_text(now), "what": what, "detail": detail}
        )

    def get(self, entry_id: str) -> EntryRecord:
        """Return the entry with that `entry_id`, from its archive if its month was moved there.

        Raises:
            LookupError: there is no such entry.
            JournalDamagedError: its row has an invalid value.
        """
        query = f"{SELECT_RECORDS} WHERE entries.entry_id = ?"
        row = self.connection.execute(query, (entry_id,)).fetchone()
        if row is not None:
            return read_record(row)
        archived = self._find_archived(entry_id)
        if archived is None:
            raise LookupError(f"no entry {entry_id}")
        return archived

    def state(self, entry_id: str) -> DeliveryState:
        """Return the state of the entry with that `entry_id`, even of an archived one.

        Raises:
            LookupError: there is no such entry.
            JournalDamagedError: its row has an invalid state.
        """
        query = "SELECT position, state FROM entries WHERE entry_id = ?"
        row = self.connection.execute(query, (entry_id,)).fetchone()
        if row is None:
            return self.get(entry_id).state
        return read_state(row)

    def select(
        self, condition: str, *values: Value, now: datetime, limit: int | None = None
    ) -> list[EntryRecord]:
        """Return the readable entries that meet a condition: at most `limit`, or all for None.

        Args:
            condition: SQL from `WHERE` or `ORDER BY` on, with `values` as its parameters.
            now: time of the audit row that is added for each newly found unreadable row.
        """
        unreadable: list[int] = []
        rows = self.connection.execute(f"{SELECT_RECORDS} {condition}", values)
        found = list(islice(_readable(rows, unreadable), limit))
        for position in unreadable:
            self._pass_over(position, now)
        return found

    def set_state(
        self,
        entry_id: str,
        state: DeliveryState,
        next_attempt_at: datetime | None = None,
        *,
        before: DeliveryState,
    ) -> None:
        """Update an entry's state and planned time; an entry that was `SENDING` gets `maybe_sent`.

        Args:
            next_attempt_at: the planned time, aware; None for none.
            before: the entry's present state.

        Raises:
            ValueError: the transition from `before` to `state` is not allowed.
        """
        cut_off = before is DeliveryState.SENDING
        self.connection.execute(
            "UPDATE entries SET state = ?, next_attempt_at = ?, maybe_sent = maybe_sent OR ?"
            " WHERE entry_id = ?",
            (
                transition(before, state).value,
                next_attempt_at and moment_text(next_attempt_at),
                cut_off,
                entry_id,
            ),
        )

    def _pass_over(self, position: int, now: datetime) -> None:
        """Add an unreadable row's position to `unreadable`, log and audit, once per connection."""
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
