"""All rows of the benchmarks in one table, also as JSON.

    python -m tests.bench.all_rows [--quick] [--json FILE] [NAME …]

Each module of `MEASURED` has a function `measure(quick=…)`, which yields its rows; its docstring
explains the method. `--quick` makes few runs, prints and does not judge; without it, the exit code
is 1 if a goal is missed. A row that cannot be measured on this machine is named with the reason.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Protocol

from tests.bench import (
    busy_keys,
    cold_peers,
    console_start,
    drain,
    export,
    history,
    idle,
    memory,
    old_journal,
    scrolling,
    start,
    verdict,
)
from tests.bench.rows import LeftOut, Row, judge


class Measure(Protocol):
    """Yields the rows of one module; a few runs with `quick`."""

    def __call__(self, *, quick: bool) -> Iterator[Row | LeftOut]: ...


MEASURED: Mapping[str, Measure] = {
    "start": start.measure,
    "console_start": console_start.measure,
    "idle": idle.measure,
    "verdict": verdict.measure,
    "cold_peers": cold_peers.measure,
    "drain": drain.measure,
    "busy_keys": busy_keys.measure,
    "export": export.measure,
    "history": history.measure,
    "scrolling": scrolling.measure,
    "old_journal": old_journal.measure,
    "memory": memory.measure,
}
"""The measurements by the names of their modules; each takes minutes, `memory` an hour."""


def main(arguments: Sequence[str] | None = None, say: Callable[[str], object] = print) -> int:
    """Print the table; return 1 if a goal is missed, 0 with `--quick`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few runs, no judgement")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows to FILE too")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(MEASURED))
    options = parser.parse_args(arguments)
    if unknown := set(options.names) - set(MEASURED):
        parser.error(f"there is no {', '.join(sorted(unknown))}, but: {', '.join(MEASURED)}")
    made = [
        row for name in options.names or MEASURED for row in MEASURED[name](quick=options.quick)
    ]
    rows = [row for row in made if isinstance(row, Row)]
    left_out = [row for row in made if isinstance(row, LeftOut)]
    say(_headline())
    code = judge(made, say)
    if options.json:
        document = {
            "machine": _headline(),
            "rows": [row.as_json() for row in rows],
            "left_out": [asdict(row) for row in left_out],
        }
        options.json.write_text(
            json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )
    return 0 if options.quick else code


def _headline() -> str:
    day = datetime.now().astimezone().date().isoformat()
    python = platform.python_version()
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    cores = os.cpu_count()
    return f"{day}, {platform.system()} {platform.machine()}, {cores} cores, Python {python}{load}"


if __name__ == "__main__":
    sys.exit(main())
