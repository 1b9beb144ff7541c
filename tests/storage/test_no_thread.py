"""A system without room for one more thread holds up no entry."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.storage.months import APRIL, MARCH, HandClock, archive_all, enter
from wxpark_gui.storage import checkpoints
from wxpark_gui.storage.archives import archive_directory
from wxpark_gui.storage.backups import Backups
from wxpark_gui.storage.journal import SqliteJournal


def archives_in(path: Path) -> list[Path]:
    return list(archive_directory(path).glob("*.sqlite3"))


@pytest.fixture
def clock() -> HandClock:
    return HandClock(MARCH)


@pytest.fixture
def backups(path: Path, clock: HandClock) -> Backups:
    return Backups(path.parent / "backup", clock)


@pytest.fixture
def journal(path: Path, clock: HandClock, backups: Backups) -> Iterator[SqliteJournal]:
    journal = SqliteJournal(path, clock, backups=backups)
    yield journal
    journal.close()


@pytest.fixture
def no_thread() -> Iterator[pytest.MonkeyPatch]:
    """Refuse every thread until the patch is undone."""

    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        yield patch


def test_entry_is_saved_though_its_changes_cannot_be_copied(
    journal: SqliteJournal, no_thread: pytest.MonkeyPatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoints, "COMMITS", 1)
    for number in (1, 2):
        enter(journal, number, MARCH)
    assert len(journal.recent(9)) == 2
    journal.close()


def test_backup_is_not_made_then_and_made_later(
    journal: SqliteJournal, no_thread: pytest.MonkeyPatch, clock: HandClock, backups: Backups
) -> None:
    enter(journal, 1, MARCH)
    assert not journal.back_up_if_due(clock.now())
    no_thread.undo()
    clock.advance(timedelta(days=1))
    assert journal.back_up_if_due(clock.now())
    backups.wait()
    assert backups.found()


def test_month_is_not_moved_then_and_moved_later(
    journal: SqliteJournal, no_thread: pytest.MonkeyPatch, clock: HandClock, path: Path
) -> None:
    enter(journal, 1, MARCH)
    clock.advance_to(APRIL - timedelta(days=2))
    enter(journal, 2, clock.now())
    clock.advance_to(APRIL)
    archive_all(journal, clock)
    assert not archives_in(path)
    no_thread.undo()
    archive_all(journal, clock)
    assert archives_in(path)
