"""What waits to be sent: what is due, what stands still, and since when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from wxpark_gui.domain.delivery import DeliveryState, Remedy
from wxpark_gui.domain.merchant import MerchantProfile
from wxpark_gui.domain.record import Backlog, EntryRecord
from wxpark_gui.service.ports import Clock, Journal
from wxpark_gui.service.submit import Submission


@dataclass(frozen=True, slots=True)
class Outbox:
    """Sends again what could not be sent."""

    journal: Journal
    submission: Submission
    clock: Clock

    def backlog(self) -> Backlog:
        """What waits now."""
        waiting = self.journal.open_entries()
        held = [record for record in waiting if _is_held(record)]
        return Backlog(
            count=len(waiting),
            oldest=waiting[0].saved_at if waiting else None,
            held=held[-1] if held else None,
        )

    def due(self, *, at_once: bool = False) -> Sequence[EntryRecord]:
        """The entries to be tried now, oldest first.

        Args:
            at_once: someone asked: do not wait for the planned time, nor for mended settings.
        """
        now = self.clock.now()
        waiting = [r for r in self.journal.open_entries() if r.state is DeliveryState.WAITING]
        if at_once:
            return waiting
        if any(_is_held(record) for record in waiting):
            return ()
        return [r for r in waiting if r.next_attempt_at is not None and r.next_attempt_at <= now]

    def drain(self, merchant: MerchantProfile, *, at_once: bool = False) -> Iterable[EntryRecord]:
        """Deliver what is due, one after another; stops at the first that must wait again."""
        for record in self.due(at_once=at_once):
            delivered = self.submission.deliver(record, merchant)
            yield delivered
            if delivered.state is DeliveryState.WAITING:
                return


def _is_held(record: EntryRecord) -> bool:
    """Whether every further call would fail as this one did, until the settings change."""
    return (
        record.state is DeliveryState.WAITING
        and record.outcome is not None
        and record.outcome.cause.remedy is Remedy.FIX_SETTINGS
    )
