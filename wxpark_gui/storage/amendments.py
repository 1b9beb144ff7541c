"""Changes of entries after they were archived, stored in the journal's table `amendments`."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace

from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.errors import JournalDamagedError
from wxpark_gui.domain.record import EntryRecord


@dataclass(frozen=True, slots=True)
class Amendment:
    """Row of the table `amendments`; None leaves the archived value as it is."""

    state: str | None = None
    replaced_by: str | None = None
    void_reason: str | None = None


def read_amendment(connection: sqlite3.Connection, entry_id: str) -> Amendment | None:
    """Return the changes of an entry; None if there are none. `connection` is the journal's."""
    row = connection.execute(
        "SELECT state, replaced_by, void_reason FROM amendments WHERE entry_id = ?", (entry_id,)
    ).fetchone()
    return Amendment(*row) if row else None


def amended(record: EntryRecord, amendment: Amendment | None) -> EntryRecord:
    """Return an archived entry with its amendment applied; unchanged if `amendment` is None.

    `void_reason` is not applied, because a record does not contain it.

    Raises:
        JournalDamagedError: the state of the amendment is invalid.
    """
    if amendment is None:
        return record
    try:
        state = DeliveryState(amendment.state) if amendment.state else record.state
    except ValueError as error:
        raise JournalDamagedError(f"amendment of entry {record.position}") from error
    newer = record.replaced_by if amendment.replaced_by is None else amendment.replaced_by
    return replace(record, state=state, replaced_by=newer)
