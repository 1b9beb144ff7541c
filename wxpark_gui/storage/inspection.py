"""Check that a file is an undamaged journal of a known version, before it is changed.

The check precedes the first entry: an entry that is written to a damaged file could be lost
although it was shown as saved. At the end of a month of 80,000 entries the check takes 0.1 s, while
the window already accepts keys.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from wxpark_gui.domain.errors import (
    DataDirectoryUnusableError,
    JournalDamagedError,
    JournalNewerError,
    ReadableError,
)
from wxpark_gui.domain.release import read_version
from wxpark_gui.storage.open_files import is_displaced, is_open
from wxpark_gui.storage.schema import APPLICATION_ID, MIGRATIONS, Migration, columns_of
from wxpark_gui.storage.sqlite_errors import open_error

_MAGIC = b"SQLite format 3\x00"
_WRITE_VERSION, _READ_VERSION = 18, 19
_SCHEMA_FORMAT = slice(44, 48)
_KNOWN_VERSIONS = (1, 2)
_NEWEST_SCHEMA_FORMAT = 4

_FULLY_CHECKED = 16_000_000
"""Size in bytes of the largest file that gets the full check, which is slow for larger ones."""

_FULL_CHECK = "integrity_check(1)"
_QUICK_CHECK = "quick_check(1)"

# Finds open entries that are missing in an index, and index rows without an open entry. The quick
# check does not compare indexes with tables, and the full one takes seconds on a year's file. An
# open entry missing in its index would never be sent. The plus forces the index of `entry_id`.
_ASTRAY = """
    SELECT 1 FROM entries AS entry NOT INDEXED
    WHERE state IN ('saved', 'sending', 'waiting') AND NOT (
        EXISTS (
            SELECT 1 FROM entries WHERE entry_id = entry.entry_id AND +position = entry.position
        )
        AND position IN (
            SELECT position FROM entries INDEXED BY entries_open
            WHERE state IN ('saved', 'sending', 'waiting')
        )
    )
    UNION ALL
    SELECT 1 FROM entries INDEXED BY entries_open
    WHERE state IN ('saved', 'sending', 'waiting')
        AND position NOT IN (
            SELECT position FROM entries NOT INDEXED
            WHERE state IN ('saved', 'sending', 'waiting')
        )
    LIMIT 1
