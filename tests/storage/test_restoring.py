"""A backup is saved, checked and restored; no entry of the present journal is lost."""

from __future__ import annotations

import contextlib
import errno
import gzip
import json
import os
import shutil
import sqlite3
import stat
import sys
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.faults.workplace import ORIGIN, Clock, append, send
from tests.journals import place_journal
from tests.settings import settings_of
from tests.storage.archived_month import archive_month
from tests.systems import needs_posix_modes
from wxpark_gui.domain.backup import Restored, RestorePreview
from wxpark_gui.domain.backup_errors import (
    BackupApartError,
    BackupCancelledError,
    BackupDamagedError,
    BackupNewerError,
    OtherBoothError,
    RestoreUnfinishedError,
    RestoreWaitingError,
)
from wxpark_gui.domain.errors import (
    DiskFullError,
    ExportExistsError,
    FileNotWrittenError,
    JournalDamagedError,
)
from wxpark_gui.domain.merchant import MerchantProfile
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.storage import durable, restoring
from wxpark_gui.storage.backup_store import BackupStore
from wxpark_gui.storage.backups import Backups
from wxpark_gui.storage.directory import DataDirectory, prepare_directory
from wxpark_gui.storage.journal import SqliteJournal
from wxpark_gui.storage.opening import open_journal
from wxpark_gui.storage.restoring import finish_restore, finish_settings
from wxpark_gui.storage.settings import TomlSettings
from wxpark_gui.storage.shared import SharedJournal

MERCHANT = MerchantProfile("wx0123456789", "1900000001", "1900000002", ORIGIN.lot)
SETTINGS = settings_of(MERCHANT)


class Booth:
    """One data directory with its clock, journal and settings."""

    def __init__(self, root: Path, clock: Clock | None = None) -> None:
        self.directory: DataDirectory = prepare_directory(root)
        self.clock = clock or Clock()
        self.settings = TomlSettings(self.directory.settings)
        self.store = BackupStore(self.directory, self.clock, lambda: self.settings, training=False)

    def open(self) -> SqliteJournal:
        return open_journal(self.directory, self.clock)[0]

    def enter(self, *numbers: int, answered: bool = True) -> None:
        if not self.directory.journal.exists():
            place_journal(self.directory.journal)
        with closing(self.open()) as journal:
            for number in numbers:
                record = append(journal, number)
                if answered:
                    send(journal, record, answered=True)

    def save(self, target: Path, *, overwrite: bool = False) -> int:
        return self.store.save(
            target, overwrite=overwrite, report=lambda _: None, is_cancelled=lambda: False
        )

    def prepare(self, source: Path) -> RestorePreview:
        return self.store.prepare(source, lambda: False)

    def restart(self) -> Restored | None:
        done = finish_restore(self.directory, self.clock)
        finish_settings(self.directory, self.settings, self.clock.now())
        return done

    def restore(self, source: Path, *, with_settings: bool = False) -> Restored:
        self.prepare(source)
        self.store.commit(with_settings=with_settings)
        done = self.restart()
        assert done is not None
        return done

    def records(self) -> dict[int, EntryRecord]:
        with closing(self.open()) as journal:
            return {int(record.entry_id): record for record in journal.recent(1000)}

    def files(self) -> set[str]:
        """Return the names in the data directory, without those that SQLite makes for a reader."""
        names = {path.name for path in self.directory.root.iterdir()}
        return {name for name in names if not name.endswith(("-wal", "-shm"))}


@pytest.fixture
def booth(tmp_path: Path) -> Booth:
    booth = Booth(tmp_path / "booth")
    booth.settings.save(SETTINGS)
    return booth


@pytest.fixture
def fresh(tmp_path: Path) -> Booth:
    """A new computer, whose clock is later: its runs differ from those of `booth`."""
    clock = Clock()
    clock.jump(timedelta(hours=9))
    return Booth(tmp_path / "fresh", clock)


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    return tmp_path / "stick" / "backup.zip"


@pytest.fixture(autouse=True)
def stick(backup: Path) -> None:
    backup.parent.mkdir()


