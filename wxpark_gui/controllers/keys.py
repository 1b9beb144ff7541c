"""Reads the merchant keys in the background, and unlocks the keyring on request."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from wxpark_gui.domain.delivery import Cause
from wxpark_gui.domain.errors import KeyMissingError, KeyringMismatchError, KeyUnavailableError
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.runtime.runner import Worker
from wxpark_gui.service.current_settings import CurrentSettings
from wxpark_gui.service.keys import Keys

RETRY_MS = 5_000
"""Milliseconds between two retries after the keyring could not be read. A retry never prompts."""

ITEM_RETRY_MS = 30_000
"""Milliseconds between two retries after an open keyring had no usable key of an account."""

_ITEM_FAILURES = (KeyMissingError, KeyringMismatchError)
"""Failures of one merchant's item; the others concern the whole keyring."""


class KeyReader(QObject):
    """Reads the merchant keys on a thread of its own. No signal carries a key.

    Only `start` and `unlock` may open the keyring's password prompt. While the keyring cannot be
    read, it is checked every 5 s without a prompt; its keys are read once it is unlocked. A key
    that is missing or invalid is read again every 30 s, at a keyring known to be unlocked. Without
    a failure no timer runs.

    Signals:
        changed(KeyUnavailableError | None): the last failure to read the current account's key,
            None without one. Emitted after each read and whenever it may have changed.
        crashed(Exception): an exception that is a bug.
    """

    changed = Signal(object)
    crashed = Signal(object)

    def __init__(self, keys: Keys, current: CurrentSettings, worker: Worker) -> None:
        """Keep the given parts.

        `worker` must have no other use, because a prompt may block it for long.
        """
        super().__init__()
        self._keys = keys
        self._current = current
        self._worker = worker
        self._reading = False
        self._unlock_next = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._retry)

    @Slot()
    def start(self) -> None:
        """Read the keys of all accounts. A locked keyring prompts for its password."""
        self._submit(self._read)

    @Slot()
    def unlock(self) -> None:
        """Read the keys not in memory, now or after the running read. A locked keyring prompts."""
        if self._reading:
            self._unlock_next = True
        else:
            self._submit(self._load)

    def stop(self) -> None:
        """Cancel the planned retry. A running read may plan another one, until its worker stops."""
        self._timer.stop()

    @Slot()
    def note_settings(self) -> None:
        """Emit `changed` after new settings, whose keys were read at the start or when saved."""
        self._tell()

    def failure_of(self, mch_id: str) -> KeyUnavailableError | None:
        """Return the last failure to read a key; None without one. Does not block."""
        return self._keys.failure_of(mch_id)

    @Slot(object)
    def note_record(self, record: EntryRecord) -> None:
        """Emit `changed` if the entry's exchange failed because its key could not be read."""
        if record.outcome is not None and record.outcome.cause is Cause.KEY_UNAVAILABLE:
            self._tell()

    @Slot()
    def _retry(self) -> None:
        self._submit(self._retry_in_worker)

    def _retry_in_worker(self) -> None:
        if self._keys.retry(self._mch_ids()):
            self._keys.retry_items(self._mch_ids())

    def _submit(self, task: Callable[[], object]) -> None:
        self._reading = True
        self._timer.stop()
        self._worker.submit(task, self._on_read, self._on_crashed)

    def _read(self) -> None:
        """Read the keys not in memory, in the worker. Only the process's first read may prompt."""
        self._try_each(self._keys.get)

    def _load(self) -> None:
        """Read the keys not in memory, in the worker. The first read unlocks the keyring."""
        self._try_each(self._keys.load)

    def _try_each(self, read: Callable[[str], object]) -> None:
        """Read the keys that are not in memory, up to the first failure of the whole keyring."""
        for mch_id in self._mch_ids():
            if self._keys.holds(mch_id):
                continue
            try:
                read(mch_id)
            except _ITEM_FAILURES:
                continue
            except KeyUnavailableError:
                return

    def _mch_ids(self) -> tuple[str, ...]:
        """Return the merchant numbers of all accounts, each once, the current account's first."""
        settings = self._current.value
        accounts = sorted(settings.accounts, key=lambda a: a.account_id != settings.account_id)
        return tuple(dict.fromkeys(account.merchant.mch_id for account in accounts))

    @Slot(object)
    def _on_read(self, _: object) -> None:
        self._reading = False
        self._tell()
        if self._unlock_next:
            self._unlock_next = False
            self.unlock()

    @Slot(object)
    def _on_crashed(self, error: Exception) -> None:
        self._reading = False
        self.crashed.emit(error)

    def _tell(self) -> None:
        account = self._current.value.account
        failure = self._keys.failure_of(account.merchant.mch_id) if account else None
        self.changed.emit(failure)
        if not self._reading:
            self._plan_retry()

    def _plan_retry(self) -> None:
        """Start the timer if a read failed; a retry that is planned for earlier stays planned."""
        failures = [failure for failure in map(self._keys.failure_of, self._mch_ids()) if failure]
        if not failures:
            self._timer.stop()
            return
        are_of_items = all(isinstance(failure, _ITEM_FAILURES) for failure in failures)
        wait = ITEM_RETRY_MS if are_of_items else RETRY_MS
        if not self._timer.isActive() or self._timer.remainingTime() > wait:
            self._timer.start(wait)
