"""Queries that sum the entries of one file, and the gaps between them, by hour or day (slot).

`sqlite3` releases the GIL while SQLite looks for a row, so that the window stays responsive.
"""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timezone
from functools import lru_cache
from typing import Any

from wxpark_gui.domain.delivery import Cause, DeliveryState, Outcome
from wxpark_gui.domain.tallies import (
    ANSWER_STEPS,
    CARS_IN_A_ROW,
    LONGEST_GAP,
    Gap,
    Slot,
    Sums,
    Tally,
    slot_of,
    slot_start,
)
from wxpark_gui.domain.verdict import Severity, judge
from wxpark_gui.storage.outage_queries import Span, read_seconds, read_turns
from wxpark_gui.storage.rows import moment_text, read_moment

Amendment = tuple[str, str | None, str | None]
"""`entry_id`, new state and new `replaced_by`; None for a value that has not changed."""


_VOIDED = DeliveryState.VOIDED.value.encode()
_AFTER_ALL = "9999"
"""Text that sorts after every stored time."""

# Stored moments are of UTC and of one length; an hour of Beijing is an hour of UTC too.
_HOUR = "substr({moment}, 1, 13)"
_DAY = "date({moment}, '+8 hours')"
_SLOTS = {Slot.HOUR: _HOUR, Slot.DAY: _DAY}

_IN_SPAN = "training = :training AND saved_at >= :start AND saved_at < :end"
_IN_AMENDED = "training = :training AND entries.entry_id IN (SELECT entry_id FROM amended)"


def _step_expression() -> str:
    """Return the SQL expression for `answer_step`.

    It is NULL for a value that is no answer time.
    """
    cases = [
        f"{'ELSE' if bound is None else f'WHEN elapsed_ms < {bound} THEN'}"
        f" elapsed_ms / {width} * {width} + {width // 2}"
        for bound, width in ANSWER_STEPS
    ]
    kept = "cause = 'answered' AND typeof(elapsed_ms) = 'integer' AND elapsed_ms >= 0"
    return f"CASE WHEN {kept} THEN CASE {' '.join(cases)} END END"


_ENTRIES = """
    SELECT {slot}, {state}, {replaced_by} <> '', backfilled <> 0, cause, user_state, {step}
    FROM entries {join} LEFT JOIN attempts ON attempt = last_attempt
    WHERE {where}
"""

_MADE_ONE_BY_ONE = """
    SELECT saved_at, saved_monotonic, lot, booth, run FROM entries
    WHERE training = ? AND saved_at >= ? AND saved_at < ? AND backfilled = 0 AND replaces = ''
    ORDER BY saved_at DESC, position DESC
"""


def sum_span(connection: sqlite3.Connection, span: Span, slot: Slot, *, training: bool) -> Sums:
    """Return the sums of a part of a file. Rows with invalid values are left out.

    An entry is in the span by the time it was saved. Gaps across the border of two slots or two
    spans are not counted.

    Args:
        training: True counts only entries of the training mode, False only the others.

    Raises:
        sqlite3.Error: the file is damaged, or the query was interrupted.
    """
    values: dict[str, object] = {
        "training": int(training),
        "start": span.start,
        "end": span.end or _AFTER_ALL,
    }
    tallies = _sum_entries(connection, slot, _IN_SPAN, values)
    for number, start, end in _slots_of(connection, span, slot):
        if gaps := _latest_gaps(connection, start, end, training=training):
            tallies[number] = tallies.get(number, Tally()) + Tally(gaps=gaps)
    return Sums(tallies, tuple(read_turns(connection, span)))


def amended_entries(connection: sqlite3.Connection) -> Sequence[Amendment]:
    """Return the later changes of archived entries."""
    found = connection.execute("SELECT entry_id, state, replaced_by FROM amendments")
    return [(entry_id, state, replaced_by) for entry_id, state, replaced_by in found]


def sum_amended(
    connection: sqlite3.Connection,
    amended: Iterable[Amendment],
    slot: Slot,
    archived: Sums,
    *,
    training: bool,
) -> Sums:
    """Return the sums of an archive with the entries of `amended` as they are now.

    Creates a temporary table, so call it once for each connection.

    Args:
        archived: the sums of the whole archive.
        training: as in `sum_span`.

    Raises:
        sqlite3.Error: the file is damaged, or the query was interrupted.
    """
    connection.execute(
        "CREATE TEMP TABLE amended (entry_id TEXT PRIMARY KEY, new_state TEXT, new_replaced TEXT)"
    )
    connection.executemany("INSERT INTO temp.amended VALUES (?, ?, ?)", amended)
    values: dict[str, object] = {"training": int(training)}
    before = _sum_entries(connection, slot, _IN_AMENDED, values)
    after = _sum_entries(connection, slot, _IN_AMENDED, values, amended=True)
    return archived.without(Sums(before)) + Sums(after)


def hide_entries(connection: sqlite3.Connection, before: int) -> None:
    """Hide entries from the position `before` on, and their attempts, from later queries.

    This creates temporary views, which SQLite finds before tables of the same name.
    """
    entries = f"FROM main.entries WHERE position < {before:d}"
    connection.execute(
        "CREATE TEMP VIEW attempts AS SELECT * FROM main.attempts"  # noqa: S608 - a number
        f" WHERE entry_id IN (SELECT entry_id {entries})"
    )
    connection.execute(f"CREATE TEMP VIEW entries AS SELECT * {entries}")


