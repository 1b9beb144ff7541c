"""Short form of `soak`, in a process of its own, which the window needs."""

from __future__ import annotations

import subprocess
import sys

from tests.systems import not_on_windows

pytestmark = not_on_windows("reads the memory from /proc")


def test_cars_typed_into_the_window_are_all_answered_while_months_end() -> None:
    code = (
        "import sys, tempfile; from pathlib import Path; from tests.faults import soak\n"
        "soak.CARS_BETWEEN_OUTAGES, soak.CARS_OF_AN_OUTAGE = 20, 3\n"
        "soak.SECONDS_PER_CAR, soak.ARCHIVE_MS = 172800.0, 50\n"
        "with tempfile.TemporaryDirectory() as directory:\n"
        "    figures = soak.run(Path(directory), 40, 2)\n"
        "print(figures)\n"
        "sys.exit(not (figures.nothing_is_lost and figures.months and figures.outages == 2))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
