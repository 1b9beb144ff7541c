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
    KeyMissingError,
    KeyringLockedError,
    KeyringMismatchError,
    KeyringSilentError,
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

_KEY_ACTIONS = {
    KeyringLockedError.code: NoticeAction.UNLOCK,
    KeyringSilentError.code: NoticeAction.UNLOCK,
    KeyMissingError.code: NoticeAction.OPEN_SETTINGS,
    KeyringMismatchError.code: NoticeAction.OPEN_SETTINGS,
}
"""Actions where the key cannot be read, by code; the others may pass: ask again."""

CLOCK_TOLERANCE = 60.0
"""Seconds this computer's clock may differ from the gateway's without a notice."""


class NoticeModel(QObject):
    """Lasting problems: disk, bug, damage, no merchant, no key, held entries, connection, clock.

    Signals:
        changed(): `notice` may return another one.
    """

    changed = Signal()

    def __init__(self, controllers: Controllers, appearance: Appearance, parent: QObject) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._set_up = True
        self._failure: ReadableError | None = None
        self._bug = ""
        self._salvage: Salvage | None = None
        self._key_failure: KeyUnavailableError | None = None
        self._backlog = Backlog()
        self._waiting: EntryRecord | None = None
        self._clock_offset = 0.0
        controllers.settings.changed.connect(self.apply_settings)
        controllers.journal.salvaged.connect(self.salvaged)
        controllers.journal.backlogChanged.connect(self.backlog_changed)
        controllers.journal.failed.connect(self.failed)
        controllers.settings.failed.connect(self.failed)
        controllers.keys.changed.connect(self.key_changed)
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

    @Slot(object)
    def key_changed(self, failure: KeyUnavailableError | None) -> None:
        """Note the failure to read the merchant key; None ends it."""
        self._key_failure = failure
        self.changed.emit()

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
        if self._key_failure is not None:
            code = self._key_failure.code
            return self._waiting_notice(None, Cause.KEY_UNAVAILABLE, code, now, advice)
        record = next(iter(self._backlog.held), self._waiting)
        if record is None or record.outcome is None or not self._backlog.count:
            return self._clock_notice()
        outcome = record.outcome
        return self._waiting_notice(record, outcome.cause, outcome.code, now, advice)

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
            # No action of this window helps.
            action = NoticeAction.NONE
        elif isinstance(error, KeyUnavailableError):
            level = NoticeLevel.WARNING
        return Notice(message, words.code, action, level)

    def _waiting_notice(
        self,
        record: EntryRecord | None,
        cause: Cause,
        failed_with: str,
        now: datetime,
        advice: str,
    ) -> Notice:
        """The cause that keeps entries back, and how many wait.

        Args:
            record: one of the entries; None while it is the key that is missing.
        """
        oldest = self._backlog.oldest
        age = (now - oldest).total_seconds() if oldest else None
        wording, count = self._wording, self._backlog.count
        message = wording.held_back(cause, count, age, failed_with)
        if age is not None and wording.held_back(cause, 0, code=failed_with) == advice:
            message = wording.label(Label.KEPT_HERE, count=count, age=wording.age(age))
        held = self._backlog.held
        if record is not None and len(held) > 1:
            message = wording.label(
                Label.HELD_MERCHANTS, count=len(held), name=record.origin.lot, problem=message
            )
        code = "" if cause in CONNECTION_CAUSES else failed_with
        return Notice(message, code, self._action_for(cause, failed_with))

    def _action_for(self, cause: Cause, failed_with: str) -> NoticeAction:
        if cause is Cause.KEY_UNAVAILABLE:
            return _KEY_ACTIONS.get(failed_with, NoticeAction.RETRY)
        needs_settings = self._backlog.held and cause.remedy is Remedy.FIX_SETTINGS
        return NoticeAction.OPEN_SETTINGS if needs_settings else NoticeAction.RETRY
