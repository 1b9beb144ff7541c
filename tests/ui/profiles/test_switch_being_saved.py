"""Entries that are entered while a switch of the profile is being saved to a slow disk."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.ui.profile_states import EAST, SOUTH, WEST
from tests.ui.profiles.conftest import Lots
from wxpark_gui.domain.errors import SettingsNotWrittenError
from wxpark_gui.domain.settings import Settings
from wxpark_gui.storage.settings import TomlSettings


class SlowDisk:
    """Lets a test hold back each save of the settings, and fail it.

    Attributes:
        begun: number of saves that began.
        go_on: released once for each save that may end.
        fails: ids of the accounts whose switch cannot be written.
    """

    def __init__(self) -> None:
        self.begun = 0
        self.go_on = threading.Semaphore(0)
        self.fails: set[str] = set()

    def save(self, store: TomlSettings, settings: Settings) -> None:
        self.begun += 1
        assert self.go_on.acquire(timeout=30)
        if settings.account_id in self.fails:
            raise SettingsNotWrittenError("OSError")
        _SAVE(store, settings)


_SAVE = TomlSettings.save


@pytest.fixture
def disk(lots: Lots, monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowDisk]:
    disk = SlowDisk()

    def save(store: TomlSettings, settings: Settings) -> None:
        disk.save(store, settings)

    monkeypatch.setattr(TomlSettings, "save", save)
    yield disk
    for _ in range(20):
        disk.go_on.release()


def _end(disk: SlowDisk, saves: int = 1) -> None:
    for _ in range(saves):
        disk.go_on.release()


def _enter(lots: Lots, qtbot: QtBot, serial: str) -> None:
    """Type a plate into the field, and wait until it is saved."""
    before = len(lots.records)
    QTest.keyClicks(lots.window.form.plate, f"{serial}\r")
    qtbot.waitUntil(lambda: len(lots.records) > before)


def _accounts(lots: Lots) -> dict[str, str]:
    """Return the account of each plate that was entered."""
    return {
        record.entry.plate.text: record.origin.account_id
        for record in lots.records.values()
        if record.entry.plate
    }


def test_entry_is_of_the_car_park_that_the_header_shows(
    lots: Lots, qtbot: QtBot, disk: SlowDisk
) -> None:
    _enter(lots, qtbot, "10001")
    lots.booth.settings.switch_profile(EAST.account_id)
    assert lots.text("headerLot") == "东门 ▾"
    _enter(lots, qtbot, "10002")
    assert lots.store.load().account_id == WEST.account_id
    with qtbot.waitSignal(lots.booth.settings.switched):
        _end(disk)
    _enter(lots, qtbot, "10003")
    assert lots.store.load().account_id == EAST.account_id
    assert _accounts(lots) == {
        "粤B10001": WEST.account_id,
        "粤B10002": EAST.account_id,
        "粤B10003": EAST.account_id,
    }


def test_plate_being_typed_stays_and_is_of_the_new_car_park(
    lots: Lots, qtbot: QtBot, disk: SlowDisk
) -> None:
    QTest.keyClicks(lots.window.form.plate, "1000")
    lots.booth.settings.switch_profile(EAST.account_id)
    _enter(lots, qtbot, "4")
    assert _accounts(lots) == {"粤B10004": EAST.account_id}


def test_choice_in_the_dialog_counts_though_the_dialog_is_left_before_it_is_saved(
    lots: Lots, qtbot: QtBot, disk: SlowDisk
) -> None:
    dialog = lots.open(qtbot)
    QTest.keyClicks(dialog.profiles, "2")
    QTest.keyClick(dialog.profiles, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: lots.window.profiles.dialog is None)
    assert lots.text("headerLot") == "东门 ▾"
    _enter(lots, qtbot, "10001")
    assert _accounts(lots) == {"粤B10001": EAST.account_id}


def test_last_of_several_switches_counts(lots: Lots, qtbot: QtBot, disk: SlowDisk) -> None:
    shown = []
    for account in (EAST, SOUTH, WEST):
        lots.booth.settings.switch_profile(account.account_id)
        shown.append(lots.text("headerLot"))
    assert len(set(shown)) == 3
    for ended in (EAST, SOUTH, WEST):
        with qtbot.waitSignal(
            lots.booth.settings.switched,
            check_params_cb=lambda account_id, ended=ended: account_id == ended.account_id,
        ):
            _end(disk)
        assert lots.text("headerLot") == shown[-1]
    _enter(lots, qtbot, "10001")
    assert _accounts(lots) == {"粤B10001": WEST.account_id}
    assert lots.store.load().account_id == WEST.account_id


def test_other_settings_saved_meanwhile_do_not_bring_the_old_car_park_back(
    lots: Lots, qtbot: QtBot, disk: SlowDisk
) -> None:
    settings = lots.booth.settings
    appearance = replace(settings.current.appearance, sounds=not settings.current.appearance.sounds)
    settings.save_appearance(replace(settings.current, appearance=appearance))
    qtbot.waitUntil(lambda: disk.begun == 1)
    settings.switch_profile(EAST.account_id)
    with qtbot.waitSignal(
        settings.changed, check_params_cb=lambda changed: changed.appearance == appearance
    ):
        _end(disk)
    assert (lots.text("headerLot"), settings.current.account_id) == ("东门 ▾", EAST.account_id)
    with qtbot.waitSignal(settings.switched):
        _end(disk)
    assert lots.store.load() == settings.current


def test_switch_that_cannot_be_saved_brings_the_old_car_park_back_and_is_told(
    lots: Lots, qtbot: QtBot, disk: SlowDisk
) -> None:
    disk.fails = {EAST.account_id}
    old = lots.text("headerLot")
    lots.booth.settings.switch_profile(EAST.account_id)
    _enter(lots, qtbot, "10001")
    with qtbot.waitSignal(lots.booth.settings.refused):
        _end(disk)
    assert lots.text("headerLot") == old
    assert "SETTINGS_NOT_WRITTEN" in lots.text("noticeCode")
    _enter(lots, qtbot, "10002")
    assert _accounts(lots) == {"粤B10001": EAST.account_id, "粤B10002": WEST.account_id}


def test_failed_switch_leaves_a_later_one_in_force(
    lots: Lots, qtbot: QtBot, disk: SlowDisk
) -> None:
    disk.fails = {EAST.account_id}
    lots.booth.settings.switch_profile(EAST.account_id)
    lots.booth.settings.switch_profile(SOUTH.account_id)
    shown = lots.text("headerLot")
    with qtbot.waitSignal(lots.booth.settings.refused):
        _end(disk)
    assert lots.text("headerLot") == shown
    with qtbot.waitSignal(lots.booth.settings.switched):
        _end(disk)
    assert (lots.text("headerLot"), lots.store.load().account_id) == (shown, SOUTH.account_id)


def test_failed_switch_after_a_saved_one_brings_the_saved_one_back(
    lots: Lots, qtbot: QtBot, disk: SlowDisk
) -> None:
    disk.fails = {SOUTH.account_id}
    lots.booth.settings.switch_profile(EAST.account_id)
    lots.booth.settings.switch_profile(SOUTH.account_id)
    with qtbot.waitSignal(lots.booth.settings.refused):
        _end(disk, 2)
    assert lots.text("headerLot") == "东门 ▾"
    assert lots.booth.settings.current.account_id == EAST.account_id
