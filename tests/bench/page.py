"""One page of several runs of the benchmarks.

    python -m tests.bench.page RUN.json … > FILE

Each file was written by `tests.bench.all_rows --json` on the same machine. A row shows the median
of the runs, and the result of each of them; a goal is met if each run meets it.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench.rows import figure

_HEADING = ("row", "median", "p99", "floor", "its median", "result of each run", "goal", "met")

_Run = Mapping[str, Any]


def page(runs: Sequence[_Run]) -> str:
    """Return the page in Markdown.

    Args:
        runs: documents of `all_rows`; a row that some runs lack is shown with the others.
    """
    rows: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for run in runs:
        for title, row in zip(_titles(run["rows"]), run["rows"], strict=True):
            rows.setdefault((title, row["floor"]), []).append(row)
    machines = dict.fromkeys(run["machine"].partition(", load")[0] for run in runs)
    return "\n".join(
        [
            "# Benchmarks",
            "",
            f"{len(runs)} runs of `python3 packaging/dev.py bench`: {'; '.join(machines)}.",
            "Each row is measured in turns with its floor; rows without a goal are information.",
            "",
            f"| {' | '.join(_HEADING)} |",
            f"|{'---|' * len(_HEADING)}",
            *(_line(title, found) for (title, _), found in rows.items()),
            "",
        ]
    )


def _titles(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the names of rows; one that begins with `the same` gets the name it refers to."""
    titles, subject = [], ""
    for row in rows:
        name: str = row["name"]
        if name.startswith("the same"):
            name = subject + name.removeprefix("the same")
        else:
            subject = name
        titles.append(name)
    return titles


def _line(title: str, found: Sequence[Mapping[str, Any]]) -> str:
    first = found[0]
    unit: str = first["unit"]
    has_floor = "floor_summary" in first
    goal = first["most"]
    cells = (
        title,
        figure(median(row["summary"]["median"] for row in found), unit),
        figure(median(row["summary"]["p99"] for row in found), unit),
        first["floor"] or "none",
        figure(median(row["floor_summary"]["median"] for row in found), unit) if has_floor else "",
        ", ".join(f"{row['result']:.2f}" for row in found) + (" ×" if has_floor else f" {unit}"),
        "" if goal is None else f"≤ {goal:g}",
        "" if goal is None else ("yes" if all(row["met"] for row in found) else "**no**"),
    )
    return f"| {' | '.join(cells)} |"


def main() -> int:
    """Print the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runs", nargs="+", type=Path, metavar="RUN.json")
    files: Sequence[Path] = parser.parse_args().runs
    sys.stdout.write(page([json.loads(file.read_text(encoding="utf-8")) for file in files]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
