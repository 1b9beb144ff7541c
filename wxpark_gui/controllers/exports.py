"""Exports of entries, on a thread of their own and with connections of their own."""

from __future__ import annotations

import threading
import time

from PySide6.QtCore import QObject, Qt, Signal, Slot

from wxpark_gui.domain.errors import ReadableError
from wxpark_gui.domain.export import ExportCancelledError, ExportProgress, ExportResult
from wxpark_gui.runtime.runner import Worker
from wxpark_gui.runtime.switch_interval import short_turns
from wxpark_gui.service.export import Export, ExportRequest, RowWords

_INTERVAL = 0.1
"""Seconds between two reports of progress."""


class Exports(QObject):
    """Writes one file at a time.

    Attributes:
        running: True from `start` until `finished`, `cancelled`, `failed` or `crashed`.

    Signals:
        progressed(ExportProgress): rows were written; at most ten times a second, and once more
            after the last row.
        finished(ExportResult): the file is complete.
        cancelled(): no file was written.
        failed(ReadableError): no file was written, because of this error.
        crashed(Exception): no file was written, because of a bug.
    """

    progressed = Signal(object)
    finished = Signal(object)
    cancelled = Signal()
    failed = Signal(object)
    crashed = Signal(object)
    _reported = Signal(object)

    def __init__(self, export: Export, worker: Worker) -> None:
        """Keep the given parts.

        `worker` must run no other tasks, which a long export would delay.
        """
        super().__init__()
        self._export = export
        self._worker = worker
        self._stop = threading.Event()
        self._reported_at = 0.0
        self.running = False
        # Emitted by the worker's thread.
        self._reported.connect(self._on_reported, Qt.ConnectionType.QueuedConnection)

    def start(self, request: ExportRequest, words: RowWords) -> bool:
        """Start an export without blocking. Return False and do nothing while one is running."""
        if self.running:
            return False
        self.running = True
        self._stop.clear()
        self._worker.submit(lambda: self._run(request, words), self._on_finished, self._on_failed)
        return True

    @Slot()
    def cancel(self) -> None:
        """Request the end of the running export; `cancelled` follows unless it ended before."""
        self._stop.set()

    def stop(self) -> None:
        """Cancel a running export when the program ends. `Workers.stop` ends the thread."""
        self._stop.set()

    def _run(self, request: ExportRequest, words: RowWords) -> ExportResult:
        with short_turns():
            return self._export.run(request, words, self._report, self._stop.is_set)

    def _report(self, progress: ExportProgress) -> None:
        now = time.monotonic()
        if progress.finishing or now - self._reported_at >= _INTERVAL:
            self._reported_at = now
            self._reported.emit(progress)

    @Slot(object)
    def _on_reported(self, progress: ExportProgress) -> None:
        if self.running:
            self.progressed.emit(progress)

    @Slot(object)
    def _on_finished(self, result: ExportResult) -> None:
        self.running = False
        self.finished.emit(result)

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self.running = False
        if isinstance(error, ExportCancelledError):
            self.cancelled.emit()
        elif isinstance(error, ReadableError):
            self.failed.emit(error)
        else:
            self.crashed.emit(error)