"""


def inspect_file(
    path: Path, busy_timeout: float, migrations: Sequence[Migration] = MIGRATIONS
) -> int:
    """Check a journal and return its version; 0 for a file that is missing or has no tables.

    Args:
        busy_timeout: seconds to wait while another program has the file locked.

    Raises:
        JournalDamagedError: it is no journal, or a damaged one.
        JournalNewerError: a newer version of the program wrote it.
        DataDirectoryUnusableError: it cannot be read.
    """
    with readable_errors():
        if is_empty(path):
            # SQLite would delete a `-wal` without its database.
            if not is_empty(beside(path, "-wal")):
                raise JournalDamagedError("the file is empty and its log is not")
            return 0
        _check_first_bytes(path)
        # Only a writing connection can roll back an interrupted creation.
        mode = "ro" if is_empty(beside(path, "-journal")) else "rw"
        with closing(connect_by_mode(path, mode, busy_timeout)) as connection:
            version = check_header(connection, len(migrations))
            if version:
                check = _FULL_CHECK if path.stat().st_size <= _FULLY_CHECKED else _QUICK_CHECK
                _check_content(connection, migrations[:version], check)
            return version


def connect_by_mode(path: Path, mode: str, busy_timeout: float) -> sqlite3.Connection:
    """Connect to an existing file; with mode `ro` neither the file nor its `-wal` changes.

    Raises:
        sqlite3.Error: it cannot be opened; busy, if it took the place of a file that this process
            writes, until that is put back.
    """
    if is_displaced(path):
        raise sqlite3.OperationalError("database is locked")
    return _connect(path, f"mode={mode}", busy_timeout)


def connect_copy(path: Path) -> sqlite3.Connection:
    """Connect read-only to a file that no program writes to, ignoring its `-wal`."""
    return _connect(path, "immutable=1", 0)


def _connect(path: Path, how: str, busy_timeout: float) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?{how}"
    connection = sqlite3.connect(uri, uri=True, timeout=busy_timeout, isolation_level=None)
    connection.text_factory = lenient_text
    return connection


def lenient_text(content: bytes) -> str:
    """Decode UTF-8; invalid bytes become surrogates, so they do not fail the whole query."""
    return content.decode(errors="surrogateescape")


def is_whole(path: Path) -> bool:
    """Test if a copy is a journal of a known version that passes the quick check."""
    try:
        with readable_errors(), closing(connect_copy(path)) as connection:
            version = check_header(connection, len(MIGRATIONS))
            _check_content(connection, MIGRATIONS[:version], _QUICK_CHECK)
            return version > 0
    except ReadableError:
        return False


def beside(path: Path, ending: str) -> Path:
    """Return `path` with `ending`, such as `-wal`, added to its name. The file may not exist."""
    return path.with_name(path.name + ending)


def pragma(connection: sqlite3.Connection, name: str) -> str | int:
    """Return the value of a pragma; empty if SQLite does not know it."""
    row = connection.execute(f"PRAGMA {name}").fetchone()
    value: str | int = row[0] if row else ""
    return value


def remark(error: OSError | sqlite3.Error) -> str:
    """Return the message of the system or of SQLite; it contains no path and no stored value."""
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    return str(error)


@contextmanager
def readable_errors() -> Iterator[None]:
    """Raise errors of the system and of SQLite as readable errors.

    Raises:
        DataDirectoryUnusableError: the file cannot be opened or read.
        JournalLockedError: another program has it locked.
        JournalDamagedError: it is no database, or a damaged one.
    """
    try:
        yield
    except OSError as error:
        raise DataDirectoryUnusableError(remark(error)) from error
    except sqlite3.OperationalError as error:
        raise open_error(error) from error
    except sqlite3.DatabaseError as error:
        raise JournalDamagedError(remark(error)) from error
    except UnicodeError as error:
        raise JournalDamagedError("names that are no text") from error


def is_empty(path: Path) -> bool:
    """Test if the file is missing or has no content."""
    return not path.exists() or path.stat().st_size == 0


def check_first_bytes(path: Path) -> None:
    """Detect header damage, which SQLite reports with the same code as a read-only drive.

    A no-op for a journal that this process has open: see `storage.open_files`.

    Raises:
        JournalDamagedError: the header is not that of an SQLite database.
        OSError: the file cannot be read.
    """
    if not is_open(path):
        _check_first_bytes(path)


def _check_first_bytes(path: Path) -> None:
    with path.open("rb") as file:
        head = file.read(100)
    versions = head[_WRITE_VERSION : _SCHEMA_FORMAT.start]
    if not head.startswith(_MAGIC) or not versions:
        raise JournalDamagedError("no database")
    if head[_WRITE_VERSION] not in _KNOWN_VERSIONS or head[_READ_VERSION] not in _KNOWN_VERSIONS:
        raise JournalDamagedError("a format of file that is not known")
    if int.from_bytes(head[_SCHEMA_FORMAT], "big") > _NEWEST_SCHEMA_FORMAT:
        raise JournalDamagedError("a format of tables that is not known")


def check_header(connection: sqlite3.Connection, newest: int) -> int:
    """Return the version of a journal; 0 for a database without tables.

    Raises:
        JournalDamagedError: it is the database of another program.
        JournalNewerError: a newer version of the program wrote it.
    """
    application_id = int(pragma(connection, "application_id"))
    version = int(pragma(connection, "user_version"))
    objects = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if application_id == 0 and version == 0 and objects == 0:
        return 0
    if application_id != APPLICATION_ID or version < 1:
        raise JournalDamagedError("the database of another program")
    if version > newest:
        detail = f"version {version}, known up to {newest}"
        raise JournalNewerError(detail, _last_program(connection))
    return version


def _last_program(connection: sqlite3.Connection) -> str:
    """Return the version of the program that opened a journal last; empty if that is not known."""
    try:
        row = connection.execute("SELECT program FROM runs ORDER BY run DESC LIMIT 1").fetchone()
        return str(read_version(row[0])) if row else ""
    except (sqlite3.DatabaseError, TypeError, ValueError):
        return ""


def check_columns(
    connection: sqlite3.Connection, migrations: Sequence[Migration], tables: Iterable[str] = ()
) -> None:
    """Check that the tables have the columns that these migrations give them.

    SQLite's own check accepts a schema in which damage renamed a column.

    Args:
        tables: names of the tables to check; empty for all.

    Raises:
        JournalDamagedError: a table or a column is missing.
    """
    expected = columns_of(migrations)
    for table in tables or expected:
        found = {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
        if not found:
            raise JournalDamagedError(f"no table {table}")
        if not found.issuperset(expected[table]):
            raise JournalDamagedError(f"the columns of {table} are not those of its version")


def _check_content(
    connection: sqlite3.Connection, migrations: Sequence[Migration], check: str
) -> None:
    check_columns(connection, migrations)
    problem = pragma(connection, check)
    if problem != "ok":
        raise JournalDamagedError(str(problem))
    if connection.execute(_ASTRAY).fetchone():
        raise JournalDamagedError("an index is not that of its table")
