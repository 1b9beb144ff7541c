"""Output of the console tool as text and as JSON, and its exit codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from wxpark_gui.domain.delivery import Cause, DeliveryState, Remedy
from wxpark_gui.domain.entry import wire_time
from wxpark_gui.domain.errors import (
    AccountInUseError,
    DataDirectoryInUseError,
    EntryNotFoundError,
    ExportExistsError,
    ImportUnreadableError,
    InvalidInputError,
    KeyUnavailableError,
    NotSetUpError,
    ReadableError,
)
from wxpark_gui.domain.merchant import MerchantProfile
from wxpark_gui.domain.verdict import Severity, UserState
from wxpark_gui.wording import Wording

if TYPE_CHECKING:
    from wxpark_gui.domain.health import Finding
    from wxpark_gui.domain.record import EntryRecord
    from wxpark_gui.service.outbox import Flushed


class ExitCode(IntEnum):
    """Exit codes of `wxpark`, a stable interface for other programs.

    Once an entry is saved, the code of `notify` describes the entry, even after Ctrl-C or if
    standard output fails.
    """

    ANSWERED = 0
    FAILED = 1
    BAD_INPUT = 2
    QUEUED = 3
    REFUSED = 4
    UNTRUSTED = 5
    NOT_SET_UP = 6
    IN_USE = 7


_BAD_INPUT = (
    EntryNotFoundError,
    ExportExistsError,
    ImportUnreadableError,
    InvalidInputError,
)

_FLUSH_ENDS = (
    DeliveryState.ANSWERED,
    DeliveryState.REFUSED,
    DeliveryState.UNTRUSTED,
    DeliveryState.EXPIRED,
)

_DELIVERY_WORDS = {
    ExitCode.ANSWERED: "answered",
    ExitCode.QUEUED: "queued",
    ExitCode.NOT_SET_UP: "queued",
    ExitCode.REFUSED: "refused",
    ExitCode.UNTRUSTED: "untrusted",
}


def exit_code_of(record: EntryRecord) -> ExitCode:
    """Return the exit code of `notify` for an entry that was saved."""
    if record.state is DeliveryState.ANSWERED:
        return ExitCode.ANSWERED
    if record.state is DeliveryState.UNTRUSTED:
        return ExitCode.UNTRUSTED
    cause = record.outcome.cause if record.outcome else None
    if cause is Cause.KEY_UNAVAILABLE:
        return ExitCode.NOT_SET_UP
    # An entry held for wrong settings stays open, but counts as refused here.
    if not record.state.is_open or (cause and cause.remedy is Remedy.FIX_SETTINGS):
        return ExitCode.REFUSED
    return ExitCode.QUEUED


def exit_code_of_flush(flushed: Flushed) -> ExitCode:
    """Return the exit code of `journal flush`: `QUEUED` if entries wait, else by the results.

    The worst result decides.
    """
    if flushed.waiting:
        return ExitCode.QUEUED
    if flushed.count(DeliveryState.UNTRUSTED):
        return ExitCode.UNTRUSTED
    if flushed.count(DeliveryState.REFUSED) or flushed.count(DeliveryState.EXPIRED):
        return ExitCode.REFUSED
    return ExitCode.ANSWERED


def flushed_json(flushed: Flushed, wording: Wording) -> dict[str, Any]:
    """Return the object that `journal flush --json` prints: counts of results, waiting entries."""
    counts = {state.value: flushed.count(state) for state in _FLUSH_ENDS}
    return {
        "sent": sum(counts.values()) - counts[DeliveryState.EXPIRED.value],
        **counts,
        "waiting": len(flushed.waiting),
        "entries": [
            {
                "entry_id": record.entry_id,
                "plate": record.entry.label,
                "cause": record.outcome.cause.value if record.outcome else "",
                "code": record.outcome.code if record.outcome else "",
                "reason": wording.verdict(record.verdict).advice,
                "next_attempt_at": record.next_attempt_at
                and record.next_attempt_at.isoformat(timespec="milliseconds"),
            }
            for record in flushed.waiting
        ],
    }


def flushed_text(flushed: Flushed, wording: Wording) -> str:
    """Return the text of `journal flush`: the counts, then a line for each waiting entry."""
    counts = [f"{wording.delivery_state(state)} {flushed.count(state)}" for state in _FLUSH_ENDS]
    waiting = f"{wording.delivery_state(DeliveryState.WAITING)} {len(flushed.waiting)}"
    lines = [" · ".join([*counts, waiting])]
    lines += [
        f"  {record.entry.label}  {wording.verdict(record.verdict).advice}"
        for record in flushed.waiting
    ]
    return "\n".join(lines)


def exit_code_for(error: ReadableError) -> ExitCode:
    """Return the exit code of a command that ended with an error and saved no entry."""
    from wxpark_gui.domain.setting_changes import SettingsRefusedError  # noqa: PLC0415 - for errors only

    if isinstance(error, (*_BAD_INPUT, SettingsRefusedError)):
        return ExitCode.BAD_INPUT
    if isinstance(error, AccountInUseError):
        return ExitCode.QUEUED
    if isinstance(error, NotSetUpError | KeyUnavailableError):
        return ExitCode.NOT_SET_UP
    if isinstance(error, DataDirectoryInUseError):
        return ExitCode.IN_USE
    return ExitCode.FAILED


def record_json(record: EntryRecord, wording: Wording) -> dict[str, Any]:
    """Return the object that `notify --json` prints for an entry that was saved."""
    verdict = record.verdict
    words = wording.verdict(verdict)
    outcome = record.outcome
    code = exit_code_of(record)
    error = None
    if code is not ExitCode.ANSWERED:
        cause = verdict.cause.value.upper() if verdict.cause else ""
        error = {
            "code": verdict.code or cause,
            "message": words.advice,
            "action": wording.remedy(verdict.cause, verdict.code),
        }
    answered = code is ExitCode.ANSWERED
    document: dict[str, Any] = {
        "entry_id": record.entry_id,
        "plate": record.entry.plate.text if record.entry.plate else "",
        "delivery": _DELIVERY_WORDS[code],
        "severity": verdict.severity.value,
        "user_state": verdict.raw_state if answered else None,
        "deduct_mode": verdict.raw_deduct_mode or None if answered else None,
        "title": words.title,
        "advice": words.advice,
        "error": error,
        "attempts": record.attempts,
        "elapsed_ms": outcome.elapsed_ms if outcome else 0,
    }
    if record.origin.training:
        document["training"] = True
    return document


def failure_json(
    error: ReadableError, wording: Wording, *, plate: str, training: bool
) -> dict[str, Any]:
    """Return the object that `notify --json` prints if no entry was saved."""
    words = wording.failure(error)
    document: dict[str, Any] = {
        "entry_id": None,
        "plate": plate,
        "delivery": None,
        "severity": Severity.FAILED.value,
        "user_state": None,
        "deduct_mode": None,
        "title": wording.severity(Severity.FAILED),
        "advice": words.message,
        "error": {"code": error.code, "message": words.message, "action": words.action},
        "attempts": 0,
        "elapsed_ms": 0,
    }
    if isinstance(error, InvalidInputError):
        document["error"]["fields"] = {
            found.field.value: wording.field_error(found) for found in error.errors
        }
    if training:
        document["training"] = True
    return document


def entry_json(record: EntryRecord) -> dict[str, Any]:
    """Return one object of `journal list --json`."""
    verdict = record.verdict
    document: dict[str, Any] = {
        "entry_id": record.entry_id,
        "sequence": record.sequence,
        "lot": record.origin.lot,
        "booth": record.origin.booth,
        "plate": record.entry.plate.text if record.entry.plate else "",
        "scene": record.entry.scene.value,
        "space_number": record.entry.space_number,
        "start_time": wire_time(record.entry.start_time),
        "saved_at": record.saved_at.isoformat(timespec="milliseconds"),
        "delivery": delivery_word(record.state),
        "severity": verdict.severity.value,
        "user_state": verdict.raw_state if verdict.state is not UserState.NONE else None,
        "code": verdict.code,
        "attempts": record.attempts,
        "maybe_sent": record.maybe_sent,
        "backfilled": record.backfilled,
    }
    if record.origin.training:
        document["training"] = True
    return document


def delivery_word(state: DeliveryState) -> str:
    """Return a delivery state's name in JSON: `queued` for open states, else the state's value."""
    return "queued" if state.is_open else state.value


def record_text(record: EntryRecord, wording: Wording) -> str:
    """Return the text that `notify` prints for an entry that was saved."""
    words = wording.verdict(record.verdict)
    lines = [f"{record.entry.label}  {words.title}", words.advice, words.small]
    if not record.entry.chargeable:
        lines.append(wording.console.not_chargeable)
    if record.origin.training:
        lines.insert(0, wording.console.training_mark)
    return "\n".join(line for line in lines if line)


def failure_text(error: ReadableError, wording: Wording) -> str:
    """Return message, action and code of an error, one a line.

    For `InvalidInputError` the lines are instead the errors of its fields, one a line.
    """
    if isinstance(error, InvalidInputError):
        return "\n".join(
            f"{wording.field(found.field)}: {wording.field_error(found)}" for found in error.errors
        )
    words = wording.failure(error)
    return "\n".join(line for line in (words.message, words.action, f"[{error}]") if line)


def merchant_text(
    merchant: MerchantProfile, key_error: KeyUnavailableError | None, wording: Wording
) -> str:
    """Return the text of `merchant show`: the merchant's fields and the state of the key.

    Args:
        key_error: the error of reading the key; None if the key can be read.
    """
    lines = [f"{name}: {value}" for name, value in asdict(merchant).items() if value != ""]
    words = wording.console
    key = wording.failure(key_error).sentences if key_error else words.key_is_kept
    return "\n".join([*lines, f"{words.key}: {key}"])


def exit_code_of_findings(findings: Sequence[Finding]) -> ExitCode:
    """Return the exit code of `doctor`: that of the first bad finding. Warnings are ignored."""
    from wxpark_gui.domain.health import Health  # noqa: PLC0415 - for `doctor` only

    bad = next((finding for finding in findings if finding.health is Health.BAD), None)
    if bad is None:
        return ExitCode.ANSWERED
    return exit_code_for(bad.error) if bad.error else ExitCode.FAILED
