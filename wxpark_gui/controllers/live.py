"""Sends new entries at once, on another thread and connection than the queue's."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from wxpark_gui.domain.errors import JournalWriteError, ReadableError
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.runtime.runner import Worker
from wxpark_gui.service.submit import Submission

SETTLE_MS = 20
"""Time after an answer in which the window paints its verdict.

Windows delivers a timer of 0 ms before the events of painting.
"""


@dataclass(frozen=True, slots=True)
class _Interrupted:
    """Result of a send that the journal could not record."""

    record: EntryRecord
    error: JournalWriteError


class LiveSender(QObject):
    """Sends entries one after another, without waiting for the queue.

    Signals:
        started(EntryRecord): an exchange started; the entry cannot be taken back during it.
        sent(EntryRecord): the exchange ended and its outcome is stored.
        settled(EntryRecord): follows `sent` when the window has painted the verdict, for what would
            compete with that.
        interrupted(EntryRecord): the journal could not record the exchange; the entry must be
            sent again. `failed` precedes it.
        failed(ReadableError): the journal could not be read or written.
        crashed(Exception): an exception that is a bug; the entry is safe in the journal.
    """

    started = Signal(object)
    sent = Signal(object)
    settled = Signal(object)
    interrupted = Signal(object)
    failed = Signal(object)
    crashed = Signal(object)
    _started = Signal(object)

    def __init__(self, submission: Submission, worker: Worker) -> None:
        super().__init__()
        self._submission = submission
        self._worker = worker
        self._unsettled: deque[EntryRecord] = deque()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SETTLE_MS)
        self._timer.timeout.connect(self._settle)
        # The worker's thread emits it; the queued connection re-emits it in this object's thread.
        self._started.connect(self.started, Qt.ConnectionType.QueuedConnection)

    def send(self, record: EntryRecord) -> None:
        """Send a saved entry in the worker's thread, after those of earlier calls."""
        self._worker.submit(lambda: self._send(record), self._on_sent, self._on_failed)

    def _send(self, record: EntryRecord) -> EntryRecord | _Interrupted | None:
        """Send in the worker's thread; None if the entry was closed or started elsewhere before."""
        try:
            sent = self._submission.deliver(record, started=self._announce_started)
        except JournalWriteError as error:
            return _Interrupted(record, error)
        return None if sent.attempts == record.attempts else sent

    def _announce_started(self, record: EntryRecord) -> None:
        """Emit `_started` in the worker's thread. As a bound method it keeps this object alive."""
        self._started.emit(record)

    @Slot(object)
    def _on_sent(self, result: EntryRecord | _Interrupted | None) -> None:
        if isinstance(result, _Interrupted):
            self.failed.emit(result.error)
            self.interrupted.emit(result.record)
        elif result is not None:
            self.sent.emit(result)
            self._unsettled.append(result)
            self._timer.start()

    @Slot()
    def _settle(self) -> None:
        while self._unsettled:
            self.settled.emit(self._unsettled.popleft())

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        if isinstance(error, ReadableError):
            self.failed.emit(error)
        else:
            self.crashed.emit(error)
