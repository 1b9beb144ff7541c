"""Open the journal's file so that what is committed survives a power cut, and prove it."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from wxpark_gui.domain.errors import (
    DataDirectoryUnusableError,
    JournalDamagedError,
    JournalNewerError,
    JournalWriteError,
)
from wxpark_gui.storage.durable import sync_directory
from wxpark_gui.storage.schema import APPLICATION_ID, MIGRATIONS, TABLES, Migration, migrate

_FULL = 2
_OWNER_ONLY = 0o600


def open_database(
    path: Path, busy_timeout: float, migrations: Sequence[Migration] = MIGRATIONS
) -> sqlite3.Connection:
    """A connection for the thread that asks, to a file that is new or a journal, up to date.

    Args:
        busy_timeout: seconds to wait for another program that has the file locked.

    Raises:
        JournalDamagedError: the file is no journal.
        JournalNewerError: a newer version of the program wrote it; it was not touched.
        DataDirectoryUnusableError: it cannot be opened or written, or not safely.
    """
    try:
        _create_for_owner(path)
        connection = sqlite3.connect(path, timeout=busy_timeout, isolation_level=None)
    except (OSError, sqlite3.Error) as error:
        raise DataDirectoryUnusableError(_remark(error)) from error
    try:
        _check_header(connection, len(migrations))
        _make_durable(connection, busy_timeout)
        migrate(connection, migrations)
        _check_tables(connection)
        sync_directory(path.parent)
    except (OSError, sqlite3.OperationalError) as error:
        connection.close()
        raise DataDirectoryUnusableError(_remark(error)) from error
    except sqlite3.DatabaseError as error:
        connection.close()
        raise JournalDamagedError(_remark(error)) from error
    except BaseException:
        connection.close()
        raise
    return connection


@contextlib.contextmanager
def writing(connection: sqlite3.Connection) -> Iterator[None]:
    """One transaction: all of it is on disk afterwards, or an error says that nothing is.

    Raises:
        JournalWriteError: with SQLite's own remark, such as `database or disk is full`.
    """
    try:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        _roll_back(connection)
        raise JournalWriteError(_remark(error)) from error
    except BaseException:
        _roll_back(connection)
        raise


@contextlib.contextmanager
def reading() -> Iterator[None]:
    """Turns what SQLite says when a file cannot be read.

    Raises:
        JournalDamagedError: with SQLite's own remark.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise JournalDamagedError(_remark(error)) from error


def _create_for_owner(path: Path) -> None:
    """SQLite would go by the umask; its files beside this one take this one's mode."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, _OWNER_ONLY))


def _check_header(connection: sqlite3.Connection, newest: int) -> None:
    """Refuse what is not ours before anything in it is changed."""
    application_id = int(_pragma(connection, "application_id"))
    version = int(_pragma(connection, "user_version"))
    objects = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if application_id == 0 and version == 0 and objects == 0:
        return
    if application_id != APPLICATION_ID or version < 1:
        raise JournalDamagedError("the database of another program")
    if version > newest:
        raise JournalNewerError(f"version {version}, known up to {newest}")


def _make_durable(connection: sqlite3.Connection, busy_timeout: float) -> None:
    """Set what durability rests on and read it back: SQLite ignores in silence what it cannot do.

    Raises:
        DataDirectoryUnusableError: a setting did not hold, as WAL does not on network drives.
    """
    wanted: dict[str, str | int] = {
        "busy_timeout": round(busy_timeout * 1000),
        "journal_mode": "wal",
        "synchronous": _FULL,
        "foreign_keys": 1,
        # Damage is to be noticed when it is read, not carried on.
        "cell_size_check": 1,
    }
    if sys.platform == "darwin":
        # Plain fsync does not empty the drive's own cache there.
        wanted |= {"fullfsync": 1, "checkpoint_fullfsync": 1}
    for name, value in wanted.items():
        connection.execute(f"PRAGMA {name} = {value}")
        found = _pragma(connection, name)
        if found != value:
            raise DataDirectoryUnusableError(f"{name} is {found}")


def _check_tables(connection: sqlite3.Connection) -> None:
    found = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    if missing := sorted(TABLES - found):
        raise JournalDamagedError(f"no table {', '.join(missing)}")


def _pragma(connection: sqlite3.Connection, name: str) -> str | int:
    row = connection.execute(f"PRAGMA {name}").fetchone()
    value: str | int = row[0] if row else ""
    return value


def _roll_back(connection: sqlite3.Connection) -> None:
    """End a failed transaction. SQLite may have done so itself, and a failing disk may object."""
    with contextlib.suppress(sqlite3.Error):
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _remark(error: OSError | sqlite3.Error) -> str:
    """What went wrong, in the words of the system or of SQLite; neither quotes a value."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error)
