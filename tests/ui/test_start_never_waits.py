"""The window opens and accepts keys while a system service hangs for 30 s."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pytest
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.booths import Booth, make_booth
from tests.settings import settings_of
from wxpark_gui.controllers.updates import UpdateChecker
from wxpark_gui.domain.errors import VersionFileUnreachableError
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.domain.release import Release, read_version
from wxpark_gui.domain.release_source import ReleaseSource
from wxpark_gui.domain.settings import Settings
from wxpark_gui.runtime.network import NetworkMonitor
from wxpark_gui.runtime.runner import Worker
from wxpark_gui.service.releases import Upgrades
from wxpark_gui.training.booth import TrainingVault, make_training_key
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.window.main_window import MainWindow

HELD_SECONDS = 30.0
LATEST_SECONDS = 5.0
"""Time limit of a start, in seconds; on an idle machine it takes a tenth of this."""


class Hold:
    """Blocks its callers for 30 s or until the test is over."""

    def __init__(self) -> None:
        self._over = threading.Event()
        self.reached = threading.Event()

    def wait(self) -> bool:
        self.reached.set()
        self._over.wait(HELD_SECONDS)
        return True

    def end(self) -> None:
        self._over.set()


@dataclass(frozen=True, slots=True)
class HeldVault:
    """Vault whose `load` hangs until `hold` ends."""

    hold: Hold
    key: Secret

    def load(self, mch_id: str) -> Secret:
        self.hold.wait()
        return self.key

    def store(self, mch_id: str, key: Secret) -> None:
        self.hold.wait()

    def forget(self, mch_id: str) -> None:
        self.hold.wait()

    def describe(self) -> str:
        self.hold.wait()
        return "held"

    def is_locked(self) -> bool | None:
        self.hold.wait()
        return None

    def probe(self) -> None:
        self.hold.wait()


@dataclass(frozen=True, slots=True)
class HeldReleases:
    """A network share with the version file that hangs."""

    hold: Hold

    def announced(self, source: ReleaseSource) -> Release:
        self.hold.wait()
        raise VersionFileUnreachableError("held")


@pytest.fixture
def hold() -> Iterator[Hold]:
    hold = Hold()
    yield hold
    hold.end()


def start(booth: Booth, qtbot: QtBot) -> MainWindow:
    """Open the window as the program does, and wait until the journal is read."""
    window = MainWindow(booth.controllers, Appearance(Settings()), training=True)
    qtbot.addWidget(window)
    window.show()
    with qtbot.waitSignal(booth.entries.recentLoaded):
        booth.start()
    return window


def assert_takes_an_entry(booth: Booth, window: MainWindow, qtbot: QtBot) -> None:
    """Assert that a typed entry is saved, although nothing can be sent."""
    with qtbot.waitSignal(booth.entries.saved, timeout=int(LATEST_SECONDS * 1000)):
        QTest.keyClicks(window.form.plate, "12345\r")


@pytest.mark.parametrize("port", ["keyring", "names", "routes", "version file"])
def test_window_takes_an_entry_while_the_system_does_not_answer(
    port: str, hold: Hold, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = make_training_key()
    vault = HeldVault(hold, key) if port == "keyring" else TrainingVault(key)

    def resolve(*_arguments: object, **_options: object) -> NoReturn:
        hold.wait()
        raise socket.gaierror

    if port == "names":
        monkeypatch.setattr(socket, "getaddrinfo", resolve)
    began = time.monotonic()
    booth = make_booth(tmp_path, "https://gateway.invalid", vault)
    monitor = NetworkMonitor(hold.wait if port == "routes" else None)
    window = start(booth, qtbot)
    monitor.start()
    upgrades = Upgrades(HeldReleases(hold), read_version("0.1.0"))
    releases = UpdateChecker(upgrades, Worker("releases"))
    if port == "version file":
        releases.apply_settings(settings_of(version_file=r"\\share\wxpark.toml", version_key="k"))
    try:
        assert_takes_an_entry(booth, window, qtbot)
        assert time.monotonic() - began < LATEST_SECONDS
        assert hold.reached.wait(LATEST_SECONDS), "nothing was held"
    finally:
        monitor.stop()
        hold.end()
        releases.stop()
        booth.stop(0.5)
