"""SQL of a history search: conditions of a filter, and the choice of an index.

A unary plus before a column keeps SQLite from using an index of that column.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from math import isqrt

from wxpark_gui.domain.delivery import Cause, DeliveryState, Remedy
from wxpark_gui.domain.history import HistoryFilter, Kind, PlateMatch
from wxpark_gui.domain.verdict import Severity, raw_states
from wxpark_gui.storage.rows import SELECT_RECORDS, Value, moment_text

_AFTER_LAST = "\U0010ffff"
"""Character after all others; a text with it is the end of a prefix's range."""

_SCAN_COST = 6
"""Cost of reading a row by position, divided by the cost of reading an entry of an index."""

_FIND_COST = 10
"""Cost of finding the entry of an answer, divided by the cost of reading a row by position."""

_DAYS = 30
"""Approximate number of days in a file."""

_KEPT_QUERIES = 32
"""Number of queries kept, as most archives have the same one in a search."""

_SMALL_FILE = 150_000
"""Number of entries whose plates are all read from the index within a few milliseconds."""

_OPEN = frozenset(state for state in DeliveryState if state.is_open)
_FAILED = frozenset(
    {
        DeliveryState.REFUSED,
        DeliveryState.UNTRUSTED,
        DeliveryState.EXPIRED,
        DeliveryState.VOIDED,
    }
)
# In the order of the partial indexes' conditions, which SQLite compares literally.
_OPEN_TERM = "state IN ('saved', 'sending', 'waiting')"
_FAILED_TERM = "state IN ('refused', 'untrusted', 'expired', 'voided')"

NOTABLE_INDEX = "attempts_notable"
"""Index of the answers that the plan `ANSWERS` needs; files older than schema 5 lack it."""

_NOTABLE = frozenset(Severity) - {Severity.OK, Severity.INFO, Severity.PENDING, Severity.FAILED}
_NOTABLE_TERMS = (
    "cause = 'answered'",
    "user_state NOT IN ('NORMAL', 'UNAUTHORIZED', 'VEHICLE_NOT_EXIST')",
)

AMENDED_STATE = (
    "coalesce((SELECT a.state FROM amended AS a WHERE a.entry_id = entries.entry_id), state)"
)
"""SQL for the state of an archived entry: from the temporary table `amended`, else as archived."""


# Entries that have such a state as archived, and those whose state was amended.
_AMENDED_TERM = (
    "position IN (SELECT position FROM entries WHERE {} UNION ALL SELECT position FROM entries"
    " WHERE entry_id IN (SELECT entry_id FROM amended))"
)

_WITH_ATTEMPTS = "entries LEFT JOIN attempts ON attempt = last_attempt"
# The cross join makes SQLite read the index first.
_FROM_ANSWERS = (
    f"attempts INDEXED BY {NOTABLE_INDEX} CROSS JOIN entries"
    " ON entries.entry_id = attempts.entry_id AND last_attempt = attempt"
)


class Plan(Enum):
    """Order in which a file is read.

    - `PLATES`: the index of plates finds the entries, whose positions are sorted.
    - `STATES`: a partial index has the few entries of the wanted states in order.
    - `ANSWERS`: a partial index has the few answers of the wanted severities; the positions of
      their entries are sorted.
    - `POSITIONS`: entries are read in order and tested, a range of positions at a time.
    """

    PLATES = "plates"
    STATES = "states"
    ANSWERS = "answers"
    POSITIONS = "positions"

    @property
    def reads_all(self) -> bool:
        """True if one query may cover all positions; False if it would take too long."""
        return self is not Plan.POSITIONS


