"""Table of the rows typed in this run, with each state painted as a pill."""

from __future__ import annotations

import math

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from wxpark_gui.ui.backfill.model import NUMBER, PLATE, SEVERITY_ROLE, STATE, TIME, PaperModel
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.look.icons import icon_renderer
from wxpark_gui.ui.look.theme import BODY_POINTS, edge_pen
from wxpark_gui.ui.recent.delegate import RecentDelegate, draw_fitted
from wxpark_gui.ui.recent.model import PLATE as RECENT_PLATE
from wxpark_gui.ui.widgets.row_table import RowTable
from wxpark_gui.wording import BackfillLabel

_ROW_HEIGHT = 40
_PILL_HEIGHT = 30
_PADDING = 10
_ICON = 18
_EDGE_MOST = 2.5
_ROWS_AT_LEAST = 3
_SCROLL_BAR = 12
_WIDEST = {NUMBER: "0000-00", TIME: "00-00 00:00"}

Index = QModelIndex | QPersistentModelIndex


class PaperDelegate(QStyledItemDelegate):
    """Paints number, time and plate as text, and the state as a pill with icon and words."""

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._recent = RecentDelegate(appearance, parent)

    def column_width(self, column: int) -> int:
        """Return the width in pixels that a column needs in the current language and text size."""
        if column == PLATE:
            return self._recent.column_width(RECENT_PLATE)
        metrics = QFontMetricsF(self._appearance.font(BODY_POINTS))
        if column == STATE:
            wording = self._appearance.wording
            words = (*wording.backfill.states(), *wording.pill_words())
            widest = max(metrics.horizontalAdvance(word) for word in words)
            return math.ceil(widest + self._around_words()) + 2 * _PADDING
        return math.ceil(metrics.horizontalAdvance(_WIDEST[column])) + 2 * _PADDING

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(100, self._appearance.length(_ROW_HEIGHT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._recent.paint_background(painter, option, index.column())
        place, text = QRectF(option.rect), str(index.data() or "")
        if index.column() == STATE:
            self._paint_pill(painter, place, index, text)
        else:
            surfaces = self._appearance.theme.surfaces
            is_plate = index.column() == PLATE
            painter.setPen(QColor(surfaces.text if is_plate else surfaces.muted))
            face = self._appearance.font(BODY_POINTS, bold=is_plate)
            draw_fitted(painter, face, place.adjusted(_PADDING, 0, -4, 0), text)
        painter.restore()

    def _around_words(self) -> float:
        """Return the width in pixels of a pill without its words."""
        return self._appearance.length(_ICON) + 3 * _PADDING + 4

    def _paint_pill(self, painter: QPainter, place: QRectF, index: Index, text: str) -> None:
        severity = index.data(SEVERITY_ROLE)
        fill = self._appearance.theme.fills[severity]
        height = self._appearance.length(_PILL_HEIGHT)
        side, face = self._appearance.length(_ICON), self._appearance.font(BODY_POINTS)
        wanted = QFontMetricsF(face).horizontalAdvance(text) + self._around_words()
        width = min(wanted, place.width() - 2 * _PADDING)
        top = place.center().y() - height / 2
        pill = QRectF(place.left() + _PADDING, top, width, height)
        pen = edge_pen(fill)
        pen.setWidthF(min(fill.edge_width, _EDGE_MOST))
        painter.setPen(pen)
        painter.setBrush(QColor(fill.background))
        painter.drawRoundedRect(pill, height / 2, height / 2)
        icon = QRectF(pill.left() + _PADDING, pill.center().y() - side / 2, side, side)
        icon_renderer(severity.value, fill.text).render(painter, icon)
        painter.setPen(QColor(fill.text))
        words = QRectF(
            QPointF(icon.right() + _PADDING / 2, pill.top()),
            QPointF(pill.right() - _PADDING, pill.bottom()),
        )
        draw_fitted(painter, face, words, text)


class PaperTable(RowTable):
    """The typed rows. A double click opens a row, as Enter does."""

    def __init__(self, appearance: Appearance, model: PaperModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self.setObjectName("backfillTable")
        self.setModel(model)
        self._delegate = PaperDelegate(appearance, self)
        self.setItemDelegate(self._delegate)
        header = self.horizontalHeader()
        header.setSectionsClickable(False)
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(STATE, QHeaderView.ResizeMode.Stretch)
        self.doubleClicked.connect(self.rowOpened)

    def renew(self) -> None:
        """Set name, widths and heights for the current language and text size."""
        self.setAccessibleName(self._appearance.wording.label(BackfillLabel.ROWS))
        height = self._appearance.length(_ROW_HEIGHT)
        self.verticalHeader().setDefaultSectionSize(height)
        self.horizontalHeader().setMinimumSectionSize(1)
        for column in (NUMBER, TIME, PLATE):
            self.setColumnWidth(column, self._delegate.column_width(column))
        self._choose_columns()
        self.setMinimumHeight(_ROWS_AT_LEAST * height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._choose_columns()
        super().resizeEvent(event)

    def _choose_columns(self) -> None:
        """Hide the numbers, then the times, in a table too narrow for all columns."""
        room = self.width() - _SCROLL_BAR
        needed = sum(map(self._delegate.column_width, (NUMBER, TIME, PLATE, STATE)))
        for column in (NUMBER, TIME):
            self.setColumnHidden(column, needed > room)
            if needed > room:
                needed -= self._delegate.column_width(column)
