"""Runs of the program, and waiting times measured by the monotonic clock.

Monotonic readings restart with the computer, so they compare within one run only. Each run stores
its length in seconds. An entry's waiting time is the sum over the runs since it was saved; time
between runs does not count.
"""

from __future__ import annotations

import math
import sqlite3
from datetime import datetime

from wxpark_gui import __version__
from wxpark_gui.service.ports import Clock
from wxpark_gui.storage.rows import moment_text
from wxpark_gui.storage.tables import Tables


def begin_run(tables: Tables, clock: Clock) -> int:
    """Insert a row for this run; return its number."""
    return tables.insert(
        "runs",
        {
            "opened_at": moment_text(clock.now()),
            "opened_monotonic": clock.monotonic(),
            "program": __version__,
        },
    )


def mark_run(connection: sqlite3.Connection, run: int, clock: Clock) -> None:
    """Store the length of the run so far."""
    connection.execute(
        "UPDATE runs SET lasted = max(lasted, ? - opened_monotonic) WHERE run = ?",
        (clock.monotonic(), run),
    )


def measured_waits(connection: sqlite3.Connection, run: int, clock: Clock) -> dict[str, float]:
    """Return the measured waiting time of each open entry in seconds, by `entry_id`."""
    lengths = _lengths(connection, run, clock)
    lasted = {number: length for number, (length, _) in lengths.items()}
    opened = {number: begun for number, (_, begun) in lengths.items()}
    later_runs: dict[int, float] = {}
    total = 0.0
    for number in sorted(lasted, reverse=True):
        later_runs[number] = total
        total += lasted[number]
    waits: dict[str, float] = {}
    for row in connection.execute(
        "SELECT entry_id, run, saved_monotonic FROM entries"
        " WHERE state IN ('saved', 'sending', 'waiting')"
    ):
        into_its_run = row["saved_monotonic"] - opened[row["run"]]
        # A killed run stored less than its full length.
        rest_of_its_run = max(0.0, lasted[row["run"]] - into_its_run)
        waits[row["entry_id"]] = rest_of_its_run + later_runs[row["run"]]
    return waits


def measured_since(
    connection: sqlite3.Connection, run: int, clock: Clock, moment: datetime
) -> float:
    """Return the seconds, by the monotonic clock, that the program has surely run since `moment`.

    They are counted from the first run or entry after the last one dated before `moment`. So if the
    wall clock has just jumped past `moment`, the count begins near 0.
    """
    text = moment_text(moment)
    last = connection.execute(
        "SELECT position, run FROM entries WHERE position ="
        " (SELECT max(+position) FROM entries WHERE saved_at < ?)",
        (text,),
    ).fetchone()
    last_run = connection.execute(
        "SELECT max(run) FROM runs WHERE opened_at < ?", (text,)
    ).fetchone()[0]
    earlier = max(last_run or 0, last["run"] if last else 0)
    lengths = _lengths(connection, run, clock)
    of_runs = math.fsum(length for number, (length, _) in lengths.items() if number > earlier)
    first = connection.execute(
        "SELECT run, saved_monotonic FROM entries WHERE position > ? AND run >= ?"
        " ORDER BY position LIMIT 1",
        (last["position"] if last else 0, earlier),
    ).fetchone()
    # An entry of a later run adds nothing to what the runs are known to have lasted.
    if first is None or first["run"] != earlier:
        return of_runs
    length, opened = lengths[first["run"]]
    into_its_run: float = first["saved_monotonic"] - opened
    return of_runs + max(0.0, length - into_its_run)


def _lengths(
    connection: sqlite3.Connection, run: int, clock: Clock
) -> dict[int, tuple[float, float]]:
    """Return each run's length in seconds, and the monotonic clock's reading when it began."""
    lengths = {
        row["run"]: (row["lasted"], row["opened_monotonic"])
        for row in connection.execute("SELECT run, lasted, opened_monotonic FROM runs")
    }
    opened = lengths[run][1]
    lengths[run] = (clock.monotonic() - opened, opened)
    return lengths