@dataclass(frozen=True, slots=True)
class Query:
    """Conditions of a filter in one file.

    Attributes:
        plan: the plan it is made for.
        terms: SQL conditions that must all hold.
        values: parameters of `terms`.
        is_sorted: True if the index gives the entries in another order and they must be sorted.
        reads_attempts: True if a term uses columns of the last attempt.
    """

    plan: Plan
    terms: tuple[str, ...]
    values: tuple[Value, ...]
    is_sorted: bool = False
    reads_attempts: bool = False

    @property
    def condition(self) -> str:
        """SQL after `FROM`; parameters are first and last position, `values`, limit."""
        by = "+position" if self.is_sorted else "position"
        joined = " AND ".join((f"{by} >= ?", f"{by} <= ?", *self.terms))
        # An unused join would keep SQLite from reading the index alone.
        table = _WITH_ATTEMPTS if self.reads_attempts else "entries"
        if self.plan is Plan.ANSWERS:
            table = _FROM_ANSWERS
        return f"{table} WHERE {joined} ORDER BY {by} DESC LIMIT ?"

    @property
    def text(self) -> str:
        """SQL for the newest matches, as rows of `SELECT_RECORDS`."""
        # Only positions are sorted: whole rows would cost ten times as much.
        inner = f"SELECT position FROM {self.condition}"  # noqa: S608 - our own terms
        return f"{SELECT_RECORDS} WHERE position IN ({inner}) ORDER BY position DESC"


