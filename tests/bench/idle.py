"""Memory, time of the processor and wake-ups of a window that nobody uses.

    python -m tests.bench.idle [--quick]

The real window, live and with an empty journal, and the floor, a bare PySide6 main window
with one line edit, are open at the same time. After they have settled the resident memory of both
is read (`VmRSS`). Then the real one is watched for a minute, five seconds with `--quick`: the time
that its threads ran (`schedstat`, in nanoseconds) and their voluntary context switches, each of
which ends with a wake-up. Linux only.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.rows import Row, table
from tests.bench.start import BARE, REAL, running

SETTLE = 5.0
WATCH = 60.0
SLICE = 5.0
"""Seconds of one figure."""
MOST_MEMORY = 1.35
MOST_PERCENT = 0.5
MOST_WAKE_UPS = 5.0

_KIBIBYTE = 1024
_MEGABYTE = 1_000_000


def measure(*, quick: bool) -> Iterator[Row]:
    """Yield the rows of memory, processor and wake-ups."""
    with running(REAL) as real, running(BARE) as bare:
        for process in (real, bare):
            assert process.stdout is not None
            json.loads(process.stdout.readline())
        time.sleep(SETTLE)
        memory = [[_memory(process.pid)] for process in (real, bare)]
        percents, wake_ups = [], []
        for _ in range(1 if quick else round(WATCH / SLICE)):
            ran, woke = _activity(real.pid)
            began = time.monotonic()
            time.sleep(SLICE)
            seconds = time.monotonic() - began
            ran_then, woke_then = _activity(real.pid)
            percents.append(100 * (ran_then - ran) / seconds)
            wake_ups.append((woke_then - woke) / seconds)
    yield Row("memory when idle", "bare window", "MB", memory[0], memory[1], MOST_MEMORY)
    yield Row("processor when idle", "", "%", percents, most=MOST_PERCENT)
    yield Row("wake-ups when idle", "", "/s", wake_ups, most=MOST_WAKE_UPS)


def _memory(pid: int) -> float:
    """Return the resident memory of a process in megabytes."""
    return int(_status(Path("/proc", str(pid)), "VmRSS")) * _KIBIBYTE / _MEGABYTE


def _activity(pid: int) -> tuple[float, int]:
    """Return the seconds that the threads of a process ran, and their voluntary switches."""
    seconds, switches = 0.0, 0
    for task in Path("/proc", str(pid), "task").iterdir():
        seconds += int((task / "schedstat").read_text().split()[0]) / 1e9
        switches += int(_status(task, "voluntary_ctxt_switches"))
    return seconds, switches


def _status(folder: Path, name: str) -> str:
    lines = (folder / "status").read_text(encoding="utf-8").splitlines()
    values = (line.split()[1] for line in lines if line.startswith(f"{name}:"))
    return next(values)


def main() -> int:
    """Print the rows; return 1 if a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    rows = list(measure(quick=parser.parse_args().quick))
    sys.stdout.write(table(rows) + "\n")
    return int(not all(row.is_met for row in rows))


if __name__ == "__main__":
    sys.exit(main())
