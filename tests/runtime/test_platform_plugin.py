"""The window on displays and desktops that Qt cannot use as they are."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.systems import not_on_windows
from wxpark_gui.runtime.platform_plugin import (
    EXIT_CODE,
    knows_plugin,
    platform_plugin,
    plugin_files,
)

PATIENCE = 30.0
FILES = ["libqxcb.so", "libqwayland.so", "libqoffscreen.so", "qwindows.dll"]


@pytest.mark.parametrize(
    ("named", "known"),
    [
        ("xcb", True),
        ("dxcb;xcb", True),
        ("wayland;xcb", True),
        ("offscreen:enable_fonts", True),
        ("WINDOWS:darkmode=1", True),
        ("", True),
        (";", True),
        ("dxcb", False),
        ("dxcb;ukui", False),
    ],
)
def test_variable_counts_if_one_of_its_plugins_exists(named: str, known: bool) -> None:
    assert knows_plugin(named, FILES) is known


def test_plugin_of_the_tests_is_found() -> None:
    assert knows_plugin("offscreen", plugin_files({}))


def test_plugin_of_a_folder_of_the_environment_counts(tmp_path: Path) -> None:
    (tmp_path / "platforms").mkdir()
    (tmp_path / "platforms" / "libqdxcb.so").touch()
    for variables in (
        {"QT_PLUGIN_PATH": f"/nonexistent{os.pathsep}{tmp_path}"},
        {"QT_QPA_PLATFORM_PLUGIN_PATH": str(tmp_path / "platforms")},
    ):
        assert knows_plugin("dxcb", plugin_files(variables))


@pytest.mark.parametrize(("named", "seen"), [("dxcb", None), ("dxcb;offscreen", "dxcb;offscreen")])
def test_unknown_plugin_is_hidden_from_qt_alone(
    monkeypatch: pytest.MonkeyPatch, named: str, seen: str | None
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", named)
    with platform_plugin(str):
        assert os.environ.get("QT_QPA_PLATFORM") == seen
    assert os.environ["QT_QPA_PLATFORM"] == named


@not_on_windows("needs no display server")
@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("zh_CN", "这里打不开窗口：没有桌面，或系统缺少库文件。"),
        ("en", "No window can be opened here: there is no desktop"),
    ],
)
def test_start_without_a_desktop_is_explained_and_leaves_nothing(
    tmp_path: Path, language: str, sentence: str
) -> None:
    unset = ("WAYLAND_DISPLAY", "XDG_SESSION_TYPE")
    environment = {name: value for name, value in os.environ.items() if name not in unset}
    environment |= {"QT_QPA_PLATFORM": "xcb", "DISPLAY": ":987"}
    done = subprocess.run(
        [sys.executable, "-m", "wxpark_gui", "--lang", language, "--data-dir", str(tmp_path)],
        env=environment,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == EXIT_CODE
    assert "could not connect to display :987" in done.stderr
    assert done.stderr.splitlines()[-1].startswith(sentence)
    assert list(tmp_path.iterdir()) == []
