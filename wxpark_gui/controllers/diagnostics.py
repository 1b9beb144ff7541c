"""Collects and saves the diagnostics on a thread of their own."""

from __future__ import annotations

from collections.abc import Sequence
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

    def collect(self, words: ReportWords, findings: Sequence[Finding] | None = None) -> None:
        """Start to collect the files; `collected` or `failed` follows.

        Args:
            findings: findings of a finished doctor's run; None runs the doctor.
        """
        self._worker.submit(
            lambda: tuple(self._diagnostics.collect(words, findings)),
            self._on_collected,
            self._on_failed,
        )

    def save(self, target: Path, files: Sequence[DiagnosticFile], *, overwrite: bool) -> None:
        """Start to save the files as a ZIP file at `target`; `saved` or `failed` follows."""

        def run() -> Path:
            self._diagnostics.save(target, files, overwrite=overwrite)
            return target

        self._worker.submit(run, self._on_saved, self._on_failed)

    @Slot(object)
    def _on_collected(self, files: tuple[DiagnosticFile, ...]) -> None:
        self.collected.emit(files)

    @Slot(object)
    def _on_saved(self, target: Path) -> None:
        self.saved.emit(target)

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        if isinstance(error, ReadableError):
            self.failed.emit(error)
        else:
            self.crashed.emit(error)
