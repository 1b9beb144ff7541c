"""Ports of the use cases. Most adapters are in `wechatpay`, `storage`, `releases` and `runtime`.

A method without a documented error raises no `ReadableError`. The module exceeds the project's
limit of 300 lines: the signatures and promises of every port, without code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from wxpark_gui.domain.delivery import NextStep, Outcome
from wxpark_gui.domain.entry import ParkingEntry
from wxpark_gui.domain.entry_filter import EVERY_ENTRY, EntryFilter
from wxpark_gui.domain.errors import FieldError
from wxpark_gui.domain.merchant import MerchantProfile, Secret
from wxpark_gui.domain.settings import Settings

if TYPE_CHECKING:
    from wxpark_gui.domain.export import Cell
    from wxpark_gui.domain.history import (
        HistoryChoices,
        HistoryDetail,
        HistoryEntry,
        HistoryFilter,
        HistoryPage,
        Search,
    )
    from wxpark_gui.domain.record import Backlog, EntryRecord, NewEntry, SentAs
    from wxpark_gui.domain.release import Release
    from wxpark_gui.domain.release_source import ReleaseSource
    from wxpark_gui.domain.tallies import Part, Slot
    from wxpark_gui.service.shift_book import ShiftBook


class Clock(Protocol):
    """Wall clock and monotonic clock."""

    def now(self) -> datetime:
        """Return the present time, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Return the seconds since an arbitrary start; they never go back, and include suspend."""
        ...


class Nonces(Protocol):
    """Random values."""

    def nonce(self) -> str:
        """Return 32 letters or digits from a cryptographic source, fresh at every call."""
        ...

    def entry_id(self) -> str:
        """Return a random UUID, 36 characters."""
        ...

    def jitter(self) -> float:
        """Return a random number, at least 0 and below 1."""
        ...


class Gateway(Protocol):
    """WeChat Pay's gateway. Only `check` may be called by several threads at a time."""

    def check(self, entry: ParkingEntry, merchant: MerchantProfile) -> Sequence[FieldError]:
        """Return an error if `scene_info` exceeds 1024 bytes; nothing else is checked here.

        Does no I/O; thread-safe.
        """
        ...

    def exchange(self, entry: ParkingEntry, merchant: MerchantProfile, key: Secret) -> Outcome:
        """Send one notification and read its reply, within 8 s. Network errors do not raise."""
        ...

    def query(self, plate: str, merchant: MerchantProfile, key: Secret) -> Outcome:
        """Query the state of a plate's owner, within 8 s. Network errors do not raise.

        Args:
            plate: normalised.
        """
        ...

    def warm_up(self, merchant: MerchantProfile) -> bool:
        """Open the connection unless it is open; False if it stays closed."""
        ...

    def close(self) -> None: ...


class Vault(Protocol):
    """Store of merchant keys. Every method may block for seconds, so the GUI thread calls none.

    All methods may raise subclasses of `KeyUnavailableError`. `load` raises one if there is no key.
    """

    def load(self, mch_id: str) -> Secret: ...

    def store(self, mch_id: str, key: Secret) -> None:
        """Write the key, read it back and compare."""
        ...

    def forget(self, mch_id: str) -> None:
        """Remove the key; a no-op if there is none."""
        ...

    def describe(self) -> str:
        """Return the name of the keyring in use, such as `SecretService`."""
        ...

    def is_locked(self) -> bool | None:
        """Test if reading a key would prompt, without a prompt; None if that is unknown."""
        ...


class ProbedVault(Vault, Protocol):
    """A vault whose keyring the doctor can test."""

    def probe(self) -> None:
        """Write a test item, read it back and remove it; a locked keyring asks for its password."""
        ...


class Releases(Protocol):
    """Access to the operator's announcement of the newest version."""

    def announced(self, source: ReleaseSource) -> Release:
        """Read and verify the announcement, even if its version is not newer.

        May block for 20 s, so it needs a thread that nothing else waits for. Raises subclasses of
        `VersionFileError`.
        """
        ...


