"""A second start finds the running window, however long the path of the data directory is."""

from __future__ import annotations

import os
import sys
from pathlib import Path, PureWindowsPath

import pytest
from PySide6.QtNetwork import QLocalServer
from pytestqt.qtbot import QtBot

from wxpark_gui.runtime.instance import (
    LONGEST_SOCKET_PATH,
    FirstWindow,
    pipe_name,
    raise_first_window,
    server_name,
)

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows has named pipes")
LONG = "a-long-name-of-a-directory-" * 6


@pytest.mark.parametrize("name", ["data", LONG])
def test_second_start_raises_the_first_window(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/tmp")
    directory = tmp_path / name
    directory.mkdir()
    first = FirstWindow(directory)
    try:
        with qtbot.waitSignal(first.raiseRequested):
            assert raise_first_window(directory)
    finally:
        first.close()
    assert not raise_first_window(directory, patience=0)


@POSIX
def test_socket_lies_in_the_directory_while_its_path_is_short_enough(tmp_path: Path) -> None:
    short = Path("/data")
    assert server_name(short) == "/data/window.sock"
    assert len(os.fsencode(server_name(tmp_path / LONG))) <= LONGEST_SOCKET_PATH


@POSIX
@pytest.mark.parametrize("is_long", [False, True], ids=["short", "long"])
def test_second_start_by_a_symbolic_link_raises_the_first_window(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_long: bool
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/tmp")
    directory, link = tmp_path / (LONG if is_long else "data"), tmp_path / "link"
    directory.mkdir()
    link.symlink_to(directory, target_is_directory=True)
    first = FirstWindow(directory)
    with qtbot.waitSignal(first.raiseRequested):
        assert raise_first_window(link)
    first.close()


@POSIX
def test_two_long_directories_have_two_servers(tmp_path: Path) -> None:
    assert server_name(tmp_path / LONG / "one") != server_name(tmp_path / LONG / "two")


@pytest.mark.skipif(sys.platform != "linux", reason="names of files are Unicode")
@pytest.mark.parametrize("length", [1, 150], ids=["short", "long"])
def test_second_start_in_a_directory_that_is_not_utf8_raises_the_first_window(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, length: int
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/tmp")
    directory = tmp_path / os.fsdecode(b"\xff" * length)
    directory.mkdir()
    first = FirstWindow(directory)
    with qtbot.waitSignal(first.raiseRequested):
        assert raise_first_window(directory)
    first.close()


def test_server_that_cannot_listen_is_logged(
    qapp: object,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(QLocalServer, "listen", lambda *_: False)
    FirstWindow(tmp_path).close()
    assert "a second start cannot be noticed" in caplog.text


@pytest.mark.parametrize("other", [r"c:\users\张三\WXPARK", "C:/Users/张三/wxpark"])
def test_pipe_of_a_directory_is_the_same_for_each_way_to_write_it(other: str) -> None:
    assert pipe_name(PureWindowsPath(other)) == pipe_name(PureWindowsPath(r"C:\Users\张三\wxpark"))


def test_pipes_of_two_directories_differ() -> None:
    first, second = PureWindowsPath(r"C:\wxpark"), PureWindowsPath(r"C:\wxpark\training")
    assert pipe_name(first) != pipe_name(second)


def test_second_start_without_a_first_window_is_told_so(tmp_path: Path, qapp: object) -> None:
    assert not raise_first_window(tmp_path, patience=0)