def choose_plan(
    connection: sqlite3.Connection,
    wanted: HistoryFilter,
    limit: int,
    rows: int,
    *,
    has_notable: bool,
) -> Plan:
    """Return the plan that probably reads the fewest rows.

    Args:
        connection: connection to the file, to count matches of a prefix or of severities.
        limit: number of entries on a page.
        rows: approximate number of entries in the file.
        has_notable: True if the file has the index `NOTABLE_INDEX`.
    """
    if wanted.plate and wanted.names_whole_plates:
        return Plan.PLATES
    if wanted.plate and wanted.match is PlateMatch.PREFIX:
        # Sorting n matches costs n; reading a page by position costs limit * rows / n.
        most = isqrt(_SCAN_COST * limit * max(rows, 1))
        found: int = connection.execute(
            "SELECT count(*) FROM (SELECT 1 FROM entries WHERE plate >= ? AND plate < ? LIMIT ?)",
            (wanted.plate, wanted.plate + _AFTER_LAST, most + 1),
        ).fetchone()[0]
        if found <= most:
            return Plan.PLATES
    elif wanted.plate and rows <= _SMALL_FILE:
        return Plan.PLATES
    if wanted.states and (wanted.states <= _OPEN or wanted.states <= _FAILED):
        return Plan.STATES
    if has_notable and wanted.severities and wanted.severities <= _NOTABLE:
        # As for a prefix, but finding the entry of an answer costs more than reading a row.
        most = isqrt(limit * max(rows, 1) // _FIND_COST)
        if wanted.first_day and wanted.last_day:
            # Reading by position stops at the first day.
            days = (wanted.last_day - wanted.first_day).days + 1
            most = min(most, rows * days // _DAYS // _FIND_COST)
        terms = " AND ".join(_answer_terms(wanted.severities))
        found = connection.execute(
            "SELECT count(*) FROM (SELECT 1 FROM attempts"  # noqa: S608 - our own terms
            f" INDEXED BY {NOTABLE_INDEX} WHERE {terms} LIMIT ?)",
            (most + 1,),
        ).fetchone()[0]
        if found <= most:
            return Plan.ANSWERS
    return Plan.POSITIONS


@lru_cache(_KEPT_QUERIES)
def build_query(
    plan: Plan, wanted: HistoryFilter, *, tests_days: bool = True, state: str = "state"
) -> Query:
    """Return the query for the conditions of `wanted`.

    Args:
        tests_days: False if all positions that will be read lie within the days.
        state: SQL expression of an entry's state.
    """
    terms: list[str] = []
    values: list[Value] = []
    if wanted.plate:
        terms.append(_plate_term(wanted, "plate" if plan is Plan.PLATES else "+plate"))
        values += _plate_values(wanted)
    if wanted.states:
        # The literal condition of the partial index lets SQLite use it.
        if plan is Plan.STATES:
            term = _OPEN_TERM if wanted.states <= _OPEN else _FAILED_TERM
            terms.append(term if state == "state" else _AMENDED_TERM.format(term))
        terms.append(f"{state} IN ({_literals(each.value for each in wanted.states)})")
    for term, value in _other_terms(wanted, tests_days=tests_days):
        terms.append(term)
        values += value
    if plan is Plan.ANSWERS:
        terms += _answer_terms(wanted.severities)
    if wanted.severities:
        # Last, as it reads the row of the last attempt.
        chosen = [_severity_term(each, state) for each in Severity if each in wanted.severities]
        terms.append(f"({' OR '.join(chosen)})")
    is_sorted = {
        Plan.PLATES: not wanted.names_whole_plates,
        Plan.STATES: state != "state",
        Plan.ANSWERS: True,
        Plan.POSITIONS: False,
    }[plan]
    return Query(plan, tuple(terms), tuple(values), is_sorted, bool(wanted.severities))


def _other_terms(
    wanted: HistoryFilter, *, tests_days: bool
) -> Iterator[tuple[str, Sequence[Value]]]:
    """Yield the conditions on days, attendant, lot and kind, each with its parameters.

    Args:
        tests_days: False leaves out the days.
    """
    if tests_days and wanted.since is not None:
        yield "+saved_at >= ?", [moment_text(wanted.since)]
    if tests_days and wanted.until is not None:
        yield "+saved_at < ?", [moment_text(wanted.until)]
    if wanted.attendant:
        yield "attendant = ?", [wanted.attendant]
    if wanted.lot:
        yield "+lot = ?", [wanted.lot]
    if wanted.kind is Kind.BACKFILLED:
        yield "backfilled = 1", []
    elif wanted.kind is not Kind.ANY:
        yield f"training = {int(wanted.kind is Kind.TRAINING)}", []


def _answer_terms(severities: frozenset[Severity]) -> list[str]:
    """Return SQL conditions on `attempts` that let SQLite use the index of notable answers."""
    terms = list(_NOTABLE_TERMS)
    if Severity.UNKNOWN not in severities:
        known = frozenset(raw for each in severities for raw in raw_states(each))
        terms.append(f"user_state IN ({_literals(known)})")
    return terms


def _plate_term(wanted: HistoryFilter, column: str) -> str:
    plates = wanted.plates
    if wanted.names_whole_plates:
        return f"{column} IN ({', '.join('?' for _ in plates)})"
    if wanted.match is PlateMatch.PREFIX:
        return f"{column} >= ? AND {column} < ?"
    return f"({' OR '.join('instr(plate, ?) > 0' for _ in plates)})"


def _plate_values(wanted: HistoryFilter) -> tuple[str, ...]:
    if wanted.match is PlateMatch.PREFIX:
        return (wanted.plate, wanted.plate + _AFTER_LAST)
    return wanted.plates


def _severity_term(severity: Severity, state: str) -> str:
    """Return an SQL condition that is true where `domain.verdict.judge` gives this severity."""
    answered = f"({state} = 'answered' AND coalesce(cause, '') = 'answered')"
    is_open = f"{state} IN ({_literals(each.value for each in _OPEN)})"
    to_fix = f"coalesce(cause, '') IN ({_literals(_causes_to_fix())})"
    if severity is Severity.PENDING:
        return f"({is_open} AND NOT {to_fix})"
    if severity is Severity.FAILED:
        return f"(NOT {answered} AND (NOT {is_open} OR {to_fix}))"
    known = raw_states(severity)
    if severity is Severity.UNKNOWN:
        known = frozenset(raw for each in Severity for raw in raw_states(each))
        return f"({answered} AND user_state NOT IN ({_literals(known)}))"
    return f"({answered} AND user_state IN ({_literals(known)}))"


def _causes_to_fix() -> list[str]:
    return [cause.value for cause in Cause if cause.remedy is Remedy.FIX_SETTINGS]


def _literals(texts: Iterable[str]) -> str:
    """Return texts of our own enumerations as SQL literals."""
    return ", ".join(f"'{text}'" for text in sorted(texts))
