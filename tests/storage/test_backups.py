"""Backups are made while the journal is in use, thinned by age, and can be restored."""

from __future__ import annotations

import gzip
import random
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from tests.faults.workplace import append
from tests.journals import place_journal
from tests.systems import needs_posix_modes
from wxpark_gui.domain.delivery import Cause, DeliveryState, NextStep, Outcome
from wxpark_gui.domain.errors import DataDirectoryUnusableError
from wxpark_gui.domain.record import SentAs
from wxpark_gui.storage import backups as module
from wxpark_gui.storage.backup_files import STAMP, UNFINISHED, Backup, pack, unpacked
from wxpark_gui.storage.backups import INTERVAL, Backups, thinned
from wxpark_gui.storage.journal import SqliteJournal

START = datetime(2026, 3, 1, 4, 5, 6, tzinfo=timezone.utc)


class HandClock:
    def __init__(self) -> None:
        self.wall = START
        self.ticks = 0.0

    def now(self) -> datetime:
        return self.wall

    def monotonic(self) -> float:
        return self.ticks

    def advance(self, span: timedelta) -> None:
        self.wall += span
        self.ticks += span.total_seconds()


@pytest.fixture
def hands() -> HandClock:
    return HandClock()


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "backup"


@pytest.fixture
def backups(place: Path, hands: HandClock) -> Backups:
    return Backups(place, hands)


@pytest.fixture
def booth(path: Path, hands: HandClock, backups: Backups) -> Iterator[SqliteJournal]:
    place_journal(path)
    with closing(SqliteJournal(path, hands, busy_timeout=0, backups=backups)) as journal:
        yield journal


def names(place: Path) -> list[str]:
    return sorted(file.name for file in place.iterdir())


