"""Damaged, swapped, missing and newer archives, and months older than the retention period."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from tests.storage.months import APRIL, HandClock, archive_all, enter, visits_of
from tests.storage.test_archiving import (
    Restart,
    archive_of,
    booth,
    correct,
    hands,
    march,
    numbers,
    restart,
    rows,
    step_until_named,
)
from wxpark_gui.domain.errors import JournalDamagedError
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.storage import archiving as module
from wxpark_gui.storage.archives import archive_files, open_archive
from wxpark_gui.storage.backups import Backups
from wxpark_gui.storage.journal import SqliteJournal
from wxpark_gui.storage.reading import JournalReader

__all__ = ["booth", "hands", "march", "restart"]

MONTH = "2026-03"


def backup_of(path: Path) -> Path:
    return path.parent / "backup" / "archive" / f"{MONTH}.sqlite3"


def damage(archive: Path) -> None:
    content = bytearray(archive.read_bytes())
    content[5000] ^= 0xFF
    archive.write_bytes(content)


def swap(archive: Path) -> None:
    with closing(sqlite3.connect(archive)) as connection, connection:
        connection.execute("UPDATE entries SET plate = '粤B99999'")


def write_by_a_newer_version(archive: Path) -> None:
    with closing(sqlite3.connect(archive)) as connection, connection:
        connection.execute("PRAGMA user_version = 99")


def remove(archive: Path) -> None:
    archive.unlink()


EVERY_TROUBLE = pytest.mark.parametrize("trouble", [damage, swap, write_by_a_newer_version, remove])


@pytest.fixture
def archived(booth: SqliteJournal, march: list[EntryRecord], hands: HandClock) -> None:
    archive_all(booth, hands)


@pytest.mark.usefixtures("archived")
class TestCheck:
    @EVERY_TROUBLE
    def test_archive_with_a_good_backup_is_restored(
        self,
        march: list[EntryRecord],
        path: Path,
        hands: HandClock,
        restart: Restart,
        trouble: object,
    ) -> None:
        good = archive_of(path).read_bytes()
        trouble(archive_of(path))  # type: ignore[operator]
        again = restart()
        archive_all(again, hands)
        assert archive_of(path).read_bytes() == good
        assert again.lost_archives() == []
        assert again.get(march[0].entry_id) == march[0]
        kept = list(archive_of(path).parent.glob(f"{MONTH}-damaged-*.sqlite3"))
        assert len(kept) == (trouble is not remove)
        assert rows(path, "SELECT detail FROM audit WHERE what = 'archive_restored'") == [(MONTH,)]

    @EVERY_TROUBLE
    def test_archive_without_a_good_backup_is_named_and_costs_nothing_else(
        self,
        march: list[EntryRecord],
        path: Path,
        hands: HandClock,
        restart: Restart,
        trouble: object,
    ) -> None:
        trouble(archive_of(path))  # type: ignore[operator]
        damage(backup_of(path))
        again = restart()
        archive_all(again, hands)
        assert again.lost_archives() == [MONTH]
        assert again.get(march[0].entry_id) is None
        assert enter(again, 8, hands.now()).sequence == 8
        assert len(again.fingerprints(9)) == 3
        assert visits_of(path, hands.now() - timedelta(days=60), 9)
        assert not again.was_answered("another")
        hands.advance(timedelta(days=8))
        archive_all(again, hands)
        assert rows(path, "SELECT detail FROM audit WHERE what = 'archive_lost'") == [(MONTH,)]
        with closing(sqlite3.connect(path)) as connection:
            [file] = archive_files(connection, archive_of(path).parent)
        assert file.month == MONTH

    def test_archive_that_comes_back_is_no_longer_named(
        self, path: Path, hands: HandClock, restart: Restart
    ) -> None:
        elsewhere = path.with_name("elsewhere")
        archive_of(path).rename(elsewhere)
        backup_of(path).unlink()
        again = restart()
        archive_all(again, hands)
        assert again.lost_archives() == [MONTH]
        elsewhere.rename(archive_of(path))
        hands.advance(timedelta(days=8))
        archive_all(again, hands)
        assert again.lost_archives() == []

    def test_missing_backup_is_made_again(
        self, path: Path, hands: HandClock, restart: Restart
    ) -> None:
        shutil.rmtree(backup_of(path).parent)
        archive_all(restart(), hands)
        assert backup_of(path).read_bytes() == archive_of(path).read_bytes()

    def test_open_reads_no_archive(
        self, path: Path, hands: HandClock, restart: Restart, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        damage(archive_of(path))
        monkeypatch.setattr("wxpark_gui.storage.archives.connect_copy", pytest.fail)
        again = restart()
        assert again.recent(1)

    def test_older_schema_is_read_with_its_missing_columns(
        self, march: list[EntryRecord], path: Path
    ) -> None:
        with closing(sqlite3.connect(archive_of(path))) as connection, connection:
            for column in ("shift_id", "backfilled", "void_reason"):
                connection.execute(f"ALTER TABLE entries DROP COLUMN {column}")
            connection.execute("PRAGMA user_version = 3")
        with closing(sqlite3.connect(path)) as connection:
            [file] = archive_files(connection, archive_of(path).parent)
        with closing(open_archive(file)) as archive:
            row = archive.execute("SELECT * FROM entries").fetchone()
        assert (row["shift_id"], row["backfilled"], row["void_reason"]) == ("", 0, "")


@pytest.mark.usefixtures("archived")
class TestReading:
    def test_verify_counts_archived_entries(self, path: Path, hands: HandClock) -> None:
        with closing(JournalReader(path, hands)) as reader:
            assert reader.verify() == 7
            assert reader.lost_archives() == []

    @EVERY_TROUBLE
    def test_verify_names_a_damaged_archive(
        self, path: Path, hands: HandClock, trouble: object
    ) -> None:
        trouble(archive_of(path))  # type: ignore[operator]
        with closing(JournalReader(path, hands)) as reader:
            with pytest.raises(JournalDamagedError) as caught:
                reader.verify()
            expected = [MONTH] if trouble in (remove, write_by_a_newer_version) else []
            assert reader.lost_archives() == expected
        assert caught.value.detail == f"archive {MONTH}"


def test_verify_counts_an_entry_in_both_files_once(
    booth: SqliteJournal, march: list[EntryRecord], path: Path, hands: HandClock
) -> None:
    step_until_named(booth, path, hands)
    with closing(JournalReader(path, hands)) as reader:
        assert reader.verify() == 7


def test_named_month_whose_archive_is_lost_before_a_row_is_deleted_is_moved_anew(
    booth: SqliteJournal, march: list[EntryRecord], path: Path, hands: HandClock, restart: Restart
) -> None:
    step_until_named(booth, path, hands)
    damage(archive_of(path))
    backup_of(path).unlink()
    archive_all(restart(), hands)
    assert numbers(archive_of(path)) == [1, 2, 3, 4, 5]
    assert numbers(path) == [6, 7]
    audit = [row[0] for row in rows(path, "SELECT what FROM audit WHERE what LIKE 'archive%'")]
    assert audit == ["archived", "archive_forgotten", "archived"]


def test_rows_whose_archive_is_lost_are_not_deleted(
    booth: SqliteJournal,
    march: list[EntryRecord],
    path: Path,
    hands: HandClock,
    restart: Restart,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_FEWEST_ROWS", 1)
    monkeypatch.setattr(module, "_MOST_ROWS", 1)
    booth._archiver._rows = 1
    step_until_named(booth, path, hands)
    booth.archive_step(hands.now(), 0)
    damage(archive_of(path))
    backup_of(path).unlink()
    again = restart()
    archive_all(again, hands)
    assert numbers(path) == [2, 3, 4, 5, 6, 7]
    assert again.lost_archives() == [MONTH]


@pytest.mark.usefixtures("archived")
class TestRetention:
    def test_month_older_than_it_is_dropped_with_backup_and_amendments(
        self, booth: SqliteJournal, march: list[EntryRecord], path: Path, hands: HandClock
    ) -> None:
        correct(booth, march[0], 8)
        (archive_of(path).parent / f"{MONTH}-damaged-20260401T000000.sqlite3").touch()
        self.live(booth, hands, APRIL + timedelta(days=180 - 10))
        archive_all(booth, hands, retention_days=180)
        assert archive_of(path).exists()
        self.live(booth, hands, hands.now() + timedelta(days=2))
        hands.advance(timedelta(days=6))
        archive_all(booth, hands, retention_days=180)
        assert archive_of(path).exists()
        hands.advance(timedelta(days=1))
        archive_all(booth, hands, retention_days=180)
        assert not any(archive_of(path).parent.glob(f"{MONTH}*"))
        assert not backup_of(path).exists()
        assert rows(path, "SELECT * FROM amendments") == []
        assert f"{MONTH}" not in [row[0] for row in rows(path, "SELECT month FROM archives")]
        dropped = rows(path, "SELECT detail FROM audit WHERE what = 'archive_dropped'")
        assert dropped == [(f"{MONTH} 5",)]
        assert booth.get(march[0].entry_id) is None

    def test_reports_of_old_shifts_lose_plates_and_message_but_the_newest(
        self, booth: SqliteJournal, path: Path, hands: HandClock
    ) -> None:
        report = '{"summary": {"entered": 1, "carried": [{"label": "粤B99999"}]}}'
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            for number in (1, 2):
                connection.execute(
                    "INSERT INTO shifts (shift_id, lot, booth, person_id, opened_at,"
                    " after_position, closed_at, last_position, report, message)"
                    " VALUES (?, '', '', '', '', 0, '2026-03-21T00:00:00.000+00:00', 5, ?, 'x')",
                    (f"{number:036}", report),
                )
        self.live(booth, hands, APRIL + timedelta(days=180))
        self.live(booth, hands, hands.now() + timedelta(days=8))
        archive_all(booth, hands, retention_days=180)
        assert not archive_of(path).exists()
        (old, old_message), newest = rows(path, "SELECT report, message FROM shifts ORDER BY shift")
        assert "粤B99999" not in str(old)
        assert '"entered": 1' in str(old)
        assert old_message == ""
        assert newest == (report, "x")
        noted = rows(path, "SELECT detail FROM audit WHERE what = 'shift_reports_shortened'")
        assert noted == [(f"{MONTH} 1",)]

    def test_clock_that_jumps_ahead_by_years_drops_nothing(
        self, booth: SqliteJournal, path: Path, hands: HandClock, restart: Restart
    ) -> None:
        hands.wall += timedelta(days=2000)
        again = restart()
        enter(again, 9, hands.now())
        hands.advance(timedelta(days=6))
        archive_all(again, hands, retention_days=180)
        assert archive_of(path).exists()

    def test_files_that_no_row_names_are_removed_with_their_month(
        self, booth: SqliteJournal, path: Path, hands: HandClock
    ) -> None:
        left = archive_of(path, "2026-01")
        left.touch()
        self.live(booth, hands, APRIL + timedelta(days=140))
        self.live(booth, hands, hands.now() + timedelta(days=8))
        archive_all(booth, hands, retention_days=180)
        assert not left.exists()
        assert archive_of(path).exists()

    def test_old_backups_are_removed_but_for_the_newest(
        self, booth: SqliteJournal, path: Path, hands: HandClock
    ) -> None:
        backups = Backups(path.parent / "backup", hands)
        for _ in range(2):
            hands.advance(timedelta(days=1))
            newest = backups.make(path)
        self.live(booth, hands, hands.now() + timedelta(days=200))
        hands.advance(timedelta(days=8))
        archive_all(booth, hands, retention_days=180)
        assert [backup.path for backup in backups.found()] == [newest]

    @staticmethod
    def live(booth: SqliteJournal, hands: HandClock, until: object) -> None:
        """Advance the clock to a moment, and save an entry."""
        hands.advance_to(until)  # type: ignore[arg-type]
        enter(booth, 1000 + hands.now().toordinal() % 1000, hands.now())
