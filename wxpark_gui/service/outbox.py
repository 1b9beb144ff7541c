"""Outbox: sends the waiting entries, in their order and at a limited rate.

The module exceeds the project's limit of 300 lines: order and rate depend on the same state, which
every step reads.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from wxpark_gui.domain.delivery import (
    FIRST_WAIT,
    LONGEST_WAIT,
    SLOW_FIRST_WAIT,
    Cause,
    DeliveryState,
    Outcome,
    Remedy,
)
from wxpark_gui.domain.errors import JournalWriteError
from wxpark_gui.service.backoff import Backoff

if TYPE_CHECKING:
    from datetime import datetime

    from wxpark_gui.domain.record import Backlog, EntryRecord
    from wxpark_gui.service.ports import Clock, Journal
    from wxpark_gui.service.submit import Submission

SHORTEST_INTERVAL = 0.5
"""Seconds between two requests of the outbox: at most two a second."""

LONGEST_SLEEP = 60.0
"""Longest time in seconds between two steps, because reservations and entries expire."""

EXPIRY_INTERVAL = timedelta(seconds=1)
"""Time by the wall clock after which a step looks for expired entries again."""

TOLERATED_FAILURES = 3
"""Number of different entries put off in a row at which the queue slows down."""

LONGEST_BUSY_WAIT = 60.0
"""Longest wait in seconds between two tries while the queue is slowed down."""

_log = logging.getLogger(__name__)

_TRANSIENT = frozenset({Remedy.RETRY, Remedy.RETRY_SLOWLY})
_LINE_FAILURES_IN_FLUSH = 2


@dataclass(frozen=True, slots=True)
class Progress:
    """Result of one step.

    Attributes:
        delivered: the entry that was sent, after its exchange; None if none was sent.
        expired: entries that the step closed as `EXPIRED`.
        next_step_in: seconds until the next step is due; None if no entry is open. After an answer,
            the time until the next request may be sent.
    """

    delivered: EntryRecord | None = None
    expired: tuple[EntryRecord, ...] = ()
    next_step_in: float | None = None


@dataclass(frozen=True, slots=True)
class Flushed:
    """Result of a flush.

    Attributes:
        closed: entries that the flush closed, expired ones first.
        waiting: entries that are still open, oldest first.
    """

    closed: tuple[EntryRecord, ...]
    waiting: tuple[EntryRecord, ...]

    def count(self, state: DeliveryState) -> int:
        """Return the number of closed entries in one state."""
        return sum(record.state is state for record in self.closed)


class Outbox:
    """Sends waiting entries one at a time, on its own connection.

    A failure has one of three scopes, each with its own growing waits:

    - Connection (`_line`): the gateway was not reached, or the reply was untrusted. After each wait
      one entry is tried, a different one each time. The first exchange that reaches the gateway, of
      the outbox or of a live entry, ends the outage.
    - Account: its settings, permission or key failed. Its entries are held, and one of them is
      retried; other accounts are not affected. If the key is missing, none is retried, and the
      account is released once the key is in memory.
    - Entry: the gateway put it off. Only this entry waits, and it is tried after entries that were
      not put off. If three different entries in a row are put off, the whole queue slows down.

    The class exceeds the project's limit of 20 methods: each scope needs methods to note a failure,
    to end it and to wait.
    """

    def __init__(self, journal: Journal, submission: Submission, clock: Clock) -> None:
        self._journal = journal
        self._submission = submission
        self._clock = clock
        self._next_request = clock.monotonic()
        self._line = Backoff(FIRST_WAIT, LONGEST_WAIT)
        self._busy = Backoff(FIRST_WAIT, LONGEST_BUSY_WAIT)
        # Assumed at first, so that the first reply releases entries of an earlier run.
        self._line_is_down = True
        self._put_off: set[str] = set()
        self._held: dict[str, Backoff] = {}
        # Assumed at first, because an earlier run may have held an account.
        self._holds_accounts = True
        self._expired_at: datetime | None = None
        self._interrupted: deque[EntryRecord] = deque()

    def step(self) -> Progress:
        """Expire old entries, and send the next one that may be tried, at most two a second.

        Raises:
            JournalWriteError: the journal could not be written; if this was the result of an
                exchange, a later step sends the entry again.
        """
        expired = self._expire() if self._is_expiry_due else ()
        delivered = None
        if self._clock.monotonic() >= self._next_request:
            delivered = self._send_next()
        if delivered and not delivered.state.is_open:
            # The queue moves: the next step finds the next entry sooner than a summary would.
            return Progress(delivered, expired, self._pause)
        return Progress(delivered, expired, self._next_step_in(self._journal.backlog()))

    def flush(self, pause: Callable[[float], None]) -> Flushed:
        """Make all waiting entries due now, and try each that becomes due once.

        At most two are sent a second. Ends early after two failures of the connection in a row.

        Args:
            pause: called with the number of seconds to wait.

        Raises:
            JournalWriteError: as in `step`.
        """
        expired = self._expire()
        self.release()
        tried: set[str] = set()
        while record := self._next_untried(tried):
            pause(max(0.0, self._next_request - self._clock.monotonic()))
            tried.add(record.entry_id)
            self._send(record, resume=False)
            if self._line.failures >= _LINE_FAILURES_IN_FLUSH:
                break
        touched = [self._journal.get(entry_id) for entry_id in tried]
        closed = [record for record in touched if record and not record.state.is_open]
        return Flushed((*expired, *closed), tuple(self._journal.open_entries()))

    def note_queued(self) -> None:
        """End the waits of connection and queue, because a new entry joined the queue."""
        self._line.end_wait()
        self._busy.end_wait()

    def requeue(self, record: EntryRecord) -> None:
        """Queue an entry whose result could not be stored; a later step sends it."""
        self._interrupted.append(record)

    def note_outcome(self, record: EntryRecord) -> None:
        """Update the waits after an exchange of the outbox or of a live entry."""
        outcome = record.outcome
        if outcome is None:
            return
        now = self._clock.monotonic()
        if outcome.cause.remedy.holds_account:
            self._note_held(record, outcome, now)
            return
        if outcome.cause is Cause.UNTRUSTED or not outcome.reached:
            self._line_is_down = True
            self._line.fail(now)
        elif outcome.cause.remedy in _TRANSIENT and record.state.is_open:
            self._end_outage()
            self._put_off.add(record.entry_id)
            if len(self._put_off) >= TOLERATED_FAILURES:
                self._busy.fail(now)
        else:
            self._note_answer(record)

    def release(self) -> int:
        """Make all waiting entries due now, reset all waits, and return the number of entries."""
        self._line.reset()
        self._busy.reset()
        self._put_off.clear()
        self._held.clear()
        self._next_request = min(self._next_request, self._clock.monotonic() + SHORTEST_INTERVAL)
        released = self._journal.release(self._clock.now())
        _log.info("queue released: %d entries", released)
        return released

    @property
    def _is_expiry_due(self) -> bool:
        """True `EXPIRY_INTERVAL` after the last look, and after the clock was set back."""
        if self._expired_at is None:
            return True
        return not timedelta(0) <= self._clock.now() - self._expired_at < EXPIRY_INTERVAL

    def _expire(self) -> tuple[EntryRecord, ...]:
        now = self._clock.now()
        booth = self._submission.settings.value.booth
        expiry = timedelta(hours=booth.expiry_hours)
        limit = timedelta(hours=booth.backfill_hours)
        expired = self._journal.expire(now - expiry, now, entered_before=now - limit)
        self._expired_at = now
        return tuple(expired)

    def _send_next(self) -> EntryRecord | None:
        if self._interrupted:
            return self._send(self._interrupted.popleft(), resume=True)
        record = self._probe_of_held_account() or self._next_due()
        return self._send(record, resume=False) if record else None

    def _next_due(self) -> EntryRecord | None:
        if self._clock.monotonic() < self._resume_at:
            return None
        due = self._journal.due(self._clock.now(), limit=1, rotate=self._line_is_down)
        return due[0] if due else None

    @property
    def _resume_at(self) -> float:
        """Monotonic time before which no due entry is tried."""
        return max(self._line.until, self._busy.until)

    @property
    def _pause(self) -> float:
        """Seconds until the next request may be sent."""
        return max(0.0, self._next_request - self._clock.monotonic())

    def _probe_of_held_account(self) -> EntryRecord | None:
        now = self._clock.monotonic()
        if not self._holds_accounts or now < self._line.until:
            return None
        for record in self._held_accounts():
            backoff = self._backoff_of(record)
            if backoff is not None and now >= backoff.until:
                return record
        return None

    def _held_accounts(self) -> Sequence[EntryRecord]:
        """Release accounts whose key is now in memory; return the others' newest held entries."""
        held = self._journal.held()
        self._holds_accounts = bool(held)
        unlocked = [record for record in held if self._is_unlocked(record)]
        for record in unlocked:
            self._journal.release(self._clock.now(), record.origin.account_id)
        return [record for record in held if record not in unlocked]

    def _is_unlocked(self, record: EntryRecord) -> bool:
        """Test if only a missing key held the entry, and the key is now in memory."""
        cause = record.outcome.cause if record.outcome else None
        return cause is Cause.KEY_UNAVAILABLE and self._submission.holds_key_of(record)

    def _backoff_of(self, record: EntryRecord) -> Backoff | None:
        """Return the waits between the retries of a held account.

        The result is None if the account is held because its key cannot be read.
        """
        if record.outcome is None or record.outcome.cause is Cause.KEY_UNAVAILABLE:
            return None
        account_id = record.origin.account_id
        if account_id not in self._held:
            # The account was held by an earlier run.
            self._held[account_id] = _slow_backoff(self._clock.monotonic())
        return self._held[account_id]

    def _send(self, record: EntryRecord, *, resume: bool) -> EntryRecord | None:
        """Send one entry and return its record; None if it was closed or is sent by another sender.

        Raises:
            JournalWriteError: the result could not be stored; the entry is queued again.
        """
        self._next_request = self._clock.monotonic() + SHORTEST_INTERVAL
        try:
            delivered = self._submission.deliver(record, resume=resume)
        except JournalWriteError:
            self.requeue(record)
            raise
        if delivered.attempts == record.attempts:
            return None
        self.note_outcome(delivered)
        return delivered

    def _note_held(self, record: EntryRecord, outcome: Outcome, now: float) -> None:
        self._holds_accounts = True
        account_id = record.origin.account_id
        backoff = self._held.setdefault(account_id, Backoff(SLOW_FIRST_WAIT, LONGEST_WAIT))
        backoff.fail(now)
        if outcome.reached:
            self._end_outage()

    def _note_answer(self, record: EntryRecord) -> None:
        self._put_off.clear()
        self._busy.reset()
        account_id = record.origin.account_id
        backoff = self._held.pop(account_id, None)
        if backoff or (self._holds_accounts and self._journal.is_held(account_id)):
            self._journal.release(self._clock.now(), account_id)
        self._end_outage()

    def _end_outage(self) -> None:
        """End the waits of the connection; after an outage, release the entries it delayed."""
        self._line.reset()
        self._next_request = min(self._next_request, self._clock.monotonic() + SHORTEST_INTERVAL)
        if self._line_is_down:
            self._line_is_down = False
            released = self._journal.release_after_outage(self._clock.now())
            _log.info("gateway reached again: %d entries released", released)

    def _next_untried(self, tried: set[str]) -> EntryRecord | None:
        """Return the next due entry whose id is not in `tried`; None if there is none."""
        due = self._journal.due(self._clock.now(), limit=len(tried) + 1)
        return next((record for record in due if record.entry_id not in tried), None)

    def _next_step_in(self, backlog: Backlog) -> float | None:
        if backlog.held:
            self._holds_accounts = True
        if not backlog.count and not self._interrupted:
            return None
        now = self._clock.monotonic()
        waits = [LONGEST_SLEEP]
        if self._interrupted:
            waits.append(0.0)
        if backlog.next_attempt_at is not None:
            planned = (backlog.next_attempt_at - self._clock.now()).total_seconds()
            waits.append(max(planned, self._resume_at - now))
        if any(map(self._is_unlocked, backlog.held)):
            waits.append(self._line.until - now)
        probes = filter(None, map(self._backoff_of, backlog.held))
        waits.extend(max(backoff.until, self._line.until) - now for backoff in probes)
        return max(min(waits), self._pause)


def _slow_backoff(now: float) -> Backoff:
    backoff = Backoff(SLOW_FIRST_WAIT, LONGEST_WAIT)
    backoff.fail(now)
    return backoff
