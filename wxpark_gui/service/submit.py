"""The story of one entry: checked, saved, sent, answered."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from wxpark_gui.domain.delivery import Cause, DeliveryState, Outcome, after_exchange
from wxpark_gui.domain.entry import EntryDraft, ParkingEntry, check_draft
from wxpark_gui.domain.errors import (
    EntryNotOpenError,
    InvalidInputError,
    KeyUnavailableError,
    NotSetUpError,
)
from wxpark_gui.domain.merchant import MerchantProfile
from wxpark_gui.domain.record import EntryRecord, Origin
from wxpark_gui.domain.settings import Settings
from wxpark_gui.service.ports import Clock, Gateway, Journal, Nonces, Vault

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Submission:
    """Takes one entry from the form to its verdict.

    `check` does no I/O. `save` waits for the disk. `deliver` waits for the keyring and the wire.

    Attributes:
        training: entries are made against the training gateway and marked so for ever.
    """

    journal: Journal
    gateway: Gateway
    vault: Vault
    clock: Clock
    nonces: Nonces
    training: bool = False

    def check(self, draft: EntryDraft, settings: Settings) -> ParkingEntry:
        """The entry that would be sent.

        Raises:
            NotSetUpError: no merchant has been entered.
            InvalidInputError: with one error for each field that cannot be sent.
        """
        account = settings.account
        if account is None:
            raise NotSetUpError
        entry = check_draft(draft, self.clock.now())
        if errors := self.gateway.check(entry, account.merchant):
            raise InvalidInputError(errors)
        return entry

    def warm_up(self, merchant: MerchantProfile) -> bool:
        """Open the line while the plate is still being typed: whether it is open."""
        return self.gateway.warm_up(merchant)

    def save(self, entry: ParkingEntry, settings: Settings, *, hold: bool = False) -> EntryRecord:
        """Put the entry on disk; once this has returned it is never lost.

        Args:
            hold: the queue stands still until the settings are mended: let the entry join it.

        Raises:
            NotSetUpError: no merchant has been entered.
            JournalWriteError: the entry is not saved.
        """
        account = settings.account
        if account is None:
            raise NotSetUpError
        origin = Origin(
            mch_id=account.merchant.mch_id,
            sub_mch_id=account.merchant.sub_mch_id,
            lot=account.merchant.parking_name,
            booth=settings.booth.name,
            training=self.training,
        )
        entry_id = self.nonces.entry_id()
        return self.journal.append(entry_id, entry, origin, self.clock.now(), hold=hold)

    def deliver(
        self,
        record: EntryRecord,
        merchant: MerchantProfile,
        *,
        again: bool = False,
        begun: Callable[[EntryRecord], None] | None = None,
    ) -> EntryRecord:
        """Send a saved entry once (twice when the first reply cannot be trusted).

        An entry that was taken back or answered meanwhile, or is being sent by another, is not
        sent: it comes back as it stands, with no more attempts than it had.

        Args:
            again: the end of its last exchange could not be kept.
            begun: told, in this thread, that the entry can no longer be taken back.

        Raises:
            JournalWriteError: the outcome could not be kept; the entry will be sent again.
        """
        while True:
            try:
                started = self.journal.begin(record.entry_id, self.clock.now(), again=again)
            except EntryNotOpenError:
                return self.journal.get(record.entry_id) or record
            if begun:
                begun(started)
            outcome = self._exchange(started, merchant)
            untrusted = started.untrusted + (outcome.cause is Cause.UNTRUSTED)
            attempts = started.attempts + 1
            step = after_exchange(outcome, attempts, untrusted, self.nonces.jitter())
            if step.security_event:
                _log.error("security: replies of %s cannot be trusted", outcome.host)
            record = self.journal.record(record.entry_id, outcome, step, self.clock.now())
            if step.state is not DeliveryState.WAITING or step.wait != 0:
                return record

    def _exchange(self, record: EntryRecord, merchant: MerchantProfile) -> Outcome:
        """One exchange. The key is read for it and dropped after it: nothing holds on to it."""
        try:
            key = self.vault.load(merchant.mch_id)
        except KeyUnavailableError as error:
            return Outcome(Cause.KEY_UNAVAILABLE, code=error.code)
        return self.gateway.exchange(record.entry, merchant, key)
