"""Which entries wait, which may be tried now, and which have waited too long."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from wxpark_gui.domain.delivery import LONGEST_RETRY_AFTER, Cause, DeliveryState, Remedy
from wxpark_gui.domain.record import Backlog, EntryRecord
from wxpark_gui.service.ports import Clock
from wxpark_gui.storage.database import writing
from wxpark_gui.storage.rows import moment_text, read_moment
from wxpark_gui.storage.runs import mark_run, measured_waits
from wxpark_gui.storage.tables import Tables

IN_HAND = 300.0
"""Seconds an entry belongs to whoever saved or began it; one exchange takes a tenth of that."""

MARK_INTERVAL = 60.0
"""Seconds between two notes of how long the present run has lasted."""

OPEN = "state IN ('saved', 'sending', 'waiting')"

_HELD = """
    state = 'waiting' AND next_attempt_at IS NULL AND last_attempt IN (
        SELECT attempt FROM attempts WHERE cause IN (SELECT cause FROM holding_causes)
    )
"""
# An entry without a plate is equal to no other, and never has to stand behind one.
_DUE = """
    WHERE state = 'waiting' AND next_attempt_at <= ?
        AND position NOT IN (SELECT position FROM unreadable)
        AND NOT EXISTS (
            SELECT 1 FROM entries AS earlier
            WHERE earlier.mch_id = entries.mch_id AND earlier.plate = entries.plate
                AND earlier.state IN ('saved', 'sending', 'waiting')
                AND earlier.position < entries.position
                AND earlier.position NOT IN (SELECT position FROM unreadable)
        )
    ORDER BY position
"""
_COUNT = """
    SELECT count(*) AS count, min(next_attempt_at) AS next_attempt_at FROM entries
    WHERE state IN ('saved', 'sending', 'waiting')
        AND position NOT IN (SELECT position FROM unreadable)
"""
_OLDEST = """
    SELECT saved_at FROM entries
    WHERE state IN ('saved', 'sending', 'waiting')
        AND position NOT IN (SELECT position FROM unreadable)
    ORDER BY position LIMIT 1
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
_PLAN_UNPLANNED = """
    UPDATE entries SET next_attempt_at = :now WHERE state = 'waiting' AND next_attempt_at IS NULL
"""


