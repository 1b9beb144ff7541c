"""Lets an entry leave before the window paints that it was entered.

Painting holds the GIL, which the threads that save and send the entry need for each statement. So
for less than a frame after Enter the plate field and the panel are in their new state, but are not
painted. The request leaves 5 ms earlier ("Enter to painted verdict" of `tests/bench/verdict.py`).
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtWidgets import QWidget

from wxpark_gui.controllers.entries import Entries
from wxpark_gui.ui.entry.form import EntryForm

PAUSE_MS = 10
"""Longest pause. A frame of a screen with 60 Hz takes 17 ms."""


class PaintPause(QObject):
    """Pauses painting from Enter until the exchange starts, or for at most `PAUSE_MS`.

    The next key and the answer of an entry end it too.

    Create it before the parts that change their widgets at Enter, because a change from before the
    pause is painted.
    """

    def __init__(self, form: EntryForm, panel: QWidget, entries: Entries) -> None:
        super().__init__(form)
        self._widgets = form.plate, panel
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(PAUSE_MS)
        self._timer.timeout.connect(self.end)
        form.submitted.connect(self.begin)
        form.edited.connect(self.end)
        entries.started.connect(self.end)
        entries.changed.connect(self.end)

    @Slot()
    def begin(self) -> None:
        """Begin a pause, unless one runs."""
        if not self._timer.isActive():
            self._set_painted(is_painted=False)
            self._timer.start()

    @Slot()
    def end(self) -> None:
        """End the pause, if one runs: what has changed is painted."""
        if not self._widgets[0].updatesEnabled():
            self._timer.stop()
            self._set_painted(is_painted=True)

    def _set_painted(self, *, is_painted: bool) -> None:
        for widget in self._widgets:
            widget.setUpdatesEnabled(is_painted)
