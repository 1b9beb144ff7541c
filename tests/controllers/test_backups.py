"""The controller of backups runs the real store on its worker."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from tests.booths import make_booth
from tests.faults.workplace import Clock, append
from wxpark_gui.controllers.backups import BackupKeeper
from wxpark_gui.domain.backup import AutomaticBackup, Restored, RestorePreview
from wxpark_gui.domain.backup_errors import BackupDamagedError
from wxpark_gui.runtime.runner import Worker
from wxpark_gui.storage import backup_zip, unfinished_file
from wxpark_gui.storage.backup_store import BackupStore
from wxpark_gui.storage.backups import Backups
from wxpark_gui.storage.directory import DataDirectory, prepare_directory
from wxpark_gui.storage.opening import open_journal
from wxpark_gui.storage.restoring import finish_restore
from wxpark_gui.storage.settings import TomlSettings
from wxpark_gui.training.booth import TrainingVault, make_training_key

PATIENCE = 30.0


@pytest.fixture
def directory(tmp_path: Path) -> DataDirectory:
    directory = prepare_directory(tmp_path / "booth")
    with closing(open_journal(directory, Clock())[0]) as journal:
        append(journal, 1)
    return directory


class HeldStore(BackupStore):
    """Store whose `prepare` waits until it is cancelled."""

    def prepare(self, source: Path, is_cancelled: Callable[[], bool]) -> RestorePreview:
        while not is_cancelled():
            threading.Event().wait(0.01)
        return super().prepare(source, is_cancelled)


class SilentDrive(BackupStore):
    """Store whose drive answers nothing until `answers` is set."""

    answers = threading.Event()

    def save(self, *arguments: Any, **options: Any) -> int:
        self.answers.wait(PATIENCE)
        return super().save(*arguments, **options)

    def prepare(self, source: Path, is_cancelled: Callable[[], bool]) -> RestorePreview:
        self.answers.wait(PATIENCE)
        # The last piece was read before the cancellation.
        return super().prepare(source, lambda: False)


@pytest.fixture
def silent_drive(directory: DataDirectory) -> Iterator[SilentDrive]:
    settings = TomlSettings(directory.settings)
    store = SilentDrive(directory, Clock(), lambda: settings, training=False)
    store.answers = threading.Event()
    yield store
    store.answers.set()


@pytest.fixture
def store(directory: DataDirectory) -> HeldStore:
    settings = TomlSettings(directory.settings)
    return HeldStore(directory, Clock(), lambda: settings, training=False)


@pytest.fixture
def worker() -> Iterator[Worker]:
    worker = Worker("test-backups")
    yield worker
    worker.stop(5)


@pytest.fixture
def keeper(directory: DataDirectory, worker: Worker) -> BackupKeeper:
    settings = TomlSettings(directory.settings)
    store = BackupStore(directory, Clock(), lambda: settings, training=False)
    return BackupKeeper(store, lambda: None, worker)


def test_backups_are_listed_then_counted(
    qtbot: QtBot, keeper: BackupKeeper, directory: DataDirectory
) -> None:
    Backups(directory.backup, Clock()).make(directory.journal)
    listed: list[Sequence[AutomaticBackup]] = []
    keeper.listed.connect(listed.append)
    with qtbot.waitSignal(keeper.counted) as counted:
        keeper.load()
    assert [backup.entries for backup in listed[0]] == [None]
    assert counted.args[0].entries == 1


def test_backup_is_saved_checked_and_restored_by_the_next_start(
    qtbot: QtBot, keeper: BackupKeeper, directory: DataDirectory, tmp_path: Path
) -> None:
    target = tmp_path / "backup.zip"
    with qtbot.waitSignal(keeper.saved) as saved:
        assert keeper.save(target, overwrite=False)
        assert not keeper.save(target, overwrite=True)
    assert saved.args == [target, 1]
    with qtbot.waitSignal(keeper.checked) as checked:
        assert keeper.check(target)
    assert checked.args[0].content.entries == 1
    with qtbot.waitSignal(keeper.staged):
        assert keeper.stage(with_settings=False)
    assert finish_restore(directory, Clock()) is not None


def test_refused_backup_fails(qtbot: QtBot, keeper: BackupKeeper, tmp_path: Path) -> None:
    source = tmp_path / "holiday.zip"
    source.write_bytes(b"pictures")
    with qtbot.waitSignal(keeper.failed) as failed:
        keeper.check(source)
    assert isinstance(failed.args[0], BackupDamagedError)
    assert not keeper.running


def test_cancelled_check_leaves_nothing(
    qtbot: QtBot, store: HeldStore, worker: Worker, directory: DataDirectory
) -> None:
    keeper = BackupKeeper(store, lambda: None, worker)
    assert keeper.check(directory.journal)
    with qtbot.waitSignal(keeper.cancelled):
        keeper.cancel()
    assert not keeper.running
    assert worker.stop(PATIENCE)
    assert not directory.unfinished_restore.exists()


def test_save_to_a_drive_that_does_not_answer_is_cancelled_at_once_and_writes_no_file_later(
    qtbot: QtBot, silent_drive: SilentDrive, worker: Worker, tmp_path: Path
) -> None:
    keeper = BackupKeeper(silent_drive, lambda: None, worker)
    target, other = tmp_path / "stick.zip", tmp_path / "other.zip"
    assert keeper.save(target, overwrite=False)
    with qtbot.waitSignal(keeper.cancelled, timeout=500):
        keeper.cancel()
    assert keeper.save(other, overwrite=False)
    with qtbot.waitSignal(keeper.saved) as saved:
        silent_drive.answers.set()
    assert saved.args == [other, 1]
    assert not target.exists()


def test_check_on_a_drive_that_does_not_answer_is_cancelled_at_once_and_leaves_nothing(
    qtbot: QtBot, silent_drive: SilentDrive, worker: Worker, directory: DataDirectory
) -> None:
    keeper = BackupKeeper(silent_drive, lambda: None, worker)
    assert keeper.check(directory.journal)
    with qtbot.waitSignal(keeper.cancelled, timeout=500), qtbot.assertNotEmitted(keeper.checked):
        keeper.cancel()
    with qtbot.assertNotEmitted(keeper.checked, wait=200):
        silent_drive.answers.set()
    assert worker.stop(PATIENCE)
    assert not directory.unfinished_restore.exists()


def test_save_whose_file_is_getting_its_name_is_not_cancelled(
    qtbot: QtBot, keeper: BackupKeeper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish, naming, go_on = unfinished_file.publish, threading.Event(), threading.Event()

    def wait(unfinished: Path, target: Path, *, overwrite: bool) -> None:
        naming.set()
        assert go_on.wait(PATIENCE)
        publish(unfinished, target, overwrite=overwrite)

    monkeypatch.setattr(backup_zip, "publish", wait)
    assert keeper.save(tmp_path / "backup.zip", overwrite=False)
    assert naming.wait(PATIENCE)
    with qtbot.assertNotEmitted(keeper.cancelled), qtbot.waitSignal(keeper.saved):
        keeper.cancel()
        go_on.set()


def test_result_of_the_restore_is_emitted_once(qtbot: QtBot, worker: Worker) -> None:
    results = [Restored(3), None]
    keeper = BackupKeeper(None, lambda: results.pop(0), worker)  # type: ignore[arg-type]
    emitted: list[Restored] = []
    keeper.restored.connect(emitted.append)
    keeper.note_opened()
    keeper.note_opened()
    assert emitted == [Restored(3)]


def test_save_that_the_end_of_the_program_cuts_off_leaves_nothing(
    qtbot: QtBot, directory: DataDirectory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, pause = threading.Event(), threading.Event()

    def add(_made: object, _path: Path, _name: str, counted: backup_zip._Counted) -> None:
        begun.set()
        while True:
            counted.note(0)
            pause.wait(0.01)

    monkeypatch.setattr(backup_zip, "_add", add)
    stick = tmp_path / "stick"
    stick.mkdir()
    vault = TrainingVault(make_training_key())
    booth = make_booth(directory.root, "https://gateway.invalid", vault)
    with qtbot.waitSignal(booth.journal.opened):
        booth.start()
    assert booth.controllers.backups.save(stick / "backup.zip", overwrite=False)
    assert begun.wait(PATIENCE)
    assert len(list(stick.iterdir())) == 1
    booth.stop(PATIENCE)
    assert list(stick.iterdir()) == []
