"""Geometry of the verdict panel: icon, title, plate and texts, at two sizes."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QLabel, QWidget

from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.look.theme import BODY_POINTS, TITLE_POINTS
from wxpark_gui.ui.widgets.labels import FittedLabel

PLATE_POINTS = 30.0
SMALL_ADVICE_POINTS = 16.0
"""Size of the advice in a low panel."""

_ROOMY = 330
_TITLE_SHARE = 0.6
_MUCH = 1 << 20
_ICON_GAP = 34
_TITLE_GAP = 8
_CORNER_GAP = 16
_LEAST_HEIGHT = 158
_SPARE_MARGIN = 14
_MOST_HEIGHTS = 256


@dataclass(frozen=True, slots=True)
class _Style:
    """Sizes before scaling: text in points, the rest in pixels."""

    title: float
    advice: float
    icon: int
    margin: tuple[int, int]
    gap: int


_LARGE = _Style(TITLE_POINTS, 19.0, 148, (36, 30), 14)
_SMALL = _Style(56.0, SMALL_ADVICE_POINTS, 84, (28, 11), 2)


@dataclass(frozen=True, slots=True)
class PanelParts:
    """Widgets of the verdict panel.

    Attributes:
        corner: optional widget at the lower right; the texts leave room for it unless it is hidden.
    """

    icon: QLabel
    title: FittedLabel
    plate: FittedLabel
    advice: QLabel
    small: QLabel
    corner: QWidget | None = None


class VerdictLayout:
    """Places advice and small text at the bottom, with icon and headline centred above them.

    The headline is the title with the plate below it; in a low panel the plate is to its right.

    Attributes:
        shrink: factor of the size of icon, title, plate and margins, at most 1.
    """

    def __init__(self, appearance: Appearance) -> None:
        self._appearance = appearance
        self.shrink = 1.0
        self._heights: dict[tuple[str, float, float, int], int] = {}

    @property
    def least_height(self) -> int:
        return self._least_height(self.shrink)

    def height_for_width(self, parts: PanelParts, width: int, shrink: float) -> int:
        """Return the least height in pixels that shows every line at the small size.

        Args:
            shrink: as the attribute, for any layout.
        """
        top = max(self._length(_SMALL.icon * shrink), self._line_height(_SMALL.title * shrink))
        return max(self._needed(parts, _SMALL, width, top, shrink), self._least_height(shrink))

    def _is_roomy(self, parts: PanelParts, area: QRect) -> bool:
        """Test if `area` shows every line at the large size."""
        if area.height() < self._length(_ROOMY):
            return False
        plate = self._line_height(PLATE_POINTS * self.shrink) if parts.plate.text() else 0
        top = self._line_height(_LARGE.title * self.shrink) + plate
        return area.height() >= self._needed(parts, _LARGE, area.width(), top, self.shrink)

    def _needed(self, parts: PanelParts, style: _Style, width: int, top: int, shrink: float) -> int:
        """Return the height in pixels that a style needs when its headline is `top` pixels high."""
        horizontal, vertical = self._margins(style, shrink)
        corner = self._corner_size(parts.corner)
        room = width - 2 * horizontal - corner.width()
        texts = self._text_height(parts.advice, style.advice, room)
        texts += self._text_height(parts.small, BODY_POINTS, room)
        texts = max(texts, corner.height())
        return top + texts + 2 * vertical + 2 * self._length(style.gap)

    def place(self, parts: PanelParts, area: QRect) -> int:
        """Set fonts and geometry of the parts; return the icon's edge in pixels."""
        roomy = self._is_roomy(parts, area)
        style = _LARGE if roomy else _SMALL
        horizontal, vertical = self._margins(style, self.shrink)
        if not roomy:
            # The texts keep away from the edge, which is wide for a failure, if there is room.
            spare = area.height() - self.height_for_width(parts, area.width(), self.shrink)
            vertical += max(0, min(spare // 4, self._length(_SPARE_MARGIN)))
        room = area.adjusted(horizontal, vertical, -horizontal, -vertical)
        gap = self._length(style.gap)
        corner = self._place_corner(parts.corner, room)
        width = room.width() - corner.width()
        for label, points in ((parts.small, BODY_POINTS), (parts.advice, style.advice)):
            height = self._text_height(label, points, width)
            label.setFont(self._appearance.font(points))
            label.setGeometry(room.left(), room.bottom() + 1 - height, width, height)
            room.setBottom(room.bottom() - height - (gap if height else 0))
        if corner.isValid():
            room.setBottom(min(room.bottom(), corner.top() - 1))
        side = max(1, min(self._length(style.icon * self.shrink), room.height()))
        top = room.top() + (room.height() - side) // 2
        parts.icon.setGeometry(room.left(), top, side, side)
        room.setLeft(parts.icon.geometry().right() + self._length(_ICON_GAP))
        parts.title.set_points(style.title * self.shrink)
        parts.plate.set_points(PLATE_POINTS * self.shrink)
        (_place_above if roomy else self._place_beside)(parts, room)
        return side

    def _place_beside(self, parts: PanelParts, room: QRect) -> None:
        """Place the title, and the plate to its right."""
        share = _TITLE_SHARE if parts.plate.text() else 1.0
        width = round(room.width() * share)
        gap = self._length(_TITLE_GAP)
        parts.title.setGeometry(room.left(), room.top(), width - gap, room.height())
        parts.plate.setGeometry(room.adjusted(width, 0, 0, 0))

    def _corner_size(self, corner: QWidget | None) -> QSize:
        """Return the corner widget's size with the gap at its left.

        The size is 0 × 0 if there is no corner widget or it is hidden.
        """
        if corner is None or corner.isHidden():
            return QSize(0, 0)
        size = corner.sizeHint()
        return QSize(size.width() + self._length(_CORNER_GAP), size.height())

    def _place_corner(self, corner: QWidget | None, room: QRect) -> QRect:
        """Place the corner widget.

        Return its area with the gap, invalid if it is None or hidden.
        """
        size = self._corner_size(corner)
        area = QRect(room.right() + 1 - size.width(), room.bottom() + 1 - size.height(), 0, 0)
        area.setSize(size)
        if corner is not None and area.isValid():
            corner.setGeometry(area.adjusted(self._length(_CORNER_GAP), 0, 0, 0))
        return area

    def _least_height(self, shrink: float) -> int:
        shrinking = _SMALL.icon + 2 * _SMALL.margin[1]
        return self._length(_LEAST_HEIGHT - shrinking * (1 - shrink))

    def _margins(self, style: _Style, shrink: float) -> tuple[int, int]:
        horizontal, vertical = style.margin
        return self._length(horizontal * shrink), self._length(vertical * shrink)

    def _line_height(self, points: float) -> int:
        return QFontMetrics(self._appearance.font(points)).height()

    def _text_height(self, label: QLabel, points: float, width: int) -> int:
        """Return the height in pixels of a label's text at a width; 0 without text.

        The last heights are kept, because Qt's layouts ask for each many times.
        """
        text = label.text()
        if not text:
            return 0
        key = text, points, self._appearance.scale, width
        height = self._heights.get(key)
        if height is None:
            if len(self._heights) >= _MOST_HEIGHTS:
                self._heights.clear()
            metrics = QFontMetrics(self._appearance.font(points))
            flags = Qt.TextFlag.TextWordWrap
            bounds = metrics.boundingRect(0, 0, max(1, width), _MUCH, flags, text)
            height = self._heights[key] = bounds.height()
        return height

    def _length(self, pixels: float) -> int:
        return self._appearance.length(pixels)


def _place_above(parts: PanelParts, room: QRect) -> None:
    """Place the title above the plate, together vertically centred in `room`."""
    title = parts.title.sizeHint().height()
    plate = parts.plate.sizeHint().height() if parts.plate.text() else 0
    top = room.top() + max(0, room.height() - title - plate) // 2
    parts.title.setGeometry(room.left(), top, room.width(), title)
    parts.plate.setGeometry(room.left(), top + title, room.width(), plate)
