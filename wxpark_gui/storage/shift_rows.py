"""Conversion of people, shifts and reports to rows of the journal, and back."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict
from datetime import datetime
from typing import Any

from wxpark_gui.domain.pin import PinHash
from wxpark_gui.domain.shift import Person, Stint
from wxpark_gui.domain.shift_report import ShiftItem, ShiftReport, ShiftSummary
from wxpark_gui.storage.rows import Value, moment_text, read_moment

_LISTS = ("carried", "owing_list", "failed_list", "voided_list", "corrected_list")


def pin_values(pin: PinHash) -> dict[str, Value]:
    """Return values of `people` that set a PIN, reset wrong tries, and undo a retirement."""
    return {
        "pin_salt": pin.salt,
        "pin_digest": pin.digest,
        "pin_cost": pin.cost,
        "pin_block_size": pin.block_size,
        "pin_lanes": pin.lanes,
        "failures": 0,
        "retired_at": None,
    }


def read_pin_hash(row: sqlite3.Row) -> PinHash:
    """Return the hash of the PIN in a row of `people`."""
    return PinHash(
        row["pin_salt"], row["pin_digest"], row["pin_cost"], row["pin_block_size"], row["pin_lanes"]
    )


def read_person(row: sqlite3.Row) -> Person:
    """Convert a row of `people`."""
    return Person(row["person_id"], row["name"], row["label"], row["retired_at"] is not None)


def read_stint(row: sqlite3.Row) -> Stint:
    """Convert a row of `stints`."""
    ended = row["ended_at"]
    return Stint(row["label"], read_moment(row["began_at"]), read_moment(ended) if ended else None)


def report_text(report: ShiftReport) -> str:
    """Return a report as JSON, without message and acknowledgement, which have columns."""
    values = asdict(report)
    for column in ("message", "acknowledged_by", "acknowledged_at"):
        del values[column]
    return json.dumps(values, ensure_ascii=False, default=_moment_json)


def without_lists(text: str) -> str:
    """Return a report's JSON with its sums, but with empty lists of entries.

    Raises:
        KeyError, TypeError, ValueError: the JSON differs from that of `report_text`.
    """
    values: dict[str, Any] = json.loads(text)
    values["summary"] = values["summary"] | {name: [] for name in _LISTS}
    return json.dumps(values, ensure_ascii=False)


def read_report(row: sqlite3.Row) -> ShiftReport:
    """Convert a row of a closed shift to its report.

    Raises:
        KeyError, TypeError, ValueError: the JSON differs from that of `report_text`.
    """
    values: dict[str, Any] = json.loads(row["report"])
    summary = values["summary"]
    for name in _LISTS:
        summary[name] = tuple(_read_item(item) for item in summary[name])
    summary["by_person"] = tuple((label, count) for label, count in summary["by_person"])
    values["summary"] = ShiftSummary(**summary)
    values["stints"] = tuple(map(_read_stint_json, values["stints"]))
    for name in ("opened_at", "until"):
        values[name] = read_moment(values[name])
    acknowledged_at = row["acknowledged_at"]
    return ShiftReport(
        **values,
        message=row["message"],
        acknowledged_by=row["acknowledged_by"],
        acknowledged_at=read_moment(acknowledged_at) if acknowledged_at else None,
    )


def _read_item(item: dict[str, Any]) -> ShiftItem:
    return ShiftItem(**item | {"entered_at": read_moment(item["entered_at"])})


def _read_stint_json(stint: dict[str, Any]) -> Stint:
    ended = stint["ended_at"]
    began = read_moment(stint["began_at"])
    return Stint(stint["label"], began, read_moment(ended) if ended else None)


def _moment_json(value: object) -> str:
    if isinstance(value, datetime):
        return moment_text(value)
    raise TypeError(type(value).__name__)
