"""Each error of SQLite is told as what it is: full, locked, faulty, damaged or a bug."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.faults.apsw_connection import connector
from tests.faults.failing_disk import FailingVFS
from tests.faults.workplace import Clock, append
from wxpark_gui.domain.errors import (
    JournalBusyError,
    JournalDamagedError,
    JournalDamageFoundError,
    JournalDiskFaultError,
    JournalFaultError,
    JournalLockedError,
    JournalNotReadError,
    JournalWriteError,
)
from wxpark_gui.storage.database import open_database, reading, writing
from wxpark_gui.storage.journal import SqliteJournal
from wxpark_gui.storage.sqlite_errors import read_error, write_error

INSERT = "INSERT INTO audit (run, at, what, detail) VALUES (1, '', 'x', ?)"
PAGE = 4096


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite3"


@pytest.fixture
def connection(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(open_database(path, 0.01)) as connection:
        connection.execute("INSERT INTO runs VALUES (1, '', 0.0, '', 0.0)")
        yield connection


def _fill(connection: sqlite3.Connection, _: Path) -> None:
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")


def _forbid(connection: sqlite3.Connection, _: Path) -> None:
    connection.execute("PRAGMA query_only = 1")


def _damage(connection: sqlite3.Connection, path: Path) -> None:
    root = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'audit'").fetchone()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with path.open("r+b") as file:
        file.seek((root[0] - 1) * PAGE)
        file.write(b"\xff" * PAGE)
    connection.execute("PRAGMA shrink_memory")


@pytest.mark.parametrize(
    ("happen", "told"),
    [(_fill, JournalWriteError), (_forbid, JournalWriteError), (_damage, JournalDamageFoundError)],
)
def test_failed_write_is_told_as_what_it_is(
    connection: sqlite3.Connection,
    path: Path,
    happen: Callable[[sqlite3.Connection, Path], None],
    told: type[JournalWriteError],
) -> None:
    happen(connection, path)
    with pytest.raises(JournalWriteError) as caught, writing(connection):
        connection.execute(INSERT, ("D" * 100_000,))
    assert type(caught.value) is told
    assert caught.value.detail


def test_lock_is_told_as_a_lock_when_writing_and_when_reading(
    connection: sqlite3.Connection, path: Path
) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(JournalBusyError, match="locked"), writing(connection):
            pass
    with pytest.raises(JournalNotReadError, match="locked"), reading():
        raise sqlite3.OperationalError("database is locked")


def test_violated_constraint_is_no_fault_of_the_disk(connection: sqlite3.Connection) -> None:
    with pytest.raises(JournalFaultError, match="UNIQUE"), writing(connection):
        connection.execute("INSERT INTO runs VALUES (1, '', 0.0, '', 0.0)")


def test_damaged_page_that_is_read_is_told_as_damage(
    connection: sqlite3.Connection, path: Path
) -> None:
    _damage(connection, path)
    with pytest.raises(JournalDamagedError) as caught, reading():
        connection.execute("SELECT * FROM audit").fetchall()
    assert type(caught.value) is JournalDamagedError


@pytest.mark.parametrize(
    ("code", "told"), [("IOERR", JournalDiskFaultError), ("FULL", JournalWriteError)]
)
def test_failing_disk_is_told_once_and_the_next_entry_is_saved(
    path: Path, code: str, told: type[JournalWriteError]
) -> None:
    disk = FailingVFS("telling")
    with closing(SqliteJournal(path, Clock(), connect=connector(disk.name))) as journal:
        disk.refuse("xWrite", "-wal", code)
        with pytest.raises(JournalWriteError) as caught:
            append(journal, 1)
        disk.refuse("", "")
        assert type(caught.value) is told
        append(journal, 2)
    disk.unregister()


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (errno.EDQUOT, JournalWriteError),
        (errno.ENOSPC, JournalWriteError),
        (errno.EROFS, JournalWriteError),
        (errno.EIO, JournalDiskFaultError),
    ],
)
def test_fault_of_a_disk_that_takes_no_data_is_told_as_such(
    path: Path, monkeypatch: pytest.MonkeyPatch, number: int, told: type[JournalWriteError]
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, "refused")

    disk = FailingVFS("quota")
    with closing(SqliteJournal(path, Clock(), connect=connector(disk.name))) as journal:
        disk.refuse("xWrite", "-wal")
        monkeypatch.setattr("wxpark_gui.storage.disk_check.tempfile.mkstemp", refuse)
        with pytest.raises(JournalWriteError) as caught:
            append(journal, 1)
        disk.refuse("", "")
    assert type(caught.value) is told
    disk.unregister()


@pytest.mark.parametrize(
    ("error", "written", "read"),
    [
        (sqlite3.OperationalError("database or disk is full"), JournalWriteError, False),
        (sqlite3.OperationalError("disk I/O error"), JournalDiskFaultError, False),
        (sqlite3.OperationalError("database is locked"), JournalBusyError, False),
        (sqlite3.DatabaseError("database disk image is malformed"), JournalDamageFoundError, True),
        (sqlite3.IntegrityError("UNIQUE constraint failed: runs.run"), JournalFaultError, True),
        (sqlite3.OperationalError("no such table: entries"), JournalFaultError, True),
    ],
)
def test_error_without_a_code_is_known_by_its_message(
    error: sqlite3.Error, written: type[JournalWriteError], *, read: bool
) -> None:
    assert not hasattr(error, "sqlite_errorcode")
    assert type(write_error(error)) is written
    assert (type(read_error(error)) is JournalDamagedError) is read


def test_file_that_another_program_locks_cannot_be_opened_and_is_told_as_locked(path: Path) -> None:
    open_database(path, 0.01).close()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(JournalLockedError, match="locked"):
            open_database(path, 0.01)
