"""Values of an export: its rows, progress and result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import TypeAlias

from wxpark_gui.domain.history import HistoryEntry
from wxpark_gui.domain.record import EntryRecord

Cell: TypeAlias = str | int | datetime | None
"""Value of a cell: a text, a number, an aware time, or None for an empty cell."""


class ExportFormat(Enum):
    """File format; the value is the ending of the file's name, without the dot."""

    CSV = "csv"
    XLSX = "xlsx"


@dataclass(frozen=True, slots=True)
class ExportRow:
    """An entry of an export, with stored values that its record lacks.

    Attributes:
        record: the entry; an archived one includes the changes made since it was archived.
        shift_id: UUID of the shift that was open; empty for none.
        void_reason: reason given when it was voided; empty for none.
    """

    record: EntryRecord
    shift_id: str = ""
    void_reason: str = ""

    @property
    def searched(self) -> HistoryEntry:
        """The entry as `HistoryFilter.accepts` takes it, with an empty `archive`."""
        return HistoryEntry(self.record, self.void_reason)


@dataclass(frozen=True, slots=True)
class ExportPage:
    """Consecutive rows of a journal.

    Attributes:
        rows: may be empty.
        share: estimated share of the journal read so far, this page included, from 0 to 1.
    """

    rows: Sequence[ExportRow]
    share: float


@dataclass(frozen=True, slots=True)
class ExportProgress:
    """State of a running export.

    Attributes:
        rows: number of rows written.
        share: estimated share of the work done, from 0 to 1.
        finishing: True once all rows are written and the file is being completed.
    """

    rows: int
    share: float
    finishing: bool = False


@dataclass(frozen=True, slots=True)
class ExportResult:
    """A finished export.

    Attributes:
        rows: number of entries in the file.
        skipped: archived months, `YYYY-MM`, whose file is missing or cannot be read.
        unreadable: number of entries left out because a stored value is invalid.
    """

    rows: int
    skipped: Sequence[str] = ()
    unreadable: int = 0


class ExportCancelledError(Exception):
    """The person cancelled the export; the target file was neither created nor changed."""


def format_of(name: str) -> ExportFormat | None:
    """Return the format of a file name's ending, in any case; None for another ending."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    return next((each for each in ExportFormat if each.value == ending), None)
