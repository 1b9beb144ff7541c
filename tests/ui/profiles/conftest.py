"""The window of a booth with several profiles, with real threads, journal and settings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from tests.booths import Booth, make_booth
from tests.settings import changed
from tests.ui.keys import press_until
from tests.ui.profile_states import PROFILES, WEST
from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.errors import KeyMissingError
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.domain.record import Backlog, EntryRecord
from wxpark_gui.domain.settings import Settings
from wxpark_gui.storage.settings import TomlSettings
from wxpark_gui.training.booth import make_training_key
from wxpark_gui.training.gateway import TrainingGateway
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.profiles.dialog import ProfilesDialog
from wxpark_gui.ui.window.main_window import MainWindow

SHIFT = Qt.KeyboardModifier.ShiftModifier


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
        with qtbot.waitSignals([booth.shifts.changed, booth.keys.changed, booth.approvals.changed]):
            booth.start()
        yield lots
        booth.stop(5)


def _at(url: str) -> Settings:
    accounts = tuple(
        replace(account, merchant=replace(account.merchant, gateway_url=url))
        for account in PROFILES.accounts
    )
    return changed(replace(PROFILES, accounts=accounts), plate_prefix="粤B")
