"""The plug-in for the desktop's input method, by the variables that desktops set."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from wxpark_gui.runtime import input_method as module
from wxpark_gui.runtime.input_method import (
    can_type_chinese,
    input_method,
    input_method_variables,
    plugin_files,
    read_daemon_id,
)

OWN = ("libcomposeplatforminputcontextplugin.so", "libibusplatforminputcontextplugin.so")
WITH_FCITX = (*OWN, "libfcitx5platforminputcontextplugin.so")
FCITX = {"QT_IM_MODULE": "fcitx", "XMODIFIERS": "@im=fcitx"}
WAYLAND = {"XDG_SESSION_TYPE": "wayland"}

VARIABLES = [
    ("UOS, Deepin, Kylin", FCITX, "ibus"),
    ("fcitx5 by name", {"QT_IM_MODULE": "fcitx5"}, "ibus"),
    ("list of a Plasma desktop", {"QT_IM_MODULES": "wayland;fcitx;ibus"}, "wayland;ibus"),
    ("list without IBus", {"QT_IM_MODULES": "wayland;fcitx"}, "wayland;ibus"),
    ("XIM, which Qt does not speak", {"QT_IM_MODULE": "xim", "XMODIFIERS": "@im=fcitx"}, "ibus"),
    ("XMODIFIERS alone", {"XMODIFIERS": "@im=ibus"}, "ibus"),
    ("GNOME", {"QT_IM_MODULE": "ibus"}, None),
    ("Wayland without a name", {**WAYLAND, "XMODIFIERS": "@im=fcitx"}, None),
    ("switched off by hand", {"QT_IM_MODULE": "none"}, None),
    ("no input method", {}, None),
    ("no input method, XIM", {"QT_IM_MODULE": "xim"}, None),
]


@pytest.mark.parametrize(
    ("environment", "modules"),
    [pytest.param(given, modules, id=name) for name, given, modules in VARIABLES],
)
def test_name_without_plugin_is_replaced_by_ibus(
    environment: dict[str, str], modules: str | None
) -> None:
    changes = input_method_variables(environment, OWN, has_daemon=True)
    assert changes == ({"QT_IM_MODULES": modules} if modules else {})


def test_plugin_of_fcitx_is_used_if_there_is_one() -> None:
    assert input_method_variables(FCITX, WITH_FCITX, has_daemon=False) == {}
    assert can_type_chinese(FCITX, WITH_FCITX, ibus_is_running=False)


def test_without_ibus_daemon_the_portal_is_asked() -> None:
    changes = input_method_variables(FCITX, OWN, has_daemon=False)
    assert changes == {"QT_IM_MODULES": "ibus", "IBUS_USE_PORTAL": "1"}
    changes = input_method_variables({"QT_IM_MODULE": "ibus"}, OWN, has_daemon=False)
    assert changes == {"IBUS_USE_PORTAL": "1"}


@pytest.mark.parametrize(
    ("environment", "is_running", "can_type"),
    [
        ({"QT_IM_MODULES": "ibus"}, True, True),
        ({"QT_IM_MODULES": "ibus"}, False, False),
        ({"QT_IM_MODULE": "compose"}, True, False),
        ({}, True, False),
        (WAYLAND, False, True),
        ({**WAYLAND, "QT_IM_MODULES": "wayland;ibus"}, False, True),
        ({**WAYLAND, "QT_IM_MODULES": "ibus"}, False, False),
        ({**WAYLAND, "QT_QPA_PLATFORM": "xcb"}, False, False),
    ],
)
def test_chinese_can_be_typed_if_something_answers(
    environment: dict[str, str], is_running: bool, can_type: bool
) -> None:
    assert can_type_chinese(environment, OWN, ibus_is_running=is_running) is can_type


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("# comment\nIBUS_ADDRESS=unix:path=/tmp/x\nIBUS_DAEMON_PID=4711\n", 4711),
        ("IBUS_ADDRESS=\nIBUS_DAEMON_PID=\n", 0),
        ("", 0),
    ],
)
def test_daemon_id_is_read_from_an_address_file(text: str, number: int) -> None:
    assert read_daemon_id(text) == number


def test_plugin_path_of_the_environment_is_searched_too(tmp_path: Path) -> None:
    folder = tmp_path / "platforminputcontexts"
    folder.mkdir()
    (folder / WITH_FCITX[-1]).touch()
    assert WITH_FCITX[-1] in plugin_files({"QT_PLUGIN_PATH": str(tmp_path)})


@pytest.fixture
def linux(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Folder of the address files, on a Linux desktop with fcitx and without IBus."""
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(module, "plugin_files", lambda _environment: list(OWN))
    for name in ("QT_IM_MODULES", "IBUS_USE_PORTAL", "XDG_SESSION_TYPE", "XMODIFIERS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("QT_IM_MODULE", "fcitx")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    folder = tmp_path / "ibus" / "bus"
    folder.mkdir(parents=True)
    return folder


def test_environment_is_changed_in_the_context_only(linux: Path) -> None:
    with input_method():
        assert os.environ["QT_IM_MODULES"] == "ibus"
        assert os.environ["IBUS_USE_PORTAL"] == "1"
    assert "QT_IM_MODULES" not in os.environ
    assert "IBUS_USE_PORTAL" not in os.environ
    assert os.environ["QT_IM_MODULE"] == "fcitx"


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize(
    ("number", "can_type"), [(os.getpid(), True), (0, False)], ids=["running", "ended"]
)
def test_running_fcitx_is_found_by_its_address_file(
    linux: Path, number: int, can_type: bool
) -> None:
    (linux / "0123-unix-0").write_text(f"IBUS_DAEMON_PID={number or ''}\n")
    with input_method() as result:
        assert result is can_type


def test_unreadable_address_file_means_no_input_method(linux: Path) -> None:
    (linux / "0123-unix-0").write_bytes(b"\xff\xfe")
    with input_method() as result:
        assert result is False


def test_other_systems_have_their_own_input_methods(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("QT_IM_MODULE", "fcitx")
    with input_method() as result:
        assert result is True
        assert "QT_IM_MODULES" not in os.environ
