"""The journal opens after any damage to its file, and every readable entry is kept."""

from __future__ import annotations

import errno
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.faults.workplace import Clock, append, fast_disk, send
from tests.storage.released import load_journal
from wxpark_gui import __version__
from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.errors import (
    DataDirectoryUnusableError,
    DiskFullError,
    JournalDamagedError,
    JournalNewerError,
)
from wxpark_gui.domain.record import Salvage
from wxpark_gui.storage import database, inspection, opening
from wxpark_gui.storage.backups import Backups
from wxpark_gui.storage.directory import DataDirectory, prepare_directory
from wxpark_gui.storage.journal import SqliteJournal
from wxpark_gui.storage.opening import open_journal
from wxpark_gui.storage.schema import MIGRATIONS

KEPT = "journal-damaged-20260301T040507.sqlite3"
PAGE = 4096
TABLE_LEAF = 13


def fill(path: Path, numbers: tuple[int, ...], *, answered: bool) -> None:
    with closing(SqliteJournal(path, Clock())) as journal:
        for number in numbers:
            record = append(journal, number)
            if answered:
                send(journal, record, answered=True)


@cache
def filled(numbers: tuple[int, ...], *, answered: bool) -> bytes:
    """Return the content of a new journal with these entries."""
    with tempfile.TemporaryDirectory(dir=fast_disk()) as root:
        path = Path(root) / "journal.sqlite3"
        fill(path, numbers, answered=answered)
        return path.read_bytes()


