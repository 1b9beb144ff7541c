"""Run the long form of every trial, and print one table.

    python -m tests.faults.long_trials [--quick] [--page FILE] [NAME …]

Each trial is a module of this folder or a selection of tests, and runs in a process of its own. One
line of its output is its result. `--quick` runs small numbers, to see that every trial works.
`--page` writes the table as Markdown, with date and machine.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

HOURS = 12 * 3600.0
"""Seconds after which a trial is ended as failed."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One trial.

    Attributes:
        name: the module of this folder, or a name for `tests`.
        title: what it does, for the table.
        long, quick: its arguments.
        line: index of the line of its output that is the result.
        tests: selection of tests for pytest; empty for a module.
    """

    name: str
    title: str
    long: tuple[str, ...] = ()
    quick: tuple[str, ...] = ()
    line: int = 0
    tests: tuple[str, ...] = ()

    def command(self, *, quick: bool) -> list[str]:
        """Return the arguments of the Python that runs it."""
        if self.tests:
            return ["-m", "pytest", "-q", *self.tests]
        return ["-m", f"tests.faults.{self.name}", *(self.quick if quick else self.long)]


TRIALS = (
    Trial(
        "hostile_replies",
        "Replies, genuine and hostile",
        ("--replies", "100000", "--signatures", "10000"),
        ("--replies", "2000", "--signatures", "500"),
    ),
    Trial(
        "tls",
        "Servers that cannot be trusted, redirects and proxies: bytes of a message sent to none",
        line=-1,
        tests=(
            "tests/wechatpay/test_tls.py",
            "tests/wechatpay/test_client.py::TestNothingLeaksElsewhere",
        ),
    ),
    Trial(
        "slow_servers",
        "Handshakes, replies and hosts that are slow or never come: each ends in its time",
        line=-1,
        tests=("tests/wechatpay/test_client.py", "tests/wechatpay/test_dialling.py"),
    ),
    Trial(
        "secrecy",
        "Key, openid and plate looked for in every file, log, argument and core dump",
        line=-1,
        tests=("tests/test_secrecy.py",),
    ),
    Trial(
        "plate_keys",
        "Keys, pastes and input-method events in the plate field",
        ("--keys", "1000000"),
        ("--keys", "5000"),
    ),
    Trial(
        "damaged_files",
        "Damaged journals, each opened",
        ("--files", "2000"),
        ("--files", "33"),
    ),
    Trial(
        "damaged_settings",
        "Changed settings files, each loaded",
        ("--files", "10000"),
        ("--files", "500"),
    ),
    Trial(
        "damaged_archives",
        "Damaged archives of one month, with and without a backup",
        ("--files", "10000"),
        ("--files", "90"),
    ),
    Trial(
        "damaged_backups",
        "Damaged backups, each restored or refused",
        ("--files", "10000"),
        ("--files", "140"),
    ),
    Trial("power_cut", "Power cuts while saving", ("--images", "10000"), ("--images", "60")),
    Trial("kill", "kill -9 under load", ("--kills", "1000"), ("--kills", "10")),
    Trial("hand_over", "kill -9 before each statement of a hand-over"),
    Trial("outage", "Eight hours without a network", ("--entries", "3000"), ("--entries", "200")),
    Trial(
        "booth_day",
        "Days of mixed trouble, in accelerated time",
        ("--days", "20"),
        ("--days", "1", "--entries", "300", "--hours", "2"),
        line=-1,
    ),
    Trial(
        "ends",
        "Windows ended at any moment, and started at once",
        ("--ends", "500", "--starts", "50"),
        ("--ends", "4", "--starts", "3"),
    ),
    Trial("soak", "Cars typed into the window", ("--cars", "100000"), ("--cars", "200")),
    Trial("mutants", "Faults put into the program, each of which a trial must notice"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """Result of one trial.

    Attributes:
        result: the trial's own line.
        passed: True if it ended with exit code 0.
        seconds: wall time.
    """

    trial: Trial
    result: str
    passed: bool
    seconds: float


def run(trials: Sequence[Trial], *, quick: bool) -> Iterator[Row]:
    """Run the trials one after the other."""
    for trial in trials:
        began = time.monotonic()
        done = subprocess.run(
            [sys.executable, *trial.command(quick=quick)],
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
            stdout=subprocess.PIPE,
            text=True,
            check=False,
            timeout=HOURS,
        )
        lines = [line.strip() for line in done.stdout.splitlines() if line.strip()]
        result = _summary(trial, lines)
        yield Row(trial, result, done.returncode == 0, time.monotonic() - began)


def _summary(trial: Trial, lines: Sequence[str]) -> str:
    if trial.name == "mutants":
        noticed = sum(line.startswith("noticed") for line in lines)
        return f"{noticed} of {len(lines)} noticed"
    return lines[trial.line] if lines else "no result"


def page(rows: Sequence[Row]) -> str:
    """Return the table as Markdown."""
    today = datetime.now(timezone.utc).date()
    machine = f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    table = [
        "# Long trials",
        "",
        f"Made by `python3 packaging/dev.py prove-long` on {today}: {machine}.",
        "",
        "| Trial | Result | Time |",
        "| --- | --- | --- |",
    ]
    for row in rows:
        word = "" if row.passed else "**failed**: "
        table.append(f"| {row.trial.title} | {word}{row.result} | {row.seconds / 60:.0f} min |")
    return "\n".join(table) + "\n"


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
        word = "passed" if row.passed else "FAILED"
        print(  # noqa: T201 - the table is what it is for
            f"{row.trial.name} {word} in {row.seconds:.0f} s: {row.result}", flush=True
        )
    if options.page:
        options.page.write_text(page(rows), encoding="utf-8")
    failed = sum(not row.passed for row in rows)
    print(f"{len(rows) - failed} passed, {failed} failed")  # noqa: T201 - likewise
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
