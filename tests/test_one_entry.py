"""Path of one entry through the layers: it enters each layer once down and once back."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

import wxpark_gui
from tests.booths import Booth, make_booth
from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.training.booth import TrainingVault, make_training_key
from wxpark_gui.training.gateway import TrainingGateway
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.window.main_window import MainWindow

PACKAGE = str(Path(wxpark_gui.__file__).parent) + "/"
FLOORS = {
    "ui": 0,
    "controllers": 1,
    "service": 2,
    "storage": 3,
    "wechatpay": 3,
    "transport": 4,
}
"""Depth of each layer, 0 at the top.

`domain` and `wording` hold values only, and `runtime` passes calls between threads, so that they
have no depth.
"""

WAY = [
    ("MainThread", "ui/entry/flow.py", "submit"),
    ("MainThread", "controllers/entries.py", "submit"),
    ("MainThread", "service/submit.py", "prepare"),
    ("MainThread", "wechatpay/client.py", "check"),
    ("test-journal", "controllers/entries.py", "_save_and_send"),
    ("test-journal", "service/submit.py", "save"),
    ("test-journal", "storage/journal.py", "append"),
    ("test-live", "service/submit.py", "deliver"),
    ("test-journal", "storage/journal.py", "start_attempt"),
    ("test-live", "wechatpay/client.py", "exchange"),
    ("test-live", "transport/connection.py", "request"),
    ("test-journal", "storage/journal.py", "finish_attempt"),
    ("MainThread", "controllers/live.py", "_on_sent"),
    ("MainThread", "ui/entry/flow.py", "_on_changed"),
]
"""The calls for one entry in order; each must occur exactly once."""

MEANWHILE = [
    ("MainThread", "controllers/entries.py", "_on_saved"),
    ("MainThread", "ui/entry/flow.py", "_on_saved"),
]
"""The window shows the saved entry while it is being sent, and before its verdict."""

MOST_COUNTS = 3
"""Highest permitted number of queries for the size of the outbox.

One is for the window and one for the step of the outbox; one is reserve.
"""

UPWARD = {
    # A signal: the slot runs below the frame that emitted it.
    ("controllers", "ui"): None,
    # Emits a queued signal from the live thread.
    ("service", "controllers"): "_announce_started",
    # The proxy of the settings in force.
    ("wechatpay", "service"): "value",
}
"""Permitted calls from a lower layer to a higher one, with the function called; None for any."""


@dataclass
class Trace:
    """Calls within the package while `running` is True.

    Attributes:
        calls: thread, module and function of each call, in order.
        ways: calls from one layer to another: both layers and the function called.
        window: reference that keeps the window alive until the trace is read.
    """

    running: bool = False
    window: MainWindow | None = None
    calls: list[tuple[str, str, str]] = field(default_factory=list)
    ways: set[tuple[str, str, str]] = field(default_factory=set)

    def profile(self, frame: FrameType, event: str, _: object) -> None:
        """Record a call. The interpreter calls this in every thread (`sys.setprofile`)."""
        name = frame.f_code.co_filename
        if event != "call" or not self.running or not name.startswith(PACKAGE):
            return
        module, function = name.removeprefix(PACKAGE), frame.f_code.co_name
        if function.startswith("<"):
            return
        self.calls.append((threading.current_thread().name, module, function))
        layer, caller = module.split("/")[0], _layer_above(frame)
        if layer in FLOORS and caller not in (None, layer):
            self.ways.add((str(caller), layer, function))

    def count(self, module: str, function: str) -> int:
        return sum(call[1:] == (module, function) for call in self.calls)


def _layer_above(frame: FrameType) -> str | None:
    """Return the layer of the nearest caller that belongs to one, or None."""
    above = frame.f_back
    while above is not None:
        name = above.f_code.co_filename
        if name.startswith(PACKAGE):
            layer = name.removeprefix(PACKAGE).split("/")[0]
            if layer in FLOORS:
                return layer
        above = above.f_back
    return None


@pytest.fixture
def trace() -> Iterator[Trace]:
    trace = Trace()
    threading.setprofile(trace.profile)
    sys.setprofile(trace.profile)
    yield trace
    sys.setprofile(None)
    threading.setprofile(None)


@pytest.fixture
def booth(qapp: object, trace: Trace, tmp_path: Path) -> Iterator[Booth]:
    key = make_training_key()
    with TrainingGateway(key) as gateway:
        booth = make_booth(tmp_path, gateway.url, TrainingVault(key))
        yield booth
        booth.stop(5)


@pytest.fixture
def traced(qtbot: QtBot, booth: Booth, trace: Trace) -> Trace:
    """The calls for one entry, from Enter until its verdict is shown."""
    window = MainWindow(booth.controllers, Appearance(booth.settings.current), training=True)
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    with qtbot.waitSignal(booth.journal.opened):
        booth.start()
    QTest.keyClicks(window.form.plate, "12345")
    qtbot.wait(300)

    def is_answered(record: EntryRecord) -> bool:
        return record.state is DeliveryState.ANSWERED

    with qtbot.waitSignal(booth.live.sent, check_params_cb=is_answered):
        trace.running = True
        QTest.keyClick(window.form.plate, Qt.Key.Key_Return)
    qtbot.wait(100)
    trace.running = False
    trace.window = window
    panel = window.findChild(QWidget, "verdictPanel")
    assert panel is not None
    assert panel.property("severity") == "ok"
    return trace


def test_each_step_is_taken_once_and_in_order(traced: Trace) -> None:
    steps = {step[1:] for step in WAY}
    assert [call for call in traced.calls if call[1:] in steps] == WAY
    shown = [*MEANWHILE, WAY[-1]]
    assert [call for call in traced.calls if call in shown] == shown


def test_no_layer_calls_an_upper_one_but_by_signal(traced: Trace) -> None:
    upward = {way for way in traced.ways if FLOORS[way[0]] > FLOORS[way[1]]}
    forbidden = {
        (caller, layer, function)
        for caller, layer, function in upward
        if UPWARD.get((caller, layer), function) not in (None, function)
        or (caller, layer) not in UPWARD
    }
    assert forbidden == set()


def test_controllers_reach_storage_and_wire_through_the_service_only(traced: Trace) -> None:
    adapters = {"storage", "wechatpay", "transport"}
    callers = {caller for caller, layer, _ in traced.ways if layer in adapters} - adapters
    assert callers == {"service"}


def test_queue_is_counted_and_released_no_more_often_than_it_changes(traced: Trace) -> None:
    assert traced.count("storage/journal.py", "backlog") <= MOST_COUNTS
    assert traced.count("storage/journal.py", "count_day") <= 2
    assert traced.count("storage/journal.py", "release_after_outage") <= 1
