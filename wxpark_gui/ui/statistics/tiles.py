"""The figures of the whole period in large print, and the legend of the chart."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from wxpark_gui.domain.statistics import Figures, Report
from wxpark_gui.domain.verdict import Severity
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.look.theme import BODY_POINTS
from wxpark_gui.ui.statistics.bars import STACK, draw_part
from wxpark_gui.ui.widgets.labels import plain_label
from wxpark_gui.ui.widgets.wrapping_row import WrappingRow
from wxpark_gui.wording.statistics import NOTHING

_VALUE_POINTS = 20.0
_MARK = 16
_ALWAYS = (Severity.OK, Severity.ARREARS)


class Mark(QWidget):
    """A square in the colour and pattern of a severity."""

    def __init__(self, appearance: Appearance, severity: Severity, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._severity = severity
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        side = self._appearance.length(_MARK)
        return QSize(side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            draw_part(painter, QRectF(self.rect()), self._severity, self._appearance.theme)


class Tile(QFrame):
    """One figure: its name, its value and a remark, which may be empty."""

    def __init__(
        self, appearance: Appearance, parent: QWidget, severity: Severity | None = None
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self.setProperty("card", True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._name = plain_label(self, role="muted")
        self._value = plain_label(self, role="heading")
        self._remark = plain_label(self, role="muted")
        head = QHBoxLayout()
        head.setSpacing(7)
        if severity is not None:
            head.addWidget(Mark(appearance, severity, self))
        head.addWidget(self._name)
        head.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 8, 14, 9)
        column.setSpacing(1)
        column.addLayout(head)
        column.addWidget(self._value)
        column.addWidget(self._remark)

    def show_figure(self, name: str, value: str, remark: str = "") -> None:
        self._name.setText(name)
        self._value.setFont(self._appearance.font(_VALUE_POINTS, bold=True))
        self._value.setText(value)
        # A blank keeps all tiles of one height.
        self._remark.setText(remark or " ")


class Tiles(QWidget):
    """Tiles with the figures of the whole period."""

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._entries = Tile(appearance, self)
        self._ok = Tile(appearance, self, Severity.OK)
        self._arrears = Tile(appearance, self, Severity.ARREARS)
        self._undelivered = Tile(appearance, self, Severity.PENDING)
        self._median = Tile(appearance, self)
        self._outages = Tile(appearance, self)
        self._per_car = Tile(appearance, self)
        row = WrappingRow(10, self)
        for tile in (
            self._entries,
            self._ok,
            self._arrears,
            self._undelivered,
            self._median,
            self._outages,
            self._per_car,
        ):
            row.addWidget(tile)

    def show_report(self, report: Report | None) -> None:
        """Show the figures of the whole period; None shows their names with a dash."""
        wording = self._appearance.wording
        words = wording.statistics
        ok, arrears = (wording.severity(severity) for severity in _ALWAYS)
        if report is None:
            for tile, name in (
                (self._entries, words.entries),
                (self._ok, ok),
                (self._arrears, arrears),
                (self._undelivered, words.undelivered),
                (self._median, words.median),
                (self._outages, words.outages),
                (self._per_car, words.per_car),
            ):
                tile.show_figure(name, NOTHING)
            return
        total = report.total
        self._entries.show_figure(words.entries, f"{total.entries:,}")
        for tile, name, severity in (
            (self._ok, ok, Severity.OK),
            (self._arrears, arrears, Severity.ARREARS),
        ):
            share = words.percent(total.share(severity))
            tile.show_figure(name, share, f"{total.count(severity):,}")
        self._undelivered.show_figure(words.undelivered, f"{total.undelivered:,}")
        self._median.show_figure(
            words.median, words.milliseconds(total.median), words.nearly_all(total.nearly_all)
        )
        length = words.duration(total.outage_seconds) if total.outages else ""
        self._outages.show_figure(words.outages, f"{total.outages:,}", length)
        self._per_car.show_figure(words.per_car, words.seconds_per_car(total.seconds_per_car))


class Legend(QWidget):
    """The severities of a report with their marks, and their numbers in one bar."""

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance
        row = WrappingRow(10, self)
        self._items = {}
        for severity in STACK:
            item = QWidget(self)
            layout = QHBoxLayout(item)
            layout.setContentsMargins(0, 0, 8, 0)
            layout.setSpacing(7)
            label = plain_label(item)
            layout.addWidget(Mark(appearance, severity, item))
            layout.addWidget(label)
            self._items[severity] = item, label
            row.addWidget(item)

    def show_figures(self, report: Report | None, figures: Figures | None) -> None:
        """Show the numbers of one bar or of the whole period; None for `figures` shows 0.

        Each label is as wide as the period's number needs. Severities that do not occur in the
        report are hidden, except OK and arrears.
        """
        words = self._appearance.wording.statistics
        metrics = QFontMetrics(self._appearance.font(BODY_POINTS))
        for severity, (item, label) in self._items.items():
            most = report.total.count(severity) if report else 0
            widest = metrics.horizontalAdvance(words.legend(severity, most))
            label.setMinimumWidth(widest + 2)
            label.setText(words.legend(severity, figures.count(severity) if figures else 0))
            item.setVisible(bool(most) or severity in _ALWAYS)
