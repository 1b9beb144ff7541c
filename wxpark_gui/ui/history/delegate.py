"""Delegate for the rows of the history. The verdict is a pill, as in the recent list."""

from __future__ import annotations

import math

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize
from PySide6.QtGui import QColor, QFontMetricsF, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from wxpark_gui.ui.history.model import REMARKS
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.look.theme import BODY_POINTS
from wxpark_gui.ui.recent.delegate import RecentDelegate, draw_fitted
from wxpark_gui.ui.recent.model import RECORD_ROLE, TIME, VERDICT

_WIDEST_TIME = "2026-00-00 00:00"
_TIME_PADDING = 24
_REMARKS_WIDTH = 150
_MARK_WIDTH = 5
_LEFT = 8

Index = QModelIndex | QPersistentModelIndex


class HistoryDelegate(QStyledItemDelegate):
    """Paints day and time, plate, pill and remarks. The selected row has a mark at its left."""

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance
        # The times and plates of many pages are all different.
        self._recent = RecentDelegate(appearance, parent, (VERDICT,))

    def column_width(self, column: int) -> int:
        """Return the width in pixels of a column's longest text; for the remarks, a fixed width."""
        if column == TIME:
            metrics = QFontMetricsF(self._appearance.font(BODY_POINTS))
            return math.ceil(metrics.horizontalAdvance(_WIDEST_TIME)) + _TIME_PADDING
        if column == REMARKS:
            return self._appearance.length(_REMARKS_WIDTH)
        return self._recent.column_width(column)

    def row_height(self, *, noted: bool = False) -> int:
        """Return the height in pixels; `noted` leaves room for a second line."""
        return self._recent.row_height(noted=noted)

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(self.column_width(index.column()), self.row_height())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        column = index.column()
        if column not in (TIME, REMARKS) and index.data(RECORD_ROLE) is not None:
            self._recent.paint(painter, option, index)
            return
        painter.save()
        self._recent.paint_background(painter, option, column)
        surfaces = self._appearance.theme.surfaces
        place = QRectF(option.rect)
        if column == TIME and option.state & QStyle.StateFlag.State_Selected:
            mark = QRectF(place.left(), place.top(), _MARK_WIDTH, place.height())
            painter.fillRect(mark, QColor(surfaces.accent))
        painter.setPen(QColor(surfaces.muted))
        inside = place.adjusted(_MARK_WIDTH + _LEFT, 0, -6, 0)
        draw_fitted(painter, self._appearance.font(BODY_POINTS), inside, str(index.data() or ""))
        painter.restore()
