"""Write the archive of one month while the journal is in use.

The file gets its final name when it is complete, checked and on disk. It is used only once the
journal's table `archives` has a row for it; after a power cut before that, it is written again.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from wxpark_gui.domain.errors import DataDirectoryUnusableError, JournalDamagedError
from wxpark_gui.storage import durable
from wxpark_gui.storage.archives import ArchiveFile, month_range
from wxpark_gui.storage.database import Connect, connect_file
from wxpark_gui.storage.durable import replace_file, sync_directory
from wxpark_gui.storage.inspection import beside, remark
from wxpark_gui.storage.schema import MIGRATIONS, columns_of, migrate
from wxpark_gui.storage.waiting import OPEN

UNFINISHED = ".unfinished"
_BUSY_TIMEOUT = 5.0
_OWNER_ONLY = 0o600
_ROWS = 500
"""Number of entries copied between two calls of `go_on`."""

_CACHE = 512
"""Kilobytes that SQLite caches of each of the two files; 2,000, its default, are no faster."""

_PIECE = 1 << 20
"""Bytes read or copied between two calls of `go_on`."""


class StoppedError(Exception):
    """Raised by `go_on` to end the work early."""


@dataclass(frozen=True, slots=True)
class Written:
    """A finished archive for which the journal has no row yet.

    Attributes:
        month: `YYYY-MM`.
        first_position, last_position, entries, sha256: as in `ArchiveFile`.
        counters: lot, booth and largest sequence number of each booth in it.
    """

    month: str
    first_position: int
    last_position: int
    entries: int
    sha256: str
    counters: Sequence[tuple[str, str, int]]


def write_archive(
    journal: Path,
    directory: Path,
    month: str,
    go_on: Callable[[], None],
    *,
    connect: Connect = connect_file,
) -> Written:
    """Copy a month's entries, their attempts and runs to `directory/MONTH.sqlite3`.

    Returns a description of the file. A file of that name is replaced.

    Args:
        journal: file of the journal.
        directory: folder of the file, created if it is missing; unfinished files in it are deleted.
        month: `YYYY-MM`.
        go_on: called between pieces of the work; may wait, and raise `StoppedError`.

    Raises:
        JournalDamagedError: the journal is damaged, the month has no entries or an open one, or the
            copy is not whole.
        DataDirectoryUnusableError: a file cannot be read or written.
    """
    target = directory / f"{month}.sqlite3"
    unfinished = target.with_suffix(UNFINISHED)
    try:
        if not directory.is_dir():
            directory.mkdir(mode=0o700, exist_ok=True)
            sync_directory(directory.parent)
        for left in directory.glob(f"*{UNFINISHED}*"):
            left.unlink()
        os.close(os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_TRUNC, _OWNER_ONLY))
        with contextlib.closing(connect(unfinished, _BUSY_TIMEOUT)) as connection:
            found = _copy_month(connection, journal, month, go_on)
        sync_file(unfinished)
        digest = hash_of(unfinished, go_on)
        replace_file(unfinished, target)
        sync_directory(directory)
    except OSError as error:
        raise DataDirectoryUnusableError(remark(error)) from error
    except sqlite3.OperationalError as error:
        raise DataDirectoryUnusableError(remark(error)) from error
    except sqlite3.Error as error:
        raise JournalDamagedError(remark(error)) from error
    finally:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)
            beside(unfinished, "-journal").unlink(missing_ok=True)
    first, last, entries, counters = found
    return Written(month, first, last, entries, digest, counters)


def copy_archive(source: Path, target: Path, sha256: str, go_on: Callable[[], None]) -> None:
    """Copy an archive; create or replace the target only if the copy has the hash `sha256`.

    Args:
        go_on: as in `write_archive`.

    Raises:
        JournalDamagedError: the copy has another hash.
        DataDirectoryUnusableError: a file cannot be read or written.
    """
    unfinished = target.with_suffix(UNFINISHED)
    try:
        if not target.parent.is_dir():
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            sync_directory(target.parent.parent)
        handle = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_TRUNC, _OWNER_ONLY)
        with source.open("rb") as read, os.fdopen(handle, "wb") as write:
            for piece in _pieces(read.fileno(), go_on):
                write.write(piece)
        sync_file(unfinished)
        if hash_of(unfinished, go_on) != sha256:
            raise JournalDamagedError(f"archive {target.stem}")
        replace_file(unfinished, target)
        sync_directory(target.parent)
    except OSError as error:
        raise DataDirectoryUnusableError(remark(error)) from error
    finally:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)


def hash_of(path: Path, go_on: Callable[[], None]) -> str:
    """Return the SHA-256 of a file's bytes, as 64 hex digits.

    Args:
        go_on: as in `write_archive`.

    Raises:
        OSError: the file cannot be read.
    """
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for piece in _pieces(file.fileno(), go_on):
            digest.update(piece)
    return digest.hexdigest()


def has_its_hash(file: ArchiveFile) -> bool:
    """Test if an archive's file can be read and has the hash that the journal stores for it."""
    try:
        return hash_of(file.path, lambda: None) == file.sha256
    except OSError:
        return False