def count_entries(connection: sqlite3.Connection) -> int:
    """Return the number of rows, voided and training entries included."""
    count: int = connection.execute("SELECT count(*) FROM entries").fetchone()[0]
    return count


@dataclass(slots=True)
class _Growing:
    """Sums of a `Tally` while its rows are read."""

    severities: Counter[Severity] = field(default_factory=Counter)
    answers: Counter[int] = field(default_factory=Counter)
    voided: int = 0
    backfilled: int = 0

    def done(self) -> Tally:
        return Tally(self.severities, self.answers, voided=self.voided, backfilled=self.backfilled)


def _sum_entries(
    connection: sqlite3.Connection,
    slot: Slot,
    where: str,
    values: dict[str, object],
    *,
    amended: bool = False,
) -> dict[int, Tally]:
    columns, join = ("state", "replaced_by"), ""
    if amended:
        columns = "coalesce(new_state, state)", "coalesce(new_replaced, replaced_by)"
        join = "JOIN temp.amended ON amended.entry_id = entries.entry_id"
    query = _ENTRIES.format(
        slot=_SLOTS[slot].format(moment="start_time"),
        state=columns[0],
        replaced_by=columns[1],
        step=_step_expression(),
        join=join,
        where=where,
    )
    growing: dict[int, _Growing] = defaultdict(_Growing)
    for row, entries in _count_rows(connection, query, values).items():
        name, state, replaced, backfilled, cause, user_state, step = row
        number, severity = _slot_number(name, slot), _severity(state, cause, user_state)
        if number is None or severity is None:
            continue
        if state == _VOIDED:
            growing[number].voided += entries
        elif not replaced:
            tally = growing[number]
            tally.severities[severity] += entries
            tally.backfilled += entries if backfilled else 0
            if step is not None:
                tally.answers[step] += entries
    return {number: tally.done() for number, tally in growing.items()}


def _count_rows(
    connection: sqlite3.Connection, query: str, values: dict[str, object]
) -> Counter[tuple[Any, ...]]:
    """Return the distinct rows of a query, each with its number of occurrences; texts are bytes.

    No function of Python runs for a row, so that it costs a microsecond or two.
    """
    before, connection.text_factory = connection.text_factory, bytes
    try:
        return Counter(connection.execute(query, values))
    finally:
        connection.text_factory = before


def _slots_of(
    connection: sqlite3.Connection, span: Span, slot: Slot
) -> Iterator[tuple[int, str, str]]:
    """Yield number, start and end of each slot from the first to the last entry saved in a span.

    Start and end are texts like `saved_at`, and do not exceed the span.
    """
    bounds = "SELECT min(saved_at), max(saved_at) FROM entries WHERE saved_at >= ? AND saved_at < ?"
    end = span.end or _AFTER_ALL
    first, last = map(read_seconds, connection.execute(bounds, (span.start, end)).fetchone())
    if first is None or last is None:
        return
    moments = [datetime.fromtimestamp(each, timezone.utc) for each in (first, last)]
    lowest, highest = (slot_of(moment, slot) for moment in moments)
    for number in range(lowest, highest + 1):
        yield (
            number,
            max(span.start, moment_text(slot_start(number, slot))),
            min(end, moment_text(slot_start(number + 1, slot))),
        )


def _latest_gaps(
    connection: sqlite3.Connection, start: str, end: str, *, training: bool
) -> tuple[Gap, ...]:
    """Return the latest gaps between entries saved from `start` to before `end`, oldest first.

    At most `CARS_IN_A_ROW` gaps are returned. They are measured by the monotonic clock, so both
    entries of a gap are of one run and one booth. Entries from paper and replacements are left out.
    """
    gaps: list[Gap] = []
    later: dict[tuple[object, ...], tuple[str, float]] = {}
    with closing(connection.execute(_MADE_ONE_BY_ONE, (int(training), start, end))) as rows:
        for saved_at, monotonic, *place in rows:
            if not isinstance(monotonic, (int, float)):
                continue
            known = later.get(tuple(place))
            later[tuple(place)] = saved_at, monotonic
            at = read_seconds(known[0]) if known else None
            if known is None or at is None or not 0 <= known[1] - monotonic <= LONGEST_GAP:
                continue
            gaps.append(Gap(at, known[1] - monotonic))
            if len(gaps) == CARS_IN_A_ROW:
                break
    return tuple(reversed(gaps))


@lru_cache(maxsize=1024)
def _severity(state: object, cause: object, user_state: object) -> Severity | None:
    """Return the severity of an entry's verdict; None for invalid values."""
    try:
        outcome = Outcome(Cause(_text(cause)), user_state=_text(user_state)) if cause else None
        return judge(DeliveryState(_text(state)), outcome, None).severity
    except ValueError:
        return None


@lru_cache(maxsize=1024)
def _slot_number(name: object, slot: Slot) -> int | None:
    """Parse the slot of a query, as `2026-03-01T04` or `2026-03-01`; None for an invalid value."""
    ending = ":00:00.000+00:00" if slot is Slot.HOUR else "T00:00:00.000+08:00"
    try:
        return slot_of(read_moment(f"{_text(name)}{ending}"), slot)
    except ValueError:
        return None


def _text(value: object) -> str:
    """Decode bytes, with U+FFFD for invalid UTF-8; return an empty text for any other value."""
    return value.decode(errors="replace") if isinstance(value, bytes) else ""
