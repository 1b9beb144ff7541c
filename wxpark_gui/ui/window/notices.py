"""Chooses the lasting problems for the notice strip, the worst one first. Does not use widgets.

The module exceeds the project's limit of 300 lines: the slots and notices of every problem.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from wxpark_gui.controllers import Controllers
from wxpark_gui.domain.delivery import CONNECTION_CAUSES, Cause, DeliveryState, Remedy
from wxpark_gui.domain.errors import (
    DataDirectoryUnusableError,
    JournalBusyError,
    JournalDamagedError,
    JournalDamageFoundError,
    JournalFaultError,
    JournalNewerError,
    JournalTakenError,
    JournalWriteError,
    KeyMissingError,
    KeyringLockedError,
    KeyringMismatchError,
    KeyringSilentError,
    KeyUnavailableError,
    NotSetUpError,
    ReadableError,
    SettingsNewerError,
    SettingsUnreadableError,
)
from wxpark_gui.domain.manager import Guard, GuardState
from wxpark_gui.domain.profiles import profile_labels
from wxpark_gui.domain.record import Backlog, EntryRecord, Salvage
from wxpark_gui.domain.settings import Settings
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.window.notice_strip import Notice, NoticeAction, NoticeLevel
from wxpark_gui.wording import Label, ProfileLabel, SupportLabel, Wording

if TYPE_CHECKING:
    from wxpark_gui.domain.backup import Restored

_DISK = (
    DataDirectoryUnusableError,
    JournalDamagedError,
    JournalNewerError,
    JournalWriteError,
)

_LASTING = (*_DISK, SettingsUnreadableError, KeyUnavailableError)
"""Failures that last until what they concern works again; any other one is dismissed by hand."""

_KEY_ACTIONS = {
    KeyringLockedError.code: NoticeAction.UNLOCK,
    KeyringSilentError.code: NoticeAction.UNLOCK,
    KeyMissingError.code: NoticeAction.OPEN_SETTINGS,
    KeyringMismatchError.code: NoticeAction.OPEN_SETTINGS,
}
"""Actions by code of a failure to read the merchant key; any other code gets `RETRY`."""

_KEY_OF_ONE = frozenset({KeyMissingError.code, KeyringMismatchError.code})
"""Codes of the failures that concern one profile's key, not the whole keyring."""

_NOT_WRITTEN = {
    JournalBusyError.code: Label.WRITING_WAITS,
    JournalTakenError.code: Label.WRITING_TAKEN,
    JournalDamageFoundError.code: Label.WRITING_REPAIRS,
    JournalFaultError.code: Label.WRITING_REFUSED,
}
"""Messages for a write that concerned no entry; any other code gets `WRITING_FAILS`."""

CLOCK_TOLERANCE = 60.0
"""Clock difference to the gateway, in seconds, from which a notice is shown."""


