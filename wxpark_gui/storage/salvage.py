"""Copy the readable rows of damaged files and backups into a new journal."""

from __future__ import annotations

import contextlib
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from wxpark_gui.domain.errors import JournalDamagedError
from wxpark_gui.storage.rows import SELECT_RECORDS, read_record
from wxpark_gui.storage.salvaged_archives import adopt_archives, forget_dropped, remove_archived

_PATIENCE = 5_000
"""Row ids in a row that are probed in a damaged range before giving up, if none has a row."""

_UNREADABLE = (sqlite3.Error, UnicodeError)
"""Exceptions of reading a damaged file. A column name in invalid UTF-8 raises `UnicodeError`."""

# Tables without a row id of their own are copied too; see `_small_tables`.
_KEYS = (
    ("runs", "run"),
    ("entries", "position"),
    ("attempts", "attempt"),
    ("audit", "note"),
    ("people", "person"),
    ("shifts", "shift"),
    ("stints", "stint"),
)
"""Each table with its row id column. A row has the same id in all copies of a journal."""

# A recovered row may reference a lost one: add lost runs, delete orphaned attempts, and reset
# `last_attempt`.
_MEND = (
    """
    INSERT OR IGNORE INTO runs (run, opened_at, opened_monotonic, program)
        SELECT run, min(saved_at), min(saved_monotonic), '' FROM entries GROUP BY run
    """,
    """
    INSERT OR IGNORE INTO runs (run, opened_at, opened_monotonic, program)
        SELECT run, min(started_at), 0, '' FROM attempts GROUP BY run
    """,
    """
    INSERT OR IGNORE INTO runs (run, opened_at, opened_monotonic, program)
        SELECT run, min(at), 0, '' FROM audit GROUP BY run
    """,
    "DELETE FROM attempts WHERE entry_id NOT IN (SELECT entry_id FROM entries)",
    """
    UPDATE entries SET last_attempt = (
        SELECT max(attempt) FROM attempts
        WHERE attempts.entry_id = entries.entry_id AND ended_at IS NOT NULL
    )
    WHERE last_attempt NOT IN (SELECT attempt FROM attempts)
    """,
    # Positions of lost entries are used again. Lower the bounds of shifts to the last known
    # position, so that new entries belong to the open shift.
    """
    UPDATE shifts SET
        after_position = min(after_position, max(
            coalesce((SELECT max(position) FROM entries), 0),
            coalesce((SELECT max(last_position) FROM archives), 0)
        )),
        last_position = min(last_position, max(
            coalesce((SELECT max(position) FROM entries), 0),
            coalesce((SELECT max(last_position) FROM archives), 0)
        ))
    """,
)


def salvage(
    target: sqlite3.Connection,
    damaged: Sequence[sqlite3.Connection],
    older: Sequence[sqlite3.Connection],
    archives: Path,
    now: datetime,
) -> int:
    """Fill a new journal in one transaction; return its number of entries.

    Args:
        target: connection to a journal without rows; its row factory is `sqlite3.Row`.
        damaged: connections to the damaged file, the best one first. A row is taken from the first
            that has it.
        older: connections to backups, for rows that `damaged` lacks. Entries that are open in a
            backup may have been sent since, so `maybe_sent` is set.
        archives: the folder of the archived months, which may be missing.
        now: time for new rows of the table `archives`.

    Raises:
        sqlite3.Error: the new journal cannot be written.
    """
    # Rows are copied in any order and may reference lost rows.
    target.execute("PRAGMA foreign_keys = 0")
    target.execute("BEGIN IMMEDIATE")
    for source in damaged:
        _copy(source, target)
    known = {row["position"] for row in target.execute("SELECT position FROM entries")}
    adopt_archives(target, archives, now, lambda source: _copy(source, target))
    named = {row["month"] for row in target.execute("SELECT month FROM archives")}
    for source in older:
        _copy(source, target)
    forget_dropped(target, archives, named)
    remove_archived(target, archives)
    added = {row["position"] for row in target.execute("SELECT position FROM entries")} - known
    target.executemany(
        "UPDATE entries SET maybe_sent = 1"
        " WHERE position = ? AND state IN ('saved', 'sending', 'waiting')",
        [(position,) for position in sorted(added)],
    )
    for statement in _MEND:
        target.execute(statement)
    _leave_out_unreadable(target)
    target.execute(_MEND[3])
    entries: int = target.execute("SELECT count(*) FROM entries").fetchone()[0]
    target.execute("COMMIT")
    target.execute("PRAGMA foreign_keys = 1")
    return entries


def _copy(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    """Copy the readable rows that the target lacks."""
    with contextlib.suppress(*_UNREADABLE):
        # Lets SQLite read a file whose end is missing.
        source.execute("PRAGMA writable_schema = 1")
    for table, key in (*_KEYS, *((table, "rowid") for table in _small_tables(target))):
        columns = _common_columns(source, target, table)
        if not columns or (key != "rowid" and key not in columns):
            continue
        names, marks = ", ".join(columns), ", ".join("?" for _ in columns)
        insert = f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 - our names
        for row in _reachable_rows(source, f"SELECT {key}, {names} FROM {table}", key):  # noqa: S608
            # Invalid UTF-8 cannot be written; the row stays in the damaged file.
            with contextlib.suppress(UnicodeError, OverflowError):
                target.execute(insert, tuple(row)[1:])


def _small_tables(target: sqlite3.Connection) -> list[str]:
    """Return the tables whose rows are identified by other values than a row id."""
    names = target.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    )
    return [row[0] for row in names if row[0] not in dict(_KEYS)]


def _common_columns(
    source: sqlite3.Connection, target: sqlite3.Connection, table: str
) -> list[str]:
    """Return the table's columns that both files have; none if those of `source` are unreadable."""
    question = f"PRAGMA table_info({table})"
    wanted = {row["name"] for row in target.execute(question)}
    try:
        return [row[1] for row in source.execute(question) if row[1] in wanted]
    except _UNREADABLE:
        return []


def _reachable_rows(
    source: sqlite3.Connection, query: str, key: str
) -> Iterator[tuple[object, ...]]:
    """Yield rows from the start up to the damage, from the end back to it, then by id between.

    `query` must select `key` as its first column, and have no `WHERE` and no `ORDER BY`.
    """
    low, high = 0, sys.maxsize
    try:
        for row in source.execute(f"{query} ORDER BY {key}"):
            yield row
            low = row[0]
    except _UNREADABLE:
        pass
    else:
        return
    with contextlib.suppress(*_UNREADABLE):
        for row in source.execute(f"{query} WHERE {key} > ? ORDER BY {key} DESC", (low,)):
            yield row
            high = row[0]
    number = low + 1
    while number < min(high, low + _PATIENCE):
        with contextlib.suppress(*_UNREADABLE):
            for row in source.execute(f"{query} WHERE {key} = ?", (number,)):
                yield row
                low = number
        number += 1


def _leave_out_unreadable(target: sqlite3.Connection) -> None:
    """Delete copied entries with invalid values; the damaged file still contains them."""
    for forget in (
        "UPDATE entries SET last_attempt = NULL WHERE position = ?",
        "DELETE FROM entries WHERE position = ?",
    ):
        for position in _unreadable(target):
            target.execute(forget, (position,))


def _unreadable(target: sqlite3.Connection) -> list[int]:
    return [row["position"] for row in target.execute(SELECT_RECORDS) if not _is_readable(row)]


def _is_readable(row: sqlite3.Row) -> bool:
    try:
        read_record(row)
    except JournalDamagedError:
        return False
    return True
