"""Time slices for long work in another thread, which the GUI thread grants between its events.

The GUI thread releases the GIL in most calls of Qt and takes it again after them. Beside a thread
that computes, each time costs it up to one switch interval, and a key needs dozens of them. In
slices, a key waits at most for the rest of one.
"""

from __future__ import annotations

import threading
import time

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt

SLICE = 0.001
"""Seconds of work between two waits for the GUI thread."""
LONGEST_WAIT = 0.05
"""Seconds after which work goes on though the GUI thread is still busy."""

_ASKED = QEvent.Type(QEvent.registerEventType())
# Paint events have `LowEventPriority` and come first.
_PRIORITY = Qt.EventPriority.LowEventPriority.value - 1


class TimeSlices(QObject):
    """Grants slices to one working thread at a time. Create it in the GUI thread."""

    def __init__(self) -> None:
        super().__init__()
        self._granted = threading.Event()
        self._granted.set()
        self._ends_at = 0.0

    def take(self) -> None:
        """Return at once within a slice; after it, wait until the GUI thread grants the next one.

        The working thread calls it often. It waits for `LONGEST_WAIT` at most, so that a GUI thread
        that does not return to its event loop never stops the work.
        """
        if time.monotonic() < self._ends_at:
            return
        # A request that was not granted in time is still in the event queue.
        if self._granted.is_set():
            self._granted.clear()
            QCoreApplication.postEvent(self, QEvent(_ASKED), _PRIORITY)
        self._granted.wait(LONGEST_WAIT)
        self._ends_at = time.monotonic() + SLICE

    def customEvent(self, _event: QEvent) -> None:
        """Grant a slice, as all events that came before have been handled."""
        self._granted.set()
