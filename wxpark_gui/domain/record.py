"""Entries as the journal stores them, a summary of the open ones, and the result of a salvage."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING

from wxpark_gui.domain.delivery import DeliveryState, Outcome
from wxpark_gui.domain.entry import ParkingEntry
from wxpark_gui.domain.verdict import Verdict, judge

if TYPE_CHECKING:
    from wxpark_gui.domain.backfill import Backfill


class Link(Enum):
    """Relation of an entry to the one it replaces. The values are stored."""

    RESENT = "resent"
    CORRECTED = "corrected"


@dataclass(frozen=True, slots=True)
class Origin:
    """Account, place and person that an entry was made under; never changed later.

    Attributes:
        account_id: the account that sends the entry, with the ids it has at that moment.
        mch_id, sub_mch_id: the account's ids when the entry was made; not used to send it.
        lot: name of the car park, sent as `parking_name`.
        booth: name of the booth in the car park.
        free_time: free period in seconds, sent as `free_time`; None in entries of schema 1 and 2,
            which are sent with the account's present free period.
        training: True for an entry of the training mode.
        attendant: label of the person signed in; empty if there was none or the shift was locked.
        shift_id: UUID of the open shift; empty if there was none.
    """

    account_id: str
    mch_id: str
    sub_mch_id: str
    lot: str
    booth: str
    free_time: int | None = None
    training: bool = False
    attendant: str = ""
    shift_id: str = ""


@dataclass(frozen=True, slots=True)
class NewEntry:
    """A checked entry that is not on disk yet.

    Attributes:
        entry_id: UUID, 36 characters.
        replaces: `entry_id` of the entry that this one replaces; empty for none.
        link: kind of the replacement; None if and only if `replaces` is empty.
        backfill: None for an entry that was not written on paper first.
    """

    entry_id: str
    entry: ParkingEntry
    origin: Origin
    replaces: str = ""
    link: Link | None = None
    backfill: Backfill | None = None


@dataclass(frozen=True, slots=True)
class SentAs:
    """Merchant ids of one attempt; empty if the entry's account is no longer in the settings."""

    mch_id: str = ""
    sub_mch_id: str = ""


@dataclass(frozen=True, slots=True)
class EntryRecord:
    """A saved entry and the outcome of its last exchange.

    Attributes:
        entry_id: UUID, 36 characters.
        position: number in order of saving, from 1; entries are sorted by it, not by time.
        sequence: counter of the booth, from 1.
        saved_at: time of saving, aware.
        state: delivery state.
        attempts: number of exchanges whose outcome was stored.
        untrusted: number of these that ended with `Cause.UNTRUSTED`.
        maybe_sent: True if the result of an exchange was lost, so WeChat may know the entry.
        outcome: of the last exchange; None before the first one ended.
        outcome_at: end of that exchange, aware; None before the first.
        next_attempt_at: earliest time of the next attempt, aware; None if none is planned.
        replaces, link: as in `NewEntry`.
        replaced_by: `entry_id` of the entry that replaces this one; empty for none.
        backfilled: True if it was typed from paper, `saved_at` being later than the entry.
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
    backfilled: bool = False

    @property
    def was_withheld(self) -> bool:
        """True for an entry from paper that expired without being sent, as it was too old."""
        is_closed = self.backfilled and self.state is DeliveryState.EXPIRED
        return is_closed and not self.attempts and not self.maybe_sent

    @property
    def hours_late(self) -> int:
        """Whole hours from the entry to its saving; 0 if the clock was set back since."""
        return max(0, int((self.saved_at - self.entry.start_time).total_seconds() // 3600))

    @property
    def verdict(self) -> Verdict:
        return judge(self.state, self.outcome, self.outcome_at)


@dataclass(frozen=True, slots=True)
class AccountBacklog:
    """Open entries of one account.

    Attributes:
        count: number of open entries, at least 1.
        oldest: time the first of them was saved, aware.
    """

    account_id: str
    count: int
    oldest: datetime


@dataclass(frozen=True, slots=True)
class Backlog:
    """Summary of the open entries.

    Attributes:
        count: number of open entries.
        oldest: time the first of them was saved, aware; None if there are none.
        held: the newest held entry of each held account, newest first. An account is held, and none
            of its entries is due, after a failure of its settings, permission or key.
        next_attempt_at: earliest planned time among the entries that may be tried, aware; None if
            there are none.
        accounts: the accounts with open entries, that of the oldest entry first.
    """

    count: int = 0
    oldest: datetime | None = None
    held: tuple[EntryRecord, ...] = ()
    next_attempt_at: datetime | None = None
    accounts: tuple[AccountBacklog, ...] = ()

    def is_held(self, account_id: str) -> bool:
        """Test if the account is held."""
        return any(record.origin.account_id == account_id for record in self.held)

    def of_account(self, account_id: str) -> AccountBacklog | None:
        """Return the open entries of one account; None if it has none."""
        return next((own for own in self.accounts if own.account_id == account_id), None)

    def waiting(self, account_id: str) -> int:
        """Return the number of open entries of one account."""
        own = self.of_account(account_id)
        return own.count if own else 0


@dataclass(frozen=True, slots=True)
class Salvage:
    """Result of salvaging a damaged journal.

    Attributes:
        kept_as: new name of the damaged file in the data directory; empty if the file was missing.
        entries: number of entries recovered from it and from the newest good backup.
    """

    kept_as: str
    entries: int
