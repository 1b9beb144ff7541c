"""End the window at random moments while cars are typed, and start many windows at once.

    python -m tests.faults.ends [--ends 500] [--starts 50] [--seed 1]

Each window types cars by itself and reports each saved entry. It is closed, or ended by SIGTERM or
kill -9: every second one at a random moment of its first seconds, the others after a random number
of saved entries. Then the journal must be sound and hold every reported entry. A window that was
closed or got SIGTERM must end within `WITHIN` seconds, with exit code 0.

Of many windows started at once for one data directory, one must stay; the others end with exit
code 0.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.typing_window import CLOSES

WITHIN = 5.0
"""Seconds in which a closed window must end: its workers have 2 s, a loaded machine more."""
LONGEST_LIFE = 2.0
"""Seconds within which a window is ended that is ended by time, which is mostly its start."""
MOST_ENTRIES = 30
PATIENCE = 120.0

_TYPING = [sys.executable, "-m", "tests.faults.typing_window"]
_PATIENT_START = (
    f"import sys; from wxpark_gui import app; app.ENDING_SECONDS = {PATIENCE};"
    " sys.exit(app.main(sys.argv[1:]))"
)
"""Source of a start that waits longer for the first window than the program does.

Many starts at once delay the first window, and one that gives up shows a message until it is
closed.
"""
_WINDOW = [sys.executable, "-c", _PATIENT_START, "--training", "--data-dir"]


@dataclass(slots=True)
class Figures:
    """Counts of one run.

    Attributes:
        ends: windows ended, by name of the way.
        before_ready: of them, those ended before they handled the signal.
        saved: entries reported as saved.
        lost: of them, those missing in the journal, or stored with another plate.
        unsound: journals that the integrity check refused.
        late: windows that did not end in time though they could, or with another exit code than 0.
        longest: seconds of the slowest end, without those by SIGKILL.
        windows: windows left of those started at once; 1 is right.
        failed_starts: windows started at once that ended with another exit code than 0.
        examples: the first findings.
    """

    ends: dict[str, int] = field(default_factory=dict)
    before_ready: int = 0
    saved: int = 0
    lost: int = 0
    unsound: int = 0
    late: int = 0
    longest: float = 0.0
    windows: int = 1
    failed_starts: int = 0
    examples: list[str] = field(default_factory=list)

    @property
    def are_good(self) -> bool:
        wrong = self.lost + self.unsound + self.late + self.failed_starts
        return wrong == 0 and self.windows == 1

    def __str__(self) -> str:
        ends = ", ".join(f"{number} {name}" for name, number in sorted(self.ends.items()))
        return (
            f"{ends} ({self.before_ready} during the start): {self.saved} entries saved,"
            f" {self.lost} lost; {self.unsound} journals unsound;"
            f" {self.late} ends late or failed, longest {self.longest:.1f} s;"
            f" {self.windows} window of those started at once, {self.failed_starts} starts failed"
        )


def end_windows(directory: Path, ends: int, seed: int, figures: Figures) -> None:
    """End `ends` windows, one after the other, on one data directory."""
    source = random.Random(seed)
    promised: dict[str, str] = {}
    for turn in range(ends):
        number = source.choice([signal.SIGTERM, signal.SIGKILL, CLOSES])
        entries = source.randint(1, MOST_ENTRIES) if turn % 2 else 0
        life = source.uniform(0.0, 0.05 if entries else LONGEST_LIFE)
        _end_one(directory, number, (entries, life), promised, figures)
        _check_journal(directory / "training" / "journal.sqlite3", promised, figures)
    figures.saved = len(promised)


def start_at_once(directory: Path, starts: int, figures: Figures) -> None:
    """Start `starts` windows for one data directory, and count those left after the others ended.

    The last window is then ended by SIGTERM.
    """
    processes = [
        subprocess.Popen([*_WINDOW, str(directory)], env=_variables(), stderr=subprocess.DEVNULL)
        for _ in range(starts)
    ]
    try:
        until = time.monotonic() + PATIENCE
        while sum(p.poll() is None for p in processes) > 1 and time.monotonic() < until:
            time.sleep(0.05)
        # A window too many would have to be seen after the last start, so one is waited for.
        _wait_for(directory / "training" / "window.sock", until)
        left = [process for process in processes if process.poll() is None]
        figures.windows = len(left)
        figures.failed_starts = sum(
            process.returncode != 0 for process in processes if process not in left
        )
        for process in left:
            process.terminate()
            process.wait(PATIENCE)
    finally:
        for process in processes:
            process.kill()
            process.wait()


def _end_one(
    directory: Path,
    number: signal.Signals,
    after: tuple[int, float],
    promised: dict[str, str],
    figures: Figures,
) -> None:
    """Start a window, and end it after a number of saved entries and further seconds."""
    process = subprocess.Popen(
        [*_TYPING, str(directory)],
        env=_variables(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    entries, seconds = after
    assert process.stdout is not None
    said = "".join(process.stdout.readline() for _ in range(entries))
    time.sleep(seconds)
    before = time.monotonic()
    process.send_signal(number)
    try:
        rest, complaint = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
    took = time.monotonic() - before
    said += rest
    promised.update(_acknowledged(said))
    way = "closed" if number is CLOSES else number.name
    figures.ends[way] = figures.ends.get(way, 0) + 1
    if number is signal.SIGKILL:
        return
    figures.longest = max(figures.longest, took)
    if process.returncode == -number and not said:
        # Python's default action, before the program handles the signal.
        figures.before_ready += 1
    elif process.returncode != 0 or took > WITHIN:
        figures.late += 1
        figures.examples.append(f"{process.returncode} after {took:.1f} s: {complaint[-300:]}")


def _acknowledged(said: str) -> dict[str, str]:
    """Return plates by entry id; an incomplete last line is left out."""
    lines = [line.split() for line in said.splitlines(keepends=True) if line.endswith("\n")]
    return {line[0]: line[1] for line in lines}


def _check_journal(path: Path, promised: dict[str, str], figures: Figures) -> None:
    stored: dict[str, str] = {}
    if path.exists():
        with closing(sqlite3.connect(path)) as connection:
            if connection.execute("PRAGMA quick_check").fetchall() != [("ok",)]:
                figures.unsound += 1
            # A window killed during its first start may leave a journal without tables.
            if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'entries'").fetchone():
                stored = dict(connection.execute("SELECT entry_id, plate FROM entries"))
    missing = {key for key, plate in promised.items() if stored.get(key) != plate}
    figures.lost = max(figures.lost, len(missing))
    figures.examples += [f"lost {key}" for key in list(missing)[:3]]


def _wait_for(path: Path, until: float) -> None:
    while not path.exists() and time.monotonic() < until:
        time.sleep(0.05)


def _variables() -> dict[str, str]:
    return {**os.environ, "QT_QPA_PLATFORM": "offscreen"}


def run(directory: Path, ends: int, starts: int, seed: int) -> Figures:
    """End `ends` windows at random moments, then start `starts` windows at once."""
    figures = Figures()
    end_windows(directory / "ends", ends, seed, figures)
    start_at_once(directory / "starts", starts, figures)
    return figures


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="End windows at random moments.")
    parser.add_argument("--ends", type=int, default=500)
    parser.add_argument("--starts", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as directory:
        figures = run(Path(directory), options.ends, options.starts, options.seed)
    print(figures, *figures.examples[:20], sep="\n  ")  # noqa: T201 - the figures are what it is for
    return 0 if figures.are_good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
