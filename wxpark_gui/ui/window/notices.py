"""Choice of the notice to show: the worst of several lasting troubles. Contains no widget."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QObject, Signal, Slot

from wxpark_gui.controllers import Controllers
from wxpark_gui.domain.delivery import CONNECTION_CAUSES, Cause, DeliveryState
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


class NoticeModel(QObject):
    """Lasting troubles: disk, bug, damage, no merchant, no key, held entries, no connection.

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
        """Note a bug of the program; `name` is that of the exception."""
        self._bug = name
        self.changed.emit()

    @Slot(object)
    def salvaged(self, salvage: Salvage) -> None:
        """Note that the journal was damaged and its readable rows were carried over."""
        self._salvage = salvage
        self.changed.emit()

    @Slot()
    def dismiss(self) -> None:
        """Remove the notice of a bug or of damage."""
        self._bug = ""
        self._salvage = None
        self.changed.emit()

    @Slot()
    def opened(self) -> None:
        """Note that the journal was opened."""
        self.saved()

    @Slot()
    def saved(self) -> None:
        """Note that the disk takes entries again."""
        if isinstance(self._failure, _DISK):
            self._failure = None
        self.changed.emit()

    @Slot(object)
    def delivered(self, record: EntryRecord) -> None:
        """Keep the cause of the last failed exchange until one succeeds."""
        if record.state is not DeliveryState.VOIDED:
            self._waiting = record if record.state is DeliveryState.WAITING else None
            self.changed.emit()

    @Slot(object)
    def backlog_changed(self, backlog: Backlog) -> None:
        self._backlog = backlog
        self.changed.emit()

    def notice(self, now: datetime) -> Notice | None:
        """The worst trouble at present; `now` is aware."""
        if self._failure is not None:
            return self._failure_notice(self._failure)
        if self._bug:
            message = self._wording.label(Label.BUG, name=self._bug)
            return Notice(message, "", NoticeAction.DISMISS, NoticeLevel.ERROR)
        if self._salvage is not None:
            message = self._wording.salvage(self._salvage)
            return Notice(message, "", NoticeAction.DISMISS, NoticeLevel.ERROR)
        if not self._set_up:
            return Notice(self._wording.label(Label.SET_UP_MESSAGE), action=NoticeAction.SET_UP)
        if self._key_failure is not None:
            return self._held_notice(Cause.KEY_UNAVAILABLE, self._key_failure.code, now)
        record = next(iter(self._backlog.held), self._waiting)
        if record is None or record.outcome is None or not self._backlog.count:
            return None
        return self._held_notice(record.outcome.cause, record.outcome.code, now)

    def _failure_notice(self, error: ReadableError) -> Notice:
        words = self._wording.failure(error)
        action, level = NoticeAction.RETRY, NoticeLevel.ERROR
        if isinstance(error, SettingsUnreadableError):
            action = NoticeAction.OPEN_SETTINGS
        elif isinstance(error, JournalNewerError):
            # No action of this window helps.
            action = NoticeAction.NONE
        elif isinstance(error, KeyUnavailableError):
            level = NoticeLevel.WARNING
        return Notice(words.sentences, words.code, action, level)

    def _held_notice(self, cause: Cause, failed_with: str, now: datetime) -> Notice:
        """The cause that keeps entries back, and how many wait."""
        oldest = self._backlog.oldest
        age = (now - oldest).total_seconds() if oldest else None
        message = self._wording.held_back(cause, self._backlog.count, age, failed_with)
        code = "" if cause in CONNECTION_CAUSES else failed_with
        return Notice(message, code, self._action_for(cause, failed_with))

    def _action_for(self, cause: Cause, failed_with: str) -> NoticeAction:
        if cause is Cause.KEY_UNAVAILABLE:
            return _KEY_ACTIONS.get(failed_with, NoticeAction.RETRY)
        return NoticeAction.OPEN_SETTINGS if self._backlog.held else NoticeAction.RETRY
