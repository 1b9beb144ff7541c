"""The table of the history, on a card, which requests rows before the user scrolls to its end."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHeaderView, QWidget

from wxpark_gui.domain.history import HistoryEntry
from wxpark_gui.ui.history.delegate import HistoryDelegate
from wxpark_gui.ui.history.model import REMARKS, HistoryModel
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.recent.model import PLATE, TIME, VERDICT
from wxpark_gui.ui.widgets.row_table import RowTable

_PAGES_AHEAD = 2
_ROWS_AT_LEAST = 2
_FIXED = (TIME, PLATE, VERDICT)

Index = QModelIndex | QPersistentModelIndex

MOVES = frozenset(
    {
        Qt.Key.Key_Up,
        Qt.Key.Key_Down,
        Qt.Key.Key_PageUp,
        Qt.Key.Key_PageDown,
    }
)
"""Keys that move the selected row, also while the plate field has the focus."""


class HistoryTable(RowTable):
    """Table of the entries found. A double click opens a row, as Enter does.

    Signals:
        rowChosen(): another row was selected, or the selection became empty.
    """

    rowChosen = Signal()

    def __init__(self, appearance: Appearance, model: HistoryModel, parent: QWidget) -> None:
        # Qt lays the table out while it is made.
        self._has_grown_below = False
        super().__init__(parent)
        self._appearance = appearance
        self._model = model
        self._delegate = HistoryDelegate(appearance, self)
        self.setObjectName("historyTable")
        # Qt then moves the rows that stay visible, instead of painting them all.
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().hide()
        self.doubleClicked.connect(self.rowOpened)
        self.selectionModel().selectionChanged.connect(self.rowChosen)
        self.verticalScrollBar().valueChanged.connect(self._fetch_ahead)
        model.rowsInserted.connect(self._select_first)
        self.renew()

    @property
    def delegate(self) -> HistoryDelegate:
        return self._delegate

    @property
    def selected(self) -> HistoryEntry | None:
        """The entry of the selected row; None without a row, or if its entry was dropped."""
        rows = self.selectionModel().selectedRows()
        return self._model.entry(rows[0].row()) if rows else None

    def rowsInserted(self, parent: Index, start: int, end: int) -> None:
        super().rowsInserted(parent, start, end)
        top = start * self.verticalHeader().defaultSectionSize() - self.verticalOffset()
        self._has_grown_below = top >= self.viewport().height()

    def doItemsLayout(self) -> None:
        """Measure the rows. Leave out the repaint after rows were added below the visible ones.

        A page of rows is added while the user scrolls, and a repaint of all would miss a frame.
        """
        if self._has_grown_below:
            self._has_grown_below = False
            self.updateGeometries()
        else:
            super().doItemsLayout()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self.viewport()) as painter:
            painter.fillRect(event.rect(), QColor(self._appearance.theme.surfaces.card))
        super().paintEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_columns()

    def move_row(self, event: QKeyEvent) -> None:
        """Handle a key of `MOVES` that another widget received."""
        super().keyPressEvent(event)

    def renew(self) -> None:
        """Apply text size and language."""
        self.verticalHeader().setDefaultSectionSize(self._delegate.row_height())
        self.setMinimumHeight(_ROWS_AT_LEAST * self._delegate.row_height())
        widths = [self._delegate.column_width(column) for column in _FIXED]
        self.horizontalHeader().setMinimumSectionSize(1)
        self.setMinimumWidth(sum(widths) + self.verticalScrollBar().sizeHint().width())
        self._place_columns()
        self.viewport().update()

    def _place_columns(self) -> None:
        """Divide the width that time and verdict leave between plate and remarks.

        If the remarks do not fit, their column is hidden, and the plate gets the whole rest.
        """
        widths = {column: self._delegate.column_width(column) for column in _FIXED}
        rest = self.viewport().width() - sum(widths.values())
        wanted = self._delegate.column_width(REMARKS)
        self.setColumnHidden(REMARKS, rest < wanted)
        # Without its column a mark such as "Training" stands under the plate.
        self._model.notes_remarks = rest < wanted
        height = self._delegate.row_height(noted=rest < wanted)
        self.verticalHeader().setDefaultSectionSize(height)
        widths[PLATE] += max(0, rest if rest < wanted else (rest - wanted) // 4)
        for column, width in widths.items():
            self.setColumnWidth(column, width)
        if rest >= wanted:
            self.setColumnWidth(REMARKS, self.viewport().width() - sum(widths.values()))

    @Slot()
    def _fetch_ahead(self) -> None:
        bar = self.verticalScrollBar()
        if bar.maximum() - bar.value() < _PAGES_AHEAD * bar.pageStep():
            self._model.fetchMore(QModelIndex())

    @Slot(QModelIndex, int, int)
    def _select_first(self, _parent: QModelIndex, first: int, _last: int) -> None:
        if first == 0:
            self.selectRow(0)
