"""The chart with its title, the figures at its cursor and its legend."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from wxpark_gui.domain.statistics import Report
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.statistics.chart import Chart
from wxpark_gui.ui.statistics.tiles import Legend
from wxpark_gui.ui.widgets.labels import wrapping_label
from wxpark_gui.ui.widgets.wrapping_row import WrappingRow


class ChartCard(QFrame):
    """The chart and the texts around it.

    Attributes:
        chart: emits `valueChanged` when its cursor moves.
    """

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._report: Report | None = None
        self.setProperty("card", True)
        self._title = wrapping_label(self, role="heading")
        self._span = wrapping_label(self, role="muted")
        self.chart = Chart(appearance, self)
        self._sentence = wrapping_label(self, name="statisticsSentence")
        self._legend = Legend(appearance, self)
        titles = WrappingRow(16, parted=True)
        titles.addWidget(self._title)
        titles.addWidget(self._span)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        column.addLayout(titles)
        column.addWidget(self.chart, 1)
        column.addWidget(self._sentence)
        column.addWidget(self._legend)
        self.chart.valueChanged.connect(self.show_bar)

    def show_report(self, report: Report | None) -> None:
        """Show a report in the current language and colours; None hides the legend."""
        self._report = report
        words = self._appearance.wording.statistics
        self._legend.setVisible(report is not None)
        if report is not None:
            self._title.setText(words.chart_title(report.period))
            self._span.setText(words.span(report))
            self.chart.show_report(report)
        self.chart.renew()
        self.show_bar()

    @Slot()
    def show_bar(self) -> None:
        """Show the chart's cursor and the figures of the bar at it.

        Their text always has room for two lines, so that the chart keeps its place.
        """
        report, bar = self._report, self.chart.bar
        words = self._appearance.wording.statistics
        self.chart.shows_cursor = True
        self._legend.show_figures(report, bar.figures if bar else None)
        self._sentence.setMinimumHeight(2 * self._sentence.fontMetrics().lineSpacing())
        self._sentence.setText(words.bar_headline(bar, report.period) if report and bar else "")

    def show_total(self, report: Report) -> None:
        """Show the figures of the whole period without a cursor, for a picture.

        Call `show_bar` afterwards to return to the bar at the cursor.
        """
        self.chart.shows_cursor = False
        self._legend.show_figures(report, report.total)
        self._sentence.setText(self._appearance.wording.statistics.total(report))
