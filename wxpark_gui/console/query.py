"""`wxpark query`: ask for the state of a plate's owner.

It works while the window is open: it takes no lock, and writes its audit line over its own SQLite
connection. No entry is queued, so a failure that `notify` ends with `QUEUED` (3), such as no
network, ends with `FAILED` (1) here.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from wxpark_gui.assembly import Assembly
from wxpark_gui.console.report import ExitCode
from wxpark_gui.domain.delivery import Cause, Outcome, Remedy
from wxpark_gui.domain.errors import InvalidInputError, ReadableError
from wxpark_gui.domain.verdict import Severity
from wxpark_gui.wording import Wording

if TYPE_CHECKING:
    from wxpark_gui.service.query import QueryAnswer

_REMEDY_CODES = {
    Remedy.NONE: ExitCode.ANSWERED,
    Remedy.RETRY: ExitCode.FAILED,
    Remedy.RETRY_SLOWLY: ExitCode.FAILED,
    Remedy.UNLOCK: ExitCode.NOT_SET_UP,
    Remedy.FIX_SETTINGS: ExitCode.REFUSED,
    Remedy.FIX_ENTRY: ExitCode.REFUSED,
    Remedy.RESEND_BY_HAND: ExitCode.REFUSED,
    Remedy.TRY_ONCE_MORE: ExitCode.UNTRUSTED,
}


def ask(options: argparse.Namespace) -> QueryAnswer:
    """Ask once for the plate in `options`.

    Raises:
        ReadableError: the text is no plate, the booth is not set up, or settings or journal cannot
            be read.
    """
    with Assembly(options.data_dir, training=options.training) as parts:
        parts.load_settings()
        journal = parts.share_journal()
        return parts.plate_query(journal, parts.open_gateway()).ask(options.plate)


def exit_code_of_query(outcome: Outcome) -> ExitCode:
    """Return the exit code of `query` for the outcome of its exchange."""
    return _REMEDY_CODES[outcome.cause.remedy]


def query_json(answer: QueryAnswer, wording: Wording, *, training: bool) -> dict[str, Any]:
    """Return the object that `query --json` prints."""
    verdict, outcome = answer.verdict, answer.outcome
    words = wording.query(verdict)
    answered = outcome.cause is Cause.ANSWERED
    error = None
    if not answered:
        error = {
            "code": outcome.code or outcome.cause.value.upper(),
            "message": words.advice,
            "action": wording.query_remedy(outcome.cause, outcome.code),
        }
    document: dict[str, Any] = {
        "plate": answer.plate.text,
        "answered": answered,
        "severity": verdict.severity.value,
        "user_state": verdict.raw_state if answered else None,
        "deduct_mode": verdict.raw_deduct_mode or None if answered else None,
        "title": words.title,
        "advice": words.advice,
        "as_of": answer.at.isoformat(timespec="milliseconds"),
        "error": error,
        "elapsed_ms": outcome.elapsed_ms,
    }
    return document | ({"training": True} if training else {})


def query_failure_json(
    error: ReadableError, wording: Wording, *, plate: str, training: bool
) -> dict[str, Any]:
    """Return the object that `query --json` prints if an error prevented the query."""
    words = wording.failure(error)
    found: dict[str, Any] = {"code": error.code, "message": words.message, "action": words.action}
    if isinstance(error, InvalidInputError):
        found["fields"] = {e.field.value: wording.field_error(e) for e in error.errors}
    document: dict[str, Any] = {
        "plate": plate,
        "answered": False,
        "severity": Severity.FAILED.value,
        "user_state": None,
        "deduct_mode": None,
        "title": wording.severity(Severity.FAILED),
        "advice": words.message,
        "as_of": None,
        "error": found,
        "elapsed_ms": 0,
    }
    return document | ({"training": True} if training else {})


def query_text(answer: QueryAnswer, wording: Wording, *, training: bool) -> str:
    """Return the text that `query` prints without `--json`."""
    words = wording.query(answer.verdict)
    lines = [f"{answer.plate.spaced}  {words.title}", words.advice, words.small]
    if not answer.plate.chargeable:
        lines.append(wording.console.not_chargeable)
    if training:
        lines.insert(0, wording.console.training_mark)
    return "\n".join(line for line in lines if line)
