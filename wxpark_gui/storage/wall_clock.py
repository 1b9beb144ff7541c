"""Corrections of stored times after the wall clock was set.

They concern plans, starts of entries, the open shift, and an outage that has not ended.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from wxpark_gui.domain.clock_change import CLOCK_TOLERANCE
from wxpark_gui.domain.delivery import LONGEST_RETRY_AFTER, LONGEST_WAIT
from wxpark_gui.domain.entry import EARLIEST_PRESENT, clock_is_plausible
from wxpark_gui.service.ports import Clock
from wxpark_gui.storage.database import writing
from wxpark_gui.storage.rows import moment_text, read_moment
from wxpark_gui.storage.runs import measured_waits
from wxpark_gui.storage.tables import Tables

_MADE_BY_A_WRONG_CLOCK = """
    SELECT entry_id, start_time, saved_at FROM entries
    WHERE state IN ('saved', 'sending', 'waiting')
        AND saved_at < :earliest AND start_time < :earliest AND backfilled = 0
"""
_PLANNED = """
    SELECT position, next_attempt_at FROM entries
    WHERE state = 'waiting' AND next_attempt_at IS NOT NULL
"""
_PLANNED_LATE = """
    SELECT position, next_attempt_at, retry_after
    FROM entries LEFT JOIN attempts ON attempt = last_attempt
    WHERE entries.state = 'waiting' AND next_attempt_at > ?
"""
_PLAN = "UPDATE entries SET next_attempt_at = ? WHERE position = ?"
_OPEN_SHIFT = "SELECT shift_id, opened_at FROM shifts WHERE closed_at IS NULL"
_STINTS = "SELECT stint, began_at, ended_at FROM stints WHERE shift_id = ?"

_log = logging.getLogger(__name__)


class WallClock:
    """Detects that the wall clock was set, by comparing it with the monotonic clock."""

    def __init__(self, tables: Tables, clock: Clock) -> None:
        self._tables = tables
        self._clock = clock
        self._offset = self._read_offset()

    def follow(self) -> None:
        """Move planned times, open shift and present outage by a change of the wall clock.

        So waits, shift and outage keep their length. Also correct start times. Call this before
        planning a time or opening a shift: one planned after the change and before this call would
        be moved too.

        Raises:
            JournalWriteError: nothing was moved; the next call tries again.
        """
        offset = self._read_offset()
        shift = offset - self._offset
        if abs(shift) < CLOCK_TOLERANCE:
            # Small drifts must not add up to a shift.
            self._offset = offset
            return
        delta = timedelta(seconds=shift)
        with writing(self._tables.connection):
            planned = self._tables.connection.execute(_PLANNED).fetchall()
            correct_start_times(self._tables, self._clock)
            self._tables.connection.executemany(
                _PLAN,
                [
                    (moment_text(read_moment(row["next_attempt_at"]) + delta), row["position"])
                    for row in planned
                ],
            )
            _move_open_shift(self._tables, lambda moment: moment + delta)
            _move_outage(self._tables, delta)
            self._tables.note("clock_set", f"{shift:+.0f} s", self._clock.now())
        self._offset = offset

    def _read_offset(self) -> float:
        return self._clock.now().timestamp() - self._clock.monotonic()


def limit_waits(tables: Tables, now: datetime) -> None:
    """Shorten waits that are too long because the clock was set between two runs.

    The limit is `LONGEST_WAIT`, or the wait that the gateway asked for if that is longer, but at
    most `LONGEST_RETRY_AFTER`. Needs an open transaction.
    """
    latest_of_ours = moment_text(now + timedelta(seconds=LONGEST_WAIT))
    for row in tables.connection.execute(_PLANNED_LATE, (latest_of_ours,)).fetchall():
        asked = min(row["retry_after"] or 0.0, LONGEST_RETRY_AFTER)
        latest = now + timedelta(seconds=max(asked, LONGEST_WAIT))
        if read_moment(row["next_attempt_at"]) > latest:
            tables.connection.execute(_PLAN, (moment_text(latest), row["position"]))


def limit_shift(tables: Tables, now: datetime) -> None:
    """Move the open shift's times after `now`, made by a clock set back between two runs, to `now`.

    Needs an open transaction.
    """
    _move_open_shift(tables, lambda moment: min(moment, now))


def _move_open_shift(tables: Tables, moved: Callable[[datetime], datetime]) -> None:
    """Replace the times of the open shift, if any, and of its stints.

    A shift with an invalid time is left as it is, which is logged. Needs an open transaction.
    """
    connection = tables.connection
    shift = connection.execute(_OPEN_SHIFT).fetchone()
    if shift is None:
        return
    stints = connection.execute(_STINTS, (shift["shift_id"],)).fetchall()

    def replaced(text: str) -> str:
        return moment_text(moved(read_moment(text)))

    try:
        opened = replaced(shift["opened_at"])
        ended = [row["ended_at"] and replaced(row["ended_at"]) for row in stints]
        began = [replaced(row["began_at"]) for row in stints]
    except (TypeError, ValueError, OverflowError):
        _log.error("the times of the open shift cannot be read")
        return
    connection.execute(
        "UPDATE shifts SET opened_at = ? WHERE shift_id = ?", (opened, shift["shift_id"])
    )
    numbers = [row["stint"] for row in stints]
    connection.executemany(
        "UPDATE stints SET began_at = ?, ended_at = ? WHERE stint = ?",
        zip(began, ended, numbers, strict=True),
    )


def _move_outage(tables: Tables, delta: timedelta) -> None:
    """Move the attempts since the last one that reached the gateway.

    Attempts with an invalid time are left as they are, which is logged. Needs an open transaction.
    """
    # The queries are not needed for the start.
    from wxpark_gui.storage.outage_queries import attempts_since_reached  # noqa: PLC0415

    moved: list[tuple[str, str | None, int]] = []
    for attempt, started_at, ended_at in attempts_since_reached(tables.connection):
        try:
            started = moment_text(read_moment(started_at) + delta)
            ended = ended_at and moment_text(read_moment(ended_at) + delta)
        except (TypeError, ValueError, OverflowError):  # noqa: PERF203 - one bad row of few
            _log.error("the times of attempt %d cannot be read", attempt)
        else:
            moved.append((started, ended, attempt))
    tables.connection.executemany(
        "UPDATE attempts SET started_at = ?, ended_at = ? WHERE attempt = ?", moved
    )


def correct_start_times(tables: Tables, clock: Clock) -> None:
    """Correct implausibly early start times of open live entries, once the clock is plausible.

    The true time of saving is the present minus the wait measured by monotonic clocks. Time between
    runs is not measured, so a corrected start time may be late but never early: no driver pays for
    longer than the car was parked. Needs an open transaction.
    """
    now = clock.now()
    if not clock_is_plausible(now):
        return
    earliest = {"earliest": moment_text(EARLIEST_PRESENT)}
    rows = tables.connection.execute(_MADE_BY_A_WRONG_CLOCK, earliest).fetchall()
    if not rows:
        return
    waited = measured_waits(tables.connection, tables.run, clock)
    for row in rows:
        saved = now - timedelta(seconds=waited[row["entry_id"]])
        shift = saved - read_moment(row["saved_at"])
        corrected = (read_moment(row["start_time"]) + shift).replace(microsecond=0)
        tables.connection.execute(
            "UPDATE entries SET start_time = ? WHERE entry_id = ?",
            (moment_text(corrected), row["entry_id"]),
        )
        remark = f"{row['entry_id']} {row['start_time']} {moment_text(corrected)}"
        tables.note("start_time_corrected", remark, now)
