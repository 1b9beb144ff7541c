"""The door of a booth: real threads and sockets, settings in force without a restart."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.settings import changed
from wxpark_gui.controllers.door import DoorController
from wxpark_gui.domain.door import DoorClosedError, DoorPortTakenError, OfferedPlate
from wxpark_gui.domain.settings import Settings
from wxpark_gui.door.client import offer_plate
from wxpark_gui.door.server import THREAD_NAME, DoorServer
from wxpark_gui.runtime.runner import Worker
from wxpark_gui.runtime.system import SystemClock
from wxpark_gui.service.door import Door
from wxpark_gui.storage.door_token import DoorTokenFile


@pytest.fixture
def tokens(tmp_path: Path) -> DoorTokenFile:
    return DoorTokenFile(tmp_path / "door.token")


@pytest.fixture
def worker(qapp: object) -> Iterator[Worker]:
    worker = Worker("test-door")
    yield worker
    assert worker.stop(5)
    assert not [thread for thread in threading.enumerate() if thread.name == THREAD_NAME]


@pytest.fixture
def controller(worker: Worker, tokens: DoorTokenFile) -> Iterator[DoorController]:
    controller = DoorController(Door(DoorServer(), tokens, SystemClock()), worker)
    yield controller
    controller.stop()


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        found: int = free.getsockname()[1]
        return found


def apply(controller: DoorController, qtbot: QtBot, settings: Settings) -> object:
    """Apply the settings; return the argument of the signal `changed` that follows."""
    with qtbot.waitSignal(controller.changed) as signal:
        controller.apply_settings(settings)
    assert signal.args is not None
    return signal.args[0]


def offer(tokens: DoorTokenFile, port: int, plate: str = "粤B12345") -> None:
    token = tokens.load()
    assert token is not None
    offer_plate(plate, port, token)


def test_offered_plate_arrives_in_the_thread_of_the_window(
    controller: DoorController, tokens: DoorTokenFile, qtbot: QtBot, port: int
) -> None:
    found: list[tuple[str, threading.Thread]] = []

    def note(offered: OfferedPlate) -> None:
        found.append((offered.plate, threading.current_thread()))

    controller.offered.connect(note)
    assert apply(controller, qtbot, changed(Settings(), enabled=True, port=port)) is None
    offer(tokens, port)
    qtbot.waitUntil(lambda: bool(found))
    assert found == [("粤B12345", threading.main_thread())]


def test_door_opens_moves_and_closes_without_a_restart(
    controller: DoorController, tokens: DoorTokenFile, qtbot: QtBot, port: int
) -> None:
    on = changed(Settings(), enabled=True, port=port)
    assert apply(controller, qtbot, on) is None
    offer(tokens, port)
    token = tokens.load()
    assert token is not None
    assert apply(controller, qtbot, Settings()) is None
    assert tokens.load() is None
    with pytest.raises(DoorClosedError):
        offer_plate("粤B12345", port, token)
    assert apply(controller, qtbot, on) is None
    with pytest.raises(DoorClosedError):
        offer_plate("粤B12345", port, token)
    offer(tokens, port)


def test_other_settings_leave_the_door_alone(
    controller: DoorController, qtbot: QtBot, port: int
) -> None:
    on = changed(Settings(), enabled=True, port=port)
    apply(controller, qtbot, on)
    with qtbot.assertNotEmitted(controller.changed, wait=50):
        controller.apply_settings(changed(on, theme="dark"))


def test_port_in_use_is_reported_and_tried_again(
    controller: DoorController, tokens: DoorTokenFile, qtbot: QtBot
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as foreign:
        port = foreign.getsockname()[1]
        error = apply(controller, qtbot, changed(Settings(), enabled=True, port=port))
        assert isinstance(error, DoorPortTakenError)
        assert controller._timer.isActive()
    with qtbot.waitSignal(controller.changed) as signal:
        controller._timer.timeout.emit()
    assert signal.args == [None]
    assert not controller._timer.isActive()
    offer(tokens, port)


def test_plate_that_was_on_its_way_when_the_door_closed_is_dropped(
    controller: DoorController, tokens: DoorTokenFile, qtbot: QtBot, port: int
) -> None:
    apply(controller, qtbot, changed(Settings(), enabled=True, port=port))
    offer(tokens, port)
    with qtbot.assertNotEmitted(controller.offered, wait=50):
        controller.apply_settings(Settings())


def test_stop_ends_while_clients_hang(
    controller: DoorController, worker: Worker, qtbot: QtBot, port: int
) -> None:
    apply(controller, qtbot, changed(Settings(), enabled=True, port=port))
    with contextlib.ExitStack() as clients:
        for _ in range(10):
            client = clients.enter_context(socket.create_connection(("127.0.0.1", port)))
            client.sendall(b"POST /plate HTTP/1.1\r\n")
        controller.stop()
        assert worker.stop(5)
        assert not [thread for thread in threading.enumerate() if thread.name == THREAD_NAME]
