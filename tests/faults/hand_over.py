"""Kills the program before each SQL statement of a shift's hand-over in turn.

After each kill the journal is opened again: either the old shift is still open, or the new one is.

    python -m tests.faults.hand_over [--directory DIRECTORY]
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
from contextlib import closing
from datetime import datetime, timezone
from pathlib import Path

from tests.storage.released import SteppingClock
from wxpark_gui.domain.pin import PinHash
from wxpark_gui.domain.shift import NewShift
from wxpark_gui.storage.journal import SqliteJournal

NOW = datetime(2026, 3, 15, 3, 42, tzinfo=timezone.utc)
PEOPLE = ("00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002")


def new_shift(number: int) -> NewShift:
    return NewShift(f"00000000-0000-4000-9000-{number:012}", PEOPLE[number % 2], "lot", "booth")


def hand_over(path: Path, number: int, kill_at: int) -> None:
    """Close the open shift and open shift `number`, and kill this process before a statement.

    Args:
        kill_at: number of that statement, counted from 1; a number beyond the last kills nothing.
    """
    left = kill_at

    def on_statement(_statement: str) -> None:
        nonlocal left
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    journal = SqliteJournal(path, SteppingClock())
    book = journal.shift_book()
    shift = book.state().shift
    assert shift is not None
    journal._connection.set_trace_callback(on_statement)
    book.close(shift.shift_id, "message", NOW, new_shift(number))


def was_killed(path: Path, number: int, kill_at: int) -> bool:
    child = os.fork()
    if not child:
        try:
            hand_over(path, number, kill_at)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--directory", type=Path)
    directory = parser.parse_args().directory or Path(tempfile.mkdtemp())
    path = directory / "journal.sqlite3"
    with closing(SqliteJournal(path, SteppingClock())) as journal:
        book = journal.shift_book()
        for person_id in PEOPLE:
            book.add_person(person_id, "name", PinHash("s", "d"), NOW)
        book.sign_in(new_shift(0), NOW)
    bad = kills = 0
    while was_killed(path, kills + 1, kills + 1):
        kills += 1
        with closing(SqliteJournal(path, SteppingClock())) as journal:
            rows = journal._connection.execute(
                "SELECT closed_at IS NULL AS open, report, acknowledged_at FROM shifts"
            ).fetchall()
            is_whole = all(row["open"] or row["report"] for row in rows)
            bad += sum(row["open"] for row in rows) != 1 or not is_whole
    sys.stdout.write(f"{kills} kills, {bad} with none or two open shifts\n")
    return 1 if bad or kills < 10 else 0


if __name__ == "__main__":
    sys.exit(main())
