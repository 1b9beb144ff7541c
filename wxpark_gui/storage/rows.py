"""Conversion of entries and outcomes to rows of the journal, and back."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any, TypeAlias

from wxpark_gui.domain.delivery import Cause, DeliveryState, Outcome
from wxpark_gui.domain.entry import BEIJING, CarType, ParkingEntry, Scene
from wxpark_gui.domain.errors import JournalDamagedError
from wxpark_gui.domain.plate import read_plate
from wxpark_gui.domain.record import EntryRecord, Link, NewEntry, Origin

Value: TypeAlias = str | int | float | None
"""Type of a column's value."""

Row: TypeAlias = sqlite3.Row | Mapping[str, Any]
"""Values of a row by column name."""

SELECT_RECORDS = """
    SELECT entries.*, ended_at, cause, user_state, deduct_mode, code, message, host, elapsed_ms,
        retry_after, fingerprint, reply_hash
    FROM entries LEFT JOIN attempts ON attempt = last_attempt
"""
"""Entries with the outcome of their last exchange; read each row with `read_record`."""

_TEXTS = (
    "entry_id",
    "lot",
    "booth",
    "account_id",
    "attendant",
    "shift_id",
    "replaces",
    "replaced_by",
    "mch_id",
    "sub_mch_id",
    "space_number",
    "openid",
    "sub_openid",
)
_OUTCOME_TEXTS = (
    "user_state",
    "deduct_mode",
    "code",
    "message",
    "host",
    "fingerprint",
    "reply_hash",
)
_EARLIEST = datetime.min.replace(tzinfo=timezone.utc)
_LATEST = datetime.max.replace(tzinfo=timezone.utc)

_NUMBERS = ("position", "sequence", "attempts", "untrusted", "maybe_sent", "training", "backfilled")


def moment_text(moment: datetime) -> str:
    """Format an aware time in UTC, as `2026-03-01T04:05:06.789+00:00`.

    All such texts have one length, so they sort as the times do. A time that is before year 1 or
    after year 9999 in UTC becomes the first or the last one.
    """
    try:
        in_utc = moment.astimezone(timezone.utc)
    except OverflowError:
        in_utc = _EARLIEST if moment.year == _EARLIEST.year else _LATEST
    return in_utc.isoformat(timespec="milliseconds")


def default_account_id(mch_id: str, sub_mch_id: str) -> str:
    """Return the account id of an entry of schema 1 or 2, which has none of its own."""
    return f"{mch_id}-{sub_mch_id}"


def entry_values(new: NewEntry) -> dict[str, Value]:
    """Return a new entry's columns, without sequence, state and times, which `append` adds."""
    entry, origin = new.entry, new.origin
    return {
        "entry_id": new.entry_id,
        "account_id": origin.account_id,
        "free_time": origin.free_time,
        "attendant": origin.attendant,
        "shift_id": origin.shift_id,
        "replaces": new.replaces,
        "link": new.link and new.link.value,
        "backfilled": int(new.backfill is not None),
        "lot": origin.lot,
        "booth": origin.booth,
        "mch_id": origin.mch_id,
        "sub_mch_id": origin.sub_mch_id,
        "training": int(origin.training),
        "scene": entry.scene.value,
        "start_time": moment_text(entry.start_time),
        "plate": entry.plate.text if entry.plate else None,
        "car_type": entry.car_type.value if entry.car_type else None,
        "space_number": entry.space_number,
        "openid": entry.openid,
        "sub_openid": entry.sub_openid,
    }


def outcome_values(outcome: Outcome) -> dict[str, Value]:
    """Return the columns of `attempts` that contain an outcome."""
    return {
        "cause": outcome.cause.value,
        "reached": int(outcome.reached),
        "user_state": outcome.user_state,
        "deduct_mode": outcome.deduct_mode,
        "code": outcome.code,
        "message": outcome.message,
        "host": outcome.host,
        "elapsed_ms": outcome.elapsed_ms,
        "retry_after": outcome.retry_after,
        "fingerprint": outcome.fingerprint,
        "reply_hash": outcome.reply_hash,
    }


