"""Colours and patterns of the chart's bars, and the scale of its axis."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

from wxpark_gui.domain.verdict import Severity
from wxpark_gui.ui.look.theme import Theme

STACK = (
    Severity.OK,
    Severity.INFO,
    Severity.BLOCKED,
    Severity.CAUTION,
    Severity.ARREARS,
    Severity.UNKNOWN,
    Severity.PENDING,
    Severity.FAILED,
)
"""Severities from the bottom of a bar to its top; adjacent ones differ in lightness or pattern."""

_PATTERNS = {
    Severity.UNKNOWN: Qt.BrushStyle.Dense4Pattern,
    Severity.PENDING: Qt.BrushStyle.BDiagPattern,
    Severity.FAILED: Qt.BrushStyle.DiagCrossPattern,
}
"""Patterns of the severities whose fill is the colour of the card."""

_STEPS = (1, 2, 3, 4, 5, 6, 8)


def draw_part(painter: QPainter, place: QRectF, severity: Severity, theme: Theme) -> None:
    """Fill a part of a bar, or a mark in the legend, in the colour and pattern of a severity."""
    fill = theme.fills[severity]
    painter.fillRect(place, QColor(fill.background))
    if pattern := _PATTERNS.get(severity):
        painter.fillRect(place, QBrush(QColor(fill.edge), pattern))
    if place.width() >= 4 and place.height() >= 3:  # noqa: PLR2004 - the edge takes two pixels
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(fill.edge), 1))
        painter.drawRect(place.adjusted(0.5, 0.5, -0.5, -0.5))


def axis_step(largest: int, lines: int) -> int:
    """Return the smallest round step, such as 3, 40 or 500, with `lines` * step >= `largest`."""
    power = 1
    while True:
        for step in _STEPS:
            if step * power * lines >= largest:
                return step * power
        power *= 10
