"""Runs of the program, and waiting times measured by the monotonic clock.

Monotonic readings restart with the computer, so they compare within one run only. Each run stores
its length in seconds. An entry's waiting time is the sum over the runs since it was saved; time
between runs does not count.
"""

from __future__ import annotations

import sqlite3

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
    lasted: dict[int, float] = {}
    opened: dict[int, float] = {}
    for row in connection.execute("SELECT run, lasted, opened_monotonic FROM runs"):
        lasted[row["run"]], opened[row["run"]] = row["lasted"], row["opened_monotonic"]
    lasted[run] = clock.monotonic() - opened[run]
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
