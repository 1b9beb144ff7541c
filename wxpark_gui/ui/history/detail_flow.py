"""Updates the details when another row is selected or the entry shown changes."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Slot

from wxpark_gui.controllers.entries import Entries
from wxpark_gui.controllers.history import HistoryBrowser
from wxpark_gui.domain.history import HistoryDetail, HistoryEntry
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.ui.history.detail import HistoryDetailPane
from wxpark_gui.ui.history.model import HistoryModel
from wxpark_gui.ui.history.table import HistoryTable

DETAIL_DELAY_MS = 120
"""Milliseconds that a row stays selected before its details are read."""


class DetailFlow(QObject):
    """Shows the selected row, reads its details, opens linked entries and shows changes.

    Attributes:
        is_held: True to keep the details shown when another row is selected.
    """

    def __init__(
        self,
        browser: HistoryBrowser,
        entries: Entries,
        *,
        table: HistoryTable,
        model: HistoryModel,
        pane: HistoryDetailPane,
    ) -> None:
        super().__init__(pane)
        self.is_held = False
        self._browser = browser
        self._table = table
        self._model = model
        self._pane = pane
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(DETAIL_DELAY_MS)
        self._delay.timeout.connect(self._read)
        table.rowChosen.connect(self._on_row)
        pane.linkOpened.connect(self.show_entry)
        browser.detailRead.connect(self._on_detail)
        entries.changed.connect(self._on_changed)

    @Slot(object)
    def show_entry(self, found: HistoryEntry) -> None:
        """Show an entry, and read its details now."""
        self._delay.stop()
        self._pane.show_entry(found)
        self._read()

    @Slot()
    def _on_row(self) -> None:
        if not self.is_held:
            self._pane.show_entry(self._table.selected)
            self._delay.start()

    @Slot()
    def _read(self) -> None:
        found = self._pane.found
        if found is not None:
            self._browser.read_detail(found.record.entry_id)

    @Slot(object)
    def _on_detail(self, detail: HistoryDetail | None) -> None:
        if detail is not None:
            self._pane.show_detail(detail)
            self._model.renew([detail.found])
        else:
            # The entry's archive was dropped or damaged since the search.
            self._pane.show_missing()

    @Slot(object)
    def _on_changed(self, record: EntryRecord) -> None:
        self._model.note_record(record)
        found = self._pane.found
        if found is not None and found.record.entry_id == record.entry_id:
            self._read()
        elif self._browser.is_busy:
            # A page that comes may have the entry as it was before. This is read after the page.
            self._browser.read_entries([record.position])
