"""The newest entries as a table, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from wxpark_gui.domain.entry import BEIJING
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.wording import Label, Wording

MOST_ROWS = 200
RECORD_ROLE = Qt.ItemDataRole.UserRole
TIME, PLATE, VERDICT = range(3)

_COLUMNS = (Label.COLUMN_TIME, Label.COLUMN_PLATE, Label.COLUMN_VERDICT)

Index = QModelIndex | QPersistentModelIndex


class RecentModel(QAbstractTableModel):
    """At most `MOST_ROWS` entries; `RECORD_ROLE` gives the `EntryRecord` itself."""

    def __init__(self, appearance: Appearance, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._records: list[EntryRecord] = []

    @property
    def _wording(self) -> Wording:
        return self._appearance.wording

    def load(self, records: Sequence[EntryRecord]) -> None:
        """Replace everything; `records` newest first."""
        self.beginResetModel()
        self._records = list(records[:MOST_ROWS])
        self.endResetModel()

    def plates(self) -> list[str]:
        """Newest first, each once."""
        plates = (record.entry.plate for record in self._records)
        return list(dict.fromkeys(plate.text for plate in plates if plate is not None))

    def upsert(self, record: EntryRecord) -> int:
        """Renew the row of this entry, or make one. The row, or -1 if it is too old to be kept."""
        for row, known in enumerate(self._records):
            if known.entry_id == record.entry_id:
                self._records[row] = record
                self.dataChanged.emit(self.index(row, 0), self.index(row, VERDICT))
                return row
        return self._insert(record)

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent and parent.isValid() else len(self._records)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent and parent.isValid() else len(_COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        record = self._records[index.row()]
        if role == RECORD_ROLE:
            return record
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._text(record, index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{self._wording.verdict(record.verdict).advice}\n{self._remark(record)}".strip()
        return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._wording.label(_COLUMNS[section])
        return None

    def _insert(self, record: EntryRecord) -> int:
        row = 0
        while row < len(self._records) and self._records[row].sequence > record.sequence:
            row += 1
        if row >= MOST_ROWS:
            return -1
        self.beginInsertRows(QModelIndex(), row, row)
        self._records.insert(row, record)
        self.endInsertRows()
        if len(self._records) > MOST_ROWS:
            self.beginRemoveRows(QModelIndex(), MOST_ROWS, MOST_ROWS)
            self._records.pop()
            self.endRemoveRows()
        return row

    def _text(self, record: EntryRecord, column: int) -> str:
        if column == TIME:
            return record.saved_at.astimezone(BEIJING).strftime("%H:%M")
        if column == PLATE:
            return record.entry.label
        return self._wording.pill(record.verdict)

    def _remark(self, record: EntryRecord) -> str:
        return self._wording.entry_remark(record)
