"""Paints the rows of the recent entries. The verdict is a pill: a badge with icon and text."""

from __future__ import annotations

import math
from collections.abc import Collection
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPixmap
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QTableView, QWidget

from wxpark_gui.domain.gateway import is_answered_elsewhere
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.look.icons import icon_pixmap
from wxpark_gui.ui.look.theme import BODY_POINTS, edge_pen
from wxpark_gui.ui.recent.model import NOTE_ROLE, PLATE, RECORD_ROLE, TIME, VERDICT
from wxpark_gui.wording import Wording

if TYPE_CHECKING:
    from PySide6.QtWidgets import QStyle

_ROW_HEIGHT = 46
_NOTE_HEIGHT = 24
_PILL_HEIGHT = 32
_PILL_PADDING = 8
_PILL_EDGE_MOST = 2.5
_ICON = 20
_CELL_PADDING = 10
_FOCUS_WIDTH = 4
_MOST_PICTURES = 64
"""Number of cells that are kept as pictures, of about 40 kB each."""
_MOST_FITTED = 512
"""Number of texts whose size is kept: more than the history shows at once, 60 rows of 8 columns."""
_PLATE_POINTS = 16.5
_WIDEST_TIME = "00:00"
_WIDEST_PLATE = "粤B·F88888"
_LEFT_IN_THE_MIDDLE = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft

Index = QModelIndex | QPersistentModelIndex


