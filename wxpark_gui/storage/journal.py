"""The entries on disk: kept before they are sent, with every exchange made for them."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from wxpark_gui import __version__
from wxpark_gui.domain.delivery import Cause, DeliveryState, NextStep, Outcome
from wxpark_gui.domain.entry import ParkingEntry
from wxpark_gui.domain.record import EntryRecord, Origin
from wxpark_gui.service.ports import Clock
from wxpark_gui.storage.database import open_database, reading, writing
from wxpark_gui.storage.rows import (
    SELECT_RECORDS,
    Value,
    entry_values,
    moment_text,
    outcome_values,
    read_record,
)

BUSY_TIMEOUT = 5.0
"""Seconds to wait for another program, such as a backup, that has the file locked."""

_OPEN = "state IN ('saved', 'sending', 'waiting')"


class SqliteJournal:
    """The journal in one SQLite file, on one connection.

    It belongs to the thread that made it: SQLite's module refuses every other one. What has begun
    and was cut off by the end of the program waits again, marked as maybe sent.
    """

    def __init__(self, path: Path, clock: Clock, busy_timeout: float = BUSY_TIMEOUT) -> None:
        """Open or create the file.

        Raises:
            JournalDamagedError: the file is no journal.
            JournalNewerError: a newer version of the program wrote it.
            JournalWriteError: it could be opened, but not written.
            DataDirectoryUnusableError: it cannot be opened, or not safely.
        """
        self._clock = clock
        self._connection = open_database(path, busy_timeout)
        self._connection.row_factory = sqlite3.Row
        self._run = 0
        try:
            self._start_run()
        except BaseException:
            self._connection.close()
            raise

    def append(
        self, entry_id: str, entry: ParkingEntry, origin: Origin, now: datetime
    ) -> EntryRecord:
        """Save a new entry under the booth's next sequence number.

        Raises:
            JournalWriteError: nothing was saved.
        """
        with writing(self._connection):
            values = entry_values(entry, origin) | {
                "entry_id": entry_id,
                "sequence": self._next_sequence(origin),
                "state": DeliveryState.SAVED.value,
                "saved_at": moment_text(now),
                "saved_monotonic": self._clock.monotonic(),
                "run": self._run,
            }
            self._insert("entries", values)
            return self._existing(entry_id)

    def begin(self, entry_id: str, now: datetime) -> EntryRecord:
        """Mark that an exchange starts: state `SENDING`.

        Begun again from `SENDING`, as after a failure to write how it ended, the entry is maybe
        sent.

        Raises:
            JournalWriteError: nothing was marked; nothing may be sent.
            LookupError: there is no such entry.
            ValueError: it does not wait to be sent.
        """
        with writing(self._connection):
            before = self._existing(entry_id)
            if not before.state.is_open:
                raise ValueError(f"entry {entry_id} is {before.state.value}")
            self._insert(
                "attempts",
                {"entry_id": entry_id, "run": self._run, "started_at": moment_text(now)},
            )
            self._connection.execute(
                "UPDATE entries SET state = ?, maybe_sent = ?, next_attempt_at = NULL"
                " WHERE entry_id = ?",
                (
                    DeliveryState.SENDING.value,
                    before.maybe_sent or before.state is DeliveryState.SENDING,
                    entry_id,
                ),
            )
            return self._existing(entry_id)

    def record(self, entry_id: str, outcome: Outcome, step: NextStep, now: datetime) -> EntryRecord:
        """Keep how an exchange ended and what comes next.

        An entry that was closed while the exchange ran keeps its state, and the exchange is kept.

        Raises:
            JournalWriteError: nothing was kept.
            LookupError: there is no such entry.
        """
        with writing(self._connection):
            before = self._existing(entry_id)
            attempt = self._end_attempt(entry_id, outcome, now)
            still_open = before.state.is_open
            self._connection.execute(
                "UPDATE entries SET state = ?, attempts = attempts + 1, untrusted = untrusted + ?,"
                " next_attempt_at = ?, last_attempt = ? WHERE entry_id = ?",
                (
                    (step.state if still_open else before.state).value,
                    outcome.cause is Cause.UNTRUSTED,
                    _next_attempt(step, now) if still_open else None,
                    attempt,
                    entry_id,
                ),
            )
            self._note_step(entry_id, outcome, step, now)
            return self._existing(entry_id)

    def note(self, what: str, detail: str, now: datetime) -> None:
        """Add to the audit, which is never changed or shortened.

        Args:
            what: a stable name: `merchant_changed`.
            detail: a remark without keys and without whole plates.

        Raises:
            JournalWriteError: nothing was added.
        """
        with writing(self._connection):
            self._add_note(what, detail, now)

    def get(self, entry_id: str) -> EntryRecord | None:
        """The entry, or None.

        Raises:
            JournalDamagedError: the file cannot be read, as in every method that reads.
        """
        with reading():
            found = self._select("WHERE entries.entry_id = ?", entry_id)
        return found[0] if found else None

    def recent(self, limit: int) -> Sequence[EntryRecord]:
        """The newest entries by order of saving, newest first."""
        with reading():
            return self._select("ORDER BY position DESC LIMIT ?", limit)

    def open_entries(self) -> Sequence[EntryRecord]:
        """All that still wait for an answer, oldest first by order of saving."""
        with reading():
            return self._select(f"WHERE {_OPEN} ORDER BY position")

    def count_since(self, moment: datetime) -> int:
        """How many entries were saved at `moment` or later, by the clock of then."""
        with reading():
            count: int = self._connection.execute(
                "SELECT count(*) FROM entries WHERE saved_at >= ?", (moment_text(moment),)
            ).fetchone()[0]
        return count

    def fingerprints(self, limit: int) -> Sequence[str]:
        """Fingerprints of the newest signed replies, newest first."""
        with reading():
            rows = self._connection.execute(
                "SELECT fingerprint FROM attempts WHERE fingerprint <> ''"
                " ORDER BY attempt DESC LIMIT ?",
                (limit,),
            ).fetchall()
        return [row["fingerprint"] for row in rows]

    def close(self) -> None:
        self._connection.close()

    def _start_run(self) -> None:
        """Put on record that the program started, and free what its last run left under way."""
        now = self._clock.now()
        with writing(self._connection):
            self._run = self._insert(
                "runs",
                {
                    "opened_at": moment_text(now),
                    "opened_monotonic": self._clock.monotonic(),
                    "program": __version__,
                },
            )
            for row in self._connection.execute(
                "SELECT entry_id FROM entries WHERE state = 'sending' ORDER BY position"
            ).fetchall():
                self._add_note("cut_off", row["entry_id"], now)
            self._connection.execute(
                "UPDATE entries SET state = ?, maybe_sent = 1, next_attempt_at = ?"
                " WHERE state = 'sending'",
                (DeliveryState.WAITING.value, moment_text(now)),
            )

    def _next_sequence(self, origin: Origin) -> int:
        number: int = self._connection.execute(
            "SELECT coalesce(max(sequence), 0) + 1 FROM entries WHERE lot = ? AND booth = ?",
            (origin.lot, origin.booth),
        ).fetchone()[0]
        return number

    def _end_attempt(self, entry_id: str, outcome: Outcome, now: datetime) -> int:
        """Complete the attempt that `begin` made; where it made none, add one."""
        row = self._connection.execute(
            "SELECT max(attempt) AS attempt FROM attempts"
            " WHERE entry_id = ? AND run = ? AND ended_at IS NULL",
            (entry_id, self._run),
        ).fetchone()
        attempt: int | None = row["attempt"]
        if attempt is None:
            started_at = now - timedelta(milliseconds=outcome.elapsed_ms)
            attempt = self._insert(
                "attempts",
                {"entry_id": entry_id, "run": self._run, "started_at": moment_text(started_at)},
            )
        values = outcome_values(outcome) | {"ended_at": moment_text(now)}
        assignments = ", ".join(f"{column} = :{column}" for column in values)
        self._connection.execute(
            f"UPDATE attempts SET {assignments} WHERE attempt = :attempt",  # noqa: S608 - our names
            values | {"attempt": attempt},
        )
        return attempt

    def _note_step(self, entry_id: str, outcome: Outcome, step: NextStep, now: datetime) -> None:
        detail = f"{entry_id} {outcome.cause.value} {outcome.code}".rstrip()
        if step.security_event:
            self._add_note("reply_not_trusted", detail, now)
        if step.holds_queue:
            self._add_note("queue_held", detail, now)

    def _add_note(self, what: str, detail: str, now: datetime) -> None:
        self._insert(
            "audit", {"run": self._run, "at": moment_text(now), "what": what, "detail": detail}
        )

    def _existing(self, entry_id: str) -> EntryRecord:
        found = self._select("WHERE entries.entry_id = ?", entry_id)
        if not found:
            raise LookupError(f"no entry {entry_id}")
        return found[0]

    def _select(self, condition: str, *values: str | int) -> list[EntryRecord]:
        rows = self._connection.execute(f"{SELECT_RECORDS} {condition}", values).fetchall()
        return [read_record(row) for row in rows]

    def _insert(self, table: str, values: Mapping[str, Value]) -> int:
        """Add a row; returns the number SQLite gave it."""
        columns, marks = ", ".join(values), ", ".join(f":{column}" for column in values)
        cursor = self._connection.execute(
            f"INSERT INTO {table} ({columns}) VALUES ({marks})",  # noqa: S608 - our names
            values,
        )
        return cursor.lastrowid or 0


def _next_attempt(step: NextStep, now: datetime) -> str | None:
    if step.wait is None:
        return None
    return moment_text(now + timedelta(seconds=step.wait))
