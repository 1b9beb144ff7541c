"""Opens the journal, counts its entries, starts its backups and moves old months out of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from wxpark_gui.domain.clock_change import ClockWatch
from wxpark_gui.domain.entry import BEIJING
from wxpark_gui.domain.errors import JournalDamageFoundError, JournalNewerError, ReadableError
from wxpark_gui.domain.record import Backlog, Salvage
from wxpark_gui.runtime.runner import Worker
from wxpark_gui.service.ports import Clock, Journal

BACKUP_INTERVAL_MS = 60_000
ARCHIVE_INTERVAL_MS = 60_000
ARCHIVE_STEP_MS = 50
"""Pause between two steps of archiving, which leaves the journal's thread to other tasks."""

SURVEY_MS = 100
"""Delay of a count, in which the changes of one entry and of the next ones come together."""

FIRST_RETRY_MS = 1_000
LONGEST_RETRY_MS = 60_000
LONGEST_SLEEP_MS = 60_000
"""Longest wait for midnight; then the day is compared, because the clock may be set.

The clock in the header, which ticks each second, asks for the comparison too.
"""


@dataclass(frozen=True, slots=True)
class _Survey:
    """Numbers counted at one moment.

    Attributes:
        today: number of entries saved on the present day.
        salvage: result of the salvage if the journal was damaged since the last count.
    """

    backlog: Backlog
    today: int
    salvage: Salvage | None


