"""What is sent next, what waits, what stops: the backlog, worked off one entry at a time."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from wxpark_gui.domain.delivery import Cause, DeliveryState, Remedy
from wxpark_gui.domain.errors import JournalWriteError
from wxpark_gui.domain.merchant import MerchantProfile
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.service.ports import Clock, Journal
from wxpark_gui.service.submit import Submission

SHORTEST_INTERVAL = 0.5
"""Seconds between two requests of the backlog: at most two a second."""

_log = logging.getLogger(__name__)

_LINE_TROUBLE = frozenset({Remedy.RETRY, Remedy.RETRY_SLOWLY})


@dataclass(frozen=True, slots=True)
class Progress:
    """What one step did.

    Attributes:
        delivered: the entry that was tried, or None.
        expired: entries that waited too long and are given up; they stay in the journal.
    """

    delivered: EntryRecord | None = None
    expired: tuple[EntryRecord, ...] = ()


class Outbox:
    """Works off the backlog, over a line of its own.

    Trouble with the line concerns every entry alike, so one entry is tried in place of all, with
    growing waits; the first answer, here or for the car at the barrier, sets all the others free.
    A reply that only the settings can mend holds everything back until `release`.
    """

    def __init__(
        self,
        journal: Journal,
        submission: Submission,
        clock: Clock,
        expiry: timedelta = timedelta(hours=24),
    ) -> None:
        self._journal = journal
        self._submission = submission
        self._clock = clock
        self._expiry = expiry
        self._next_request = clock.monotonic()
        # Not known yet: the first answer frees whatever an earlier run left waiting.
        self._line_is_down = True
        self._cut_off: deque[EntryRecord] = deque()

    def step(self, merchant: MerchantProfile) -> Progress:
        """Send the next entry that is due, if one is; never two within half a second.

        Raises:
            JournalWriteError: the disk does not take what happened; nothing is lost by it.
        """
        now = self._clock.now()
        expired = tuple(self._journal.expire(now - self._expiry, now))
        if self._clock.monotonic() < self._next_request:
            return Progress(expired=expired)
        is_cut_off = bool(self._cut_off)
        following = self._next()
        if following is None:
            return Progress(expired=expired)
        self._next_request = self._clock.monotonic() + SHORTEST_INTERVAL
        try:
            delivered = self._submission.deliver(following, merchant, again=is_cut_off)
        except JournalWriteError:
            self.adopt(following)
            raise
        if delivered.attempts == following.attempts:
            # Taken back, or taken up by the car at the barrier, since it was chosen.
            return Progress(expired=expired)
        self.heard(delivered)
        return Progress(delivered, expired)

    def flush(self, merchant: MerchantProfile, pause: Callable[[float], None]) -> int:
        """Send all that is due, at the usual pace, until nothing is: how many were answered.

        Args:
            pause: waits for so many seconds.
        """
        answered = 0
        while self._journal.due(self._clock.now(), limit=1) and not self._journal.backlog().held:
            delivered = self.step(merchant).delivered
            answered += delivered is not None and not delivered.state.is_open
            if delivered is not None and delivered.state.is_open:
                break
            pause(max(0.0, self._next_request - self._clock.monotonic()))
        return answered

    def expect(self, expiry: timedelta) -> None:
        """Give up what has waited for longer than this."""
        self._expiry = expiry

    def adopt(self, record: EntryRecord) -> None:
        """Take over an entry whose exchange could not be kept: the disk failed meanwhile."""
        self._cut_off.append(record)

    def heard(self, record: EntryRecord) -> None:
        """Learn from an exchange, the backlog's own or that of the car at the barrier."""
        outcome = record.outcome
        if outcome is None:
            return
        if outcome.cause.remedy in _LINE_TROUBLE and record.state is DeliveryState.WAITING:
            self._line_is_down = True
            self._pause_until(record)
        elif outcome.cause is Cause.ANSWERED:
            self._next_request = min(
                self._next_request, self._clock.monotonic() + SHORTEST_INTERVAL
            )
            if self._line_is_down:
                self._line_is_down = False
                self.release()

    def release(self) -> int:
        """Let everything that waits be tried now: the trouble is said to be mended."""
        self._next_request = min(self._next_request, self._clock.monotonic() + SHORTEST_INTERVAL)
        released = self._journal.release(self._clock.now())
        _log.info("backlog released: %d entries", released)
        return released

    def _next(self) -> EntryRecord | None:
        """What the disk cut off comes first; what the settings hold back does not come at all."""
        if self._cut_off:
            return self._cut_off.popleft()
        due = self._journal.due(self._clock.now(), limit=1)
        if not due or self._journal.backlog().held is not None:
            return None
        return due[0]

    def _pause_until(self, record: EntryRecord) -> None:
        """One entry has found the line down: the others need not find it out one by one."""
        if record.next_attempt_at is not None:
            wait = (record.next_attempt_at - self._clock.now()).total_seconds()
            self._next_request = max(self._next_request, self._clock.monotonic() + wait)
