"""A restore that is killed at any of its steps is completed by the next start."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from tests.faults.workplace import ORIGIN, Clock, append, send
from tests.settings import settings_of
from tests.storage.archived_month import archive_month
from wxpark_gui.domain.merchant import MerchantProfile
from wxpark_gui.storage.backup_store import BackupStore
from wxpark_gui.storage.directory import DataDirectory, prepare_directory
from wxpark_gui.storage.opening import open_journal
from wxpark_gui.storage.restoring import finish_restore, finish_settings
from wxpark_gui.storage.settings import TomlSettings

PROJECT = Path(__file__).parents[2]
MERCHANT = MerchantProfile("wx0123456789", "1900000001", "1900000002", ORIGIN.lot)
LEAST_STEPS = 10


def enter(directory: DataDirectory, clock: Clock, *numbers: int, answered: bool = True) -> None:
    with closing(open_journal(directory, clock)[0]) as journal:
        for number in numbers:
            record = append(journal, number)
            if answered:
                send(journal, record, answered=True)


def commit(directory: DataDirectory, clock: Clock, backup: Path) -> None:
    settings = TomlSettings(directory.settings)
    store = BackupStore(directory, clock, lambda: settings, training=False)
    store.prepare(backup, lambda: False)
    store.commit(with_settings=True)


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    """Backup of an archived month with the entries 1 and 2, and of the open entry 3."""
    directory, clock = prepare_directory(tmp_path / "old"), Clock()
    settings = TomlSettings(directory.settings)
    settings.save(settings_of(MERCHANT))
    enter(directory, clock, 1, 2)
    archive_month(directory.journal, directory.archive, "2026-03", (1, 2))
    enter(directory, clock, 3, answered=False)
    target = tmp_path / "backup.zip"
    BackupStore(directory, clock, lambda: settings, training=False).save(
        target, overwrite=False, report=lambda _: None, is_cancelled=lambda: False
    )
    return target


@pytest.fixture(params=["merged", "replaced"])
def prepared(request: pytest.FixtureRequest, tmp_path: Path, backup: Path) -> tuple[Path, set[int]]:
    """Data directory with a committed restore, and the entries that it must have afterwards."""
    if request.param == "merged":
        directory, clock = prepare_directory(tmp_path / "old"), Clock()
        enter(directory, clock, 4, answered=False)
        expected = {3, 4}
    else:
        clock = Clock()
        clock.jump(timedelta(hours=9))
        directory = prepare_directory(tmp_path / "new")
        enter(directory, clock, 501)
        expected = {3}
    commit(directory, clock, backup)
    return directory.root, expected


def test_killed_restore_is_completed(prepared: tuple[Path, set[int]], tmp_path: Path) -> None:
    original, expected = prepared
    before = read_entries(DataDirectory(original).journal)
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.restore_kill", str(original), str(tmp_path)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    steps = int(done.stdout)
    assert steps > LEAST_STEPS
    for number in range(1, steps + 1):
        directory, clock = prepare_directory(tmp_path / f"killed-{number}"), Clock()
        assert read_entries(directory.journal) >= expected & {4}
        settings = TomlSettings(directory.settings)
        finished = finish_restore(directory, clock)
        finish_settings(directory, settings, clock.now())
        assert finished is None or finished.failure is None
        check_whole(directory, clock, expected, number)
        earlier = directory.root.glob("journal-before-restore-*.sqlite3")
        assert before in [read_entries(file) for file in earlier], number
        assert settings.load() == settings_of(MERCHANT)


def read_entries(journal: Path) -> set[int]:
    """Return the entries of the file under the journal's name, which is there at every step."""
    with closing(sqlite3.connect(f"{journal.as_uri()}?mode=ro", uri=True)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return {int(row[0]) for row in connection.execute("SELECT entry_id FROM entries")}


def check_whole(directory: DataDirectory, clock: Clock, expected: set[int], number: int) -> None:
    journal, salvage = open_journal(directory, clock)
    with closing(journal):
        assert salvage is None, number
        assert {int(record.entry_id) for record in journal.recent(99)} == expected, number
        archived = [journal.get(f"{number:036}") for number in (1, 2)]
        assert all(record is not None for record in archived), number
    assert not (directory.root / "restore").exists()
