"""The attendant's desk: hands work to the threads and brings what comes of it back as signals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from wxpark_gui.controllers.backlog import BacklogKeeper
from wxpark_gui.controllers.delivery import CutOff, Delivery, NotSent
from wxpark_gui.controllers.workers import Workers
from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.entry import BEIJING, EntryDraft
from wxpark_gui.domain.errors import (
    EntryNotOpenError,
    InvalidInputError,
    NotSetUpError,
    ReadableError,
)
from wxpark_gui.domain.known_plates import KnownPlates
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.domain.record import Backlog, EntryRecord, Salvage
from wxpark_gui.domain.settings import Settings
from wxpark_gui.service.lately import Lately
from wxpark_gui.service.line import Line, LineState, line_after
from wxpark_gui.service.merchants import Merchants
from wxpark_gui.service.ports import Clock, Journal
from wxpark_gui.service.submit import Submission

RECENT_LIMIT = 200
BACKUP_INTERVAL_MS = 60_000
KNOWN_FOR = timedelta(days=90)
KNOWN_LIMIT = 20_000
"""Plates that are guessed at: those of the last months, as many as a search finds at once."""
WARM_SECONDS = 20.0
"""How long a line that was opened beforehand is taken to be open still."""


@dataclass(frozen=True, slots=True)
class _Survey:
    """What the journal says at one moment."""

    backlog: Backlog
    today: int
    salvage: Salvage | None


class Desk(QObject):
    """Everything the window asks for, without waiting.

    Signals:
        entrySaved(EntryRecord): the entry is on disk.
        entryChanged(EntryRecord): its delivery came a step further.
        sendingBegan(EntryRecord): from now on it cannot be taken back.
        takenBack(EntryRecord): it was not sent and never will be.
        notTakenBack(ReadableError): it was too late; a passing remark.
        entryRejected(tuple[FieldError, ...]): nothing was saved; what to mend.
        duplicateFound(EntryRecord): nothing was saved; the same plate was, a moment ago.
        notSaved(ReadableError): nothing was saved; why.
        recentLoaded(tuple[EntryRecord, ...]): newest first, at the start.
        lineChanged(Line): what the last exchange told of the line.
        backlogChanged(Backlog), todayChanged(int): after every change.
        salvaged(Salvage): the journal was damaged; told once, at the start.
        platesLoaded(KnownPlates): at the start; the desk adds to it what is saved.
        settingsLoaded(Settings): at the start and after every change.
        merchantSaved(), merchantNotSaved(ReadableError): how `save_merchant` ended.
        releaseFound(Release | None): a newer version of the program is announced, or none any more.
        failed(ReadableError): a lasting trouble of disk or settings.
        crashed(Exception): a bug; the entry concerned is safe in the journal.
    """

    entrySaved = Signal(object)
    entryChanged = Signal(object)
    sendingBegan = Signal(object)
    takenBack = Signal(object)
    notTakenBack = Signal(object)
    entryRejected = Signal(object)
    duplicateFound = Signal(object)
    notSaved = Signal(object)
    recentLoaded = Signal(object)
    lineChanged = Signal(object)
    backlogChanged = Signal(object)
    todayChanged = Signal(int)
    salvaged = Signal(object)
    platesLoaded = Signal(object)
    settingsLoaded = Signal(object)
    merchantSaved = Signal()
    merchantNotSaved = Signal(object)
    releaseFound = Signal(object)
    failed = Signal(object)
    crashed = Signal(object)
    _begun = Signal(object)

    def __init__(
        self,
        *,
        live: Submission,
        backlog: BacklogKeeper,
        journal: Journal,
        merchants: Merchants,
        clock: Clock,
        workers: Workers,
        salvage: Callable[[], Salvage | None] = lambda: None,
    ) -> None:
        """`salvage` tells, in the journal's thread, what opening a damaged journal came to."""
        super().__init__()
        self._live = live
        self._keeper = backlog
        self._journal = journal
        self._merchants = merchants
        self._clock = clock
        self._workers = workers
        self._salvage = salvage
        self._salvage_told = False
        self._settings: Settings | None = None
        self._early: list[EntryDraft] = []
        self._lately = Lately()
        self._known = KnownPlates()
        self._backlog = Backlog()
        self._line = Line()
        self._warm_until = clock.monotonic()
        self._backup_timer = QTimer(self)
        self._backup_timer.setInterval(BACKUP_INTERVAL_MS)
        self._backup_timer.timeout.connect(self._back_up)
        # Emitted in the worker's thread; queued, whoever listens further hears of it in the GUI's.
        self._begun.connect(self.sendingBegan, Qt.ConnectionType.QueuedConnection)
        backlog.changed.connect(self._tell)
        backlog.moved.connect(self._survey)
        backlog.failed.connect(self._on_trouble)

    def start(self) -> None:
        """Begin to look after the backlog, and tell everything there is to tell."""
        self._keeper.start()
        self._backup_timer.start()
        since = self._clock.now() - KNOWN_FOR
        self._workers.journal.submit(
            lambda: KnownPlates(self._journal.visits(since, KNOWN_LIMIT)),
            self._on_plates,
            self._on_trouble,
        )
        self.refresh()

    def refresh(self) -> None:
        """Load the settings, the recent entries and the backlog anew, for a new listener."""
        self._workers.settings.submit(
            self._merchants.load, self._on_settings, self._on_settings_unreadable
        )
        self._workers.journal.submit(
            lambda: tuple(self._journal.recent(RECENT_LIMIT)), self._on_recent, self._on_trouble
        )
        self.platesLoaded.emit(self._known)
        self._survey()

    def stop(self, timeout: float) -> bool:
        """Give the threads `timeout` seconds to end. Whatever is cut off is safe in the journal."""
        self._keeper.stop()
        self._backup_timer.stop()
        return self._workers.stop(timeout, self._journal.close)

    def submit(self, draft: EntryDraft, *, again: bool = False) -> None:
        """Check an entry, save it, send it.

        Args:
            again: the attendant knows that this plate was entered a moment ago.
        """
        settings = self._settings
        if settings is None:
            self._early.append(draft)
            return
        try:
            entry = self._live.check(draft, settings)
        except InvalidInputError as error:
            self.entryRejected.emit(error.errors)
            return
        except NotSetUpError as error:
            self.notSaved.emit(error)
            return
        window = timedelta(minutes=settings.booth.duplicate_minutes)
        if not again and (earlier := self._lately.find(entry, self._clock.now(), window)):
            self.duplicateFound.emit(earlier)
            return
        hold = self._backlog.held is not None
        self._workers.journal.submit(
            lambda: self._live.save(entry, settings, hold=hold), self._on_saved, self._on_not_saved
        )

    @Slot()
    def warm_up(self) -> None:
        """A plate is being typed: have the line open by the time it is sent."""
        account = self._settings.account if self._settings else None
        if account is None or self._clock.monotonic() < self._warm_until:
            return
        merchant = account.merchant
        if self._line.state is LineState.DOWN:
            # Opening would take its time to fail, and the next entry would stand behind it.
            return
        self._warm_until = self._clock.monotonic() + WARM_SECONDS
        self._workers.live.submit(
            lambda: self._live.warm_up(merchant), self._on_warm, self._on_trouble
        )

    @Slot()
    def retry(self) -> None:
        """Try all that waits, now: someone says that the trouble is mended."""
        self._keeper.release()

    @Slot(str)
    def resend(self, entry_id: str) -> None:
        """Send one waiting entry again, on the live line."""
        self._workers.journal.submit(
            lambda: self._journal.get(entry_id), self._on_found, self._on_trouble
        )

    @Slot(str)
    def take_back(self, entry_id: str) -> None:
        """See to it that an entry is never sent, if it still waits; `notTakenBack` if not."""
        now = self._clock.now()
        self._workers.journal.submit(
            lambda: self._journal.void(entry_id, now), self._on_taken_back, self._on_not_taken_back
        )

    def save_merchant(self, settings: Settings, key: Secret | None) -> None:
        """Keep a changed merchant; `key` None keeps the one in the keyring."""
        self._workers.settings.submit(
            lambda: self._merchants.keep(settings, key), self._on_kept, self._on_not_kept
        )

    def save_appearance(self, settings: Settings) -> None:
        """Keep language, colours, size of letters and sounds; `settingsLoaded` follows."""
        self._workers.settings.submit(
            lambda: self._merchants.keep_appearance(settings), self._on_settings, self._on_trouble
        )

    def _deliver(self, record: EntryRecord) -> None:
        account = self._settings.account if self._settings else None
        if account is not None:
            task = Delivery(self._live, record, account.merchant, self._began)
            self._workers.live.submit(task, self._on_delivered, self._on_trouble)

    def _began(self, record: EntryRecord) -> None:
        """In the worker's thread. A method, so that the desk lives as long as the worker's task."""
        self._begun.emit(record)

    @Slot()
    def _survey(self) -> None:
        midnight = _midnight(self._clock.now())

        def look() -> _Survey:
            backlog, today = self._journal.backlog(), self._journal.count_since(midnight)
            return _Survey(backlog, today, self._salvage())

        self._workers.journal.submit(look, self._on_survey, self._on_trouble)

    @Slot()
    def _back_up(self) -> None:
        now = self._clock.now()
        self._workers.journal.submit(
            lambda: self._journal.back_up_if_due(now), self._on_backed_up, self._on_trouble
        )

    @Slot(object)
    def _on_settings(self, settings: Settings) -> None:
        self._settings = settings
        self._keeper.follow(settings)
        self.settingsLoaded.emit(settings)
        early, self._early = self._early, []
        for draft in early:
            self.submit(draft)

    @Slot(object)
    def _on_settings_unreadable(self, error: Exception) -> None:
        """Work on without a merchant: the window stays usable and says what is wrong."""
        self._on_settings(Settings())
        self._on_trouble(error)

    @Slot(object)
    def _on_plates(self, known: KnownPlates) -> None:
        self._known = known
        self.platesLoaded.emit(known)

    @Slot(object)
    def _on_recent(self, records: tuple[EntryRecord, ...]) -> None:
        for record in reversed(records):
            self._lately.remember(record)
        self.recentLoaded.emit(records)

    @Slot(object)
    def _on_saved(self, record: EntryRecord) -> None:
        self._lately.remember(record)
        if record.entry.plate:
            self._known.add(record.entry.plate.text)
        self.entrySaved.emit(record)
        self._survey()
        if record.state is DeliveryState.SAVED:
            self._deliver(record)

    @Slot(object)
    def _on_not_saved(self, error: Exception) -> None:
        if isinstance(error, ReadableError):
            self.notSaved.emit(error)
        else:
            self.crashed.emit(error)

    @Slot(object)
    def _on_found(self, record: EntryRecord | None) -> None:
        if record is not None and record.state is DeliveryState.WAITING:
            self._deliver(record)

    @Slot(object)
    def _on_delivered(self, result: EntryRecord | CutOff | NotSent) -> None:
        """The car at the barrier has its answer, or must wait; the backlog learns from it."""
        if isinstance(result, CutOff):
            self.failed.emit(result.error)
            self._keeper.adopt(result.record)
        elif isinstance(result, EntryRecord):
            self._tell(result)
            self._keeper.heard(result)

    @Slot(object)
    def _on_taken_back(self, record: EntryRecord) -> None:
        self._lately.remember(record)
        self.entryChanged.emit(record)
        self.takenBack.emit(record)
        self._survey()

    @Slot(object)
    def _on_not_taken_back(self, error: Exception) -> None:
        if isinstance(error, EntryNotOpenError):
            self.notTakenBack.emit(error)
        else:
            self._on_trouble(error)

    @Slot(object)
    def _on_survey(self, survey: _Survey) -> None:
        self._backlog = survey.backlog
        self.backlogChanged.emit(survey.backlog)
        self.todayChanged.emit(survey.today)
        if survey.salvage is not None and not self._salvage_told:
            self._salvage_told = True
            self.salvaged.emit(survey.salvage)

    @Slot(object)
    def _on_warm(self, is_open: bool) -> None:
        """A line that could not be opened is tried again at the next key."""
        if not is_open:
            self._warm_until = self._clock.monotonic()

    @Slot(object)
    def _on_backed_up(self, _: object) -> None:
        """Backups are quiet."""

    @Slot(object)
    def _on_kept(self, settings: Settings) -> None:
        self._on_settings(settings)
        self.merchantSaved.emit()
        self.retry()

    @Slot(object)
    def _on_not_kept(self, error: Exception) -> None:
        if isinstance(error, ReadableError):
            self.merchantNotSaved.emit(error)
        else:
            self.crashed.emit(error)

    @Slot(object)
    def _on_trouble(self, error: Exception) -> None:
        if isinstance(error, ReadableError):
            self.failed.emit(error)
        else:
            self.crashed.emit(error)

    @Slot(object)
    def _tell(self, record: EntryRecord) -> None:
        self.entryChanged.emit(record)
        if record.outcome is not None:
            self._line = line_after(self._line, record.outcome)
            self.lineChanged.emit(self._line)


def _midnight(now: datetime) -> datetime:
    """The beginning of today in Beijing time."""
    return now.astimezone(BEIJING).replace(hour=0, minute=0, second=0, microsecond=0)
