"""The queue of open entries: finds those that are due, and expires those that waited too long.

The module exceeds the project's limit of 300 lines: each condition of the queue is written once, in
SQL.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from wxpark_gui.domain.delivery import LONGEST_RETRY_AFTER, Cause, DeliveryState
from wxpark_gui.domain.record import AccountBacklog, Backlog, EntryRecord
from wxpark_gui.service.ports import Clock
from wxpark_gui.storage.database import writing
from wxpark_gui.storage.rows import Value, moment_text, read_moment
from wxpark_gui.storage.runs import mark_run, measured_waits
from wxpark_gui.storage.tables import Tables
from wxpark_gui.storage.wall_clock import (
    WallClock,
    correct_start_times,
    limit_shift,
    limit_waits,
)

RESERVED_SECONDS = 300.0
"""Reservation time in seconds; an exchange takes less than a tenth of it."""

MARK_INTERVAL = 60.0
"""Least number of seconds between two updates of the present run's length."""

OPEN = "state IN ('saved', 'sending', 'waiting')"

_IS_HELD = """
    state = 'waiting' AND next_attempt_at IS NULL AND EXISTS (
        SELECT 1 FROM attempts
        WHERE attempt = last_attempt AND cause IN (SELECT cause FROM holding_causes)
    )
"""
# NULL equals nothing, so an entry without a plate never waits for another. A live entry never waits
# for one from paper.
_MAY_BE_TRIED = f"""
    state = 'waiting' AND position NOT IN (SELECT position FROM unreadable)
        AND NOT EXISTS (
            SELECT 1 FROM entries AS earlier
            WHERE earlier.account_id = entries.account_id AND earlier.plate = entries.plate
                AND earlier.state IN ('saved', 'sending', 'waiting')
                AND earlier.position < entries.position
                AND earlier.backfilled <= entries.backfilled
                AND earlier.position NOT IN (SELECT position FROM unreadable)
        )
        AND account_id NOT IN (SELECT account_id FROM entries WHERE {_IS_HELD})
"""  # noqa: S608 - our own condition
_WAS_PUT_OFF = """
    EXISTS (
        SELECT 1 FROM attempts WHERE attempt = last_attempt
            AND reached = 1 AND cause NOT IN (SELECT cause FROM holding_causes)
    )
"""
# Fewest attempts first, so that entries that always fail never starve a newer one.
_PUT_OFF_LAST = f"CASE WHEN {_WAS_PUT_OFF} THEN attempts ELSE 0 END"
_DUE = f"WHERE next_attempt_at <= ? AND {_MAY_BE_TRIED}"
_FIRST_DUE = f"{_DUE} AND backfilled = 0 AND NOT {_WAS_PUT_OFF} ORDER BY position"
_NEXT = f"SELECT min(next_attempt_at) AS next FROM entries WHERE {_MAY_BE_TRIED}"  # noqa: S608
# With `min`, SQLite takes the bare column `saved_at` from the row of the smallest position.
_BY_ACCOUNT = """
    SELECT account_id, count(*) AS count, min(position) AS first, saved_at FROM entries
    WHERE state IN ('saved', 'sending', 'waiting')
        AND position NOT IN (SELECT position FROM unreadable)
    GROUP BY account_id ORDER BY first
"""
_STRANDED = """
    SELECT max(next_attempt_at) > :latest AS too_far,
        count(*) > count(next_attempt_at) AS unplanned
    FROM entries WHERE state = 'waiting'
"""
_BRING_FORWARD = """
    UPDATE entries SET next_attempt_at = :latest
    WHERE state = 'waiting' AND next_attempt_at > :latest
"""
_NOT_ASKED_TO_WAIT = """
    AND NOT EXISTS (
        SELECT 1 FROM attempts WHERE attempt = last_attempt AND retry_after IS NOT NULL
    )
"""
_OF_PLATE = "account_id = :account AND plate = :plate"
_HAS_OPEN = f"SELECT 1 FROM entries WHERE {OPEN} AND {_OF_PLATE} AND backfilled = 0 LIMIT 1"  # noqa: S608
# Without a hint SQLite reads all entries of the plate, closed ones too.
_BRING_PLATE_FORWARD = f"""
    UPDATE entries INDEXED BY entries_open_plate SET next_attempt_at = :now
    WHERE {OPEN} AND state = 'waiting' AND next_attempt_at > :now AND {_OF_PLATE}
        AND backfilled = 0
        {_NOT_ASKED_TO_WAIT}
"""  # noqa: S608 - our own condition
# Only entries of a held account may lack a planned time.
_PLAN_UNPLANNED = f"""
    UPDATE entries SET next_attempt_at = :now
    WHERE state = 'waiting' AND next_attempt_at IS NULL
        AND account_id NOT IN (SELECT account_id FROM entries WHERE {_IS_HELD})
"""  # noqa: S608 - our own condition
_RELEASE = "UPDATE entries SET next_attempt_at = :now WHERE state = 'waiting'"
_OF_ACCOUNT = " AND account_id = :account"
_NOT_REACHED = """
    AND next_attempt_at > :now AND (
        last_attempt IS NULL
        OR EXISTS (SELECT 1 FROM attempts WHERE attempt = last_attempt AND reached = 0)
    )
"""


