"""Open the journal so that commits survive a power cut, and run its transactions."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

from wxpark_gui.domain.errors import (
    DataDirectoryUnusableError,
    DiskFullError,
    JournalDamagedError,
    JournalDiskFaultError,
    JournalWriteError,
)
from wxpark_gui.storage.durable import sync_directory
from wxpark_gui.storage.inspection import (
    check_header,
    connect_by_mode,
    inspect_file,
    lenient_text,
    pragma,
    remark,
)
from wxpark_gui.storage.open_files import is_displaced
from wxpark_gui.storage.schema import MIGRATIONS, Migration, migrate
from wxpark_gui.storage.sqlite_errors import open_error, read_error, write_error

_CACHE = 512
"""Kilobytes that SQLite caches of the journal, 2,000 by default.

That is enough for the ends of its tables and indexes; the system caches the other pages.
"""

_GIVES_SPACE_BACK = "PRAGMA auto_vacuum = 2"
"""Value 2 is incremental: `PRAGMA incremental_vacuum` returns free pages to the file system."""

_MOST_REWRITTEN = 100_000_000
"""Most bytes of content in a file that is rewritten; rewriting that much takes about 2 s."""

_FULL = 2
_OWNER_ONLY = 0o600


Connect: TypeAlias = Callable[[Path, float], sqlite3.Connection]
"""Opens a file in autocommit mode, with a busy timeout in seconds."""


def connect_file(path: Path, busy_timeout: float) -> sqlite3.Connection:
    """Connect in autocommit mode; create the file if it is missing.

    Raises:
        sqlite3.Error: as `connect_by_mode`.
    """
    if is_displaced(path):
        raise sqlite3.OperationalError("database is locked")
    return sqlite3.connect(path, timeout=busy_timeout, isolation_level=None)


def sqlite_version() -> str:
    """Return the version of the SQLite library, such as `3.40.1`."""
    return sqlite3.sqlite_version


def open_database(
    path: Path,
    busy_timeout: float,
    migrations: Sequence[Migration] = MIGRATIONS,
    *,
    connect: Connect = connect_file,
    before_migration: Callable[[], object] = lambda: None,
) -> sqlite3.Connection:
    """Open or create a journal, migrate it, and return a connection for the calling thread.

    Args:
        busy_timeout: seconds to wait while another program has the file locked.
        before_migration: makes a backup; called before the tables of an older file are changed.

    Raises:
        JournalDamagedError: the file is no journal, or a damaged one.
        JournalNewerError: a newer version of the program wrote it; it was not touched.
        DataDirectoryUnusableError: it cannot be opened or written, or commits would not survive a
            power cut.
    """
    version = inspect_file(path, busy_timeout, migrations)
    try:
        _create_for_owner(path)
        connection = connect(path, busy_timeout)
    except (OSError, sqlite3.Error) as error:
        raise DataDirectoryUnusableError(remark(error)) from error
    try:
        connection.row_factory = sqlite3.Row
        connection.text_factory = lenient_text
        connection.execute(f"PRAGMA cache_size = -{_CACHE}")
        if not version:
            # Before anything is written; only a rewriting of the file could change it later.
            connection.execute(_GIVES_SPACE_BACK)
        make_durable(connection, busy_timeout)
        if 0 < version < len(migrations):
            before_migration()
        migrate(connection, migrations)
        if version == len(migrations):
            _rewrite_once(connection)
        sync_directory(path.parent)
    except OSError as error:
        connection.close()
        raise DataDirectoryUnusableError(remark(error)) from error
    except sqlite3.OperationalError as error:
        connection.close()
        raise open_error(error) from error
    except sqlite3.DatabaseError as error:
        close_unchanged(connection, path)
        raise JournalDamagedError(remark(error)) from error
    except BaseException:
        connection.close()
        raise
    return connection


def close_unchanged(connection: sqlite3.Connection, path: Path) -> None:
    """Close a connection to a damaged file, which is to be kept as it is.

    SQLite writes the write-ahead log into the file when the last connection is closed, unless that
    one may only read.
    """
    with contextlib.ExitStack() as readers:
        with contextlib.suppress(sqlite3.Error):
            reader = readers.enter_context(contextlib.closing(connect_by_mode(path, "ro", 0)))
            # The first read takes the lock, and this one needs no intact schema.
            reader.execute("PRAGMA user_version").fetchone()
        connection.close()


def open_shared(path: Path, busy_timeout: float) -> sqlite3.Connection:
    """Return a read-write connection to an existing journal that another process may have open.

    Nothing is created or migrated, and only the header is checked.

    Raises:
        JournalDamagedError: the file is no journal.
        JournalNewerError: a newer version of the program wrote it.
        DataDirectoryUnusableError: it is missing or cannot be opened, or commits would not survive
            a power cut.
    """
    try:
        connection = connect_by_mode(path, "rw", busy_timeout)
    except sqlite3.Error as error:
        raise DataDirectoryUnusableError(remark(error)) from error
    try:
        connection.row_factory = sqlite3.Row
        version = check_header(connection, len(MIGRATIONS))
        if not version:
            raise JournalDamagedError("no tables")
        make_durable(connection, busy_timeout)
    except sqlite3.OperationalError as error:
        connection.close()
        raise open_error(error) from error
    except sqlite3.DatabaseError as error:
        close_unchanged(connection, path)
        raise JournalDamagedError(remark(error)) from error
    except BaseException:
        connection.close()
        raise
    return connection


@contextlib.contextmanager
def writing(connection: sqlite3.Connection) -> Iterator[None]:
    """Run the block in one transaction; commit it to disk, or roll it back on any exception.

    Raises:
        JournalWriteError: SQLite failed; `detail` is its message, as `database or disk is full`,
            and the subclass is that of `sqlite_errors`.
    """
    try:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        _roll_back(connection)
        raise _failed_write(connection, error) from error
    except BaseException:
        _roll_back(connection)
        raise


@contextlib.contextmanager
def reading() -> Iterator[None]:
    """Raise errors of SQLite in the block as a readable error.

    Raises:
        JournalDamagedError: SQLite failed; `detail` is its message. It is a `JournalNotReadError`
            if the file was locked, or the disk failed.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise read_error(error) from error


