"""An entry as the journal keeps it: the entry, whose it is, and where its delivery stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wxpark_gui.domain.delivery import DeliveryState, Outcome
from wxpark_gui.domain.entry import ParkingEntry
from wxpark_gui.domain.verdict import Verdict, judge


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an entry was made.

    Attributes:
        mch_id, sub_mch_id: the merchant it was made for.
        lot: name of the car park.
        booth: name of the booth within it.
        training: made against the training gateway.
    """

    mch_id: str
    sub_mch_id: str
    lot: str
    booth: str
    training: bool = False


@dataclass(frozen=True, slots=True)
class EntryRecord:
    """One row of the journal.

    Attributes:
        entry_id: UUID, 36 characters.
        sequence: the booth's own counter, from 1; it, not the clock, orders the entries.
        entry, origin: what was saved.
        saved_at: aware; when the entry was put on disk.
        state: where its delivery stands.
        attempts: exchanges made so far.
        untrusted: how many of them ended untrusted.
        maybe_sent: an exchange was cut off, so WeChat may have seen it already.
        outcome: of the last exchange, or None.
        outcome_at: aware; when that exchange ended.
        next_attempt_at: aware; not to be tried again before; None when nothing is planned.
    """

    entry_id: str
    sequence: int
    entry: ParkingEntry
    origin: Origin
    saved_at: datetime
    state: DeliveryState = DeliveryState.SAVED
    attempts: int = 0
    untrusted: int = 0
    maybe_sent: bool = False
    outcome: Outcome | None = None
    outcome_at: datetime | None = None
    next_attempt_at: datetime | None = None

    @property
    def verdict(self) -> Verdict:
        return judge(self.state, self.outcome, self.outcome_at)


@dataclass(frozen=True, slots=True)
class Backlog:
    """All that waits for an answer, in one value for the status strip.

    Attributes:
        count: entries that are saved, being sent or waiting.
        oldest: aware; when the first of them was saved; None when nothing waits.
        held: the newest entry that waits for the settings to be mended, or None.
        next_attempt_at: aware; the earliest time planned for one of them; None when none is.
    """

    count: int = 0
    oldest: datetime | None = None
    held: EntryRecord | None = None
    next_attempt_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Salvage:
    """What was done about a journal that could not be read.

    Attributes:
        kept_as: name of the damaged file, in the data directory; empty when there was no file left.
        entries: how many entries were carried over, from it and from the newest good backup.
    """

    kept_as: str
    entries: int
