"""A migration interrupted at any statement loses nothing, and the next start completes it."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.storage.cut_off_migration import open_until
from tests.storage.released import journal_versions, load_journal
from tests.storage.test_released import contents, just_after
from wxpark_gui.domain.errors import DataDirectoryUnusableError
from wxpark_gui.storage.directory import prepare_directory
from wxpark_gui.storage.opening import open_journal
from wxpark_gui.storage.schema import MIGRATIONS

ROOT = Path(__file__).parents[2]
OLD_VERSIONS = [version for version in journal_versions() if version < len(MIGRATIONS)]
OVERHEAD = 4
"""Statements around each migration's own: BEGIN, two PRAGMAs and COMMIT."""
STATEMENTS = [
    (version, statement)
    for version in OLD_VERSIONS
    for statement in range(
        1, sum(len(migration) + OVERHEAD for migration in MIGRATIONS[version:]) + 1
    )
]


def _fail() -> None:
    raise sqlite3.OperationalError("disk I/O error")


@pytest.mark.parametrize(("version", "statement"), STATEMENTS)
def test_migration_that_fails_at_a_statement_is_completed_by_the_next_start(
    tmp_path: Path, version: int, statement: int
) -> None:
    directory = prepare_directory(tmp_path)
    load_journal(directory.journal, version)
    before = contents(directory.journal, version)
    with pytest.raises(DataDirectoryUnusableError):
        open_until(directory.journal, statement, _fail)
    assert contents(directory.journal, version) == before
    _assert_next_start_completes_it(tmp_path, version)


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is of POSIX")
@pytest.mark.parametrize("version", OLD_VERSIONS)
@pytest.mark.parametrize("place", ["first", "middle", "before the last commit"])
def test_migration_killed_with_its_process_is_completed_by_the_next_start(
    tmp_path: Path, version: int, place: str
) -> None:
    directory = prepare_directory(tmp_path)
    load_journal(directory.journal, version)
    before = contents(directory.journal, version)
    last = max(statement for each, statement in STATEMENTS if each == version)
    statement = {"first": 2, "middle": last // 2, "before the last commit": last}[place]
    module = "tests.storage.cut_off_migration"
    killed = subprocess.run(
        [sys.executable, "-m", module, str(directory.journal), str(statement)],
        check=False,
        cwd=ROOT,
    )
    assert killed.returncode == -signal.SIGKILL
    assert contents(directory.journal, version) == before
    _assert_next_start_completes_it(tmp_path, version)


def test_statements_of_this_table_are_all_there_are(tmp_path: Path) -> None:
    for version in OLD_VERSIONS:
        path = tmp_path / f"{version}.sqlite3"
        load_journal(path, version)
        with closing(open_until(path, 0, _fail)) as connection:
            assert connection.statements == max(s for v, s in STATEMENTS if v == version)


def _assert_next_start_completes_it(root: Path, version: int) -> None:
    directory = prepare_directory(root)
    before = contents(directory.journal, version)
    journal, salvage = open_journal(directory, just_after(directory.journal))
    journal.close()
    assert salvage is None
    after = contents(directory.journal, version)
    for table in ("attempts", "audit", "runs"):
        assert after[table][: len(before[table])] == before[table]
    assert [row["entry_id"] for row in after["entries"]] == [
        row["entry_id"] for row in before["entries"]
    ]
    with closing(sqlite3.connect(directory.journal)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