def sync_file(path: Path) -> None:
    """Flush a file's content to disk.

    Raises:
        OSError: the file cannot be opened or flushed.
    """
    handle = os.open(path, os.O_RDWR)
    try:
        durable.sync_file(handle)
    finally:
        os.close(handle)


def _pieces(handle: int, go_on: Callable[[], None]) -> Iterator[bytes]:
    while piece := os.read(handle, _PIECE):
        go_on()
        yield piece


def _copy_month(
    connection: sqlite3.Connection, journal: Path, month: str, go_on: Callable[[], None]
) -> tuple[int, int, int, list[tuple[str, str, int]]]:
    """Copy the rows in one read transaction of the journal, then check the copy.

    Returns:
        First and last position, number of entries, and the counters.

    Raises:
        JournalDamagedError: the month has no entries, or the copy fails its check.
        StoppedError: `go_on` raised it.
    """
    # After a power cut the file is written again, and it is synced when it is complete.
    connection.execute("PRAGMA journal_mode = OFF")
    connection.execute("PRAGMA synchronous = OFF")
    migrate(connection)
    connection.execute("ATTACH DATABASE ? AS journal", (str(journal),))
    for schema in ("main", "journal"):
        connection.execute(f"PRAGMA {schema}.cache_size = -{_CACHE}")
    connection.execute("BEGIN")
    columns = columns_of(MIGRATIONS)

    def copy(table: str, condition: str, *values: str | int) -> None:
        names = ", ".join(columns[table])
        connection.execute(
            f"INSERT INTO main.{table} ({names})"  # noqa: S608 - our own names
            f" SELECT {names} FROM journal.{table} WHERE {condition}",
            values,
        )

    condition = "saved_at >= ? AND saved_at < ?"
    values = month_range(month)
    positions = sorted(
        row[0]
        for row in connection.execute(
            f"SELECT position FROM journal.entries WHERE {condition}",  # noqa: S608
            values,
        )
    )
    if not positions:
        raise JournalDamagedError(f"no entries of {month}")
    for start in range(0, len(positions), _ROWS):
        go_on()
        chunk = positions[start : start + _ROWS]
        between = (chunk[0], chunk[-1])
        copy("entries", f"{condition} AND position BETWEEN ? AND ?", *values, *between)
        copy(
            "attempts",
            "entry_id IN (SELECT entry_id FROM main.entries WHERE position BETWEEN ? AND ?)",
            *between,
        )
    copy("runs", "run IN (SELECT run FROM main.entries UNION SELECT run FROM main.attempts)")
    connection.execute("COMMIT")
    connection.execute("DETACH DATABASE journal")
    go_on()
    _check(connection, len(positions))
    counters = connection.execute(
        "SELECT lot, booth, max(sequence) FROM entries GROUP BY lot, booth"
    ).fetchall()
    return positions[0], positions[-1], len(positions), [(a, b, last) for a, b, last in counters]


def _check(connection: sqlite3.Connection, entries: int) -> None:
    """Check that the copy is undamaged, has `entries` entries, and none of them is open.

    Raises:
        JournalDamagedError: a check failed.
    """
    problem = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if problem != "ok":
        raise JournalDamagedError(str(problem))
    if connection.execute("PRAGMA foreign_key_check").fetchone():
        raise JournalDamagedError("an attempt without its entry")
    found = connection.execute("SELECT count(*) FROM entries").fetchone()[0]
    if found != entries:
        raise JournalDamagedError(f"{found} entries of {entries}")
    if connection.execute(f"SELECT 1 FROM entries WHERE {OPEN}").fetchone():  # noqa: S608
        raise JournalDamagedError("an open entry")
