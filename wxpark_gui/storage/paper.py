"""Entries from paper: repetitions, audit, and numbers of printed sheets.

All functions need an open transaction. The numbers on paper are stored in the audit only.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime

from wxpark_gui.domain.backfill import LARGEST_SHEET, Backfill, BackfillRepeatedError
from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.record import EntryRecord, NewEntry
from wxpark_gui.storage.rows import moment_text, read_moment
from wxpark_gui.storage.tables import Tables

BACKFILLED = "backfilled"
"""Audit row of an entry from paper: its id, the number on paper and the person."""

_ROW = "paper_row"
"""Audit row by which the entry of a number is found: `paper`, the number and the entry's id."""

_SHEETS = "sheets_printed"
"""Audit row of printed sheets: `sheets`, first and last number with four digits, the person."""

_NEAR = """
    SELECT start_time FROM entries
    WHERE plate = ? AND +lot = ? AND start_time > ? AND start_time < ? AND state <> 'voided'
        AND entry_id <> ?
    ORDER BY position DESC LIMIT 1
"""
_DETAILS = "SELECT detail FROM audit WHERE detail >= ? AND detail < ?"
_LAST_SHEETS = """
    SELECT detail FROM audit WHERE detail >= 'sheets ' AND detail < 'sheets!'
    ORDER BY note DESC LIMIT 1
"""


def check_repeats(tables: Tables, new: NewEntry, backfill: Backfill) -> None:
    """Refuse an entry from paper that repeats an entry on disk.

    It repeats an entry with the same number, or one of the same plate and car park whose time
    differs by less than `backfill.window`; voided entries and the one to replace do not count.
    Archived months are searched for the number only. A no-op if `backfill.window` is None.

    Raises:
        BackfillRepeatedError: there is such an entry.
    """
    if backfill.window is None:
        return
    number = backfill.number if _is_used(tables, new, backfill.number) else ""
    near = None
    if new.entry.plate is not None:
        start = new.entry.start_time
        limits = (moment_text(start - backfill.window), moment_text(start + backfill.window))
        values = (new.entry.plate.text, new.origin.lot, *limits, new.replaces)
        row = tables.connection.execute(_NEAR, values).fetchone()
        near = read_moment(row["start_time"]) if row else None
    if number or near:
        raise BackfillRepeatedError(number, near)


def note_backfill(tables: Tables, new: NewEntry, backfill: Backfill, now: datetime) -> None:
    """Add the audit rows of an entry from paper: one for the entry, one for its number if any."""
    parts = (new.entry_id, backfill.number, new.origin.attendant)
    tables.note(BACKFILLED, " ".join(part for part in parts if part), now)
    if backfill.number:
        tables.note(_ROW, f"paper {backfill.number} {new.entry_id}", now)


def take_sheets(tables: Tables, count: int, by: str, now: datetime) -> int:
    """Reserve numbers for `count` sheets and return the first.

    Numbers begin again at 1 if the last one would exceed 9999.
    """
    row: sqlite3.Row | None = tables.connection.execute(_LAST_SHEETS).fetchone()
    last = int(str(row["detail"]).split()[2]) if row else 0
    first = last + 1 if last + count <= LARGEST_SHEET else 1
    numbers = f"{first:04d} {first + count - 1:04d}"
    tables.note(_SHEETS, f"sheets {numbers} {by}".rstrip(), now)
    return first


def _is_used(tables: Tables, new: NewEntry, number: str) -> bool:
    """Test if a saved entry has the number; voided ones and the one to replace do not count."""
    if not number:
        return False
    rows = tables.connection.execute(_DETAILS, (f"paper {number} ", f"paper {number}!")).fetchall()
    ids = (str(row["detail"]).split()[-1] for row in rows)
    return any(_counts(tables, entry_id) for entry_id in ids if entry_id != new.replaces)


def _counts(tables: Tables, entry_id: str) -> bool:
    """Test if the entry, or the last one of those that replace it, is stored and not voided."""
    seen: set[str] = set()
    while entry_id and entry_id not in seen:
        seen.add(entry_id)
        try:
            record: EntryRecord = tables.get(entry_id)
        except LookupError:
            return False
        if not record.replaced_by:
            return record.state is not DeliveryState.VOIDED
        entry_id = record.replaced_by
    return False
