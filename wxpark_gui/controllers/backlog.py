"""Sends the waiting entries while the window is open, on a thread of its own."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.runtime.runner import Worker

if TYPE_CHECKING:
    from wxpark_gui.service.outbox import Outbox, Progress

FIRST_RETRY_MS = 1_000
LONGEST_RETRY_MS = 60_000


class BacklogSender(QObject):
    """Calls `Outbox.step` at the time that the last step planned, and earlier after a change.

    The outbox is used in the worker's thread only.

    Signals:
        changed(EntryRecord): an entry of the queue was sent, or has expired.
        moved(): the queue may have changed.
        failed(Exception): a call of the outbox failed. A failed step is retried after 1 s, doubling
            up to 60 s; other calls are not retried.
    """

    changed = Signal(object)
    moved = Signal()
    failed = Signal(object)

    def __init__(self, outbox: Outbox, worker: Worker) -> None:
        super().__init__()
        self._outbox = outbox
        self._worker = worker
        self._running = False
        self._stepping = False
        self._step_again = False
        self._retry_ms = FIRST_RETRY_MS
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.step)

    @Slot()
    def start(self) -> None:
        """Start sending, with a first step now."""
        self._running = True
        self.step()

    def stop(self) -> None:
        """Start no further step. Does not stop the worker."""
        self._running = False
        self._timer.stop()

    @Slot()
    def release(self) -> None:
        """Make all waiting entries due now, end all waits, then step."""
        self._worker.submit(self._outbox.release, self._on_released, self._on_failed)

    @Slot(object)
    def note_saved(self, record: EntryRecord) -> None:
        """Try the connection now if the entry was queued behind an earlier one of its plate."""
        if record.state is DeliveryState.WAITING and record.next_attempt_at is not None:
            self._worker.submit(self._outbox.note_queued, self._on_released, self._on_failed)

    @Slot(object)
    def note_outcome(self, record: EntryRecord) -> None:
        """Report the outcome of a live entry to the outbox, then step. No-op without an outcome."""
        if record.outcome is not None:
            self._worker.submit(
                lambda: self._outbox.note_outcome(record), self._on_released, self._on_failed
            )

    @Slot(object)
    def requeue(self, record: EntryRecord) -> None:
        """Queue an entry whose result could not be stored; a later step sends it."""
        self._worker.submit(
            lambda: self._outbox.requeue(record), self._on_requeued, self._on_failed
        )

    @Slot()
    def step(self) -> None:
        """Step now, or after the running step. No-op before `start` and after `stop`."""
        if not self._running:
            return
        if self._stepping:
            self._step_again = True
            return
        self._timer.stop()
        self._stepping = True
        self._worker.submit(self._outbox.step, self._on_stepped, self._on_step_failed)

    @Slot(object)
    def _on_stepped(self, progress: Progress) -> None:
        self._retry_ms = FIRST_RETRY_MS
        touched = (*progress.expired, *((progress.delivered,) if progress.delivered else ()))
        for record in touched:
            self.changed.emit(record)
        if touched:
            self.moved.emit()
        self._plan(
            None if progress.next_step_in is None else math.ceil(progress.next_step_in * 1e3)
        )

    @Slot(object)
    def _on_step_failed(self, error: Exception) -> None:
        self.failed.emit(error)
        self._plan(self._retry_ms)
        self._retry_ms = min(2 * self._retry_ms, LONGEST_RETRY_MS)

    def _plan(self, milliseconds: int | None) -> None:
        """Step again at once if that was requested, else after `milliseconds` unless None."""
        self._stepping = False
        if self._step_again:
            self._step_again = False
            self.step()
        elif self._running and milliseconds is not None:
            self._timer.start(milliseconds)

    @Slot(object)
    def _on_released(self, _: object) -> None:
        self.moved.emit()
        self.step()

    @Slot(object)
    def _on_requeued(self, _: object) -> None:
        # Writing to the disk has just failed, so wait before the next write.
        self._timer.start(self._retry_ms)

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self.failed.emit(error)
