"""The lowest line: the state of the line, what waits, today's count, and the keys."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from wxpark_gui.domain.record import Backlog
from wxpark_gui.service.line import Line, LineState
from wxpark_gui.ui.labels import plain_label
from wxpark_gui.wording import Label, Wording


class StatusStrip(QFrame):
    """Always there, never loud."""

    def __init__(self, wording: Wording, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wording = wording
        self._backlog = Backlog()
        self._dot = plain_label(self)
        self._dot.setText("●")
        self._link = plain_label(self, name="statusLink")
        self._pending = plain_label(self, name="statusPending")
        self._today = plain_label(self, name="statusToday")
        keys = plain_label(self, role="muted")
        keys.setText(wording.label(Label.KEY_HINTS))
        self.setObjectName("statusStrip")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(26, 8, 24, 8)
        layout.setSpacing(8)
        layout.addWidget(self._dot)
        layout.addWidget(self._link)
        for label in (self._pending, self._today):
            layout.addSpacing(14)
            layout.addWidget(label)
        layout.addStretch(1)
        layout.addWidget(keys)
        self.show_line(Line())
        self.show_today(0)
        self._pending.setText(wording.pending(0))

    def show_line(self, line: Line) -> None:
        self._link.setText(self._line_words(line))
        self._link.setToolTip(line.host)
        _set_link(self._dot, line.state.value)

    def show_backlog(self, backlog: Backlog, now: datetime) -> None:
        """How many wait and since when; `now` is aware."""
        self._backlog = backlog
        self.show_time(now)

    def show_time(self, now: datetime) -> None:
        """Let the age of the oldest grow."""
        backlog = self._backlog
        age = (now - backlog.oldest).total_seconds() if backlog.oldest else None
        words = self._wording.pending(backlog.count, age)
        if self._pending.text() != words:
            self._pending.setText(words)

    def show_today(self, count: int) -> None:
        self._today.setText(self._wording.today(count))

    def _line_words(self, line: Line) -> str:
        if line.state is LineState.UP:
            return self._wording.line_up(line.elapsed_ms, standby=line.on_standby)
        if line.state is LineState.DOWN:
            return self._wording.line_down()
        return self._wording.line_untried()


def _set_link(label: QLabel, state: str) -> None:
    label.setProperty("link", state)
    label.style().polish(label)
