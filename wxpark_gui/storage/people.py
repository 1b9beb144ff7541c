"""Rows of attendants and their PINs. The caller opens the transaction."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from wxpark_gui.domain.pin import PinHash, PinState
from wxpark_gui.domain.shift import Person, free_label
from wxpark_gui.domain.shift_errors import PersonUnknownError
from wxpark_gui.service.ports import Clock
from wxpark_gui.storage.rows import Value, moment_text
from wxpark_gui.storage.shift_rows import pin_values, read_person, read_pin_hash
from wxpark_gui.storage.tables import Tables


def all_people(tables: Tables) -> tuple[Person, ...]:
    """Return everyone in the order of adding, retired people too."""
    return tuple(
        map(read_person, tables.connection.execute("SELECT * FROM people ORDER BY person"))
    )


def active_person(tables: Tables, person_id: str) -> Person:
    """Return a person who can sign in.

    Raises:
        PersonUnknownError: there is no such person, or the person was retired.
    """
    person = read_person(person_row(tables, person_id))
    if person.is_retired:
        raise PersonUnknownError
    return person


def person_row(tables: Tables, person_id: str) -> sqlite3.Row:
    """Return a person's row.

    Raises:
        PersonUnknownError: there is no such person.
    """
    query = "SELECT * FROM people WHERE person_id = ?"
    row: sqlite3.Row | None = tables.connection.execute(query, (person_id,)).fetchone()
    if row is None:
        raise PersonUnknownError
    return row


def read_pin_state(tables: Tables, clock: Clock, person_id: str) -> PinState:
    """Return a person's stored PIN and the wrong PINs typed since the last right one.

    Raises:
        PersonUnknownError: there is no such person, or the person was retired.
    """
    active_person(tables, person_id)
    row = person_row(tables, person_id)
    failed_at = row["failed_monotonic"]
    if row["failed_run"] != tables.run:
        # Monotonic readings of another run do not compare: the wait begins again with this one.
        failed_at = tables.connection.execute(
            "SELECT opened_monotonic FROM runs WHERE run = ?", (tables.run,)
        ).fetchone()[0]
    return PinState(read_pin_hash(row), row["failures"], clock.monotonic() - failed_at)


def count_try(tables: Tables, clock: Clock, person_id: str) -> None:
    """Count a try as wrong, and store its time by the monotonic clock.

    Raises:
        PersonUnknownError: there is no such person.
    """
    failures = person_row(tables, person_id)["failures"] + 1
    update_person(
        tables,
        person_id,
        {"failures": failures, "failed_run": tables.run, "failed_monotonic": clock.monotonic()},
    )


def insert_person(tables: Tables, person_id: str, name: str, pin: PinHash, now: datetime) -> str:
    """Insert a person; return the label, which is unique."""
    label = _free_label(tables, name)
    values: dict[str, Value] = {"person_id": person_id, "name": name, "label": label}
    added: dict[str, Value] = {"added_at": moment_text(now)}
    tables.insert("people", values | pin_values(pin) | added)
    return label


def change_name(tables: Tables, person_id: str, name: str) -> str:
    """Change name and label; return the remark for the audit.

    Raises:
        PersonUnknownError: there is no such person.
    """
    old = person_row(tables, person_id)
    label = _free_label(tables, name, except_id=person_id)
    update_person(tables, person_id, {"name": name, "label": label})
    return f"person={label} was={old['label']}"


def update_person(tables: Tables, person_id: str, values: dict[str, Value]) -> None:
    """Update columns of a person's row."""
    columns = ", ".join(f"{column} = :{column}" for column in values)
    tables.connection.execute(
        f"UPDATE people SET {columns} WHERE person_id = :key",  # noqa: S608 - our names
        values | {"key": person_id},
    )


def _free_label(tables: Tables, name: str, except_id: str = "") -> str:
    rows = tables.connection.execute("SELECT label FROM people WHERE person_id <> ?", (except_id,))
    return free_label(name, {row["label"] for row in rows})
