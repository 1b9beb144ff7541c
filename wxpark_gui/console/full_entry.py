"""Output of `wxpark journal show`."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from wxpark_gui.console.report import entry_json
from wxpark_gui.domain.entry import BEIJING
from wxpark_gui.wording import ExportRowWords, Wording

if TYPE_CHECKING:
    from wxpark_gui.domain.export import Cell
    from wxpark_gui.domain.full_entry import Attempt, AuditLine, FullEntry


def full_entry_json(entry: FullEntry) -> dict[str, Any]:
    """Return the object that `journal show --json` prints: `entry_json` with further keys."""
    row, record = entry.row, entry.row.record
    return {
        **entry_json(record),
        "car_type": record.entry.car_type.value if record.entry.car_type else None,
        "mch_id": record.origin.mch_id,
        "sub_mch_id": record.origin.sub_mch_id,
        "attendant": record.origin.attendant,
        "shift_id": row.shift_id,
        "void_reason": row.void_reason,
        "link": record.link.value if record.link else None,
        "replaces": record.replaces,
        "replaced_by": record.replaced_by,
        "exchanges": [_attempt_json(attempt) for attempt in entry.attempts],
        "audit": [
            {"at": _iso(line.at), "what": line.what, "detail": line.detail} for line in entry.audit
        ],
    }


def full_entry_text(entry: FullEntry, wording: Wording) -> str:
    """Return the text that `journal show` prints.

    It has a line for each value that is not empty, for each attempt and for each row of the audit.
    The plate is whole; times are Beijing time.
    """
    rows = ExportRowWords(wording)
    cells = rows.cells(entry.row, whole_plates=True)
    lines = [
        f"{heading}: {_text(cell)}"
        for heading, cell in zip(rows.headings, cells, strict=True)
        if cell not in (None, "")
    ]
    words = wording.console.exports
    lines += [f"{words.exchanges}: {_attempt_text(each, wording)}" for each in entry.attempts]
    lines += [f"{words.audit}: {_audit_text(line)}" for line in entry.audit]
    return "\n".join(lines)


def _attempt_json(attempt: Attempt) -> dict[str, Any]:
    outcome = attempt.outcome
    return {
        "started_at": _iso(attempt.started_at),
        "ended_at": _iso(attempt.ended_at),
        "cause": outcome.cause.value if outcome else None,
        "user_state": outcome.user_state if outcome else None,
        "deduct_mode": outcome.deduct_mode if outcome else None,
        "code": outcome.code if outcome else None,
        "message": outcome.message if outcome else None,
        "host": outcome.host if outcome else None,
        "elapsed_ms": outcome.elapsed_ms if outcome else None,
        "reply_hash": outcome.reply_hash if outcome else None,
        "mch_id": attempt.mch_id,
        "sub_mch_id": attempt.sub_mch_id,
    }


def _attempt_text(attempt: Attempt, wording: Wording) -> str:
    outcome = attempt.outcome
    if outcome is None:
        return f"{_text(attempt.started_at)} {wording.console.exports.interrupted}"
    elapsed = f"{outcome.elapsed_ms} ms" if outcome.elapsed_ms else ""
    parts = (
        _text(attempt.started_at),
        outcome.cause.value,
        outcome.user_state,
        outcome.deduct_mode,
        outcome.code,
        _printable(outcome.message),
        outcome.host,
        elapsed,
    )
    return " ".join(part for part in parts if part)


def _audit_text(line: AuditLine) -> str:
    return f"{_text(line.at)} {line.what} {_printable(line.detail)}"


def _text(cell: Cell) -> str:
    if isinstance(cell, datetime):
        return cell.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")
    return _printable(str(cell))


def _printable(text: str) -> str:
    """Replace unprintable characters, such as terminal control codes, by spaces."""
    return "".join(c if c.isprintable() else " " for c in text)


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="milliseconds") if moment else None
