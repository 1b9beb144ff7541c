"""The newest entries beside the form, each with a pill in the colours of its verdict."""

from __future__ import annotations

import math

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
    Slot,
)
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.look.icons import icon_renderer
from wxpark_gui.ui.look.theme import BODY_POINTS, edge_pen
from wxpark_gui.ui.recent.model import PLATE, RECORD_ROLE, TIME, VERDICT, RecentModel
from wxpark_gui.ui.widgets.labels import plain_label
from wxpark_gui.wording import Label

_ROW_HEIGHT = 46
_PILL_HEIGHT = 32
_PILL_PADDING = 8
_PILL_EDGE_MOST = 2.5
_ICON = 20
_CELL_PADDING = 10
_SCROLL_BAR = 12
_PLATE_POINTS = 16.5
_WIDEST_TIME = "00:00"
_WIDEST_PLATE = "粤B·F88888"
_ROWS_AT_LEAST = 4
_MARGINS = (16, 14, 12, 12)


class RecentDelegate(QStyledItemDelegate):
    """Paints a row: time, plate, pill, and a line beneath."""

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance

    def column_width(self, column: int) -> int:
        """What the longest text of a column needs, in the language and at the size of now."""
        if column == TIME:
            return self._text_width(_WIDEST_TIME, BODY_POINTS) + _CELL_PADDING
        if column == VERDICT:
            return self._pill_width() + _CELL_PADDING
        return self._text_width(_WIDEST_PLATE, _PLATE_POINTS, bold=True) + _CELL_PADDING

    def row_height(self) -> int:
        return self._appearance.length(_ROW_HEIGHT)

    def sizeHint(
        self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(self.column_width(index.column()), self.row_height())

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        place, state = QRectF(option.rect), option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        surfaces = self._appearance.theme.surfaces
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(place, QColor(surfaces.soft))
        painter.setPen(QPen(QColor(surfaces.border), 1))
        painter.drawLine(place.topLeft(), place.topRight())
        text = str(index.data())
        if index.column() == VERDICT:
            self._paint_pill(painter, place, index.data(RECORD_ROLE), text)
        else:
            is_time = index.column() == TIME
            points = BODY_POINTS if is_time else _PLATE_POINTS
            face = self._appearance.font(points, bold=not is_time)
            painter.setPen(QColor(surfaces.muted if is_time else surfaces.text))
            self._draw_fitted(painter, face, place.adjusted(2, 0, -6, 0), text)
        painter.restore()

    def _paint_pill(self, painter: QPainter, place: QRectF, record: EntryRecord, text: str) -> None:
        severity = record.verdict.severity
        fill = self._appearance.theme.fills[severity]
        height, width = self._appearance.length(_PILL_HEIGHT), self._pill_width()
        top = place.center().y() - height / 2
        pill = QRectF(place.right() - width - 2, top, width - 1, height)
        pen = edge_pen(fill)
        pen.setWidthF(min(fill.edge_width, _PILL_EDGE_MOST))
        painter.setPen(pen)
        painter.setBrush(QColor(fill.background))
        painter.drawRoundedRect(pill, height / 2, height / 2)
        side = self._appearance.length(_ICON)
        padding = self._appearance.length(_PILL_PADDING)
        icon = QRectF(pill.left() + padding, pill.center().y() - side / 2, side, side)
        icon_renderer(severity.value, fill.text).render(painter, icon)
        painter.setPen(QColor(fill.text))
        words = QRectF(
            QPointF(icon.right() + padding, pill.top()),
            QPointF(pill.right() - padding, pill.bottom()),
        )
        self._draw_fitted(painter, self._appearance.font(BODY_POINTS), words, text)

    def _pill_width(self) -> int:
        """Room for the icon and the longest word that any verdict has."""
        widest = max(
            self._text_width(word, BODY_POINTS) for word in self._appearance.wording.pill_words()
        )
        return widest + self._appearance.length(_ICON + 3 * _PILL_PADDING) + 2

    def _text_width(self, text: str, points: float, *, bold: bool = False) -> int:
        face = self._appearance.font(points, bold=bold)
        return math.ceil(QFontMetricsF(face).horizontalAdvance(text))

    @staticmethod
    def _draw_fitted(painter: QPainter, face: QFont, place: QRectF, text: str) -> None:
        metrics = QFontMetricsF(face)
        needed = metrics.horizontalAdvance(text)
        if needed > place.width() > 0:
            face.setPointSizeF(max(9.0, face.pointSizeF() * place.width() / needed))
            metrics = QFontMetricsF(face)
        painter.setFont(face)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, place.width() + 1)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(place, flags, shown)


class _Table(QTableView):
    """A table that leaves letters and digits to the plate."""

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.text() and event.text().isprintable():
            event.ignore()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.model().rowCount():
            with QPainter(self.viewport()) as painter:
                painter.setPen(QColor(self._appearance.theme.surfaces.muted))
                painter.drawText(
                    self.viewport().rect(),
                    Qt.AlignmentFlag.AlignCenter.value,
                    self._appearance.wording.label(Label.RECENT_EMPTY),
                )


class RecentList(QFrame):
    """The list of the newest entries."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self.setProperty("card", True)
        self.model = RecentModel(appearance, self)
        self._table = _Table(appearance, self)
        self._table.setObjectName("recentTable")
        self._table.setModel(self.model)
        self._delegate = RecentDelegate(appearance, self._table)
        self._table.setItemDelegate(self._delegate)
        self._dress()
        self._heading = plain_label(self, role="heading")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*_MARGINS)
        layout.setSpacing(10)
        layout.addWidget(self._heading)
        layout.addWidget(self._table)
        appearance.changed.connect(self._renew)
        self._renew()

    @property
    def selected(self) -> EntryRecord | None:
        """The entry someone pointed at."""
        rows = self._table.selectionModel().selectedRows()
        record = rows[0].data(RECORD_ROLE) if rows else None
        return record if isinstance(record, EntryRecord) else None

    @property
    def plates(self) -> list[str]:
        """The plates of the list, newest first, each once."""
        return self.model.plates()

    def upsert(self, record: EntryRecord) -> None:
        if self.model.upsert(record) == 0:
            self._table.scrollToTop()

    @Slot()
    def _renew(self) -> None:
        """Make room for the words of the language, at the size of the letters."""
        heading = self._appearance.wording.label(Label.RECENT)
        self._heading.setText(heading)
        self._table.setAccessibleName(heading)
        rows, header = self._table.verticalHeader(), self._table.horizontalHeader()
        rows.setDefaultSectionSize(self._delegate.row_height())
        widths = {column: self._delegate.column_width(column) for column in (TIME, PLATE, VERDICT)}
        header.setMinimumSectionSize(min(widths.values()))
        for column in (TIME, VERDICT):
            header.resizeSection(column, widths[column])
        self._table.setMinimumHeight(_ROWS_AT_LEAST * self._delegate.row_height())
        self.setMinimumWidth(sum(widths.values()) + _MARGINS[0] + _MARGINS[2] + _SCROLL_BAR)
        self._table.viewport().update()

    def _dress(self) -> None:
        table = self._table
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        table.setTabKeyNavigation(False)
        table.setShowGrid(False)
        table.verticalHeader().hide()
        header = table.horizontalHeader()
        header.hide()
        header.setSectionResizeMode(TIME, QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(PLATE, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(VERDICT, QHeaderView.ResizeMode.Fixed)
