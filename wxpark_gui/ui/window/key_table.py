"""The keys and their meanings as a table of labels."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.widgets.labels import WrappingLabel, plain_label, wrapping_label
from wxpark_gui.ui.window.shortcuts import SHORTCUTS, Text
from wxpark_gui.wording import Wording

_GAP, _LINE_GAP = 20, 8


def key_meanings(wording: Wording) -> tuple[tuple[str, str], ...]:
    """Return key and meaning of each row of the help."""
    return tuple((row.shown, wording.label(row.help)) for row in SHORTCUTS if row.help)


class KeyTable(QWidget):
    """All keys of the help, in one or two columns."""

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setVerticalSpacing(_LINE_GAP)
        self._grid.setHorizontalSpacing(_GAP)
        self._rows: list[tuple[QLabel, WrappingLabel, Text]] = []
        for row in SHORTCUTS:
            if row.help:
                name = plain_label(self, role="heading")
                name.setText(row.shown)
                self._rows.append((name, wrapping_label(self), row.help))
        appearance.changed.connect(self._renew)
        self._renew()

    def arrange(self, columns: int) -> None:
        """Put the keys into one or two columns, read from top to bottom."""
        most = -(-len(self._rows) // columns)
        top = Qt.AlignmentFlag.AlignTop
        for index, (name, meaning, _) in enumerate(self._rows):
            column, row = divmod(index, most)
            self._grid.addWidget(name, row, 2 * column, Qt.AlignmentFlag.AlignRight | top)
            self._grid.addWidget(meaning, row, 2 * column + 1)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnStretch(3, columns - 1)

    @Slot()
    def _renew(self) -> None:
        wording = self._appearance.wording
        for _, meaning, label in self._rows:
            meaning.setText(wording.label(label))
