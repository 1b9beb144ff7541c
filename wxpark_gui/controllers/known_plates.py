"""Reads the plates that were entered before, for suggestions, without delaying the journal."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import timedelta

from PySide6.QtCore import QObject, Signal, Slot

from wxpark_gui.domain.known_plates import MOST_PLATES, KnownPlates
from wxpark_gui.runtime.runner import Worker
from wxpark_gui.service.ports import Clock, JournalReader

KNOWN_FOR = timedelta(days=90)
"""Plates entered within this time are read, at most `MOST_PLATES`."""


class KnownPlatesReader(QObject):
    """Reads the known plates once, and adds the plates of new entries.

    The plates are read on a connection and a thread of their own: counting the entries of three
    months takes a third of a second, longer on a slow disk, and would delay the saving of an entry.

    Signals:
        loaded(KnownPlates): the plates were read; later ones are added to the same object.
        failed(Exception): the journal could not be read.
    """

    loaded = Signal(object)
    failed = Signal(object)

    def __init__(
        self, open_reader: Callable[[], JournalReader], clock: Clock, worker: Worker
    ) -> None:
        """Take the function that opens the journal; it runs in the thread of `worker`."""
        super().__init__()
        self._open_reader = open_reader
        self._clock = clock
        self._worker = worker
        self._known: KnownPlates | None = None
        self._added: list[str] = []

    def load(self) -> None:
        """Start reading; `loaded` or `failed` follows."""
        since = self._clock.now() - KNOWN_FOR

        def read() -> KnownPlates:
            with closing(self._open_reader()) as reader:
                return KnownPlates(reader.visits(since, MOST_PLATES))

        self._worker.submit(read, self._on_read, self._on_failed)

    def add(self, plate: str) -> None:
        """Add the plate of an entry that was just saved."""
        if self._known is None:
            self._added.append(plate)
        else:
            self._known.add(plate)

    @Slot(object)
    def _on_read(self, known: KnownPlates) -> None:
        # These may be missing in what was read; a plate that is not missing counts twice.
        for plate in self._added:
            known.add(plate)
        self._added.clear()
        self._known = known
        self.loaded.emit(known)

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self.failed.emit(error)
