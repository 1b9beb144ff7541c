from __future__ import annotations

import functools
import sqlite3
import stat
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import Any

import pytest

from tests.systems import needs_posix_modes
from wxpark_gui.domain.errors import (
    DataDirectoryUnusableError,
    JournalDamagedError,
    JournalNewerError,
)
from wxpark_gui.storage import database
from wxpark_gui.storage.database import open_database
from wxpark_gui.storage.schema import APPLICATION_ID, MIGRATIONS

NEWEST = len(MIGRATIONS)
DURABLE = (
    ("journal_mode", "wal"),
    ("synchronous", 2),
    ("foreign_keys", 1),
    ("busy_timeout", 1500),
    ("cell_size_check", 1),
    ("application_id", APPLICATION_ID),
    ("user_version", NEWEST),
)
ON_A_MAC = (("fullfsync", 1), ("checkpoint_fullfsync", 1))


def alter(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def pragma(connection: sqlite3.Connection, name: str) -> object:
    return connection.execute(f"PRAGMA {name}").fetchone()[0]


@pytest.mark.parametrize("opening", ["first", "second"])
@pytest.mark.parametrize(("name", "value"), DURABLE)
def test_every_opening_is_durable(path: Path, opening: str, name: str, value: object) -> None:
    if opening == "second":
        open_database(path, 1.5).close()
    with closing(open_database(path, 1.5)) as connection:
        assert pragma(connection, name) == value


@pytest.mark.parametrize(("name", "value"), ON_A_MAC)
def test_on_a_mac_the_drive_is_flushed_too(
    path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: object
) -> None:
    # Windows cannot open a directory, whatever it is called.
    if sys.platform == "win32":
        monkeypatch.setattr(database, "sync_directory", lambda _directory: None)
    monkeypatch.setattr(sys, "platform", "darwin")
    with closing(open_database(path, 1)) as connection:
        assert pragma(connection, name) == value


@pytest.mark.parametrize(
    ("name", "held"),
    [("journal_mode", "delete"), ("synchronous", 1), ("foreign_keys", 0), ("busy_timeout", 9)],
)
def test_a_setting_that_does_not_hold_is_noticed(
    path: Path, monkeypatch: pytest.MonkeyPatch, name: str, held: object
) -> None:
    class Stubborn(sqlite3.Connection):
        """Connection that silently ignores one PRAGMA, as SQLite ignores WAL on network drives."""

        def execute(self, sql: str, *arguments: Any) -> sqlite3.Cursor:
            asked = sql.startswith(f"PRAGMA {name} =")
            return super().execute(f"PRAGMA {name} = {held}" if asked else sql, *arguments)

    monkeypatch.setattr(sqlite3, "connect", functools.partial(sqlite3.connect, factory=Stubborn))
    with pytest.raises(DataDirectoryUnusableError, match=f"{name} is {held}"):
        open_database(path, 1.5)


@needs_posix_modes
def test_all_its_files_are_their_owners_only(path: Path) -> None:
    with closing(open_database(path, 1)):
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert modes == dict.fromkeys([path.name, f"{path.name}-wal", f"{path.name}-shm"], 0o600)


class TestDamage:
    @pytest.mark.parametrize(
        "content",
        [b"this is a text\n" * 100, b"\x00" * 4096, b"SQLite format 3\x00" + b"\xff" * 4080],
        ids=["text", "zeros", "header-only"],
    )
    def test_a_file_that_is_no_database_is_damaged_and_left_alone(
        self, path: Path, content: bytes
    ) -> None:
        path.write_bytes(content)
        with pytest.raises(JournalDamagedError):
            open_database(path, 1)
        assert path.read_bytes() == content

    def test_a_torn_off_end_is_damage(self, path: Path) -> None:
        open_database(path, 1).close()
        path.write_bytes(path.read_bytes()[:4096])
        with pytest.raises(JournalDamagedError):
            open_database(path, 1)

    @pytest.mark.parametrize(
        "statement", ["CREATE TABLE cars (plate)", "PRAGMA application_id = 7"]
    )
    def test_another_programs_database_is_refused_and_left_alone(
        self, path: Path, statement: str
    ) -> None:
        alter(path, "PRAGMA user_version = 1", statement)
        before = path.read_bytes()
        with pytest.raises(JournalDamagedError, match="another program"):
            open_database(path, 1)
        assert path.read_bytes() == before

    def test_a_journal_without_one_of_its_tables_is_damaged(self, path: Path) -> None:
        open_database(path, 1).close()
        alter(path, "DROP TABLE audit")
        with pytest.raises(JournalDamagedError, match="audit"):
            open_database(path, 1)

    @pytest.mark.parametrize("place", [18, 19, 44])
    def test_a_file_of_an_unknown_format_is_damaged_not_out_of_reach(
        self, path: Path, place: int
    ) -> None:
        open_database(path, 1).close()
        content = bytearray(path.read_bytes())
        content[place] = 9
        path.write_bytes(content)
        with pytest.raises(JournalDamagedError, match="format"):
            open_database(path, 1)

    def test_names_that_are_no_text_are_damage(self, path: Path) -> None:
        open_database(path, 1).close()
        content = path.read_bytes()
        path.write_bytes(
            content.replace(b"opened_monotonic REAL", b"opened_" + b"\xff" * 9 + b" REAL")
        )
        with pytest.raises(JournalDamagedError):
            open_database(path, 1)

    def test_a_table_without_one_of_its_columns_is_damaged(self, path: Path) -> None:
        open_database(path, 1).close()
        alter(path, "ALTER TABLE audit RENAME COLUMN what TO something")
        with pytest.raises(JournalDamagedError, match="columns of audit"):
            open_database(path, 1)

    def test_an_empty_file_is_a_new_journal(self, path: Path) -> None:
        path.touch()
        open_database(path, 1).close()


class TestUnusable:
    def test_a_directory_in_its_place(self, path: Path) -> None:
        path.mkdir()
        with pytest.raises(DataDirectoryUnusableError):
            open_database(path, 1)

    def test_a_directory_that_cannot_be_written(
        self, readable_only: Callable[[], AbstractContextManager[Path]]
    ) -> None:
        with readable_only() as root, pytest.raises(DataDirectoryUnusableError) as caught:
            open_database(root / "journal.sqlite3", 1)
        assert caught.value.detail

    def test_another_program_that_keeps_it_locked(self, path: Path) -> None:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            with pytest.raises(DataDirectoryUnusableError, match="locked"):
                open_database(path, 0)


class TestVersions:
    NEXT = (*MIGRATIONS, ("ALTER TABLE entries ADD COLUMN remark TEXT",))

    def test_a_newer_journal_is_refused_and_left_alone(self, path: Path) -> None:
        open_database(path, 1, self.NEXT).close()
        before = path.read_bytes()
        with pytest.raises(JournalNewerError, match=f"version {NEWEST + 1}, known up to {NEWEST}"):
            open_database(path, 1)
        assert path.read_bytes() == before

    def test_an_older_one_is_brought_up_to_date_with_all_its_rows(self, path: Path) -> None:
        open_database(path, 1).close()
        alter(
            path, "INSERT INTO runs VALUES (7, '2026-03-01T04:05:06.789+00:00', 1.0, '0.1.0', 2.0)"
        )
        with closing(open_database(path, 1, self.NEXT)) as connection:
            assert pragma(connection, "user_version") == NEWEST + 1
            assert [row["run"] for row in connection.execute("SELECT run FROM runs")] == [7]
            assert connection.execute("SELECT remark FROM entries").fetchall() == []

    def test_a_step_that_fails_leaves_the_version_before_it(self, path: Path) -> None:
        open_database(path, 1).close()
        broken = (*MIGRATIONS, ("CREATE TABLE half (done)", "CREATE TABLE runs (again)"))
        with pytest.raises(DataDirectoryUnusableError, match="runs"):
            open_database(path, 1, broken)
        with closing(open_database(path, 1)) as connection:
            assert pragma(connection, "user_version") == NEWEST
            assert "half" not in {
                row[0] for row in connection.execute("SELECT name FROM sqlite_master")
            }


def test_few_pages_are_cached(path: Path) -> None:
    with closing(open_database(path, 5.0)) as connection:
        assert connection.execute("PRAGMA cache_size").fetchone()[0] == -512
