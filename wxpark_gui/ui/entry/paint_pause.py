"""Lets an entry leave before the verdict panel paints that it is being saved.

Painting holds the GIL, which the threads that save and send the entry need for each statement. So
for less than a frame after Enter the panel is in its new state, but is not painted. The plate field
is: its paint answers the key, so it does not wait for the entry ("key to paint" of
`tests/bench/busy_keys.py`; with the field paused too, Enter took 17 ms).
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtWidgets import QWidget

from wxpark_gui.controllers.entries import Entries
from wxpark_gui.ui.entry.form import EntryForm

PAUSE_MS = 16
"""Longest pause. A frame of a screen with 60 Hz takes 17 ms."""


class PaintPause(QObject):
    """Pauses the panel's painting from `begin` until the exchange starts, at most for `PAUSE_MS`.

    The next key and the answer of an entry end it too.
    """

    def __init__(self, form: EntryForm, panel: QWidget, entries: Entries) -> None:
        super().__init__(form)
        self._panel = panel
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(PAUSE_MS)
        self._timer.timeout.connect(self.end)
        form.edited.connect(self.end)
        entries.started.connect(self.end)
        entries.changed.connect(self.end)

    def begin(self) -> None:
        """Begin a pause, unless one runs; a change of the panel from before it is painted."""
        if not self._timer.isActive():
            self._panel.setUpdatesEnabled(False)
            self._timer.start()

    @Slot()
    def end(self) -> None:
        """End the pause, if one runs: what has changed is painted."""
        if not self._panel.updatesEnabled():
            self._timer.stop()
            self._panel.setUpdatesEnabled(True)
