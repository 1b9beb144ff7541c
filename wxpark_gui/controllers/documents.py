"""Saves documents to print, such as the sheet of the help, in the user's folder for documents."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from wxpark_gui.domain.errors import ReadableError
from wxpark_gui.runtime.runner import Worker
from wxpark_gui.service.shift_book import Documents


class DocumentSaver(QObject):
    """Renders and saves documents on a worker's thread. No method blocks.

    Signals:
        saved(Path): a document was written to this path.
        failed(ReadableError): no document was written, because of this error.
        crashed(Exception): an exception that is a bug.
    """

    saved = Signal(object)
    failed = Signal(object)
    crashed = Signal(object)

    def __init__(self, documents: Documents, worker: Worker) -> None:
        super().__init__()
        self._documents = documents
        self._worker = worker

    def save(self, name: str, render: Callable[[], bytes]) -> None:
        """Start to write a document; `saved` or `failed` follows.

        Args:
            name: file name; illegal characters are replaced, and a number is added if it is taken.
            render: returns the content; runs on the worker's thread, so it may touch no widget.
        """
        self._worker.submit(
            lambda: self._documents.save(name, render()), self._on_saved, self._on_failed
        )

    @Slot(object)
    def _on_saved(self, path: Path) -> None:
        self.saved.emit(path)

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        if isinstance(error, ReadableError):
            self.failed.emit(error)
        else:
            self.crashed.emit(error)
