"""Trouble of the journal while the program runs: damage, a lock, one failed write."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.booths import Booth, make_booth
from wxpark_gui.controllers import entries as entries_module
from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.entry import EntryDraft
from wxpark_gui.domain.errors import JournalBusyError, JournalDiskFaultError
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.domain.record import EntryRecord, NewEntry, Salvage
from wxpark_gui.runtime.system import SystemClock
from wxpark_gui.storage.directory import DataDirectory, locate_directory
from wxpark_gui.storage.journal import SqliteJournal
from wxpark_gui.storage.opening import open_journal
from wxpark_gui.training.booth import TrainingVault, make_training_key
from wxpark_gui.training.gateway import TrainingGateway

PAGE = 4096
PLATES = ("粤B10001", "粤B10002", "粤B10003")


class Place:
    """The data directory of a booth, and its open journal."""

    def __init__(self, root: Path) -> None:
        self.directory: DataDirectory = locate_directory(root)
        self.clock = SystemClock()
        self.opened = 0
        self._salvaged: Salvage | None = None

    def open(self) -> SqliteJournal:
        self.opened += 1
        self.journal, self._salvaged = open_journal(self.directory, self.clock, 0.01)
        return self.journal

    def take_salvaged(self) -> Salvage | None:
        salvaged, self._salvaged = self._salvaged, None
        return salvaged

    def damage(self) -> None:
        """Overwrite the index of the entries' ids. Call it in the journal's thread."""
        connection = self.journal._connection
        query = "SELECT rootpage FROM sqlite_schema WHERE name = 'sqlite_autoindex_entries_1'"
        root = connection.execute(query).fetchone()[0]
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with self.directory.journal.open("r+b") as file:
            file.seek((root - 1) * PAGE)
            file.write(b"\xff" * PAGE)
        connection.execute("PRAGMA shrink_memory")

    def plates(self) -> list[str]:
        with closing(sqlite3.connect(self.directory.journal)) as journal:
            return [row[0] for row in journal.execute("SELECT plate FROM entries ORDER BY plate")]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.fixture
def booth(qapp: object, qtbot: QtBot, place: Place, tmp_path: Path) -> Iterator[Booth]:
    key = make_training_key()
    with TrainingGateway(key) as gateway:
        booth = make_booth(
            tmp_path,
            gateway.url,
            TrainingVault(key),
            open_journal=place.open,
            take_salvaged=place.take_salvaged,
        )
        with qtbot.waitSignal(booth.journal.opened):
            booth.start()
        yield booth
        assert booth.stop(5)


def enter(booth: Booth, *plates: str) -> None:
    for plate in plates:
        booth.entries.submit(EntryDraft(plate), confirmed=True)


def wait_for_entries(booth: Booth, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not booth.entries.unsaved)


def test_damage_found_by_an_entry_is_repaired_at_once_and_the_entry_is_saved(
    booth: Booth, place: Place, qtbot: QtBot
) -> None:
    enter(booth, PLATES[0])
    wait_for_entries(booth, qtbot)
    booth.workers.journal.call(place.damage)
    with (
        qtbot.waitSignal(booth.journal.salvaged) as salvaged,
        qtbot.assertNotEmitted(booth.entries.notSaved),
    ):
        enter(booth, *PLATES[1:])
        wait_for_entries(booth, qtbot)
    assert salvaged.args is not None
    assert salvaged.args[0].kept_as.startswith("journal-damaged-")
    assert place.opened == 2
    assert place.plates() == list(PLATES)


def test_damage_found_by_a_hand_over_is_repaired_at_the_next_count(
    booth: Booth, place: Place, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(*_: object) -> None:
        raise sqlite3.DatabaseError("database disk image is malformed")

    with monkeypatch.context() as patch:
        patch.setattr("wxpark_gui.storage.people.insert_person", damaged)
        with qtbot.waitSignal(booth.shifts.refused) as refused:
            booth.shifts.add_person("李师傅", Secret("1357"))
    assert refused.args is not None
    assert refused.args[0].code == "JOURNAL_DAMAGE_FOUND"
    enter(booth, PLATES[0])
    wait_for_entries(booth, qtbot)
    assert place.opened == 2


def _locked(place: Place) -> sqlite3.Connection:
    other = sqlite3.connect(place.directory.journal, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    return other


def _counting(monkeypatch: pytest.MonkeyPatch, note: Callable[[Exception], None]) -> None:
    append = SqliteJournal.append

    def counted(journal: SqliteJournal, new: NewEntry, *rest: object) -> EntryRecord:
        try:
            return append(journal, new, *rest)  # type: ignore[arg-type]
        except JournalBusyError as error:
            note(error)
            raise

    monkeypatch.setattr(SqliteJournal, "append", counted)


def test_cars_typed_while_a_backup_tool_locks_the_file_are_saved_when_it_ends(
    booth: Booth, place: Place, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures: list[Exception] = []
    _counting(monkeypatch, failures.append)
    with closing(_locked(place)), qtbot.assertNotEmitted(booth.entries.notSaved):
        enter(booth, *PLATES)
        qtbot.waitUntil(lambda: len(failures) >= 3)
    wait_for_entries(booth, qtbot)
    assert place.plates() == list(PLATES)


def test_lock_that_stays_is_told_as_a_lock_and_the_car_can_be_entered_later(
    booth: Booth, place: Place, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entries_module, "SAVE_PATIENCE", 0.0)
    with closing(_locked(place)), qtbot.waitSignal(booth.entries.notSaved) as told:
        enter(booth, PLATES[0])
    assert told.args is not None
    assert type(told.args[1]) is JournalBusyError
    enter(booth, PLATES[0])
    wait_for_entries(booth, qtbot)
    assert place.plates() == [PLATES[0]]


def test_car_typed_while_the_file_cannot_be_opened_yet_is_saved_when_it_can(
    qapp: object, qtbot: QtBot, place: Place, tmp_path: Path
) -> None:
    place.open().close()
    key = make_training_key()
    with TrainingGateway(key) as gateway:
        booth = make_booth(tmp_path, gateway.url, TrainingVault(key), open_journal=place.open)
        other = sqlite3.connect(place.directory.journal, isolation_level=None)
        # The lock of a tool that copies the file: it excludes readers too.
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        with closing(other):
            with qtbot.waitSignal(booth.journal.failed) as failed:
                booth.start()
                enter(booth, PLATES[0])
            tries = place.opened
            qtbot.waitUntil(lambda: place.opened > tries + 3)
        assert failed.args is not None
        assert failed.args[0].code in ("JOURNAL_LOCKED", "JOURNAL_BUSY")
        wait_for_entries(booth, qtbot)
        assert place.plates() == [PLATES[0]]
        assert booth.stop(5)


def test_damage_found_by_an_answer_is_repaired_and_the_answer_is_asked_for_again(
    booth: Booth, place: Place, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish = SqliteJournal.finish_attempt
    damaged: list[bool] = []
    answered: list[EntryRecord] = []

    def finished(journal: SqliteJournal, *arguments: object) -> EntryRecord:
        if not damaged:
            damaged.append(True)
            place.damage()
        return finish(journal, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(SqliteJournal, "finish_attempt", finished)
    booth.entries.changed.connect(answered.append)
    with qtbot.waitSignal(booth.journal.salvaged):
        enter(booth, PLATES[0])
    qtbot.waitUntil(lambda: bool(answered), timeout=10_000)
    record = answered[-1]
    assert (record.state, record.maybe_sent) == (DeliveryState.ANSWERED, True)
    assert place.plates() == [PLATES[0]]


def test_failed_write_is_told_as_a_fault_of_the_disk_and_is_not_tried_again_unasked(
    booth: Booth, place: Place, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> EntryRecord:
        raise JournalDiskFaultError("disk I/O error")

    with monkeypatch.context() as patch:
        patch.setattr(SqliteJournal, "append", fails)
        with qtbot.waitSignal(booth.entries.notSaved) as told:
            enter(booth, PLATES[0])
    assert told.args is not None
    assert told.args[1].code == "JOURNAL_DISK_FAULT"
    enter(booth, PLATES[1])
    wait_for_entries(booth, qtbot)
    assert place.plates() == [PLATES[1]]
    assert place.opened == 1
