"""Saves the settings and puts them in force for every use case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from wxpark_gui.domain.errors import ReadableError
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.domain.profiles import removed_accounts
from wxpark_gui.domain.settings import Settings
from wxpark_gui.runtime.runner import Worker
from wxpark_gui.service.current_settings import CurrentSettings

if TYPE_CHECKING:
    from wxpark_gui.service.merchants import Merchants


class SettingsController(QObject):
    """Saves settings on a thread of its own, then puts them in force.

    Signals:
        changed(Settings): other settings are in force now. They are saved, except for the current
            account while a switch is being saved.
        saved(): `save_merchant` succeeded.
        notSaved(ReadableError): `save_merchant` failed; nothing was changed.
        failed(ReadableError): `save_appearance` or `save_prefix` failed.
        switched(str): the account with this id is current now; `changed` precedes it.
        removed(str): the account with this id was removed; `changed` precedes it.
        refused(ReadableError): `switch_profile` or `remove_profile` failed; after a switch, the
            account that is stored is current again.
        accountKept(): a removed account was added again, because an entry was entered for it
            meanwhile.
        crashed(Exception): an exception that is a bug.
    """

    changed = Signal(object)
    saved = Signal()
    notSaved = Signal(object)
    failed = Signal(object)
    switched = Signal(str)
    removed = Signal(str)
    refused = Signal(object)
    accountKept = Signal()
    crashed = Signal(object)

    def __init__(self, merchants: Merchants, current: CurrentSettings, worker: Worker) -> None:
        super().__init__()
        self._merchants = merchants
        self._current = current
        self._worker = worker
        self._requests = 0
        self._answered = 0
        self._switching: list[str] = []
        self._stored_id = ""

    @property
    def answered(self) -> int:
        """Number of the `save_merchant` request that the present signal reports; else 0."""
        return self._answered

    @property
    def current(self) -> Settings:
        """The settings in force."""
        return self._current.value

    def save_merchant(
        self,
        settings: Settings,
        key: Secret | None,
        profile: str | None = None,
        *,
        seen: Settings | None = None,
    ) -> int:
        """Save edited settings but the appearance; `saved`, `notSaved` or `crashed` follows.

        The result is the number of the request, which `answered` has during that signal, because
        the requests of several dialogs may wait for the keyring.

        Args:
            key: None keeps the key in the keyring.
            profile: id of the edited account; empty to add a profile; None for the current account.
            seen: the settings that the editor showed when it was opened; see `Merchants.keep`.
        """
        self._requests += 1
        number, in_force = self._requests, self._current.value

        def succeeded(saved: Settings) -> None:
            self._apply(saved)
            self._answer(number, self.saved.emit)

        def failed(error: Exception) -> None:
            report = self.notSaved if isinstance(error, ReadableError) else self.crashed
            self._answer(number, partial(report.emit, error))

        def keep() -> Settings:
            return self._merchants.keep(settings, key, profile, seen=seen, in_force=in_force)

        self._worker.submit(keep, succeeded, failed)
        return number

    def save_appearance(self, settings: Settings) -> None:
        """Save language, colours, text size and sounds of `settings`, and nothing else of them."""
        self._save(lambda: self._merchants.keep_appearance(settings))

    @Slot(str)
    def save_prefix(self, prefix: str) -> None:
        """Save the booth's plate prefix: a province, a province and a letter, or empty."""
        in_force = self._current.value
        self._save(lambda: self._merchants.keep_prefix(prefix, in_force))

    @Slot(str)
    def switch_profile(self, account_id: str) -> None:
        """Make an account the current one now, and save that; `switched` or `refused` follows.

        Entries entered from now on are of this account, as the window shows it from now on.
        """
        in_force = self._current.value

        def succeeded(settings: Settings) -> None:
            self._switching.pop(0)
            self._apply(settings)
            self.switched.emit(account_id)

        def failed(error: Exception) -> None:
            self._switching.pop(0)
            stored = self._current.value
            if stored.find_account(self._stored_id):
                stored = replace(stored, account_id=self._stored_id)
            self._put_in_force(stored)
            self._on_refused(error)

        if not self._switching:
            self._stored_id = in_force.account_id
        self._switching.append(account_id)
        self._put_in_force(in_force)
        self._worker.submit(lambda: self._merchants.switch(account_id, in_force), succeeded, failed)

    @Slot(str)
    def remove_profile(self, account_id: str) -> None:
        """Remove an account and its key; `removed` or `refused` follows."""

        def succeeded(settings: Settings) -> None:
            self._apply(settings)
            self.removed.emit(account_id)

        in_force = self._current.value
        self._worker.submit(
            lambda: self._merchants.remove(account_id, in_force), succeeded, self._on_refused
        )

    @Slot()
    def note_restored(self) -> None:
        """Emit `changed`, because a restore may have put other settings in force."""
        self.changed.emit(self._current.value)

    def _save(self, task: Callable[[], Settings]) -> None:
        self._worker.submit(task, self._apply, self._on_failed)

    @Slot(object)
    def _apply(self, settings: Settings) -> None:
        """Put settings in force. From then on no entry is entered for a removed account."""
        before = self._current.value
        self._stored_id = settings.account_id
        self._put_in_force(settings)
        removed = removed_accounts(before, settings)
        if removed:
            self._worker.submit(
                lambda: self._merchants.keep_used(removed, settings), self._on_kept, self._on_failed
            )

    def _put_in_force(self, settings: Settings) -> None:
        """Replace the settings in force; the account of the last switch stays the current one."""
        account_id = self._switching[-1] if self._switching else ""
        if account_id and settings.find_account(account_id):
            settings = replace(settings, account_id=account_id)
        self._current.replace(settings)
        self.changed.emit(settings)

    @Slot(object)
    def _on_kept(self, settings: Settings | None) -> None:
        if settings is not None:
            self._apply(settings)
            self.accountKept.emit()

    def _answer(self, number: int, emit: Callable[[], None]) -> None:
        self._answered = number
        try:
            emit()
        finally:
            self._answered = 0

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        if isinstance(error, ReadableError):
            self.failed.emit(error)
        else:
            self.crashed.emit(error)

    @Slot(object)
    def _on_refused(self, error: Exception) -> None:
        if isinstance(error, ReadableError):
            self.refused.emit(error)
        else:
            self.crashed.emit(error)
