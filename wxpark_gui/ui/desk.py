"""The attendant's desk: hands work to the threads and brings what comes of it back as signals."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from wxpark_gui.domain.entry import BEIJING, EntryDraft
from wxpark_gui.domain.errors import InvalidInputError, NotSetUpError, ReadableError
from wxpark_gui.domain.merchant import MerchantProfile, Secret
from wxpark_gui.domain.record import Backlog, EntryRecord
from wxpark_gui.domain.settings import Settings
from wxpark_gui.runtime.runner import Worker
from wxpark_gui.service.line import Line, line_after
from wxpark_gui.service.merchants import Merchants
from wxpark_gui.service.outbox import Outbox
from wxpark_gui.service.ports import Clock, Journal
from wxpark_gui.service.submit import Submission

RECENT_LIMIT = 200
BACKLOG_INTERVAL_MS = 1000

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Workers:
    """The desk's threads.

    Attributes:
        journal: owns the only connection to the journal.
        live: sends the car at the barrier.
        backlog: sends what waited, so that a live car never stands behind it.
        settings: waits for the settings file and the keyring.
    """

    journal: Worker
    live: Worker
    backlog: Worker
    settings: Worker

    def stop(self, timeout: float) -> bool:
        """End all of them; False if one still hangs after `timeout` seconds."""
        return all(
            worker.stop(timeout)
            for worker in (self.live, self.backlog, self.settings, self.journal)
        )


@dataclass(frozen=True, slots=True)
class _Delivery:
    """A saved entry on its way to the gateway: the task of a worker."""

    submission: Submission
    record: EntryRecord
    merchant: MerchantProfile

    def __call__(self) -> EntryRecord:
        return self.submission.deliver(self.record, self.merchant)


@dataclass(frozen=True, slots=True)
class _Survey:
    """What the journal says at one moment."""

    backlog: Backlog
    today: int


class Desk(QObject):
    """Everything the window asks for, without waiting.

    Signals:
        entrySaved(EntryRecord): the entry is on disk.
        entryChanged(EntryRecord): its delivery came a step further.
        entryRejected(tuple[FieldError, ...]): nothing was saved; what to mend.
        notSaved(ReadableError): nothing was saved; why.
        recentLoaded(tuple[EntryRecord, ...]): newest first, at the start.
        lineChanged(Line): what the last exchange told of the line.
        backlogChanged(Backlog), todayChanged(int): after every change.
        settingsLoaded(Settings): at the start and after every change.
        merchantSaved(), merchantNotSaved(ReadableError): how `save_merchant` ended.
        failed(ReadableError): a lasting trouble of disk or settings.
        crashed(Exception): a bug; the entry concerned is safe in the journal.
    """

    entrySaved = Signal(object)
    entryChanged = Signal(object)
    entryRejected = Signal(object)
    notSaved = Signal(object)
    recentLoaded = Signal(object)
    lineChanged = Signal(object)
    backlogChanged = Signal(object)
    todayChanged = Signal(int)
    settingsLoaded = Signal(object)
    merchantSaved = Signal()
    merchantNotSaved = Signal(object)
    failed = Signal(object)
    crashed = Signal(object)

    def __init__(
        self,
        *,
        live: Submission,
        backlog: Outbox,
        journal: Journal,
        merchants: Merchants,
        clock: Clock,
        workers: Workers,
    ) -> None:
        super().__init__()
        self._live = live
        self._outbox = backlog
        self._journal = journal
        self._merchants = merchants
        self._clock = clock
        self._workers = workers
        self._settings: Settings | None = None
        self._early: list[EntryDraft] = []
        self._line = Line()
        self._draining = False
        self._timer = QTimer(self)
        self._timer.setInterval(BACKLOG_INTERVAL_MS)
        self._timer.timeout.connect(self._drain_due)

    def start(self) -> None:
        """Begin to look after the backlog, and tell everything there is to tell."""
        self._timer.start()
        self.refresh()

    def refresh(self) -> None:
        """Load the settings, the recent entries and the backlog anew, for a new listener."""
        self._workers.settings.submit(
            self._merchants.load, self._on_settings, self._on_settings_unreadable
        )
        self._workers.journal.submit(
            lambda: tuple(self._journal.recent(RECENT_LIMIT)), self._on_recent, self._on_trouble
        )
        self._survey()

    def stop(self, timeout: float) -> bool:
        """Give the threads `timeout` seconds to end. Whatever is cut off is safe in the journal."""
        self._timer.stop()
        return self._workers.stop(timeout)

    @Slot(object)
    def submit(self, draft: EntryDraft) -> None:
        """Check an entry, save it, send it."""
        settings = self._settings
        if settings is None:
            self._early.append(draft)
            return
        try:
            entry = self._live.check(draft, settings)
        except InvalidInputError as error:
            self.entryRejected.emit(error.errors)
        except NotSetUpError as error:
            self.notSaved.emit(error)
        else:
            self._workers.journal.submit(
                lambda: self._live.save(entry, settings), self._on_saved, self._on_not_saved
            )

    @Slot()
    def retry(self) -> None:
        """Try all that waits, now: someone says that the trouble is mended."""
        self._drain(at_once=True)

    @Slot(str)
    def resend(self, entry_id: str) -> None:
        """Send one waiting entry again, on the live line."""
        self._workers.journal.submit(
            lambda: self._journal.get(entry_id), self._on_found, self._on_trouble
        )

    @Slot(object, object)
    def save_merchant(self, settings: Settings, key: Secret | None) -> None:
        """Keep a changed merchant; `key` None keeps the one in the keyring."""
        self._workers.settings.submit(
            lambda: self._merchants.keep(settings, key), self._on_kept, self._on_not_kept
        )

    def _deliver(self, record: EntryRecord) -> None:
        if self._settings and self._settings.merchant:
            task = _Delivery(self._live, record, self._settings.merchant)
            self._workers.live.submit(task, self._on_delivered, self._on_trouble)

    def _drain(self, *, at_once: bool) -> None:
        merchant = self._settings.merchant if self._settings else None
        if merchant is None or self._draining:
            return
        self._draining = True
        self._workers.backlog.submit(
            lambda: tuple(self._outbox.drain(merchant, at_once=at_once)),
            self._on_drained,
            self._on_drain_failed,
        )

    def _survey(self) -> None:
        midnight = _midnight(self._clock.now())

        def look() -> _Survey:
            return _Survey(self._outbox.backlog(), self._journal.count_since(midnight))

        self._workers.journal.submit(look, self._on_survey, self._on_trouble)

    @Slot()
    def _drain_due(self) -> None:
        self._drain(at_once=False)

    @Slot(object)
    def _on_settings(self, settings: Settings) -> None:
        self._settings = settings
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
    def _on_recent(self, records: tuple[EntryRecord, ...]) -> None:
        self.recentLoaded.emit(records)

    @Slot(object)
    def _on_saved(self, record: EntryRecord) -> None:
        self.entrySaved.emit(record)
        self._survey()
        self._deliver(record)

    @Slot(object)
    def _on_not_saved(self, error: Exception) -> None:
        if isinstance(error, ReadableError):
            self.notSaved.emit(error)
        else:
            self.crashed.emit(error)

    @Slot(object)
    def _on_found(self, record: EntryRecord | None) -> None:
        if record is not None and record.state.is_open:
            self._deliver(record)

    @Slot(object)
    def _on_delivered(self, record: EntryRecord) -> None:
        self.entryChanged.emit(record)
        if record.outcome is not None:
            self._line = line_after(self._line, record.outcome)
            self.lineChanged.emit(self._line)
        self._survey()

    @Slot(object)
    def _on_drained(self, records: tuple[EntryRecord, ...]) -> None:
        self._draining = False
        for record in records:
            self._on_delivered(record)

    @Slot(object)
    def _on_drain_failed(self, error: Exception) -> None:
        self._draining = False
        self._on_trouble(error)

    @Slot(object)
    def _on_survey(self, survey: _Survey) -> None:
        self.backlogChanged.emit(survey.backlog)
        self.todayChanged.emit(survey.today)

    @Slot(object)
    def _on_kept(self, settings: Settings) -> None:
        self._on_settings(settings)
        self.merchantSaved.emit()
        self._drain(at_once=True)

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


def _midnight(now: datetime) -> datetime:
    """The beginning of today in Beijing time."""
    return now.astimezone(BEIJING).replace(hour=0, minute=0, second=0, microsecond=0)
