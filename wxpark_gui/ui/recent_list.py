"""The newest entries beside the form, each with a pill in the colours of its verdict."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
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
from wxpark_gui.ui.icons import icon_renderer
from wxpark_gui.ui.labels import plain_label
from wxpark_gui.ui.recent_model import PLATE, RECORD_ROLE, TIME, VERDICT, RecentModel
from wxpark_gui.ui.theme import BODY_POINTS, Theme, font
from wxpark_gui.ui.verdict_panel import edge_pen
from wxpark_gui.wording import Label, Wording

ROW_HEIGHT = 46
PILL_WIDTH = 124
_TIME_WIDTH = 60
_PILL_HEIGHT = 32
_PILL_EDGE_MOST = 2.5
_ICON = 20
_PLATE_POINTS = 16.5


class RecentDelegate(QStyledItemDelegate):
    """Paints a row: time, plate, pill, and a line beneath."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(super().sizeHint(option, index).width(), ROW_HEIGHT)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        place, state = QRectF(option.rect), option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        surfaces = self._theme.surfaces
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(place, QColor(surfaces.soft))
        painter.setPen(QPen(QColor(surfaces.border), 1))
        painter.drawLine(place.topLeft(), place.topRight())
        text = str(index.data())
        if index.column() == VERDICT:
            self._paint_pill(painter, place, index.data(RECORD_ROLE), text)
        else:
            is_time = index.column() == TIME
            face = font(BODY_POINTS) if is_time else font(_PLATE_POINTS, bold=True)
            painter.setPen(QColor(surfaces.muted if is_time else surfaces.text))
            self._draw_fitted(painter, face, place.adjusted(2, 0, -6, 0), text)
        painter.restore()

    def _paint_pill(self, painter: QPainter, place: QRectF, record: EntryRecord, text: str) -> None:
        severity = record.verdict.severity
        fill = self._theme.fills[severity]
        top = place.center().y() - _PILL_HEIGHT / 2
        pill = QRectF(place.right() - PILL_WIDTH - 2, top, PILL_WIDTH - 1, _PILL_HEIGHT)
        pen = edge_pen(fill)
        pen.setWidthF(min(fill.edge_width, _PILL_EDGE_MOST))
        painter.setPen(pen)
        painter.setBrush(QColor(fill.background))
        painter.drawRoundedRect(pill, _PILL_HEIGHT / 2, _PILL_HEIGHT / 2)
        icon = QRectF(pill.left() + 8, pill.center().y() - _ICON / 2, _ICON, _ICON)
        icon_renderer(severity.value, fill.text).render(painter, icon)
        painter.setPen(QColor(fill.text))
        words = QRectF(
            QPointF(icon.right() + 6, pill.top()), QPointF(pill.right() - 5, pill.bottom())
        )
        self._draw_fitted(painter, font(BODY_POINTS), words, text)

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

    def __init__(self, empty: str, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._empty = empty
        self._theme = theme

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.text() and event.text().isprintable():
            event.ignore()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.model().rowCount():
            painter = QPainter(self.viewport())
            painter.setPen(QColor(self._theme.surfaces.muted))
            painter.drawText(
                self.viewport().rect(), Qt.AlignmentFlag.AlignCenter.value, self._empty
            )
            painter.end()


class RecentList(QFrame):
    """The list of the newest entries."""

    def __init__(self, wording: Wording, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
        self.setMinimumWidth(352)
        self.model = RecentModel(wording, self)
        self._table = _Table(wording.label(Label.RECENT_EMPTY), theme, self)
        self._table.setObjectName("recentTable")
        self._table.setAccessibleName(wording.label(Label.RECENT))
        self._table.setModel(self.model)
        self._table.setItemDelegate(RecentDelegate(theme, self._table))
        self._dress()
        heading = plain_label(self, role="heading")
        heading.setText(wording.label(Label.RECENT))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 12, 12)
        layout.setSpacing(10)
        layout.addWidget(heading)
        layout.addWidget(self._table)

    @property
    def selected(self) -> EntryRecord | None:
        """The entry someone pointed at."""
        rows = self._table.selectionModel().selectedRows()
        record = rows[0].data(RECORD_ROLE) if rows else None
        return record if isinstance(record, EntryRecord) else None

    def upsert(self, record: EntryRecord) -> None:
        if self.model.upsert(record) == 0:
            self._table.scrollToTop()

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
        table.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        header = table.horizontalHeader()
        header.hide()
        header.setMinimumSectionSize(_TIME_WIDTH)
        header.setSectionResizeMode(TIME, QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(PLATE, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(VERDICT, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(TIME, _TIME_WIDTH)
        header.resizeSection(VERDICT, PILL_WIDTH + 6)
