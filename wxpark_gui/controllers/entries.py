"""Controller of the entries: saves, resends, corrects and takes them back.

The module exceeds the project's limit of 300 lines: every use case of an entry has its slots here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QObject, Signal, Slot

from wxpark_gui.controllers.known_plates import KnownPlatesReader
from wxpark_gui.controllers.live import LiveSender
from wxpark_gui.domain.backfill import BackfillTooOldError
from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.entry import EntryDraft
from wxpark_gui.domain.errors import (
    AccountMissingError,
    EntryFaultError,
    EntryNotFoundError,
    EntryNotOpenError,
    EntryReplacedError,
    InvalidInputError,
    JournalBusyError,
    JournalDamageFoundError,
    JournalLockedError,
    NothingToResendError,
    NotSetUpError,
    ReadableError,
    StillSendingError,
)
from wxpark_gui.domain.record import EntryRecord, NewEntry
from wxpark_gui.runtime.runner import Worker
from wxpark_gui.service.ports import Clock, Journal
from wxpark_gui.service.recent_entries import RecentEntries
from wxpark_gui.service.submit import Submission

T = TypeVar("T")

RECENT_LIMIT = 200

SAVE_PATIENCE = 30.0
"""Seconds from Enter in which saving is tried again while another program locks the journal."""


@dataclass(frozen=True, slots=True)
class Submitted:
    """Acceptance of an entry.

    For a new entry `saved`, `notSaved` or `questioned` follows; for a waiting one that is sent now,
    `changed`.
    """

    entry_id: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Refusal of an entry; nothing was saved or sent.

    Attributes:
        error: the reason; an `InvalidInputError` has one error for each invalid field.
    """

    error: ReadableError


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Refusal of a plate that was entered lately; nothing was saved.

    `submit` with `confirmed` saves it.

    Attributes:
        label: the plate, spaced for display.
        minutes_ago: whole minutes since the plate's latest entry.
        count: number of the plate's entries in the car park within the booth's
            `duplicate_minutes`.
    """

    label: str
    minutes_ago: int
    count: int


class Entries(QObject):
    """Saves, resends, corrects and voids entries. No method blocks.

    The class exceeds the project's limit of 20 methods: every use case has its slots here.

    Signals:
        saved(EntryRecord): the entry is on disk.
        changed(EntryRecord): an exchange of the entry ended, or the entry was closed or replaced.
        started(EntryRecord): a live exchange started; the entry cannot be taken back during it.
        notSaved(str, ReadableError): the entry with this id could not be saved.
        questioned(str, Duplicate): the entry with this id was submitted before the recent entries
            were read, and was not saved, because its plate was entered lately.
        takenBack(EntryRecord): `take_back` closed the entry.
        restored(EntryRecord): the entry counts again, because its replacement was taken back;
            emitted after `takenBack` and `changed`.
        notTakenBack(str, ReadableError): `take_back` or `void` was refused, because the entry with
            this id is being sent, is closed, or is no longer stored; or it could not be written,
            which `failed` tells too.
        recentLoaded(tuple[EntryRecord, ...]): the newest entries, at most `RECENT_LIMIT`, newest
            first.
        platesLoaded(KnownPlates): plates entered before; later saves are added to the same object.
        failed(ReadableError): the journal could not be read or written.
        crashed(Exception): an exception that is a bug; in the saving of an entry, `notSaved` with
            an `EntryFaultError` precedes it.

    Attributes:
        unsaved: entries that are being saved, by id.
        leaving: ids of the entries that are being voided.
    """

    saved = Signal(object)
    changed = Signal(object)
    started = Signal(object)
    notSaved = Signal(str, object)
    questioned = Signal(str, object)
    takenBack = Signal(object)
    restored = Signal(object)
    notTakenBack = Signal(str, object)
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
        *,
        plates: KnownPlatesReader,
    ) -> None:
        """Keep the given parts; `saving` is the journal's thread."""
        super().__init__()
        self._submission = submission
        self._journal = journal
        self._clock = clock
        self._saving = saving
        self._live = live
        self._plates = plates
        self._recent = RecentEntries()
        self._is_loaded = False
        self.unsaved: dict[str, NewEntry] = {}
        self._unwanted: set[str] = set()
        self.leaving: set[str] = set()
        # Voided or replaced since the start; an earlier result of a sender may follow.
        self._overtaken: set[str] = set()
        self._live.started.connect(self.started)
        self._live.sent.connect(self.note_sent)
        self._plates.loaded.connect(self.platesLoaded)
        self._plates.failed.connect(self._on_failed)

    def load(self) -> None:
        """Read recent entries and known plates; `recentLoaded` and `platesLoaded` follow."""
        self._saving.submit(
            lambda: tuple(self._journal.recent(RECENT_LIMIT)), self._on_recent, self._on_failed
        )
        self._plates.load()

    def submit(
        self, draft: EntryDraft, *, confirmed: bool = False
    ) -> Submitted | Refused | Duplicate:
        """Check a draft and start to save it.

        Args:
            confirmed: True saves the entry even if its plate was entered a moment ago.

        Returns:
            `Submitted` if the entry is being saved; `Refused` or `Duplicate` if nothing is saved.
        """
        try:
            new = self._submission.prepare(draft)
        except (InvalidInputError, NotSetUpError) as error:
            return Refused(error)
        if confirmed:
            return self._save(new)
        return self._find_duplicate(new, self._recent) or self._save(new, checks=True)

    def was_entered_last(self, plate: str) -> bool:
        """Test if this plate was entered last, within the duplicate window or the last minute."""
        minutes = max(1, self._submission.settings.value.booth.duplicate_minutes)
        return self._recent.is_latest(
            plate, self._follow_clock(self._recent), timedelta(minutes=minutes)
        )

    def resend(self, record: EntryRecord) -> Submitted | Refused:
        """Send a waiting entry now, or save a new entry that replaces one with a final failure.

        Only `REFUSED`, `UNTRUSTED` and `EXPIRED` entries are replaced. Any other state than these
        and `WAITING` gives `Refused`, as do replaced entries, those whose account was removed, and
        those from paper that are too old.
        """
        if record.state is DeliveryState.WAITING:
            self._live.send(record)
            return Submitted(record.entry_id)
        if self._is_replaced(record):
            return Refused(EntryReplacedError())
        if record.state.is_open:
            return Refused(StillSendingError())
        if record.state in (DeliveryState.ANSWERED, DeliveryState.VOIDED):
            return Refused(NothingToResendError(record.state.value))
        try:
            return self._save(self._submission.prepare_resend(record))
        except (AccountMissingError, BackfillTooOldError) as error:
            return Refused(error)

    def correct(
        self, record: EntryRecord, draft: EntryDraft, *, confirmed: bool = False
    ) -> Submitted | Refused | Duplicate:
        """Save a corrected draft as a new entry that replaces `record`.

        Start time and account stay. Returns `Refused` or `Duplicate` if nothing is saved.

        Args:
            confirmed: True saves it even if its plate was entered a moment ago, by another entry.
        """
        if self._is_replaced(record):
            return Refused(EntryReplacedError())
        try:
            new = self._submission.prepare_correction(record, draft)
        except (InvalidInputError, AccountMissingError) as error:
            return Refused(error)
        found = None if confirmed else self._find_duplicate(new, self._recent)
        return found or self._save(new)

    def _is_replaced(self, record: EntryRecord) -> bool:
        """Test if an entry was replaced, or its replacement is being saved."""
        is_leaving = any(new.replaces == record.entry_id for new in self.unsaved.values())
        return bool(record.replaced_by) or is_leaving

    def take_back(self, entry_id: str) -> None:
        """Void an entry that is not being sent; `takenBack` or `notTakenBack` follows.

        An entry that is still being saved is voided once it is on disk. A no-op while it is being
        voided already.
        """
        if entry_id in self.unsaved:
            self._unwanted.add(entry_id)
            return
        if entry_id in self.leaving:
            return
        self.leaving.add(entry_id)
        self._overtaken.add(entry_id)
        void = partial(self._void, entry_id, self._clock.now())

        def failed(error: Exception) -> None:
            self.leaving.discard(entry_id)
            self._on_not_taken_back(entry_id, error)

        self._saving.submit(void, self._on_taken_back, failed)

    def void(self, record: EntryRecord, reason: str) -> None:
        """Void an entry for a reason; `changed` or `notTakenBack` follows.

        It is refused if the answer has come since `record` was read: a manager may have to approve.
        """
        void = partial(self._void, record.entry_id, self._clock.now(), reason=reason)
        is_open = record.state is not DeliveryState.ANSWERED
        self.leaving.add(record.entry_id)
        self._overtaken.add(record.entry_id)

        def voided(result: EntryRecord) -> None:
            self.leaving.discard(record.entry_id)
            self.note_changed(result)

        def failed(error: Exception) -> None:
            self.leaving.discard(record.entry_id)
            self._on_not_taken_back(record.entry_id, error)

        self._saving.submit(lambda: void(unless_answered=is_open), voided, failed)

    def stop(self) -> None:
        """Void the entries that were taken back while they are being saved.

        Call it when the program ends: no other callback of the saving follows.
        """
        for entry_id in self._unwanted:
            # The journal's thread runs this after the saving.
            void = partial(self._void, entry_id, self._clock.now())
            self._saving.submit(void, None, self._on_failed)

    @Slot(object)
    def note_changed(self, record: EntryRecord) -> None:
        """Note a changed record for the check of duplicates, and emit `changed`."""
        self._recent.add(record)
        self.changed.emit(record)

    @Slot(object)
    def note_sent(self, record: EntryRecord) -> None:
        """Note a record that another thread than the journal's sent; `changed` follows.

        That thread may tell it after the journal's thread has told a later change. So the stored
        record is noted of an entry that was voided or replaced, and of one from paper. Others are
        noted at once: a verdict does not wait for the journal's thread.
        """
        if record.entry_id not in self._overtaken and not record.backfilled:
            self.note_changed(record)
            return

        def compare(stored: EntryRecord | None) -> None:
            known = record.state, record.replaced_by
            is_newer = stored is not None and (stored.state, stored.replaced_by) != known
            self.note_changed(stored if stored is not None and is_newer else record)

        def failed(error: Exception) -> None:
            self.note_changed(record)
            self._on_failed(error)

        self._saving.submit(lambda: self._journal.get(record.entry_id), compare, failed)

    @Slot(object)
    def note_backfilled(self, record: EntryRecord) -> None:
        """Note an entry from paper for the check of duplicates and for suggestions."""
        self._recent.add(record)
        if record.entry.plate:
            self._plates.add(record.entry.plate.text)

    def _void(
        self, entry_id: str, now: datetime, *, reason: str = "", unless_answered: bool = False
    ) -> EntryRecord:
        """Void an entry in the journal's thread, by the attendant whose entry would be saved."""
        by = self._submission.present.stamp.attendant
        return self._journal.void(
            entry_id, now, reason=reason, by=by, unless_answered=unless_answered
        )

    def _find_duplicate(self, new: NewEntry, recent: RecentEntries) -> Duplicate | None:
        minutes = self._submission.settings.value.booth.duplicate_minutes
        now = self._follow_clock(recent)
        found = recent.times_of(new, now, timedelta(minutes=minutes))
        if not found:
            return None
        minutes_ago = max(0, int((now - max(found)).total_seconds() // 60))
        return Duplicate(new.entry.label, minutes_ago, len(found))

    def _follow_clock(self, recent: RecentEntries) -> datetime:
        """Move the times of recent entries if the wall clock was set; return the time."""
        now = self._clock.now()
        recent.follow_clock(now, self._clock.monotonic())
        return now

    def _save(self, new: NewEntry, *, checks: bool = False) -> Submitted:
        """Start to save an entry.

        Args:
            checks: True to look for a duplicate in the journal if no entries were read yet.
        """
        self.unsaved[new.entry_id] = new
        if new.replaces:
            self._overtaken.add(new.replaces)
        self._recent.add_unsaved(new, self._follow_clock(self._recent))

        def failed(error: Exception) -> None:
            self._on_not_saved(new, error)

        def answered(result: EntryRecord | Duplicate) -> None:
            if isinstance(result, Duplicate):
                self._drop(new)
                self.questioned.emit(new.entry_id, result)
            else:
                self._on_saved(result)

        task = (
            self._save_unless_duplicate if checks and not self._is_loaded else self._save_and_send
        )
        give_up_at = self._clock.monotonic() + SAVE_PATIENCE
        self._saving.submit(
            lambda: self._patiently(lambda: task(new), give_up_at), answered, failed
        )
        return Submitted(new.entry_id)

    def _patiently(self, task: Callable[[], T], give_up_at: float) -> T:
        """Run a task that saves; again while the journal is locked, and once if it was damaged.

        A lock ends, and the second call opens and repairs a damaged journal. Nobody has to type the
        car again.

        Args:
            give_up_at: reading of the monotonic clock from which on a lock is told.
        """
        while True:
            try:
                return task()
            except (JournalBusyError, JournalLockedError):  # noqa: PERF203 - one try in seconds
                if self._clock.monotonic() >= give_up_at:
                    raise
            except JournalDamageFoundError:
                return task()

    def _save_and_send(self, new: NewEntry) -> EntryRecord:
        """Save an entry in the journal's thread, and hand it to the sender there.

        The window's thread may be busy. The exchange starts in the journal's thread, after this
        task, so that its signals follow `saved`.
        """
        record = self._submission.save(new)
        if record.state is DeliveryState.SAVED and record.entry_id not in self._unwanted:
            self._live.send(record)
        return record

    def _save_unless_duplicate(self, new: NewEntry) -> EntryRecord | Duplicate:
        """Save an entry in the journal's thread, unless its plate was entered lately."""
        recent = RecentEntries()
        for record in self._journal.recent(RECENT_LIMIT):
            recent.add(record)
        return self._find_duplicate(new, recent) or self._save_and_send(new)

    @Slot(object)
    def _on_recent(self, records: tuple[EntryRecord, ...]) -> None:
        self._is_loaded = True
        for record in reversed(records):
            self._recent.add(record)
        self.recentLoaded.emit(records)

    @Slot(object)
    def _on_saved(self, record: EntryRecord) -> None:
        new = self.unsaved.pop(record.entry_id, None)
        self._recent.add(record)
        if record.entry.plate:
            self._plates.add(record.entry.plate.text)
        self.saved.emit(record)
        if new and new.replaces:
            self._reload(new.replaces)
        if record.entry_id in self._unwanted:
            self._unwanted.discard(record.entry_id)
            self.take_back(record.entry_id)

    def _on_not_saved(self, new: NewEntry, error: Exception) -> None:
        self._drop(new)
        if isinstance(error, ReadableError):
            self.notSaved.emit(new.entry_id, error)
            return
        # The draft must come back to the form after a bug, too.
        self.notSaved.emit(new.entry_id, EntryFaultError(type(error).__name__))
        self.crashed.emit(error)

    def _drop(self, new: NewEntry) -> None:
        self.unsaved.pop(new.entry_id, None)
        self._unwanted.discard(new.entry_id)
        self._recent.discard(new)

    def _reload(self, entry_id: str) -> None:
        """Read a replaced entry again, for its link and state, and emit `changed` for it."""
        self._saving.submit(lambda: self._journal.get(entry_id), self._on_reloaded, self._on_failed)

    @Slot(object)
    def _on_reloaded(self, record: EntryRecord | None) -> None:
        if record is not None:
            self.note_changed(record)

    @Slot(object)
    def _on_taken_back(self, record: EntryRecord) -> None:
        self.leaving.discard(record.entry_id)
        self.note_changed(record)
        self.takenBack.emit(record)
        if record.replaces:
            self._saving.submit(
                lambda: self._journal.get(record.replaces), self._on_restored, self._on_failed
            )

    @Slot(object)
    def _on_restored(self, record: EntryRecord | None) -> None:
        self._on_reloaded(record)
        if record is not None and not record.replaced_by:
            self.restored.emit(record)

    def _on_not_taken_back(self, entry_id: str, error: Exception) -> None:
        if isinstance(error, ReadableError):
            self.notTakenBack.emit(entry_id, error)
        if not isinstance(error, EntryNotOpenError | EntryNotFoundError):
            self._on_failed(error)

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        if isinstance(error, ReadableError):
            self.failed.emit(error)
        else:
            self.crashed.emit(error)
