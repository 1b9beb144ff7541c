"""Stops of the tour with the manager's dialogs: managers, approval, key, car parks, backups."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

from PySide6.QtWidgets import QDialog, QPushButton

from wxpark_gui.controllers import Controllers
from wxpark_gui.domain.backup import AutomaticBackup, BackupContent, RestorePreview
from wxpark_gui.domain.manager import Guard, GuardState
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.domain.settings import Account, Settings
from wxpark_gui.domain.shift import Person
from wxpark_gui.tour.subjects import Show
from wxpark_gui.ui.manager.key_change_dialog import KeyChangeDialog
from wxpark_gui.ui.window.main_window import MainWindow

_MANAGERS = GuardState(Guard.SET, tuple(Person(name, name, name) for name in ("王经理", "赵经理")))
_HALF_HOUR = timedelta(minutes=30)
_ENTRIES = 12_345


def open_dialog(window: MainWindow, booth: Controllers, show: Show) -> None:
    """Open the dialog of a stop; a no-op for a stop without one of these dialogs."""
    if show is Show.MANAGERS:
        window.manager_dialogs.open_managers()
        if window.manager_dialogs.managers is not None:
            window.manager_dialogs.managers.page.show_state(_MANAGERS)
    elif show is Show.APPROVAL:
        booth.approvals.note_state(_MANAGERS)
        window.dialogs.open_merchant()
        booth.approvals.note_state(GuardState())
    elif show is Show.KEY_CHANGE:
        window.dialogs.open_merchant()
        button = window.findChild(QPushButton, "changeKey")
        if button is not None:
            button.click()
    elif show is Show.PROFILES:
        window.profiles.open()
    elif show in (Show.BACKUPS, Show.RESTORE):
        window.care.open_backups()


def dialog_of(window: MainWindow, show: Show) -> QDialog | None:
    """Return the open dialog of a stop; None for a stop without one of these dialogs."""
    dialogs: dict[Show, QDialog | None] = {
        Show.MANAGERS: window.manager_dialogs.managers,
        Show.APPROVAL: window.manager_dialogs.approval,
        Show.KEY_CHANGE: window.findChild(KeyChangeDialog),
        Show.PROFILES: window.profiles.dialog,
        Show.BACKUPS: window.care.dialog,
        Show.RESTORE: window.care.dialog,
    }
    return dialogs.get(show)


def close_dialog(window: MainWindow, show: Show) -> None:
    """Close the dialog of a stop; that of the preview first leads back to the list."""
    for _ in range(2):
        dialog = dialog_of(window, show)
        if dialog is not None and dialog.isVisible():
            dialog.reject()


def backups(booth: Controllers, _last: EntryRecord) -> None:
    """Show a list of automatic backups."""
    made_at = datetime.now(timezone.utc)
    booth.backups.listed.emit(
        tuple(
            AutomaticBackup(
                f"{number}", made_at - number * _HALF_HOUR, 1_234_567, _ENTRIES - number
            )
            for number in range(9)
        )
    )


def preview(booth: Controllers, last: EntryRecord) -> None:
    """Show the effect of restoring a backup of another computer."""
    content = BackupContent(
        datetime.now(timezone.utc) - _HALF_HOUR,
        last.origin.lot,
        last.origin.booth,
        _ENTRIES,
        waiting=2,
        has_settings=True,
    )
    booth.backups.checked.emit(RestorePreview(content, 321, 12, False, settings_needed=True))


def with_profiles(settings: Settings) -> Settings:
    """Return the settings with two more car parks, one of which shares the merchant number."""
    account = settings.account
    if account is None:
        return settings
    merchants = (
        replace(account.merchant, sub_mch_id="1900000120", profile_name="东门"),
        replace(
            account.merchant, mch_id="1900000777", sub_mch_id="1900000778", profile_name="南门"
        ),
    )
    more = tuple(Account("-".join(merchant.ids), merchant) for merchant in merchants)
    return replace(settings, accounts=(*settings.accounts, *more))
