"""One window per data directory, whichever way its path is written."""

from __future__ import annotations

from pathlib import Path, PureWindowsPath

import pytest
from pytestqt.qtbot import QtBot

from wxpark_gui.runtime.instance import FirstWindow, pipe_name, raise_first_window


@pytest.mark.parametrize("other", [r"c:\users\张三\WXPARK", "C:/Users/张三/wxpark"])
def test_pipe_of_a_directory_is_the_same_for_each_way_to_write_it(other: str) -> None:
    assert pipe_name(PureWindowsPath(other)) == pipe_name(PureWindowsPath(r"C:\Users\张三\wxpark"))


def test_pipes_of_two_directories_differ() -> None:
    first, second = PureWindowsPath(r"C:\wxpark"), PureWindowsPath(r"C:\wxpark\training")
    assert pipe_name(first) != pipe_name(second)


def test_second_start_raises_the_first_window(tmp_path: Path, qtbot: QtBot) -> None:
    first = FirstWindow(tmp_path)
    try:
        with qtbot.waitSignal(first.raiseRequested):
            assert raise_first_window(tmp_path)
    finally:
        first.close()


def test_second_start_without_a_first_window_is_told_so(tmp_path: Path, qapp: object) -> None:
    assert not raise_first_window(tmp_path)
