"""Missing system packages are installed if that is possible, and otherwise named in the error."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Sequence

import pytest

import failure
import machine
from machine import Need

PRESENT = Need("there", lambda: True)
MISSING = Need("libgl1", lambda: False)
MISSING_TOO = Need("libegl1", lambda: False)
MISSING_NICETY = Need("npm", lambda: False, essential=False)

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="about Linux systems")

Become = Callable[..., list[str]]


@pytest.fixture
def become(monkeypatch: pytest.MonkeyPatch) -> Become:
    """Function that makes this machine appear as another one.

    It returns a list that collects the packages that would be installed.
    """

    def change(*, debian: bool, root: bool) -> list[str]:
        installed: list[str] = []
        monkeypatch.setattr(shutil, "which", lambda _: "/usr/bin/apt-get" if debian else None)
        monkeypatch.setattr(os, "geteuid", lambda: 0 if root else 1000, raising=False)
        monkeypatch.setattr(machine, "install", installed.append)
        return installed

    return change


@pytest.mark.parametrize("wanted", [[], [PRESENT]])
def test_nothing_is_done_where_nothing_is_missing(wanted: list[Need], become: Become) -> None:
    installed = become(debian=True, root=True)
    machine.provide(wanted)
    assert installed == []


def test_root_of_a_debian_gets_what_is_missing_and_no_more(become: Become) -> None:
    installed = become(debian=True, root=True)
    machine.provide([PRESENT, MISSING, MISSING_NICETY, MISSING])
    assert installed == ["libgl1 npm"]


@pytest.mark.parametrize(
    ("debian", "root", "advice"),
    [
        (True, False, "sudo sh -c 'apt-get update && apt-get install -y --no-install-recommends"),
        (False, True, "Install them with the system's own tools"),
    ],
)
def test_others_are_told_what_to_run(
    become: Become, advice: str, *, debian: bool, root: bool
) -> None:
    installed = become(debian=debian, root=root)
    with pytest.raises(failure.SetUpError) as raised:
        machine.provide([MISSING, MISSING_TOO])
    assert advice in str(raised.value)
    assert "libegl1 libgl1" in str(raised.value)
    assert installed == []


def test_a_nicety_that_is_missing_stops_nobody(
    become: Become, capsys: pytest.CaptureFixture[str]
) -> None:
    become(debian=True, root=False)
    machine.provide([MISSING_NICETY])
    assert "npm" in capsys.readouterr().out


@linux_only
def test_a_library_is_there_when_the_loader_finds_it() -> None:
    assert machine.loads("libc.so.6")()
    assert not machine.loads("libnothing-of-that-name.so.1")()


def packages(needs: Sequence[Need]) -> set[str]:
    return {need.package for need in needs}


@linux_only
def test_a_display_needs_more_than_the_tour_and_tests_more_than_the_window() -> None:
    tour = packages(machine.needs(display=False, tests=False))
    window = packages(machine.needs(display=True, tests=False))
    tests = packages(machine.needs(display=False, tests=True))
    assert {"libgl1", "libfontconfig1", machine.CHINESE_FONT} <= tour
    assert window - tour == set(machine.DISPLAY_LIBRARIES.values())
    assert tests - tour == set(machine.TEST_PROGRAMS.values())
    assert {"gnome-keyring", "nodejs", "nsis"} <= tests


@linux_only
def test_a_package_takes_along_what_a_display_needs_and_its_proof_more() -> None:
    window = packages(machine.needs(display=True, tests=False))
    package = packages(machine.needs_for_packages())
    proof = packages(machine.needs_for_the_proof())
    python = f"libpython3.{sys.version_info.minor}"
    assert package - window == {python, *machine.PACKAGE_PROGRAMS.values()}
    assert {"debootstrap", "lintian", "tesseract-ocr-chi-sim", "xvfb"} <= proof - package


@linux_only
@pytest.mark.parametrize(("variable", "essential"), [("true", True), ("", False)])
def test_what_tests_talk_to_is_essential_where_the_project_is_guarded(
    monkeypatch: pytest.MonkeyPatch, variable: str, *, essential: bool
) -> None:
    monkeypatch.setenv("CI", variable)
    needs = machine.needs(display=False, tests=True)
    assert {need.essential for need in needs if need.package == "nodejs"} == {essential}


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_windows_and_macos_bring_everything(monkeypatch: pytest.MonkeyPatch, platform: str) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    assert machine.needs(display=True, tests=True) == []


def test_a_step_that_fails_shows_the_end_of_its_output() -> None:
    command = [sys.executable, "-c", "print('the reason'); raise SystemExit(1)"]
    with pytest.raises(failure.SetUpError, match=r"(?s)the reason.*Installing things failed"):
        failure.run_step("Installing things", command)


def test_a_step_that_takes_several_ticks_keeps_all_its_output(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(failure, "SECONDS_BETWEEN_TICKS", 0.01)
    script = "import time; print('begun', flush=True); time.sleep(0.1); raise SystemExit('ended')"
    with pytest.raises(failure.SetUpError, match=r"(?s)begun.*ended"):
        failure.run_step("Waiting", [sys.executable, "-c", script])
