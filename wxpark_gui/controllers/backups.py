"""Lists, saves and restores backups, on a thread of its own."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

from wxpark_gui.controllers.decision import Decision
from wxpark_gui.domain.backup_errors import BackupCancelledError
from wxpark_gui.domain.errors import ReadableError
from wxpark_gui.runtime.runner import Worker

if TYPE_CHECKING:
    from wxpark_gui.domain.backup import AutomaticBackup, Restored, RestorePreview
    from wxpark_gui.service.backups import BackupStore

Answer = TypeVar("Answer")

_INTERVAL = 0.1
"""Seconds between two reports of progress."""

_log = logging.getLogger(__name__)


class BackupKeeper(QObject):
    """Runs one task at a time; listing is cancelled by another task. No method blocks.

    A cancelled task ends for the caller at once, even while a drive does not answer. The worker
    removes what it wrote once the drive does, and the next task begins after that.

    Attributes:
        running: True from `save`, `check` and `stage` until one of the signals that end them.

    Signals:
        listed(tuple[AutomaticBackup, ...]): the automatic backups, the newest first.
        counted(AutomaticBackup): one of them, with its number of entries.
        progressed(float): share of the saving that is done, from 0 to 1; at most ten times a
            second.
        saved(Path, int): the file is complete; its number of entries.
        checked(RestorePreview): the backup can be restored; nothing was changed.
        staged(): the next start completes the restore.
        cancelled(): the task was cancelled; it changes nothing any more.
        restored(Restored): result of the restore that this start of the program completed.
        failed(ReadableError): nothing was done, because of this error.
        crashed(Exception): an exception that is a bug.
    """

    listed = Signal(object)
    counted = Signal(object)
    progressed = Signal(float)
    saved = Signal(object, int)
    checked = Signal(object)
    staged = Signal()
    cancelled = Signal()
    restored = Signal(object)
    failed = Signal(object)
    crashed = Signal(object)
    _reported = Signal(object, float)
    _counted = Signal(object, object)

    def __init__(
        self, store: BackupStore, take_restored: Callable[[], Restored | None], worker: Worker
    ) -> None:
        """Keep the given parts.

        Args:
            take_restored: returns the result of the restore when the journal was opened, the first
                time it is called, then None; does not block.
            worker: must run no other tasks, which a long one would delay.
        """
        super().__init__()
        self._store = store
        self._take_restored = take_restored
        self._worker = worker
        self._decision = Decision()
        self._stop_listing = threading.Event()
        self._reported_at = 0.0
        self.running = False
        # Both are emitted by the worker's thread.
        self._reported.connect(self._on_reported, Qt.ConnectionType.QueuedConnection)
        self._counted.connect(self._on_counted, Qt.ConnectionType.QueuedConnection)

    @Slot()
    def load(self) -> None:
        """List the automatic backups, then count their entries; `listed` and `counted` follow."""
        self._stop_listing.set()
        self._stop_listing = stop = threading.Event()

        def count(listed: Sequence[AutomaticBackup]) -> None:
            for backup in listed:
                if stop.is_set():
                    return
                self._counted.emit(self._store.count(backup, stop.is_set), stop)

        def on_listed(listed: Sequence[AutomaticBackup]) -> None:
            self.listed.emit(tuple(listed))
            self._worker.submit(lambda: count(listed), None, self._on_list_failed)

        self._worker.submit(self._store.automatic, on_listed, self._on_list_failed)

    @Slot()
    def stop_listing(self) -> None:
        """End the counting of entries."""
        self._stop_listing.set()

    def path_of(self, backup: AutomaticBackup) -> Path:
        """Return the path of an automatic backup's file."""
        return self._store.path_of(backup)

    def save(self, target: Path, *, overwrite: bool) -> bool:
        """Start saving a backup; `saved`, `cancelled` or `failed` follows.

        Return False and do nothing while a task runs.
        """

        def run(decision: Decision) -> int:
            return self._store.save(
                target,
                overwrite=overwrite,
                report=lambda share: self._report(decision, share),
                is_cancelled=decision.is_cancelled,
                settle=decision.complete,
            )

        return self._start(run, lambda entries: self.saved.emit(target, entries))

    def check(self, source: Path) -> bool:
        """Start checking a backup; `checked`, `cancelled` or `failed` follows. See `save`."""

        def run(decision: Decision) -> RestorePreview:
            preview = self._store.prepare(source, decision.is_cancelled)
            if not decision.complete():
                self._store.discard()
                raise BackupCancelledError
            return preview

        return self._start(run, self.checked.emit)

    def stage(self, *, with_settings: bool) -> bool:
        """Make the next start restore the checked backup; `staged` or `failed` follows.

        Return False and do nothing while a task runs.
        """

        def run(decision: Decision) -> None:
            if not decision.complete():
                raise BackupCancelledError
            self._store.commit(with_settings=with_settings)

        return self._start(run, lambda _: self.staged.emit())

    @Slot()
    def discard(self) -> None:
        """Drop the checked backup."""
        self._worker.submit(self._store.discard, None, self._on_list_failed)

    @Slot()
    def cancel(self) -> None:
        """Cancel the running task and emit `cancelled` at once. A no-op if none is running.

        A file that is getting its name just now is not taken away, nor is a restore that is being
        prepared for the next start: `saved` or `staged` follows instead.
        """
        if self.running and self._decision.cancel():
            self.running = False
            self.cancelled.emit()

    def stop(self) -> None:
        """Cancel everything when the program ends. `Workers.stop` ends the thread."""
        self._decision.cancel()
        self._stop_listing.set()

    @Slot()
    def note_opened(self) -> None:
        """Emit `restored` if opening the journal completed a restore, or failed to."""
        if (restored := self._take_restored()) is not None:
            self.restored.emit(restored)

    def _start(
        self, task: Callable[[Decision], Answer], on_done: Callable[[Answer], object]
    ) -> bool:
        if self.running:
            return False
        self.running = True
        self._decision = decision = Decision()
        self._stop_listing.set()

        def finish(answer: Answer) -> None:
            self.running = False
            on_done(answer)

        self._worker.submit(
            lambda: task(decision), finish, lambda error: self._on_failed(decision, error)
        )
        return True

    def _report(self, decision: Decision, share: float) -> None:
        now = time.monotonic()
        if now - self._reported_at >= _INTERVAL:
            self._reported_at = now
            self._reported.emit(decision, share)

    @Slot(object, float)
    def _on_reported(self, decision: Decision, share: float) -> None:
        if self.running and decision is self._decision:
            self.progressed.emit(share)

    @Slot(object, object)
    def _on_counted(self, backup: AutomaticBackup, stop: threading.Event) -> None:
        if not stop.is_set():
            self.counted.emit(backup)

    @Slot(object)
    def _on_list_failed(self, error: Exception) -> None:
        if isinstance(error, ReadableError):
            self.failed.emit(error)
        elif not isinstance(error, BackupCancelledError):
            self.crashed.emit(error)

    def _on_failed(self, decision: Decision, error: Exception) -> None:
        if decision.is_cancelled():
            # The person has had the answer; the error is for the log.
            if isinstance(error, ReadableError):
                _log.info("a cancelled task ended with %s", error.code)
            elif not isinstance(error, BackupCancelledError):
                _log.warning("a cancelled task ended with an error", exc_info=error)
            return
        self.running = False
        if isinstance(error, ReadableError):
            self.failed.emit(error)
        else:
            self.crashed.emit(error)
