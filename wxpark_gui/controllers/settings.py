"""Saves the settings and puts them in force for every use case."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot

from wxpark_gui.domain.errors import ReadableError
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.domain.settings import Settings
from wxpark_gui.runtime.runner import Worker
from wxpark_gui.service.current_settings import CurrentSettings
from wxpark_gui.service.merchants import Merchants


class SettingsController(QObject):
    """Saves settings on a thread of its own, then puts them in force.

    Signals:
        changed(Settings): the settings were saved and are in force now.
        saved(): `save_merchant` succeeded.
        notSaved(ReadableError): `save_merchant` failed; nothing was changed.
        failed(ReadableError): `save_appearance` or `save_prefix` failed.
        crashed(Exception): an exception that is a bug.
    """

    changed = Signal(object)
    saved = Signal()
    notSaved = Signal(object)
    failed = Signal(object)
    crashed = Signal(object)

    def __init__(self, merchants: Merchants, current: CurrentSettings, worker: Worker) -> None:
        super().__init__()
        self._merchants = merchants
        self._current = current
        self._worker = worker

    @property
    def current(self) -> Settings:
        """The settings in force."""
        return self._current.value

    def save_merchant(self, settings: Settings, key: Secret | None) -> None:
        """Save all settings but the appearance; `saved` or `notSaved` follows.

        Args:
            key: None keeps the key in the keyring.
        """
        self._worker.submit(
            lambda: self._merchants.keep(settings, key),
            self._on_merchant_saved,
            self._on_merchant_not_saved,
        )

    def save_appearance(self, settings: Settings) -> None:
        """Save language, colours, text size and sounds of `settings`, and nothing else of them."""
        self._save(lambda: self._merchants.keep_appearance(settings))

    @Slot(str)
    def save_prefix(self, prefix: str) -> None:
        """Save the booth's plate prefix: a province, a province and a letter, or empty."""
        self._save(lambda: self._merchants.keep_prefix(prefix))

    def _save(self, task: Callable[[], Settings]) -> None:
        self._worker.submit(task, self._apply, self._on_failed)

    @Slot(object)
    def _apply(self, settings: Settings) -> None:
        self._current.replace(settings)
        self.changed.emit(settings)

    @Slot(object)
    def _on_merchant_saved(self, settings: Settings) -> None:
        self._apply(settings)
        self.saved.emit()

    @Slot(object)
    def _on_merchant_not_saved(self, error: Exception) -> None:
        if isinstance(error, ReadableError):
            self.notSaved.emit(error)
        else:
            self.crashed.emit(error)

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        if isinstance(error, ReadableError):
            self.failed.emit(error)
        else:
            self.crashed.emit(error)
