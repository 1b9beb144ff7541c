"""Table model of the newest entries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from wxpark_gui.domain.entry import BEIJING
from wxpark_gui.domain.gateway import is_answered_elsewhere
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.domain.record import Link as Replacement
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.widgets.labels import tooltip
from wxpark_gui.wording import Label, Wording

MOST_ROWS = 200
RECORD_ROLE = Qt.ItemDataRole.UserRole
NOTE_ROLE = Qt.ItemDataRole.UserRole + 1
TIME, PLATE, VERDICT = range(3)

_COLUMNS = (Label.COLUMN_TIME, Label.COLUMN_PLATE, Label.COLUMN_VERDICT)
_REPLACED = {
    Replacement.CORRECTED: Label.CORRECTED_BY,
    Replacement.RESENT: Label.RESENT_BY,
    None: Label.REPLACED,
}

Index = QModelIndex | QPersistentModelIndex


class RecentModel(QAbstractTableModel):
    """At most `MOST_ROWS` entries, the last saved first.

    `RECORD_ROLE` gives the `EntryRecord`. `NOTE_ROLE` gives a cell's second line, which may be
    empty. The second line of a time is the day, unless that is today. The second line of a plate
    says that the entry is from paper, that another gateway answered, or which entry replaces it.
    """

    def __init__(self, appearance: Appearance, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._records: list[EntryRecord] = []
        self._today: date | None = None

    @property
    def _wording(self) -> Wording:
        return self._appearance.wording

    def load(self, records: Sequence[EntryRecord]) -> None:
        """Replace all rows by the first `MOST_ROWS` of `records`, which are newest first."""
        self.beginResetModel()
        self._records = list(records[:MOST_ROWS])
        self.endResetModel()

    def show_time(self, now: datetime) -> bool:
        """Set today's date from `now`; True if it changed. Rows of other days show their date."""
        today = now.astimezone(BEIJING).date()
        if today == self._today:
            return False
        self._today = today
        if self._records:
            self._emit_changed(0, len(self._records) - 1)
        return True

    def plates(self) -> list[str]:
        """Return the plates of the rows, newest first, each once."""
        plates = (record.entry.plate for record in self._records)
        return list(dict.fromkeys(plate.text for plate in plates if plate is not None))

    def find(self, entry_id: str) -> EntryRecord | None:
        return next((known for known in self._records if known.entry_id == entry_id), None)

    def rows_about(self, entry_id: str) -> list[int]:
        """Return the rows of the entry and of the one that it replaces, whose text names it."""
        return [
            row
            for row, known in enumerate(self._records)
            if entry_id in (known.entry_id, known.replaced_by)
        ]

    def upsert(self, record: EntryRecord) -> int:
        """Update or insert the entry's row; return its index, -1 if too old for the table."""
        for row, known in enumerate(self._records):
            if known.entry_id == record.entry_id:
                self._records[row] = record
                self._emit_changed(row, row)
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
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(record, index.column())
        if role == NOTE_ROLE:
            return self._note(record, index.column())
        if role == Qt.ItemDataRole.AccessibleTextRole:
            text, note = self._text(record, index.column()), self._note(record, index.column())
            return f"{text} {note}".strip()
        if role == Qt.ItemDataRole.ToolTipRole:
            remark = self._wording.entry_remark(record)
            return tooltip(f"{self._wording.verdict(record.verdict).advice}\n{remark}".strip())
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

    def replacement(self, record: EntryRecord) -> str:
        """Return a text about the entry that replaces `record`; empty if none does."""
        if not record.replaced_by:
            return ""
        newer = self.find(record.replaced_by)
        label = _REPLACED[newer.link if newer else None]
        return self._wording.label(label, plate=newer.entry.label if newer else "")

    def _insert(self, record: EntryRecord) -> int:
        row = 0
        while row < len(self._records) and self._records[row].position > record.position:
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

    def _emit_changed(self, first: int, last: int) -> None:
        self.dataChanged.emit(self.index(first, 0), self.index(last, VERDICT))

    def _text(self, record: EntryRecord, column: int) -> str:
        if column == TIME:
            return record.saved_at.astimezone(BEIJING).strftime("%H:%M")
        if column == PLATE:
            return record.entry.label
        return self._wording.pill(record.verdict)

    def _note(self, record: EntryRecord, column: int) -> str:
        if column == TIME:
            saved_at = record.saved_at.astimezone(BEIJING)
            is_today = self._today is None or saved_at.date() == self._today
            return "" if is_today else saved_at.strftime("%m-%d")
        if column == PLATE:
            mark = Label.OTHER_GATEWAY if is_answered_elsewhere(record) else None
            paper = self._wording.backfill.remark(record)
            parts = [paper, self._wording.label(mark) if mark else "", self.replacement(record)]
            return " · ".join(part for part in parts if part)
        return ""
