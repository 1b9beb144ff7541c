"""The lasting problem to show, worst first. No widget in here."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QObject, Signal, Slot

from wxpark_gui.controllers import Controllers
from wxpark_gui.domain.delivery import CONNECTION_CAUSES, Cause, DeliveryState, Remedy
from wxpark_gui.domain.errors import (
    DataDirectoryUnusableError,
    JournalDamagedError,
    JournalNewerError,
    JournalWriteError,
    KeyUnavailableError,
    NotSetUpError,
    ReadableError,
    SettingsUnreadableError,
)
from wxpark_gui.domain.record import Backlog, EntryRecord, Salvage
from wxpark_gui.domain.settings import Settings
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.window.notice_strip import Notice, NoticeAction, NoticeLevel
from wxpark_gui.wording import Label, Wording

_DISK = (
    DataDirectoryUnusableError,
    JournalDamagedError,
    JournalNewerError,
    JournalWriteError,
)

CLOCK_TOLERANCE = 60.0
"""Seconds this computer's clock may differ from the gateway's without a notice."""


class NoticeModel(QObject):
    """Lasting problems: disk, bug, damage, no merchant, held entries, connection, clock.

    Signals:
        changed(): `notice` may give another one.
    """

    changed = Signal()

    def __init__(self, controllers: Controllers, appearance: Appearance, parent: QObject) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._set_up = True
        self._failure: ReadableError | None = None
        self._bug = ""
        self._salvage: Salvage | None = None
        self._backlog = Backlog()
        self._waiting: EntryRecord | None = None
        self._clock_offset = 0.0
        controllers.settings.changed.connect(self.apply_settings)
        controllers.journal.salvaged.connect(self.salvaged)
        controllers.journal.backlogChanged.connect(self.backlog_changed)
        controllers.journal.failed.connect(self.failed)
        controllers.settings.failed.connect(self.failed)
        controllers.entries.failed.connect(self.failed)
        controllers.entries.notSaved.connect(self.not_saved)
        controllers.entries.saved.connect(self.saved)
        controllers.entries.changed.connect(self.delivered)
        controllers.journal.opened.connect(self.opened)
        self.apply_settings(controllers.settings.current)

    @property
    def _wording(self) -> Wording:
        return self._appearance.wording

    @Slot(object)
    def apply_settings(self, settings: Settings) -> None:
        self._set_up = settings.account is not None
        if not isinstance(self._failure, _DISK):
            self._failure = None
        self.changed.emit()

    @Slot(object)
    def failed(self, error: ReadableError) -> None:
        if isinstance(error, NotSetUpError):
            self._set_up = False
        else:
            self._failure = error
        self.changed.emit()

    @Slot(str, object)
    def not_saved(self, _entry_id: str, error: ReadableError) -> None:
        self.failed(error)

    @Slot(str)
    def bug(self, name: str) -> None:
        """Report a bug; `name` is the exception's."""
        self._bug = name
        self.changed.emit()

    @Slot(object)
    def salvaged(self, salvage: Salvage) -> None:
        """Report a damaged journal whose readable entries were carried over."""
        self._salvage = salvage
        self.changed.emit()

    @Slot()
    def dismiss(self) -> None:
        """Drop the notice of the bug or of the damage: it was read."""
        self._bug = ""
        self._salvage = None
        self.changed.emit()

    @Slot()
    def opened(self) -> None:
        """Drop the notice of a journal that could not be opened."""
        self.saved()

    @Slot()
    def saved(self) -> None:
        """Drop the notice of a disk that did not take entries."""
        if isinstance(self._failure, _DISK):
            self._failure = None
        self.changed.emit()

    @Slot(object)
    def delivered(self, record: EntryRecord) -> None:
        """Keep the cause of the last failed exchange until one succeeds, and the clock's offset."""
        if record.state is DeliveryState.VOIDED:
            return
        self._waiting = record if record.state is DeliveryState.WAITING else None
        outcome = record.outcome
        if outcome is not None and outcome.clock_offset is not None:
            self._clock_offset = outcome.clock_offset
        if outcome is not None and outcome.cause is Cause.ANSWERED:
            self._key_works()
        self.changed.emit()

    def _key_works(self) -> None:
        if isinstance(self._failure, KeyUnavailableError):
            self._failure = None

    @Slot(object)
    def backlog_changed(self, backlog: Backlog) -> None:
        self._backlog = backlog
        self.changed.emit()

    def notice(self, now: datetime, advice: str = "") -> Notice | None:
        """The notice to show.

        Args:
            now: aware.
            advice: the sentence on the panel, which is not repeated.
        """
        if self._failure is not None:
            return self._failure_notice(self._failure, advice)
        if self._bug:
            message = self._wording.label(Label.BUG, name=self._bug)
            return Notice(message, "", NoticeAction.DISMISS, NoticeLevel.ERROR)
        if self._salvage is not None:
            message = self._wording.salvage(self._salvage)
            return Notice(message, "", NoticeAction.DISMISS, NoticeLevel.ERROR)
        if not self._set_up:
            return Notice(self._wording.label(Label.SET_UP_MESSAGE), action=NoticeAction.SET_UP)
        record = next(iter(self._backlog.held), self._waiting)
        if record is None or record.outcome is None or not self._backlog.count:
            return self._clock_notice()
        return self._waiting_notice(record, record.outcome.cause, now, advice)

    def _clock_notice(self) -> Notice | None:
        """Warn while the last known offset of this computer's clock is a minute or more."""
        offset = abs(self._clock_offset)
        if offset < CLOCK_TOLERANCE:
            return None
        age = self._wording.age(offset)
        return Notice(self._wording.label(Label.CLOCK_WRONG, age=age))

    def _failure_notice(self, error: ReadableError, advice: str) -> Notice:
        words = self._wording.failure(error)
        message = words.sentences
        if isinstance(error, _DISK) and words.message in advice:
            message = self._wording.label(Label.SAVING_FAILS)
        action, level = NoticeAction.RETRY, NoticeLevel.ERROR
        if isinstance(error, SettingsUnreadableError):
            action = NoticeAction.OPEN_SETTINGS
        elif isinstance(error, JournalNewerError):
            # Nothing that could be pressed here helps.
            action = NoticeAction.NONE
        elif isinstance(error, KeyUnavailableError):
            level = NoticeLevel.WARNING
        return Notice(message, words.code, action, level)

    def _waiting_notice(
        self, record: EntryRecord, cause: Cause, now: datetime, advice: str
    ) -> Notice:
        oldest = self._backlog.oldest
        age = (now - oldest).total_seconds() if oldest else None
        failed_with = record.outcome.code if record.outcome else ""
        wording, count = self._wording, self._backlog.count
        message = wording.held_back(cause, count, age, failed_with)
        if age is not None and wording.held_back(cause, 0, code=failed_with) == advice:
            message = wording.label(Label.KEPT_HERE, count=count, age=wording.age(age))
        held = self._backlog.held
        if len(held) > 1:
            message = self._wording.label(
                Label.HELD_MERCHANTS, count=len(held), name=record.origin.lot, problem=message
            )
        code = "" if cause in CONNECTION_CAUSES else failed_with
        # An unlocked keyring is asked again by a retry; the settings would not help.
        needs_settings = held and cause.remedy is Remedy.FIX_SETTINGS
        action = NoticeAction.OPEN_SETTINGS if needs_settings else NoticeAction.RETRY
        return Notice(message, code, action)