def read_record(found: sqlite3.Row) -> EntryRecord:
    """Convert a row of `SELECT_RECORDS` to a record.

    Raises:
        JournalDamagedError: a value is invalid; `detail` contains only the position.
    """
    # A row compares its columns' names one by one each time a value is read.
    row = dict(zip(found.keys(), found, strict=True))
    try:
        _check_types(row)
        return EntryRecord(
            entry_id=row["entry_id"],
            position=row["position"],
            sequence=row["sequence"],
            entry=_read_entry(row),
            origin=_read_origin(row),
            saved_at=read_moment(row["saved_at"]),
            state=DeliveryState(row["state"]),
            attempts=row["attempts"],
            untrusted=row["untrusted"],
            maybe_sent=bool(row["maybe_sent"]),
            outcome=_read_outcome(row) if row["cause"] else None,
            outcome_at=read_moment(row["ended_at"]) if row["ended_at"] else None,
            next_attempt_at=read_moment(row["next_attempt_at"]) if row["next_attempt_at"] else None,
            replaces=row["replaces"],
            link=Link(row["link"]) if row["link"] else None,
            replaced_by=row["replaced_by"],
            backfilled=bool(row["backfilled"]),
        )
    except (ValueError, TypeError, AttributeError) as error:
        # No value in the message, as it may be personal data.
        raise JournalDamagedError(f"entry {row['position']}") from error


def read_state(row: sqlite3.Row) -> DeliveryState:
    """Return the state of a row with an entry's `position` and `state`.

    Raises:
        JournalDamagedError: the state is invalid.
    """
    try:
        return DeliveryState(row["state"])
    except ValueError as error:
        raise JournalDamagedError(f"entry {row['position']}") from error


def _check_types(row: Row) -> None:
    """Check columns that `read_record` would accept with a wrong type.

    SQLite stores a value of any type in any column, and invalid UTF-8 as text.

    Raises:
        AttributeError, TypeError, ValueError: a value is not valid in its column.
    """
    for column in _TEXTS:
        row[column].encode()
    (row["plate"] or "").encode()
    for column in _NUMBERS:
        if not isinstance(row[column], int):
            raise TypeError(column)
    if row["free_time"] is not None and not isinstance(row["free_time"], int):
        raise TypeError("free_time")
    if not row["entry_id"].isascii():
        raise ValueError("entry_id")


def _read_entry(row: Row) -> ParkingEntry:
    return ParkingEntry(
        scene=Scene(row["scene"]),
        start_time=read_moment(row["start_time"]).astimezone(BEIJING),
        plate=None if row["plate"] is None else read_plate(row["plate"]),
        car_type=None if row["car_type"] is None else CarType(row["car_type"]),
        space_number=row["space_number"],
        openid=row["openid"],
        sub_openid=row["sub_openid"],
    )


def _read_origin(row: Row) -> Origin:
    mch_id, sub_mch_id = row["mch_id"], row["sub_mch_id"]
    return Origin(
        account_id=row["account_id"] or default_account_id(mch_id, sub_mch_id),
        mch_id=mch_id,
        sub_mch_id=sub_mch_id,
        lot=row["lot"],
        booth=row["booth"],
        free_time=row["free_time"],
        training=bool(row["training"]),
        attendant=row["attendant"],
        shift_id=row["shift_id"],
    )


def _read_outcome(row: Row) -> Outcome:
    for column in _OUTCOME_TEXTS:
        row[column].encode()
    return read_outcome(row)


def read_outcome(row: Row) -> Outcome:
    """Convert the columns of an attempt. Its texts may hold invalid UTF-8.

    Raises:
        ValueError: the cause is unknown.
    """
    return Outcome(
        cause=Cause(row["cause"]),
        user_state=row["user_state"],
        deduct_mode=row["deduct_mode"],
        code=row["code"],
        message=row["message"],
        host=row["host"],
        elapsed_ms=row["elapsed_ms"],
        retry_after=row["retry_after"],
        fingerprint=row["fingerprint"],
        reply_hash=row["reply_hash"],
    )


def read_moment(text: str) -> datetime:
    """Parse an ISO 8601 time such as `moment_text` writes.

    Raises:
        ValueError: the text is no such time, or has no time zone.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment without its zone")
    return moment
