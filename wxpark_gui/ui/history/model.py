"""Table model of the entries found, with at most `MOST_ENTRIES` of them in memory."""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from wxpark_gui.domain.entry import BEIJING
from wxpark_gui.domain.gateway import is_answered_elsewhere
from wxpark_gui.domain.history import HistoryEntry
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.recent.model import NOTE_ROLE, PLATE, RECORD_ROLE, TIME, VERDICT
from wxpark_gui.ui.widgets.labels import tooltip
from wxpark_gui.wording import HistoryLabel, Label, Wording

REMARKS = VERDICT + 1
ENTRY_ROLE = NOTE_ROLE + 1

MOST_ENTRIES = 2_000
"""Most entries in memory. The least recently used ones are dropped; a view reads them again."""

BLOCK = 60
"""Number of adjacent rows whose dropped entries are read again together."""

_COLUMNS = (Label.COLUMN_TIME, Label.COLUMN_PLATE, Label.COLUMN_VERDICT, HistoryLabel.REMARKS)
_UNREAD = "…"
_TO_THE_MINUTE = len("2026-11-30 08:00")

Index = QModelIndex | QPersistentModelIndex


class HistoryModel(QAbstractTableModel):
    """Entries, newest first. Each row keeps its `EntryRecord.position` when its entry is dropped.

    Attributes:
        notes_remarks: True puts the remarks under the plate, as `NOTE_ROLE`.

    Signals:
        entriesMissing(list[int]): positions of dropped entries that a view asked for.
        moreWanted(): a view needs rows beyond the last one, and there may be more.
    """

    entriesMissing = Signal(object)
    moreWanted = Signal()

    def __init__(self, appearance: Appearance, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._positions = array("q")
        self._held: OrderedDict[int, HistoryEntry] = OrderedDict()
        self._asked: set[int] = set()
        self.notes_remarks = False
        self._has_more = False

    @property
    def held(self) -> int:
        """Number of entries in memory."""
        return len(self._held)

    def clear(self) -> None:
        """Remove all rows."""
        self.beginResetModel()
        self._positions = array("q")
        self._held.clear()
        self._asked.clear()
        self._has_more = False
        self.endResetModel()

    def add(self, entries: Sequence[HistoryEntry]) -> None:
        """Append rows of entries that are older than all others."""
        if not entries:
            return
        first = len(self._positions)
        self.beginInsertRows(QModelIndex(), first, first + len(entries) - 1)
        for entry in entries:
            self._positions.append(entry.record.position)
            self._hold(entry)
        self.endInsertRows()

    def set_has_more(self, has_more: bool) -> None:
        """Allow `fetchMore` to ask for more rows, or forbid it."""
        self._has_more = has_more

    def renew(self, entries: Sequence[HistoryEntry]) -> None:
        """Store entries that were read again; ignore those that have no row."""
        for entry in entries:
            row = self._row_of(entry.record.position)
            if row is not None:
                self._asked.discard(entry.record.position)
                self._hold(entry)
                self._emit_changed(row)

    def forget_requests(self) -> None:
        """Forget the requests for dropped entries, so that views repeat them after a failure."""
        self._asked.clear()

    def note_record(self, record: EntryRecord) -> None:
        """Show the new state of an entry; a no-op unless it is in memory."""
        known = self._held.get(record.position)
        if known is not None and known.record.entry_id == record.entry_id:
            self.renew([HistoryEntry(record, known.void_reason, known.archive)])

    def entry(self, row: int) -> HistoryEntry | None:
        """Return the entry of a row; None if there is no such row, or its entry was dropped.

        In the latter case `entriesMissing` asks for all dropped entries of its block.
        """
        if not 0 <= row < len(self._positions):
            return None
        position = self._positions[row]
        found = self._held.get(position)
        if found is None:
            self._ask(row)
        else:
            self._held.move_to_end(position)
        return found

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent and parent.isValid() else len(self._positions)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent and parent.isValid() else len(_COLUMNS)

    def canFetchMore(self, parent: Index) -> bool:
        return self._has_more and not parent.isValid()

    def fetchMore(self, parent: Index) -> None:
        if self.canFetchMore(parent):
            self.moreWanted.emit()

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        found = self.entry(index.row())
        if found is None:
            return _UNREAD if role == Qt.ItemDataRole.DisplayRole else None
        if role == RECORD_ROLE:
            return found.record
        if role == ENTRY_ROLE:
            return found
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._text(found, index.column())
        if role == NOTE_ROLE and index.column() == PLATE and self.notes_remarks:
            return remarks(found, self._appearance.wording)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip(self._appearance.wording.verdict(found.record.verdict).advice)
        return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._appearance.wording.label(_COLUMNS[section])
        return None

    def _text(self, found: HistoryEntry, column: int) -> str:
        record, wording = found.record, self._appearance.wording
        if column == TIME:
            return record.saved_at.astimezone(BEIJING).isoformat(" ", "minutes")[:_TO_THE_MINUTE]
        if column == PLATE:
            return record.entry.label
        if column == VERDICT:
            return wording.pill(record.verdict)
        parts = (remarks(found, wording), record.origin.attendant)
        return " · ".join(part for part in parts if part)

    def _hold(self, entry: HistoryEntry) -> None:
        position = entry.record.position
        self._held[position] = entry
        self._held.move_to_end(position)
        while len(self._held) > MOST_ENTRIES:
            self._held.popitem(last=False)

    def _ask(self, row: int) -> None:
        """Emit `entriesMissing` for dropped entries in a row's block, except those requested."""
        start = row - row % BLOCK
        block = self._positions[start : start + BLOCK]
        missing = [each for each in block if each not in self._held and each not in self._asked]
        if missing:
            self._asked.update(missing)
            self.entriesMissing.emit(missing)

    def _row_of(self, position: int) -> int | None:
        """Return the row of a position, by binary search as positions descend; None without one."""
        low, high = 0, len(self._positions)
        while low < high:
            middle = (low + high) // 2
            if self._positions[middle] > position:
                low = middle + 1
            else:
                high = middle
        found = low < len(self._positions) and self._positions[low] == position
        return low if found else None

    def _emit_changed(self, row: int) -> None:
        self.dataChanged.emit(self.index(row, 0), self.index(row, REMARKS))


def remarks(found: HistoryEntry, wording: Wording) -> str:
    """Return the special marks of an entry, such as "Training", joined by ` · `; may be empty."""
    record = found.record
    parts = [
        wording.backfill.mark(record),
        wording.label(HistoryLabel.TRAINING) if record.origin.training else "",
        wording.label(Label.OTHER_GATEWAY) if is_answered_elsewhere(record) else "",
        wording.label(Label.REPLACED) if record.replaced_by else "",
    ]
    return " · ".join(part for part in parts if part)
