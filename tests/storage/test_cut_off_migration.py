"""A migration interrupted at any statement loses nothing, and the next start completes it."""

from __future__ import annotations

import shutil
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


PLACES = ("first", "middle", "before the last commit")


def _fail() -> None:
    raise sqlite3.OperationalError("disk I/O error")


@pytest.fixture(scope="module")
def journals(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """Journal of each old version, as its fixture has it; tests work on copies."""
    folder = tmp_path_factory.mktemp("old")
    paths = {version: folder / f"{version}.sqlite3" for version in OLD_VERSIONS}
    for version, path in paths.items():
        load_journal(path, version)
    return paths


@pytest.fixture(scope="module")
def killed(
    journals: dict[int, Path], tmp_path_factory: pytest.TempPathFactory
) -> dict[tuple[int, str], tuple[Path, int]]:
    """Directory and exit code after a killed migration, by version and place."""
    statements = {
        (version, place): (tmp_path_factory.mktemp("killed"), statement)
        for version in OLD_VERSIONS
        for place, statement in zip(PLACES, _statements_at_places(version), strict=True)
    }
    arguments: list[str] = []
    for (version, _), (root, statement) in statements.items():
        directory = prepare_directory(root)
        shutil.copyfile(journals[version], directory.journal)
        arguments += [str(directory.journal), str(statement)]
    done = subprocess.run(
        [sys.executable, "-m", "tests.storage.cut_off_migration", *arguments],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    return {
        key: (root, int(code))
        for (key, (root, _)), code in zip(statements.items(), done.stdout.split(), strict=True)
    }


def _statements_at_places(version: int) -> tuple[int, int, int]:
    last = max(statement for each, statement in STATEMENTS if each == version)
    return 2, last // 2, last


@pytest.mark.parametrize(("version", "statement"), STATEMENTS)
def test_migration_that_fails_at_a_statement_is_completed_by_the_next_start(
    tmp_path: Path, journals: dict[int, Path], version: int, statement: int
) -> None:
    directory = prepare_directory(tmp_path)
    shutil.copyfile(journals[version], directory.journal)
    before = contents(directory.journal, version)
    with pytest.raises(DataDirectoryUnusableError):
        open_until(directory.journal, statement, _fail)
    assert contents(directory.journal, version) == before
    _assert_next_start_completes_it(tmp_path, version)


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is of POSIX")
@pytest.mark.parametrize("version", OLD_VERSIONS)
@pytest.mark.parametrize("place", PLACES)
def test_migration_killed_with_its_process_is_completed_by_the_next_start(
    journals: dict[int, Path],
    killed: dict[tuple[int, str], tuple[Path, int]],
    version: int,
    place: str,
) -> None:
    root, code = killed[version, place]
    assert code == -signal.SIGKILL
    assert contents(prepare_directory(root).journal, version) == contents(
        journals[version], version
    )
    _assert_next_start_completes_it(root, version)


def test_statements_of_this_table_are_all_there_are(
    tmp_path: Path, journals: dict[int, Path]
) -> None:
    for version in OLD_VERSIONS:
        path = tmp_path / f"{version}.sqlite3"
        shutil.copyfile(journals[version], path)
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