class SettingsStore(Protocol):
    """The booth's settings on disk."""

    def load(self) -> Settings:
        """Read the settings; defaults if there is no file. Raises `SettingsUnreadableError`."""
        ...

    def save(self, settings: Settings) -> None:
        """Replace the file, or leave it unchanged on an error.

        Raises `InvalidInputError` or `SettingsNotWrittenError`.
        """
        ...


class AccountUse(Protocol):
    """Entries of an account. Both methods read the disk and may raise `JournalDamagedError`."""

    def waiting(self, account_id: str, /) -> int:
        """Return the number of open entries."""
        ...

    def was_answered(self, account_id: str, /) -> bool:
        """Test if WeChat has answered an entry of the account."""
        ...


class JournalReader(Protocol):
    """Read-only access to the entries on disk, even while another process writes them.

    Every method raises `JournalDamagedError` if the file cannot be read.
    """

    def page(
        self,
        limit: int,
        *,
        before: int | None = None,
        after: int | None = None,
        wanted: EntryFilter = EVERY_ENTRY,
    ) -> Sequence[EntryRecord]:
        """Return one page of entries; see `Journal.page`."""
        ...

    def count_open(self) -> int:
        """Return the number of open entries."""
        ...

    def waiting(self, account_id: str, /) -> int:
        """Return the number of open entries of an account."""
        ...

    def check(self) -> None:
        """Check the active file from end to end, unless it is too large to be read in seconds."""
        ...

    def verify(self) -> int:
        """Check all files and return the number of entries, archived ones included."""
        ...

    def lost_archives(self) -> Sequence[str]:
        """Return the months, `YYYY-MM`, whose archive is missing or cannot be opened."""
        ...

    def visits(self, since: datetime, limit: int) -> Sequence[tuple[str, int]]:
        """Return the plates entered from `since` on, with their number of entries.

        Archived entries count too, voided ones do not. Only the `limit` plates entered last are
        returned, the latest at the end.
        """
        ...

    def close(self) -> None: ...


class History(Protocol):
    """Read-only access to all entries, archived ones included, on connections of its own.

    Use it on one thread. Methods raise `JournalDamagedError` if the active file cannot be read.
    """

    def page(self, wanted: HistoryFilter, limit: int, before: int | None = None) -> HistoryPage:
        """Return the next part of the entries that meet `wanted`, newest first.

        It has few entries or none if reading more would take long.

        Args:
            limit: the largest number of entries in it.
            before: `HistoryPage.before` of the part read last; None starts at the newest entry.
        """
        ...

    def entries_at(self, positions: Sequence[int]) -> Sequence[HistoryEntry]:
        """Return the entries with these positions, newest first; missing ones are left out."""
        ...

    def count_newer(self, wanted: HistoryFilter, after: int) -> int:
        """Return the number of matches in the active file with positions above `after`.

        At most 1000 are counted.
        """
        ...

    def detail(self, entry_id: str) -> HistoryDetail | None:
        """Return everything about an entry; None if no readable file has it."""
        ...

    def choices(self) -> HistoryChoices:
        """Return attendants and car parks in recent entries of the active file, for the filter."""
        ...

    def prepare(self) -> bool:
        """Do one short step of the work that makes later searches faster.

        Return False if no step is left.
        """
        ...

    def close(self) -> None: ...


class Searches(Protocol):
    """The searches that a person saved. Methods may block on the disk."""

    def load(self) -> Sequence[Search]:
        """Return the saved searches in their order; invalid ones are left out."""
        ...

    def is_damaged(self) -> bool:
        """Test if some or all saved searches cannot be read."""
        ...

    def save(self, searches: Sequence[Search]) -> None:
        """Replace all saved searches; the unreadable ones are kept in another file.

        Raises `TooManySearchesError` if there are more than 50, and
        `SettingsNotWrittenError` if they cannot be written.
        """
        ...


class QueryAudit(Protocol):
    """The audit of queries."""

    def note_query(
        self, plate: str, account_id: str, outcome: Outcome, now: datetime, by: str, /
    ) -> None:
        """Add a query by the person `by` and its result, the plate masked; `by` may be empty.

        Raises a `ReadableError` if that fails.
        """
        ...