class WaitingQueue:
    """The open entries: saved, being sent or waiting.

    The worker that sends an entry reserves it for `RESERVED_SECONDS`; then the entry returns to the
    queue. An account is held while one of its entries waits until settings, permission or key are
    corrected.
    """

    def __init__(self, tables: Tables, clock: Clock) -> None:
        self._tables = tables
        self._connection = tables.connection
        self._clock = clock
        self._reserved: dict[str, float] = {}
        self._marked_at = clock.monotonic()
        self._wall_clock = WallClock(tables, clock)
        self._connection.execute("CREATE TEMP TABLE holding_causes (cause TEXT PRIMARY KEY)")
        self._connection.executemany(
            "INSERT INTO holding_causes VALUES (?)",
            [(cause.value,) for cause in Cause if cause.remedy.holds_account],
        )

    def reserve(self, entry_id: str) -> None:
        """Reserve an entry for the worker that sends it, for `RESERVED_SECONDS` from now."""
        self._reserved[entry_id] = self._clock.monotonic() + RESERVED_SECONDS

    def unreserve(self, entry_id: str) -> None:
        """End the reservation; a no-op if there is none."""
        self._reserved.pop(entry_id, None)

    def requeue_interrupted(self, now: datetime) -> None:
        """Requeue the entries that the last run left saved or being sent.

        Also correct start times, the times of the open shift, and too long waits. Needs an open
        transaction.
        """
        for record in self._tables.select(f"WHERE {OPEN} ORDER BY position", now=now):
            if record.state is not DeliveryState.WAITING:
                self._requeue(record, now)
        correct_start_times(self._tables, self._clock)
        limit_waits(self._tables, now)
        limit_shift(self._tables, now)
        self._plan(now)

    def bring_forward(self, account_id: str, plate: str, now: datetime) -> bool:
        """Make the waiting live entries of a plate due now, unless the gateway asked to wait.

        Return False if the plate has no open live entry. Needs an open transaction.
        """
        values = {"account": account_id, "plate": plate, "now": moment_text(now)}
        self._connection.execute(_BRING_PLATE_FORWARD, values)
        return self._connection.execute(_HAS_OPEN, values).fetchone() is not None

    def follow_clock(self) -> None:
        """Move planned times and the open shift if the wall clock was set.

        Call it before planning a time or opening a shift.
        """
        self._wall_clock.follow()

    def due(self, now: datetime, limit: int, *, rotate: bool) -> Sequence[EntryRecord]:
        """Return at most `limit` entries to try now, live ones first, in order of saving.

        Among the live ones and among those from paper, entries whose last attempt reached the
        gateway come last, those with fewest attempts first.

        Args:
            rotate: sort by planned time instead of order of saving.
        """
        self._maintain(now)
        if not rotate:
            # The first ones in the order below. They are found by position, without sorting all.
            first = self._tables.select(_FIRST_DUE, moment_text(now), now=now, limit=limit)
            if len(first) == limit:
                return first
        order = "next_attempt_at, position" if rotate else "position"
        condition = f"{_DUE} ORDER BY backfilled, {_PUT_OFF_LAST}, {order}"
        return self._tables.select(condition, moment_text(now), now=now, limit=limit)

    def backlog(self, now: datetime) -> Backlog:
        """Return a summary of the open entries; unreadable rows do not count."""
        accounts = tuple(
            AccountBacklog(row["account_id"], row["count"], read_moment(row["saved_at"]))
            for row in self._connection.execute(_BY_ACCOUNT)
        )
        planned = self._connection.execute(_NEXT).fetchone()["next"]
        return Backlog(
            count=sum(own.count for own in accounts),
            oldest=accounts[0].oldest if accounts else None,
            held=tuple(self.held(now)),
            next_attempt_at=read_moment(planned) if planned else None,
            accounts=accounts,
        )

    def is_held(self, account_id: str) -> bool:
        """Test if an entry of the account waits until settings, permission or key are corrected."""
        query = f"SELECT 1 FROM entries WHERE {_IS_HELD} AND account_id = ? LIMIT 1"  # noqa: S608
        return self._connection.execute(query, (account_id,)).fetchone() is not None

    def release(self, now: datetime, account_id: str = "") -> int:
        """Make all waiting entries due now, or those of one account; return their number.

        Needs an open transaction.
        """
        if account_id:
            values: dict[str, Value] = {"now": moment_text(now), "account": account_id}
            return self._released(_RELEASE + _OF_ACCOUNT, values, now)
        return self._released(_RELEASE, {"now": moment_text(now)}, now)

    def release_after_outage(self, now: datetime) -> int:
        """Make due now entries whose last attempt did not reach the gateway; return their number.

        Entries without an attempt are included. Needs an open transaction.
        """
        return self._released(_RELEASE + _NOT_REACHED, {"now": moment_text(now)}, now)

    def expire(
        self, saved_before: datetime, now: datetime, entered_before: datetime | None = None
    ) -> Sequence[EntryRecord]:
        """Close waiting entries saved before `saved_before` as `EXPIRED`, and return them.

        They must have waited that long by the monotonic clock too.

        Args:
            entered_before: entries from paper with an earlier entry time expire too; None for no
                limit. Their time from entry to saving is measured by the wall clock.
        """
        self._maintain(now)
        self._mark_run()
        candidates = self._tables.select(
            "WHERE state = 'waiting' AND (saved_at < ? OR backfilled = 1 AND start_time <= ?)"
            " ORDER BY position",
            moment_text(saved_before),
            moment_text(entered_before) if entered_before else "",
            now=now,
        )
        if not candidates:
            return ()
        longest_wait = now - saved_before
        longest_age = now - entered_before if entered_before else timedelta.max
        measured = measured_waits(self._connection, self._tables.run, self._clock)

        def is_overdue(record: EntryRecord) -> bool:
            waited = timedelta(seconds=measured.get(record.entry_id, 0.0))
            age = record.saved_at - record.entry.start_time + waited
            return waited >= longest_wait or (record.backfilled and age >= longest_age)

        overdue = [record for record in candidates if is_overdue(record)]
        if not overdue:
            return ()
        with writing(self._connection):
            for record in overdue:
                self._tables.set_state(record.entry_id, DeliveryState.EXPIRED, before=record.state)
                self._tables.note("expired", record.entry_id, now)
            return [self._tables.get(record.entry_id) for record in overdue]

    def _released(self, statement: str, values: dict[str, Value], now: datetime) -> int:
        count = self._connection.execute(statement, values).rowcount
        if count:
            self._tables.note("queue_released", str(count), now)
        return count

    def _maintain(self, now: datetime) -> None:
        """Requeue entries with an expired reservation, and correct impossible planned times.

        A planned time is impossible after a clock change, or as `_is_stranded` tests.
        """
        self.follow_clock()
        ticks = self._clock.monotonic()
        left = [entry_id for entry_id, until in self._reserved.items() if until <= ticks]
        if not left and not self._is_stranded(now):
            return
        with writing(self._connection):
            for entry_id in left:
                record = self._tables.get(entry_id)
                if record.state in (DeliveryState.SAVED, DeliveryState.SENDING):
                    self._requeue(record, now)
            self._plan(now)
        for entry_id in left:
            self.unreserve(entry_id)

    def _requeue(self, record: EntryRecord, now: datetime) -> None:
        self._tables.set_state(record.entry_id, DeliveryState.WAITING, now, before=record.state)
        if record.state is DeliveryState.SENDING:
            self._tables.note("cut_off", record.entry_id, now)

    def _is_stranded(self, now: datetime) -> bool:
        """Test for waiting entries planned too far ahead, or unplanned although not held."""
        row = self._connection.execute(_STRANDED, _at(now)).fetchone()
        if row["too_far"]:
            return True
        held = {record.origin.account_id for record in self.held(now)}
        if not row["unplanned"]:
            return False
        accounts = self._connection.execute(
            "SELECT DISTINCT account_id FROM entries"
            " WHERE state = 'waiting' AND next_attempt_at IS NULL"
        ).fetchall()
        return any(account["account_id"] not in held for account in accounts)

    def _plan(self, now: datetime) -> None:
        """Limit planned times to the longest wait.

        A waiting entry without a planned time becomes due now, unless its account is held.
        """
        self._connection.execute(_BRING_FORWARD, _at(now))
        self._connection.execute(_PLAN_UNPLANNED, {"now": moment_text(now)})

    def held(self, now: datetime) -> list[EntryRecord]:
        """Return the newest held entry of each held account, newest first."""
        newest: dict[str, EntryRecord] = {}
        for record in self._tables.select(f"WHERE {_IS_HELD} ORDER BY position DESC", now=now):
            newest.setdefault(record.origin.account_id, record)
        return list(newest.values())

    def _mark_run(self) -> None:
        ticks = self._clock.monotonic()
        if ticks < self._marked_at + MARK_INTERVAL:
            return
        with writing(self._connection):
            mark_run(self._connection, self._tables.run, self._clock)
        self._marked_at = ticks


def _at(now: datetime) -> dict[str, str]:
    """Return `now` and the latest permitted planned time as SQL parameters."""
    latest = now + timedelta(seconds=LONGEST_RETRY_AFTER)
    return {"now": moment_text(now), "latest": moment_text(latest)}
