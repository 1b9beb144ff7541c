"""Prepares, saves and delivers one entry, from the form to its verdict.

The module exceeds the project's limit of 300 lines: it prepares and checks each kind of entry.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from wxpark_gui.domain.backfill import Backfill, BackfillTooOldError, check_paper_time
from wxpark_gui.domain.connectivity import ConnectionFailure
from wxpark_gui.domain.delivery import Cause, DeliveryState, NextStep, Outcome, after_exchange
from wxpark_gui.domain.entry import EntryDraft, ParkingEntry, check_draft, clock_is_plausible
from wxpark_gui.domain.errors import (
    AccountMissingError,
    EntryNotOpenError,
    InvalidInputError,
    KeyUnavailableError,
    NotSetUpError,
)
from wxpark_gui.domain.record import EntryRecord, Link, NewEntry, Origin
from wxpark_gui.domain.settings import Account
from wxpark_gui.service.of_record import (
    backfill_of,
    held_before,
    merchant_of,
    sent_as,
    with_clock_offset,
)
from wxpark_gui.service.present_shift import PresentShift

if TYPE_CHECKING:
    from datetime import datetime

    from wxpark_gui.service.current_settings import CurrentSettings
    from wxpark_gui.service.keys import Keys
    from wxpark_gui.service.ports import Clock, Gateway, Journal, Nonces

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Submission:
    """Use cases of one entry.

    The `prepare` methods do no I/O. `save` blocks for the disk, and adds shift and attendant. The
    `deliver` methods block for the disk, the network and the first read of the key.

    In the training mode, some plates simulate wrong settings, which the trainee cannot correct. So
    saving the next entry releases a held account, and an entry that would hold it again is closed
    as `REFUSED`.

    Attributes:
        training: True if entries go to the training gateway; they are stored with that mark.
        present: shift and attendant that are stored with new entries.
    """

    journal: Journal
    gateway: Gateway
    keys: Keys
    settings: CurrentSettings
    clock: Clock
    nonces: Nonces
    training: bool = False
    present: PresentShift = field(default_factory=PresentShift)

    def prepare(self, draft: EntryDraft) -> NewEntry:
        """Check a draft and give it an id and the current account.

        Raises:
            NotSetUpError: the settings have no current account.
            InvalidInputError: one error for each invalid field.
        """
        account = self._current_account()
        entry = self._checked(draft, account)
        return NewEntry(self.nonces.entry_id(), entry, self._origin(account))

    def prepare_resend(self, old: EntryRecord) -> NewEntry:
        """Copy an entry under a new id, to send it again; `save` checks the state of `old`.

        Raises:
            AccountMissingError: its account is no longer in the settings.
            BackfillTooOldError: it is from paper and too old to be sent.
        """
        origin, backfill = self._origin_like(old), self._backfill_like(old, old.entry)
        if backfill and backfill.is_too_old:
            raise BackfillTooOldError(self.settings.value.booth.backfill_hours)
        return NewEntry(
            self.nonces.entry_id(), old.entry, origin, old.entry_id, Link.RESENT, backfill
        )

    def prepare_correction(self, old: EntryRecord, draft: EntryDraft) -> NewEntry:
        """Check the corrected draft of an entry; the new entry keeps its start time and account.

        The state of `old` is not checked here, but by `save`.

        Raises:
            AccountMissingError: its account is no longer in the settings.
            InvalidInputError: one error for each invalid field.
        """
        origin, account = self._origin_like(old), self._account_of(old)
        start = old.entry.start_time
        # The start time is not typed here, and the clock may have been set since.
        entry = self._checked(replace(draft, start_time=start), account, now=start)
        backfill = self._backfill_like(old, entry)
        return NewEntry(
            self.nonces.entry_id(), entry, origin, old.entry_id, Link.CORRECTED, backfill
        )

    def prepare_backfill(
        self,
        draft: EntryDraft,
        number: str = "",
        *,
        confirmed: bool = False,
        corrects: EntryRecord | None = None,
    ) -> NewEntry:
        """Check the draft of an entry that was written on paper, with its time.

        Args:
            number: as `PaperNumber.text`; may be empty.
            confirmed: True saves the entry even if number or plate were typed before.
            corrects: entry from paper that the new one replaces; its account stays.

        Raises:
            AccountMissingError: the account of `corrects` is not in the settings.
            NotSetUpError: no merchant is set up.
            InvalidInputError: one error for each invalid field.
        """
        account = self._account_of(corrects) if corrects else self._current_account()
        origin = self._origin_like(corrects) if corrects else self._origin(account)
        entry = self._checked(draft, account, from_paper=True)
        backfill = backfill_of(
            entry, self.settings.value.booth, self.clock.now(), number, confirmed=confirmed
        )
        replaces, link = (corrects.entry_id, Link.CORRECTED) if corrects else ("", None)
        return NewEntry(self.nonces.entry_id(), entry, origin, replaces, link, backfill)

    def save(self, new: NewEntry) -> EntryRecord:
        """Save the entry with the present shift and attendant; it is on disk when this returns.

        Raises:
            JournalWriteError: the entry is not saved.
            EntryNotOpenError, EntryReplacedError, NothingToResendError: the entry to replace is in
                a state that forbids it; nothing is saved.
        """
        if self.training:
            self._end_lesson(new.origin.account_id)
        return self.journal.append(self._stamped(new), self.clock.now())

    def deliver(
        self,
        record: EntryRecord,
        *,
        resume: bool = False,
        started: Callable[[EntryRecord], None] | None = None,
    ) -> EntryRecord:
        """Send a saved entry and return it; send it at once again if its first reply is untrusted.

        The request has the present ids of the entry's account, but the car park name and free time
        that the entry was made with. If the entry was closed or another sender started it
        meanwhile, nothing is sent, and `attempts` of the returned record is unchanged.

        Args:
            resume: True if the last result could not be stored.
            started: called in this thread before each exchange, when the entry can no longer be
                voided without a reason.

        Raises:
            JournalWriteError: start or outcome could not be stored; the entry stays open.
        """
        while True:
            account = self.settings.value.find_account(record.origin.account_id)
            try:
                begun = self.journal.start_attempt(
                    record.entry_id, self.clock.now(), sent_as(account), resume=resume
                )
            except EntryNotOpenError:
                return self.journal.get(record.entry_id) or record
            if started:
                started(begun)
            outcome = self._exchange(begun, account)
            untrusted = begun.untrusted + (outcome.cause is Cause.UNTRUSTED)
            step = after_exchange(outcome, begun.attempts + 1, untrusted, self.nonces.jitter())
            if self.training and step.holds_account and held_before(begun):
                step = NextStep(DeliveryState.REFUSED)
            if step.security_event:
                _log.error("security: replies of %s cannot be trusted", outcome.host)
            record = self.journal.finish_attempt(record.entry_id, outcome, step, self.clock.now())
            record = with_clock_offset(record, outcome)
            if step.state is not DeliveryState.WAITING or step.wait != 0:
                return record

    def deliver_in_order(self, record: EntryRecord) -> EntryRecord:
        """Send a new entry after the earlier open ones of its plate; for callers without an outbox.

        It is returned unsent if an earlier one is not due or stays open after its exchange, or if
        its account is held.

        Raises:
            JournalWriteError: as in `deliver`.
        """
        now = self.clock.now()
        for entry in self._earlier_of_plate(record):
            is_due = entry.next_attempt_at is not None and entry.next_attempt_at <= now
            if not is_due or self.deliver(entry).state.is_open:
                return self.journal.get(record.entry_id) or record
        present = self.journal.get(record.entry_id) or record
        is_unplanned = present.state is DeliveryState.WAITING and present.next_attempt_at is None
        return present if is_unplanned else self.deliver(present)

    def warm_up(self) -> bool:
        """Open the connection unless one is open and fresh. Blocks for the network.

        Returns:
            False if no account is set up, or the connection cannot be opened.
        """
        account = self.settings.value.account
        return account is not None and self.gateway.warm_up(account.merchant)

    def _earlier_of_plate(self, record: EntryRecord) -> list[EntryRecord]:
        """Return earlier open entries of the record's plate and account, oldest first.

        The list is empty for a record that is `SAVED` or has no plate. For a live record, entries
        from paper are left out.
        """
        if record.state is DeliveryState.SAVED or record.entry.plate is None:
            return []
        return [
            entry
            for entry in self.journal.open_entries()
            if entry.entry.plate == record.entry.plate
            and entry.origin.account_id == record.origin.account_id
            and entry.position < record.position
            and entry.backfilled <= record.backfilled
        ]

    def _exchange(self, record: EntryRecord, account: Account | None) -> Outcome:
        """Make one exchange; a missing account or key or a wrong clock becomes the outcome.

        After a refused signature the key is read again at its next use. If it was replaced during
        the exchange, the entry is sent again with the new one.
        """
        if account is None:
            return Outcome(Cause.ACCOUNT_UNKNOWN, code="ACCOUNT_UNKNOWN")
        if not self.training and not clock_is_plausible(self.clock.now()):
            # With a wrong clock TLS fails, and `start_time` would be wrong.
            return Outcome(Cause.TLS_FAILED, code=ConnectionFailure.TLS_CLOCK.value)
        mch_id, merchant = account.merchant.mch_id, merchant_of(record, account)
        try:
            key = self.keys.get(mch_id)
        except KeyUnavailableError as error:
            return Outcome(Cause.KEY_UNAVAILABLE, code=error.code)
        outcome = self.gateway.exchange(record.entry, merchant, key)
        if outcome.cause is Cause.SIGNATURE_REFUSED and (
            newer := self.keys.newer_than(mch_id, key)
        ):
            outcome = self.gateway.exchange(record.entry, merchant, newer)
        if outcome.cause is Cause.SIGNATURE_REFUSED:
            self.keys.doubt(mch_id)
        return outcome

    def holds_key_of(self, record: EntryRecord) -> bool:
        """Test if the key of the entry's account is in memory. Does not block."""
        account = self.settings.value.find_account(record.origin.account_id)
        return account is not None and self.keys.holds(account.merchant.mch_id)

    def _end_lesson(self, account_id: str) -> None:
        """Release the training account if it is held."""
        if self.journal.is_held(account_id):
            self.journal.release(self.clock.now(), account_id)

    def _checked(
        self,
        draft: EntryDraft,
        account: Account,
        *,
        from_paper: bool = False,
        now: datetime | None = None,
    ) -> ParkingEntry:
        now, days = now or self.clock.now(), self.settings.value.booth.retention_days
        moment = draft.start_time if from_paper else None
        if moment and (error := check_paper_time(moment, now, days)):
            raise InvalidInputError([error])
        entry = check_draft(draft, now)
        if errors := self.gateway.check(entry, account.merchant):
            raise InvalidInputError(errors)
        return entry

    def _backfill_like(self, old: EntryRecord, entry: ParkingEntry) -> Backfill | None:
        """Return the properties of an entry that replaces one from paper; None for a live one."""
        booth, now = self.settings.value.booth, self.clock.now()
        return backfill_of(entry, booth, now) if old.backfilled else None

    def _current_account(self) -> Account:
        account = self.settings.value.account
        if account is None:
            raise NotSetUpError
        return account

    def _account_of(self, record: EntryRecord) -> Account:
        account = self.settings.value.find_account(record.origin.account_id)
        if account is None:
            raise AccountMissingError
        return account

    def _stamped(self, new: NewEntry) -> NewEntry:
        """Add the present shift and attendant, which may have changed since `prepare`.

        The order of saving decides in which shift's sums an entry counts.
        """
        if not self.present.is_known:
            # In the window, opening the journal reads the shift.
            self.journal.recent(1)
        stamp = self.present.stamp
        origin = replace(new.origin, attendant=stamp.attendant, shift_id=stamp.shift_id)
        return replace(new, origin=origin)

    def _origin(self, account: Account) -> Origin:
        merchant = account.merchant
        return Origin(
            account_id=account.account_id,
            mch_id=merchant.mch_id,
            sub_mch_id=merchant.sub_mch_id,
            lot=merchant.parking_name,
            booth=self.settings.value.booth.name,
            free_time=merchant.free_time,
            training=self.training,
        )

    def _origin_like(self, old: EntryRecord) -> Origin:
        """Return the origin of an entry that replaces `old`: same account, lot and free time."""
        account = self._account_of(old)
        present = self._origin(account)
        return replace(present, lot=old.origin.lot, free_time=old.origin.free_time)
