"""Files of an open journal that another program removes or replaces are put back in time."""

from __future__ import annotations

import logging
import shutil
import sqlite3
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest

from tests.storage.conftest import StillClock
from wxpark_gui.assembly import Assembly
from wxpark_gui.domain.entry import ParkingEntry
from wxpark_gui.domain.errors import DataDirectoryInUseError, JournalTakenError, JournalWriteError
from wxpark_gui.domain.history import EVERYTHING
from wxpark_gui.domain.plate import read_plate
from wxpark_gui.domain.record import NewEntry, Origin
from wxpark_gui.service.ports import Journal
from wxpark_gui.storage.directory import DirectoryLock, prepare_directory
from wxpark_gui.storage.inspection import beside, is_whole

T = TypeVar("T")

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="an open file cannot be removed")


class SameThread:
    """Runs each task at once."""

    def call(self, task: Callable[[], T]) -> T:
        return task()


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Assembly]:
    with Assembly(tmp_path / "booth") as parts:
        parts.claim()
        yield parts


@pytest.fixture
def journal(parts: Assembly) -> Iterator[Journal]:
    journal = parts.journal_on(SameThread())
    yield journal
    journal.close()


@pytest.fixture
def save(
    journal: Journal, car: ParkingEntry, origin: Origin, clock: StillClock
) -> Callable[[str], None]:
    def append(plate: str) -> None:
        entry = replace(car, plate=read_plate(plate))
        journal.append(NewEntry(str(uuid.uuid4()), entry, origin), clock.now())

    return append


