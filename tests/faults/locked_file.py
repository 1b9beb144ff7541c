"""Another program locks the journal: saving waits, fails with an error, and later works again.

Run by hand: `python -m tests.faults.locked_file --seconds 60`.
"""

from __future__ import annotations

import argparse
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.faults.workplace import Clock, append
from wxpark_gui.domain.errors import JournalWriteError
from wxpark_gui.storage.journal import BUSY_TIMEOUT, SqliteJournal

_LOCK = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.read()
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """Results for the entries saved while the file was locked, and for the two around that.

    Attributes:
        refused: entries whose saving failed with an error.
        longest: duration of the longest save, in seconds.
        saved: entries reported as saved.
        missing: of these, entries not found in the file.
    """

    refused: int
    longest: float
    saved: int
    missing: int

    def __str__(self) -> str:
        return (
            f"{self.refused} refused, the longest wait {self.longest:.2f} s,"
            f" {self.saved} saved, {self.missing} missing"
        )


@contextmanager
def locked(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Yield another process that keeps `path` locked until its standard input is closed."""
    with subprocess.Popen(
        [sys.executable, "-c", _LOCK, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout
        assert other.stdout.readline() == "locked\n"
        yield other


def save_while_locked(seconds: float, busy_timeout: float = BUSY_TIMEOUT) -> Figures:
    """Save entries while another process locks the file for `seconds`, and one before and after."""
    refused, longest, saved = 0, 0.0, []
    with tempfile.TemporaryDirectory() as root:
        path = Path(root) / "journal.sqlite3"
        with closing(SqliteJournal(path, Clock(), busy_timeout)) as journal:
            saved.append(append(journal, 0).entry_id)
            with locked(path) as other:
                assert other.stdin
                end = time.monotonic() + seconds
                number = 0
                while not other.stdin.closed:
                    number += 1
                    started = time.monotonic()
                    try:
                        saved.append(append(journal, number).entry_id)
                    except JournalWriteError:
                        refused += 1
                    longest = max(longest, time.monotonic() - started)
                    if time.monotonic() >= end:
                        other.stdin.close()
            saved.append(append(journal, number + 1).entry_id)
        with closing(sqlite3.connect(path)) as connection:
            found = {row[0] for row in connection.execute("SELECT entry_id FROM entries")}
    return Figures(refused, longest, len(saved), len(set(saved) - found))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    arguments = parser.parse_args()
    figures = save_while_locked(arguments.seconds)
    sys.stdout.write(f"{figures}\n")
    return int(figures.missing > 0 or figures.longest > BUSY_TIMEOUT + 1)


if __name__ == "__main__":
    sys.exit(main())
