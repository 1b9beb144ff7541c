"""Python for Windows under Wine: the packages installed into it, and the commands run with it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

import dev
import machine
from lock import NEWEST, WINDOWS_TESTS
from tests.systems import not_on_windows
from windows_proof import Part, parts, run
from wine_python import DLL, STAND_INS, WinePython, requirements_for_windows

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


def test_arguments_reach_the_suite_in_the_python_for_windows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wine_python.wine", lambda: "wine")
    found = list(parts(WinePython(tmp_path), ["-x"], {}, short=False))
    suite = next(part for part in found if part.name == "tests")
    assert "tests/storage" in suite.command
    assert suite.command[-1] == "-x"


def test_window_is_tested_on_both_platforms(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wine_python.wine", lambda: "wine")
    found = list(parts(WinePython(tmp_path), [], {"DISPLAY": ":7"}, short=False))
    platforms = {
        part.variables["WINEQT_QPA_PLATFORM"]: part.variables
        for part in found
        if "tests/ui" in part.command
    }
    assert set(platforms) == {"offscreen", "windows"}
    assert platforms["windows"]["DISPLAY"] == ":7"


OUTPUT = """
SKIPPED [3] tests/storage/test_a.py:12: POSIX file modes
SKIPPED [1] tests/storage/test_b.py: POSIX file modes
SKIPPED [2] tests/wechatpay/test_tls.py:134: under Wine: a distrusted certificate
figure: set-up: 41.0 MB
9 passed, 6 skipped in 1.00s
0x5f:1: Process
"""


def test_result_of_a_part_holds_code_figures_last_line_and_skipped_tests_by_reason(
    capfd: pytest.CaptureFixture[str],
) -> None:
    program = (
        f"import sys; assert sys.stdin is not None; print('一'); print({OUTPUT!r}); sys.exit(3)"
    )
    variables = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    result = run(Part("tests", [sys.executable, "-c", program], variables))
    assert (result.code, result.last) == (3, "9 passed, 6 skipped in 1.00s")
    assert result.seconds > 0
    assert list(result.report())[1:] == [
        "        skipped 4: POSIX file modes",
        "        skipped 2: under Wine: a distrusted certificate",
        "        set-up: 41.0 MB",
    ]
    assert "一" in capfd.readouterr().out


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
