"""The dialog for backups: list, saving, and restoring in two steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QLabel, QListWidget, QProgressBar, QPushButton
from pytestqt.qtbot import QtBot

from tests.ui.care_states import LISTED, PREVIEW
from tests.ui.conftest import FakeBooth
from wxpark_gui.domain.backup import Restored
from wxpark_gui.domain.backup_errors import (
    BackupDamagedError,
    BackupNewerError,
    OtherBoothError,
    RestoreUnfinishedError,
    RestoreWaitingError,
)
from wxpark_gui.domain.errors import DiskFullError, ReadableError
from wxpark_gui.ui.care.backup_dialog import BackupDialog
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.window.main_window import MainWindow


@pytest.fixture
def dialog(qtbot: QtBot, booth: FakeBooth, appearance: Appearance) -> Iterator[BackupDialog]:
    dialog = BackupDialog(booth.backups, appearance)
    qtbot.addWidget(dialog)
    dialog.show()
    yield dialog
    dialog.close()


def said(dialog: BackupDialog, name: str) -> str:
    label = dialog.findChild(QLabel, name)
    assert isinstance(label, QLabel)
    return label.text().replace("\u200b", "") if label.isVisible() else ""


def button(dialog: BackupDialog, name: str) -> QPushButton:
    found = dialog.findChild(QPushButton, name)
    assert isinstance(found, QPushButton)
    return found


def rows(dialog: BackupDialog) -> list[str]:
    listed = dialog.findChild(QListWidget)
    assert listed is not None
    return [listed.item(row).text() for row in range(listed.count())]


def test_automatic_backups_are_listed_and_their_entries_counted_later(
    dialog: BackupDialog, booth: FakeBooth
) -> None:
    assert booth.backups.calls == ["load"]
    booth.backups.listed.emit(LISTED[:2])
    assert rows(dialog) == ["2026-03-15 11:30　·　1.2 MB", "2026-03-15 10:30　·　1.2 MB"]
    booth.backups.counted.emit(replace(LISTED[1], entries=1234))
    assert rows(dialog)[1] == "2026-03-15 10:30　·　1.2 MB　·　1,234 条"


def test_booth_without_backups_says_when_there_will_be_one(
    dialog: BackupDialog, booth: FakeBooth
) -> None:
    booth.backups.listed.emit(())
    assert "半小时" in said(dialog, "backupEmpty")
    assert not button(dialog, "backupRestoreRow").isEnabled()


def test_saved_backup_is_named_with_its_entries(dialog: BackupDialog, booth: FakeBooth) -> None:
    dialog.save_to("/media/usb/out.zip")
    assert booth.backups.saves == [(Path("/media/usb/out.zip"), True)]
    assert not button(dialog, "backupSave").isEnabled()
    booth.backups.progressed.emit(0.42)
    progress = dialog.findChild(QProgressBar)
    assert progress is not None
    assert (progress.isVisible(), progress.value()) == (True, 42)
    booth.backups.saved.emit(Path("/media/usb/out.zip"), 1234)
    assert "1,234" in said(dialog, "backupSaid")
    assert "out.zip" in said(dialog, "backupSaid")
    assert not progress.isVisible()


def test_name_without_ending_gets_it_and_replaces_no_file(
    dialog: BackupDialog, booth: FakeBooth
) -> None:
    dialog.save_to("/media/usb/out")
    assert booth.backups.saves == [(Path("/media/usb/out.zip"), False)]


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (DiskFullError(), "磁盘"),
        (BackupDamagedError(), "已损坏"),
        (BackupNewerError(), "较新版本"),
        (OtherBoothError("机场 2号岗"), "机场 2号岗"),
        (RestoreWaitingError(7), "7 条"),
    ],
    ids=lambda value: getattr(value, "code", ""),
)
def test_failure_is_said_and_the_dialog_stays_usable(
    dialog: BackupDialog, booth: FakeBooth, error: ReadableError, sentence: str
) -> None:
    dialog.check_file("/media/usb/in.zip")
    booth.backups.failed.emit(error)
    assert sentence in said(dialog, "backupProblem")
    assert button(dialog, "backupSave").isEnabled()


def test_escape_cancels_a_running_task_and_only_then_closes(
    dialog: BackupDialog, booth: FakeBooth
) -> None:
    dialog.save_to("/media/usb/out.zip")
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert booth.backups.calls[-1] == "cancel"
    assert dialog.isVisible()
    booth.backups.cancelled.emit()
    assert "已取消" in said(dialog, "backupSaid")
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_chosen_automatic_backup_is_checked(dialog: BackupDialog, booth: FakeBooth) -> None:
    booth.backups.listed.emit(LISTED)
    listed = dialog.findChild(QListWidget)
    assert listed is not None
    listed.setCurrentRow(2)
    button(dialog, "backupRestoreRow").click()
    assert booth.backups.checks == [Path("/backups") / LISTED[2].name]


def test_effect_is_shown_before_anything_is_restored(
    dialog: BackupDialog, booth: FakeBooth
) -> None:
    booth.backups.checked.emit(PREVIEW)
    assert "欢乐海岸停车场 1号岗" in said(dialog, "restoreTitle")
    assert "12,345" in said(dialog, "restoreContent")
    assert "321" in said(dialog, "restoreContent")
    assert "12 条" in said(dialog, "restoreHere")
    assert booth.backups.stages == []
    assert button(dialog, "backupLeave").hasFocus()


@pytest.mark.parametrize("needed", [True, False])
def test_settings_are_chosen_where_there_are_none(
    dialog: BackupDialog, booth: FakeBooth, needed: bool
) -> None:
    booth.backups.checked.emit(replace(PREVIEW, settings_needed=needed))
    button(dialog, "backupRestore").click()
    assert booth.backups.stages == [needed]


def test_settings_cannot_be_chosen_if_the_backup_has_none(
    dialog: BackupDialog, booth: FakeBooth
) -> None:
    content = replace(PREVIEW.content, has_settings=False)
    booth.backups.checked.emit(replace(PREVIEW, content=content, settings_needed=False))
    choice = dialog.findChild(QCheckBox)
    assert choice is not None
    assert not choice.isVisible()


def test_escape_leaves_the_preview_and_drops_the_checked_backup(
    dialog: BackupDialog, booth: FakeBooth
) -> None:
    booth.backups.listed.emit(LISTED)
    booth.backups.checked.emit(PREVIEW)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert booth.backups.calls[-1] == "discard"
    assert dialog.isVisible()
    assert button(dialog, "backupRestoreFile").isVisible()


class TestInTheWindow:
    def test_key_opens_it_once_and_the_plate_has_the_focus_afterwards(
        self, qtbot: QtBot, window: MainWindow, booth: FakeBooth
    ) -> None:
        QTest.keyClick(window, Qt.Key.Key_F11, Qt.KeyboardModifier.ShiftModifier)
        dialog = window.care.dialog
        assert dialog is not None
        window.care.open_backups()
        assert window.care.dialog is dialog
        dialog.reject()
        qtbot.waitUntil(lambda: window.focusWidget() is window.form.plate)
        assert window.care.dialog is None

    def test_program_is_restarted_when_the_backup_is_ready(
        self, qtbot: QtBot, window: MainWindow, booth: FakeBooth
    ) -> None:
        with qtbot.waitSignal(window.care.restartRequested):
            booth.backups.staged.emit()

    @pytest.mark.parametrize(
        ("restored", "sentence"),
        [
            (Restored(12, "journal-before-restore-1.sqlite3"), "journal-before-restore-1.sqlite3"),
            (Restored(12), "12 条"),
            (Restored(failure=RestoreUnfinishedError("full")), "还没有恢复"),
        ],
        ids=["kept", "new", "failed"],
    )
    def test_result_is_a_notice_until_it_is_dismissed(
        self, window: MainWindow, booth: FakeBooth, restored: Restored, sentence: str
    ) -> None:
        booth.backups.restored.emit(restored)
        notice = window.notices.notice(window._now())
        assert notice is not None
        assert sentence in notice.message
        window.notices.dismiss()
        after = window.notices.notice(window._now())
        assert after is None or sentence not in after.message