def _failed_write(connection: sqlite3.Connection, error: sqlite3.Error) -> JournalWriteError:
    """Return the readable error for a failed write.

    SQLite reports an exceeded quota, and a drive that became read-only, as a fault of the disk.
    """
    failed = write_error(error)
    if isinstance(failed, JournalDiskFaultError) and _takes_no_data(connection):
        return JournalWriteError(failed.detail)
    return failed


def _takes_no_data(connection: sqlite3.Connection) -> bool:
    from wxpark_gui.storage.disk_check import takes_no_data  # noqa: PLC0415 - for a failure only

    with contextlib.suppress(sqlite3.Error):
        file = connection.execute("PRAGMA database_list").fetchone()[2]
        return bool(file) and takes_no_data(Path(file).parent)
    return False


@contextlib.contextmanager
def full_disk_told(folder: Path) -> Iterator[None]:
    """Raise an error of opening the journal as a full disk if the disk takes no more data.

    SQLite needs space for its shared memory, and reports the lack of it as a fault of the disk.

    Raises:
        DiskFullError: in place of a `DataDirectoryUnusableError`, but not of its subclasses.
    """
    try:
        yield
    except DataDirectoryUnusableError as error:
        from wxpark_gui.storage.disk_check import is_full  # noqa: PLC0415 - for a failure only

        if type(error) is DataDirectoryUnusableError and is_full(folder):
            raise DiskFullError(error.detail) from error
        raise


def _create_for_owner(path: Path) -> None:
    """Create the file with mode 0600; SQLite would use the umask. Its `-wal` copies the mode."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, _OWNER_ONLY))


def make_durable(connection: sqlite3.Connection, busy_timeout: float) -> None:
    """Set the durability pragmas and read them back: SQLite ignores unsupported ones silently.

    Raises:
        DataDirectoryUnusableError: a pragma has no effect, as WAL on some network drives.
    """
    wanted: dict[str, str | int] = {
        "busy_timeout": round(busy_timeout * 1000),
        "journal_mode": "wal",
        "synchronous": _FULL,
        "foreign_keys": 1,
        # Detect a damaged page when it is read.
        "cell_size_check": 1,
    }
    if sys.platform == "darwin":
        # Plain fsync does not flush the drive's cache on macOS.
        wanted |= {"fullfsync": 1, "checkpoint_fullfsync": 1}
    for name, value in wanted.items():
        connection.execute(f"PRAGMA {name} = {value}")
        found = pragma(connection, name)
        if found != value:
            raise DataDirectoryUnusableError(f"{name} is {found}")


def _rewrite_once(connection: sqlite3.Connection) -> None:
    """Rewrite a file without `auto_vacuum` if more than half of its pages are free.

    This returns the free pages to the file system and turns `auto_vacuum` on, so no file is
    rewritten twice. It delays opening. A file with more content than `_MOST_REWRITTEN` is left as
    it is.
    """
    pages, free = int(pragma(connection, "page_count")), int(pragma(connection, "freelist_count"))
    content = (pages - free) * int(pragma(connection, "page_size"))
    if pragma(connection, "auto_vacuum") or 2 * free <= pages or content > _MOST_REWRITTEN:
        return
    # `VACUUM` changes nothing if it fails, such as on a full disk.
    with contextlib.suppress(sqlite3.OperationalError):
        connection.execute(_GIVES_SPACE_BACK)
        connection.execute("VACUUM")


def _roll_back(connection: sqlite3.Connection) -> None:
    """Roll back unless SQLite already did; ignore errors, such as those of a failing disk."""
    with contextlib.suppress(sqlite3.Error):
        if connection.in_transaction:
            connection.execute("ROLLBACK")
