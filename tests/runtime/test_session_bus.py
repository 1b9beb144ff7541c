"""Without the desktop's environment, as over ssh, the session bus is found by its socket."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from wxpark_gui.runtime.session_bus import find_session_bus

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="D-Bus sessions are of Linux")


WINDOW = """
import os, sys
from PySide6.QtWidgets import QApplication
from wxpark_gui import app
from wxpark_gui.controllers.background import Background
def end(self):
    print(os.environ.get("DBUS_SESSION_BUS_ADDRESS"))
    QApplication.quit()
Background.start = end
sys.exit(app.main(["--data-dir", sys.argv[1]]))
"""
"""Prints the address that the window's keyring is found by, and ends."""


@pytest.fixture
def runtime() -> Iterator[Path]:
    """A runtime directory with a path that is short enough for a socket, and a blank in it."""
    with tempfile.TemporaryDirectory(prefix="wx ") as name:
        yield Path(name)


@pytest.fixture
def bus(runtime: Path) -> Iterator[Path]:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(runtime / "bus"))
        yield runtime / "bus"


def address(environment: dict[str, str]) -> str | None:
    find_session_bus(environment)
    return environment.get("DBUS_SESSION_BUS_ADDRESS")


def test_socket_in_the_runtime_directory_is_used(runtime: Path, bus: Path) -> None:
    escaped = str(bus).replace(" ", "%20")
    assert address({"XDG_RUNTIME_DIR": str(runtime)}) == f"unix:path={escaped}"


def test_address_of_the_desktop_is_kept(runtime: Path, bus: Path) -> None:
    given = {"XDG_RUNTIME_DIR": str(runtime), "DBUS_SESSION_BUS_ADDRESS": "unix:abstract=x"}
    assert address(given) == "unix:abstract=x"


@pytest.mark.parametrize("rest", ["", ",guid=0123", ";unix:abstract=x"])
def test_address_whose_socket_is_gone_is_replaced(runtime: Path, bus: Path, rest: str) -> None:
    gone = f"unix:path={runtime}/gone%20{rest}"
    given = {"XDG_RUNTIME_DIR": str(runtime), "DBUS_SESSION_BUS_ADDRESS": gone}
    assert address(given) == f"unix:path={str(bus).replace(' ', '%20')}"


def test_address_of_another_socket_that_is_there_is_kept(runtime: Path, bus: Path) -> None:
    bus.rename(runtime / "%,总线")
    kept = f"unix:path={runtime}/%25%2C%E6%80%BB%E7%BA%BF".replace(" ", "%20")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(bus))
        given = {"XDG_RUNTIME_DIR": str(runtime), "DBUS_SESSION_BUS_ADDRESS": kept}
        assert address(given) == kept


@pytest.mark.parametrize("left", ["nothing", "file"])
def test_without_a_socket_nothing_is_set(runtime: Path, left: str) -> None:
    if left == "file":
        (runtime / "bus").write_text("")
    assert address({"XDG_RUNTIME_DIR": str(runtime)}) is None


def test_socket_of_another_user_is_not_used(
    runtime: Path, bus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "getuid", lambda: bus.stat().st_uid + 1)
    assert address({"XDG_RUNTIME_DIR": str(runtime)}) is None


def test_other_systems_are_left_alone(
    runtime: Path, bus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert address({"XDG_RUNTIME_DIR": str(runtime)}) is None


def test_window_without_the_desktops_environment_finds_it(
    runtime: Path, bus: Path, tmp_path: Path
) -> None:
    given = {name: value for name, value in os.environ.items() if not name.startswith("DBUS")}
    given |= {"XDG_RUNTIME_DIR": str(runtime), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", WINDOW, str(tmp_path)],
        env=given,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert done.stdout.strip() == f"unix:path={str(bus).replace(' ', '%20')}"
