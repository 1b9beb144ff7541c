"""A backup is saved, checked and restored through the dialog, with the real store and keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from tests.faults.workplace import Clock, append
from wxpark_gui.controllers.backups import BackupKeeper
from wxpark_gui.runtime.runner import Worker
from wxpark_gui.storage.backup_store import BackupStore
from wxpark_gui.storage.directory import DataDirectory, prepare_directory
from wxpark_gui.storage.opening import open_journal
from wxpark_gui.storage.restoring import finish_restore
from wxpark_gui.storage.settings import TomlSettings
from wxpark_gui.ui.care.backup_dialog import BackupDialog
from wxpark_gui.ui.look.appearance import Appearance


@pytest.fixture
def directory(tmp_path: Path) -> DataDirectory:
    directory = prepare_directory(tmp_path / "booth")
    with closing(open_journal(directory, Clock())[0]) as journal:
        append(journal, 1)
    return directory


@pytest.fixture
def keeper(directory: DataDirectory) -> Iterator[BackupKeeper]:
    worker = Worker("test-backups")
    settings = TomlSettings(directory.settings)
    store = BackupStore(directory, Clock(), lambda: settings, training=False)
    yield BackupKeeper(store, lambda: None, worker)
    worker.stop(5)


def test_backup_is_saved_and_restored_by_keyboard(
    qtbot: QtBot,
    keeper: BackupKeeper,
    directory: DataDirectory,
    appearance: Appearance,
    tmp_path: Path,
) -> None:
    dialog = BackupDialog(keeper, appearance)
    qtbot.addWidget(dialog)
    dialog.show()
    said = dialog.findChild(QLabel, "backupSaid")
    restore = dialog.findChild(QPushButton, "backupRestore")
    assert said is not None
    assert restore is not None
    target = tmp_path / "stick.zip"
    dialog.save_to(str(target))
    qtbot.waitUntil(lambda: "stick.zip" in said.text())
    dialog.check_file(str(target))
    qtbot.waitUntil(restore.isVisible)
    with qtbot.waitSignal(keeper.staged):
        QTest.keyClick(restore, Qt.Key.Key_Space)
    done = finish_restore(directory, Clock())
    assert done is not None
    assert (done.entries, done.failure) == (1, None)
