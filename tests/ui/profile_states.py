"""States of the dialog of the profiles, for the tests of its layout."""

from __future__ import annotations

from datetime import datetime, timezone

from PySide6.QtWidgets import QDialog, QPushButton

from tests.ui.conftest import DialogParent
from wxpark_gui.domain.merchant import MerchantProfile
from wxpark_gui.domain.record import AccountBacklog, Backlog
from wxpark_gui.domain.settings import Account, Settings
from wxpark_gui.ui.profiles.dialog import ProfilesDialog

SAVED = datetime(2026, 3, 15, 3, 38, tzinfo=timezone.utc)

WEST = Account(
    "1900000109-1900000110",
    MerchantProfile("wx0123456789", "1900000109", "1900000110", "欢乐海岸停车场"),
)
EAST = Account(
    "1900000109-1900000120",
    MerchantProfile(
        "wx0123456789",
        "1900000109",
        "1900000120",
        "欢乐海岸购物中心地下停车场二期",
        free_time=600,
        profile_name="东门",
    ),
)
SOUTH = Account(
    "1900000777-1900000778",
    MerchantProfile("wx0123456780", "1900000777", "1900000778", "南门停车场"),
)
PROFILES = Settings((WEST, EAST, SOUTH), WEST.account_id)
WAITING = Backlog(
    3,
    SAVED,
    accounts=(
        AccountBacklog(EAST.account_id, 2, SAVED),
        AccountBacklog(WEST.account_id, 1, SAVED),
    ),
)


def profiles_dialog(window: DialogParent) -> ProfilesDialog:
    window.profiles.open()
    dialog = window.profiles.dialog
    assert dialog is not None
    return dialog


def button(dialog: QDialog, name: str) -> QPushButton:
    found = dialog.findChild(QPushButton, name)
    assert isinstance(found, QPushButton)
    return found


def open_profiles(window: DialogParent) -> QDialog | None:
    return profiles_dialog(window)


def open_profiles_with_a_question(window: DialogParent) -> QDialog | None:
    dialog = profiles_dialog(window)
    button(dialog, "profilesRemove").click()
    return dialog


OPENERS = (open_profiles, open_profiles_with_a_question)
