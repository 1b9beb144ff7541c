"""A start of the program completes a restore before the settings and the journal are read."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.faults.workplace import ORIGIN, append
from tests.service.test_shifts import CallingThread
from tests.settings import settings_of
from wxpark_gui.assembly import Assembly
from wxpark_gui.domain.backup import Restored
from wxpark_gui.domain.manager import Guard
from wxpark_gui.domain.merchant import MerchantProfile, Secret
from wxpark_gui.runtime.system import SystemClock
from wxpark_gui.storage.opening import open_journal

SETTINGS = settings_of(MerchantProfile("wx0123456789", "1900000001", "1900000002", ORIGIN.lot))


def save(directory: Path, target: Path) -> None:
    with Assembly(directory) as parts:
        parts.settings.save(SETTINGS)
        with closing(open_journal(parts.directory, SystemClock())[0]) as journal:
            append(journal, 1)
        parts.backups.save(
            target, overwrite=False, report=lambda _: None, is_cancelled=lambda: False
        )


def test_restore_that_was_asked_for_is_completed_by_the_next_start(tmp_path: Path) -> None:
    save(tmp_path / "old", tmp_path / "backup.zip")
    with Assembly(tmp_path / "new") as parts:
        parts.claim()
        with closing(parts.open_journal()):
            parts.backups.prepare(tmp_path / "backup.zip", lambda: False)
            parts.backups.commit(with_settings=True)
            assert parts.load_settings().account is None
    with Assembly(tmp_path / "new") as parts:
        parts.claim()
        assert parts.load_settings() == SETTINGS
        with closing(parts.open_journal()) as journal:
            assert [record.entry_id for record in journal.recent(9)] == [f"{1:036}"]
        restored = parts.take_restored()
        assert isinstance(restored, Restored)
        assert (restored.entries, restored.failure) == (1, None)
        assert parts.take_restored() is None
        with closing(sqlite3.connect(parts.directory.journal)) as connection:
            notes = connection.execute("SELECT detail FROM audit WHERE what = 'restored'")
            assert notes.fetchall() == [(f"{restored.kept_as} 1",)]


def test_restore_waits_for_the_next_start_although_the_journal_is_opened_again(
    tmp_path: Path,
) -> None:
    save(tmp_path / "old", tmp_path / "backup.zip")
    with Assembly(tmp_path / "new") as parts:
        parts.claim()
        with closing(parts.journal_on(CallingThread())) as journal:
            journal.recent(1)
            parts.backups.prepare(tmp_path / "backup.zip", lambda: False)
            # As after damage that a write found.
            journal.close()
            assert journal.recent(1) == []
            parts.backups.commit(with_settings=True)
            journal.close()
            assert journal.recent(1) == []
        assert parts.is_restoring
        assert parts.take_restored() is None
        assert parts.current.value.account is None
    with Assembly(tmp_path / "new") as parts:
        parts.claim()
        with closing(parts.open_journal()) as restored:
            assert len(restored.recent(9)) == 1


def guard_of(directory: Path) -> Guard:
    with Assembly(directory) as parts:
        parts.claim()
        parts.open_journal().close()
        return parts.managers().resume().guard


def restore(directory: Path, backup: Path, *, with_settings: bool = True) -> None:
    """Prepare a restore, which the next start completes."""
    with Assembly(directory) as parts:
        parts.claim()
        parts.open_journal().close()
        parts.backups.prepare(backup, lambda: False)
        parts.backups.commit(with_settings=with_settings)


def test_window_gets_the_settings_with_the_journal(tmp_path: Path) -> None:
    save(tmp_path / "old", tmp_path / "backup.zip")
    restore(tmp_path / "new", tmp_path / "backup.zip")
    with Assembly(tmp_path / "new") as parts:
        parts.claim(restores=False)
        assert parts.is_restoring
        assert parts.load_settings().account is None
        parts.open_journal().close()
        assert parts.current.value == SETTINGS
        assert not parts.is_restoring


def test_new_computer_without_managers_stays_open_after_a_restore(tmp_path: Path) -> None:
    set_guard(tmp_path / "old")
    save(tmp_path / "old", tmp_path / "backup.zip")
    restore(tmp_path / "new", tmp_path / "backup.zip")
    assert guard_of(tmp_path / "new") is Guard.OPEN
    assert guard_of(tmp_path / "new") is Guard.OPEN


def test_restore_does_not_open_what_lost_managers_guard(tmp_path: Path) -> None:
    save(tmp_path / "old", tmp_path / "backup.zip")
    set_guard(tmp_path / "new")
    (tmp_path / "new" / "managers.json").unlink()
    restore(tmp_path / "new", tmp_path / "backup.zip")
    assert guard_of(tmp_path / "new") is Guard.LOST


def test_managers_of_the_computer_stay_after_a_restore(tmp_path: Path) -> None:
    save(tmp_path / "old", tmp_path / "backup.zip")
    set_guard(tmp_path / "new")
    restore(tmp_path / "new", tmp_path / "backup.zip")
    assert guard_of(tmp_path / "new") is Guard.SET


def set_guard(directory: Path) -> None:
    with Assembly(directory) as parts:
        parts.claim()
        parts.open_journal().close()
        parts.managers().add("王经理", Secret("13579"))


def test_start_without_a_restore_changes_nothing(tmp_path: Path) -> None:
    with Assembly(tmp_path) as parts:
        parts.claim()
        parts.settings.save(SETTINGS)
        parts.open_journal().close()
        assert parts.take_restored() is None
        assert {path.name for path in tmp_path.iterdir()} >= {"journal.sqlite3", "settings.toml"}
        assert list(tmp_path.glob("*restore*")) == []


def test_backup_whose_preparation_was_interrupted_is_removed_by_the_next_start(
    tmp_path: Path,
) -> None:
    save(tmp_path / "old", tmp_path / "backup.zip")
    with Assembly(tmp_path / "new") as parts:
        parts.claim()
        parts.backups.prepare(tmp_path / "backup.zip", lambda: False)
        assert parts.directory.unfinished_restore.is_dir()
        parts.open_journal().close()
        assert parts.take_restored() is None
        assert not parts.directory.unfinished_restore.exists()
