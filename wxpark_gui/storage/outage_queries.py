"""Spans of a file, and queries for the attempts in it that did not reach the gateway."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from wxpark_gui.domain.connectivity import ConnectionFailure
from wxpark_gui.domain.delivery import Cause, Outcome
from wxpark_gui.domain.tallies import Turn
from wxpark_gui.storage.rows import read_moment


@dataclass(frozen=True, slots=True)
class Span:
    """Part of a file.

    Attributes:
        start, end: bounds of `saved_at`, the end excluded; an empty end means no limit.
        first, last: bounds of `attempt`, the last excluded; a `last` of 0 means no limit.
    """

    start: str = ""
    end: str = ""
    first: int = 0
    last: int = 0


EVERYTHING = Span()

_UNREACHED = ", ".join(
    f"'{cause.value}'" for cause in Cause if not Outcome(cause, code="CONNECT").reached
)
_AFTER_SENDING = ", ".join(
    f"'{failure.value}'" for failure in ConnectionFailure if failure.after_sending
)
# Attempts of schema 1 and 2 have a 0 in `reached`, also those that reached the gateway.
_REACHED = f"reached = 1 OR cause NOT IN ({_UNREACHED}) OR code IN ({_AFTER_SENDING})"
_ENDED = "ended_at IS NOT NULL AND cause IS NOT NULL"
_NOT_REACHED = f"""
    SELECT attempt, started_at FROM attempts
    WHERE attempt >= ? AND (? = 0 OR attempt < ?) AND {_ENDED} AND NOT ({_REACHED})
    ORDER BY attempt
"""  # noqa: S608 - our own words
_LAST_BEFORE = f"""
    SELECT started_at, {_REACHED} FROM attempts
    WHERE attempt < ? AND {_ENDED} ORDER BY attempt DESC LIMIT 1
"""  # noqa: S608 - our own words
_NEXT_REACHED = f"""
    SELECT attempt, started_at FROM attempts
    WHERE attempt >= ? AND {_ENDED} AND ({_REACHED}) ORDER BY attempt LIMIT 1
"""  # noqa: S608 - our own words


_SINCE_REACHED = f"""
    SELECT attempt, started_at, ended_at FROM attempts
    WHERE attempt > coalesce((
        SELECT attempt FROM attempts WHERE {_ENDED} AND ({_REACHED}) ORDER BY attempt DESC LIMIT 1
    ), 0)
"""  # noqa: S608 - our own words


def attempts_since_reached(
    connection: sqlite3.Connection,
) -> list[tuple[int, str, str | None]]:
    """Return number, start and end of the attempts since the last one that reached the gateway."""
    found = connection.execute(_SINCE_REACHED).fetchall()
    return [(row[0], row[1], row[2]) for row in found]


def first_attempt_since(connection: sqlite3.Connection, moment: str) -> int:
    """Return the number of the first attempt that started at `moment` or later.

    If none did, the result is one more than the largest number; without attempts it is 1. The
    column has no index, so this bisects; attempts are numbered in the order they started.
    """
    low, high = connection.execute("SELECT min(attempt), max(attempt) + 1 FROM attempts").fetchone()
    if low is None:
        return 1
    query = "SELECT attempt, started_at FROM attempts WHERE attempt >= ? ORDER BY attempt LIMIT 1"
    while low < high:
        middle = (low + high) // 2
        attempt, started_at = connection.execute(query, (middle,)).fetchone()
        if str(started_at) < moment:
            low = attempt + 1
        else:
            high = middle
    return int(low)


def read_turns(connection: sqlite3.Connection, span: Span) -> Iterator[Turn]:
    """Yield a turn for the start and the end of each outage that begins in the span.

    At most two turns come first: the last attempt before the span, and the first attempt at or
    after its start that reached the gateway. The end of an outage may be after the span, but is
    never before its begin, because the clock may have been set back. Attempts with an invalid time
    are left out.
    """
    before = connection.execute(_LAST_BEFORE, (span.first,)).fetchone()
    if before is not None:
        yield from _turn(before[0], reached=bool(before[1]))
    first = connection.execute(_NEXT_REACHED, (span.first,)).fetchone()
    if first is not None:
        yield from _turn(first[1], reached=True, began=before[0] if before else None)
    past = 0
    for attempt, started_at in connection.execute(_NOT_REACHED, (span.first, span.last, span.last)):
        if attempt < past:
            continue
        yield from _turn(started_at, reached=False)
        after = connection.execute(_NEXT_REACHED, (attempt,)).fetchone()
        if after is None:
            return
        past = after[0]
        yield from _turn(after[1], reached=True, began=started_at)


def _turn(started_at: object, *, reached: bool, began: object = None) -> Iterator[Turn]:
    """Yield the turn of an attempt, not before `began`; nothing for an invalid time."""
    at = read_seconds(started_at)
    if at is not None:
        yield Turn(max(at, read_seconds(began) or at), reached)


def read_seconds(moment: object) -> float | None:
    """Parse a stored time into seconds since 1970; None for an invalid value."""
    try:
        return read_moment(str(moment)).timestamp()
    except ValueError:
        return None
