"""The colours of verdicts with what to do, made from the verdicts themselves."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from wxpark_gui.domain.delivery import Cause, DeliveryState, Outcome
from wxpark_gui.domain.verdict import DeductMode, Severity, UserState, judge
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.look.icons import icon_renderer
from wxpark_gui.ui.look.theme import BODY_POINTS, Fill, edge_pen
from wxpark_gui.ui.widgets.labels import WrappingLabel, wrapping_label
from wxpark_gui.wording import Label, Wording

_UNSTATED = "…"
"""Stands for any value of `user_state` without a documented meaning."""
_BADGE_HEIGHT, _EDGE_MOST = 38, 4
_ICON_SHARE, _PADDING_SHARE = 0.6, 0.35
_GAP, _COLUMN_GAP, _LINE_GAP = 14, 30, 10


def _answered(state: str, mode: DeductMode = DeductMode.AUTOPAY) -> Outcome:
    return Outcome(Cause.ANSWERED, user_state=state, deduct_mode=mode.value)


_CASES = (
    (DeliveryState.ANSWERED, _answered(UserState.NORMAL.value)),
    (DeliveryState.ANSWERED, _answered(UserState.NORMAL.value, DeductMode.PROACTIVE)),
    (DeliveryState.ANSWERED, _answered(UserState.OVERDUE.value)),
    (DeliveryState.ANSWERED, _answered(UserState.BLOCKED.value)),
    (DeliveryState.ANSWERED, _answered(UserState.PAUSED.value)),
    (DeliveryState.ANSWERED, _answered(UserState.VEHICLE_AUTH_ERROR.value)),
    (DeliveryState.ANSWERED, _answered(UserState.NOT_BOUND.value)),
    (DeliveryState.ANSWERED, _answered(UserState.UNAUTHORIZED.value)),
    (DeliveryState.ANSWERED, _answered(_UNSTATED)),
    (DeliveryState.WAITING, None),
    (DeliveryState.REFUSED, Outcome(Cause.CONTENT_REFUSED)),
    (DeliveryState.REFUSED, Outcome(Cause.SIGNATURE_REFUSED)),
    (DeliveryState.EXPIRED, Outcome(Cause.OFFLINE)),
)
"""Outcomes that show the advice of each severity."""


@dataclass(frozen=True, slots=True)
class LegendRow:
    """One severity in words.

    Attributes:
        word: its name.
        advice: what to do, one line for each of its states.
    """

    severity: Severity
    word: str
    advice: tuple[str, ...]


def legend(wording: Wording) -> tuple[LegendRow, ...]:
    """Return a row for each severity, with the sentences that the verdict panel shows for it."""
    advice: dict[Severity, list[str]] = {}
    for delivery, outcome in _CASES:
        verdict = judge(delivery, outcome, None)
        words = wording.verdict(verdict)
        line = words.advice
        if words.title != wording.severity(verdict.severity):
            line = wording.label(Label.NAMED_PROBLEM, name=words.title, problem=line)
        advice.setdefault(verdict.severity, []).append(line)
    return tuple(
        LegendRow(severity, wording.severity(severity), tuple(lines))
        for severity, lines in advice.items()
    )


def badge_width(height: float, words_width: float) -> float:
    """Return the width of a badge with a word of this width; both in the painter's units."""
    return words_width + height * (_ICON_SHARE + 3 * _PADDING_SHARE)


def paint_badge(
    painter: QPainter, place: QRectF, fill: Fill, icon: QSvgRenderer, text: tuple[str, QFont]
) -> None:
    """Paint fill, edge, icon and word of a severity.

    Args:
        icon: in the colour of the fill's text.
        text: the word and its font.
    """
    height = place.height()
    pen = edge_pen(fill)
    pen.setWidthF(min(fill.edge_width, _EDGE_MOST) * height / _BADGE_HEIGHT)
    inset = pen.widthF() / 2
    painter.setPen(pen)
    painter.setBrush(QColor(fill.background))
    painter.drawRoundedRect(
        place.adjusted(inset, inset, -inset, -inset), height * 0.2, height * 0.2
    )
    side, padding = height * _ICON_SHARE, height * _PADDING_SHARE
    corner = QRectF(place.left() + padding, place.center().y() - side / 2, side, side)
    icon.render(painter, corner)
    painter.setPen(QColor(fill.text))
    word, face = text
    painter.setFont(face)
    words = place.adjusted(side + 2 * padding, 0, 0, 0)
    flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    painter.drawText(words, flags, word)


class SeverityBadge(QWidget):
    """A severity as the verdict panel shows it, in the size of a button."""

    def __init__(self, severity: Severity, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self.severity = severity
        self._appearance = appearance
        self.setProperty("severity", severity.value)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        appearance.changed.connect(self._renew)
        self._renew()

    def sizeHint(self) -> QSize:
        height = self._appearance.length(_BADGE_HEIGHT)
        words = QFontMetricsF(self._font()).horizontalAdvance(self._word())
        return QSize(math.ceil(badge_width(height, words)), height)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        fill = self._appearance.theme.fills[self.severity]
        icon = icon_renderer(self.severity.value, fill.text)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint_badge(painter, QRectF(self.rect()), fill, icon, (self._word(), self._font()))

    def _word(self) -> str:
        return self._appearance.wording.severity(self.severity)

    def _font(self) -> QFont:
        return self._appearance.font(BODY_POINTS, bold=True)

    @Slot()
    def _renew(self) -> None:
        self.setAccessibleName(self._word())
        self.updateGeometry()
        self.update()


class LegendTable(QWidget):
    """All severities, each with its badge and its advice, in one or two columns."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setVerticalSpacing(_LINE_GAP)
        self._grid.setHorizontalSpacing(_GAP)
        self._rows: list[tuple[SeverityBadge, WrappingLabel]] = [
            (SeverityBadge(row.severity, appearance, self), wrapping_label(self))
            for row in legend(appearance.wording)
        ]
        appearance.changed.connect(self._renew)
        self._renew()

    def arrange(self, columns: int) -> None:
        """Put the rows into one or two columns, read from top to bottom."""
        most = -(-len(self._rows) // columns)
        middle = Qt.AlignmentFlag.AlignVCenter
        for index, (badge, advice) in enumerate(self._rows):
            column, row = divmod(index, most)
            self._grid.addWidget(badge, row, 3 * column, middle)
            self._grid.addWidget(advice, row, 3 * column + 1)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnStretch(4, columns - 1)
        self._grid.setColumnMinimumWidth(2, (columns - 1) * (_COLUMN_GAP - 2 * _GAP))

    @Slot()
    def _renew(self) -> None:
        for (_, label), row in zip(self._rows, legend(self._appearance.wording), strict=True):
            label.setText("\n".join(row.advice))
