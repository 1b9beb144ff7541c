"""Start times of entries that were made while the wall clock was wrong."""

from __future__ import annotations

from datetime import timedelta

from wxpark_gui.domain.entry import EARLIEST_PRESENT, clock_is_plausible
from wxpark_gui.service.ports import Clock
from wxpark_gui.storage.rows import moment_text, read_moment
from wxpark_gui.storage.runs import measured_waits
from wxpark_gui.storage.tables import Tables

_MADE_BY_A_WRONG_CLOCK = """
    SELECT entry_id, start_time, saved_at FROM entries
    WHERE state IN ('saved', 'sending', 'waiting')
        AND saved_at < :earliest AND start_time < :earliest
"""


def correct_start_times(tables: Tables, clock: Clock) -> None:
    """Move start times to the clock as it is now, once it is plausible. Needs an open transaction.

    An entry was saved as long ago as the monotonic clocks have measured since then. Time in which
    the program did not run is not measured, so a start time can come out late by it, never early:
    no driver pays for longer than the car was there.
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
