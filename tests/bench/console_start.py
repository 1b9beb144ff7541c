"""Duration of a process of the console tool.

    python -m tests.bench.console_start [--quick]

`wxpark --help` and `wxpark notify --training` are run in turns with their floor, a Python that
imports `requests`, each until its process has ended. The notification is exchanged with the
embedded gateway, which is started in the same process, saved to disk and printed. Bytecode is on
disk, as in a package.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from time import perf_counter

from tests.bench.rows import Row, judge
from tests.bench.start import variables

RUNS = 20
RUNS_QUICK = 5
GOALS = {"wxpark --help": 1.3, "wxpark notify --training": 1.8}
FLOOR = "python -c 'import requests'"


def measure(*, quick: bool) -> Iterator[Row]:
    """Yield the rows of wall time and of time of the processor."""
    with tempfile.TemporaryDirectory() as directory:
        wxpark = ["-c", "import sys; from wxpark_gui.cli import main; sys.exit(main())"]
        notify = ["notify", "--plate", "粤B12345", "--training", "--data-dir", directory]
        commands = {
            "wxpark --help": [*wxpark, "--help"],
            "wxpark notify --training": [*wxpark, *notify],
            FLOOR: ["-c", "import requests"],
        }
        taken: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
        # The first run of each writes the bytecode, and reads from the disk.
        for run in range(1 + (RUNS_QUICK if quick else RUNS)):
            for name, command in commands.items():
                figures = _run(command)
                if run:
                    taken[name].append(figures)
    for name, goal in GOALS.items():
        walls, floors = ([wall for wall, _ in taken[of]] for of in (name, FLOOR))
        yield Row(name, FLOOR, "ms", walls, floors, goal)
        own, floors = ([processor for _, processor in taken[of]] for of in (name, FLOOR))
        yield Row(f"{name}, time of the processor", FLOOR, "ms", own, floors)


def _run(arguments: Sequence[str]) -> tuple[float, float]:
    """Return wall time and time of the processor in milliseconds."""
    began = perf_counter()
    process = subprocess.Popen(
        [sys.executable, *arguments], stdout=subprocess.DEVNULL, env=variables()
    )
    _, status, used = os.wait4(process.pid, 0)
    wall = perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return 1000 * wall, 1000 * (used.ru_utime + used.ru_stime)


def main() -> int:
    """Print the rows; return 1 if a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    return judge(measure(quick=parser.parse_args().quick))


if __name__ == "__main__":
    sys.exit(main())
