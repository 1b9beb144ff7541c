"""`wxpark plate offer`: exit codes and output, with and without a window that takes plates."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.console.in_process import Console
from wxpark_gui.door.server import DoorServer
from wxpark_gui.storage.directory import prepare_directory
from wxpark_gui.storage.door_token import DoorTokenFile


@pytest.fixture
def open_door(console: Console) -> Iterator[Callable[[], list[str]]]:
    """Function that opens the door of the console's booth; the plates are in its result."""
    prepare_directory(console.directory)
    with ExitStack() as stack:

        def open_it() -> list[str]:
            # All offers come within one second.
            server, plates = DoorServer(clock=lambda: 0.0), list[str]()
            token = DoorTokenFile(console.directory / "door.token").renew()
            port = server.open(0, token, plates.append)
            stack.callback(server.close)
            assert console.run("settings", "set", "door.enabled=true", f"door.port={port}")[0] == 0
            return plates

        yield open_it


def test_plate_is_offered_to_the_open_window(
    console: Console, open_door: Callable[[], list[str]]
) -> None:
    plates = open_door()
    code, printed = console.run("plate", "offer", "粤b·12345")
    assert (code, printed.strip()) == (0, "已送到窗口：粤B·12345")
    assert plates == ["粤B12345"]


@pytest.mark.parametrize("arguments", [["粤B12345", "--json"], ["--json", "粤B12345"]])
def test_json_names_plate_and_result(
    console: Console, open_door: Callable[[], list[str]], arguments: list[str]
) -> None:
    open_door()
    code, printed = console.run("plate", "offer", *arguments)
    assert code == 0
    assert json.loads(printed) == {"plate": "粤B12345", "result": "offered", "error": None}


def test_sixth_plate_of_a_second_is_refused(
    console: Console, open_door: Callable[[], list[str]]
) -> None:
    open_door()
    codes = [console.run("plate", "offer", f"粤B1234{number}")[0] for number in range(6)]
    assert codes == [0, 0, 0, 0, 0, 1]


def test_text_that_is_no_plate_is_not_offered(
    console: Console, open_door: Callable[[], list[str]]
) -> None:
    plates = open_door()
    code, printed = console.run("plate", "offer", "粤B1", "--json")
    assert (code, plates) == (2, [])
    document = json.loads(printed)
    assert document["result"] == "refused"
    assert document["error"]["fields"] == {"plate": "车牌位数不够，请补全。"}


def test_missing_plate_is_an_error_of_the_command_line(console: Console) -> None:
    with pytest.raises(SystemExit) as raised:
        console.run("plate", "offer")
    assert raised.value.code == 2


@pytest.mark.parametrize("enabled", ["true", "false"])
def test_booth_without_a_listening_window_says_so(console: Console, enabled: str) -> None:
    prepare_directory(console.directory)
    DoorTokenFile(console.directory / "door.token").renew()
    console.run("settings", "set", f"door.enabled={enabled}", "door.port=1024")
    code, printed = console.run("plate", "offer", "粤B12345", "--json")
    assert code == 1
    assert json.loads(printed)["error"]["code"] == "DOOR_CLOSED"


def test_other_token_than_the_windows_is_reported_as_closed(
    console: Console, open_door: Callable[[], list[str]]
) -> None:
    plates = open_door()
    DoorTokenFile(console.directory / "door.token").renew()
    code, _ = console.run("plate", "offer", "粤B12345")
    assert (code, plates) == (1, [])


def test_command_creates_no_directory(console: Console) -> None:
    assert console.run("plate", "offer", "粤B12345")[0] == 1
    assert not console.directory.exists()
