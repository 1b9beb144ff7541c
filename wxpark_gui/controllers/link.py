"""Status of the connection to the gateway, which is opened before an entry needs it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.runtime.runner import Worker
from wxpark_gui.service.link_status import LinkState, LinkStatus, status_after
from wxpark_gui.service.ports import Clock
from wxpark_gui.service.submit import Submission

WARM_SECONDS = 20.0
"""Seconds for which a connection opened by `warm_up` is assumed to be open."""


class Link(QObject):
    """Tracks the link status, and opens the live connection while a plate is being typed.

    Signals:
        changed(LinkStatus): the status after an exchange, even if it is the same.
        crashed(Exception): an exception that is a bug.
    """

    changed = Signal(object)
    crashed = Signal(object)

    def __init__(self, submission: Submission, clock: Clock, sending: Worker) -> None:
        """Keep the given parts; `sending` is the thread that owns the live connection."""
        super().__init__()
        self._submission = submission
        self._clock = clock
        self._sending = sending
        self._status = LinkStatus()
        self._warm_until = clock.monotonic()

    @Slot(object)
    def note_record(self, record: EntryRecord) -> None:
        """Update the status from the entry's last outcome and emit `changed`.

        Do nothing if the entry has no outcome.
        """
        if record.outcome is not None:
            self._status = status_after(self._status, record.outcome)
            self.changed.emit(self._status)

    @Slot()
    def warm_up(self) -> None:
        """Open the connection in the background.

        A no-op if that was done lately or the link is down.
        """
        if self._clock.monotonic() < self._warm_until:
            return
        if self._status.state is LinkState.DOWN:
            # Opening would run into its timeout and delay the next entry.
            return
        self._warm_until = self._clock.monotonic() + WARM_SECONDS
        self._sending.submit(self._submission.warm_up, self._on_warm, self.crashed.emit)

    @Slot(object)
    def _on_warm(self, is_open: bool) -> None:
        """Let the next `warm_up` try again if the connection could not be opened."""
        if not is_open:
            self._warm_until = self._clock.monotonic()