class TestSave:
    def test_file_has_journal_and_settings_and_no_rest_is_left_behind(
        self, booth: Booth, backup: Path
    ) -> None:
        booth.enter(1, 2)
        before = booth.files()
        assert booth.save(backup) == 2
        with zipfile.ZipFile(backup) as made:
            assert set(made.namelist()) == {"backup.json", "journal.sqlite3", "settings.toml"}
            about = json.loads(made.read("backup.json"))
        assert (about["lot"], about["booth"], about["entries"]) == (ORIGIN.lot, "1号岗", 2)
        assert [path.name for path in backup.parent.iterdir()] == ["backup.zip"]
        assert booth.files() == before

    def test_backup_is_taken_while_the_journal_is_open(self, booth: Booth, backup: Path) -> None:
        with closing(booth.open()) as journal:
            append(journal, 1)
            assert booth.save(backup) == 1
            append(journal, 2)

    @needs_posix_modes
    def test_file_is_readable_by_its_owner_only(self, booth: Booth, backup: Path) -> None:
        booth.enter(1)
        booth.save(backup)
        assert stat.S_IMODE(backup.stat().st_mode) == 0o600

    def test_existing_file_is_replaced_only_on_request(self, booth: Booth, backup: Path) -> None:
        booth.enter(1)
        backup.write_text("mine")
        with pytest.raises(ExportExistsError):
            booth.save(backup)
        assert backup.read_text() == "mine"
        booth.save(backup, overwrite=True)
        assert zipfile.is_zipfile(backup)

    def test_progress_rises_to_the_whole(self, booth: Booth, backup: Path) -> None:
        booth.enter(1)
        shares: list[float] = []
        booth.store.save(backup, overwrite=False, report=shares.append, is_cancelled=lambda: False)
        assert shares == sorted(shares)
        assert shares[-1] == pytest.approx(1)

    @pytest.mark.parametrize("call", range(1, 3))
    def test_cancelled_save_leaves_nothing_behind(
        self, booth: Booth, backup: Path, call: int
    ) -> None:
        booth.enter(1)
        before, calls = booth.files(), iter(range(1, 100))
        with pytest.raises(BackupCancelledError):
            booth.store.save(
                backup,
                overwrite=False,
                report=lambda _: None,
                is_cancelled=lambda: next(calls) >= call,
            )
        assert list(backup.parent.iterdir()) == []
        assert booth.files() == before

    def test_full_disk_is_named_and_leaves_nothing_behind(
        self, booth: Booth, backup: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        booth.enter(1)

        def full(_handle: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("wxpark_gui.storage.backup_zip.sync_file", full)
        with pytest.raises(DiskFullError):
            booth.save(backup)
        assert list(backup.parent.iterdir()) == []

    @pytest.mark.skipif(sys.platform == "win32", reason="a folder with an open file is in use")
    def test_drive_that_was_pulled_out_is_cleared_by_the_next_save(
        self, booth: Booth, backup: Path
    ) -> None:
        booth.enter(1)
        drive, pulled = backup.parent, backup.parent.with_name("pulled")

        def pull(share: float) -> None:
            if share > 0.5:
                drive.rename(pulled)

        with pytest.raises(FileNotWrittenError):
            booth.store.save(backup, overwrite=False, report=pull, is_cancelled=lambda: False)
        pulled.rename(drive)
        assert not backup.exists()
        for left in drive.iterdir():
            os.utime(left, (0, 0))
        booth.save(backup)
        assert list(drive.iterdir()) == [backup]

    def test_data_directory_that_becomes_read_only_meanwhile_is_saved(
        self, booth: Booth, backup: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        booth.enter(1)

        def refuse(*_: object, **__: object) -> None:
            raise OSError(errno.EROFS, "Read-only file system")

        def report(share: float) -> None:
            if share > 0.5:
                monkeypatch.setattr("os.unlink", refuse)
                monkeypatch.setattr("os.rmdir", refuse)

        booth.store.save(backup, overwrite=False, report=report, is_cancelled=lambda: False)
        assert zipfile.is_zipfile(backup)

    def test_full_disk_of_the_data_directory_does_not_keep_a_backup_from_another_drive(
        self, booth: Booth, backup: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        booth.enter(1, 2)
        usage = shutil.disk_usage

        def usage_of(path: Path) -> Any:
            found = usage(path)
            return found._replace(free=0) if path == booth.directory.root else found

        def refuse(*_: object, **__: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(shutil, "disk_usage", usage_of)
        monkeypatch.setattr(tempfile.TemporaryDirectory, "__init__", refuse)
        booth.save(backup)
        monkeypatch.undo()
        assert list(backup.parent.iterdir()) == [backup]
        assert booth.prepare(backup).content.entries == 2

    def test_missing_journal_is_reported(self, booth: Booth, backup: Path) -> None:
        with pytest.raises(JournalDamagedError):
            booth.save(backup)
        assert not backup.exists()


class TestPreview:
    def test_differences_are_counted_before_anything_is_changed(
        self, booth: Booth, backup: Path
    ) -> None:
        booth.enter(1, 2)
        booth.save(backup)
        booth.enter(3, answered=False)
        before = booth.directory.journal.read_bytes()
        preview = booth.prepare(backup)
        assert (preview.content.entries, preview.added, preview.only_here) == (2, 0, 1)
        assert preview.is_merged
        assert (preview.content.lot, preview.content.booth) == (ORIGIN.lot, "1号岗")
        assert not preview.settings_needed
        assert booth.directory.journal.read_bytes() == before

    def test_new_computer_needs_the_settings(
        self, booth: Booth, fresh: Booth, backup: Path
    ) -> None:
        booth.enter(1)
        booth.save(backup)
        preview = fresh.prepare(backup)
        assert (preview.added, preview.only_here) == (1, 0)
        assert preview.settings_needed

    def test_discarded_preview_leaves_nothing(self, booth: Booth, backup: Path) -> None:
        booth.enter(1)
        booth.save(backup)
        before = booth.files()
        booth.prepare(backup)
        booth.store.discard()
        assert booth.files() == before
        assert booth.restart() is None

    def test_cancelled_check_leaves_nothing(self, booth: Booth, backup: Path) -> None:
        booth.enter(1)
        booth.save(backup)
        before = booth.files()
        with pytest.raises(BackupCancelledError):
            booth.store.prepare(backup, lambda: True)
        assert booth.files() == before


class TestRefusal:
    """Each refused backup changes nothing."""

    @pytest.fixture
    def refused(self, booth: Booth, backup: Path) -> Callable[[type[Exception]], None]:
        booth.enter(1, 2)
        booth.save(backup)
        before, files = booth.directory.journal.read_bytes(), booth.files()

        def check(kind: type[Exception]) -> None:
            with pytest.raises(kind):
                booth.prepare(backup)
            assert booth.directory.journal.read_bytes() == before
            assert booth.files() == files

        return check

    def test_file_that_is_no_backup(
        self, refused: Callable[[type[Exception]], None], backup: Path
    ) -> None:
        backup.write_bytes(b"holiday pictures")
        refused(BackupDamagedError)

    def test_missing_file(self, refused: Callable[[type[Exception]], None], backup: Path) -> None:
        backup.unlink()
        refused(BackupDamagedError)

    @pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
    def test_cut_off_file(
        self, refused: Callable[[type[Exception]], None], backup: Path, share: float
    ) -> None:
        content = backup.read_bytes()
        backup.write_bytes(content[: int(len(content) * share)])
        refused(BackupDamagedError)

    def test_missing_archive(self, booth: Booth, backup: Path) -> None:
        archive_a_month(booth)
        booth.save(backup)
        with zipfile.ZipFile(backup) as made:
            members = {name: made.read(name) for name in made.namelist()}
        with zipfile.ZipFile(backup, "w") as made:
            for name, content in members.items():
                made.writestr(name.replace("2026-03", "2026-0x"), content)
        with pytest.raises(BackupDamagedError):
            booth.prepare(backup)

    def test_cut_off_automatic_backup(self, booth: Booth) -> None:
        booth.enter(1)
        path = Backups(booth.directory.backup, booth.clock).make(booth.directory.journal)
        path.write_bytes(path.read_bytes()[:-20])
        with pytest.raises(BackupDamagedError):
            booth.prepare(path)

    def test_flipped_bit_in_the_journal(
        self, refused: Callable[[type[Exception]], None], backup: Path
    ) -> None:
        with zipfile.ZipFile(backup) as made:
            start = made.getinfo("journal.sqlite3").header_offset
        content = bytearray(backup.read_bytes())
        content[start + 400] ^= 1
        backup.write_bytes(content)
        refused(BackupDamagedError)

    @pytest.mark.parametrize(
        "changes",
        [{"format": 2}, {"journal_version": 99}],
        ids=["format", "journal"],
    )
    def test_backup_of_a_newer_version(
        self, refused: Callable[[type[Exception]], None], backup: Path, changes: dict[str, int]
    ) -> None:
        rewrite(backup, changes)
        refused(BackupNewerError)

    @pytest.mark.parametrize(
        "value",
        [None, "", [], "now", "9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+14:00"],
    )
    def test_description_that_makes_no_sense(
        self, refused: Callable[[type[Exception]], None], backup: Path, value: object
    ) -> None:
        rewrite(backup, {"made_at": value})
        refused(BackupDamagedError)

    def test_automatic_backup_of_a_newer_version(self, booth: Booth, backup: Path) -> None:
        booth.enter(1)
        source = backup.with_name("journal.sqlite3.gz")
        plain = backup.with_name("plain")
        plain.write_bytes(booth.directory.journal.read_bytes())
        with closing(sqlite3.connect(plain)) as connection:
            connection.execute("PRAGMA user_version = 99")
        source.write_bytes(gzip.compress(plain.read_bytes()))
        with pytest.raises(BackupNewerError):
            booth.prepare(source)

    def test_another_booth(self, fresh: Booth, booth: Booth, backup: Path) -> None:
        booth.enter(1)
        booth.save(backup)
        other = MerchantProfile("wx0123456789", "1900000001", "1900000002", "机场停车场")
        fresh.settings.save(settings_of(other))
        with pytest.raises(OtherBoothError) as caught:
            fresh.prepare(backup)
        assert caught.value.detail == f"{ORIGIN.lot} 1号岗"

    def test_backup_of_the_training(self, booth: Booth, backup: Path, fresh: Booth) -> None:
        booth.enter(1)
        booth.save(backup)
        rewrite(backup, {"training": True})
        with pytest.raises(OtherBoothError):
            fresh.prepare(backup)

    def test_open_entries_that_cannot_be_merged_are_counted(
        self, booth: Booth, fresh: Booth, backup: Path
    ) -> None:
        booth.enter(1)
        booth.save(backup)
        fresh.enter(501, 502, answered=False)
        with pytest.raises(RestoreWaitingError) as caught:
            fresh.prepare(backup)
        assert caught.value.waiting == 2
        assert set(fresh.records()) == {501, 502}

    def test_months_that_cannot_be_merged(self, booth: Booth, fresh: Booth, backup: Path) -> None:
        booth.enter(1)
        booth.save(backup)
        fresh.enter(501)
        with closing(sqlite3.connect(fresh.directory.journal)) as connection, connection:
            connection.execute(
                "INSERT INTO archives VALUES ('2026-01', 1, 1, 1, ?, '')", ("0" * 64,)
            )
        with pytest.raises(BackupApartError):
            fresh.prepare(backup)

    def test_too_little_space_to_unpack(
        self, booth: Booth, backup: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        booth.enter(1)
        booth.save(backup)

        class Usage:
            free = 1000

        monkeypatch.setattr(
            "wxpark_gui.storage.restore_preparation.shutil.disk_usage", lambda _: Usage
        )
        with pytest.raises(DiskFullError):
            booth.prepare(backup)


class TestRestore:
    def test_new_computer_gets_entries_settings_and_open_ones_as_perhaps_sent(
        self, booth: Booth, fresh: Booth, backup: Path
    ) -> None:
        booth.enter(1)
        booth.enter(2, answered=False)
        booth.save(backup)
        fresh.open().close()
        done = fresh.restore(backup, with_settings=True)
        assert (done.entries, done.failure) == (2, None)
        records = fresh.records()
        assert {number: record.state.is_open for number, record in records.items()} == {
            1: False,
            2: True,
        }
        assert records[2].maybe_sent
        assert not records[1].maybe_sent
        assert fresh.settings.load() == SETTINGS
        assert "restore" not in fresh.files()

    def test_present_entries_stay_and_missing_ones_come_back(
        self, booth: Booth, backup: Path
    ) -> None:
        booth.enter(1, 2)
        booth.save(backup)
        booth.enter(3, answered=False)
        lose(booth, 1)
        preview = booth.prepare(backup)
        assert (preview.added, preview.only_here, preview.is_merged) == (1, 1, True)
        booth.store.discard()
        booth.restore(backup)
        records = booth.records()
        assert set(records) == {1, 2, 3}
        assert records[3].state.is_open
        assert not records[3].maybe_sent

    def test_state_of_a_present_entry_wins(self, booth: Booth, backup: Path) -> None:
        booth.enter(1, answered=False)
        booth.save(backup)
        with closing(booth.open()) as journal:
            record = journal.get(f"{1:036}")
            assert record is not None
            send(journal, record, answered=True)
        booth.restore(backup)
        assert not booth.records()[1].state.is_open

    def test_closed_entries_of_a_grown_apart_journal_stay_in_the_kept_file(
        self, booth: Booth, fresh: Booth, backup: Path
    ) -> None:
        booth.enter(1, 2)
        booth.save(backup)
        fresh.enter(501)
        preview = fresh.prepare(backup)
        assert (preview.only_here, preview.is_merged) == (1, False)
        done = fresh.restore(backup)
        assert set(fresh.records()) == {1, 2}
        with closing(sqlite3.connect(fresh.directory.root / done.kept_as)) as kept:
            assert kept.execute("SELECT entry_id FROM entries").fetchall() == [(f"{501:036}",)]

    def test_branch_of_the_same_journal_is_not_mixed_up(
        self, booth: Booth, fresh: Booth, backup: Path
    ) -> None:
        """Two computers go on from one backup, and give the same row ids to other entries."""
        booth.enter(1)
        booth.save(backup)
        fresh.restore(backup)
        fresh.enter(601)
        booth.enter(2, 3)
        booth.save(backup, overwrite=True)
        preview = fresh.prepare(backup)
        assert (preview.added, preview.only_here, preview.is_merged) == (2, 1, False)
        fresh.restore(backup)
        assert set(fresh.records()) == {1, 2, 3}

    def test_entry_saved_after_the_check_keeps_a_grown_apart_journal_as_it_is(
        self, booth: Booth, fresh: Booth, backup: Path
    ) -> None:
        booth.enter(1)
        booth.save(backup)
        fresh.open().close()
        fresh.prepare(backup)
        fresh.store.commit(with_settings=False)
        fresh.enter(501, answered=False)
        done = fresh.restart()
        assert done is not None
        assert isinstance(done.failure, RestoreWaitingError)
        assert set(fresh.records()) == {501}
        assert fresh.restart() is None

    def test_automatic_backup_can_be_restored(self, booth: Booth) -> None:
        booth.enter(1, 2)
        path = Backups(booth.directory.backup, booth.clock).make(booth.directory.journal)
        lose(booth, 2)
        assert booth.restore(path).entries == 2
        assert set(booth.records()) == {1, 2}

    def test_missing_archive_comes_back(self, booth: Booth, backup: Path) -> None:
        archive = archive_a_month(booth)
        booth.save(backup)
        content = archive.read_bytes()
        archive.unlink()
        booth.restore(backup)
        assert archive.read_bytes() == content

    def test_damaged_archive_is_replaced_and_kept(self, booth: Booth, backup: Path) -> None:
        archive = archive_a_month(booth)
        booth.save(backup)
        content = archive.read_bytes()
        archive.write_bytes(b"damaged")
        booth.restore(backup)
        assert archive.read_bytes() == content
        (kept,) = archive.parent.glob("*-damaged-*")
        assert kept.read_bytes() == b"damaged"

    def test_archived_entries_come_to_a_new_computer(
        self, booth: Booth, fresh: Booth, backup: Path
    ) -> None:
        archive_a_month(booth)
        booth.enter(7)
        assert booth.save(backup) == 3
        assert fresh.prepare(backup).added == 3
        fresh.restore(backup)
        with closing(fresh.open()) as journal:
            assert {number for number in (1, 2, 7) if journal.get(f"{number:036}")} == {1, 2, 7}
        assert set(fresh.records()) == {7}

    def test_present_settings_stay_unless_wanted(self, booth: Booth, backup: Path) -> None:
        booth.enter(1)
        booth.save(backup)
        present = settings_of(MERCHANT, expiry_hours=3)
        booth.settings.save(present)
        booth.restore(backup)
        assert booth.settings.load() == present

    def test_replaced_settings_are_kept_with_their_accounts(
        self, booth: Booth, backup: Path
    ) -> None:
        booth.enter(1)
        booth.save(backup)
        other = settings_of(MerchantProfile("wx0123456789", "1900000001", "77", ORIGIN.lot))
        booth.settings.save(other)
        before = booth.directory.settings.read_bytes()
        booth.restore(backup, with_settings=True)
        restored = booth.settings.load()
        assert restored.account == SETTINGS.account
        assert {account.merchant.sub_mch_id for account in restored.accounts} == {
            "1900000002",
            "77",
        }
        (kept,) = booth.directory.root.glob("settings-before-restore-*.toml")
        assert kept.read_bytes() == before

    def test_journal_in_use_stays_and_the_next_start_completes(
        self, booth: Booth, backup: Path
    ) -> None:
        booth.enter(1, 2)
        booth.save(backup)
        lose(booth, 1)
        booth.prepare(backup)
        booth.store.commit(with_settings=False)
        with closing(sqlite3.connect(booth.directory.journal)) as other:
            other.execute("SELECT count(*) FROM entries").fetchone()
            other.execute("BEGIN")
            other.execute("SELECT count(*) FROM entries").fetchone()
            done = booth.restart()
        assert done is not None
        assert isinstance(done.failure, RestoreUnfinishedError)
        assert set(booth.records()) == {2}
        assert booth.restart() is not None
        assert set(booth.records()) == {1, 2}

    def test_full_disk_leaves_the_present_journal(
        self, booth: Booth, backup: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        booth.enter(1)
        booth.save(backup)
        booth.prepare(backup)
        booth.store.commit(with_settings=False)

        def full(*_: object) -> int:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr(restoring, "salvage", full)
            done = booth.restart()
        assert done is not None
        assert isinstance(done.failure, RestoreUnfinishedError)
        assert set(booth.records()) == {1}
        assert booth.restart() == Restored(1, done_name(booth))


class TestSettingsWithTheJournal:
    """The settings of a backup are put in if and only if its journal was."""

    @pytest.fixture
    def committed(self, booth: Booth, fresh: Booth, backup: Path) -> Booth:
        """The new computer with a restore that the next start completes."""
        booth.enter(1)
        booth.save(backup)
        fresh.open().close()
        fresh.prepare(backup)
        fresh.store.commit(with_settings=True)
        return fresh

    def test_restore_that_is_refused_at_the_start_changes_no_settings(
        self, committed: Booth
    ) -> None:
        committed.enter(501, answered=False)
        done = committed.restart()
        assert done is not None
        assert isinstance(done.failure, RestoreWaitingError)
        assert not committed.directory.settings.exists()
        assert "restore" not in committed.files()
        assert committed.restart() is None

    def test_restore_that_fails_and_is_refused_later_changes_no_settings(
        self, committed: Booth, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr(restoring, "_build", full)
            done = committed.restart()
        assert done is not None
        assert isinstance(done.failure, RestoreUnfinishedError)
        assert not committed.directory.settings.exists()
        committed.enter(501, answered=False)
        assert committed.restart() is not None
        assert not committed.directory.settings.exists()
        assert set(committed.records()) == {501}

    def test_settings_that_cannot_be_written_come_with_the_next_start(
        self, committed: Booth, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr(restoring, "_joined", full)
            done = committed.restart()
        assert done == Restored(1, done_name(committed))
        assert not committed.directory.settings.exists()
        assert committed.restart() is None
        assert committed.settings.load() == SETTINGS
        assert "restore" not in committed.files()

    @pytest.mark.parametrize("number", range(1, 7))
    def test_dropped_restore_puts_in_no_settings_wherever_it_is_cut_off(
        self, committed: Booth, number: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        steps = iter(range(1, 99))

        def cut_off(call: Callable[..., object]) -> Callable[..., object]:
            def run(*arguments: object, **options: object) -> object:
                if next(steps) == number:
                    raise InterruptedError
                return call(*arguments, **options)

            return run

        with monkeypatch.context() as patch:
            patch.setattr(Path, "unlink", cut_off(Path.unlink))
            patch.setattr(restoring, "sync_directory", cut_off(durable.sync_directory))
            patch.setattr("shutil.rmtree", cut_off(shutil.rmtree))
            with contextlib.suppress(InterruptedError):
                restoring.drop(committed.directory.root / "restore")
        committed.enter(501, answered=False)
        committed.restart()
        assert not committed.directory.settings.exists()


class TestAudit:
    @pytest.mark.parametrize("is_merged", [True, False], ids=["merged", "replaced"])
    def test_row_written_while_the_new_journal_is_built_is_in_it_once(
        self,
        booth: Booth,
        fresh: Booth,
        backup: Path,
        monkeypatch: pytest.MonkeyPatch,
        is_merged: bool,
    ) -> None:
        booth.enter(1)
        booth.save(backup)
        here = booth if is_merged else fresh
        here.enter(2)
        audit = SharedJournal(here.directory.journal)
        audit.note_export("before", here.clock.now())
        build = restoring._build

        def write_and_build(*arguments: Any) -> int:
            audit.note_export("during 1", here.clock.now())
            entries = build(*arguments)
            audit.note_export("during 2", here.clock.now())
            return entries

        monkeypatch.setattr(restoring, "_build", write_and_build)
        assert here.restore(backup).failure is None
        with closing(sqlite3.connect(here.directory.journal)) as connection:
            rows = connection.execute("SELECT detail FROM audit WHERE what = 'export'").fetchall()
        expected = ["before"] if is_merged else []
        assert [row[0] for row in rows] == [*expected, "during 1", "during 2"]


class TestAutomatic:
    def test_backups_are_listed_newest_first_and_counted_on_request(self, booth: Booth) -> None:
        made = Backups(booth.directory.backup, booth.clock)
        for number in (1, 2):
            booth.enter(number)
            made.make(booth.directory.journal)
            booth.clock.jump(timedelta(hours=1))
        listed = booth.store.automatic()
        assert [backup.entries for backup in listed] == [None, None]
        assert listed[0].made_at > listed[1].made_at
        assert listed[0].size == booth.store.path_of(listed[0]).stat().st_size
        counted = [booth.store.count(backup, lambda: False).entries for backup in listed]
        assert counted == [2, 1]

    def test_damaged_backup_has_no_number(self, booth: Booth) -> None:
        booth.enter(1)
        path = Backups(booth.directory.backup, booth.clock).make(booth.directory.journal)
        path.write_bytes(path.read_bytes()[:100])
        (listed,) = booth.store.automatic()
        assert booth.store.count(listed, lambda: False).entries is None


def rewrite(backup: Path, changes: Mapping[str, object]) -> None:
    """Change values of `backup.json`."""
    with zipfile.ZipFile(backup) as made:
        members = {name: made.read(name) for name in made.namelist()}
    members["backup.json"] = json.dumps(json.loads(members["backup.json"]) | dict(changes)).encode()
    with zipfile.ZipFile(backup, "w") as made:
        for name, content in members.items():
            made.writestr(name, content)


def lose(booth: Booth, number: int) -> None:
    """Delete an entry, as damage to the file would."""
    with closing(sqlite3.connect(booth.directory.journal)) as connection, connection:
        connection.execute(
            "UPDATE entries SET last_attempt = NULL WHERE entry_id = ?", (f"{number:036}",)
        )
        connection.execute("DELETE FROM attempts WHERE entry_id = ?", (f"{number:036}",))
        connection.execute("DELETE FROM entries WHERE entry_id = ?", (f"{number:036}",))


def archive_a_month(booth: Booth) -> Path:
    """Save two entries and move them to an archive; return its file."""
    booth.enter(1, 2)
    return archive_month(booth.directory.journal, booth.directory.archive, "2026-03", (1, 2))


def done_name(booth: Booth) -> str:
    (kept,) = booth.directory.root.glob("journal-before-restore-*.sqlite3")
    return kept.name
