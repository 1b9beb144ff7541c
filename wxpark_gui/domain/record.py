"""An entry as the journal keeps it: the car, the account, the delivery."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from wxpark_gui.domain.delivery import DeliveryState, Outcome
from wxpark_gui.domain.entry import ParkingEntry
from wxpark_gui.domain.verdict import Verdict, judge


class Link(Enum):
    """Relation of an entry to the one it replaces. The values are stored."""

    RESENT = "resent"
    CORRECTED = "corrected"


@dataclass(frozen=True, slots=True)
class Origin:
    """Circumstances an entry was made under; none of them changes later.

    Attributes:
        account_id: the account it is sent under; its ids are looked up when it is sent.
        mch_id, sub_mch_id: the account's ids at that time, for the record.
        lot: the car park's name, sent as `parking_name`.
        booth: name of the booth within it.
        free_time: free period in seconds, sent as `free_time`; None in entries of schema 1 and 2,
            which are sent with the account's present one.
        training: made against the training gateway.
        attendant: name of the person signed in; empty while nobody is.
    """

    account_id: str
    mch_id: str
    sub_mch_id: str
    lot: str
    booth: str
    free_time: int | None = None
    training: bool = False
    attendant: str = ""


@dataclass(frozen=True, slots=True)
class NewEntry:
    """A checked entry that is not on disk yet.

    Attributes:
        entry_id: UUID, 36 characters.
        entry, origin: the car, and the circumstances.
        replaces: `entry_id` of the entry that this one is sent in place of; empty for none.
        link: the reason for replacing it; None exactly where `replaces` is empty.
    """

    entry_id: str
    entry: ParkingEntry
    origin: Origin
    replaces: str = ""
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class SentAs:
    """The merchant's ids in one request; empty where no request could be made."""

    mch_id: str = ""
    sub_mch_id: str = ""


@dataclass(frozen=True, slots=True)
class EntryRecord:
    """One row of the journal.

    Attributes:
        entry_id: UUID, 36 characters.
        position: order of saving in this file, from 1; it, not the clock, orders the entries.
        sequence: the booth's own counter, from 1.
        entry, origin: as saved.
        saved_at: aware; when the entry was put on disk.
        state: delivery state.
        attempts: exchanges made so far.
        untrusted: exchanges that ended untrusted.
        maybe_sent: an exchange was cut off, so WeChat may have seen it already.
        outcome: of the last exchange, or None.
        outcome_at: aware; when that exchange ended.
        next_attempt_at: aware; not to be tried again before; None when nothing is planned.
        replaces, link: as in `NewEntry`.
        replaced_by: `entry_id` of the entry sent in place of this one; empty for none.
    """

    entry_id: str
    position: int
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
    replaces: str = ""
    link: Link | None = None
    replaced_by: str = ""

    @property
    def verdict(self) -> Verdict:
        return judge(self.state, self.outcome, self.outcome_at)


@dataclass(frozen=True, slots=True)
class Backlog:
    """Numbers about the open entries.

    Attributes:
        count: entries that are saved, being sent or waiting.
        oldest: aware; when the first of them was saved; None when nothing waits.
        held: the newest entry of each held account, newest first: its settings, its permission or
            its key keep everything of that account back.
        next_attempt_at: aware; the earliest time planned for an entry that may be tried then; None
            when none is.
    """

    count: int = 0
    oldest: datetime | None = None
    held: tuple[EntryRecord, ...] = ()
    next_attempt_at: datetime | None = None

    def is_held(self, account_id: str) -> bool:
        """Test if the account's entries are kept back."""
        return any(record.origin.account_id == account_id for record in self.held)


@dataclass(frozen=True, slots=True)
class Salvage:
    """Result of salvaging a damaged journal.

    Attributes:
        kept_as: name of the damaged file, in the data directory; empty when there was no file left.
        entries: number of entries recovered from it and from the newest good backup.
    """

    kept_as: str
    entries: int
