"""The lowest line: the state of the line, what waits, today's count, a new version, the keys."""

from __future__ import annotations

import html
from datetime import datetime

from PySide6.QtCore import Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from wxpark_gui.domain.record import Backlog
from wxpark_gui.domain.release import Release
from wxpark_gui.service.link_status import LinkState, LinkStatus
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.widgets.labels import plain_label, wrapping_label
from wxpark_gui.ui.widgets.wrapping_row import WrappingRow
from wxpark_gui.ui.window.shortcuts import SHORTCUTS
from wxpark_gui.wording import Label

_KEYS = tuple((entry.shown, entry.hint) for entry in SHORTCUTS if entry.hint)

_GAP, _KEY_GAP = 22, 18
_MARGINS = (26, 8, 24, 8)


class StatusStrip(QFrame):
    """Always there, never loud. Where it would need a second line, F1 stands for all keys."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._backlog = Backlog()
        self._status = LinkStatus()
        self._today_count = 0
        self._release: Release | None = None
        self._now: datetime | None = None
        self._dot = plain_label(self)
        self._dot.setText("●")
        self._link = plain_label(self, name="statusLink")
        self._pending = wrapping_label(self, name="statusPending")
        self._today = plain_label(self, name="statusToday")
        self._version = plain_label(self, name="statusVersion")
        self._version.hide()
        self._keys = [plain_label(self, role="muted") for _ in _KEYS]
        self.setObjectName("statusStrip")
        self._state = [self._make_link(), self._pending, self._today, self._version]
        state = WrappingRow(_GAP)
        for part in self._state:
            state.addWidget(part)
        keys = WrappingRow(_KEY_GAP)
        for label in self._keys:
            keys.addWidget(label)
        layout = WrappingRow(_GAP, self, parted=True)
        layout.setContentsMargins(*_MARGINS)
        for row in (state, keys):
            part = QWidget(self)
            part.setLayout(row)
            layout.addWidget(part)
        appearance.changed.connect(self._renew)
        self._renew()

    def show_link(self, status: LinkStatus) -> None:
        self._status = status
        self._link.setText(self._link_words(status))
        self._link.setToolTip(status.host)
        _set_link(self._dot, status.state.value)
        self._choose_keys()

    def show_backlog(self, backlog: Backlog, now: datetime) -> None:
        """How many wait and since when; `now` is aware."""
        self._backlog = backlog
        self.show_time(now)

    def show_time(self, now: datetime) -> None:
        """Let the age of the oldest grow."""
        self._now = now
        backlog = self._backlog
        age = (now - backlog.oldest).total_seconds() if backlog.oldest else None
        words = self._appearance.wording.pending(backlog.count, age)
        if self._pending.text() != words:
            self._pending.setText(words)
            self._choose_keys()

    def show_today(self, count: int) -> None:
        self._today_count = count
        self._today.setText(self._appearance.wording.today(count))
        self._choose_keys()

    @Slot(object)
    def show_release(self, release: Release | None) -> None:
        """That there is a newer version, in two words; where is said to whoever asks."""
        self._release = release
        self._version.setVisible(release is not None)
        if release is not None:
            wording = self._appearance.wording
            sentence = wording.release(release)
            self._version.setText(wording.label(Label.NEW_VERSION, version=release.version))
            # What was written into a file must not be taken for mark-up.
            self._version.setToolTip(f"<span>{html.escape(sentence)}</span>")
            self._version.setAccessibleName(sentence)
        self._choose_keys()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._choose_keys()

    def _choose_keys(self) -> None:
        widths = [part.sizeHint().width() for part in self._state if not part.isHidden()]
        needed = sum(widths) + _GAP * len(widths) + _MARGINS[0] + _MARGINS[2]
        needed += sum(key.sizeHint().width() + _KEY_GAP for key in self._keys)
        for key in self._keys[:-1]:
            key.setVisible(needed <= self.width())

    @Slot()
    def _renew(self) -> None:
        wording = self._appearance.wording
        for label, (key, meaning) in zip(self._keys, _KEYS, strict=True):
            label.setText(f"{key} {wording.label(meaning)}")
        self.show_link(self._status)
        self.show_today(self._today_count)
        self.show_release(self._release)
        if self._now is None:
            self._pending.setText(wording.pending(0))
        else:
            self.show_time(self._now)

    def _make_link(self) -> QWidget:
        """The dot and its words stay together."""
        link = QWidget(self)
        layout = QHBoxLayout(link)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._dot)
        layout.addWidget(self._link)
        return link

    def _link_words(self, status: LinkStatus) -> str:
        wording = self._appearance.wording
        if status.state is LinkState.UP:
            return wording.line_up(status.elapsed_ms, standby=status.on_standby)
        if status.state is LinkState.DOWN:
            return wording.line_down()
        return wording.line_untried()


def _set_link(label: QLabel, state: str) -> None:
    label.setProperty("link", state)
    label.style().polish(label)
