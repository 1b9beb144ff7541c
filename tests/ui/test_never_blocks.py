"""The GUI thread never blocks while the gateway, the keyring or the disk hangs."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.booths import Booth, make_booth
from tests.settings import settings_of
from wxpark_gui.domain.entry import EntryDraft
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.domain.settings import Settings
from wxpark_gui.training.booth import TRAINING_MERCHANT, make_training_key
from wxpark_gui.training.faults import Fault
from wxpark_gui.training.gateway import TrainingGateway
from wxpark_gui.transport.deadline import Budget
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.window.main_window import MainWindow

LONGEST_HANG = 30.0
"""Seconds after which a hang ends by itself, so that a test that fails ends too."""
HANGING = Budget(total=LONGEST_HANG, second_host=LONGEST_HANG)
PLATE_LENGTH = 7
"""Number of characters of a complete plate."""


class HeldVault:
    """Vault whose `load` waits until the test releases it."""

    def __init__(self, key: Secret) -> None:
        self._key = key
        self.asked = threading.Event()
        self.released = threading.Event()
        self.gave_up = False

    def load(self, mch_id: str) -> Secret:
        self.asked.set()
        self.gave_up |= not self.released.wait(LONGEST_HANG)
        return self._key

    def store(self, mch_id: str, key: Secret) -> None: ...

    def forget(self, mch_id: str) -> None: ...

    def describe(self) -> str:
        return "held"

    def is_locked(self) -> bool:
        return False

    def probe(self) -> None: ...


@pytest.fixture
def gateway() -> Iterator[TrainingGateway]:
    with TrainingGateway(make_training_key(), faults=[Fault.TIMEOUT]) as gateway:
        yield gateway


@pytest.fixture
def vault() -> Iterator[HeldVault]:
    vault = HeldVault(make_training_key())
    yield vault
    vault.released.set()


@pytest.fixture
def booth(
    qapp: object, tmp_path: Path, gateway: TrainingGateway, vault: HeldVault
) -> Iterator[Booth]:
    booth = make_booth(tmp_path, gateway.url, vault, budget=HANGING)
    yield booth
    booth.stop(0.2)


class TestHangingKeyringAndGateway:
    """The window takes keys while keyring or gateway hang; a hang ends only after the keys."""

    @pytest.fixture
    def window(self, booth: Booth, qtbot: QtBot) -> MainWindow:
        """A window whose first entry is saved and waits for the merchant key."""
        window = MainWindow(booth.controllers, Appearance(Settings()), training=True)
        qtbot.addWidget(window)
        with qtbot.waitExposed(window):
            window.show()
        with qtbot.waitSignal(booth.entries.recentLoaded):
            booth.start()
        with qtbot.waitSignal(booth.entries.saved):
            QTest.keyClicks(window.form.plate, "12345\r")
        return window

    def test_the_window_takes_keys_while_the_keyring_hangs(
        self, window: MainWindow, booth: Booth, vault: HeldVault, qtbot: QtBot
    ) -> None:
        answered: list[EntryRecord] = []
        booth.entries.changed.connect(answered.append)
        qtbot.waitUntil(vault.asked.is_set)
        booth.settings.save_merchant(settings_of(TRAINING_MERCHANT), Secret("x" * 32))
        type_and_paint(window, qtbot)
        assert (vault.gave_up, answered) == (False, [])

    def test_the_window_takes_keys_while_the_gateway_hangs(
        self,
        window: MainWindow,
        booth: Booth,
        vault: HeldVault,
        gateway: TrainingGateway,
        qtbot: QtBot,
    ) -> None:
        answered: list[EntryRecord] = []
        booth.entries.changed.connect(answered.append)
        vault.released.set()
        qtbot.waitUntil(lambda: gateway.request_count > 0)
        type_and_paint(window, qtbot)
        assert answered == []


class Painted(QObject):
    """Counts the paint events of a widget."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint:
            self.count += 1
        return super().eventFilter(watched, event)


def type_and_paint(window: MainWindow, qtbot: QtBot) -> None:
    """Type twenty keys and wait for each to be painted."""
    painted = Painted(window.form.plate)
    for key in "8K9Z2" * 4:
        if len(window.form.plate.state.number.text) >= PLATE_LENGTH:
            window.form.clear()
        painted.count = 0
        QTest.keyClicks(window.form.plate, key)
        qtbot.waitUntil(lambda: painted.count > 0)
        assert window.form.plate.state.number.text.endswith(key)


def test_the_window_closes_in_time_while_an_exchange_hangs(booth: Booth, qtbot: QtBot) -> None:
    with qtbot.waitSignal(booth.journal.opened):
        booth.start()
    with qtbot.waitSignal(booth.entries.saved):
        booth.entries.submit(EntryDraft(plate="粤B12345"))
    began = time.monotonic()
    assert not booth.stop(1.0)
    assert time.monotonic() - began < 2.0


def test_draft_submitted_before_the_journal_is_open_is_saved(booth: Booth, qtbot: QtBot) -> None:
    with qtbot.waitSignal(booth.entries.saved) as saved:
        booth.entries.submit(EntryDraft(plate="粤B12345"))
        booth.start()
    assert saved.args is not None
    assert saved.args[0].entry.label == "粤B·12345"
