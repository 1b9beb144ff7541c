"""Works off the backlog while the window is open: a step four times a second, on its own thread."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from wxpark_gui.domain.merchant import MerchantProfile
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.domain.settings import Settings
from wxpark_gui.runtime.runner import Worker
from wxpark_gui.service.outbox import Outbox, Progress

STEP_INTERVAL_MS = 250


class BacklogKeeper(QObject):
    """Drives the outbox, which is touched in the worker's thread only.

    Signals:
        changed(EntryRecord): an entry of the backlog came a step further.
        moved(): the backlog is not what it was.
        failed(Exception): a step failed; it is tried again.
    """

    changed = Signal(object)
    moved = Signal()
    failed = Signal(object)

    def __init__(self, outbox: Outbox, worker: Worker) -> None:
        super().__init__()
        self._outbox = outbox
        self._worker = worker
        self._merchant: MerchantProfile | None = None
        self._stepping = False
        self._timer = QTimer(self)
        self._timer.setInterval(STEP_INTERVAL_MS)
        self._timer.timeout.connect(self._step)

    def start(self) -> None:
        """Begin to step."""
        self._timer.start()

    def stop(self) -> None:
        """Step no more; the worker is its owner's to stop."""
        self._timer.stop()

    def follow(self, settings: Settings) -> None:
        """Send for this merchant, and give up after its expiry."""
        account = settings.account
        self._merchant = account.merchant if account else None
        expiry = timedelta(hours=settings.booth.expiry_hours)
        self._worker.submit(lambda: self._outbox.expect(expiry), self._on_done, self._on_failed)

    def release(self) -> None:
        """Try all that waits, now."""
        self._worker.submit(self._outbox.release, self._on_moved, self._on_failed)

    def heard(self, record: EntryRecord) -> None:
        """An exchange of the car at the barrier ended: what it says of the line is learnt."""
        self._worker.submit(lambda: self._outbox.heard(record), self._on_moved, self._on_failed)

    def adopt(self, record: EntryRecord) -> None:
        """Send an entry again whose exchange the disk could not keep."""
        self._worker.submit(lambda: self._outbox.adopt(record), self._on_done, self._on_failed)

    @Slot()
    def _step(self) -> None:
        """One step, unless the one before is still under way."""
        merchant = self._merchant
        if merchant is None or self._stepping:
            return
        self._stepping = True
        self._worker.submit(
            lambda: self._outbox.step(merchant), self._on_stepped, self._on_step_failed
        )

    @Slot(object)
    def _on_stepped(self, progress: Progress) -> None:
        self._stepping = False
        touched = (*progress.expired, *((progress.delivered,) if progress.delivered else ()))
        for record in touched:
            self.changed.emit(record)
        if touched:
            self.moved.emit()

    @Slot(object)
    def _on_step_failed(self, error: Exception) -> None:
        self._stepping = False
        self.failed.emit(error)

    @Slot(object)
    def _on_moved(self, _: object) -> None:
        """The next step need not wait for its turn."""
        self.moved.emit()
        self._step()

    @Slot(object)
    def _on_done(self, _: object) -> None:
        """Nothing to tell."""

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self.failed.emit(error)