class JournalStatus(QObject):
    """Opens the journal, counts open entries and today's entries, starts backups and archiving.

    Signals:
        opened(): the journal can be read and written.
        salvaged(Salvage): a damaged journal was rebuilt; emitted before `opened`, or after a count
            if the damage was found while the program runs.
        backlogChanged(Backlog): numbers about the open entries, after each count.
        todayChanged(int): number of entries saved on the present day in Beijing, after each count.
        archivesLost(tuple[str, ...]): months, `YYYY-MM`, whose archive is damaged or missing;
            emitted when the tuple changes, also to an empty one.
        dayChanged(): the day in Beijing is another one than at the last look, also because the
            clock was set.
        clockSet(): the wall clock was set since the last look.
        failed(ReadableError): the journal could not be opened, read, written, backed up or
            archived.
        crashed(Exception): an exception that is a bug.
    """

    opened = Signal()
    salvaged = Signal(object)
    backlogChanged = Signal(object)
    todayChanged = Signal(int)
    archivesLost = Signal(object)
    dayChanged = Signal()
    clockSet = Signal()
    failed = Signal(object)
    crashed = Signal(object)

    def __init__(
        self,
        journal: Journal,
        open_journal: Callable[[], Salvage | None],
        clock: Clock,
        worker: Worker,
        retention_days: Callable[[], int] = lambda: 0,
    ) -> None:
        """Keep the given parts; nothing is opened yet.

        Args:
            open_journal: runs in the journal's thread; may be called again after a failure, and is
                called before each count.
            retention_days: returns the days after which archived months are deleted; 0 keeps them.
        """
        super().__init__()
        self._retention_days = retention_days
        self._lost: tuple[str, ...] = ()
        self._journal = journal
        self._open_journal = open_journal
        self._clock = clock
        self._worker = worker
        self._is_open = False
        self._surveying = False
        self._survey_again = False
        self._retry_ms = FIRST_RETRY_MS
        self._retry_timer = self._make_timer(self.open)
        self._survey_timer = self._make_timer(self._count)
        self._midnight_timer = self._make_timer(self.follow_day)
        self._day: datetime | None = None
        self._clock_watch = ClockWatch()
        self._backup_timer = self._make_timer(self._back_up)
        self._backup_timer.setSingleShot(False)
        self._archive_timer = self._make_timer(self._archive)

    @Slot()
    def open(self) -> None:
        """Open the journal; a no-op if it is open.

        After a failure it is tried again in 1 s, doubling up to 60 s; not after
        `JournalNewerError`.
        """
        if not self._is_open:
            self._retry_timer.stop()
            self._worker.submit(self._open_journal, self._on_opened, self._on_not_opened)

    def close(self) -> None:
        """Close the journal. Must run in the journal's thread, as its last task."""
        self._journal.close()

    def stop(self) -> None:
        """Stop the timers. Does not stop the worker."""
        for timer in (
            self._retry_timer,
            self._survey_timer,
            self._midnight_timer,
            self._backup_timer,
            self._archive_timer,
        ):
            timer.stop()

    @Slot()
    def survey(self) -> None:
        """Count the entries within `SURVEY_MS`, or after the running count.

        A no-op until the journal is open. The journal's thread is left to an entry that is being
        sent, and the window to its verdict.
        """
        if self._is_open and not self._survey_timer.isActive():
            self._survey_timer.start(SURVEY_MS)

    @Slot()
    def _count(self) -> None:
        if self._surveying:
            self._survey_again = True
            return
        self._surveying = True
        midnight = _midnight(self._clock.now())

        def count() -> _Survey:
            salvage = self._open_journal()
            return _Survey(self._journal.backlog(), self._journal.count_day(midnight), salvage)

        self._worker.submit(count, self._on_survey, self._on_survey_failed)

    @Slot(object)
    def _on_opened(self, salvage: Salvage | None) -> None:
        self._is_open = True
        self._backup_timer.start(BACKUP_INTERVAL_MS)
        self._archive_timer.start(ARCHIVE_INTERVAL_MS)
        if salvage is not None:
            self.salvaged.emit(salvage)
        self.opened.emit()
        self.survey()
        self.follow_day()

    @Slot(object)
    def _on_not_opened(self, error: Exception) -> None:
        self.report(error)
        if not isinstance(error, JournalNewerError):
            self._retry_timer.start(self._retry_ms)
            self._retry_ms = min(2 * self._retry_ms, LONGEST_RETRY_MS)

    @Slot(object)
    def _on_survey(self, survey: _Survey) -> None:
        if survey.salvage is not None:
            self.salvaged.emit(survey.salvage)
        self.backlogChanged.emit(survey.backlog)
        self.todayChanged.emit(survey.today)
        self._end_survey()

    @Slot(object)
    def _on_survey_failed(self, error: Exception) -> None:
        self.report(error)
        self._end_survey()

    def _end_survey(self) -> None:
        self._surveying = False
        if self._survey_again:
            self._survey_again = False
            self.survey()

    @Slot()
    def follow_day(self) -> None:
        """Count again if the day is another one than at the last look; wait for midnight.

        A no-op until the journal is open.
        """
        if not self._is_open:
            return
        now = self._clock.now()
        if self._clock_watch.change(now, self._clock.monotonic()):
            self.clockSet.emit()
        midnight = _midnight(now)
        before, self._day = self._day, midnight
        if before not in (None, midnight):
            self.survey()
            self.dayChanged.emit()
        wait = midnight + timedelta(days=1) - now
        self._midnight_timer.start(min(int(wait.total_seconds() * 1000) + 1, LONGEST_SLEEP_MS))

    @Slot()
    def _back_up(self) -> None:
        now = self._clock.now()
        self._worker.submit(lambda: self._journal.back_up_if_due(now), None, self._on_backup_failed)

    @Slot(object)
    def _on_backup_failed(self, error: Exception) -> None:
        self.report(error)

    @Slot()
    def _archive(self) -> None:
        now, days = self._clock.now(), self._retention_days()

        def step() -> tuple[bool, tuple[str, ...]]:
            return self._journal.archive_step(now, days), tuple(self._journal.lost_archives())

        self._worker.submit(step, self._on_archived, self._on_archive_failed)

    @Slot(object)
    def _on_archived(self, result: tuple[bool, tuple[str, ...]]) -> None:
        goes_on, lost = result
        if lost != self._lost:
            self._lost = lost
            self.archivesLost.emit(lost)
        self._archive_timer.start(ARCHIVE_STEP_MS if goes_on else ARCHIVE_INTERVAL_MS)

    @Slot(object)
    def _on_archive_failed(self, error: Exception) -> None:
        self.report(error)
        self._archive_timer.start(ARCHIVE_INTERVAL_MS)

    @Slot(object)
    def report(self, error: Exception) -> None:
        """Emit `failed` for a `ReadableError`, `crashed` for any other exception."""
        if isinstance(error, JournalDamageFoundError):
            # The count opens and repairs the journal.
            self.survey()
        if isinstance(error, ReadableError):
            self.failed.emit(error)
        else:
            self.crashed.emit(error)

    def _make_timer(self, slot: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.timeout.connect(slot)
        return timer


def _midnight(now: datetime) -> datetime:
    """Return the start of the day of `now`, in Beijing time."""
    return now.astimezone(BEIJING).replace(hour=0, minute=0, second=0, microsecond=0)
