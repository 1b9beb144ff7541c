"""A day with several profiles by keyboard, with the real window, threads, journal and settings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from tests.booths import Booth, make_booth
from tests.settings import changed
from tests.ui.keys import press_until
from tests.ui.profile_states import EAST, PROFILES, WEST
from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.errors import AccountInUseError, KeyMissingError, ReadableError
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.domain.record import Backlog, EntryRecord
from wxpark_gui.domain.settings import Settings
from wxpark_gui.storage.settings import TomlSettings
from wxpark_gui.training.booth import make_training_key
from wxpark_gui.training.faults import Fault
from wxpark_gui.training.gateway import TrainingGateway
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.profiles.dialog import ProfilesDialog
from wxpark_gui.ui.setup.steps import Step
from wxpark_gui.ui.window.main_window import MainWindow

ENTER, SHIFT = Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier


@dataclass(frozen=True)
class KeysInMemory:
    """Vault in memory."""

    keys: dict[str, Secret]

    def load(self, mch_id: str) -> Secret:
        if mch_id not in self.keys:
            raise KeyMissingError
        return self.keys[mch_id]

    def store(self, mch_id: str, key: Secret) -> None:
        self.keys[mch_id] = key

    def forget(self, mch_id: str) -> None:
        self.keys.pop(mch_id, None)

    def describe(self) -> str:
        return "memory"

    def is_locked(self) -> bool:
        return False

    def probe(self) -> None: ...


class Lots:
    """The window of a booth with profiles, operated by keyboard only."""

    def __init__(
        self, booth: Booth, window: MainWindow, gateway: TrainingGateway, store: TomlSettings
    ) -> None:
        self.booth = booth
        self.window = window
        self.gateway = gateway
        self.store = store
        self.backlog = Backlog()
        self.records: dict[str, EntryRecord] = {}
        booth.journal.backlogChanged.connect(self._note_backlog)
        booth.entries.saved.connect(self._note)
        booth.entries.changed.connect(self._note)

    def _note_backlog(self, backlog: Backlog) -> None:
        self.backlog = backlog

    def _note(self, record: EntryRecord) -> None:
        self.records[record.entry_id] = record

    def text(self, name: str) -> str:
        label = self.window.findChild(QLabel, name)
        assert label is not None
        return label.text()

    def open(self, qtbot: QtBot) -> ProfilesDialog:
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)
        profiles = self.window.profiles
        press_until(qtbot, self.window, Qt.Key.Key_F12, lambda: profiles.dialog is not None, SHIFT)
        dialog = profiles.dialog
        assert dialog is not None
        dialog.activateWindow()
        qtbot.waitUntil(dialog.profiles.hasFocus)
        return dialog

    def switch(self, digit: str, qtbot: QtBot) -> None:
        """Switch by the key of the dialog and a digit."""
        dialog = self.open(qtbot)
        with qtbot.waitSignal(self.booth.settings.switched):
            QTest.keyClicks(dialog.profiles, digit)
        assert self.window.profiles.dialog is None

    def enter(self, plate: str, qtbot: QtBot) -> None:
        self.window.activateWindow()
        qtbot.waitUntil(self.window.form.plate.hasFocus)
        with qtbot.waitSignal(self.booth.live.sent):
            QTest.keyClicks(self.window.form.plate, f"{plate}\r")

    def sent(self) -> list[tuple[str, str]]:
        """Return plate and `sub_mch_id` of each notification that the gateway accepted."""
        return [(each.plate, each.sub_mch_id) for each in self.gateway.received]

    def answered(self) -> int:
        return sum(r.state is DeliveryState.ANSWERED for r in self.records.values())

    def press_in_dialog(self, *keys: Qt.Key | str) -> None:
        """Press keys on the widget that has the focus."""
        for key in keys:
            focused = QApplication.focusWidget()
            assert focused is not None
            if isinstance(key, str):
                QTest.keyClicks(focused, key)
            else:
                QTest.keyClick(focused, key)


@pytest.fixture
def keys() -> dict[str, Secret]:
    key = make_training_key()
    return {WEST.merchant.mch_id: key, "1900000777": key}


@pytest.fixture
def no_key(keys: dict[str, Secret]) -> None:
    """The keyring has no key for the third profile."""
    del keys["1900000777"]


@pytest.fixture
def lots(
    qtbot: QtBot, appearance: Appearance, tmp_path: Path, keys: dict[str, Secret]
) -> Iterator[Lots]:
    with TrainingGateway(keys[WEST.merchant.mch_id], slow_seconds=0.4) as gateway:
        store = TomlSettings(tmp_path / "settings.toml")
        store.save(_at(gateway.url))
        booth = make_booth(tmp_path, gateway.url, KeysInMemory(keys), settings=store)
        window = MainWindow(booth.controllers, appearance, training=False)
        qtbot.addWidget(window)
        with qtbot.waitExposed(window):
            window.show()
        lots = Lots(booth, window, gateway, store)
        with qtbot.waitSignals([booth.shifts.changed, booth.keys.changed]):
            booth.start()
        yield lots
        booth.stop(5)


def _at(url: str) -> Settings:
    accounts = tuple(
        replace(account, merchant=replace(account.merchant, gateway_url=url))
        for account in PROFILES.accounts
    )
    return changed(replace(PROFILES, accounts=accounts), plate_prefix="粤B")


def test_waiting_entry_and_next_car_go_out_for_their_own_profile(lots: Lots, qtbot: QtBot) -> None:
    lots.gateway.set_faults((Fault.RESET,))
    lots.enter("12345", qtbot)
    qtbot.waitUntil(lambda: lots.backlog.waiting(WEST.account_id) == 1)
    lots.switch("2", qtbot)
    assert lots.text("headerLot") == "东门 ▾"
    assert lots.store.load().account_id == EAST.account_id
    # The same plate in another car park is not asked about.
    lots.gateway.set_faults(())
    lots.enter("12345", qtbot)
    lots.booth.backlog.release()
    qtbot.waitUntil(lambda: lots.backlog.count == 0, timeout=10_000)
    assert set(lots.sent()) == {("粤B12345", "1900000110"), ("粤B12345", "1900000120")}
    found = {r.origin.account_id: (r.origin.lot, r.state) for r in lots.records.values()}
    assert found == {
        WEST.account_id: ("欢乐海岸停车场", DeliveryState.ANSWERED),
        EAST.account_id: (EAST.merchant.parking_name, DeliveryState.ANSWERED),
    }


def test_switch_while_an_entry_is_under_way_shows_its_verdict_with_its_plate(
    lots: Lots, qtbot: QtBot
) -> None:
    lots.gateway.set_faults((Fault.SLOW,))
    with qtbot.waitSignal(lots.booth.entries.started, timeout=10_000):
        QTest.keyClicks(lots.window.form.plate, "12301\r")
    lots.gateway.set_faults(())
    with qtbot.waitSignal(lots.booth.settings.switched, timeout=10_000):
        lots.booth.settings.switch_profile(EAST.account_id)
    lots.window.activateWindow()
    qtbot.waitUntil(lots.window.form.plate.hasFocus)
    with qtbot.waitSignals([lots.booth.live.sent, lots.booth.live.sent], timeout=20_000):
        QTest.keyClicks(lots.window.form.plate, "12346\r")
    assert lots.sent() == [("粤B12301", "1900000110"), ("粤B12346", "1900000120")]
    states = {r.entry.label: r.outcome and r.outcome.user_state for r in lots.records.values()}
    assert states == {"粤B·12301": "OVERDUE", "粤B·12346": "NORMAL"}
    assert lots.text("verdictTitle") == "正常"


def test_profile_with_waiting_entries_stays_and_goes_once_they_are_sent(
    lots: Lots, qtbot: QtBot
) -> None:
    lots.gateway.set_faults((Fault.RESET,))
    lots.enter("12345", qtbot)
    qtbot.waitUntil(lambda: lots.backlog.waiting(WEST.account_id) == 1)
    lots.switch("2", qtbot)
    refused: list[ReadableError] = []
    lots.booth.settings.refused.connect(refused.append)
    dialog = lots.open(qtbot)
    QTest.keyClick(dialog.profiles, Qt.Key.Key_Home)
    with qtbot.waitSignal(lots.booth.settings.refused):
        lots.press_in_dialog(Qt.Key.Key_Delete, Qt.Key.Key_Delete)
    assert [error.waiting for error in refused if isinstance(error, AccountInUseError)] == [1]
    lots.gateway.set_faults(())
    lots.booth.backlog.release()
    qtbot.waitUntil(lambda: lots.backlog.count == 0, timeout=10_000)
    with qtbot.waitSignal(lots.booth.settings.removed):
        lots.press_in_dialog(Qt.Key.Key_Delete, Qt.Key.Key_Delete)
    assert WEST.account_id not in [a.account_id for a in lots.store.load().accounts]
    lots.press_in_dialog(Qt.Key.Key_Escape)
    assert lots.window.profiles.dialog is None


def test_wizard_finished_after_a_switch_changes_the_profile_it_was_opened_with(
    lots: Lots, qtbot: QtBot
) -> None:
    before = lots.store.load()
    lots.window.setup.open()
    wizard = lots.window.setup.wizard
    assert wizard is not None
    wizard.findChild(QPushButton, "setupLive").click()  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: wizard.step is Step.BOOTH)
    free_time = wizard.findChild(QLineEdit, "field_free_time")
    assert free_time is not None
    free_time.setText("1234")
    lots.switch("2", qtbot)
    with qtbot.waitSignal(lots.booth.settings.saved):
        for _ in (Step.BOOTH, Step.MERCHANT, Step.KEY):
            wizard._bar.button("forward").click()
    after = lots.store.load()
    west = replace(before.accounts[0].merchant, free_time=1234)
    assert after.accounts == (replace(before.accounts[0], merchant=west), *before.accounts[1:])
    assert after.account_id == EAST.account_id
    wizard.reject()


def test_profile_is_added_switched_to_and_used_by_keyboard(lots: Lots, qtbot: QtBot) -> None:
    dialog = lots.open(qtbot)
    lots.press_in_dialog(Qt.Key.Key_Tab, Qt.Key.Key_Space)
    merchant = lots.window.dialogs.merchant
    assert merchant is not None
    merchant.activateWindow()
    qtbot.waitUntil(lambda: merchant.isAncestorOf(QApplication.focusWidget() or dialog))
    tab = Qt.Key.Key_Tab
    # appid, mch_id, sub_appid, sub_mch_id, name; the key of mch_id is in the keyring.
    lots.press_in_dialog("wx0123456789", tab, "1900000109", tab, tab, "1900000130", tab, "North")
    address = lots.gateway.url
    for _ in range(30):
        focused = QApplication.focusWidget()
        if focused is not None and focused.objectName() == "field_gateway_url":
            break
        lots.press_in_dialog(tab)
    lots.press_in_dialog(address)
    with qtbot.waitSignal(lots.booth.settings.saved):
        lots.press_in_dialog(ENTER)
    # Closes the dialog at once, which else shows for a while that it saved.
    merchant.reject()
    qtbot.waitUntil(lambda: lots.window.dialogs.merchant is None)
    assert lots.store.load().account_id == WEST.account_id
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    dialog.profiles.setFocus()
    with qtbot.waitSignal(lots.booth.settings.switched):
        QTest.keyClicks(dialog.profiles, "4")
    lots.enter("12345", qtbot)
    assert lots.sent() == [("粤B12345", "1900000130")]


@pytest.mark.usefixtures("no_key")
def test_switch_to_a_profile_without_a_key_says_so_at_once_and_holds_no_other_profile(
    lots: Lots, qtbot: QtBot
) -> None:
    lots.switch("3", qtbot)
    assert lots.text("noticeMessage").startswith("南门停车场：")
    assert "密钥" in lots.text("noticeMessage")
    lots.enter("12345", qtbot)
    lots.switch("1", qtbot)
    lots.enter("12346", qtbot)
    assert lots.sent() == [("粤B12346", "1900000110")]
    qtbot.waitUntil(lambda: lots.backlog.count == 1)
    assert lots.text("statusPending").endswith("（南门停车场 1）")
