"""Collects and saves the diagnostics on a thread of their own."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from wxpark_gui.domain.errors import ReadableError
from wxpark_gui.runtime.runner import Worker

if TYPE_CHECKING:
    from wxpark_gui.domain.diagnostics import DiagnosticFile
    from wxpark_gui.domain.health import Finding
    from wxpark_gui.service.diagnostics import Diagnostics, ReportWords


class DiagnosticsSaver(QObject):
    """Collects the files of the diagnostics, and saves them. No method blocks.

    A new request drops the answer to the former one.

    Signals:
        collected(tuple[DiagnosticFile, ...]): the files.
        saved(Path): the ZIP file is complete.
        failed(ReadableError): no file was written, because of this error.
        crashed(Exception): an exception that is a bug.
    """

    collected = Signal(object)
    saved = Signal(object)
    failed = Signal(object)
    crashed = Signal(object)

    def __init__(self, diagnostics: Diagnostics, worker: Worker) -> None:
        """Take a worker of its own: collecting can occupy it for half a minute."""
        super().__init__()
        self._diagnostics = diagnostics
        self._worker = worker
        self._cancelled = threading.Event()

    def collect(self, words: ReportWords, findings: Sequence[Finding] | None = None) -> None:
        """Start to collect the files; `collected` or `failed` follows.

        Args:
            findings: findings of a finished doctor's run; None runs the doctor.
        """
        cancelled = self._begin()
        self._worker.submit(
            lambda: tuple(self._diagnostics.collect(words, findings, cancelled.is_set)),
            partial(self._on_collected, cancelled),
            partial(self._on_failed, cancelled),
        )

    def save(self, target: Path, files: Sequence[DiagnosticFile], *, overwrite: bool) -> None:
        """Start to save the files as a ZIP file at `target`; `saved` or `failed` follows."""
        cancelled = self._begin()

        def run() -> Path:
            self._diagnostics.save(target, files, overwrite=overwrite)
            return target

        self._worker.submit(
            run, partial(self._on_saved, cancelled), partial(self._on_failed, cancelled)
        )

    @Slot()
    def cancel(self) -> None:
        """Stop collecting; no answer follows. A file that is being saved is completed."""
        self._cancelled.set()

    def stop(self) -> None:
        """Stop collecting when the program ends. `Workers.stop` ends the thread."""
        self.cancel()

    def _begin(self) -> threading.Event:
        """Cancel the former request; return the event that cancels the new one."""
        self.cancel()
        self._cancelled = threading.Event()
        return self._cancelled

    def _on_collected(self, cancelled: threading.Event, files: tuple[DiagnosticFile, ...]) -> None:
        if not cancelled.is_set():
            self.collected.emit(files)

    def _on_saved(self, cancelled: threading.Event, target: Path) -> None:
        if not cancelled.is_set():
            self.saved.emit(target)

    def _on_failed(self, cancelled: threading.Event, error: Exception) -> None:
        if not isinstance(error, ReadableError):
            self.crashed.emit(error)
        elif not cancelled.is_set():
            self.failed.emit(error)
