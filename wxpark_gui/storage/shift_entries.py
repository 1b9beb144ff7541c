"""The entries of a shift, from the journal and from archived months."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from heapq import merge
from pathlib import Path

from wxpark_gui.domain.delivery import Cause, DeliveryState
from wxpark_gui.domain.errors import JournalDamagedError, ReadableError
from wxpark_gui.domain.record import Link
from wxpark_gui.domain.shift_report import ShiftEntry
from wxpark_gui.domain.verdict import UserState, read_user_state
from wxpark_gui.service.ports import Clock
from wxpark_gui.storage.amendments import amended, read_amendment
from wxpark_gui.storage.archives import archive_files
from wxpark_gui.storage.inspection import is_empty
from wxpark_gui.storage.reading import JournalReader
from wxpark_gui.storage.rows import read_moment
from wxpark_gui.storage.tables import Tables
from wxpark_gui.storage.waiting import OPEN

_PAGE = 500
_ENTRIES = """
    SELECT position, entries.entry_id, plate, space_number, start_time, state, attendant, replaces,
        link, replaced_by, backfilled, cause, user_state
    FROM entries LEFT JOIN attempts ON attempt = last_attempt
    WHERE position > ? AND position <= ? ORDER BY position
"""

_log = logging.getLogger(__name__)


def newest_position(tables: Tables) -> int:
    """Return the largest position of an entry in the journal or an archive; 0 without entries."""
    row = tables.connection.execute(
        "SELECT max(coalesce((SELECT max(position) FROM entries), 0),"
        " coalesce((SELECT max(last_position) FROM archives), 0))"
    ).fetchone()
    position: int = row[0]
    return position


def shift_entries(
    tables: Tables, clock: Clock, archives: Path, after: int, last: int
) -> list[ShiftEntry]:
    """Return the entries with positions above `after` up to `last`, in order of position.

    Rows with invalid values and unreadable archives are skipped and logged; a missing archive reads
    as empty.

    Args:
        archives: folder of the archived months.
    """
    active = list(_active(tables, after, last))
    older = [
        list(_archived(tables, file.path, clock, (after, last)))
        for file in archive_files(tables.connection, archives)
        if file.last_position > after and file.first_position <= last
    ]
    if not older:
        return [entry for _, entry in active]
    found: dict[str, ShiftEntry] = {}
    for _, entry in merge(active, *older, key=lambda pair: pair[0]):
        # An entry is in both files while its month is being moved; the journal's is the newer.
        found.setdefault(entry.entry_id, entry)
    return list(found.values())


def open_before(tables: Tables, position: int, now: datetime) -> list[ShiftEntry]:
    """Return the open entries with positions up to `position`, in that order."""
    records = tables.select(f"WHERE {OPEN} AND position <= ? ORDER BY position", position, now=now)
    return [ShiftEntry.of(record) for record in records]


def _active(tables: Tables, after: int, last: int) -> Iterator[tuple[int, ShiftEntry]]:
    """Yield position and entry of each readable row of the journal."""
    for row in tables.connection.execute(_ENTRIES, (after, last)):
        try:
            yield row["position"], _read_entry(row)
        except (ValueError, TypeError):  # noqa: PERF203 - one bad row must not end the others
            _log.error("row %d of the journal was left out of a shift", row["position"])


def _read_entry(row: sqlite3.Row) -> ShiftEntry:
    """Convert a row of `_ENTRIES`. Raises `TypeError` or `ValueError` for an invalid value."""
    state = DeliveryState(row["state"])
    is_answered = state is DeliveryState.ANSWERED and row["cause"] == Cause.ANSWERED.value
    return ShiftEntry(
        entry_id=row["entry_id"],
        plate=row["plate"] or "",
        space_number=row["space_number"],
        entered_at=read_moment(row["start_time"]),
        state=state,
        user_state=read_user_state(row["user_state"]) if is_answered else UserState.NONE,
        attendant=row["attendant"],
        replaces=row["replaces"],
        link=Link(row["link"]) if row["link"] else None,
        replaced_by=row["replaced_by"],
        backfilled=bool(row["backfilled"]),
    )


def _archived(
    tables: Tables, path: Path, clock: Clock, positions: tuple[int, int]
) -> Iterator[tuple[int, ShiftEntry]]:
    """Yield position and entry of an archive's rows in a range, with their later changes.

    Args:
        positions: the range; the first is excluded, the second included.
    """
    after, last = positions
    try:
        if is_empty(path):
            raise JournalDamagedError("the file is missing or empty")
        with closing(JournalReader(path, clock)) as reader:
            while page := reader.page(_PAGE, after=after):
                for record in page:
                    if record.position <= last:
                        amendment = read_amendment(tables.connection, record.entry_id)
                        yield record.position, ShiftEntry.of(amended(record, amendment))
                after = page[-1].position
                if after >= last or len(page) < _PAGE:
                    return
    except ReadableError as error:
        _log.warning("archive %s was left out of a shift: %s", path.name, error.code)
