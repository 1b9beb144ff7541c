"""Which of several troubles the strip speaks of. No widget in here."""

from __future__ import annotations

from datetime import datetime

from wxpark_gui.domain.delivery import CONNECTION_CAUSES, Cause, DeliveryState
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


class NoticeBoard:
    """What lasts: no merchant, trouble with the disk, held entries, a bad line; worst first."""

    def __init__(self, appearance: Appearance) -> None:
        self._appearance = appearance
        self._set_up = True
        self._failure: ReadableError | None = None
        self._bug = ""
        self._salvage: Salvage | None = None
        self._backlog = Backlog()
        self._waiting: EntryRecord | None = None

    @property
    def _wording(self) -> Wording:
        return self._appearance.wording

    def settings_loaded(self, settings: Settings) -> None:
        self._set_up = settings.merchant is not None
        if not isinstance(self._failure, _DISK):
            self._failure = None

    def failed(self, error: ReadableError) -> None:
        if isinstance(error, NotSetUpError):
            self._set_up = False
        else:
            self._failure = error

    def bug(self, name: str) -> None:
        """The program itself failed; `name` is the exception's."""
        self._bug = name

    def salvaged(self, salvage: Salvage) -> None:
        """The journal was damaged, and what could be read was carried over."""
        self._salvage = salvage

    def dismiss(self) -> None:
        """Someone has read of the bug, or of the damage."""
        self._bug = ""
        self._salvage = None

    def saved(self) -> None:
        """The disk takes entries again."""
        if isinstance(self._failure, _DISK):
            self._failure = None

    def delivered(self, record: EntryRecord) -> None:
        """How an exchange ended: a lasting cause is spoken of until one goes well."""
        if record.state is DeliveryState.VOIDED:
            return
        self._waiting = record if record.state is DeliveryState.WAITING else None

    def backlog_changed(self, backlog: Backlog) -> None:
        self._backlog = backlog

    def notice(self, now: datetime) -> Notice | None:
        """The one thing to say now; `now` is aware."""
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
        record = self._backlog.held or self._waiting
        if record is None or record.outcome is None or not self._backlog.count:
            return None
        return self._waiting_notice(record, record.outcome.cause, now)

    def _failure_notice(self, error: ReadableError) -> Notice:
        words = self._wording.failure(error)
        action, level = NoticeAction.RETRY, NoticeLevel.ERROR
        if isinstance(error, SettingsUnreadableError):
            action = NoticeAction.OPEN_SETTINGS
        elif isinstance(error, JournalNewerError):
            # Nothing that could be pressed here helps.
            action = NoticeAction.NONE
        elif isinstance(error, KeyUnavailableError):
            level = NoticeLevel.WARNING
        return Notice(words.sentences, words.code, action, level)

    def _waiting_notice(self, record: EntryRecord, cause: Cause, now: datetime) -> Notice:
        oldest = self._backlog.oldest
        age = (now - oldest).total_seconds() if oldest else None
        failed_with = record.outcome.code if record.outcome else ""
        message = self._wording.held_back(cause, self._backlog.count, age, failed_with)
        held = self._backlog.held is not None
        code = "" if cause in CONNECTION_CAUSES else failed_with
        return Notice(message, code, NoticeAction.OPEN_SETTINGS if held else NoticeAction.RETRY)
