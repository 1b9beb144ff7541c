"""Sends the entry just made, on a thread and a connection of its own."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Signal, Slot

from wxpark_gui.domain.errors import JournalWriteError, ReadableError
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.runtime.runner import Worker
from wxpark_gui.service.submit import Submission


@dataclass(frozen=True, slots=True)
class _Interrupted:
    """The exchange took place and its result could not be stored."""

    record: EntryRecord
    error: JournalWriteError


class LiveSender(QObject):
    """One exchange after another; a live entry never stands behind the backlog.

    Signals:
        started(EntryRecord): an exchange started; from now on the entry cannot be taken back.
        sent(EntryRecord): the exchange ended.
        interrupted(EntryRecord): its result could not be stored; it must be sent again.
        failed(ReadableError): trouble with the disk.
        crashed(Exception): a bug; the entry concerned is safe in the journal.
    """

    started = Signal(object)
    sent = Signal(object)
    interrupted = Signal(object)
    failed = Signal(object)
    crashed = Signal(object)
    _started = Signal(object)

    def __init__(self, submission: Submission, worker: Worker) -> None:
        super().__init__()
        self._submission = submission
        self._worker = worker
        # Emitted by the worker's thread; the queued connection re-emits it in this one.
        self._started.connect(self.started, Qt.ConnectionType.QueuedConnection)

    def send(self, record: EntryRecord) -> None:
        """Send a saved entry after those already given."""
        self._worker.submit(lambda: self._send(record), self._on_sent, self._on_failed)

    def _send(self, record: EntryRecord) -> EntryRecord | _Interrupted | None:
        """In the worker's thread: None if it was taken back or started elsewhere first."""
        try:
            sent = self._submission.deliver(record, started=self._announce_started)
        except JournalWriteError as error:
            return _Interrupted(record, error)
        return None if sent.attempts == record.attempts else sent

    def _announce_started(self, record: EntryRecord) -> None:
        """In the worker's thread. A bound method keeps this object alive during the exchange."""
        self._started.emit(record)

    @Slot(object)
    def _on_sent(self, result: EntryRecord | _Interrupted | None) -> None:
        if isinstance(result, _Interrupted):
            self.failed.emit(result.error)
            self.interrupted.emit(result.record)
        elif result is not None:
            self.sent.emit(result)

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        if isinstance(error, ReadableError):
            self.failed.emit(error)
        else:
            self.crashed.emit(error)
