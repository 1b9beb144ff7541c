"""Exports of entries, on a thread of their own and with connections of their own."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot

from wxpark_gui.controllers.decision import Decision
from wxpark_gui.domain.errors import ReadableError
from wxpark_gui.runtime.runner import Worker
from wxpark_gui.runtime.time_slices import TimeSlices

if TYPE_CHECKING:
    from wxpark_gui.domain.export import ExportProgress, ExportResult
    from wxpark_gui.service.export import Export, ExportRequest, RowWords

_INTERVAL = 0.1
"""Seconds between two reports of progress."""

_log = logging.getLogger(__name__)


class Exports(QObject):
    """Writes one file at a time.

    A cancelled export gets no file from the moment of `cancel`. Its temporary files are removed by
    the worker afterwards, and the next export begins after that.

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
    _reported = Signal(object, object)

    def __init__(self, export: Export, worker: Worker) -> None:
        """Keep the given parts.

        `worker` must run no other tasks, which a long export would delay.
        """
        super().__init__()
        self._export = export
        self._worker = worker
        self._slices = TimeSlices()
        self._decision = Decision()
        self._reported_at = 0.0
        self.running = False
        # Emitted by the worker's thread.
        self._reported.connect(self._on_reported, Qt.ConnectionType.QueuedConnection)

    def start(self, request: ExportRequest, words: RowWords) -> bool:
        """Start an export without blocking. Return False and do nothing while one is running."""
        if self.running:
            return False
        self.running = True
        self._decision = decision = Decision()
        self._worker.submit(
            lambda: (decision, self._run(request, words, decision)),
            self._on_finished,
            lambda error: self._on_failed(decision, error),
        )
        return True

    @Slot()
    def cancel(self) -> None:
        """Cancel the running export and emit `cancelled` at once. A no-op if none is running.

        A file that is getting its name just now is not taken away: `finished` follows instead.
        """
        if self.running and self._decision.cancel():
            self.running = False
            self.cancelled.emit()

    def stop(self) -> None:
        """Cancel a running export when the program ends. `Workers.stop` ends the thread."""
        self._decision.cancel()

    def _run(self, request: ExportRequest, words: RowWords, decision: Decision) -> ExportResult:
        def report(progress: ExportProgress) -> None:
            now = time.monotonic()
            if progress.finishing or now - self._reported_at >= _INTERVAL:
                self._reported_at = now
                self._reported.emit(decision, progress)

        def is_cancelled() -> bool:
            self._slices.take()
            return decision.is_cancelled()

        return self._export.run(request, words, report, is_cancelled, decision.complete)

    @Slot(object, object)
    def _on_reported(self, decision: Decision, progress: ExportProgress) -> None:
        if self.running and decision is self._decision:
            self.progressed.emit(progress)

    @Slot(object)
    def _on_finished(self, ended: tuple[Decision, ExportResult]) -> None:
        self.running = False
        self.finished.emit(ended[1])

    def _on_failed(self, decision: Decision, error: Exception) -> None:
        # The first paint does not need the values of an export.
        from wxpark_gui.domain.export import ExportCancelledError  # noqa: PLC0415

        if decision.is_cancelled():
            # The person has had the answer; the error is for the log.
            if isinstance(error, ReadableError):
                _log.info("a cancelled export ended with %s", error.code)
            elif not isinstance(error, ExportCancelledError):
                _log.warning("a cancelled export ended with an error", exc_info=error)
            return
        self.running = False
        if isinstance(error, ReadableError):
            self.failed.emit(error)
        else:
            self.crashed.emit(error)
