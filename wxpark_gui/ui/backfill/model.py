"""Table model of the rows typed in this run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from wxpark_gui.domain.backfill import BackfillRepeatedError
from wxpark_gui.domain.entry import BEIJING, EntryDraft
from wxpark_gui.domain.errors import ReadableError
from wxpark_gui.domain.plate import read_plate
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.domain.verdict import Severity
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.widgets.labels import tooltip
from wxpark_gui.wording import BackfillLabel, Wording

SEVERITY_ROLE = Qt.ItemDataRole.UserRole
NUMBER, TIME, PLATE, STATE = range(4)

_COLUMNS = (
    BackfillLabel.COLUMN_NUMBER,
    BackfillLabel.COLUMN_TIME,
    BackfillLabel.COLUMN_PLATE,
    BackfillLabel.COLUMN_STATE,
)

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class PaperRow:
    """A typed row.

    Attributes:
        entry_id: UUID of the row's entry, saved or not.
        draft: the fields as typed; its time is the one read from `written`.
        written: text of the time field.
        number: number on paper; empty for none.
        record: None until the entry is on disk.
        error: the reason that the entry was not saved; None if it was, or is being saved.
    """

    entry_id: str
    draft: EntryDraft
    written: str
    number: str = ""
    record: EntryRecord | None = None
    error: ReadableError | None = None

    @property
    def label(self) -> str:
        return read_plate(self.draft.plate).spaced

    @property
    def is_saving(self) -> bool:
        return self.record is None and self.error is None

    @property
    def severity(self) -> Severity:
        """The verdict's severity for a saved entry; else `PENDING`, or `FAILED` after an error."""
        if self.record is not None:
            return self.record.verdict.severity
        return Severity.PENDING if self.error is None else Severity.FAILED


class PaperModel(QAbstractTableModel):
    """The rows, the last typed first. `SEVERITY_ROLE` gives the severity of a row."""

    def __init__(self, appearance: Appearance, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._rows: list[PaperRow] = []

    @property
    def rows(self) -> Sequence[PaperRow]:
        return self._rows

    def find(self, entry_id: str) -> PaperRow | None:
        return next((row for row in self._rows if row.entry_id == entry_id), None)

    def add(self, row: PaperRow, instead_of: PaperRow | None = None) -> None:
        """Insert a row at the top, or replace `instead_of` if the model has it."""
        if instead_of in self._rows:
            at = self._rows.index(instead_of)
            self._rows[at] = row
            self._emit_changed(at)
            return
        self.beginInsertRows(QModelIndex(), 0, 0)
        self._rows.insert(0, row)
        self.endInsertRows()

    def remove(self, row: PaperRow) -> None:
        """Remove a row that was not saved."""
        at = self._rows.index(row)
        self.beginRemoveRows(QModelIndex(), at, at)
        del self._rows[at]
        self.endRemoveRows()

    def note_record(self, record: EntryRecord) -> None:
        """Show the state of an entry; a no-op for an entry of no row."""
        self._change(record.entry_id, record=record, error=None)

    def note_error(self, entry_id: str, error: ReadableError) -> None:
        """Show that an entry was not saved."""
        self._change(entry_id, error=error)

    def renew(self) -> None:
        """Show all texts in the present language."""
        self.beginResetModel()
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent and parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent and parent.isValid() else len(_COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == SEVERITY_ROLE:
            return row.severity
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._text(row, index.column())
        if role == Qt.ItemDataRole.ToolTipRole and row.record:
            return tooltip(self._appearance.wording.verdict(row.record.verdict).advice)
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

    def _text(self, row: PaperRow, column: int) -> str:
        if column == NUMBER:
            return row.number
        if column == TIME:
            start = row.draft.start_time
            return start.astimezone(BEIJING).strftime("%m-%d %H:%M") if start else ""
        if column == PLATE:
            return row.label
        return state_text(row, self._appearance.wording)

    def _change(self, entry_id: str, **values: Any) -> None:
        for at, row in enumerate(self._rows):
            if row.entry_id == entry_id:
                self._rows[at] = replace(row, **values)
                self._emit_changed(at)
                return

    def _emit_changed(self, at: int) -> None:
        self.dataChanged.emit(self.index(at, NUMBER), self.index(at, STATE))


def state_text(row: PaperRow, wording: Wording) -> str:
    """Return the state of a row in words."""
    if row.error is not None:
        is_repeated = isinstance(row.error, BackfillRepeatedError)
        return wording.label(BackfillLabel.REPEATED if is_repeated else BackfillLabel.NOT_SAVED)
    if row.record is None:
        return wording.label(BackfillLabel.SAVING)
    if row.record.was_withheld:
        return wording.backfill.state(row.record)
    return wording.pill(row.record.verdict)
