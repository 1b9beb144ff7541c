"""Past months are moved to one archive each, and no entry is lost or doubled."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from hashlib import sha256
from pathlib import Path

import pytest

from tests.faults.workplace import ORIGIN, send
from tests.journals import place_journal
from tests.storage.months import APRIL, MARCH, HandClock, archive_all, enter, visits_of
from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.errors import (
    EntryNotFoundError,
    EntryNotOpenError,
    EntryReplacedError,
    JournalWriteError,
    NothingToResendError,
)
from wxpark_gui.domain.record import EntryRecord, Link, NewEntry, SentAs
from wxpark_gui.storage import archiving as module
from wxpark_gui.storage.amendments import Amendment, amended
from wxpark_gui.storage.archive_writer import StoppedError, Written, write_archive
from wxpark_gui.storage.archives import archive_files, open_archive, shared_from
from wxpark_gui.storage.backups import Backups
from wxpark_gui.storage.database import connect_file
from wxpark_gui.storage.journal import SqliteJournal

Restart = Callable[[], SqliteJournal]


@pytest.fixture
def hands() -> HandClock:
    return HandClock()


@pytest.fixture
def restart(path: Path, tmp_path: Path, hands: HandClock) -> Iterator[Restart]:
    """Function that closes the journal and opens it again, with backups."""
    opened: list[SqliteJournal] = []

    def restart_it() -> SqliteJournal:
        if opened:
            opened[-1].close()
        else:
            place_journal(path)
        backups = Backups(tmp_path / "backup", hands)
        opened.append(SqliteJournal(path, hands, busy_timeout=0, backups=backups))
        return opened[-1]

    yield restart_it
    opened[-1].close()


@pytest.fixture
def booth(restart: Restart) -> SqliteJournal:
    return restart()


@pytest.fixture
def march(booth: SqliteJournal, hands: HandClock) -> list[EntryRecord]:
    """Five answered entries of March.

    The clock stands at 10 April, and one further entry was saved on 8 and one on 10 April.
    """
    saved = [enter(booth, number, hands.now()) for number in range(1, 6)]
    hands.advance_to(APRIL - timedelta(days=2))
    enter(booth, 6, hands.now())
    hands.advance_to(APRIL)
    enter(booth, 7, hands.now())
    return saved


def numbers(path: Path) -> list[int]:
    with closing(sqlite3.connect(path)) as connection:
        query = "SELECT entry_id FROM entries ORDER BY position"
        return [int(row[0]) for row in connection.execute(query)]


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


def page_count(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("PRAGMA page_count").fetchone()[0])


def archive_of(path: Path, month: str = "2026-03") -> Path:
    return path.parent / "archive" / f"{month}.sqlite3"


class TestMove:
    def test_closed_month_leaves_the_journal_with_its_attempts(
        self, booth: SqliteJournal, march: list[EntryRecord], path: Path, hands: HandClock
    ) -> None:
        archive_all(booth, hands)
        assert numbers(path) == [6, 7]
        assert numbers(archive_of(path)) == [1, 2, 3, 4, 5]
        assert rows(path, "SELECT count(*) FROM attempts") == [(2,)]
        assert rows(archive_of(path), "SELECT count(*) FROM attempts") == [(5,)]
        with closing(sqlite3.connect(path)) as connection:
            [file] = archive_files(connection, archive_of(path).parent)
        assert (file.month, file.entries) == ("2026-03", 5)
        assert (file.first_position, file.last_position) == (1, 5)
        assert file.sha256 == sha256(archive_of(path).read_bytes()).hexdigest()
        with closing(open_archive(file)) as archive:
            assert archive.execute("PRAGMA journal_mode").fetchone()[0] == "delete"

    def test_archive_is_backed_up_once(
        self, booth: SqliteJournal, march: list[EntryRecord], path: Path, hands: HandClock
    ) -> None:
        archive_all(booth, hands)
        copy = path.parent / "backup" / "archive" / "2026-03.sqlite3"
        assert copy.read_bytes() == archive_of(path).read_bytes()

    def test_month_with_an_open_entry_stays(
        self, booth: SqliteJournal, path: Path, hands: HandClock
    ) -> None:
        enter(booth, 1, hands.now())
        waiting = enter(booth, 2, hands.now(), is_answered=False)
        hands.advance_to(APRIL - timedelta(days=2))
        enter(booth, 3, hands.now())
        hands.advance_to(APRIL)
        archive_all(booth, hands)
        assert numbers(path) == [1, 2, 3]
        send(booth, waiting, answered=True)
        archive_all(booth, hands)
        assert numbers(path) == [3]

    def test_present_month_stays(
        self, booth: SqliteJournal, march: list[EntryRecord], path: Path, hands: HandClock
    ) -> None:
        archive_all(booth, hands)
        hands.advance(timedelta(days=10))
        archive_all(booth, hands)
        assert numbers(path) == [6, 7]

    def test_several_months_are_moved_one_by_one(
        self, booth: SqliteJournal, path: Path, hands: HandClock
    ) -> None:
        for month in range(6):
            enter(booth, month + 1, hands.now())
            hands.advance(timedelta(days=31))
        enter(booth, 7, hands.now())
        hands.advance(timedelta(days=2))
        archive_all(booth, hands)
        assert numbers(path) == [7]
        with closing(sqlite3.connect(path)) as connection:
            months = [each.month for each in archive_files(connection, path.parent)]
        assert months == [f"2026-{number:02}" for number in (8, 7, 6, 5, 4, 3)]

    def test_free_space_is_given_back(
        self, booth: SqliteJournal, path: Path, hands: HandClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "_KEPT_PAGES", 0)
        for number in range(1, 400):
            enter(booth, number, hands.now())
        pages = page_count(path)
        hands.advance_to(APRIL - timedelta(days=2))
        enter(booth, 500, hands.now())
        hands.advance_to(APRIL)
        archive_all(booth, hands)
        assert rows(path, "PRAGMA freelist_count") == [(0,)]
        assert page_count(path) < pages / 2
        assert rows(path, "PRAGMA integrity_check") == [("ok",)]

    def test_step_gives_back_many_pages(
        self, booth: SqliteJournal, path: Path, hands: HandClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "_KEPT_PAGES", 0)
        monkeypatch.setattr(module, "_PAGES", 8)
        booth._connection.execute("CREATE TABLE filler (content)")
        booth._connection.execute("INSERT INTO filler VALUES (zeroblob(100000))")
        booth._connection.execute("DROP TABLE filler")
        pages = page_count(path)
        assert booth.archive_step(hands.now(), 0)
        assert page_count(path) == pages - 8

    def test_change_of_an_entry_while_its_month_is_copied_is_not_lost(
        self,
        booth: SqliteJournal,
        march: list[EntryRecord],
        path: Path,
        hands: HandClock,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        written: list[Written] = []

        def write(*arguments: object, **options: object) -> Written:
            result = write_archive(*arguments, **options)  # type: ignore[arg-type]
            written.append(result)
            return result

        monkeypatch.setattr(module, "write_archive", write)
        hands.ticks += 3600
        assert booth.archive_step(hands.now(), 0)
        booth._archiver._job.thread.join()  # type: ignore[union-attr]
        correct(booth, march[0], 8)
        archive_all(booth, hands)
        assert len(written) == 2
        [replaced] = rows(archive_of(path), "SELECT replaced_by FROM entries WHERE position = 1")
        assert replaced == (f"{8:036}",)

    def test_changed_entry_of_a_month_that_is_being_deleted_is_amended(
        self, booth: SqliteJournal, march: list[EntryRecord], path: Path, hands: HandClock
    ) -> None:
        step_until_named(booth, path, hands)
        correct(booth, march[4], 8)
        archive_all(booth, hands)
        assert numbers(path) == [6, 7, 8]
        old = booth.get(march[4].entry_id)
        assert old is not None
        assert old.replaced_by == f"{8:036}"

    def test_late_entry_of_an_archived_month_stays_in_the_journal(
        self, booth: SqliteJournal, march: list[EntryRecord], path: Path, hands: HandClock
    ) -> None:
        archive_all(booth, hands)
        hands.wall = MARCH
        enter(booth, 8, hands.now())
        hands.wall = APRIL + timedelta(days=3)
        archive_all(booth, hands)
        assert numbers(path) == [6, 7, 8]
        assert numbers(archive_of(path)) == [1, 2, 3, 4, 5]

    def test_failed_copy_changes_nothing_and_is_tried_again(
        self,
        booth: SqliteJournal,
        march: list[EntryRecord],
        path: Path,
        hands: HandClock,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        archive_of(path).parent.touch()
        archive_all(booth, hands)
        assert numbers(path) == [1, 2, 3, 4, 5, 6, 7]
        assert "archiving failed" in caplog.text
        archive_of(path).parent.unlink()
        archive_all(booth, hands)
        assert numbers(path) == [6, 7]

    def test_close_stops_a_copy(
        self,
        booth: SqliteJournal,
        march: list[EntryRecord],
        path: Path,
        hands: HandClock,
        restart: Restart,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(module, "_PAUSE", 60.0)
        hands.ticks += 3600
        assert booth.archive_step(hands.now(), 0)
        restart()
        assert list(archive_of(path).parent.iterdir()) == []
        assert numbers(path) == [1, 2, 3, 4, 5, 6, 7]


class TestClock:
    def test_clock_that_jumped_over_the_end_of_a_month_moves_nothing(
        self, booth: SqliteJournal, path: Path, hands: HandClock
    ) -> None:
        enter(booth, 1, hands.now())
        hands.wall = APRIL
        enter(booth, 2, hands.now())
        archive_all(booth, hands)
        assert numbers(path) == [1, 2]

    def test_clock_that_jumped_and_a_restart_move_nothing(
        self, booth: SqliteJournal, path: Path, hands: HandClock, restart: Restart
    ) -> None:
        enter(booth, 1, hands.now())
        hands.wall = APRIL
        for number in (2, 3):
            again = restart()
            enter(again, number, hands.now())
            archive_all(again, hands)
        assert numbers(path) == [1, 2, 3]

    def test_day_of_running_past_the_end_of_the_month_moves_it(
        self, booth: SqliteJournal, path: Path, hands: HandClock, restart: Restart
    ) -> None:
        enter(booth, 1, hands.now())
        hands.wall = APRIL
        again = restart()
        hands.advance(timedelta(hours=12))
        again = restart()
        hands.advance(timedelta(hours=9))
        archive_all(again, hands)
        assert numbers(path) == [1]
        hands.advance(timedelta(hours=3))
        archive_all(again, hands)
        assert numbers(path) == []

    def test_clock_set_back_begins_the_count_anew(
        self, booth: SqliteJournal, path: Path, hands: HandClock
    ) -> None:
        enter(booth, 1, hands.now())
        hands.wall = APRIL
        enter(booth, 2, hands.now())
        hands.advance(timedelta(hours=30))
        hands.wall = MARCH + timedelta(hours=30)
        enter(booth, 3, hands.now())
        archive_all(booth, hands)
        hands.wall = APRIL + timedelta(days=2)
        enter(booth, 4, hands.now())
        archive_all(booth, hands)
        assert numbers(path) == [1, 2, 3, 4]

    def test_month_that_ended_a_day_ago_stays(
        self, booth: SqliteJournal, path: Path, hands: HandClock
    ) -> None:
        enter(booth, 1, hands.now())
        hands.advance_to(datetime(2026, 4, 1, 0, 1, tzinfo=timezone.utc))
        enter(booth, 2, hands.now())
        hands.advance(timedelta(hours=46))
        archive_all(booth, hands)
        assert numbers(path) == [1, 2]
        hands.advance(timedelta(hours=2))
        archive_all(booth, hands)
        assert numbers(path) == [2]

    def test_implausible_clock_moves_nothing(
        self, booth: SqliteJournal, march: list[EntryRecord], path: Path, hands: HandClock
    ) -> None:
        hands.wall = datetime(2001, 1, 1, tzinfo=timezone.utc)
        archive_all(booth, hands)
        assert len(numbers(path)) == 7

    def test_entries_of_an_implausible_clock_stay(
        self, booth: SqliteJournal, path: Path, hands: HandClock
    ) -> None:
        hands.wall = datetime(2001, 1, 1, tzinfo=timezone.utc)
        enter(booth, 1, hands.now())
        hands.wall = APRIL
        enter(booth, 2, hands.now())
        hands.advance(timedelta(days=60))
        enter(booth, 3, hands.now())
        hands.advance(timedelta(days=2))
        archive_all(booth, hands)
        assert numbers(path) == [1, 3]


class TestArchivedEntries:
    @pytest.fixture(autouse=True)
    def _archived(self, booth: SqliteJournal, march: list[EntryRecord], hands: HandClock) -> None:
        archive_all(booth, hands)

    def test_get_returns_it_as_it_was(self, booth: SqliteJournal, march: list[EntryRecord]) -> None:
        assert booth.get(march[2].entry_id) == march[2]
        assert booth.get("x" * 36) is None

    def test_sequence_goes_on(
        self, booth: SqliteJournal, restart: Restart, hands: HandClock
    ) -> None:
        assert enter(booth, 8, hands.now()).sequence == 8
        hands.advance_to(datetime(2026, 6, 10, tzinfo=timezone.utc))
        again = restart()
        hands.advance(timedelta(days=2))
        archive_all(again, hands)
        assert enter(again, 9, hands.now()).sequence == 9

    def test_correction_amends_it_once(
        self, booth: SqliteJournal, march: list[EntryRecord], path: Path, restart: Restart
    ) -> None:
        content = archive_of(path).read_bytes()
        correct(booth, march[0], 8)
        with pytest.raises(EntryReplacedError):
            correct(booth, march[0], 9)
        old = restart().get(march[0].entry_id)
        assert old is not None
        assert old.replaced_by == f"{8:036}"
        assert archive_of(path).read_bytes() == content

    def test_counts_again_if_its_correction_is_taken_back(
        self, booth: SqliteJournal, march: list[EntryRecord], restart: Restart
    ) -> None:
        taken_back = correct(booth, march[0], 8)
        booth.void(taken_back.entry_id, APRIL)
        assert restart().get(march[0].entry_id) == march[0]

    def test_counts_again_though_it_was_archived_as_replaced(
        self, march: list[EntryRecord]
    ) -> None:
        archived = replace(march[0], replaced_by=march[1].entry_id)
        assert amended(archived, Amendment(replaced_by="")) == march[0]
        assert amended(archived, Amendment(state="voided")).replaced_by == march[1].entry_id

    def test_rolled_back_correction_amends_nothing(
        self,
        booth: SqliteJournal,
        march: list[EntryRecord],
        path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        def fail(*_: object) -> int:
            raise sqlite3.OperationalError("database or disk is full")

        with monkeypatch.context() as patched:
            patched.setattr(booth._tables, "insert", fail)
            with pytest.raises(JournalWriteError):
                correct(booth, march[0], 8)
        assert rows(path, "SELECT * FROM amendments") == []

    def test_answered_one_is_not_sent_again(
        self, booth: SqliteJournal, march: list[EntryRecord], hands: HandClock
    ) -> None:
        new = NewEntry(f"{8:036}", march[0].entry, ORIGIN, march[0].entry_id, Link.RESENT)
        with pytest.raises(NothingToResendError):
            booth.append(new, hands.now())
        with pytest.raises(EntryNotOpenError):
            booth.start_attempt(march[0].entry_id, hands.now(), SentAs())

    def test_void_is_refused(
        self, booth: SqliteJournal, march: list[EntryRecord], hands: HandClock
    ) -> None:
        with pytest.raises(EntryNotOpenError):
            booth.void(march[0].entry_id, hands.now())

    def test_one_whose_archive_is_gone_is_told_to_be_missing(
        self, booth: SqliteJournal, march: list[EntryRecord], path: Path, hands: HandClock
    ) -> None:
        archive_of(path).unlink()
        with pytest.raises(EntryNotFoundError):
            booth.void(march[0].entry_id, hands.now(), reason="没有入场")
        with pytest.raises(EntryNotFoundError):
            correct(booth, march[0], 8)
        assert booth.get(march[0].entry_id) is None

    def test_visits_count_it(
        self, booth: SqliteJournal, march: list[EntryRecord], path: Path, hands: HandClock
    ) -> None:
        again = replace(march[0].entry, start_time=hands.now().replace(microsecond=0))
        booth.append(NewEntry(f"{8:036}", again, ORIGIN), hands.now())
        found = visits_of(path, hands.now() - timedelta(days=90), 3)
        assert found == [("粤B00006", 1), ("粤B00007", 1), ("粤B00001", 2)]
        recent = [("粤B00006", 1), ("粤B00007", 1), ("粤B00001", 1)]
        assert visits_of(path, APRIL - timedelta(days=3), 9) == recent

    def test_account_was_answered(self, booth: SqliteJournal, path: Path, hands: HandClock) -> None:
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("UPDATE entries SET state = 'refused'")
        assert booth.was_answered(ORIGIN.account_id)
        assert not booth.was_answered("another")

    def test_replies_are_remembered(self, booth: SqliteJournal) -> None:
        assert len(booth.fingerprints(20)) == 7
        assert len(booth.fingerprints(4)) == 4


def test_visits_count_an_entry_in_both_files_once(
    booth: SqliteJournal, march: list[EntryRecord], path: Path, hands: HandClock
) -> None:
    step_until_named(booth, path, hands)
    with closing(sqlite3.connect(path)) as connection:
        [file] = archive_files(connection, archive_of(path).parent)
        assert shared_from(connection, file) == 1
    assert [count for _, count in visits_of(path, MARCH, 9)] == [1] * 7


@pytest.mark.parametrize("steps", range(12))
def test_restart_after_any_step_completes_the_move(
    booth: SqliteJournal,
    march: list[EntryRecord],
    path: Path,
    hands: HandClock,
    restart: Restart,
    steps: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_FEWEST_ROWS", 1)
    monkeypatch.setattr(module, "_MOST_ROWS", 1)
    hands.ticks += 3600
    for _ in range(steps):
        step_to_its_end(booth, hands)
    again = restart()
    for record in march:
        assert again.get(record.entry_id) == record
    archive_all(again, hands)
    assert numbers(path) == [6, 7]
    assert numbers(archive_of(path)) == [1, 2, 3, 4, 5]
    assert rows(path, "PRAGMA foreign_key_check") == []


def test_archive_that_was_written_and_not_named_is_written_anew(
    booth: SqliteJournal, march: list[EntryRecord], path: Path, hands: HandClock
) -> None:
    write_archive(path, archive_of(path).parent, "2026-03", lambda: None)
    correct(booth, march[0], 8)
    archive_all(booth, hands)
    [replaced] = rows(archive_of(path), "SELECT replaced_by FROM entries WHERE position = 1")
    assert replaced == (f"{8:036}",)


def test_copy_caches_half_a_megabyte_of_each_file(
    booth: SqliteJournal, march: list[EntryRecord], path: Path
) -> None:
    opened: list[sqlite3.Connection] = []
    caches: list[int] = []

    def connect(file: Path, busy_timeout: float) -> sqlite3.Connection:
        opened.append(connect_file(file, busy_timeout))
        return opened[0]

    def note_caches() -> None:
        if not caches:
            for name in ("main", "journal"):
                [kilobytes] = opened[0].execute(f"PRAGMA {name}.cache_size").fetchone()
                caches.append(-kilobytes)

    write_archive(path, archive_of(path).parent, "2026-03", note_caches, connect=connect)
    assert caches == [512, 512]


def test_stopped_copy_leaves_no_file(
    booth: SqliteJournal, march: list[EntryRecord], path: Path
) -> None:
    calls: list[None] = []

    def stop() -> None:
        calls.append(None)
        if len(calls) == 2:
            raise StoppedError

    with pytest.raises(StoppedError):
        write_archive(path, archive_of(path).parent, "2026-03", stop)
    assert list(archive_of(path).parent.iterdir()) == []


def correct(journal: SqliteJournal, old: EntryRecord, number: int) -> EntryRecord:
    new = NewEntry(f"{number:036}", old.entry, ORIGIN, old.entry_id, Link.CORRECTED)
    saved = journal.append(new, APRIL)
    assert saved.state is DeliveryState.SAVED
    return saved


def step_to_its_end(journal: SqliteJournal, clock: HandClock) -> None:
    journal.archive_step(clock.now(), 0)
    if journal._archiver._job:
        journal._archiver._job.thread.join()


def step_until_named(journal: SqliteJournal, path: Path, clock: HandClock) -> None:
    clock.ticks += 3600
    while not rows(path, "SELECT * FROM archives"):
        step_to_its_end(journal, clock)