class Disaster:
    """A data directory that tests fill and damage."""

    def __init__(self, directory: DataDirectory) -> None:
        self.directory = directory
        self.path = directory.journal
        self.log = self.path.with_name(f"{self.path.name}-wal")

    def fill(self, *numbers: int, answered: bool = False) -> None:
        if self.path.exists():
            fill(self.path, numbers, answered=answered)
        else:
            self.path.write_bytes(filled(numbers, answered=answered))

    def back_up(self) -> Path:
        return Backups(self.directory.backup, Clock()).make(self.path)

    def open(self) -> tuple[dict[int, tuple[DeliveryState, bool]], Salvage | None]:
        """Open the journal as the program does, and check the file.

        Returns:
            State and `maybe_sent` by entry number, and the salvage or None.
        """
        journal, salvage = open_journal(self.directory, Clock())
        with closing(journal):
            found = {
                int(record.entry_id): (record.state, record.maybe_sent)
                for record in journal.recent(1000)
            }
        with closing(sqlite3.connect(self.path)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        return found, salvage


@pytest.fixture
def disaster(tmp_path: Path) -> Disaster:
    return Disaster(prepare_directory(tmp_path))


WAITING = (DeliveryState.WAITING, False)
WAITING_MAYBE_SENT = (DeliveryState.WAITING, True)
ANSWERED = (DeliveryState.ANSWERED, False)


def test_a_whole_journal_opens_as_it_is(disaster: Disaster) -> None:
    disaster.fill(1, 2)
    assert disaster.open() == ({1: WAITING, 2: WAITING}, None)


def test_an_empty_directory_gets_a_new_journal(disaster: Disaster) -> None:
    assert disaster.open() == ({}, None)


def test_a_text_in_its_place_is_kept_and_the_backup_comes_back(disaster: Disaster) -> None:
    disaster.fill(1, 2)
    disaster.back_up()
    disaster.path.write_text("not a journal")
    found, salvage = disaster.open()
    assert salvage == Salvage(KEPT, entries=2)
    assert (disaster.directory.root / KEPT).read_text() == "not a journal"
    assert found == {1: WAITING_MAYBE_SENT, 2: WAITING_MAYBE_SENT}
    assert disaster.open() == (found, None), "it is said once"


def test_salvage_is_recorded_in_the_audit(disaster: Disaster) -> None:
    disaster.path.write_text("not a journal")
    disaster.open()
    with closing(sqlite3.connect(disaster.path)) as connection:
        found = connection.execute("SELECT what, detail FROM audit").fetchall()
    assert found == [("salvaged", f"{KEPT} 0")]


def test_rows_of_the_damaged_file_win_over_the_backup(disaster: Disaster) -> None:
    disaster.fill(1, 2)
    disaster.back_up()
    with closing(sqlite3.connect(disaster.path, isolation_level=None)) as connection:
        connection.execute("UPDATE entries SET state = 'voided' WHERE position = 1")
        connection.execute("DELETE FROM entries WHERE position = 2")
        connection.execute("DROP TABLE audit")
    found, salvage = disaster.open()
    assert salvage == Salvage(KEPT, entries=2)
    assert found == {1: (DeliveryState.VOIDED, False), 2: WAITING_MAYBE_SENT}


def test_truncated_file_yields_its_remaining_rows(disaster: Disaster) -> None:
    disaster.fill(*range(1, 101))
    disaster.path.write_bytes(disaster.path.read_bytes()[:-4096])
    found, salvage = disaster.open()
    assert salvage
    assert len(found) == salvage.entries > 50


def test_a_lost_first_page_is_replaced(disaster: Disaster) -> None:
    disaster.fill(*range(1, 101), answered=True)
    disaster.path.write_bytes(b"?" * 4096 + disaster.path.read_bytes()[4096:])
    found, salvage = disaster.open()
    assert salvage == Salvage(KEPT, entries=100)
    assert found == dict.fromkeys(range(1, 101), ANSWERED)
    assert (disaster.directory.root / KEPT).read_bytes()[:4096] == b"?" * 4096


def test_zeroed_page_loses_only_its_own_rows(disaster: Disaster) -> None:
    disaster.fill(*range(1, 201))
    content = bytearray(disaster.path.read_bytes())
    leaves = list(_leaves_with(content, "粤B00100".encode()))
    assert len(leaves) == 1
    content[leaves[0] : leaves[0] + PAGE] = bytes(PAGE)
    disaster.path.write_bytes(content)
    found, salvage = disaster.open()
    assert salvage
    assert 150 < len(found) < 200
    assert {1, 200} <= found.keys()


def _leaves_with(content: bytes | bytearray, text: bytes) -> Iterator[int]:
    """Yield the offsets of table leaf pages that contain `text`.

    `dbstat` is not used because not every build of SQLite has it.
    """
    for start in range(0, len(content), PAGE):
        page = content[start : start + PAGE]
        if page[0] == TABLE_LEAF and text in page:
            yield start


class TestLog:
    @pytest.mark.parametrize("step", ["make_durable", "_begin_run"])
    def test_is_not_written_into_a_file_whose_damage_is_found_late(
        self, disaster: Disaster, monkeypatch: pytest.MonkeyPatch, step: str
    ) -> None:
        """SQLite writes it there when the last connection is closed."""
        with closing(SqliteJournal(disaster.path, Clock())) as journal:
            append(journal, 1)
            content, log = disaster.path.read_bytes(), disaster.log.read_bytes()
        disaster.path.write_bytes(content)
        disaster.log.write_bytes(log)

        make_durable = database.make_durable

        def find_damage(*arguments: Any) -> None:
            monkeypatch.undo()
            make_durable(*arguments)
            raise sqlite3.DatabaseError("malformed database schema")

        def find_damage_later(_: SqliteJournal) -> None:
            monkeypatch.undo()
            raise JournalDamagedError("malformed")

        if step == "make_durable":
            monkeypatch.setattr(database, step, find_damage)
        else:
            monkeypatch.setattr(SqliteJournal, step, find_damage_later)
        found, salvage = disaster.open()
        assert salvage is not None
        assert (salvage.entries, found) == (1, {1: WAITING})
        assert (disaster.directory.root / salvage.kept_as).read_bytes() == content

    def test_of_another_database_is_left_out_of_account(
        self, disaster: Disaster, tmp_path: Path
    ) -> None:
        disaster.fill(1, 2)
        self.put_log_of_another(disaster.log, tmp_path)
        log = disaster.log.read_bytes()
        found, salvage = disaster.open()
        assert salvage == Salvage(KEPT, entries=2)
        assert found == {1: WAITING, 2: WAITING}
        assert (disaster.directory.root / f"{KEPT}-wal").read_bytes() == log

    @pytest.mark.parametrize("file", ["empty", "missing"])
    def test_without_its_file_is_kept(self, disaster: Disaster, tmp_path: Path, file: str) -> None:
        if file == "empty":
            disaster.path.touch()
        self.put_log_of_another(disaster.log, tmp_path)
        log = disaster.log.read_bytes()
        assert disaster.open() == ({}, Salvage(KEPT, entries=0))
        assert (disaster.directory.root / f"{KEPT}-wal").read_bytes() == log

    @staticmethod
    def put_log_of_another(log: Path, place: Path) -> None:
        other = place / "other.sqlite3"
        with closing(sqlite3.connect(other, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode = wal")
            connection.execute("CREATE TABLE cars (plate)")
            connection.execute("INSERT INTO cars VALUES ('x')")
            shutil.copy(f"{other}-wal", log)


@pytest.mark.parametrize("file", ["empty", "missing"])
def test_a_journal_that_is_gone_comes_back_from_the_backup(disaster: Disaster, file: str) -> None:
    disaster.fill(1)
    disaster.back_up()
    disaster.path.unlink()
    if file == "empty":
        disaster.path.touch()
    found, salvage = disaster.open()
    assert salvage == Salvage(KEPT if file == "empty" else "", entries=1)
    assert found == {1: WAITING_MAYBE_SENT}


def test_each_damaged_file_keeps_a_name_of_its_own(disaster: Disaster) -> None:
    for content in ("one", "two"):
        disaster.path.write_text(content)
        disaster.open()
    kept = sorted(disaster.directory.root.glob("journal-damaged-*.sqlite3"))
    assert sorted(file.read_text() for file in kept) == ["one", "two"]


def test_a_damaged_backup_is_passed_over(disaster: Disaster) -> None:
    disaster.fill(1)
    good = disaster.back_up()
    (good.parent / "journal-20300101T000000.sqlite3").write_text("damaged too")
    disaster.path.write_text("damaged")
    found, _ = disaster.open()
    assert found == {1: WAITING_MAYBE_SENT}


class TestInterrupted:
    """The power fails during a salvage; the next start completes it."""

    @pytest.fixture(params=["_move_files_beside", "_build", "salvage", "sync_directory"])
    def interrupted(
        self, disaster: Disaster, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
    ) -> Disaster:
        disaster.fill(*range(1, 101))
        disaster.path.write_bytes(disaster.path.read_bytes()[:-4096])
        disaster.log.write_bytes(b"log")

        def fail(*_: object) -> None:
            raise PowerCutError

        with monkeypatch.context() as patch:
            patch.setattr(opening, request.param, fail)
            with pytest.raises(PowerCutError):
                disaster.open()
        return disaster

    def test_salvage_starts_over(self, interrupted: Disaster) -> None:
        found, salvage = interrupted.open()
        assert salvage
        assert salvage.kept_as == KEPT
        assert len(found) == salvage.entries > 50
        assert (interrupted.directory.root / f"{KEPT}-wal").read_bytes() == b"log"
        assert not list(interrupted.directory.root.glob("*unfinished*"))

    def test_an_entry_saved_after_it_is_never_overwritten(self, interrupted: Disaster) -> None:
        interrupted.open()
        interrupted.fill(1000)
        found, salvage = interrupted.open()
        assert 1000 in found
        assert salvage is None


@pytest.mark.parametrize("step", ["_move_files_beside", "_build"])
def test_interrupted_salvage_starts_over_with_its_own_file_after_the_clock_was_set_back(
    disaster: Disaster, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    earlier = disaster.directory.root / "journal-damaged-20300101T000000.sqlite3"
    earlier.write_bytes(filled((1,), answered=False))
    disaster.fill(*range(1, 101))
    disaster.path.write_bytes(disaster.path.read_bytes()[:-4096])

    def fail(*_: object) -> None:
        raise PowerCutError

    with monkeypatch.context() as patch:
        patch.setattr(opening, step, fail)
        with pytest.raises(PowerCutError):
            disaster.open()
    found, salvage = disaster.open()
    assert salvage
    assert salvage.kept_as == "journal-damaged-20300101T000000-2.sqlite3"
    assert len(found) > 50


class PowerCutError(Exception):
    """Raised in place of a power failure; the program must not handle it."""


class TestVersions:
    def test_a_newer_journal_is_refused_and_not_touched(self, disaster: Disaster) -> None:
        disaster.fill(1)
        with closing(sqlite3.connect(disaster.path, isolation_level=None)) as connection:
            connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
        before = disaster.path.read_bytes()
        with pytest.raises(JournalNewerError) as caught:
            disaster.open()
        assert caught.value.program == __version__
        assert disaster.path.read_bytes() == before
        assert not list(disaster.directory.root.glob("*damaged*"))

    @pytest.mark.parametrize(
        "change",
        [
            "ALTER TABLE runs RENAME TO starts",
            "UPDATE runs SET program = 'no version'",
            "UPDATE runs SET program = x'00'",
        ],
    )
    def test_newer_journal_with_any_program_name_is_refused(
        self, disaster: Disaster, change: str
    ) -> None:
        disaster.fill(1)
        with closing(sqlite3.connect(disaster.path, isolation_level=None)) as connection:
            connection.execute(change)
            connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
        with pytest.raises(JournalNewerError) as caught:
            disaster.open()
        assert caught.value.program == ""

    def test_a_damaged_older_one_is_salvaged_into_one_of_today(self, disaster: Disaster) -> None:
        load_journal(disaster.path, 1)
        with closing(sqlite3.connect(disaster.path, isolation_level=None)) as connection:
            connection.execute("DROP TABLE audit")
        assert disaster.open() == (
            {1: ANSWERED, 2: WAITING, 3: WAITING},
            Salvage(KEPT, entries=3),
        )


def test_trouble_with_the_directory_is_not_taken_for_damage(
    disaster: Disaster, readable_only: Callable[[], object]
) -> None:
    disaster.fill(1)
    with closing(sqlite3.connect(disaster.path, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(DataDirectoryUnusableError, match="locked"):
            open_journal(disaster.directory, Clock(), busy_timeout=0)
    assert disaster.open() == ({1: WAITING}, None)


@pytest.mark.parametrize("fully_checked", [0, 1_000_000])
def test_an_open_entry_its_index_does_not_lead_to_is_found(
    disaster: Disaster, monkeypatch: pytest.MonkeyPatch, fully_checked: int
) -> None:
    monkeypatch.setattr(inspection, "_FULLY_CHECKED", fully_checked)
    disaster.fill(1, 2)
    content = disaster.path.read_bytes()
    name = f"{2:036}".encode()
    assert content.count(name) == 2, "once in the table and once in its index"
    place = content.rindex(name)
    disaster.path.write_bytes(content[:place] + b"9" + content[place + 1 :])
    found, salvage = disaster.open()
    assert salvage == Salvage(KEPT, entries=2)
    assert len(found) == 2


@pytest.mark.parametrize(
    ("number", "told"), [(errno.ENOSPC, DiskFullError), (errno.EROFS, None), (errno.EIO, None)]
)
def test_file_that_cannot_be_opened_on_a_full_disk_is_told_as_a_full_disk(
    disaster: Disaster, monkeypatch: pytest.MonkeyPatch, number: int, told: type[Exception] | None
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, "refused")

    def fail(*_: object, **__: object) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    disaster.fill(1)
    with monkeypatch.context() as patch:
        patch.setattr(database, "make_durable", fail)
        patch.setattr("wxpark_gui.storage.disk_check.tempfile.mkstemp", refuse)
        with pytest.raises(DataDirectoryUnusableError, match="disk I/O error") as caught:
            open_journal(disaster.directory, Clock())
    assert type(caught.value) is (told or DataDirectoryUnusableError)
    assert 1 in disaster.open()[0]