def plates_on_disk(path: Path) -> list[str]:
    """Return the plates that another program finds in the journal, the first one first."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT plate FROM entries ORDER BY position").fetchall()
    return [row[0] for row in rows]


def remove_all(path: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        beside(path, ending).unlink()


def remove_the_journal(path: Path) -> None:
    path.unlink()


def remove_the_log(path: Path) -> None:
    beside(path, "-wal").unlink()


def remove_the_directory(path: Path) -> None:
    shutil.rmtree(path.parent)


def move_the_directory(path: Path) -> None:
    path.parent.rename(path.parents[1] / "moved")


def replace_by_a_copy(path: Path) -> None:
    shutil.copyfile(path, path.with_name("copy"))
    path.with_name("copy").replace(path)


WAYS = (
    remove_all,
    remove_the_journal,
    remove_the_log,
    remove_the_directory,
    move_the_directory,
    replace_by_a_copy,
)
each_way = pytest.mark.parametrize("remove", WAYS, ids=lambda way: way.__name__)


@each_way
def test_next_entry_and_all_before_it_are_on_disk_at_once(
    parts: Assembly,
    journal: Journal,
    save: Callable[[str], None],
    remove: Callable[[Path], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    save("粤B00001")
    remove(parts.directory.journal)
    with caplog.at_level(logging.ERROR):
        save("粤B00002")
    assert plates_on_disk(parts.directory.journal) == ["粤B00001", "粤B00002"]
    assert "written again" in caplog.text
    save("粤B00003")
    assert len(journal.recent(9)) == 3
    journal.close()
    assert plates_on_disk(parts.directory.journal) == ["粤B00001", "粤B00002", "粤B00003"]
    assert is_whole(parts.directory.journal)


@each_way
def test_end_of_the_program_leaves_every_entry_on_disk(
    parts: Assembly,
    journal: Journal,
    save: Callable[[str], None],
    remove: Callable[[Path], None],
) -> None:
    save("粤B00001")
    remove(parts.directory.journal)
    journal.close()
    assert plates_on_disk(parts.directory.journal) == ["粤B00001"]


@each_way
def test_open_history_goes_on_with_the_files_that_were_put_back(
    parts: Assembly,
    journal: Journal,
    save: Callable[[str], None],
    remove: Callable[[Path], None],
) -> None:
    save("粤B00001")
    with closing(parts.open_history()) as history:
        assert len(history.page(EVERYTHING, 9).entries) == 1
        remove(parts.directory.journal)
        assert len(history.page(EVERYTHING, 9).entries) == 1
        save("粤B00002")
        save("粤B00003")
        assert len(history.page(EVERYTHING, 9).entries) == 3
        assert history.count_newer(EVERYTHING, 1) == 2


def test_file_in_the_journals_place_is_kept(
    parts: Assembly, journal: Journal, save: Callable[[str], None]
) -> None:
    save("粤B00001")
    remove_all(parts.directory.journal)
    parts.directory.journal.write_bytes(b"of a synchronising program")
    save("粤B00002")
    (kept,) = parts.directory.root.glob("journal-replaced-*.sqlite3")
    assert kept.read_bytes() == b"of a synchronising program"
    assert plates_on_disk(parts.directory.journal) == ["粤B00001", "粤B00002"]


def test_log_of_a_file_in_the_journals_place_is_kept_with_it(
    parts: Assembly, journal: Journal, save: Callable[[str], None]
) -> None:
    """SQLite would apply it to the journal that is put back, and damage that."""
    path = parts.directory.journal
    save("粤B00001")
    remove_all(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("CREATE TABLE foreign_rows (text TEXT)")
        other.executemany("INSERT INTO foreign_rows VALUES (?)", [("x" * 3000,)] * 20)
        save("粤B00002")
        (replaced,) = path.parent.glob("journal-replaced-*.sqlite3")
        with closing(sqlite3.connect(replaced)) as kept:
            assert kept.execute("SELECT count(*) FROM foreign_rows").fetchone()[0] == 20
        save("粤B00003")
    save("粤B00004")
    journal.close()
    plates = ["粤B00001", "粤B00002", "粤B00003", "粤B00004"]
    assert plates_on_disk(path) == plates
    assert is_whole(path)
    assert not list(path.parent.glob("journal-damaged-*"))


def test_entry_that_cannot_be_put_back_is_not_called_saved(
    parts: Assembly, journal: Journal, save: Callable[[str], None]
) -> None:
    save("粤B00001")
    remove_all(parts.directory.journal)
    parts.directory.journal.mkdir()
    with pytest.raises(JournalWriteError):
        save("粤B00002")
    parts.directory.journal.rmdir()
    save("粤B00003")
    assert plates_on_disk(parts.directory.journal) == ["粤B00001", "粤B00003"]


def test_entry_is_saved_in_a_directory_that_can_no_longer_be_searched(
    parts: Assembly,
    journal: Journal,
    save: Callable[[str], None],
    readable_only: Callable[[], AbstractContextManager[Path]],
) -> None:
    save("粤B00001")
    parts.directory.root.chmod(0)
    with readable_only():
        save("粤B00002")
    parts.directory.root.chmod(0o700)
    assert plates_on_disk(parts.directory.journal) == ["粤B00001", "粤B00002"]


def test_untouched_files_are_opened_once(
    parts: Assembly, journal: Journal, save: Callable[[str], None]
) -> None:
    save("粤B00001")
    before = parts.directory.journal.stat().st_ino
    save("粤B00002")
    with closing(sqlite3.connect(parts.directory.journal)) as connection:
        runs = connection.execute("SELECT count(*) FROM runs").fetchone()[0]
    assert (parts.directory.journal.stat().st_ino, runs) == (before, 1)


class TestDirectoryMadeAgain:
    """Another process may lock the directory that was made in place of the locked one."""

    @pytest.fixture
    def other(self, parts: Assembly, save: Callable[[str], None]) -> Iterator[DirectoryLock]:
        """The lock of a program that was started after the directory was removed."""
        save("粤B00001")
        shutil.rmtree(parts.directory.root)
        with DirectoryLock(prepare_directory(parts.directory.root)) as lock:
            yield lock

    @pytest.mark.parametrize("remove", [remove_the_directory, move_the_directory])
    def test_is_locked_with_the_next_entry(
        self, parts: Assembly, save: Callable[[str], None], remove: Callable[[Path], None]
    ) -> None:
        save("粤B00001")
        remove(parts.directory.journal)
        save("粤B00002")
        with pytest.raises(DataDirectoryInUseError):
            DirectoryLock(parts.directory).acquire()

    def test_of_another_process_takes_no_entry_until_that_ends(
        self,
        parts: Assembly,
        journal: Journal,
        save: Callable[[str], None],
        other: DirectoryLock,
    ) -> None:
        with pytest.raises(JournalTakenError):
            save("粤B00002")
        with pytest.raises(JournalTakenError):
            journal.recent(9)
        assert not parts.directory.journal.exists()
        other.release()
        save("粤B00003")
        assert plates_on_disk(parts.directory.journal) == ["粤B00001", "粤B00003"]

    def test_of_another_process_keeps_its_journal_and_the_removed_one(
        self, parts: Assembly, journal: Journal, other: DirectoryLock
    ) -> None:
        parts.directory.journal.write_bytes(b"of the other process")
        journal.close()
        assert parts.directory.journal.read_bytes() == b"of the other process"
        (kept,) = parts.directory.root.glob("journal-removed-*.sqlite3")
        assert plates_on_disk(kept) == ["粤B00001"]
        assert is_whole(kept)

    def test_of_another_process_is_not_opened(
        self, parts: Assembly, journal: Journal, other: DirectoryLock
    ) -> None:
        journal.close()
        with pytest.raises(JournalTakenError):
            journal.recent(9)
        assert not parts.directory.journal.exists()
