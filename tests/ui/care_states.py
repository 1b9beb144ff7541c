"""Opens the dialog for backups in its states, for the tests of layout and names."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

from PySide6.QtWidgets import QDialog

from tests.ui.conftest import DialogParent, FakeBackups
from wxpark_gui.domain.backup import AutomaticBackup, BackupContent, RestorePreview
from wxpark_gui.domain.backup_errors import RestoreWaitingError

MADE_AT = datetime(2026, 3, 15, 3, 30, tzinfo=timezone.utc)
LISTED = tuple(
    AutomaticBackup(f"journal-{hours}.sqlite3.gz", MADE_AT - timedelta(hours=hours), 1_234_567)
    for hours in range(9)
)
CONTENT = BackupContent(MADE_AT, "欢乐海岸停车场", "1号岗", 12345, 2, has_settings=True)
PREVIEW = RestorePreview(CONTENT, 321, 12, is_merged=False, settings_needed=True)


def keeper_of(window: DialogParent) -> FakeBackups:
    keeper = window._controllers.backups
    assert isinstance(keeper, FakeBackups)
    return keeper


def open_list(window: DialogParent) -> QDialog | None:
    window.care.open_backups()
    keeper = keeper_of(window)
    keeper.listed.emit(LISTED)
    for backup in LISTED[:4]:
        keeper.counted.emit(AutomaticBackup(backup.name, backup.made_at, backup.size, 12345))
    return window.care.dialog


def open_empty(window: DialogParent) -> QDialog | None:
    window.care.open_backups()
    keeper_of(window).listed.emit(())
    return window.care.dialog


def open_saving(window: DialogParent) -> QDialog | None:
    open_list(window)
    assert window.care.dialog is not None
    window.care.dialog.save_to("/tmp/out.zip")
    keeper_of(window).progressed.emit(0.4)
    return window.care.dialog


def open_saved(window: DialogParent) -> QDialog | None:
    open_saving(window)
    keeper_of(window).saved.emit(Path("/media/usb/停车入场备份-20260315-1130.zip"), 12345)
    return window.care.dialog


def open_refused(window: DialogParent) -> QDialog | None:
    open_list(window)
    keeper_of(window).failed.emit(RestoreWaitingError(7))
    return window.care.dialog


def open_preview(window: DialogParent) -> QDialog | None:
    open_list(window)
    keeper_of(window).checked.emit(PREVIEW)
    return window.care.dialog


OPENERS: tuple[Callable[[DialogParent], QDialog | None], ...] = (
    open_list,
    open_empty,
    open_saving,
    open_saved,
    open_refused,
    open_preview,
)