class ExportTable(Protocol):
    """The file of an export, written row by row."""

    def write_headings(self, headings: Sequence[str]) -> None:
        """Write the headings; call it once, first."""
        ...

    def write_row(self, cells: Sequence[Cell]) -> None: ...


class Journal(Protocol):
    """The entries on disk. Every write is durable when its method returns.

    Methods that write raise `JournalWriteError`, and then nothing was changed. Methods that read
    raise `JournalDamagedError`; of these only `get`, `was_answered` and `fingerprints` include
    archived entries. The class exceeds the project's limit of 20 methods: the use cases need that
    many operations.
    """

    def append(self, new: NewEntry, now: datetime) -> EntryRecord:
        """Save a new entry under the booth's next sequence number, usually as `SAVED`.

        In a held account it is saved as `WAITING` without a planned attempt. If an earlier live
        entry of the same plate and account is open, the new one is saved as `WAITING` and due now;
        the earlier one becomes due now too, if it waits and the gateway did not ask for the wait.
        If the new entry replaces an old one, the two are linked; a correction also closes an open
        old one as `VOIDED`. An entry from paper is saved as `WAITING` and, outside a held account,
        due now; it is saved as `EXPIRED` if it is too old to be sent.

        Raises `BackfillRepeatedError` if number or plate of an entry from paper were saved before,
        `StillSendingError` if the entry to correct is being sent, `EntryReplacedError` if the old
        entry was already replaced, `NothingToResendError` if its state forbids replacing.
        """
        ...

    def start_attempt(
        self, entry_id: str, now: datetime, sent_as: SentAs, *, resume: bool = False
    ) -> EntryRecord:
        """Set the state to `SENDING`, before an exchange.

        Args:
            sent_as: merchant ids of the request, stored with the attempt.
            resume: allow an entry in `SENDING`, whose last result could not be stored, and set
                its `maybe_sent`.

        Raises `EntryNotOpenError` if the entry is closed or, without `resume`, being sent; it must
        not be sent then.
        """
        ...

    def finish_attempt(
        self, entry_id: str, outcome: Outcome, step: NextStep, now: datetime
    ) -> EntryRecord:
        """Store the outcome of an exchange, and the next step unless the entry was closed."""
        ...

    def get(self, entry_id: str) -> EntryRecord | None: ...

    def recent(self, limit: int) -> Sequence[EntryRecord]:
        """Return the newest entries, newest first."""
        ...

    def page(
        self,
        limit: int,
        *,
        before: int | None = None,
        after: int | None = None,
        wanted: EntryFilter = EVERY_ENTRY,
    ) -> Sequence[EntryRecord]:
        """Return one page of entries in order of saving; a page shorter than `limit` is the last.

        Args:
            before: selects entries of smaller positions, newest first; None starts at the newest.
            after: selects entries of larger positions, oldest first; not together with `before`.
            wanted: conditions that the entries must meet.
        """
        ...

    def open_entries(self) -> Sequence[EntryRecord]:
        """Return all open entries, oldest first."""
        ...

    def due(self, now: datetime, limit: int, *, rotate: bool = False) -> Sequence[EntryRecord]:
        """Return waiting entries that may be tried now, live ones first; `limit` at most.

        Live ones and those from paper are each in order of saving, but entries that the gateway put
        off come last. Left out are entries of a held account, and entries with an earlier open one
        of the same plate and account; a live one does not wait for one from paper. Raises
        `JournalWriteError` too, because planned times are moved after a change of the wall clock.

        Args:
            rotate: sort by planned time instead of age. A failed try is planned for later, so
                repeated calls try all entries in turn.
        """
        ...

    def backlog(self) -> Backlog:
        """Return a summary of the open entries. It reads them all; `held` reads few."""
        ...

    def held(self) -> Sequence[EntryRecord]:
        """Return the newest held entry of each held account, newest first, as in `Backlog.held`."""
        ...

    def is_held(self, account_id: str) -> bool:
        """Test if an entry of the account waits until settings, permission or key are corrected."""
        ...

    def waiting(self, account_id: str) -> int:
        """Return the number of open entries of an account."""
        ...

    def was_answered(self, account_id: str) -> bool:
        """Test if WeChat answered an entry of an account, among the newest 100,000 entries."""
        ...

    def release(self, now: datetime, account_id: str = "") -> int:
        """Make all waiting entries, or those of one account, due now; return their number.

        Held accounts are no longer held afterwards.
        """
        ...

    def release_after_outage(self, now: datetime) -> int:
        """Make due now the entries whose last try, if any, did not reach the gateway.

        Returns their number.
        """
        ...

    def take_sheets(self, count: int, by: str, now: datetime) -> int:
        """Reserve the numbers of `count` printed sheets for paper, and return the first.

        `by` names the person, for the audit.
        """
        ...

    def expire(
        self, saved_before: datetime, now: datetime, *, entered_before: datetime | None = None
    ) -> Sequence[EntryRecord]:
        """Close waiting entries saved before `saved_before` as `EXPIRED`, and return them.

        They must have waited that long by the monotonic clock too, so that a wall clock set wrong
        expires no entry early. Entries from paper that were entered before `entered_before` expire
        too.
        """
        ...

    def void(
        self,
        entry_id: str,
        now: datetime,
        *,
        reason: str = "",
        by: str = "",
        unless_answered: bool = False,
    ) -> EntryRecord:
        """Close an entry as `VOIDED`.

        Without a reason an entry that waits to be sent is taken back, and the entry that it
        replaces counts again; it waits again if the correction voided it and its month is not
        archived. With a reason any entry that is not being sent is voided.
        `by` names the person, for the audit. Raises `EntryNotOpenError` if the entry is being sent
        or voided; without a reason, also if it is closed; with `unless_answered`, also if it is
        answered. Raises `EntryNotFoundError` if no readable file has the entry.
        """
        ...

    def note_query(
        self, plate: str, account_id: str, outcome: Outcome, now: datetime, by: str = ""
    ) -> None:
        """Add a query by the person `by` and its result to the audit, with the plate masked."""
        ...

    def back_up_if_due(self, now: datetime) -> bool:
        """Start a backup if one is due, without waiting for it; True if one started."""
        ...

    def archive_step(self, now: datetime, retention_days: int) -> bool:
        """Do one short step of archiving closed months; True if the next should follow soon.

        Args:
            retention_days: days after which an archived month is dropped; 0 keeps all.

        Raises `JournalWriteError` if the step was rolled back, `JournalDamagedError` if the journal
        could not be read.
        """
        ...

    def lost_archives(self) -> Sequence[str]:
        """Return the months, `YYYY-MM`, whose archive is damaged or missing.

        Those that were restored from a backup are not included.
        """
        ...

    def count_day(self, midnight: datetime) -> int:
        """Return the number of entries saved on the day that begins at `midnight`.

        Archived entries do not count.
        """
        ...

    def fingerprints(self, limit: int) -> Sequence[str]:
        """Return fingerprints of the newest verified replies, to refuse replays after a restart.

        They are at most `limit` of replies to entries, newest first, then at most `limit` of
        replies to queries.
        """
        ...

    def shift_book(self) -> ShiftBook:
        """Return the book of people and shifts in the same file; use it on the journal's thread."""
        ...

    def verify(self) -> int:
        """Check the active file and return its number of entries. Raises `JournalDamagedError`."""
        ...

    def close(self) -> None: ...


class StatisticsSource(Protocol):
    """Sums over the entries on disk, archived months included."""

    def parts(
        self, since: datetime, now: datetime, slot: Slot, is_cancelled: Callable[[], bool]
    ) -> Iterator[Part]:
        """Yield the sums of everything since a moment, the newest month first.

        Take all parts on one thread, or close the iterator there; then no file stays open. Each
        part is one month; it is empty if the month's archive cannot be read. Taking a part raises
        `JournalDamagedError`, `JournalNewerError` or `DataDirectoryUnusableError` if the journal
        cannot be read.

        Args:
            is_cancelled: called often; once it returns True, the iterator ends soon.
        """
        ...


class Documents(Protocol):
    """Files that a person asks for."""

    def write(self, path: str, content: bytes) -> None:
        """Create or replace a file, whole or not at all. Raises `FileNotWrittenError`."""
        ...
