"""Rows of shifts and stints. The caller opens the transaction."""

from __future__ import annotations

import logging
import sqlite3
from datetime import datetime

from wxpark_gui.domain.shift import NewShift, Person, Shift, Stint
from wxpark_gui.domain.shift_errors import ShiftClosedError
from wxpark_gui.domain.shift_report import ShiftReport
from wxpark_gui.storage.rows import Value, moment_text, read_moment
from wxpark_gui.storage.shift_entries import newest_position
from wxpark_gui.storage.shift_rows import read_report, read_stint
from wxpark_gui.storage.tables import Tables

_OPEN = "SELECT * FROM shifts WHERE closed_at IS NULL"
_LAST_CLOSED = "SELECT * FROM shifts WHERE closed_at IS NOT NULL ORDER BY shift DESC LIMIT 1"
_STINTS = "SELECT * FROM stints WHERE shift_id = ? ORDER BY stint"

_log = logging.getLogger(__name__)


def open_row(tables: Tables) -> sqlite3.Row:
    """Return the row of the open shift.

    Raises:
        ShiftClosedError: no shift is open.
    """
    row: sqlite3.Row | None = tables.connection.execute(_OPEN).fetchone()
    if row is None:
        raise ShiftClosedError
    return row


def opened_at(row: sqlite3.Row) -> datetime:
    """Return the time a shift was opened, from its row."""
    return read_moment(row["opened_at"])


def open_shift(tables: Tables, people: tuple[Person, ...]) -> Shift | None:
    """Return the open shift; None without one. A person whose row was lost has an empty label."""
    row = tables.connection.execute(_OPEN).fetchone()
    if row is None:
        return None
    by_id = {person.person_id: person for person in people}
    worked = tables.connection.execute(_STINTS, (row["shift_id"],)).fetchall()
    main = by_id.get(row["person_id"], Person(row["person_id"], "", ""))
    present = worked[-1]["person_id"] if worked else main.person_id
    return Shift(
        shift_id=row["shift_id"],
        number=row["shift"],
        opened_at=opened_at(row),
        main=main,
        present=by_id.get(present, Person(present, "", "")),
        is_locked=bool(row["locked"]),
    )


def handed_over(tables: Tables) -> ShiftReport | None:
    """Return the report of the last closed shift.

    None if there is none, it was acknowledged, or its report cannot be read, which is logged.
    """
    row = tables.connection.execute(_LAST_CLOSED).fetchone()
    if row is None or row["acknowledged_at"]:
        return None
    try:
        return read_report(row)
    except (KeyError, TypeError, ValueError):
        _log.error("the report of shift %d cannot be read", row["shift"])
        return None


def last_report(tables: Tables) -> ShiftReport:
    """Return the report of the last closed shift, which must exist and be readable."""
    return read_report(tables.connection.execute(_LAST_CLOSED).fetchone())


def insert_shift(tables: Tables, new: NewShift, person: Person, now: datetime) -> None:
    """Insert an open shift and its first stint, and add it to the audit.

    Args:
        person: the person with the id `new.person_id`.
    """
    closed = tables.connection.execute(_LAST_CLOSED).fetchone()
    # Entries made since the last shift, while nobody was signed in, belong to this one.
    after = closed["last_position"] if closed else newest_position(tables)
    tables.insert(
        "shifts",
        {
            "shift_id": new.shift_id,
            "lot": new.lot,
            "booth": new.booth,
            "person_id": new.person_id,
            "opened_at": moment_text(now),
            "after_position": after,
        },
    )
    begin_stint(tables, new.shift_id, person, now)
    tables.note("shift_opened", f"shift={new.shift_id} by={person.label}", now)


def acknowledge_last(tables: Tables, person: Person, now: datetime) -> None:
    """Store, and add to the audit, that `person` took over the last closed shift.

    A no-op if no shift was closed, or the last one is acknowledged.
    """
    closed = tables.connection.execute(_LAST_CLOSED).fetchone()
    if closed is None or closed["acknowledged_at"]:
        return
    shift_id = closed["shift_id"]
    values: dict[str, Value] = {"acknowledged_by": person.label}
    update_shift(tables, shift_id, values | {"acknowledged_at": moment_text(now)})
    tables.note("shift_acknowledged", f"shift={shift_id} by={person.label}", now)


def stints_of(tables: Tables, shift_id: str) -> tuple[Stint, ...]:
    """Return the stints of a shift in order."""
    return tuple(map(read_stint, tables.connection.execute(_STINTS, (shift_id,))))


def begin_stint(tables: Tables, shift_id: str, person: Person, now: datetime) -> None:
    """Insert a stint that has not ended."""
    values: dict[str, Value] = {"shift_id": shift_id, "person_id": person.person_id}
    tables.insert("stints", values | {"label": person.label, "began_at": moment_text(now)})


def end_stint(tables: Tables, shift_id: str, now: datetime) -> None:
    """End the present stint of a shift, if any, but not before it began."""
    tables.connection.execute(
        "UPDATE stints SET ended_at = max(?, began_at) WHERE shift_id = ? AND ended_at IS NULL",
        (moment_text(now), shift_id),
    )


def update_shift(tables: Tables, shift_id: str, values: dict[str, Value]) -> None:
    """Update columns of a shift's row."""
    columns = ", ".join(f"{column} = :{column}" for column in values)
    tables.connection.execute(
        f"UPDATE shifts SET {columns} WHERE shift_id = :key",  # noqa: S608 - our names
        values | {"key": shift_id},
    )
