"""Changes are copied from the `-wal` into the journal beside the entries that are being saved."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.faults.workplace import Clock, append
from wxpark_gui.storage import checkpoints
from wxpark_gui.storage.database import connect_file
from wxpark_gui.storage.journal import SqliteJournal

COMMITS = 5


@pytest.fixture
def booth(path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SqliteJournal]:
    monkeypatch.setattr(checkpoints, "COMMITS", COMMITS)
    # A closed journal has its tables in the file itself.
    SqliteJournal(path, Clock()).close()
    with closing(SqliteJournal(path, Clock())) as journal:
        yield journal


def saved_without_the_log(path: Path) -> int:
    """Return the number of entries in the journal's file, without those in the `-wal`."""
    uri = f"{path.absolute().as_uri()}?immutable=1"
    with closing(sqlite3.connect(uri, uri=True)) as connection:
        count: int = connection.execute("SELECT count(*) FROM entries").fetchone()[0]
    return count


def wait(journal: SqliteJournal) -> None:
    journal._checkpoints.stop()


def test_changes_are_copied_after_a_number_of_commits(booth: SqliteJournal, path: Path) -> None:
    for number in range(COMMITS - 1):
        append(booth, number)
    wait(booth)
    assert saved_without_the_log(path) == 0
    append(booth, COMMITS)
    wait(booth)
    assert saved_without_the_log(path) == COMMITS
    for number in range(COMMITS):
        append(booth, 100 + number)
    wait(booth)
    assert saved_without_the_log(path) == 2 * COMMITS


def test_entry_is_saved_while_changes_are_copied(
    booth: SqliteJournal, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copying, saved = threading.Event(), threading.Event()

    def connect_slowly(file: Path, busy_timeout: float) -> sqlite3.Connection:
        copying.set()
        assert saved.wait(5)
        return connect_file(file, busy_timeout)

    monkeypatch.setattr(booth._checkpoints, "_connect", connect_slowly)
    for number in range(COMMITS):
        append(booth, number)
    assert copying.wait(5)
    for number in range(COMMITS, 3 * COMMITS):
        append(booth, number)
    saved.set()
    wait(booth)
    assert saved_without_the_log(path) == 3 * COMMITS


def test_failure_is_logged_and_made_good_by_the_next_copy(
    booth: SqliteJournal,
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(_file: Path, _busy_timeout: float) -> sqlite3.Connection:
        raise sqlite3.OperationalError("disk I/O error")

    with monkeypatch.context() as patch:
        patch.setattr(booth._checkpoints, "_connect", fail)
        for number in range(COMMITS):
            append(booth, number)
        wait(booth)
    assert "disk I/O error" in caplog.text
    assert saved_without_the_log(path) == 0
    for number in range(COMMITS, 2 * COMMITS):
        append(booth, number)
    wait(booth)
    assert saved_without_the_log(path) == 2 * COMMITS
