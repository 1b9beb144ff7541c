"""Paints the cells of a plate and reports clicks. `PlateEdit` handles the keys."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from wxpark_gui.domain.plate import PROVINCES
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.look.icons import icon_renderer
from wxpark_gui.ui.look.theme import PLATE_POINTS, Surfaces

CELLS = 7
HEIGHT = 94
"""Height of the cells in pixels, before scaling."""

LEAST_HEIGHT = 76
"""Least height of the cells in pixels, before scaling."""

_GAP = 7
_DOT_GAP = 18
_RADIUS = 10
_SPARE_SHARE = 0.52
_PROVINCE_SHARE = 1.38
_LEAF_SHARE = 0.6
_MARGIN = 5
_OUTLINE = 2.0
_LEAST_ROOM = 1.0


class _Look(NamedTuple):
    """Content and marks of one cell.

    Attributes:
        character: at most one; empty for none.
        is_guess: True if the character is suggested, not typed.
        is_current: True if the next key fills the cell.
        is_bad: True if the character is wrong.
        has_leaf: True for the empty eighth cell.
    """

    character: str
    is_guess: bool
    is_current: bool
    is_bad: bool
    has_leaf: bool


class PlateCells(QWidget):
    """Row of one cell per character, at least seven. An empty eighth cell is narrow, with a leaf.

    Signals:
        cellClicked(int): index of the cell pressed; the cell with the leaf is not clickable.
    """

    cellClicked = Signal(int)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._text = ""
        self._cursor = 0
        self._bad: int | None = None
        self._active = False
        self._guess = ""
        self._height, self._shrink = HEIGHT, 1.0
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        appearance.changed.connect(self._renew)
        self._renew()

    def show_plate(self, text: str, cursor: int, bad: int | None, *, active: bool) -> None:
        """Paint a plate.

        Args:
            text: the characters, one for each cell.
            cursor: index of the cell that the next key fills.
            bad: index of the cell with the wrong character; None for none.
            active: True if the plate field has the focus.
        """
        shown = self._text, self._cursor, self._bad, self._active
        if shown != (text, cursor, bad, active):
            before, had_dot = self._looks(), self._has_dot()
            self._text, self._cursor, self._bad, self._active = text, cursor, bad, active
            if self._has_dot() == had_dot:
                self._update_changed(before)
            else:
                self.update()

    def show_guess(self, guess: str) -> None:
        """Paint the rest of a suggested plate in pale letters; an empty `guess` removes it."""
        if guess != self._guess:
            before = self._looks()
            self._guess = guess
            self._update_changed(before)

    def set_height(self, height: int, shrink: float) -> None:
        """Set the preferred height in pixels before scaling, and a factor of at most 1."""
        if (height, shrink) != (self._height, self._shrink):
            self._height, self._shrink = height, shrink
            self._renew()

    def sizeHint(self) -> QSize:
        return QSize(720, self._appearance.length(self._height * self._shrink))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        targets = max(CELLS, len(self._text))
        for index, cell in enumerate(self._cells()[:targets]):
            if cell.contains(event.position()):
                self.cellClicked.emit(index)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            cells = self._cells()
            if self._has_dot():
                self._paint_dot(painter, cells[1], cells[2])
            for cell, look in zip(cells, self._looks(), strict=True):
                if event.region().intersects(_area(cell)):
                    self._paint_cell(painter, cell, look)
                    if look.has_leaf:
                        self._paint_leaf(painter, cell)

    @Slot()
    def _renew(self) -> None:
        self.setMinimumHeight(self._appearance.length(LEAST_HEIGHT * self._shrink))
        self.setMaximumHeight(self._appearance.length(HEIGHT * self._shrink))
        self.updateGeometry()
        self.update()

    @property
    def _surfaces(self) -> Surfaces:
        return self._appearance.theme.surfaces

    def _cells(self) -> list[QRectF]:
        """Return the rectangles of the cells, from left to right.

        An empty eighth cell is narrow.
        """
        shares = [1.0] * max(CELLS, len(self._text))
        if self._has_dot():
            # A province is wider than any letter or digit.
            shares[0] = _PROVINCE_SHARE
        if self._has_spare():
            shares.append(_SPARE_SHARE)
        gaps = _GAP * (len(shares) - 1) + (_DOT_GAP if self._has_dot() else 0)
        width = (self.width() - 2 - gaps) / sum(shares)
        cells, left = [], 1.0
        for index, share in enumerate(shares):
            cells.append(QRectF(left, 1, width * share, self.height() - 2))
            left += width * share + _GAP + (_DOT_GAP if index == 1 and self._has_dot() else 0)
        return cells

    @property
    def points(self) -> float:
        """The font size in points: that of the province or of the digits, whichever is smaller."""
        first, *others = self._cells()
        faces = self._face("粤", first), self._face("8", others[0])
        return min(face.pointSizeF() for face in faces)

    def _has_spare(self) -> bool:
        return len(self._text) <= CELLS

    def _has_dot(self) -> bool:
        """Test if the dot after the area letter is painted: without text, or after a province."""
        return self._text[:1] in ("", *PROVINCES)

    def _paint_dot(self, painter: QPainter, before: QRectF, after: QRectF) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._surfaces.muted))
        middle = QPointF((before.right() + after.left()) / 2, before.center().y())
        painter.drawEllipse(middle, 4, 4)

    def _looks(self) -> list[_Look]:
        """Return the look of each cell, from left to right."""
        text = self._text
        # The cell of the cursor, or the last one of full width.
        current = min(self._cursor, max(CELLS, len(text)) - 1)
        guess = self._guess if self._guess.startswith(text) else ""
        has_spare = self._has_spare()
        count = max(CELLS, len(text)) + has_spare
        return [
            _Look(
                text[index : index + 1] or guess[index : index + 1],
                is_guess=index >= len(text),
                is_current=self._active and index == current,
                is_bad=index == self._bad,
                has_leaf=has_spare and index == CELLS,
            )
            for index in range(count)
        ]

    def _update_changed(self, before: list[_Look]) -> None:
        """Paint the cells that look different now; all, if their number or width has changed."""
        looks = self._looks()
        if (len(looks), looks[-1].has_leaf) != (len(before), before[-1].has_leaf):
            self.update()
            return
        for cell, was, look in zip(self._cells(), before, looks, strict=True):
            if was != look:
                self.update(_area(cell))

    def _paint_cell(self, painter: QPainter, cell: QRectF, look: _Look) -> None:
        edge, width = self._surfaces.border, 2.0
        if look.is_bad:
            edge, width = self._surfaces.problem, 4.0
        elif look.is_current:
            edge, width = self._surfaces.accent, 3.0
        fill = self._surfaces.soft if look.is_current else self._surfaces.field
        painter.setBrush(QColor(self._surfaces.error if look.is_bad else fill))
        pen = QPen(QColor(edge), width)
        if look.has_leaf and not look.is_current:
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        inset = width / 2
        painter.drawRoundedRect(cell.adjusted(inset, inset, -inset, -inset), _RADIUS, _RADIUS)
        if look.character:
            ink = self._surfaces.guess if look.is_guess else self._surfaces.text
            self._paint_character(painter, look.character, cell, ink)

    def _paint_character(
        self, painter: QPainter, character: str, cell: QRectF, ink_colour: str
    ) -> None:
        face = self._face(character, cell)
        metrics = QFontMetricsF(face, self)
        # Digits and letters share the baseline of an 8, so the tail of a Q does not lift it.
        ink = metrics.tightBoundingRect("8" if character.isascii() else character)
        if ink.isEmpty():
            _paint_blank(painter, cell, ink_colour)
            return
        left = cell.center().x() - metrics.horizontalAdvance(character) / 2
        path = QPainterPath()
        path.addText(QPointF(left, cell.center().y() - ink.center().y()), face, character)
        painter.setBrush(QColor(ink_colour))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawPath(path)

    def _face(self, character: str, cell: QRectF) -> QFont:
        """Return the plate font, scaled down if the character does not fit its cell."""
        face = self._appearance.font(PLATE_POINTS * self._shrink, bold=True)
        ink = QFontMetricsF(face, self).tightBoundingRect(character)
        scale = min(
            _shrink(ink.width(), cell.width() - 2 * _MARGIN),
            _shrink(ink.height(), cell.height() - 2 * _MARGIN),
        )
        if scale < 1:
            face.setPointSizeF(face.pointSizeF() * scale)
        return face

    def _paint_leaf(self, painter: QPainter, cell: QRectF) -> None:
        """Paint the new-energy leaf in the empty eighth cell."""
        side = cell.width() * _LEAF_SHARE
        place = QRectF(0, 0, side, side)
        place.moveCenter(cell.center())
        icon_renderer("new-energy", self._surfaces.muted).render(painter, place)


def _paint_blank(painter: QPainter, cell: QRectF, ink_colour: str) -> None:
    """Paint a box for a character without visible glyph."""
    box = cell.adjusted(cell.width() / 4, cell.height() / 4, -cell.width() / 4, -cell.height() / 4)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(ink_colour), _OUTLINE))
    painter.drawRect(box)


def _area(cell: QRectF) -> QRect:
    """Return the pixels of a cell; those of a smooth arc go a fraction of a pixel beyond it."""
    return cell.toAlignedRect().adjusted(-1, -1, 1, 1)


def _shrink(extent: float, room: float) -> float:
    """Return the factor that scales `extent` down to `room`, both in pixels; 1 if it fits.

    A room below one pixel counts as one.
    """
    if extent <= max(room, 0.0):
        return 1.0
    return max(room, _LEAST_ROOM) / extent
