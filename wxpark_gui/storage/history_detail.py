"""Rows of the history as values: entries, their attempts and audit, attendants and car parks."""

from __future__ import annotations

import re
import sqlite3

from wxpark_gui.domain.delivery import Cause
from wxpark_gui.domain.errors import JournalDamagedError
from wxpark_gui.domain.history import Attempt, AuditNote, HistoryChoices, HistoryEntry
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.storage.amendments import Amendment, amended
from wxpark_gui.storage.rows import read_moment, read_record

_IDS = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
_MOST = 200
_RECENT = 20_000
"""Number of newest entries whose names are offered as choices."""


def read_entry(row: sqlite3.Row, month: str, amendment: Amendment | None) -> HistoryEntry | None:
    """Return the entry of a row of `SELECT_RECORDS`; None if a value is invalid.

    Args:
        month: month of its archive, `YYYY-MM`; empty in the active file.
        amendment: applied to the row; None for no change.
    """
    try:
        record = amended(read_record(row), amendment)
    except JournalDamagedError:
        return None
    reason = str(row["void_reason"])
    if amendment is not None:
        reason = amendment.void_reason or reason
    return HistoryEntry(record, reason, month)


def read_choices(connection: sqlite3.Connection) -> HistoryChoices:
    """Return the attendants and car parks of the file's newest entries."""
    attendants, lots = (
        tuple(
            sorted(
                row[0]
                for row in connection.execute(
                    f"SELECT DISTINCT name FROM (SELECT {column} AS name FROM entries"  # noqa: S608
                    f" ORDER BY position DESC LIMIT {_RECENT}) WHERE name <> ''"
                )
            )
        )
        for column in ("attendant", "lot")
    )
    return HistoryChoices(attendants, lots)


def read_attempts(connection: sqlite3.Connection, entry_id: str) -> tuple[Attempt, ...]:
    """Return the attempts of an entry, oldest first, at most 200; invalid rows are left out."""
    rows = connection.execute(
        "SELECT started_at, ended_at, cause, user_state, code, message, host, elapsed_ms"
        " FROM attempts WHERE entry_id = ? ORDER BY attempt LIMIT ?",
        (entry_id, _MOST),
    )
    return tuple(attempt for row in rows if (attempt := _read_attempt(row)))


def read_notes(connection: sqlite3.Connection, record: EntryRecord) -> list[AuditNote]:
    """Return the audit rows that name an entry, oldest first.

    They begin with its id, or with that of the entry it replaces; at most 200 of each are read.
    """
    found: dict[int, AuditNote] = {}
    entry_id = record.entry_id
    for each in filter(None, (record.replaces, entry_id)):
        # The range lets SQLite use the index of `detail`.
        rows = connection.execute(
            "SELECT note, at, what, detail FROM audit WHERE detail >= ? AND detail < ?"
            " AND instr(detail, ?) > 0 LIMIT ?",
            (each, f"{each}~", entry_id, _MOST),
        )
        for row in rows:
            note = _read_note(row)
            if note is not None:
                found[row["note"]] = note
    return [found[number] for number in sorted(found)]


def _read_attempt(row: sqlite3.Row) -> Attempt | None:
    try:
        return Attempt(
            started_at=read_moment(row["started_at"]),
            ended_at=read_moment(row["ended_at"]) if row["ended_at"] else None,
            cause=Cause(row["cause"]) if row["cause"] else None,
            user_state=str(row["user_state"]),
            code=str(row["code"]),
            message=str(row["message"]),
            host=str(row["host"]),
            elapsed_ms=int(row["elapsed_ms"]),
        )
    except (TypeError, ValueError):
        return None


def _read_note(row: sqlite3.Row) -> AuditNote | None:
    try:
        remark = " ".join(_IDS.sub(" ", str(row["detail"])).split())
        return AuditNote(read_moment(row["at"]), str(row["what"]), remark)
    except (TypeError, ValueError):
        return None
