"""List of the keys and their actions, shown over the window until F1 or Esc."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Slot
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QVBoxLayout, QWidget

from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.widgets.labels import plain_label, wrapping_label
from wxpark_gui.ui.widgets.page import Page
from wxpark_gui.ui.window.shortcuts import SHORTCUTS, Text
from wxpark_gui.wording import Label

_EDGE = 40
_MOST_COLUMNS = 2
_FRAME = 24
"""Pixels that borders and a scroll bar add to the content."""


class HelpOverlay(QFrame):
    """Overlay with the table of keys. It is not modal: the window keeps receiving keys."""

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._window = parent
        self.setObjectName("helpOverlay")
        content = QWidget()
        # Reparenting a part later would style it a second time.
        page = Page(content, self)
        self._grid = QGridLayout(content)
        self._grid.setContentsMargins(36, 28, 36, 28)
        self._grid.setHorizontalSpacing(30)
        self._grid.setVerticalSpacing(12)
        self._title = plain_label(content, role="heading")
        self._grid.addWidget(self._title, 0, 0, 1, 2)
        self._names: list[QLabel] = []
        self._meanings: list[tuple[QLabel, Text]] = []
        for entry in SHORTCUTS:
            if entry.help:
                name = plain_label(content, role="heading")
                name.setText(entry.shown)
                self._names.append(name)
                self._meanings.append((wrapping_label(content), entry.help))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(page)
        # Height to spare stays below the keys.
        self._grid.setRowStretch(len(self._names) + 1, 1)
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
        """Centre the overlay, in the size of its content but at most its parent's less `_EDGE`."""
        room = self._window.size() - QSize(_EDGE, _EDGE)
        sizes = {columns: self._arrange(columns, room.width()) for columns in (1, _MOST_COLUMNS)}
        # One column reads better; two are for windows that it does not fit.
        is_too_high = sizes[1].height() > max(room.height(), sizes[_MOST_COLUMNS].height())
        size = self._arrange(_MOST_COLUMNS if is_too_high else 1, room.width())
        place = QRect(QPoint(), size.boundedTo(room))
        place.moveCenter(self._window.rect().center())
        self.setGeometry(place)

    def _arrange(self, columns: int, room: int) -> QSize:
        """Put the keys into one or two columns; return the overlay's size, at most `room` wide."""
        most = -(-len(self._names) // columns)
        top = Qt.AlignmentFlag.AlignTop
        for index, name in enumerate(self._names):
            column, row = divmod(index, most)
            meaning, _ = self._meanings[index]
            self._grid.addWidget(name, row + 1, 2 * column, Qt.AlignmentFlag.AlignRight | top)
            self._grid.addWidget(meaning, row + 1, 2 * column + 1)
        for column in range(_MOST_COLUMNS):
            self._grid.setColumnStretch(2 * column + 1, int(column < columns))
        width = min(self._grid.totalSizeHint().width() + _FRAME, room)
        return QSize(width, self._grid.totalHeightForWidth(width - _FRAME) + _FRAME)