class TestMake:
    def test_holds_everything_saved_before_it_and_stands_by_itself(
        self, booth: SqliteJournal, path: Path, place: Path, backups: Backups
    ) -> None:
        append(booth, 1)
        copy = backups.make(path)
        append(booth, 2)
        assert names(place) == ["journal-20260301T040506.sqlite3.gz"]
        with unpacked(copy) as plain, closing(sqlite3.connect(plain)) as connection:
            assert connection.execute("SELECT count(*) FROM entries").fetchone() == (1,)
        assert names(place) == ["journal-20260301T040506.sqlite3.gz"]

    def test_can_be_put_in_the_journals_place(
        self, booth: SqliteJournal, path: Path, backups: Backups, hands: HandClock, tmp_path: Path
    ) -> None:
        saved = append(booth, 1)
        restored = tmp_path / "restored.sqlite3"
        restored.write_bytes(gzip.decompress(backups.make(path).read_bytes()))
        with closing(SqliteJournal(restored, hands)) as journal:
            assert [record.entry for record in journal.recent(9)] == [saved.entry]
            assert append(journal, 2).sequence == 2

    def test_leaves_concurrent_writes_to_the_next_backup(
        self,
        booth: SqliteJournal,
        path: Path,
        backups: Backups,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """Each step copies one page, and an entry is saved between two steps.

        The backup still ends.
        """
        append(booth, 0)
        steps: list[int] = []

        def save_one(*progress: int) -> None:
            steps.append(len(progress))
            append(booth, len(steps))

        monkeypatch.setattr(module, "_STEP", 1)
        monkeypatch.setattr(backups, "_go_on", save_one)
        copy = backups.make(path)
        assert len(steps) > 5
        with unpacked(copy) as plain, closing(sqlite3.connect(plain)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert connection.execute("SELECT count(*) FROM entries").fetchone() == (1,)

    @needs_posix_modes
    def test_is_for_its_owner_only(
        self, booth: SqliteJournal, path: Path, backups: Backups
    ) -> None:
        assert stat.S_IMODE(backups.make(path).stat().st_mode) == 0o600

    def test_that_fails_leaves_nothing_half_and_harms_nothing(
        self, booth: SqliteJournal, path: Path, place: Path, backups: Backups
    ) -> None:
        place.touch()
        with pytest.raises(DataDirectoryUnusableError):
            backups.make(path)
        assert append(booth, 1).sequence == 1

    def test_removes_unfinished_copies_of_a_power_cut(
        self, booth: SqliteJournal, path: Path, place: Path, backups: Backups
    ) -> None:
        place.mkdir()
        (place / "journal-20260101T000000.unfinished").touch()
        backups.make(path)
        assert names(place) == ["journal-20260301T040506.sqlite3.gz"]


class TestDue:
    def test_every_half_hour(
        self, booth: SqliteJournal, place: Path, backups: Backups, hands: HandClock
    ) -> None:
        started = []
        for number in range(7):
            append(booth, number)
            started.append(booth.back_up_if_due(hands.now()))
            backups.wait()
            hands.advance(INTERVAL / 3)
        assert started == [True, False, False, True, False, False, True]
        assert len(names(place)) == 3

    @pytest.mark.parametrize(
        ("age", "due"),
        [
            (timedelta(0), False),
            (INTERVAL - timedelta(seconds=1), False),
            (INTERVAL, True),
            (timedelta(days=-1), True),
        ],
    )
    def test_after_a_start_the_newest_copy_says_when(
        self, place: Path, backups: Backups, hands: HandClock, age: timedelta, due: bool
    ) -> None:
        place.mkdir()
        stamp = (hands.now() - age).strftime(STAMP)
        (place / f"journal-{stamp}.sqlite3").touch()
        assert backups.due(hands.now()) is due

    def test_a_clock_that_is_set_changes_nothing_within_a_run(
        self, booth: SqliteJournal, backups: Backups, hands: HandClock
    ) -> None:
        booth.back_up_if_due(hands.now())
        backups.wait()
        hands.wall -= timedelta(days=400)
        assert not backups.due(hands.now())
        hands.advance(INTERVAL)
        assert backups.due(hands.now())

    def test_one_that_failed_is_tried_again_at_the_next_time(
        self,
        booth: SqliteJournal,
        place: Path,
        backups: Backups,
        hands: HandClock,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        place.touch()
        assert booth.back_up_if_due(hands.now())
        backups.wait()
        assert "no backup was made" in caplog.text
        assert not booth.back_up_if_due(hands.now())
        place.unlink()
        hands.advance(INTERVAL)
        assert booth.back_up_if_due(hands.now())
        backups.wait()
        assert len(names(place)) == 1

    def test_one_is_made_only_when_something_changed(
        self, booth: SqliteJournal, path: Path, place: Path, backups: Backups, hands: HandClock
    ) -> None:
        def next_one() -> int:
            hands.advance(INTERVAL)
            booth.back_up_if_due(hands.now())
            backups.wait()
            return len(names(place))

        record = append(booth, 1)
        assert next_one() == 1
        assert next_one() == 1
        started = booth.start_attempt(record.entry_id, hands.now(), SentAs())
        assert next_one() == 2
        step = NextStep(DeliveryState.ANSWERED)
        booth.finish_attempt(started.entry_id, Outcome(Cause.ANSWERED), step, hands.now())
        assert next_one() == 3
        booth.note("remark", "", hands.now())
        assert next_one() == 4
        assert next_one() == 4

    def test_restart_alone_is_no_change(self, path: Path, place: Path, hands: HandClock) -> None:
        for number in range(3):
            backups = Backups(place, hands)
            with closing(SqliteJournal(path, hands, backups=backups)) as journal:
                if number == 0:
                    append(journal, 1)
                hands.advance(INTERVAL)
                journal.expire(START, hands.now())
                journal.back_up_if_due(hands.now())
                backups.wait()
        assert len(names(place)) == 1

    def test_a_journal_without_a_place_for_them_has_none(self, journal: SqliteJournal) -> None:
        assert not journal.back_up_if_due(START)

    def test_one_under_way_is_given_up_when_the_journal_is_closed(
        self, path: Path, place: Path, hands: HandClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        backups = Backups(place, hands)
        monkeypatch.setattr(module, "_STEP", 1)
        go_on = backups._go_on

        def wait_for_the_end(*progress: int) -> None:
            backups._stopping.wait()
            go_on(*progress)

        monkeypatch.setattr(backups, "_go_on", wait_for_the_end)
        journal = SqliteJournal(path, hands, backups=backups)
        assert journal.back_up_if_due(hands.now())
        journal.close()
        assert names(place) == []


class TestThinning:
    def test_folder_that_a_program_unpacked_a_backup_to_is_no_backup(
        self, booth: SqliteJournal, path: Path, place: Path, backups: Backups
    ) -> None:
        append(booth, 1)
        folder = place / "journal-20250101T000000.sqlite3"
        folder.mkdir(parents=True)
        made = backups.make(path)
        assert [backup.path for backup in backups.found()] == [made]
        assert folder.is_dir()

    @staticmethod
    def after(span: timedelta) -> list[timedelta]:
        """Return the ages of the backups left after `span`, if one was made every half hour."""
        kept: list[Backup] = []
        now = datetime(2026, 3, 1, tzinfo=timezone.utc)
        end = now + span
        while now < end:
            for _ in range(48):
                now += INTERVAL
                kept.append(Backup(now, Path(now.isoformat())))
            kept = sorted(thinned(kept, now))
        return [now - backup.made_at for backup in kept]

    def test_leaves_half_hours_days_weeks_and_months(self) -> None:
        ages = self.after(timedelta(days=400))
        counts = [
            sum(low <= age < high for age in ages)
            for low, high in (
                (timedelta(0), timedelta(days=1)),
                (timedelta(days=1), timedelta(days=31)),
                (timedelta(days=31), timedelta(days=183)),
                (timedelta(days=183), timedelta(days=400)),
            )
        ]
        assert counts[0] == 48
        assert 29 <= counts[1] <= 32
        assert 20 <= counts[2] <= 24
        assert 6 <= counts[3] <= 9

    def test_keeps_within_its_room_the_newest_first(
        self, booth: SqliteJournal, path: Path, place: Path, hands: HandClock
    ) -> None:
        size = Backups(place, hands).make(path).stat().st_size
        backups = Backups(place, hands, most_bytes=3 * size)
        for _ in range(5):
            hands.advance(INTERVAL)
            newest = backups.make(path)
        assert len(names(place)) == 3
        assert names(place)[-1] == newest.name

    def test_keeps_one_even_where_there_is_no_room(
        self, booth: SqliteJournal, path: Path, place: Path, hands: HandClock
    ) -> None:
        newest = Backups(place, hands, most_bytes=1).make(path)
        assert names(place) == [newest.name]

    def test_leaves_files_of_other_names_alone(
        self, booth: SqliteJournal, path: Path, place: Path, backups: Backups
    ) -> None:
        place.mkdir()
        others = ["journal-99999999T999999.sqlite3", "my copy.sqlite3"]
        for name in others:
            (place / name).touch()
        backups.make(path)
        assert set(others) <= set(names(place))


def test_the_newest_good_one_is_that_which_knows_most_whatever_its_name(
    booth: SqliteJournal, path: Path, backups: Backups, hands: HandClock
) -> None:
    hands.wall += timedelta(days=365)
    append(booth, 1)
    older = backups.make(path)
    hands.wall -= timedelta(days=365)
    append(booth, 2)
    newer = backups.make(path)
    assert backups.newest_good() == newer
    newer.write_text("damaged")
    assert backups.newest_good() == older


class TestPacking:
    @pytest.fixture
    def full(self, path: Path) -> Path:
        """Make a file of some hundred pages of random bytes, which gzip cannot make smaller."""
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("CREATE TABLE noise (content)")
            content = random.Random(1).randbytes(600_000)
            connection.execute("INSERT INTO noise VALUES (?)", (content,))
        return path

    def test_backup_is_a_third_of_the_journal(
        self, booth: SqliteJournal, path: Path, backups: Backups
    ) -> None:
        for number in range(200):
            append(booth, number)
        assert backups.make(path).stat().st_size < path.stat().st_size / 3

    def test_unpacked_backup_is_deleted_again(
        self, full: Path, tmp_path: Path, place: Path
    ) -> None:
        packed = tmp_path / "journal-20260301T040506.sqlite3.gz"
        pack(full, packed, lambda: None)
        with unpacked(packed) as plain:
            assert plain.read_bytes() == full.read_bytes()
            assert plain.match(UNFINISHED)
        assert not plain.exists()

    @pytest.mark.parametrize("damage", ["bit", "cut", "empty", "text"])
    def test_damaged_packed_backup_is_passed_over(
        self, booth: SqliteJournal, path: Path, backups: Backups, hands: HandClock, damage: str
    ) -> None:
        append(booth, 1)
        older = backups.make(path)
        append(booth, 2)
        hands.advance(INTERVAL)
        newer = backups.make(path)
        assert backups.newest_good() == newer
        content = newer.read_bytes()
        middle = len(content) // 2
        flipped = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
        damaged = {"bit": flipped, "cut": content[:-9], "empty": b"", "text": b"damaged"}
        newer.write_bytes(damaged[damage])
        assert backups.newest_good() == older
        assert backups.has_changed(path)
        assert names(older.parent) == [older.name, newer.name]

    def test_packing_can_be_cancelled(self, full: Path, tmp_path: Path) -> None:
        pieces: list[int] = []

        def stop_at_the_second() -> None:
            pieces.append(1)
            if len(pieces) == 2:
                raise InterruptedError

        with pytest.raises(InterruptedError):
            pack(full, tmp_path / "packed.gz", stop_at_the_second)


def test_unpacked_backup_of_an_earlier_version_is_restored(
    booth: SqliteJournal, path: Path, place: Path, backups: Backups, hands: HandClock
) -> None:
    append(booth, 1)
    with unpacked(backups.make(path)) as plain:
        (place / "journal-20260201T000000.sqlite3").write_bytes(plain.read_bytes())
    backups.found()[-1].path.unlink()
    assert backups.newest_good() == place / "journal-20260201T000000.sqlite3"
    assert not backups.has_changed(path)
    with unpacked(place / "journal-20260201T000000.sqlite3") as plain:
        assert plain.suffix == ".sqlite3"
    assert names(place) == ["journal-20260201T000000.sqlite3"]
