"""Opens journals, each in a process that kills itself before one statement of the migration.

    python -m tests.storage.cut_off_migration FILE STATEMENT [FILE STATEMENT …]

STATEMENT is counted from 1. Nothing of the program runs after it, as in a power failure. The exit
code of each process is printed on a line of its own. POSIX only.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path

from wxpark_gui.storage.database import open_database


class CutOff(sqlite3.Connection):
    """SQLite connection that calls `end` before statement `last` of the migration, counted from 1.

    Attributes:
        statements: number of statements of the migration so far.
    """

    last: int
    end: Callable[[], None]
    statements = 0
    migrating = False

    def execute(self, sql: str, parameters: object = (), /) -> sqlite3.Cursor:
        self.migrating = self.migrating or sql == "BEGIN IMMEDIATE"
        if self.migrating:
            self.statements += 1
            if self.statements == self.last:
                self.end()
        return super().execute(sql, parameters)  # type: ignore[arg-type]


def open_until(path: Path, last: int, end: Callable[[], None]) -> CutOff:
    """Open the file and migrate it; call `end` before statement `last`.

    With `last` 0 nothing is called.
    """
    opened: list[CutOff] = []

    def connect(path: Path, busy_timeout: float) -> sqlite3.Connection:
        connection = sqlite3.connect(
            path, timeout=busy_timeout, isolation_level=None, factory=CutOff
        )
        assert isinstance(connection, CutOff)
        connection.last, connection.end = last, end
        opened.append(connection)
        return connection

    open_database(path, 1.0, connect=connect)
    return opened[0]


def kill_before(path: Path, statement: int) -> int:
    """Migrate the file in a process that kills itself before `statement`; return its exit code."""
    child = os.fork()
    if not child:
        open_until(path, statement, lambda: os.kill(os.getpid(), signal.SIGKILL))
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main() -> None:
    for path, statement in zip(sys.argv[1::2], sys.argv[2::2], strict=True):
        print(kill_before(Path(path), int(statement)))  # noqa: T201 - read by the test


if __name__ == "__main__":
    main()
