"""The entries of a shift, from the journal and from archived months."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from heapq import merge
from pathlib import Path

from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.errors import ReadableError
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.service.ports import Clock
from wxpark_gui.storage.archives import archive_files
from wxpark_gui.storage.reading import JournalReader
from wxpark_gui.storage.tables import Tables
from wxpark_gui.storage.waiting import OPEN

_PAGE = 500

_log = logging.getLogger(__name__)


def newest_position(tables: Tables) -> int:
    """Largest position ever given to an entry, archived ones included; 0 for none."""
    row = tables.connection.execute(
        "SELECT max(coalesce((SELECT max(position) FROM entries), 0),"
        " coalesce((SELECT max(last_position) FROM archives), 0))"
    ).fetchone()
    position: int = row[0]
    return position


def shift_entries(
    tables: Tables, clock: Clock, archives: Path, after: int, last: int
) -> list[EntryRecord]:
    """Return the entries with positions above `after` up to `last`, in that order.

    A missing or unreadable archive is skipped and logged.

    Args:
        archives: folder of the archived months.
    """
    active = tables.select(
        "WHERE position > ? AND position <= ? ORDER BY position", after, last, now=clock.now()
    )
    older = [
        list(_archived(file.path, clock, after, last))
        for file in archive_files(tables.connection, archives)
        if file.last_position > after and file.first_position <= last
    ]
    if not older:
        return active
    found: dict[str, EntryRecord] = {}
    for record in merge(active, *older, key=lambda record: record.position):
        # An entry is in both files while its month is being moved; the journal's is the newer.
        found.setdefault(record.entry_id, record)
    return [_amended(tables, record) for record in found.values()]


def open_before(tables: Tables, position: int, now: datetime) -> list[EntryRecord]:
    """Return the open entries with positions up to `position`, in that order."""
    return tables.select(f"WHERE {OPEN} AND position <= ? ORDER BY position", position, now=now)


def _archived(path: Path, clock: Clock, after: int, last: int) -> Iterator[EntryRecord]:
    try:
        reader = JournalReader(path, clock)
    except ReadableError as error:
        _log.warning("archive %s was left out of a shift: %s", path.name, error.code)
        return
    try:
        while page := reader.page(_PAGE, after=after):
            yield from (record for record in page if record.position <= last)
            after = page[-1].position
            if after >= last or len(page) < _PAGE:
                return
    except ReadableError as error:
        _log.warning("archive %s was left out of a shift: %s", path.name, error.code)
    finally:
        reader.close()


def _amended(tables: Tables, record: EntryRecord) -> EntryRecord:
    """Return an archived entry with its later changes."""
    row = tables.connection.execute(
        "SELECT state, replaced_by FROM amendments WHERE entry_id = ?", (record.entry_id,)
    ).fetchone()
    if row is None:
        return record
    return replace(
        record,
        state=DeliveryState(row["state"]) if row["state"] else record.state,
        replaced_by=row["replaced_by"] or record.replaced_by,
    )
