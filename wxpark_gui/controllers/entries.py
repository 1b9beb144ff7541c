"""Entries from the window's point of view: submitted, saved, answered, undone, replaced."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from PySide6.QtCore import QObject, Signal, Slot

from wxpark_gui.controllers.live import LiveSender
from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.entry import EntryDraft
from wxpark_gui.domain.errors import (
    AccountMissingError,
    EntryNotOpenError,
    EntryReplacedError,
    InvalidInputError,
    NothingToResendError,
    NotSetUpError,
    ReadableError,
)
from wxpark_gui.domain.known_plates import KnownPlates
from wxpark_gui.domain.record import EntryRecord, NewEntry
from wxpark_gui.runtime.runner import Worker
from wxpark_gui.service.ports import Clock, Journal
from wxpark_gui.service.recent_entries import RecentEntries
from wxpark_gui.service.submit import Submission

RECENT_LIMIT = 200
KNOWN_FOR = timedelta(days=90)
KNOWN_LIMIT = 20_000
"""Plates that are suggested: those of the last months, as many as a search finds at once."""


@dataclass(frozen=True, slots=True)
class Submitted:
    """The entry is on its way to the disk; `saved` or `notSaved` follows with its id."""

    entry_id: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing was done: `InvalidInputError` names the fields, `NotSetUpError` the merchant."""

    error: ReadableError


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Nothing was done: the same plate was entered a moment ago. Submit it confirmed, or not.

    Attributes:
        label: plate of both.
        minutes_ago: full minutes since the last one.
        count: entries of this plate within the time that duplicates are asked about.
    """

    label: str
    minutes_ago: int
    count: int


class Entries(QObject):
    """The attendant's entries. No method waits; every signal carries the record or the id.

    Signals:
        saved(EntryRecord): on disk.
        changed(EntryRecord): an attempt ended, or the entry was closed.
        started(EntryRecord): its exchange started; from now on it cannot be taken back.
        notSaved(str, ReadableError): the entry of this id is not on disk.
        takenBack(EntryRecord): closed without having been sent.
        notTakenBack(str, ReadableError): too late.
        refused(ReadableError): a row could not be sent again; the reason.
        recentLoaded(tuple[EntryRecord, ...]): newest first.
        platesLoaded(KnownPlates): saved plates are added to it.
        failed(ReadableError): trouble with the disk.
        crashed(Exception): a bug; the entry concerned is safe in the journal.
    """

    saved = Signal(object)
    changed = Signal(object)
    started = Signal(object)
    notSaved = Signal(str, object)
    takenBack = Signal(object)
    notTakenBack = Signal(str, object)
    refused = Signal(object)
    recentLoaded = Signal(object)
    platesLoaded = Signal(object)
    failed = Signal(object)
    crashed = Signal(object)

    def __init__(
        self,
        submission: Submission,
        journal: Journal,
        clock: Clock,
        saving: Worker,
        live: LiveSender,
    ) -> None:
        """`saving` is the journal's thread."""
        super().__init__()
        self._submission = submission
        self._journal = journal
        self._clock = clock
        self._saving = saving
        self._live = live
        self._recent = RecentEntries()
        self._known = KnownPlates()
        self._unsaved: dict[str, NewEntry] = {}
        self._unwanted: set[str] = set()
        self._live.started.connect(self.started)
        self._live.sent.connect(self.note_changed)

    def load(self) -> None:
        """Read recent entries and known plates; `recentLoaded` and `platesLoaded` follow."""
        since = self._clock.now() - KNOWN_FOR
        self._saving.submit(
            lambda: KnownPlates(self._journal.visits(since, KNOWN_LIMIT)),
            self._on_plates,
            self._on_failed,
        )
        self._saving.submit(
            lambda: tuple(self._journal.recent(RECENT_LIMIT)), self._on_recent, self._on_failed
        )

    def submit(
        self, draft: EntryDraft, *, confirmed: bool = False
    ) -> Submitted | Refused | Duplicate:
        """Check a draft and start to save it.

        Args:
            confirmed: the attendant knows that this plate was entered a moment ago.
        """
        try:
            new = self._submission.prepare(draft)
        except (InvalidInputError, NotSetUpError) as error:
            return Refused(error)
        if not confirmed and (duplicate := self._find_duplicate(new)):
            return duplicate
        return self._save(new)

    def resend(self, record: EntryRecord) -> Submitted | Refused:
        """Send an entry again: a waiting one now, one that was given up as a new, linked entry."""
        if record.state is DeliveryState.WAITING:
            self._live.send(record)
            return Submitted(record.entry_id)
        if record.state.is_open or record.replaced_by:
            return Refused(EntryReplacedError() if record.replaced_by else EntryNotOpenError())
        if record.state in (DeliveryState.ANSWERED, DeliveryState.VOIDED):
            return Refused(NothingToResendError(record.state.value))
        try:
            return self._save(self._submission.prepare_resend(record))
        except AccountMissingError as error:
            return Refused(error)

    def correct(self, record: EntryRecord, draft: EntryDraft) -> Submitted | Refused:
        """Replace an entry by a corrected one, under its time and account."""
        try:
            return self._save(self._submission.prepare_correction(record, draft))
        except (InvalidInputError, AccountMissingError) as error:
            return Refused(error)

    def take_back(self, entry_id: str) -> None:
        """Close an entry before it is sent; one that is not saved yet, as soon as it is."""
        if entry_id in self._unsaved:
            self._unwanted.add(entry_id)
            return
        now = self._clock.now()

        def failed(error: Exception) -> None:
            self._on_not_taken_back(entry_id, error)

        self._saving.submit(lambda: self._journal.void(entry_id, now), self._on_taken_back, failed)

    @Slot(object)
    def note_changed(self, record: EntryRecord) -> None:
        """Pass on a record that another sender changed."""
        self._recent.add(record)
        self.changed.emit(record)

    def _find_duplicate(self, new: NewEntry) -> Duplicate | None:
        minutes = self._submission.settings.value.booth.duplicate_minutes
        now = self._clock.now()
        found = self._recent.times_of(new.entry, now, timedelta(minutes=minutes))
        if not found:
            return None
        minutes_ago = int((now - max(found)).total_seconds() // 60)
        return Duplicate(new.entry.label, minutes_ago, len(found))

    def _save(self, new: NewEntry) -> Submitted:
        self._unsaved[new.entry_id] = new
        self._recent.add_unsaved(new, self._clock.now())

        def failed(error: Exception) -> None:
            self._on_not_saved(new, error)

        self._saving.submit(lambda: self._submission.save(new), self._on_saved, failed)
        return Submitted(new.entry_id)

    @Slot(object)
    def _on_plates(self, known: KnownPlates) -> None:
        self._known = known
        self.platesLoaded.emit(known)

    @Slot(object)
    def _on_recent(self, records: tuple[EntryRecord, ...]) -> None:
        for record in reversed(records):
            self._recent.add(record)
        self.recentLoaded.emit(records)

    @Slot(object)
    def _on_saved(self, record: EntryRecord) -> None:
        new = self._unsaved.pop(record.entry_id, None)
        self._recent.add(record)
        if record.entry.plate:
            self._known.add(record.entry.plate.text)
        self.saved.emit(record)
        if new and new.replaces:
            self._reload(new.replaces)
        if record.entry_id in self._unwanted:
            self._unwanted.discard(record.entry_id)
            self.take_back(record.entry_id)
        elif record.state is DeliveryState.SAVED:
            self._live.send(record)

    def _on_not_saved(self, new: NewEntry, error: Exception) -> None:
        self._unsaved.pop(new.entry_id, None)
        self._unwanted.discard(new.entry_id)
        self._recent.discard(new)
        if isinstance(error, ReadableError):
            self.notSaved.emit(new.entry_id, error)
        else:
            self.crashed.emit(error)

    def _reload(self, entry_id: str) -> None:
        """Read the entry that was replaced, for its new link and state."""
        self._saving.submit(lambda: self._journal.get(entry_id), self._on_reloaded, self._on_failed)

    @Slot(object)
    def _on_reloaded(self, record: EntryRecord | None) -> None:
        if record is not None:
            self.note_changed(record)

    @Slot(object)
    def _on_taken_back(self, record: EntryRecord) -> None:
        self.note_changed(record)
        self.takenBack.emit(record)

    def _on_not_taken_back(self, entry_id: str, error: Exception) -> None:
        if isinstance(error, EntryNotOpenError):
            self.notTakenBack.emit(entry_id, error)
        else:
            self._on_failed(error)

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        if isinstance(error, ReadableError):
            self.failed.emit(error)
        else:
            self.crashed.emit(error)
