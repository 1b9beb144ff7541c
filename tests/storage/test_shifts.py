"""Stored people and shifts: kills during a hand-over, archived months, salvage, documents."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.storage.released import ORIGIN, START, SteppingClock
from wxpark_gui.domain.entry import CarType, ParkingEntry, Scene
from wxpark_gui.domain.errors import JournalWriteError
from wxpark_gui.domain.pin import PinHash
from wxpark_gui.domain.plate import read_plate
from wxpark_gui.domain.record import NewEntry
from wxpark_gui.domain.shift import NewShift
from wxpark_gui.domain.shift_errors import DocumentNotSavedError
from wxpark_gui.runtime.runner import Worker
from wxpark_gui.service.on_thread import journal_on_thread, shift_book_on_thread
from wxpark_gui.storage.directory import prepare_directory
from wxpark_gui.storage.document_folder import DocumentFolder
from wxpark_gui.storage.journal import SqliteJournal
from wxpark_gui.storage.opening import open_journal
from wxpark_gui.storage.schema import migrate

PIN = PinHash("s", "d")


def uuid(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012}"


def shift_of(person: int, number: int = 100) -> NewShift:
    return NewShift(uuid(number), uuid(person), "欢乐海岸停车场", "1号岗")


def entry(number: int) -> NewEntry:
    car = ParkingEntry(Scene.PARKING, START, read_plate(f"粤B{number:05}"), car_type=CarType.SMALL)
    return NewEntry(uuid(1000 + number), car, ORIGIN)


@pytest.fixture
def clock() -> SteppingClock:
    return SteppingClock()


@pytest.fixture
def journal(tmp_path: Path, clock: SteppingClock) -> Iterator[SqliteJournal]:
    with closing(SqliteJournal(tmp_path / "journal.sqlite3", clock)) as journal:
        book = journal.shift_book()
        book.add_person(uuid(1), "李师傅", PIN, START)
        book.add_person(uuid(2), "王师傅", PIN, START)
        yield journal


@pytest.mark.skipif(sys.platform == "win32", reason="the kills need os.fork")
def test_hand_over_that_is_killed_at_any_statement_leaves_one_shift_open(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.hand_over", "--directory", str(tmp_path)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 with none or two open shifts" in done.stdout


def test_file_cannot_hold_two_open_shifts(journal: SqliteJournal) -> None:
    journal.shift_book().sign_in(shift_of(1), START)
    with pytest.raises(sqlite3.IntegrityError):
        journal._connection.execute(
            "INSERT INTO shifts (shift_id, lot, booth, person_id, opened_at, after_position)"
            " VALUES (?, '', '', '', '', 0)",
            (uuid(101),),
        )


def test_failed_disk_changes_nothing(journal: SqliteJournal) -> None:
    book = journal.shift_book()
    before = book.sign_in(shift_of(1), START)
    journal._connection.execute("PRAGMA query_only = 1")
    with pytest.raises(JournalWriteError):
        book.close(uuid(100), "", START, shift_of(2, 101))
    assert book.state() == before


def test_archived_entries_of_a_shift_stay_in_its_sum(
    journal: SqliteJournal, tmp_path: Path, clock: SteppingClock
) -> None:
    book = journal.shift_book()
    book.sign_in(shift_of(1), START)
    for number in range(1, 4):
        journal.append(entry(number), START)
    before = book.report(START).summary
    _archive_first_entry(journal, tmp_path / "archive")
    assert book.report(START).summary == before
    journal._connection.execute(
        "INSERT INTO amendments (entry_id, state, at) VALUES (?, 'voided', '')", (uuid(1001),)
    )
    assert book.report(START).summary.voided == 1
    (tmp_path / "archive/2026-03.sqlite3").unlink()
    assert book.report(START).summary.entered == 2


def _archive_first_entry(journal: SqliteJournal, folder: Path) -> None:
    folder.mkdir()
    path = folder / "2026-03.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None)) as archive:
        migrate(archive)
    connection = journal._connection
    connection.execute("ATTACH ? AS old", (str(path),))
    connection.execute("INSERT INTO old.runs SELECT * FROM main.runs")
    connection.execute("INSERT INTO old.entries SELECT * FROM main.entries WHERE position = 1")
    connection.execute("DELETE FROM main.entries WHERE position = 1")
    connection.execute("DETACH old")
    connection.execute("INSERT INTO archives VALUES ('2026-03', 1, 1, 1, ?, '')", ("0" * 64,))


def test_shift_continues_when_every_entry_was_archived(
    journal: SqliteJournal, tmp_path: Path
) -> None:
    book = journal.shift_book()
    book.sign_in(shift_of(1), START)
    journal.append(entry(1), START)
    _archive_first_entry(journal, tmp_path / "archive")
    book.close(uuid(100), "", START, shift_of(2, 101))
    assert book.report(START).summary.entered == 0
    journal.append(entry(2), START)
    assert book.report(START).summary.entered == 1


def test_salvage_keeps_people_open_shift_and_closings(tmp_path: Path) -> None:
    directory, clock = prepare_directory(tmp_path), SteppingClock()
    journal, _ = open_journal(directory, clock)
    book = journal.shift_book()
    book.add_person(uuid(1), "李师傅", PIN, START)
    book.sign_in(shift_of(1), START)
    journal.append(entry(1), START)
    book.close(uuid(100), "钥匙在抽屉", START, shift_of(1, 101))
    before = book.state()
    report = book.report(START)
    page: int = journal._connection.execute(
        "SELECT rootpage FROM sqlite_master WHERE name = 'entries_saved_at'"
    ).fetchone()[0]
    journal.close()
    with directory.journal.open("r+b") as file:
        file.seek(4096 * (page - 1))
        file.write(b"\xff" * 64)
    journal, salvage = open_journal(directory, clock)
    with closing(journal):
        assert salvage is not None
        after = journal.shift_book().state()
        assert after.people == before.people
        assert after.shift == before.shift
        assert replace(journal.shift_book().report(START), until=report.until) == report


def test_shift_counts_new_entries_after_a_salvage_that_lost_some(tmp_path: Path) -> None:
    directory, clock = prepare_directory(tmp_path), SteppingClock()
    journal, _ = open_journal(directory, clock)
    book = journal.shift_book()
    for number in range(1, 4):
        journal.append(entry(number), START)
    book.add_person(uuid(1), "李师傅", PIN, START)
    book.sign_in(shift_of(1), START)
    page: int = journal._connection.execute(
        "SELECT rootpage FROM sqlite_master WHERE name = 'entries'"
    ).fetchone()[0]
    journal.close()
    with directory.journal.open("r+b") as file:
        file.seek(4096 * (page - 1))
        file.write(b"\xff" * 64)
    journal, _ = open_journal(directory, clock)
    with closing(journal):
        journal.append(entry(9), START)
        assert journal.shift_book().report(START).summary.entered == 1


def test_open_shift_of_a_lost_person_is_still_open(journal: SqliteJournal) -> None:
    book = journal.shift_book()
    book.sign_in(shift_of(1), START)
    journal._connection.execute("DELETE FROM people")
    shift = book.state().shift
    assert shift is not None
    assert shift.main.label == ""
    assert book.close(uuid(100), "", START).closed_by == "-"


def test_unreadable_closing_does_not_stop_the_next_shift(journal: SqliteJournal) -> None:
    book = journal.shift_book()
    book.sign_in(shift_of(1), START)
    book.close(uuid(100), "", START)
    journal._connection.execute("UPDATE shifts SET report = '{'")
    state = book.sign_in(shift_of(2, 101), START)
    assert state.handed_over is None
    assert state.shift is not None


def test_book_can_be_used_from_any_thread(qapp: object, tmp_path: Path) -> None:
    worker = Worker("test-journal")
    journal = journal_on_thread(
        lambda: SqliteJournal(tmp_path / "journal.sqlite3", SteppingClock()), worker
    )
    book = shift_book_on_thread(journal, worker)
    book.add_person(uuid(1), "李师傅", PIN, START)
    assert [person.label for person in book.state().people] == ["李师傅"]
    with pytest.raises(AttributeError):
        book.no_such_method  # type: ignore[attr-defined]  # noqa: B018
    journal.close()
    assert worker.stop(5)


def test_sum_of_a_long_forgotten_shift_takes_little_time(
    journal: SqliteJournal, clock: SteppingClock
) -> None:
    book = journal.shift_book()
    book.sign_in(shift_of(1), START)
    for number in range(1, 400):
        journal.append(entry(number), START + timedelta(seconds=number))
    assert book.report(START).summary.entered == 399


def test_document_is_written_whole_under_a_free_name(tmp_path: Path) -> None:
    folder = DocumentFolder(tmp_path / "documents")
    first = folder.save("交班 1/2: 李.pdf", b"one")
    second = folder.save("交班 1/2: 李.pdf", b"two")
    assert (first.name, second.name) == ("交班 1-2- 李.pdf", "交班 1-2- 李 2.pdf")
    assert (first.read_bytes(), second.read_bytes()) == (b"one", b"two")
    assert sorted(path.name for path in first.parent.iterdir()) == sorted([first.name, second.name])


def test_document_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(DocumentNotSavedError):
        DocumentFolder(tmp_path / "file").save("a.pdf", b"one")
