"""All that the journal and its archives store about one entry."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from wxpark_gui.domain.errors import EntryNotFoundError, JournalDamagedError
from wxpark_gui.domain.full_entry import Attempt, AuditLine, FullEntry
from wxpark_gui.storage.database import reading
from wxpark_gui.storage.export_rows import ExportRows
from wxpark_gui.storage.rows import read_moment, read_outcome

_ATTEMPTS = "SELECT * FROM attempts WHERE entry_id = ? ORDER BY attempt"
_AUDIT = "SELECT at, what, detail FROM audit WHERE instr(detail, ?) ORDER BY note"


def read_full_entry(rows: ExportRows, entry_id: str) -> FullEntry:
    """Return an entry with its attempts and audit lines.

    Raises:
        EntryNotFoundError: no file has the entry.
        JournalDamagedError: a file is damaged, or a stored value is invalid; also if the entry is
            not found and an archive, which may have it, cannot be read.
    """
    found = rows.find(entry_id)
    if found is None:
        if rows.skipped:
            raise JournalDamagedError(f"archive {', '.join(rows.skipped)}")
        raise EntryNotFoundError
    row, tables = found
    files = [tables] if tables is rows.active else [tables, rows.active]
    try:
        with reading():
            attempts = tables.connection.execute(_ATTEMPTS, (entry_id,)).fetchall()
            audit = [
                line
                for each in files
                for line in each.connection.execute(_AUDIT, (entry_id,)).fetchall()
            ]
        return FullEntry(row, list(_attempts(attempts)), list(_lines(audit)))
    except (ValueError, TypeError) as error:
        raise JournalDamagedError(f"entry {row.record.position}") from error


def _attempts(rows: list[sqlite3.Row]) -> Iterator[Attempt]:
    for row in rows:
        yield Attempt(
            started_at=read_moment(row["started_at"]),
            ended_at=read_moment(row["ended_at"]) if row["ended_at"] else None,
            outcome=read_outcome(row) if row["cause"] else None,
            mch_id=row["sent_mch_id"],
            sub_mch_id=row["sent_sub_mch_id"],
        )


def _lines(rows: list[sqlite3.Row]) -> Iterator[AuditLine]:
    for row in rows:
        yield AuditLine(read_moment(row["at"]), str(row["what"]), str(row["detail"]))
