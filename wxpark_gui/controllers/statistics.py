"""Statistics for the window, read on a thread of their own."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from wxpark_gui.domain.errors import ReadableError
from wxpark_gui.runtime.runner import Worker

if TYPE_CHECKING:
    from wxpark_gui.domain.statistics import Period, Report
    from wxpark_gui.service.statistics import Statistics


@dataclass(frozen=True, slots=True)
class _Answer:
    """Result of one task. `report` is None after the last part, a cancellation or an error."""

    reading: _Reading
    report: Report | None = None
    error: Exception | None = None


class _Reading:
    """One request of a period; `proceed` runs on the worker's thread only."""

    def __init__(self, statistics: Statistics, period: Period) -> None:
        self.cancelled = threading.Event()
        self._reports = statistics.reports(period, self.cancelled.is_set)

    def proceed(self) -> _Answer:
        """Read the next part and return it, or the exception that reading it raised.

        After the last part, or once `cancelled` is set, close the files.
        """
        try:
            report = None if self.cancelled.is_set() else next(self._reports, None)
            if report is None or report.is_complete:
                self._reports.close()
        except Exception as error:  # noqa: BLE001 - the controller tells bugs from causes
            return _Answer(self, error=error)
        return _Answer(self, report)


class StatisticsController(QObject):
    """Reads the statistics of one period at a time, and writes their files.

    Each month of the journal is one task of the thread, so that a new request waits at most for one
    month of the request before.

    Signals:
        partial(Report): a further part of the period was read.
        finished(Report): the whole period was read.
        failed(ReadableError): the journal cannot be read.
        saved(str): the file with that path was written.
        notSaved(ReadableError): a file could not be written.
        crashed(Exception): an exception that is a bug.
    """

    partial = Signal(object)
    finished = Signal(object)
    failed = Signal(object)
    saved = Signal(str)
    notSaved = Signal(object)
    crashed = Signal(object)

    def __init__(self, statistics: Statistics, worker: Worker) -> None:
        super().__init__()
        self._statistics = statistics
        self._worker = worker
        self._reading: _Reading | None = None

    def read(self, period: Period) -> None:
        """Start to read a period; cancel reading another one. Does not block."""
        self.cancel()
        self._reading = _Reading(self._statistics, period)
        self._worker.submit(self._reading.proceed, self._on_answer, self.crashed.emit)

    def cancel(self) -> None:
        """Stop reading; no further report is emitted. A no-op if nothing is read."""
        if self._reading is not None:
            self._reading.cancelled.set()
            # With `cancelled` set this closes the files, on the thread that opened them.
            self._worker.submit(self._reading.proceed, None, self.crashed.emit)
            self._reading = None

    def save(self, path: str, content: bytes) -> None:
        """Write a file without blocking; `saved` or `notSaved` follows."""

        def saved(_nothing: object) -> None:
            self.saved.emit(path)

        self._worker.submit(lambda: self._statistics.save(path, content), saved, self._on_not_saved)

    def stop(self) -> None:
        """Stop reading when the program ends. `Workers.stop` ends the thread."""
        self.cancel()

    @Slot(object)
    def _on_answer(self, answer: _Answer) -> None:
        """Emit a report and continue reading; ignore an answer to an earlier request."""
        reading, report = answer.reading, answer.report
        if reading is not self._reading:
            return
        if answer.error is not None:
            self._reading = None
            if isinstance(answer.error, ReadableError):
                self.failed.emit(answer.error)
            else:
                self.crashed.emit(answer.error)
        elif report is None or report.is_complete:
            self._reading = None
            if report is not None:
                self.finished.emit(report)
        else:
            self._worker.submit(reading.proceed, self._on_answer, self.crashed.emit)
            self.partial.emit(report)

    @Slot(object)
    def _on_not_saved(self, error: Exception) -> None:
        if isinstance(error, ReadableError):
            self.notSaved.emit(error)
        else:
            self.crashed.emit(error)
