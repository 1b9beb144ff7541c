"""The chart: one bar for each hour, day or month, stacked by severity."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QColor,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QSlider, QWidget

from wxpark_gui.domain.statistics import Bar, Period, Report
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.look.theme import BODY_POINTS
from wxpark_gui.ui.statistics.bars import STACK, axis_step, draw_part

_HEIGHT, _WIDTH = 210, 300
_LINES = 4
_GAP = 10
_WIDEST_BAR = 44
_BAR_SHARE = 0.72


class Chart(QSlider):
    """Bars of a report, with a cursor that the arrow keys, Home, End and the mouse move.

    It is a slider whose value is the index of the bar at the cursor. Screen readers get `sentence`
    as description and announcement. The class exceeds the project's limit of 20 methods: overrides
    of Qt's events, and one for each part of the picture.

    Attributes:
        shows_cursor: False paints no cursor.
    """

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._appearance = appearance
        self._report: Report | None = None
        self.shows_cursor = True
        self.setObjectName("statisticsChart")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setSingleStep(1)
        self.setRange(0, 0)
        self.valueChanged.connect(self._announce)

    @property
    def bar(self) -> Bar | None:
        """The bar at the cursor; None without a report."""
        return self._report.bars[self.value()] if self._report else None

    def show_report(self, report: Report) -> None:
        """Show a report; if its period changed, move the cursor to the bar of `report.as_of`."""
        is_other = self._report is None or self._report.period is not report.period
        self._report = report
        self.blockSignals(True)
        self.setRange(0, len(report.bars) - 1)
        self.blockSignals(False)
        if is_other:
            present = [i for i, bar in enumerate(report.bars) if bar.start <= report.as_of]
            self.setValue(present[-1] if present else 0)
        self.renew()

    def renew(self) -> None:
        """Update the description and the picture in the current language and colours."""
        words = self._appearance.wording.statistics
        name = words.chart_title(self._report.period) if self._report else words.title
        self.setAccessibleName(name)
        self.setAccessibleDescription(self.sentence)
        self.updateGeometry()
        self.update()

    @property
    def sentence(self) -> str:
        """The figures of the bar at the cursor, in one line; empty without a report."""
        bar, report = self.bar, self._report
        if bar is None or report is None:
            return ""
        return self._appearance.wording.statistics.bar_in_words(bar, report.period)

    def sizeHint(self) -> QSize:
        return QSize(self._appearance.length(_WIDTH), self._appearance.length(_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ignore Page Up and Page Down, so that they reach the window."""
        if event.key() in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Move the cursor to the bar at the mouse."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        place, count = self._plot(), self.maximum() + 1
        if place.width() > 0:
            number = int((event.position().x() - place.left()) * count / place.width())
            self.setValue(min(max(0, number), count - 1))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the page, which scrolls with it."""
        event.ignore()

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setFont(self._appearance.font(BODY_POINTS))
            report = self._report
            if report is None:
                return
            if self.shows_cursor:
                self._paint_cursor(painter)
            self._paint_names(painter, report)
            if report.total.entries or not report.is_complete:
                self._paint_axis(painter)
                self._paint_bars(painter, report)
            else:
                painter.setPen(QColor(self._appearance.theme.surfaces.muted))
                flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
                painter.drawText(self._plot(), flags, self._appearance.wording.statistics.empty)

    @Slot(int)
    def _announce(self, _value: int) -> None:
        self.setAccessibleDescription(self.sentence)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, self.sentence))
        self.update()

    def _metrics(self) -> QFontMetricsF:
        return QFontMetricsF(self._appearance.font(BODY_POINTS))

    def _step(self) -> int:
        bars = self._report.bars if self._report else ()
        return axis_step(max((bar.figures.entries for bar in bars), default=0) or _LINES, _LINES)

    def _plot(self) -> QRectF:
        """Return the area of the bars, right of the axis numbers and above the names."""
        metrics = self._metrics()
        left = metrics.horizontalAdvance(str(self._step() * _LINES)) + _GAP
        below = metrics.height() + _GAP
        return QRectF(self.rect()).adjusted(left, metrics.height() / 2, -3, -below)

    def _slot(self, number: int) -> QRectF:
        """Return the column of a bar, over the whole height of the plot."""
        place = self._plot()
        width = place.width() / (self.maximum() + 1)
        return QRectF(place.left() + number * width, place.top(), width, place.height())

    def _paint_axis(self, painter: QPainter) -> None:
        surfaces, place, step = self._appearance.theme.surfaces, self._plot(), self._step()
        for line in range(_LINES + 1):
            y = round(place.bottom() - place.height() * line / _LINES) + 0.5
            painter.setPen(QPen(QColor(surfaces.muted if not line else surfaces.border), 1))
            painter.drawLine(QPointF(place.left(), y), QPointF(place.right(), y))
            painter.setPen(QColor(surfaces.muted))
            height = self._metrics().height()
            where = QRectF(0, y - height / 2, place.left() - _GAP, height)
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(where, flags, str(step * line))

    def _paint_cursor(self, painter: QPainter) -> None:
        """Shade the column at the cursor; with the focus, frame it in the accent colour too."""
        surfaces = self._appearance.theme.surfaces
        column = self._slot(self.value())
        painter.fillRect(column, QColor(surfaces.soft))
        if self.hasFocus():
            painter.setPen(QPen(QColor(surfaces.accent), 2))
            painter.drawRect(column.adjusted(-1, -1, 1, 1))

    def _paint_bars(self, painter: QPainter, report: Report) -> None:
        place, most = self._plot(), self._step() * _LINES
        for number, bar in enumerate(report.bars):
            column = self._slot(number)
            width = min(self._appearance.length(_WIDEST_BAR), column.width() * _BAR_SHARE)
            left = round(column.center().x() - width / 2)
            counted = 0
            for severity in STACK:
                count = bar.figures.count(severity)
                if not count:
                    continue
                bottom = place.bottom() - place.height() * counted / most
                counted += count
                top = place.bottom() - place.height() * counted / most
                part = QRectF(left, round(top), round(width), round(bottom) - round(top))
                draw_part(painter, part, severity, self._appearance.theme)

    def _paint_names(self, painter: QPainter, report: Report) -> None:
        """Write the names of as many bars as there is room for, evenly spaced."""
        words, metrics = self._appearance.wording.statistics, self._metrics()
        names = [words.bar(bar, report.period) for bar in report.bars]
        widest = max(metrics.horizontalAdvance(name) for name in names) + 2 * _GAP
        every = max(1, math.ceil(widest / self._slot(0).width()))
        if report.period is Period.TODAY and every > 1:
            every = next(each for each in (2, 3, 4, 6, 8, 12, 24) if each >= min(every, 24))
        painter.setPen(QColor(self._appearance.theme.surfaces.muted))
        top = self._plot().bottom() + _GAP / 2
        for number in range(0, len(names), every):
            centre = self._slot(number).center().x()
            left = min(max(0.0, centre - widest / 2), self.width() - widest)
            where = QRectF(left, top, widest, metrics.height())
            painter.drawText(where, Qt.AlignmentFlag.AlignCenter.value, names[number])
