"""Start and end of an entry's attempts. Every function needs an open transaction."""

from __future__ import annotations

from datetime import datetime, timedelta

from wxpark_gui.domain.delivery import Cause, DeliveryState, NextStep, Outcome, transition
from wxpark_gui.domain.errors import EntryNotOpenError
from wxpark_gui.domain.record import SentAs
from wxpark_gui.storage.rows import moment_text, outcome_values
from wxpark_gui.storage.tables import Tables

_DECIDED = frozenset({DeliveryState.ANSWERED, DeliveryState.REFUSED, DeliveryState.UNTRUSTED})
"""Final states that follow from the outcome of an attempt."""


def start_attempt(
    tables: Tables, entry_id: str, now: datetime, sent_as: SentAs, *, resume: bool
) -> None:
    """Add an attempt, and set its entry's state to `SENDING`.

    Args:
        resume: the entry may be `SENDING` already, because its last result could not be stored.

    Raises:
        EntryNotOpenError: the entry is closed, or being sent and not to be resumed.
        LookupError: there is no such entry.
    """
    before = tables.state(entry_id)
    taken = before is DeliveryState.SENDING and not resume
    if taken or not before.is_open:
        raise EntryNotOpenError(before.value)
    tables.set_state(entry_id, DeliveryState.SENDING, before=before)
    _add_attempt(tables, entry_id, now, sent_as)


def finish_attempt(
    tables: Tables, entry_id: str, outcome: Outcome, step: NextStep, now: datetime
) -> None:
    """Store an attempt's outcome; set the entry's next state unless it was closed meanwhile.

    An entry closed by another attempt keeps the outcome of that one, which its state came from.

    Raises:
        LookupError: there is no such entry.
    """
    before = tables.state(entry_id)
    attempt = _end_attempt(tables, entry_id, outcome, now)
    state, next_attempt_at = before, None
    decided_by_other = before in _DECIDED
    if before.is_open:
        # An entry without a started attempt passes through `SENDING` here.
        state = transition(transition(before, DeliveryState.SENDING), step.state)
        next_attempt_at = _next_attempt(step, now)
    tables.connection.execute(
        "UPDATE entries SET state = ?, attempts = attempts + 1, untrusted = untrusted + ?,"
        " next_attempt_at = ?, last_attempt = CASE WHEN ? THEN last_attempt ELSE ? END"
        " WHERE entry_id = ?",
        (
            state.value,
            outcome.cause is Cause.UNTRUSTED,
            next_attempt_at,
            decided_by_other,
            attempt,
            entry_id,
        ),
    )
    detail = f"{entry_id} {outcome.cause.value} {outcome.code}".rstrip()
    if step.security_event:
        tables.note("reply_not_trusted", detail, now)
    if step.holds_account:
        tables.note("account_held", detail, now)


def _add_attempt(tables: Tables, entry_id: str, started_at: datetime, sent_as: SentAs) -> int:
    return tables.insert(
        "attempts",
        {
            "entry_id": entry_id,
            "run": tables.run,
            "started_at": moment_text(started_at),
            "sent_mch_id": sent_as.mch_id,
            "sent_sub_mch_id": sent_as.sub_mch_id,
        },
    )


def _end_attempt(tables: Tables, entry_id: str, outcome: Outcome, now: datetime) -> int:
    """Complete the unfinished attempt of this run, or a new one; return its number."""
    row = tables.connection.execute(
        "SELECT max(attempt) AS attempt FROM attempts"
        " WHERE entry_id = ? AND run = ? AND ended_at IS NULL",
        (entry_id, tables.run),
    ).fetchone()
    attempt: int | None = row["attempt"]
    if attempt is None:
        started_at = now - timedelta(milliseconds=outcome.elapsed_ms)
        attempt = _add_attempt(tables, entry_id, started_at, SentAs())
    values = outcome_values(outcome) | {"ended_at": moment_text(now)}
    assignments = ", ".join(f"{column} = :{column}" for column in values)
    tables.connection.execute(
        f"UPDATE attempts SET {assignments} WHERE attempt = :attempt",  # noqa: S608 - our names
        values | {"attempt": attempt},
    )
    return attempt


def _next_attempt(step: NextStep, now: datetime) -> str | None:
    if step.wait is None:
        return None
    return moment_text(now + timedelta(seconds=step.wait))
