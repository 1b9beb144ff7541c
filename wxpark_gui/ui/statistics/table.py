"""The figures of the bars as a table."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QFocusEvent, QFontMetricsF, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QTableView,
    QWidget,
)

from wxpark_gui.domain.statistics import Report
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.look.theme import BODY_POINTS

_PADDING = 26
_ROW_HEIGHT = 30
_ROWS_AT_LEAST = 8
_SCROLL_BAR = 12

Index = QModelIndex | QPersistentModelIndex


class FiguresModel(QAbstractTableModel):
    """Model whose cells and headings are texts."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._columns: Sequence[str] = ()
        self._rows: list[Sequence[str]] = []

    def load(self, columns: Sequence[str], rows: list[Sequence[str]]) -> None:
        """Replace all cells; the selection stays if the numbers of rows and columns do."""
        if rows and (len(columns), len(rows)) == (len(self._columns), len(self._rows)):
            self._columns, self._rows = columns, rows
            last = self.index(len(rows) - 1, len(columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(columns) - 1)
            return
        self.beginResetModel()
        self._columns, self._rows = columns, rows
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's default
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's default
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        text = self._rows[index.row()][index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{self._columns[index.column()]} {text or 0}"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(index.column())
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is not Qt.Orientation.Horizontal or section >= len(self._columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._columns[section]
        return _alignment(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def texts(self, column: int) -> list[str]:
        """Return the heading and the cells of a column."""
        return [self._columns[column], *(row[column] for row in self._rows)]


class FiguresDelegate(QStyledItemDelegate):
    """Delegate that measures the width of a column's texts."""

    def __init__(self, appearance: Appearance, model: FiguresModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._model = model

    def column_width(self, column: int) -> int:
        """Return the width in pixels of a column's longest text, in the present text size."""
        metrics = QFontMetricsF(self._appearance.font(BODY_POINTS))
        widest = max(metrics.horizontalAdvance(text) for text in self._model.texts(column))
        return math.ceil(widest) + _PADDING


class FiguresTable(QTableView):
    """Table with one row for each bar. Tab leaves it, and printable keys reach the window.

    Attributes:
        whole_width: width in pixels that shows all columns; 0 before `show_report`.
    """

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self.setObjectName("statisticsTable")
        self.whole_width = 0
        self._figures = FiguresModel(self)
        self.setModel(self._figures)
        self._delegate = FiguresDelegate(appearance, self._figures, self)
        self.setItemDelegate(self._delegate)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setCornerButtonEnabled(False)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setSectionsClickable(False)
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setMinimumSectionSize(1)

    def show_report(self, report: Report | None) -> None:
        words = self._appearance.wording.statistics
        self.setAccessibleName(words.table)
        rows = [words.row(bar, report.period) for bar in report.bars] if report else []
        self._figures.load(words.columns(), rows)
        widths = [self._delegate.column_width(each) for each in range(len(words.columns()))]
        for column, width in enumerate(widths):
            self.setColumnWidth(column, width)
        height = self._appearance.length(_ROW_HEIGHT)
        self.verticalHeader().setDefaultSectionSize(height)
        self.horizontalHeader().setFixedHeight(height)
        self.setMinimumHeight(_ROWS_AT_LEAST * height)
        self.whole_width = sum(widths) + _SCROLL_BAR

    def show_row(self, row: int) -> None:
        """Select a row and make it visible."""
        self.selectRow(row)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the selected row visible."""
        super().resizeEvent(event)
        self.scrollTo(self.currentIndex())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ignore printable keys, so that they reach the window."""
        if event.text() and event.text().isprintable():
            event.ignore()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