class RecentDelegate(QStyledItemDelegate):
    """Paints time, plate and pill of a row, a note beneath them, and a line above.

    It keeps a picture of each cell of some columns, unless the row is selected: a new entry moves
    all rows of the recent list, whose repaint would delay a key. The table must be on a card.
    """

    def __init__(
        self, appearance: Appearance, parent: QWidget, pictured: Collection[int] = ()
    ) -> None:
        """Keep the given parts.

        Args:
            pictured: columns of which pictures are kept.
        """
        super().__init__(parent)
        self._appearance = appearance
        self._pictured = pictured
        self._pictures: dict[tuple[object, ...], QPixmap] = {}
        appearance.changed.connect(self._drop_pictures)
        self._measured: tuple[Wording, float] | None = None
        self._widest_verdict = 0

    def column_width(self, column: int) -> int:
        """Return the width in pixels of a column's longest text, in the present text size."""
        if column == TIME:
            return self._text_width(_WIDEST_TIME, BODY_POINTS) + _CELL_PADDING
        if column == VERDICT:
            return self._pill_width() + _CELL_PADDING
        return self._text_width(_WIDEST_PLATE, _PLATE_POINTS, bold=True) + _CELL_PADDING

    def row_height(self, *, noted: bool = False) -> int:
        return self._appearance.length(_ROW_HEIGHT + (_NOTE_HEIGHT if noted else 0))

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(self.column_width(index.column()), self.row_height())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        column = index.column()
        if column not in self._pictured or option.state & _selected():
            self._paint_cell(painter, option, index)
            return
        size, ratio = option.rect.size(), painter.device().devicePixelRatio()
        # At a broken ratio, a picture of a cell would be blurred.
        if not float(ratio).is_integer():
            self._paint_cell(painter, option, index)
            return
        key: tuple[object, ...] = column, index.data(), size.toTuple(), ratio
        if column == VERDICT:
            record = index.data(RECORD_ROLE)
            key += record.verdict.severity, is_answered_elsewhere(record)
        if size.height() > self.row_height():
            key += self._note_of(option, index)
        picture = self._pictures.get(key)
        if picture is None:
            picture = QPixmap(size * ratio)
            picture.setDevicePixelRatio(ratio)
            picture.fill(QColor(self._appearance.theme.surfaces.card))
            with QPainter(picture) as inner:
                inner.translate(-option.rect.topLeft())
                self._paint_cell(inner, option, index)
            if len(self._pictures) >= _MOST_PICTURES:
                # The oldest one.
                self._pictures.pop(next(iter(self._pictures)))
            self._pictures[key] = picture
        painter.drawPixmap(option.rect.topLeft(), picture)

    @Slot()
    def _drop_pictures(self) -> None:
        self._pictures.clear()

    def _paint_cell(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        place = QRectF(option.rect)
        main = QRectF(place)
        main.setHeight(min(place.height(), self.row_height()))
        painter.save()
        self.paint_background(painter, option, index.column())
        surfaces = self._appearance.theme.surfaces
        text, column = str(index.data()), index.column()
        if column == VERDICT:
            self._paint_pill(painter, main, index.data(RECORD_ROLE), text)
        elif column == TIME:
            face = self._appearance.font(BODY_POINTS)
            painter.setPen(QColor(surfaces.muted))
            draw_fitted(painter, face, main.adjusted(2, 0, -6, 0), text)
        else:
            face = self._appearance.font(_PLATE_POINTS, bold=True)
            painter.setPen(QColor(surfaces.text))
            draw_fitted(painter, face, main.adjusted(2, 0, -6, 0), text)
        if place.height() > main.height():
            self._paint_note(painter, option, index)
        painter.restore()

    def paint_background(
        self, painter: QPainter, option: QStyleOptionViewItem, column: int
    ) -> None:
        """Paint the line above a row, and the selection, framed if the table has the focus."""
        place, surfaces = QRectF(option.rect), self._appearance.theme.surfaces
        if option.state & _selected():
            painter.fillRect(place, QColor(surfaces.soft))
            table = option.widget
            if table.hasFocus():
                accent = QColor(surfaces.accent)
                painter.fillRect(QRectF(place.left(), place.top(), place.width(), 2), accent)
                painter.fillRect(QRectF(place.left(), place.bottom() - 2, place.width(), 2), accent)
                if column == TIME:
                    painter.fillRect(
                        QRectF(place.left(), place.top(), _FOCUS_WIDTH, place.height()), accent
                    )
        line = QRectF(place.left(), place.top(), place.width(), 1)
        painter.fillRect(line, QColor(surfaces.border))

    def _note_of(self, option: QStyleOptionViewItem, index: Index) -> tuple[str, int, int]:
        """Return the note in a cell, and its left and right ends from the cell's left edge.

        The note of a plate extends below the pill; either cell paints its part.
        """
        column, table, width = index.column(), option.widget, option.rect.width()
        if column == TIME or not isinstance(table, QTableView):
            return str(index.data(NOTE_ROLE) or ""), 0, width
        note = str(index.sibling(index.row(), PLATE).data(NOTE_ROLE) or "")
        if column == PLATE:
            return note, 0, width + table.columnWidth(VERDICT)
        return note, -table.columnWidth(PLATE), width

    def _paint_note(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        note, left, right = self._note_of(option, index)
        if note:
            place = QRectF(option.rect)
            painter.setClipRect(place, Qt.ClipOperation.IntersectClip)
            top = place.top() + self.row_height() - self._appearance.length(6)
            below = QRectF(place.left() + left, top, right - left, place.bottom() - 4 - top)
            painter.setPen(QColor(self._appearance.theme.surfaces.muted))
            face = self._appearance.font(BODY_POINTS)
            draw_fitted(painter, face, below.adjusted(2, 0, -6, 0), note)

    def _paint_pill(self, painter: QPainter, place: QRectF, record: EntryRecord, text: str) -> None:
        severity = record.verdict.severity
        theme = self._appearance.theme
        fill = theme.fills[severity]
        is_marked = is_answered_elsewhere(record)
        if is_marked:
            fill = theme.marked(fill)
        height, width = self._appearance.length(_PILL_HEIGHT), self._pill_width()
        top = place.center().y() - height / 2
        pill = QRectF(place.right() - width - 2, top, width - 1, height)
        pen = edge_pen(fill)
        pen.setWidthF(min(fill.edge_width, 2 * _PILL_EDGE_MOST if is_marked else _PILL_EDGE_MOST))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(pen)
        painter.setBrush(QColor(fill.background))
        painter.drawRoundedRect(pill, height / 2, height / 2)
        side = self._appearance.length(_ICON)
        padding = self._appearance.length(_PILL_PADDING)
        icon = QRectF(pill.left() + padding, pill.center().y() - side / 2, side, side)
        ratio = painter.device().devicePixelRatio()
        painter.drawPixmap(icon.topLeft(), icon_pixmap(severity.value, fill.text, side, ratio))
        painter.setPen(QColor(fill.text))
        words = QRectF(
            QPointF(icon.right() + padding, pill.top()),
            QPointF(pill.right() - padding, pill.bottom()),
        )
        draw_fitted(painter, self._appearance.font(BODY_POINTS), words, text)

    def _pill_width(self) -> int:
        """Return the width in pixels of a pill with its icon and the longest text of a verdict.

        The texts are measured once for a language and text size, as every pill needs the width.
        """
        look = self._appearance.wording, self._appearance.scale
        if look != self._measured:
            self._measured = look
            self._widest_verdict = max(
                self._text_width(word, BODY_POINTS)
                for word in self._appearance.wording.pill_words()
            )
        return self._widest_verdict + self._appearance.length(_ICON + 3 * _PILL_PADDING) + 2

    def _text_width(self, text: str, points: float, *, bold: bool = False) -> int:
        face = self._appearance.font(points, bold=bold)
        return math.ceil(QFontMetricsF(face).horizontalAdvance(text))


@cache
def _selected() -> QStyle.StateFlag:
    """Return the state of a selected cell.

    The enumerations of `QStyle` take 9 ms; the list is empty at the first paint.
    """
    from PySide6.QtWidgets import QStyle  # noqa: PLC0415

    return QStyle.StateFlag.State_Selected


def draw_fitted(painter: QPainter, face: QFont, place: QRectF, text: str) -> None:
    """Draw one line of text, in a smaller size if it is too wide, and elided below 9 points."""
    shown, points = _fitted(text, face, place.width())
    if points:
        face = QFont(face)
        face.setPointSizeF(points)
    painter.setFont(face)
    painter.drawText(place, _LEFT_IN_THE_MIDDLE, shown)


@lru_cache(maxsize=_MOST_FITTED)
def _fitted(text: str, face: QFont, width: float) -> tuple[str, float]:
    """Return the text to draw, and a smaller size in points, 0 for the size of the font.

    A repaint of the list draws the same texts again, which take longer to measure than to draw.
    """
    metrics = QFontMetricsF(face)
    needed = metrics.horizontalAdvance(text)
    if needed <= width:
        return text, 0.0
    points = 0.0
    if width > 0:
        points = max(9.0, face.pointSizeF() * width / needed)
        smaller = QFont(face)
        smaller.setPointSizeF(points)
        metrics = QFontMetricsF(smaller)
    return metrics.elidedText(text, Qt.TextElideMode.ElideRight, width + 1), points
