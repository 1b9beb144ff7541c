"""Ports of the use cases. Their adapters are in `wechatpay`, `storage`, `releases` and `runtime`.

A method without a documented error raises no `ReadableError`. Over 300 lines: the signatures and
promises of every port, without code.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from wxpark_gui.domain.delivery import NextStep, Outcome
from wxpark_gui.domain.entry import ParkingEntry
from wxpark_gui.domain.entry_filter import EVERY_ENTRY, EntryFilter
from wxpark_gui.domain.errors import FieldError
from wxpark_gui.domain.merchant import MerchantProfile, Secret
from wxpark_gui.domain.record import Backlog, EntryRecord, NewEntry, SentAs
from wxpark_gui.domain.release import Release, ReleaseSource
from wxpark_gui.domain.settings import Settings


class Clock(Protocol):
    """The present."""

    def now(self) -> datetime:
        """Aware, UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds from an arbitrary start; never goes back."""
        ...


class Nonces(Protocol):
    """Randomness."""

    def nonce(self) -> str:
        """32 letters or digits from a cryptographic source, fresh at every call."""
        ...

    def entry_id(self) -> str:
        """A random UUID, 36 characters."""
        ...

    def jitter(self) -> float:
        """A number from 0 to 1."""
        ...


class Gateway(Protocol):
    """WeChat Pay's gateway. Used by one thread at a time, except `check`."""

    def check(self, entry: ParkingEntry, merchant: MerchantProfile) -> Sequence[FieldError]:
        """Check WeChat's limits on the whole message. Does no I/O; thread-safe."""
        ...

    def exchange(self, entry: ParkingEntry, merchant: MerchantProfile, key: Secret) -> Outcome:
        """Send one notification and read its reply, within 8 s. Network errors do not raise."""
        ...

    def query(self, plate: str, merchant: MerchantProfile, key: Secret) -> Outcome:
        """Ask for the state of a plate's owner, as `exchange` does; registers nothing.

        Args:
            plate: normalised, of the scene `PARKING`.
        """
        ...

    def warm_up(self, merchant: MerchantProfile) -> bool:
        """Open the connection unless it is open; False if it stays closed."""
        ...

    def close(self) -> None: ...


class Vault(Protocol):
    """Store of merchant keys. Every method may block for seconds: never in the GUI thread.

    All raise subclasses of `KeyUnavailableError`.
    """

    def load(self, mch_id: str) -> Secret: ...

    def store(self, mch_id: str, key: Secret) -> None:
        """Write, read back, compare."""
        ...

    def forget(self, mch_id: str) -> None:
        """Remove; a key that is not there is no error."""
        ...

    def describe(self) -> str:
        """The keyring in use, for the doctor: `SecretService`."""
        ...

    def is_locked(self) -> bool | None:
        """Test if reading a key would ask for a password; never asks. None: unknown."""
        ...


class Releases(Protocol):
    """The operator's announcement of the newest version."""

    def announced(self, source: ReleaseSource) -> Release:
        """Read and verify the announcement, whichever version runs.

        May take 20 s: only on a thread that nothing else waits for. Raises subclasses of
        `VersionFileError`.
        """
        ...


class SettingsStore(Protocol):
    """The booth's settings on disk."""

    def load(self) -> Settings:
        """Defaults when there is no file. Raises `SettingsUnreadableError`."""
        ...

    def save(self, settings: Settings) -> None:
        """All or nothing. Raises `SettingsNotWrittenError`."""
        ...


class AccountUse(Protocol):
    """The entries made under an account. Both methods may wait for the disk."""

    def waiting(self, account_id: str, /) -> int:
        """Number of open entries."""
        ...

    def was_answered(self, account_id: str, /) -> bool:
        """WeChat has accepted the account's ids at least once."""
        ...


class JournalReader(Protocol):
    """The entries on disk for reading, beside a program that writes them.

    Every method raises `JournalDamagedError` when the file cannot be read.
    """

    def page(
        self,
        limit: int,
        *,
        before: int | None = None,
        after: int | None = None,
        wanted: EntryFilter = EVERY_ENTRY,
    ) -> Sequence[EntryRecord]:
        """See `Journal.page`."""
        ...

    def count_open(self) -> int:
        """Number of entries that still wait for an answer."""
        ...

    def verify(self) -> int:
        """Check the whole file; returns the number of entries."""
        ...

    def close(self) -> None: ...


class QueryAudit(Protocol):
    """The audit of queries."""

    def note_query(self, plate: str, account_id: str, outcome: Outcome, now: datetime, /) -> None:
        """Add a query and its result, the plate masked. Raises a `ReadableError` if it cannot."""
        ...


