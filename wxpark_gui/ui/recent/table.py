"""Widget with the list of recent entries, or the details of one of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.recent.delegate import RecentDelegate
from wxpark_gui.ui.recent.detail import EntryDetail
from wxpark_gui.ui.recent.model import NOTE_ROLE, PLATE, RECORD_ROLE, TIME, VERDICT, RecentModel
from wxpark_gui.ui.widgets.labels import plain_label
from wxpark_gui.ui.widgets.row_table import RowTable
from wxpark_gui.wording import BackfillLabel, Label

REFRESH_MS = 100
"""Delay of the list after an entry changed, in which its verdict is painted."""

_SCROLL_BAR = 12
_ROWS_AT_LEAST = 4
_ROOM_FOR_BUTTON = 420
"""Height in unscaled pixels below which the button above the list is hidden."""
_MARGINS = (16, 14, 12, 12)


class RecentTable(RowTable):
    """The recent entries. A click opens a row, as Enter does."""

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self.setObjectName("recentTable")
        self.horizontalHeader().hide()
        self.clicked.connect(self.rowOpened)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.model().rowCount():
            with QPainter(self.viewport()) as painter:
                painter.setPen(QColor(self._appearance.theme.surfaces.muted))
                painter.drawText(
                    self.viewport().rect(),
                    Qt.AlignmentFlag.AlignCenter.value,
                    self._appearance.wording.label(Label.RECENT_EMPTY),
                )


class RecentList(QFrame):
    """The newest entries, or the details of one of them.

    The list follows `REFRESH_MS` after a change, so that it is painted after the verdict, and once
    for all changes meanwhile.

    Signals:
        refreshed(): rows were added or changed.
        detailClosed(): the list replaces the details; the plate field must take the focus.
        backfillRequested(): the button for entries from paper was pressed.
    """

    refreshed = Signal()
    detailClosed = Signal()
    backfillRequested = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self.setProperty("card", True)
        self._model = RecentModel(appearance, self)
        self._pending: dict[str, EntryRecord] = {}
        self._refresh_timer = QTimer(self)
        self._refresh_timer.setSingleShot(True)
        self._refresh_timer.setInterval(REFRESH_MS)
        self._refresh_timer.timeout.connect(self.refresh)
        overview = QWidget(self)
        self._table = RecentTable(appearance, overview)
        self._table.setModel(self._model)
        self._delegate = RecentDelegate(appearance, self._table, (TIME, PLATE, VERDICT))
        self._table.setItemDelegate(self._delegate)
        self._heading = plain_label(overview, role="heading")
        column = QVBoxLayout(overview)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        self._backfill = QPushButton(overview)
        self._backfill.setObjectName("recentBackfill")
        self._backfill.setProperty("hint", True)
        self._backfill.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._backfill.clicked.connect(self.backfillRequested)
        head = QHBoxLayout()
        head.addWidget(self._heading, 1)
        head.addWidget(self._backfill)
        column.addLayout(head)
        column.addWidget(self._table)
        self._detail = EntryDetail(appearance, self._model.find, self)
        self._pages = QStackedLayout()
        self._pages.addWidget(overview)
        self._pages.addWidget(self._detail)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*_MARGINS)
        layout.addLayout(self._pages)
        header = self._table.horizontalHeader()
        header.setSectionResizeMode(TIME, QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(PLATE, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(VERDICT, QHeaderView.ResizeMode.Fixed)
        self.setFocusProxy(self._table)
        self._table.rowOpened.connect(self._open)
        self._detail.closed.connect(self.close_detail)
        self._detail.linkOpened.connect(self._open_link)
        appearance.changed.connect(self._renew)
        self._renew()

    @property
    def model(self) -> RecentModel:
        """The rows, up to date."""
        self.refresh()
        return self._model

    @property
    def selected(self) -> EntryRecord | None:
        """Entry whose details are shown, else the selected one, else None."""
        self.refresh()
        if self.shows_detail:
            return self._detail.record
        rows = self._table.selectionModel().selectedRows()
        record = rows[0].data(RECORD_ROLE) if rows else None
        return record if isinstance(record, EntryRecord) else None

    @property
    def shows_detail(self) -> bool:
        return self._pages.currentWidget() is self._detail

    @property
    def plates(self) -> list[str]:
        """The plates of the list, newest first, each once."""
        return self.model.plates()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_button()

    @Slot(object)
    def load(self, records: Sequence[EntryRecord]) -> None:
        """Replace all rows by the newest of `records`, which are newest first."""
        self._pending.clear()
        self._model.load(records)
        self._fit_rows()
        self.refreshed.emit()

    @Slot(object)
    def upsert(self, record: EntryRecord) -> None:
        """Add the entry, or update its row, within `REFRESH_MS`; open details follow at once."""
        self._pending[record.entry_id] = record
        if self.shows_detail:
            self.refresh()
        elif not self._refresh_timer.isActive():
            self._refresh_timer.start()

    @Slot()
    def refresh(self) -> None:
        """Show the changes that wait; a no-op without any."""
        if not self._pending:
            return
        self._refresh_timer.stop()
        records, self._pending = self._pending.values(), {}
        for record in records:
            if self._model.upsert(record) == 0:
                self._table.scrollToTop()
            self._fit_rows(self._model.rows_about(record.entry_id))
            self._detail.renew(record)
        self.refreshed.emit()

    def show_time(self, now: datetime) -> None:
        """Set the current time. On a new day the rows of other days show their date."""
        if self._model.show_time(now):
            self._fit_rows()

    @Slot()
    def close_detail(self) -> None:
        """Show the list without a selection, so that no old row is resent by mistake."""
        if self.shows_detail:
            # Emitted before the details are hidden, else Qt moves the focus to the list, which
            # selects a row.
            self.detailClosed.emit()
            self._pages.setCurrentIndex(0)
        self._table.clearSelection()

    @Slot(QModelIndex)
    def _open(self, index: QModelIndex) -> None:
        record = index.data(RECORD_ROLE)
        if isinstance(record, EntryRecord):
            by_keyboard = self._table.hasFocus()
            self._detail.show_record(record)
            self._pages.setCurrentWidget(self._detail)
            if by_keyboard:
                self._detail.take_keyboard()

    @Slot(str)
    def _open_link(self, entry_id: str) -> None:
        record = self._model.find(entry_id)
        if record is not None:
            self._detail.show_record(record)

    def _fit_rows(self, rows: Iterable[int] | None = None) -> None:
        """Set the height of each row, larger for one with a second line; None for all rows."""
        for row in range(self._model.rowCount()) if rows is None else rows:
            index = self._model.index(row, TIME)
            noted = any(index.siblingAtColumn(c).data(NOTE_ROLE) for c in (TIME, PLATE))
            height = self._delegate.row_height(noted=noted)
            if self._table.rowHeight(row) != height:
                self._table.setRowHeight(row, height)

    def _show_button(self) -> None:
        is_high = self.height() >= self._appearance.length(_ROOM_FOR_BUTTON)
        self._backfill.setVisible(is_high)

    @Slot()
    def _renew(self) -> None:
        """Set texts, column widths and row heights for the current language and text size."""
        heading = self._appearance.wording.label(Label.RECENT)
        self._heading.setText(heading)
        self._table.setAccessibleName(heading)
        self._backfill.setText(self._appearance.wording.label(BackfillLabel.KEY))
        self._backfill.setToolTip(self._appearance.wording.label(BackfillLabel.HELP))
        rows, header = self._table.verticalHeader(), self._table.horizontalHeader()
        rows.setDefaultSectionSize(self._delegate.row_height())
        widths = {column: self._delegate.column_width(column) for column in (TIME, PLATE, VERDICT)}
        header.setMinimumSectionSize(min(widths.values()))
        for column in (TIME, VERDICT):
            header.resizeSection(column, widths[column])
        self._table.setMinimumHeight(_ROWS_AT_LEAST * self._delegate.row_height())
        self.setMinimumWidth(sum(widths.values()) + _MARGINS[0] + _MARGINS[2] + _SCROLL_BAR)
        self._fit_rows()
        self._show_button()
        self._table.viewport().update()