class NoticeModel(QObject):
    """Holds the lasting problems, and returns them as notices.

    The order is: failure of disk, settings or key storage, act that failed, bug, damaged journal,
    restored backup, lost archives, crash of an earlier run, lost managers, no merchant, no key,
    held entries, connection, clock, closed door.

    The class exceeds the project's limit of 20 methods: each signal that reports or ends a problem
    has a slot.

    Signals:
        changed(): `notices` may return others.
    """

    changed = Signal()

    def __init__(self, controllers: Controllers, appearance: Appearance, parent: QObject) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._set_up = True
        self._settings = Settings()
        self._failure: ReadableError | None = None
        self._is_of_entry = True
        self._failed_act: ReadableError | None = None
        self._bug = ""
        self._crashed_before = False
        self._guard_failure: ReadableError | None = None
        self._salvage: Salvage | None = None
        self._restored: Restored | None = None
        self._lost_archives: tuple[str, ...] = ()
        self._key_failure: KeyUnavailableError | None = None
        self._backlog = Backlog()
        self._waiting: EntryRecord | None = None
        self._clock_offset = 0.0
        self._door_failure: ReadableError | None = None
        controllers.settings.changed.connect(self.apply_settings)
        controllers.journal.salvaged.connect(self.salvaged)
        controllers.backups.restored.connect(self.restored)
        controllers.journal.archivesLost.connect(self.archives_lost)
        controllers.journal.backlogChanged.connect(self.backlog_changed)
        controllers.journal.failed.connect(self.background_failed)
        controllers.settings.failed.connect(self.failed)
        controllers.keys.changed.connect(self.key_changed)
        controllers.door.changed.connect(self.door_changed)
        controllers.entries.failed.connect(self.background_failed)
        controllers.entries.notSaved.connect(self.not_saved)
        controllers.entries.saved.connect(self.saved)
        controllers.backfills.saved.connect(self.saved)
        controllers.entries.changed.connect(self.delivered)
        controllers.live.sent.connect(self.written)
        controllers.backlog.changed.connect(self.written)
        controllers.journal.opened.connect(self.opened)
        controllers.approvals.closed.connect(self.guard_failed)
        controllers.approvals.changed.connect(self.guard_changed)
        self.apply_settings(controllers.settings.current)

    @property
    def _wording(self) -> Wording:
        return self._appearance.wording

    @Slot(object)
    def apply_settings(self, settings: Settings) -> None:
        self._settings = settings
        self._set_up = settings.account is not None
        if not isinstance(self._failure, _DISK):
            self._failure = None
        self._failed_act = None
        self.changed.emit()

    @Slot(object)
    def failed(self, error: ReadableError) -> None:
        if isinstance(error, NotSetUpError):
            self._set_up = False
        elif isinstance(error, _LASTING):
            self._failure, self._is_of_entry = error, True
        else:
            self._failed_act = error
        self.changed.emit()

    @Slot(object)
    def background_failed(self, error: ReadableError) -> None:
        """Report a failure that concerns no entry to be saved, as that of storing an answer."""
        was_of_entry = self._is_of_entry and isinstance(self._failure, JournalWriteError)
        self.failed(error)
        self._is_of_entry = was_of_entry

    @Slot(str, object)
    def not_saved(self, _entry_id: str, error: ReadableError) -> None:
        """Report that the disk failed. The panel tells a reason that concerns the entry only."""
        if isinstance(error, _DISK):
            self.failed(error)

    @Slot(object)
    def key_changed(self, failure: KeyUnavailableError | None) -> None:
        """Store the failure to read the merchant key; None removes it."""
        self._key_failure = failure
        self.changed.emit()

    @Slot(object)
    def door_changed(self, failure: ReadableError | None) -> None:
        """Store the failure to open the port for offered plates; None removes it."""
        self._door_failure = failure
        self.changed.emit()

    @Slot(str)
    def bug(self, name: str) -> None:
        """Report a bug; `name` is the type name of the exception."""
        self._bug = name
        self.changed.emit()

    def crashed_before(self) -> None:
        """Report that an earlier run crashed."""
        self._crashed_before = True
        self.changed.emit()

    @Slot(object)
    def guard_failed(self, error: ReadableError) -> None:
        """Report that acts cannot be approved."""
        self._guard_failure = error
        self.changed.emit()

    @Slot(object)
    def guard_changed(self, state: GuardState) -> None:
        """Drop that report if the guard can be read again."""
        if state.guard is not Guard.LOST:
            self._guard_failure = None
            self.changed.emit()

    @Slot(object)
    def salvaged(self, salvage: Salvage) -> None:
        """Report a damaged journal whose readable entries were recovered."""
        self._salvage = salvage
        if isinstance(self._failure, JournalDamageFoundError):
            self._failure = None
        self.changed.emit()

    @Slot(object)
    def restored(self, restored: Restored) -> None:
        """Report a backup that was restored, or could not be."""
        self._restored = restored
        self.changed.emit()

    @Slot(object)
    def archives_lost(self, months: tuple[str, ...]) -> None:
        """Report months, `YYYY-MM`, whose archive is damaged or missing; () ends the notice."""
        self._lost_archives = months
        self.changed.emit()

    @Slot()
    def dismiss(self) -> None:
        """Drop the first of: act, bug, damaged journal, restore, lost archives, earlier crash."""
        if self._failed_act is not None:
            self._failed_act = None
        elif self._bug:
            self._bug = ""
        elif self._salvage is not None:
            self._salvage = None
        elif self._restored is not None:
            self._restored = None
        elif self._lost_archives:
            self._lost_archives = ()
        else:
            self._crashed_before = False
        self.changed.emit()

    @Slot()
    def opened(self) -> None:
        """Drop a disk failure: the journal is open."""
        self.saved()

    @Slot()
    def saved(self) -> None:
        """Drop a disk failure: an entry was saved."""
        if isinstance(self._failure, _DISK):
            self._failure = None
        self.changed.emit()

    @Slot()
    def written(self) -> None:
        """Drop a failure to write that concerned no entry: an answer was stored, or tried again."""
        if not self._is_of_entry and isinstance(self._failure, JournalWriteError):
            self._failure = None
            self.changed.emit()

    @Slot(object)
    def delivered(self, record: EntryRecord) -> None:
        """Store `record` if it waits for a retry, and the clock offset of its last exchange.

        A record in another state removes the stored one; a voided record changes nothing. An
        answered exchange removes a failure of the key.
        """
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
        """Return the worst of `notices`; None for none."""
        return next(iter(self.notices(now, advice)), None)

    def notices(self, now: datetime, advice: str = "") -> tuple[Notice, ...]:
        """Return the problems as notices, the worst one first.

        Args:
            now: aware.
            advice: sentence on the panel, which the notices do not repeat.
        """
        found = (
            *(
                self._failure_notice(failure, advice)
                for failure in (self._failure, self._failed_act)
                if failure is not None
            ),
            *self._event_notices(),
            self._guard_notice(),
            self._sending_notice(now, advice),
            self._clock_notice(),
            self._door_notice(),
        )
        return tuple(dict.fromkeys(notice for notice in found if notice is not None))

    def _event_notices(self) -> Iterator[Notice]:
        """Yield what happened and lasts until it is dismissed, in the order of `dismiss`."""
        dismiss, error = NoticeAction.DISMISS, NoticeLevel.ERROR
        if self._bug:
            message = self._wording.label(Label.BUG, name=self._bug)
            yield Notice(message, "", NoticeAction.REPORT, error)
        if self._salvage is not None:
            yield Notice(self._wording.salvage(self._salvage), "", dismiss, error)
        if self._restored is not None:
            level = error if self._restored.failure else NoticeLevel.WARNING
            yield Notice(self._wording.restored(self._restored), "", dismiss, level)
        if self._lost_archives:
            yield Notice(self._wording.archives_lost(self._lost_archives), "", dismiss, error)
        if self._crashed_before:
            message = self._wording.label(SupportLabel.CRASHED_BEFORE)
            yield Notice(message, "", NoticeAction.REPORT)

    def _guard_notice(self) -> Notice | None:
        if self._guard_failure is None:
            return None
        words = self._wording.failure(self._guard_failure)
        return Notice(words.sentences, words.code, NoticeAction.RETRY)

    def _sending_notice(self, now: datetime, advice: str) -> Notice | None:
        """Return the worst problem that keeps entries from being sent; None for none."""
        if isinstance(self._failure, KeyUnavailableError | SettingsUnreadableError):
            # It is the cause, and has a notice of its own.
            return None
        if not self._set_up:
            return Notice(self._wording.label(Label.SET_UP_MESSAGE), action=NoticeAction.SET_UP)
        if self._key_failure is not None:
            code = self._key_failure.code
            return self._waiting_notice(None, Cause.KEY_UNAVAILABLE, code, now, advice)
        record = next(iter(self._backlog.held), self._waiting)
        if record is None or record.outcome is None or not self._backlog.count:
            return None
        outcome = record.outcome
        return self._waiting_notice(record, outcome.cause, outcome.code, now, advice)

    def _clock_notice(self) -> Notice | None:
        """Return a warning if the last known clock offset reaches `CLOCK_TOLERANCE`, else None."""
        offset = abs(self._clock_offset)
        if offset < CLOCK_TOLERANCE:
            return None
        age = self._wording.age(offset)
        return Notice(self._wording.label(Label.CLOCK_WRONG, age=age))

    def _door_notice(self) -> Notice | None:
        if self._door_failure is None:
            return None
        words = self._wording.failure(self._door_failure)
        return Notice(words.sentences, words.code, NoticeAction.OPEN_SETTINGS)

    def _failure_notice(self, error: ReadableError, advice: str) -> Notice:
        words = self._wording.failure(error)
        message = words.sentences
        if isinstance(error, JournalWriteError) and not self._is_of_entry:
            message = self._wording.label(_NOT_WRITTEN.get(error.code, Label.WRITING_FAILS))
        elif isinstance(error, _DISK) and words.message in advice:
            message = self._wording.label(Label.SAVING_FAILS)
        action, level = NoticeAction.RETRY, NoticeLevel.ERROR
        if isinstance(error, JournalNewerError | SettingsNewerError):
            # No action of this window helps.
            action = NoticeAction.NONE
        elif isinstance(error, SettingsUnreadableError):
            action = NoticeAction.OPEN_SETTINGS
        elif error is self._failed_act:
            action = NoticeAction.DISMISS
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
        """Return a notice with the cause that keeps entries unsent, their number and oldest age.

        Args:
            record: an entry with this cause; None if the merchant key cannot be read.
            failed_with: code of the failure.
            advice: sentence on the panel, which the notice does not repeat.
        """
        account_id = self._held_profile(record, cause, failed_with)
        own = self._backlog.of_account(account_id) if account_id else None
        count = self._backlog.waiting(account_id) if account_id else self._backlog.count
        oldest = own.oldest if own else self._backlog.oldest
        age = (now - oldest).total_seconds() if oldest and count else None
        wording = self._wording
        message = wording.held_back(cause, count, age, failed_with)
        if age is not None and wording.held_back(cause, 0, code=failed_with) == advice:
            message = wording.label(Label.KEPT_HERE, count=count, age=wording.age(age))
        name = profile_labels(self._settings).get(account_id, record.origin.lot if record else "")
        held = self._backlog.held
        if record is not None and len(held) > 1:
            message = wording.label(
                Label.HELD_MERCHANTS, count=len(held), name=name, problem=message
            )
        elif account_id:
            message = wording.label(ProfileLabel.PROBLEM_OF, name=name, problem=message)
        code = "" if cause in CONNECTION_CAUSES else failed_with
        return Notice(message, code, self._action_for(cause, failed_with), account_id=account_id)

    def _held_profile(self, record: EntryRecord | None, cause: Cause, failed_with: str) -> str:
        """Return the account whose entries the cause holds; empty if there is only one profile.

        It is empty too for a cause that concerns all profiles: the connection, a locked keyring.
        """
        concerns_all = cause is Cause.KEY_UNAVAILABLE and failed_with not in _KEY_OF_ONE
        is_of_one = cause.remedy.holds_account and not concerns_all
        if not is_of_one or len(self._settings.accounts) <= 1:
            return ""
        return record.origin.account_id if record else self._settings.account_id

    def _action_for(self, cause: Cause, failed_with: str) -> NoticeAction:
        if cause is Cause.KEY_UNAVAILABLE:
            return _KEY_ACTIONS.get(failed_with, NoticeAction.RETRY)
        needs_settings = self._backlog.held and cause.remedy is Remedy.FIX_SETTINGS
        return NoticeAction.OPEN_SETTINGS if needs_settings else NoticeAction.RETRY
