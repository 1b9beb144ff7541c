"""The GUI thread never blocks while the gateway, the keyring or the disk hangs."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.booths import Booth, make_booth
from tests.settings import settings_of
from tests.systems import UNDER_WINE
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

KEYRING_SECONDS = 1.5
HANGING = Budget(total=2.5, second_host=1.0)
FEWEST_TICKS = 130
"""A third of those that keyring and exchange leave time for."""
TICK_MS = 10
LATEST_MS = 50.0


@dataclass(frozen=True, slots=True)
class SlowVault:
    """A keyring that returns the key after a delay."""

    key: Secret

    def load(self, mch_id: str) -> Secret:
        time.sleep(KEYRING_SECONDS)
        return self.key

    def store(self, mch_id: str, key: Secret) -> None: ...

    def forget(self, mch_id: str) -> None: ...

    def describe(self) -> str:
        return "slow"

    def is_locked(self) -> bool:
        return False

    def probe(self) -> None: ...


class Lateness(QObject):
    """A timer of 10 ms that records by how many milliseconds each timeout was late."""

    def __init__(self) -> None:
        super().__init__()
        self.worst = 0.0
        self.ticks = 0
        self._last = time.monotonic()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        self._last = time.monotonic()
        self._timer.start(TICK_MS)

    @Slot()
    def _tick(self) -> None:
        now = time.monotonic()
        self.worst = max(self.worst, (now - self._last) * 1000 - TICK_MS)
        self.ticks += 1
        self._last = now


class IdleProcess:
    """Process with the same timer and no other work, to measure delays caused by the machine."""

    PROGRAM = """
import sys, threading, time
done = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), done.set()), daemon=True).start()
worst, last = 0.0, time.monotonic()
while not done.is_set():
    time.sleep(0.01)
    now = time.monotonic()
    worst, last = max(worst, (now - last) * 1000 - 10), now
print(worst)
"""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", self.PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def worst_ms(self) -> float:
        """End the process and return its longest delay in milliseconds."""
        return float(self._process.communicate(timeout=10)[0])

    def end(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.communicate()


@pytest.fixture
def idle() -> Iterator[IdleProcess]:
    process = IdleProcess()
    yield process
    process.end()


@pytest.fixture
def gateway() -> Iterator[TrainingGateway]:
    with TrainingGateway(make_training_key(), faults=[Fault.TIMEOUT]) as gateway:
        yield gateway


@pytest.fixture
def booth(qapp: object, tmp_path: Path, gateway: TrainingGateway) -> Iterator[Booth]:
    booth = make_booth(tmp_path, gateway.url, SlowVault(make_training_key()), budget=HANGING)
    yield booth
    booth.stop(0.2)


@pytest.mark.skipif(
    UNDER_WINE and os.environ.get("QT_QPA_PLATFORM") == "windows",
    reason="under Wine: on a screen it measures how fast Wine paints",
)
@pytest.mark.alone
def test_the_window_ticks_on_while_keyring_and_gateway_hang(
    booth: Booth,
    qtbot: QtBot,
    idle: IdleProcess,
    record_property: Callable[[str, object], None],
) -> None:
    window = MainWindow(booth.controllers, Appearance(Settings()), training=True)
    qtbot.addWidget(window)
    window.show()
    with qtbot.waitSignal(booth.entries.recentLoaded):
        booth.start()
    # Fonts and glyphs are loaded at their first use.
    QTest.keyClicks(window.form.plate, "8K9Z2")
    window.form.clear()
    qtbot.wait(200)
    lateness = Lateness()
    lateness.start()
    answered: list[EntryRecord] = []
    booth.entries.changed.connect(answered.append)
    with qtbot.waitSignal(booth.entries.saved):
        QTest.keyClicks(window.form.plate, "12345\r")
    booth.settings.save_merchant(settings_of(TRAINING_MERCHANT), Secret("x" * 32))
    typed = 0
    while not answered:
        QTest.keyClicks(window.form.plate, "8K9Z2"[typed % 5])
        typed += 1
        if typed % 5 == 0:
            window.form.clear()
        qtbot.wait(20)
    machine = idle.worst_ms()
    record_property("worst_lateness_ms", round(lateness.worst, 1))
    record_property("machine_lateness_ms", round(machine, 1))
    assert answered[0].verdict.code == "TIMEOUT"
    assert lateness.ticks > FEWEST_TICKS
    assert lateness.worst <= LATEST_MS + machine


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
