"""The statistics window."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QItemSelection, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QBoxLayout,
    QDialog,
    QFrame,
    QPushButton,
    QScrollBar,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from wxpark_gui.controllers.statistics import StatisticsController
from wxpark_gui.domain.errors import ReadableError
from wxpark_gui.domain.statistics import Period, Report
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.statistics.chart_card import ChartCard
from wxpark_gui.ui.statistics.files import FileSaver
from wxpark_gui.ui.statistics.table import FiguresTable
from wxpark_gui.ui.statistics.tiles import Tiles
from wxpark_gui.ui.widgets.fields import SegmentedChoice
from wxpark_gui.ui.widgets.labels import plain_label, wrapping_label
from wxpark_gui.ui.widgets.page import Page
from wxpark_gui.ui.widgets.wrapping_row import WrappingRow
from wxpark_gui.wording import Label

_TABLE_KEY, _PICTURE_KEY = "T", "P"
_EDGES = 140
"""Pixels of the width that the edges of window, page and cards take."""
_LEAST_WIDTH = 340
"""Least width of a message in unscaled pixels; in less room it gets a line of its own."""


class StatisticsWindow(QDialog):
    """Figures, chart and table of a period. Not modal, so that plates can be typed meanwhile.

    Keys: 1 to 4 choose the period and read it again, T and P save, Esc closes. The class exceeds
    the project's limit of 20 methods: one slot for each signal and key.
    """

    def __init__(
        self, controller: StatisticsController, appearance: Appearance, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._controller = controller
        self._appearance = appearance
        self._report: Report | None = None
        self._error: ReadableError | None = None
        self._read = 0.0
        self.setObjectName("statisticsWindow")
        # The parent deletes the timer, so that it cannot fire after the window is gone.
        self._settle = QTimer(self, singleShot=True)
        self._settle.timeout.connect(self._arrange)
        self._saver = FileSaver(appearance, self)
        self._build()
        self._lay_out()
        self._connect()
        appearance.changed.connect(self._renew)
        self._renew()
        self._chart.setFocus()

    def read(self) -> None:
        """Read the chosen period; show the last report until the first part of the new one."""
        self._error = None
        self._read = 0.0
        self._controller.read(self._period.value)
        self._renew_state()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Scroll the page by Page Up and Page Down."""
        scrolls = {
            Qt.Key.Key_PageUp: QScrollBar.SliderAction.SliderPageStepSub,
            Qt.Key.Key_PageDown: QScrollBar.SliderAction.SliderPageStepAdd,
        }
        if action := scrolls.get(Qt.Key(event.key())):
            self._page.verticalScrollBar().triggerAction(action)
        else:
            super().keyPressEvent(event)

    def _build(self) -> None:
        content = self._content = QWidget(self)
        self._title = plain_label(self, role="heading")
        self._period = SegmentedChoice(tuple(Period), self)
        self._tiles = Tiles(self._appearance, content)
        self._chart_card = ChartCard(self._appearance, content)
        self._chart = self._chart_card.chart
        self._table = FiguresTable(self._appearance, content)
        self._notes = wrapping_label(content, name="statisticsNotes", role="muted")
        self._state = wrapping_label(self, name="statisticsState")
        self._retry = QPushButton(self)
        self._save_table = QPushButton(self)
        self._save_picture = QPushButton(self)
        self._close = QPushButton(self)
        self._close.setDefault(True)

    def _lay_out(self) -> None:
        head = WrappingRow(16, parted=True)
        head.addWidget(self._title)
        head.addWidget(self._period)
        table_card = _card(self._content)
        table_column = QVBoxLayout(table_card)
        table_column.setContentsMargins(12, 10, 8, 10)
        table_column.addWidget(self._table)
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._columns.setSpacing(12)
        self._columns.addWidget(self._chart_card, 1)
        self._columns.addWidget(table_card)
        column = QVBoxLayout(self._content)
        column.setContentsMargins(0, 0, 6, 0)
        column.setSpacing(12)
        column.addWidget(self._tiles)
        column.addLayout(self._columns, 1)
        column.addWidget(self._notes)
        buttons = WrappingRow(10)
        for button in (self._retry, self._save_table, self._save_picture, self._close):
            buttons.addWidget(button)
        keys = QWidget(self)
        keys.setLayout(buttons)
        stretching = self._state.sizePolicy()
        stretching.setHorizontalPolicy(QSizePolicy.Policy.Expanding)
        self._state.setSizePolicy(stretching)
        foot = WrappingRow(10)
        foot.addWidget(self._state)
        foot.addWidget(keys)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(19, 14, 13, 12)
        layout.setSpacing(12)
        layout.addLayout(head)
        self._page = Page(self._content, self)
        layout.addWidget(self._page, 1)
        layout.addLayout(foot)

    def _connect(self) -> None:
        controller = self._controller
        controller.partial.connect(self._on_report)
        controller.finished.connect(self._on_report)
        controller.failed.connect(self._on_failed)
        # The notice strip tells of the bug; no figures will come.
        controller.crashed.connect(self.reject)
        controller.saved.connect(self._on_saved)
        controller.notSaved.connect(self._on_not_saved)
        self._saver.fileChosen.connect(controller.save)
        self._period.chosen.connect(self.read)
        self._chart.valueChanged.connect(self._on_cursor)
        self._table.selectionModel().selectionChanged.connect(self._on_selected)
        self._retry.clicked.connect(self.read)
        self._save_table.clicked.connect(self._ask_for_table)
        self._save_picture.clicked.connect(self._ask_for_picture)
        self._close.clicked.connect(self.reject)
        for number, period in enumerate(Period, start=1):
            self._add_key(str(number)).activated.connect(partial(self._choose, period))
        self._add_key("F9").activated.connect(self.read)
        self._add_key(_TABLE_KEY).activated.connect(self._ask_for_table)
        self._add_key(_PICTURE_KEY).activated.connect(self._ask_for_picture)

    def _add_key(self, key: str) -> QShortcut:
        return QShortcut(QKeySequence(key), self)

    def _choose(self, period: Period) -> None:
        if self._period.value is period:
            self.read()
        else:
            self._period.choose(period)

    @Slot()
    def _ask_for_table(self) -> None:
        if self._report is not None and self._report.is_complete:
            self._saver.ask_for_table(self._report)

    @Slot()
    def _ask_for_picture(self) -> None:
        if self._report is not None and self._report.is_complete:
            self._chart_card.show_total(self._report)
            self._saver.ask_for_picture(self._report, [self._tiles, self._chart_card])
            self._chart_card.show_bar()

    @Slot(object)
    def _on_report(self, report: Report) -> None:
        self._report = report
        self._error = None
        self._read = report.read
        self._show_report()
        self._renew_state()

    @Slot(object)
    def _on_failed(self, error: ReadableError) -> None:
        self._error = error
        self._renew_state()

    @Slot(str)
    def _on_saved(self, path: str) -> None:
        self._show_state(self._appearance.wording.statistics.saved(Path(path).name))

    @Slot(object)
    def _on_not_saved(self, error: ReadableError) -> None:
        self._show_state(self._appearance.wording.failure(error).sentences, problem=True)

    @Slot(int)
    def _on_cursor(self, number: int) -> None:
        self._table.show_row(number)

    @Slot(QItemSelection, QItemSelection)
    def _on_selected(self, selected: QItemSelection, _before: QItemSelection) -> None:
        if selected.indexes():
            self._chart.setValue(selected.indexes()[0].row())

    def _show_report(self) -> None:
        report, words = self._report, self._appearance.wording.statistics
        self._tiles.show_report(report)
        self._chart_card.show_report(report)
        self._table.show_report(report)
        if report is not None:
            self._table.show_row(self._chart.value())
            self._notes.setText(words.notes(report))
        for button in (self._save_table, self._save_picture):
            button.setEnabled(report is not None and report.is_complete)
        self._arrange()

    def _renew_state(self) -> None:
        """Show the progress of reading, the error, or the archives that could not be read."""
        wording = self._appearance.wording
        self._retry.setVisible(self._error is not None)
        if self._error is not None:
            self._show_state(wording.failure(self._error).sentences, problem=True)
        elif self._read < 1:
            self._show_state(wording.statistics.reading(self._read))
        else:
            skipped = wording.statistics.skipped(self._report) if self._report else ""
            self._show_state(skipped, problem=bool(skipped))

    def _show_state(self, sentence: str, *, problem: bool = False) -> None:
        self._state.setText(sentence)
        # Not beside the buttons if it would wrap at every word there.
        least = self._appearance.length(_LEAST_WIDTH) if sentence else 0
        self._state.setMinimumWidth(least)
        self._state.setAccessibleName(sentence)
        self._state.setProperty("role", "problem" if problem else "muted")
        self._state.style().polish(self._state)

    @Slot()
    def _renew(self) -> None:
        wording = self._appearance.wording
        words = wording.statistics
        self.setWindowTitle(words.title)
        self._title.setText(words.title)
        captions = [f"{words.period(each)}  {n}" for n, each in enumerate(Period, start=1)]
        self._period.say(words.choose, captions)
        self._retry.setText(wording.label(Label.RETRY_NOW))
        self._save_table.setText(words.save_table)
        self._save_picture.setText(words.save_picture)
        self._close.setText(words.close)
        self._show_report()
        self._renew_state()
        # Sizes are known once the style sheet has been applied.
        self._settle.start()

    @Slot()
    def _arrange(self) -> None:
        """Put the table beside the chart, or beneath it if the window is too narrow."""
        whole = self._table.whole_width
        needed = self._chart.sizeHint().width() + whole + _EDGES
        beside = needed <= self.width()
        self._table.setMinimumWidth(whole if beside else self._chart.sizeHint().width())
        direction = QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        self._columns.setDirection(direction)


def _card(parent: QWidget) -> QFrame:
    card = QFrame(parent)
    card.setProperty("card", True)
    return card
