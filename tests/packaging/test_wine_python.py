"""Python for Windows under Wine: the packages installed into it, and the commands run with it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import dev
import machine
from lock import NEWEST, WINDOWS_TESTS
from tests.systems import not_on_windows
from wine_python import DLL, DRIVES, STAND_INS, WinePython, requirements_for_windows

ROOT = Path(__file__).parents[2]
LOCKS = [lock.path(ROOT) for lock in (NEWEST, WINDOWS_TESTS)]


def names(requirements: list[str]) -> list[str]:
    return [requirement.partition("==")[0] for requirement in requirements]


def test_requirements_for_windows_are_pinned_once_each_and_carry_hashes() -> None:
    found = list(requirements_for_windows(LOCKS))
    assert len(names(found)) == len(set(names(found)))
    assert all("--hash=sha256:" in requirement for requirement in found)
    assert not [requirement for requirement in found if ";" in requirement]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("pywin32-ctypes", True), ("colorama", True), ("secretstorage", False), ("macholib", False)],
)
def test_requirements_for_windows_follow_the_markers_of_windows(
    name: str, *, expected: bool
) -> None:
    assert (name in names(list(requirements_for_windows(LOCKS)))) is expected


def test_both_locks_pin_the_same_versions() -> None:
    first, second = (
        dict(r.partition(" ")[0].split("==") for r in requirements_for_windows([lock]))
        for lock in LOCKS
    )
    common = first.keys() & second.keys()
    assert common
    assert {name: first[name] for name in common} == {name: second[name] for name in common}


def test_every_stand_in_has_its_source() -> None:
    folder = ROOT / "packaging" / "windows" / "wine"
    sources = {path.stem for path in folder.glob("*.c")}
    assert sources == {"python", *STAND_INS}
    assert f"python3{sys.version_info.minor}" == DLL


def test_variables_of_qt_reach_programs_under_wine_by_another_name(tmp_path: Path) -> None:
    variables = WinePython(tmp_path).variables({"QT_SCALE_FACTOR": "1.5"})
    assert variables["WINEQT_SCALE_FACTOR"] == "1.5"
    assert not [name for name in variables if name.startswith("QT_")]


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("build/wine/prefix/drive_c/users/张三", r"C:\users\张三"),
        ("build/windows/dist", r"Z:\…\build\windows\dist"),
    ],
)
@not_on_windows("Wine runs elsewhere")
def test_path_is_that_of_drive_c_or_of_drive_z(tmp_path: Path, place: str, expected: str) -> None:
    found = WinePython(tmp_path).path(tmp_path / place)
    outside = str(tmp_path).replace("/", "\\")
    assert found.replace(outside, r"\…") == expected


@not_on_windows("Windows brings everything")
@pytest.mark.parametrize(("variable", "essential"), [("true", True), ("", False)])
def test_wine_is_essential_where_the_project_is_guarded(
    monkeypatch: pytest.MonkeyPatch, variable: str, *, essential: bool
) -> None:
    monkeypatch.setenv("CI", variable)
    needs = [need for need in machine.needs_for_windows() if need.package == "wine"]
    assert [need.essential for need in needs] == [essential]


@not_on_windows("there is no Wine")
def test_proof_is_left_out_with_a_reason_where_there_is_no_wine(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(machine, "provide", lambda _needs: None)
    monkeypatch.setattr("shutil.which", lambda _name: None)
    assert dev.windows([]) == 0
    assert "left out, as there is no Wine here" in capsys.readouterr().out


@not_on_windows("Wine runs elsewhere")
def test_copied_drive_shares_the_programs_of_wine_and_nothing_else(tmp_path: Path) -> None:
    first, second = (WinePython(tmp_path, name) for name in DRIVES[:2])
    system = first.drive / "windows" / "system32"
    system.mkdir(parents=True)
    (system / "kernel32.dll").touch()
    registry = first.drive.parent / "user.reg"
    registry.write_text("first", encoding="utf-8")
    first._copy_drive()
    registry.write_text("changed", encoding="utf-8")
    assert (second.drive.parent / registry.name).read_text(encoding="utf-8") == "first"
    copied = second.drive / "windows" / "system32" / "kernel32.dll"
    assert copied.samefile(system / "kernel32.dll")
