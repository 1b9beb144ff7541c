"""Run the long form of every trial, and print one table.

    python -m tests.faults.long_trials [--quick] [--page FILE] [NAME …]

Each trial is a module of this folder or a selection of tests, and runs in a process of its own. One
line of its output is its result; the columns of the table are read out of it. `--quick` runs small
numbers, to see that every trial works. `--page` writes the table as Markdown, each row with its
date. The rows of trials that were not run now stay, if the page is from the same machine.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from tests.faults.trials import COLUMNS, NONE, TRIALS, Trial

HOURS = 12 * 3600.0
"""Seconds after which a trial is ended as failed."""


@dataclass(frozen=True, slots=True)
class Row:
    """Result of one trial.

    Attributes:
        result: the trial's own line.
        figures: its cells, by column.
        passed: True if it ended with exit code 0 and its result has every figure.
        seconds: wall time.
        megabytes: most resident memory of one of its processes.
        output: all that it printed.
    """

    trial: Trial
    result: str
    figures: Mapping[str, str]
    passed: bool
    seconds: float
    megabytes: float
    output: str = ""


def run(trials: Sequence[Trial], *, quick: bool) -> Iterator[Row]:
    """Run the trials one after the other (POSIX only)."""
    for trial in trials:
        began = time.monotonic()
        with tempfile.TemporaryFile("w+", encoding="utf-8") as output:
            process = subprocess.Popen(
                # A process of its own for each trial, as the system adds up what its children took.
                [sys.executable, "-c", _MEASURED, *trial.command(quick=quick)],
                env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
                stdout=output,
                text=True,
            )
            code = process.wait(HOURS)
            output.seek(0)
            printed = output.read()
        lines = [line.strip() for line in printed.splitlines() if line.strip()]
        kilobytes = int(lines.pop()) if lines else 0
        result = _summary(trial, lines)
        try:
            figures, passed = trial.figures(result), code == 0
        except LookupError:
            figures, passed = dict.fromkeys(COLUMNS, NONE), False
        seconds = time.monotonic() - began
        yield Row(trial, result, figures, passed, seconds, kilobytes / 1024, printed)


_MEASURED = (
    "import resource, subprocess, sys;"
    " code = subprocess.call([sys.executable, *sys.argv[1:]]);"
    " print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss);"
    " sys.exit(code)"
)
"""Source of a process that runs a trial, and prints the most memory it took, in KiB."""


def _summary(trial: Trial, lines: Sequence[str]) -> str:
    if trial.name == "mutants":
        noticed = sum(line.startswith("noticed") for line in lines)
        return f"{noticed} of {len(lines)} noticed"
    return lines[trial.line] if lines else "no result"


def page(rows: Sequence[Row], before: str = "") -> str:
    """Return the table as Markdown.

    Args:
        rows: those of this run.
        before: the page until now; its rows of other trials stay if it is from this machine.
    """
    machine = (
        f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python"
        f" {platform.python_version()}"
    )
    lines = {row.trial.title: _line(row) for row in rows}
    for line in before.splitlines() if machine in before else ():
        title = line.strip("| ").partition(" | ")[0]
        lines.setdefault(title, line)
    heading = ("Trial", *map(str.capitalize, COLUMNS), "Most memory", "Date", "Took", "Result")
    table = [
        "# Long trials",
        "",
        f"Made by `python3 packaging/dev.py prove-long --page` on {machine}.",
        "",
        "Tried counts what the title names. Wrong counts exceptions, wrong classes and broken",
        "promises other than a lost or repeated entry; the result names them.",
        "",
        f"| {' | '.join(heading)} |",
        f"|{' --- |' * len(heading)}",
        *(lines[trial.title] for trial in TRIALS if trial.title in lines),
    ]
    return "\n".join(table) + "\n"


def _line(row: Row) -> str:
    cells = (
        row.trial.title,
        *(row.figures[column] for column in COLUMNS),
        f"{row.megabytes:.0f} MB",
        str(datetime.now(timezone.utc).date()),
        f"{row.seconds / 60:.0f} min",
        f"{'' if row.passed else '**failed**: '}{row.result}",
    )
    return f"| {' | '.join(cells)} |"


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="The long form of every trial.")
    parser.add_argument("--quick", action="store_true", help="run small numbers")
    parser.add_argument("--page", type=Path, help="write the table to this file")
    parser.add_argument("names", nargs="*", metavar="NAME", help="run these trials only")
    options = parser.parse_args(arguments)
    known = {trial.name: trial for trial in TRIALS}
    if unknown := [name for name in options.names if name not in known]:
        parser.error(f"no trial {unknown[0]}; there are {', '.join(known)}")
    chosen = [known[name] for name in options.names] or list(TRIALS)
    rows = []
    for row in run(chosen, quick=options.quick):
        rows.append(row)
        if options.page:
            before = options.page.read_text(encoding="utf-8") if options.page.exists() else ""
            options.page.write_text(page(rows, before), encoding="utf-8")
        word = "passed" if row.passed else "FAILED"
        print(  # noqa: T201 - the table is what it is for
            f"{row.trial.name} {word} in {row.seconds:.0f} s: {row.result}", flush=True
        )
        if not row.passed:
            # The result counts the findings; only the output says what they are.
            print(row.output, flush=True)  # noqa: T201 - likewise
    failed = sum(not row.passed for row in rows)
    print(f"{len(rows) - failed} passed, {failed} failed")  # noqa: T201 - likewise
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
