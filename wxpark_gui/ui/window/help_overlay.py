"""List of the keys and their actions, shown over the window until F1 or Esc."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Slot
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QVBoxLayout, QWidget

from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.widgets.labels import plain_label, wrapping_label
from wxpark_gui.ui.widgets.page import Page
from wxpark_gui.ui.window.shortcuts import SHORTCUTS
from wxpark_gui.wording import HistoryLabel, Label

_EDGE = 40
_FRAME = 24
"""Pixels that borders and a scroll bar add to the content."""


class HelpOverlay(QFrame):
    """Overlay with the table of keys. It is not modal: the window keeps receiving keys."""

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._window = parent
        self.setObjectName("helpOverlay")
        content = QWidget(self)
        self._grid = QGridLayout(content)
        self._grid.setContentsMargins(36, 28, 36, 28)
        self._grid.setHorizontalSpacing(30)
        self._grid.setVerticalSpacing(12)
        self._grid.setColumnStretch(1, 1)
        self._title = plain_label(content, role="heading")
        self._grid.addWidget(self._title, 0, 0, 1, 2)
        self._meanings: list[tuple[QLabel, Label | HistoryLabel]] = []
        rows = [(entry.shown, entry.help) for entry in SHORTCUTS if entry.help]
        for row, (key, label) in enumerate(rows, start=1):
            name = plain_label(content, role="heading")
            name.setText(key)
            meaning = wrapping_label(content)
            self._meanings.append((meaning, label))
            top = Qt.AlignmentFlag.AlignTop
            self._grid.addWidget(name, row, 0, Qt.AlignmentFlag.AlignRight | top)
            self._grid.addWidget(meaning, row, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(Page(content, self))
        appearance.changed.connect(self._renew)
        self._renew()
        self.hide()

    def toggle(self) -> None:
        """Show the overlay in the middle of its parent, or hide it."""
        if self.isVisible():
            self.hide()
            return
        self._place()
        self.raise_()
        self.show()

    @Slot()
    def _renew(self) -> None:
        wording = self._appearance.wording
        self.setAccessibleName(wording.label(Label.HELP_TITLE))
        self._title.setText(wording.label(Label.HELP_TITLE))
        for meaning, label in self._meanings:
            meaning.setText(wording.label(label))
        if self.isVisible():
            self._place()

    def _place(self) -> None:
        """Centre the overlay at the size of its content, at most its parent's less `_EDGE`."""
        room = self._window.size() - QSize(_EDGE, _EDGE)
        width = min(self._grid.totalSizeHint().width() + _FRAME, room.width())
        height = self._grid.totalHeightForWidth(width - _FRAME) + _FRAME
        place = QRect(0, 0, width, min(height, room.height()))
        place.moveCenter(self._window.rect().center())
        self.setGeometry(place)