class Journal(Protocol):
    """The entries on disk. Every write is durable when its method returns.

    Methods that write raise `JournalWriteError`; then nothing was changed. Over 20 methods: one for
    each thing that a use case asks of the journal.
    """

    def append(self, new: NewEntry, now: datetime) -> EntryRecord:
        """Save a new entry under the booth's next sequence number.

        In an account that is held it joins the queue as `WAITING`, without a plan. Behind an open
        entry of the same plate and account it joins the queue too, and both are planned for now. An
        entry that it replaces is linked to it, and closed as `VOIDED` if it was never sent.

        Raises `EntryNotOpenError` when the entry to correct is being sent, `EntryReplacedError`
        when it was replaced before, `NothingToResendError` when there is nothing to replace.
        """
        ...

    def start_attempt(
        self, entry_id: str, now: datetime, sent_as: SentAs, *, resume: bool = False
    ) -> EntryRecord:
        """Mark that an exchange starts: state `SENDING`.

        Args:
            sent_as: the merchant's ids in the request, for the record.
            resume: the last result could not be stored; sets `maybe_sent`.

        Raises `EntryNotOpenError` when it is being sent or closed: an entry that was taken back is
        not sent, and none is sent by two at a time.
        """
        ...

    def finish_attempt(
        self, entry_id: str, outcome: Outcome, step: NextStep, now: datetime
    ) -> EntryRecord:
        """Store the outcome of an exchange and the next step."""
        ...

    def get(self, entry_id: str) -> EntryRecord | None: ...

    def recent(self, limit: int) -> Sequence[EntryRecord]:
        """The newest entries, newest first."""
        ...

    def page(
        self,
        limit: int,
        *,
        before: int | None = None,
        after: int | None = None,
        wanted: EntryFilter = EVERY_ENTRY,
    ) -> Sequence[EntryRecord]:
        """One page of entries by order of saving; a page shorter than `limit` is the last.

        Args:
            before: newest first, entries with smaller positions; None begins with the newest.
            after: oldest first, entries with larger positions; not together with `before`.
            wanted: the entries to list.
        """
        ...

    def open_entries(self) -> Sequence[EntryRecord]:
        """All that still wait for an answer, oldest first."""
        ...

    def due(self, now: datetime, limit: int, *, rotate: bool = False) -> Sequence[EntryRecord]:
        """The waiting entries that may be tried now, oldest first; those put off before come last.

        First in, first out for each plate: an entry is left out while an earlier one of the same
        plate and account is open. So is every entry of an account that is held.

        Args:
            rotate: the entry planned first comes first. A failed try plans its entry again, so that
                repeated calls go through all of them.
        """
        ...

    def backlog(self) -> Backlog:
        """Numbers about the open entries."""
        ...

    def waiting(self, account_id: str) -> int:
        """Number of open entries of an account."""
        ...

    def was_answered(self, account_id: str) -> bool:
        """Test if WeChat ever answered an entry of an account."""
        ...

    def release(self, now: datetime, account_id: str = "") -> int:
        """Plan waiting entries for now, all or those of one account; returns their number."""
        ...

    def release_after_outage(self, now: datetime) -> int:
        """Plan for now the entries that wait for the connection; returns their number."""
        ...

    def expire(self, saved_before: datetime, now: datetime) -> Sequence[EntryRecord]:
        """Expire waiting entries saved before then; they stay in the journal as `EXPIRED`.

        A clock that was set wrong gives up nothing that is fresh.
        """
        ...

    def void(self, entry_id: str, now: datetime) -> EntryRecord:
        """Take back an entry that waits.

        Raises `EntryNotOpenError` when it is being sent or closed.
        """
        ...

    def note_query(self, plate: str, account_id: str, outcome: Outcome, now: datetime) -> None:
        """Add a query and its result to the audit, the plate masked; it has no entry."""
        ...

    def back_up_if_due(self, now: datetime) -> bool:
        """Start a backup if one is due, without waiting for it; True if one started."""
        ...

    def count_since(self, moment: datetime) -> int:
        """Number of entries saved at `moment` or later."""
        ...

    def visits(self, since: datetime, limit: int) -> Sequence[tuple[str, int]]:
        """Plates entered since then and how often; the `limit` latest, the last one at the end."""
        ...

    def fingerprints(self, limit: int) -> Sequence[str]:
        """Fingerprints of the newest signed replies, so that a restart does not forget them.

        `limit` to entries, newest first, then as many to queries.
        """
        ...

    def verify(self) -> int:
        """Check the whole file; returns the number of entries. Raises `JournalDamagedError`."""
        ...

    def close(self) -> None: ...
