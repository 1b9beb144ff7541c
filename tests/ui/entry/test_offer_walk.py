"""A camera at a booth with real threads, sockets, journal and training gateway."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.settings import changed
from tests.ui.day import Day
from wxpark_gui.door.client import offer_plate
from wxpark_gui.storage.door_token import DoorTokenFile
from wxpark_gui.ui.entry.offer_flow import OfferFlow


@pytest.fixture
def port(day: Day, qtbot: QtBot) -> int:
    """Port of the booth's open door."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        found: int = free.getsockname()[1]
    door = day.booth.controllers.door
    with qtbot.waitSignal(door.changed) as signal:
        door.apply_settings(changed(day.booth.settings.current, enabled=True, port=found))
    assert signal.args == [None]
    return found


def offer(directory: Path, port: int, plate: str) -> None:
    token = DoorTokenFile(directory / "door.token").load()
    assert token is not None
    offer_plate(plate, port, token)


def test_plate_of_a_camera_is_sent_by_enter_alone_and_its_repetition_is_ignored(
    day: Day, qtbot: QtBot, port: int, tmp_path: Path
) -> None:
    plate = day.window.form.plate
    flow = day.window.form.findChild(OfferFlow)
    assert flow is not None
    # As if no key had been pressed for a while.
    flow._quiet.stop()
    offer(tmp_path, port, "粤B12345")
    qtbot.waitUntil(lambda: plate.text() == "粤B12345")
    assert not day.gateway.received
    with qtbot.waitSignal(day.booth.live.sent):
        QTest.keyClick(plate, Qt.Key.Key_Return)
    assert [each.plate for each in day.gateway.received] == ["粤B12345"]
    # A repetition within a second does not reach the window.
    qtbot.wait(1200)
    with qtbot.waitSignal(day.booth.controllers.door.offered):
        offer(tmp_path, port, "粤B12345")
    assert plate.text() == "粤B"
    assert not day.window.form.offers.isVisible()


def test_camera_during_typing_takes_no_key(
    day: Day, qtbot: QtBot, port: int, tmp_path: Path
) -> None:
    plate = day.window.form.plate
    arrived: list[object] = []
    day.booth.controllers.door.offered.connect(arrived.append)
    for number, key in enumerate("6789"):
        QTest.keyClicks(plate, key)
        offer(tmp_path, port, f"粤A1111{number}")
    qtbot.waitUntil(lambda: len(arrived) == 4)
    QTest.keyClicks(plate, "0")
    assert plate.text() == "粤B67890"
    with qtbot.waitSignal(day.booth.live.sent):
        QTest.keyClick(plate, Qt.Key.Key_Return)
    assert [each.plate for each in day.gateway.received] == ["粤B67890"]
