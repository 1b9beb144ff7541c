"""The switch of the start at login works off the GUI thread, and tells the state read back."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from wxpark_gui.controllers.autostart import AutostartSwitch
from wxpark_gui.domain.errors import AutostartFailedError
from wxpark_gui.runtime.runner import Worker
from wxpark_gui.service.autostart import StartAtLogin


class FakeSystem:
    def __init__(self) -> None:
        self.on = False
        self.failure: OSError | None = None
        self.threads: set[str] = set()

    def is_on(self) -> bool:
        self.threads.add(threading.current_thread().name)
        return self.on

    def switch(self, *, on: bool) -> None:
        if self.failure is not None:
            raise self.failure
        self.on = on


@pytest.fixture
def system() -> FakeSystem:
    return FakeSystem()


@pytest.fixture
def switch(system: FakeSystem) -> Iterator[AutostartSwitch]:
    worker = Worker("test-autostart")
    yield AutostartSwitch(StartAtLogin(system), worker)
    worker.stop(5)


def test_state_is_read_back_after_a_change(
    qtbot: QtBot, switch: AutostartSwitch, system: FakeSystem
) -> None:
    states: list[bool] = []
    switch.read.connect(states.append)
    switch.load()
    switch.switch(on=True)
    qtbot.waitUntil(lambda: states == [False, True])
    assert system.threads == {"test-autostart"}


def test_failed_change_tells_the_reason_then_the_state(
    qtbot: QtBot, switch: AutostartSwitch, system: FakeSystem
) -> None:
    system.failure = PermissionError(13, "Permission denied")
    told: list[object] = []
    switch.failed.connect(told.append)
    switch.read.connect(told.append)
    switch.switch(on=True)
    qtbot.waitUntil(lambda: len(told) == 2)
    error, state = told
    assert isinstance(error, AutostartFailedError)
    assert error.detail == "Permission denied"
    assert state is False
