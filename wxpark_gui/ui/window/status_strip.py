"""The status strip: connection, queue, today's count, a new version, the keys."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from wxpark_gui.domain.profiles import profile_labels
from wxpark_gui.domain.record import Backlog
from wxpark_gui.domain.settings import Settings
from wxpark_gui.service.link_status import LinkState, LinkStatus
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.widgets.labels import plain_label, tooltip, wrapping_label
from wxpark_gui.ui.widgets.restyle import restyle
from wxpark_gui.ui.widgets.wrapping_row import WrappingRow
from wxpark_gui.ui.window.shortcuts import SHORTCUTS, Shortcut
from wxpark_gui.wording import Label

if TYPE_CHECKING:
    from wxpark_gui.domain.release import Release

_KEYS = tuple(entry for entry in SHORTCUTS if entry.hint and entry.action)

_GAP, _KEY_GAP = 22, 2
_MARGINS = (26, 8, 24, 8)


class StatusStrip(QFrame):
    """Connection, queue, today's count, a new version and keys.

    If the window is too narrow, F1 is the only key shown.

    Signals:
        actionRequested(Action): the button of a key was pressed.
    """

    actionRequested = Signal(object)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._backlog = Backlog()
        self._labels: Mapping[str, str] = {}
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
        self._keys = [self._make_key(row) for row in _KEYS]
        self.setObjectName("statusStrip")
        self._state = [self._make_link(), self._pending, self._today, self._version]
        state = WrappingRow(_GAP)
        for part in self._state:
            state.addWidget(part)
        keys = WrappingRow(_KEY_GAP)
        for button in self._keys:
            keys.addWidget(button)
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

    @property
    def waiting(self) -> int:
        """Number of open entries."""
        return self._backlog.count

    @Slot(object)
    def show_backlog(self, backlog: Backlog) -> None:
        """Show the number of open entries and the age of the oldest.

        Nothing changes on screen before the first `show_time`.
        """
        self._backlog = backlog
        if self._now is not None:
            self.show_time(self._now)

    def show_settings(self, settings: Settings) -> None:
        """Name the profiles of open entries from now on if there are several profiles."""
        self._labels = profile_labels(settings)
        self.show_backlog(self._backlog)

    def show_time(self, now: datetime) -> None:
        """Update the age of the oldest open entry; `now` is aware."""
        self._now = now
        backlog = self._backlog
        age = (now - backlog.oldest).total_seconds() if backlog.oldest else None
        wording = self._appearance.wording
        pending = wording.pending(backlog.count, age)
        words = wording.profiles.pending(pending, backlog, self._labels)
        if self._pending.text() != words:
            self._pending.setText(words)
            self._choose_keys()

    def show_today(self, count: int) -> None:
        self._today_count = count
        self._today.setText(self._appearance.wording.today(count))
        self._choose_keys()

    @Slot(object)
    def show_release(self, release: Release | None) -> None:
        """Show a newer version, with a tooltip about it; None hides it."""
        self._release = release
        self._version.setVisible(release is not None)
        if release is not None:
            wording = self._appearance.wording
            sentence = wording.release(release)
            self._version.setText(wording.label(Label.NEW_VERSION, version=release.version))
            self._version.setToolTip(tooltip(sentence))
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
        for button, row in zip(self._keys, _KEYS, strict=True):
            button.setText(" ".join([row.shown, wording.label(row.hint)] if row.hint else []))
        self.show_link(self._status)
        self.show_today(self._today_count)
        self.show_release(self._release)
        if self._now is None:
            self._pending.setText(wording.pending(0))
        else:
            self.show_time(self._now)

    def _make_key(self, row: Shortcut) -> QPushButton:
        """Return a button that requests the action of `row`; it never takes the focus."""
        button = QPushButton(self)
        button.setProperty("hint", True)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(lambda: self.actionRequested.emit(row.action))
        return button

    def _make_link(self) -> QWidget:
        """Return one widget with the dot and the text of the connection."""
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
    restyle(label)
