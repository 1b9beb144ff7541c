"""Controller of the key change."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from wxpark_gui.domain.errors import ReadableError
from wxpark_gui.domain.key_change import KeyResult
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.runtime.runner import Worker

if TYPE_CHECKING:
    from wxpark_gui.service.key_change import KeyChange


class KeyChanger(QObject):
    """Changes the merchant key on a thread of its own. No signal carries a key.

    Signals:
        finished(KeyResult): a change ended; the result tells which key is in use.
        switched(): the new key is in use; emitted after `finished`.
        failed(ReadableError): a change failed.
        crashed(Exception): an exception that is a bug.
    """

    finished = Signal(object)
    switched = Signal()
    failed = Signal(object)
    crashed = Signal(object)

    def __init__(self, change: KeyChange, worker: Worker) -> None:
        """Keep the given parts.

        `worker` must have no other use, because network and keyring may block it for long.
        """
        super().__init__()
        self._change = change
        self._worker = worker
        self._is_running = False

    @property
    def running(self) -> bool:
        """True from a request until `finished`, `failed` or `crashed`."""
        return self._is_running

    def switch(self, key: Secret, account_id: str) -> None:
        """Test an account's new key, and store it if WeChat accepts it.

        `finished` or `failed` follows.
        """
        self._run(lambda: self._change.switch(key, account_id))

    def store_untested(self, key: Secret, account_id: str) -> None:
        """Store an account's new key without a test; `finished` or `failed` follows."""
        self._run(lambda: self._change.store_untested(key, account_id))

    def _run(self, task: Callable[[], KeyResult]) -> None:
        """Run a task unless one is running."""
        if self._is_running:
            return
        self._is_running = True
        self._worker.submit(task, self._on_finished, self._on_failed)

    @Slot(object)
    def _on_finished(self, result: KeyResult) -> None:
        self._is_running = False
        self.finished.emit(result)
        if result.step.is_new:
            self.switched.emit()

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self._is_running = False
        if isinstance(error, ReadableError):
            self.failed.emit(error)
        else:
            self.crashed.emit(error)
