"""The task of sending one saved entry, as the live worker does it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from wxpark_gui.domain.errors import JournalWriteError
from wxpark_gui.domain.merchant import MerchantProfile
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.service.submit import Submission


@dataclass(frozen=True, slots=True)
class CutOff:
    """An entry whose exchange could not be kept: it must be sent again."""

    record: EntryRecord
    error: JournalWriteError


@dataclass(frozen=True, slots=True)
class NotSent:
    """An entry that was taken back, or taken up by the backlog, before its turn came."""

    record: EntryRecord


@dataclass(frozen=True, slots=True)
class Delivery:
    """A saved entry on its way to the gateway.

    Attributes:
        begun: told, in the worker's thread, that it can no longer be taken back.
    """

    submission: Submission
    record: EntryRecord
    merchant: MerchantProfile
    begun: Callable[[EntryRecord], None]

    def __call__(self) -> EntryRecord | CutOff | NotSent:
        try:
            delivered = self.submission.deliver(self.record, self.merchant, begun=self.begun)
        except JournalWriteError as error:
            return CutOff(self.record, error)
        if delivered.attempts == self.record.attempts:
            return NotSent(delivered)
        return delivered
