"""The program on Windows or under Wine: its commands, and what it leaves behind."""

from __future__ import annotations

import shutil
import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from windows_python import WindowsPython, run

PLATE_KEYS = "y1b12345"
"""Keys for 粤B12345 in a new installation, where 粤 is the first of the provinces under Y."""
KEY = "CanaryCanaryCanaryCanaryCanary03"
MERCHANT = (
    *("--mch-id", "1900000109", "--appid", "wx0123456789abcdef", "--sub-mch-id", "1900000110"),
    *("--parking-name", "停车场", "--gateway-url", "http://127.0.0.1:9", "--key-stdin"),
)
NO_KEY = 6
PATIENCE = 90.0
"""Seconds that a program gets to store an answer."""


def console(
    windows: WindowsPython, program: list[str] | str, *arguments: str, given: str = ""
) -> tuple[int, str]:
    """Run the console tool; return its exit code, and its standard output and error together."""
    command = f"{program} {' '.join(arguments)}" if isinstance(program, str) else program
    whole = command if isinstance(command, str) else [*command, *arguments]
    done = run(windows, whole, given=given)
    return done.returncode, done.stdout + done.stderr


def answered_plates(journal: Path) -> list[str]:
    with closing(sqlite3.connect(journal)) as connection:
        rows = connection.execute("SELECT plate FROM entries WHERE state = 'answered'")
        return [plate for (plate,) in rows]


def wait_for_answer(journal: Path) -> None:
    """Wait until an open program has stored an answer.

    The files are copied, since SQLite on this system and under Wine do not see each other's locks.
    """
    end = time.monotonic() + PATIENCE
    files = (journal, journal.with_name(f"{journal.name}-wal"))
    while time.monotonic() < end:
        with TemporaryDirectory() as folder, suppress(OSError, sqlite3.DatabaseError):
            for file in files:
                shutil.copy(file, folder)
            if answered_plates(Path(folder, journal.name)):
                return
        time.sleep(0.5)
    raise AssertionError(f"no answer in {journal}")
