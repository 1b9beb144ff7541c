"""Reads and changes the start at login, off the GUI thread."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from wxpark_gui.domain.errors import ReadableError
from wxpark_gui.runtime.runner import Worker
from wxpark_gui.service.autostart import StartAtLogin


class AutostartSwitch(QObject):
    """Switch of the start at login. No method blocks.

    Signals:
        read(bool): True if the next login starts the program; after `load` and `switch`.
        failed(ReadableError): it could not be read or changed; after a failed change `read` follows
            if it can be read.
        crashed(Exception): an exception that is a bug.
    """

    read = Signal(bool)
    failed = Signal(object)
    crashed = Signal(object)

    def __init__(self, start: StartAtLogin, worker: Worker) -> None:
        super().__init__()
        self._start = start
        self._worker = worker

    @Slot()
    def load(self) -> None:
        """Read the state; `read` or `failed` follows."""
        self._worker.submit(self._start.is_on, self._on_read, self._on_failed)

    def switch(self, *, on: bool) -> None:
        """Turn the start at login on or off; `read` or `failed` follows."""
        self._worker.submit(lambda: self._start.switch(on=on), self._on_read, self._on_not_switched)

    @Slot(object)
    def _on_read(self, on: bool) -> None:
        self.read.emit(on)

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        if isinstance(error, ReadableError):
            self.failed.emit(error)
        else:
            self.crashed.emit(error)

    @Slot(object)
    def _on_not_switched(self, error: Exception) -> None:
        self._on_failed(error)
        self._worker.submit(self._start.is_on, self._on_read, _ignore)


def _ignore(_: object) -> None:
    """Ignore the failure to read, which was told already."""
