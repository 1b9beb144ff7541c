"""One entry from the form to its verdict: prepare, save, deliver."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

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
from wxpark_gui.domain.merchant import MerchantProfile
from wxpark_gui.domain.record import EntryRecord, Link, NewEntry, Origin, SentAs
from wxpark_gui.domain.settings import Account
from wxpark_gui.service.current_settings import CurrentSettings
from wxpark_gui.service.keys import Keys
from wxpark_gui.service.ports import Clock, Gateway, Journal, Nonces

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Submission:
    """The use cases of one entry.

    The `prepare` methods do no I/O. `save` waits for the disk. `deliver` waits for the wire, and
    for the first read of the key.

    In training nobody can mend the settings that a plate simulates as wrong. So such a stop lasts
    until the next entry is saved, and the second one closes the entry that caused it.

    Attributes:
        training: entries are made against the training gateway and marked permanently.
    """

    journal: Journal
    gateway: Gateway
    keys: Keys
    settings: CurrentSettings
    clock: Clock
    nonces: Nonces
    training: bool = False

    def prepare(self, draft: EntryDraft) -> NewEntry:
        """Check a draft and give it an id and the present account.

        Raises:
            NotSetUpError: no merchant has been entered.
            InvalidInputError: with one error for each field that cannot be sent.
        """
        account = self._current_account()
        entry = self._checked(draft, account)
        return NewEntry(self.nonces.entry_id(), entry, self._origin(account))

    def prepare_resend(self, old: EntryRecord) -> NewEntry:
        """Copy an entry that was given up, under a new id: same car, time and account.

        Raises:
            AccountMissingError: its account was removed; no other one is meant.
        """
        origin = self._origin_like(old)
        return NewEntry(self.nonces.entry_id(), old.entry, origin, old.entry_id, Link.RESENT)

    def prepare_correction(self, old: EntryRecord, draft: EntryDraft) -> NewEntry:
        """Check a corrected draft of an entry: another plate, the same time and account.

        Raises:
            AccountMissingError: its account was removed; no other one is meant.
            InvalidInputError: with one error for each field that cannot be sent.
        """
        origin, account = self._origin_like(old), self._account_of(old)
        entry = self._checked(replace(draft, start_time=old.entry.start_time), account)
        return NewEntry(self.nonces.entry_id(), entry, origin, old.entry_id, Link.CORRECTED)

    def save(self, new: NewEntry) -> EntryRecord:
        """Put the entry on disk; once this has returned it is never lost.

        Raises:
            JournalWriteError: the entry is not saved.
            EntryNotOpenError, EntryReplacedError, NothingToResendError: the entry to replace does
                not allow it; nothing is saved.
        """
        if self.training:
            self._end_lesson(new.origin.account_id)
        return self.journal.append(new, self.clock.now())

    def deliver(
        self,
        record: EntryRecord,
        *,
        resume: bool = False,
        started: Callable[[EntryRecord], None] | None = None,
    ) -> EntryRecord:
        """Send a saved entry once (twice when the first reply cannot be trusted).

        The account is looked up by the record: its present ids, and the car park's name and free
        time as they were when the entry was made. An entry that was taken back, answered or started
        by another sender meanwhile is returned as it stands, with its number of attempts unchanged.

        Args:
            resume: the last result could not be stored.
            started: called in this thread when the entry can no longer be taken back.

        Raises:
            JournalWriteError: the outcome could not be stored; the entry will be sent again.
        """
        while True:
            account = self.settings.value.find_account(record.origin.account_id)
            sent_as = _sent_as(account)
            try:
                begun = self.journal.start_attempt(
                    record.entry_id, self.clock.now(), sent_as, resume=resume
                )
            except EntryNotOpenError:
                return self.journal.get(record.entry_id) or record
            if started:
                started(begun)
            outcome = self._exchange(begun, account)
            untrusted = begun.untrusted + (outcome.cause is Cause.UNTRUSTED)
            step = after_exchange(outcome, begun.attempts + 1, untrusted, self.nonces.jitter())
            if self.training and step.holds_account and _held_before(begun):
                step = NextStep(DeliveryState.REFUSED)
            if step.security_event:
                _log.error("security: replies of %s cannot be trusted", outcome.host)
            record = self.journal.finish_attempt(record.entry_id, outcome, step, self.clock.now())
            record = _with_clock_offset(record, outcome)
            if step.state is not DeliveryState.WAITING or step.wait != 0:
                return record

    def deliver_in_order(self, record: EntryRecord) -> EntryRecord:
        """Send a new entry after the earlier open ones of its plate; for callers without a queue.

        An entry that stays open, or whose wait is not over, ends it: `record` is returned unsent.

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
        """Open the connection while a plate is still being typed; False if it stays closed."""
        account = self.settings.value.account
        return account is not None and self.gateway.warm_up(account.merchant)

    def _earlier_of_plate(self, record: EntryRecord) -> list[EntryRecord]:
        """Open entries of the same plate and account that were saved before it, oldest first."""
        if record.state is DeliveryState.SAVED or record.entry.plate is None:
            return []
        return [
            entry
            for entry in self.journal.open_entries()
            if entry.entry.plate == record.entry.plate
            and entry.origin.account_id == record.origin.account_id
            and entry.position < record.position
        ]

    def _exchange(self, record: EntryRecord, account: Account | None) -> Outcome:
        """One exchange. A key whose signature WeChat refuses is read anew for the next one."""
        if account is None:
            return Outcome(Cause.ACCOUNT_UNKNOWN, code="ACCOUNT_UNKNOWN")
        if not self.training and not clock_is_plausible(self.clock.now()):
            # TLS would fail by it, and WeChat needs a true `start_time`.
            return Outcome(Cause.TLS_FAILED, code=ConnectionFailure.TLS_CLOCK.value)
        try:
            key = self.keys.get(account.merchant.mch_id)
        except KeyUnavailableError as error:
            return Outcome(Cause.KEY_UNAVAILABLE, code=error.code)
        outcome = self.gateway.exchange(record.entry, _merchant_of(record, account), key)
        if outcome.cause is Cause.SIGNATURE_REFUSED:
            self.keys.doubt(account.merchant.mch_id)
        return outcome

    def holds_key_of(self, record: EntryRecord) -> bool:
        """Test if the key of the entry's account is in memory. Never waits."""
        account = self.settings.value.find_account(record.origin.account_id)
        return account is not None and self.keys.holds(account.merchant.mch_id)

    def _end_lesson(self, account_id: str) -> None:
        """Release the account if a plate of the training holds it."""
        if self.journal.backlog().is_held(account_id):
            self.journal.release(self.clock.now(), account_id)

    def _checked(self, draft: EntryDraft, account: Account) -> ParkingEntry:
        entry = check_draft(draft, self.clock.now())
        if errors := self.gateway.check(entry, account.merchant):
            raise InvalidInputError(errors)
        return entry

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
        """Circumstances of an entry that replaces `old`: its account, car park and free time."""
        account = self._account_of(old)
        present = self._origin(account)
        return replace(present, lot=old.origin.lot, free_time=old.origin.free_time)


def _held_before(record: EntryRecord) -> bool:
    """Test if the entry's last exchange held its account."""
    return record.outcome is not None and record.outcome.cause.remedy.holds_account


def _with_clock_offset(record: EntryRecord, outcome: Outcome) -> EntryRecord:
    """The stored record with the clock's offset, which is not stored."""
    if record.outcome is None or outcome.clock_offset is None:
        return record
    stored = replace(record.outcome, clock_offset=outcome.clock_offset)
    return replace(record, outcome=stored)


def _sent_as(account: Account | None) -> SentAs:
    if account is None:
        return SentAs()
    return SentAs(account.merchant.mch_id, account.merchant.sub_mch_id)


def _merchant_of(record: EntryRecord, account: Account) -> MerchantProfile:
    """The account's ids, with the name and free time that the entry was made under."""
    origin = record.origin
    free_time = account.merchant.free_time if origin.free_time is None else origin.free_time
    return replace(account.merchant, parking_name=origin.lot, free_time=free_time)