class WaitingLine:
    """The entries on their way, as the outbox sees them.

    An entry that was saved or begun is in the hands of whoever did so. Should they never come back
    to it, it joins the others that wait.
    """

    def __init__(self, tables: Tables, clock: Clock) -> None:
        self._tables = tables
        self._connection = tables.connection
        self._clock = clock
        self._in_hand: dict[str, float] = {}
        self._marked_at = clock.monotonic()
        self._connection.execute("CREATE TEMP TABLE holding_causes (cause TEXT PRIMARY KEY)")
        self._connection.executemany(
            "INSERT INTO holding_causes VALUES (?)",
            [(cause.value,) for cause in Cause if cause.remedy is Remedy.FIX_SETTINGS],
        )

    def take(self, entry_id: str) -> None:
        """Leave an entry to whoever saved or began it, for a while."""
        self._in_hand[entry_id] = self._clock.monotonic() + IN_HAND

    def forget(self, entry_id: str) -> None:
        """The entry's present exchange has ended."""
        self._in_hand.pop(entry_id, None)

    def resume(self, now: datetime) -> None:
        """Let what the last run left saved or under way wait. Wants a transaction."""
        for record in self._tables.select(f"WHERE {OPEN} ORDER BY position", now=now):
            if record.state is not DeliveryState.WAITING:
                self._put_back(record, now)
        self._plan(now)

    def due(self, now: datetime, limit: int) -> Sequence[EntryRecord]:
        """What may be tried now, in the order of saving."""
        self._catch_up(now)
        return self._tables.select(_DUE, moment_text(now), now=now, limit=limit)

    def backlog(self, now: datetime) -> Backlog:
        """What waits, in numbers. Rows that cannot be read are not among them."""
        row = self._connection.execute(_COUNT).fetchone()
        oldest = self._connection.execute(_OLDEST).fetchone()
        held = self._held(now)
        return Backlog(
            count=row["count"],
            oldest=read_moment(oldest["saved_at"]) if oldest else None,
            held=held,
            next_attempt_at=read_moment(row["next_attempt_at"]) if row["next_attempt_at"] else None,
        )

    def release(self, now: datetime) -> int:
        """Let all that waits be tried at once: how many. Wants a transaction."""
        released = self._connection.execute(
            "UPDATE entries SET next_attempt_at = :now WHERE state = 'waiting'", _at(now)
        ).rowcount
        if released:
            self._tables.note("queue_released", str(released), now)
        return released

    def expire(self, saved_before: datetime, now: datetime) -> Sequence[EntryRecord]:
        """Give up what waited too long by the wall clock and by the monotonic one."""
        self._catch_up(now)
        self._mark_run()
        candidates = self._tables.select(
            "WHERE state = 'waiting' AND saved_at < ? ORDER BY position",
            moment_text(saved_before),
            now=now,
        )
        if not candidates:
            return ()
        needed = (now - saved_before).total_seconds()
        measured = measured_waits(self._connection, self._tables.run, self._clock)
        overdue = [entry for entry in candidates if measured.get(entry.entry_id, 0.0) >= needed]
        if not overdue:
            return ()
        with writing(self._connection):
            for record in overdue:
                self._tables.set_state(record, DeliveryState.EXPIRED)
                self._tables.note("expired", record.entry_id, now)
            return [self._tables.existing(record.entry_id) for record in overdue]

    def _catch_up(self, now: datetime) -> None:
        """Mend what the clock, or someone who never came back, left behind."""
        ticks = self._clock.monotonic()
        left = [entry_id for entry_id, until in self._in_hand.items() if until <= ticks]
        if not left and not self._is_stranded(now):
            return
        with writing(self._connection):
            for entry_id in left:
                record = self._tables.existing(entry_id)
                if record.state in (DeliveryState.SAVED, DeliveryState.SENDING):
                    self._put_back(record, now)
            self._plan(now)
        for entry_id in left:
            self.forget(entry_id)

    def _put_back(self, record: EntryRecord, now: datetime) -> None:
        self._tables.set_state(record, DeliveryState.WAITING, now)
        if record.state is DeliveryState.SENDING:
            self._tables.note("cut_off", record.entry_id, now)

    def _is_stranded(self, now: datetime) -> bool:
        row = self._connection.execute(_STRANDED, _at(now)).fetchone()
        return bool(row["too_far"]) or (bool(row["unplanned"]) and self._held(now) is None)

    def _plan(self, now: datetime) -> None:
        """Let nothing wait for a time that is only far away because the clock was set back.

        Without a plan an entry may stand only while the settings hold the queue.
        """
        self._connection.execute(_BRING_FORWARD, _at(now))
        if self._held(now) is None:
            self._connection.execute(_PLAN_UNPLANNED, _at(now))

    def _held(self, now: datetime) -> EntryRecord | None:
        """The newest entry that the settings hold back."""
        found = self._tables.select(f"WHERE {_HELD} ORDER BY position DESC", now=now, limit=1)
        return found[0] if found else None

    def _mark_run(self) -> None:
        ticks = self._clock.monotonic()
        if ticks < self._marked_at + MARK_INTERVAL:
            return
        with writing(self._connection):
            mark_run(self._connection, self._tables.run, self._clock)
        self._marked_at = ticks


def _at(now: datetime) -> dict[str, str]:
    """The present and the latest time an entry may be made to wait for, for a statement."""
    latest = now + timedelta(seconds=LONGEST_RETRY_AFTER)
    return {"now": moment_text(now), "latest": moment_text(latest)}
