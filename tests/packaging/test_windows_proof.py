"""Run of the tests with a Python for Windows: its parts, and the summary at its end."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextlib import nullcontext
from itertools import count
from pathlib import Path

import pytest

import windows_proof
from tests.systems import not_on_windows
from windows_lanes import Lane, Part, has_room, lanes, run, run_all, time_limit
from windows_proof import DRIVE, parts
from windows_results import LINES_OF_A_FAILURE, read_result, summary
from wine_python import DRIVES, WinePython

ROOT = Path(__file__).parents[2]


@pytest.fixture
def lane(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lane:
    """A lane on a machine where Wine is installed."""
    monkeypatch.setattr("wine_python.wine", lambda: "wine")
    return Lane(WinePython(tmp_path, DRIVES[1]), {"DISPLAY": ":7"})


def program(code: str, usual: float = 0) -> Part:
    """A part that runs some lines of Python."""
    variables = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    return Part(code, [sys.executable, "-c", code], variables, usual)


def test_arguments_reach_every_part_of_the_suite(lane: Lane) -> None:
    found = [part for part in parts(lane, ["-x"], short=False) if "tests" in part.name]
    folders = {argument for part in found for argument in part.command}
    assert {"tests/storage", "tests/console", "tests/domain"} <= folders
    assert {part.command[-1] for part in found} == {"-x"}


def test_each_folder_of_the_suite_is_in_one_part(lane: Lane) -> None:
    commands = [part.command for part in parts(lane, [], short=False) if "tests" in part.name]
    folders = [argument for command in commands for argument in command if "tests/" in argument]
    assert len(folders) == len(set(folders))


def test_every_test_of_the_window_runs_on_one_platform_and_some_on_both(lane: Lane) -> None:
    offscreen, on_screen = (
        part for part in parts(lane, [], short=False) if part.name.startswith("window")
    )
    assert offscreen.variables["WINEQT_QPA_PLATFORM"] == "offscreen"
    assert on_screen.variables["WINEQT_QPA_PLATFORM"] == "windows"
    assert on_screen.variables["DISPLAY"] == ":7"
    assert "tests/ui" in on_screen.command
    assert "tests/ui/entry" in offscreen.command
    left_out = {
        argument.removeprefix("--ignore=")
        for argument in on_screen.command
        if argument.startswith("--ignore=")
    }
    assert left_out
    assert left_out <= set(offscreen.command)
    assert [place for place in left_out if not (ROOT / place).exists()] == []


def test_every_program_of_a_lane_uses_its_drive(lane: Lane) -> None:
    for part in parts(lane, [], short=True):
        # The tests of the package run on this system, and start programs for Windows.
        is_here = part.command[0] == sys.executable
        drive = part.variables[DRIVE] if is_here else Path(part.variables["WINEPREFIX"]).name
        assert drive == DRIVES[1], part.name


@pytest.mark.parametrize("short", [True, False])
def test_kills_end_wines_server_again_and_again_and_each_part_has_others(
    lane: Lane, *, short: bool
) -> None:
    commands = [p.command for p in parts(lane, [], short=short) if "tests.faults.kill" in p.command]
    numbers = [int(command[command.index("--kills") + 1]) for command in commands]
    assert sum(numbers) == (windows_proof.SHORT_KILLS if short else windows_proof.KILLS)
    assert max(numbers) <= windows_proof.KILLS_A_PART
    assert len({command[command.index("--seed") + 1] for command in commands}) == len(commands)


def test_tests_of_the_package_use_the_drive_that_a_variable_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(WinePython, "prepare", lambda _self: None)
    monkeypatch.setattr(sys, "platform", "linux")
    assert windows_proof.windows_python().name == DRIVES[0]
    monkeypatch.setenv(DRIVE, DRIVES[1])
    assert windows_proof.windows_python().name == DRIVES[1]


@pytest.mark.parametrize(
    ("platform", "cores", "lanes_wanted"),
    [("linux", 1, 1), ("linux", 2, 2), ("linux", 16, 3), ("linux", None, 1), ("win32", 16, 1)],
)
def test_each_core_gets_a_lane_but_not_on_windows(
    monkeypatch: pytest.MonkeyPatch, platform: str, cores: int | None, lanes_wanted: int
) -> None:
    monkeypatch.setattr(WinePython, "prepare", lambda _self: None)
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    names = [python.name for python in windows_proof.windows_pythons()]
    assert len(set(names)) == len(names) == lanes_wanted


MEETS_ANOTHER = """
import os, pathlib, sys, time
pathlib.Path({own!r}).touch()
end = time.monotonic() + 60
while not pathlib.Path({other!r}).exists():
    if time.monotonic() > end:
        sys.exit(9)
    time.sleep(0.01)
"""


def test_parts_run_at_the_same_time_each_in_a_lane_of_its_own(tmp_path: Path) -> None:
    """Each part waits for a file of the other one."""
    first, second = str(tmp_path / "first"), str(tmp_path / "second")
    codes = [
        MEETS_ANOTHER.format(own=own, other=other)
        for own, other in ((first, second), (second, first))
    ]
    variants = [[program(f"# lane {lane}\n{code}") for lane in (1, 2, 3)] for code in codes]
    results = run_all(variants, threading.Event())
    assert [result.code for result in results] == [0, 0]
    assert len({result.name.splitlines()[0] for result in results}) == 2


def test_longest_parts_are_started_first(capfd: pytest.CaptureFixture[str]) -> None:
    variants = [[program("print(1)", 1.0)], [program("print(3)", 3.0)], [program("print(2)", 2.0)]]
    results = run_all(variants, threading.Event())
    assert [result.last for result in results] == ["3", "2", "1"]
    started = [line for line in capfd.readouterr().out.splitlines() if line.startswith("-->")]
    assert [line[4:12] for line in started] == ["print(3)", "print(2)", "print(1)"]


def test_no_part_is_started_after_the_time_limit() -> None:
    with time_limit([], 0) as deadline:
        assert deadline.wait(60)
        assert run_all([[program("print(1)")]], deadline) == []


def test_time_limit_ends_the_programs_of_every_drive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped: list[str] = []
    monkeypatch.setattr(WinePython, "stop", lambda self: stopped.append(self.name))
    with time_limit([WinePython(tmp_path, name) for name in DRIVES], 0) as deadline:
        assert deadline.wait(60)
    assert stopped == list(DRIVES)


@not_on_windows("it has a screen of its own")
def test_each_lane_has_a_screen_and_its_temporary_files_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = tmp_path / "memory"
    memory.mkdir()
    numbers = count(1)
    monkeypatch.setattr("windows_lanes.MEMORY", memory)
    monkeypatch.setattr(
        "windows_lanes.screen", lambda _size: nullcontext({"DISPLAY": f":{next(numbers)}"})
    )
    pythons = [WinePython(tmp_path, name) for name in DRIVES]
    folders = [python.drive / "users" / "booth" / "Temp" for python in pythons]
    for folder in folders:
        folder.mkdir(parents=True)
        (folder.parent / "AppData").mkdir()
    with lanes(pythons) as found:
        assert [lane.display["DISPLAY"] for lane in found] == [":1", ":2", ":3"]
        assert len({folder.resolve() for folder in folders}) == len(DRIVES)
        assert all(memory in folder.resolve().parents for folder in folders)
    assert [folder.resolve() for folder in folders] == folders
    assert list(memory.iterdir()) == []


@not_on_windows("Wine runs elsewhere")
def test_link_left_by_a_killed_run_is_replaced(tmp_path: Path) -> None:
    python = WinePython(tmp_path)
    own = python.drive / "users" / "booth" / "Temp"
    (own.parent / "AppData").mkdir(parents=True)
    own.symlink_to(tmp_path / "gone")
    with python.temporary_files_in(tmp_path):
        assert own.resolve() == tmp_path
    assert own.is_dir()
    assert not own.is_symlink()


def test_memory_is_used_only_if_it_has_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not has_room(tmp_path / "missing")
    monkeypatch.setattr("windows_lanes.ROOM_IN_MEMORY", 0)
    assert has_room(tmp_path)
    monkeypatch.setattr("windows_lanes.ROOM_IN_MEMORY", 1 << 62)
    assert not has_room(tmp_path)


OUTPUT = """
================================== ERRORS ===================================
_______________________ ERROR collecting tests/test_d.py ______________________
tests/test_d.py:3: in <module>
    import there_is_none
E   ModuleNotFoundError: No module named 'there_is_none'
================================== FAILURES ===================================
_________________________________ test_opens __________________________________
tests/storage/test_a.py:20: in test_opens
    assert False
----------------------------- Captured stdout call -----------------------------
MANY
__________________________ TestB.test_closes[C:\\] ___________________________
tests/storage/test_b.py:9: in test_closes
E   PermissionError: [WinError 5]
============================== warnings summary ===============================
a warning
=========================== short test summary info ============================
SKIPPED [3] tests/storage/test_a.py:12: POSIX file modes
SKIPPED [1] tests/storage/test_b.py: POSIX file modes
SKIPPED [2] tests/wechatpay/test_tls.py:134: under Wine: a distrusted certificate
FAILED tests/storage/test_a.py::test_opens - assert False
FAILED tests/storage/test_b.py::TestB::test_closes[C:\\] - PermissionError
ERROR tests/test_d.py - ModuleNotFoundError: No module named 'there_is_none'
figure: set-up: 41.0 MB
9 passed, 6 skipped in 1.00s
0x5f:1: Process
"""


@pytest.fixture(scope="module")
def lines() -> list[str]:
    """Output of a part with failed and skipped tests."""
    many = "\n".join(f"line {number}" for number in range(2 * LINES_OF_A_FAILURE))
    return OUTPUT.replace("MANY", many).splitlines()


def test_part_runs_with_pipes_and_its_output_is_shown_and_read(
    capfd: pytest.CaptureFixture[str],
) -> None:
    code = "import sys; assert sys.stdin is not None; print('一'); print('二'); sys.exit(3)"
    result = run(program(code), threading.Lock())
    assert (result.code, result.last) == (3, "二")
    assert result.seconds > 0
    assert "一" in capfd.readouterr().out


def test_report_names_failed_tests_reasons_of_skipped_ones_and_figures(lines: list[str]) -> None:
    assert list(read_result("tests", 1, 9.6, lines).report()) == [
        "    tests: exit code 1 after 10 s: 9 passed, 6 skipped in 1.00s",
        "        FAILED tests/storage/test_a.py::test_opens - assert False",
        "        FAILED tests/storage/test_b.py::TestB::test_closes[C:\\] - PermissionError",
        "        ERROR tests/test_d.py - ModuleNotFoundError: No module named 'there_is_none'",
        "        skipped 4: POSIX file modes",
        "        skipped 2: under Wine: a distrusted certificate",
        "        set-up: 41.0 MB",
    ]


def test_failures_are_repeated_without_the_rest_of_long_ones(lines: list[str]) -> None:
    found = read_result("tests", 1, 9.6, lines).failures
    assert "E   ModuleNotFoundError: No module named 'there_is_none'" in found
    assert found[-1] == "E   PermissionError: [WinError 5]"
    long = [line for line in found if line.startswith("line ")]
    assert 0 < len(long) < LINES_OF_A_FAILURE
    assert len(found) == 4 + LINES_OF_A_FAILURE + 3


def test_summary_ends_with_a_report_of_each_part_after_all_failures(lines: list[str]) -> None:
    results = [read_result("tests", 1, 9.6, lines), read_result("kills", 0, 1.0, ["0 lost"])]
    found = list(summary(results))
    assert found[0] == "\nFailures of tests:"
    assert found[-1] == "    kills: exit code 0 after 1 s: 0 lost"
    assert "\nFailures of kills:" not in found


def test_part_without_output_has_a_result() -> None:
    result = read_result("kills", 3, 0.4, [])
    assert list(result.report()) == ["    kills: exit code 3 after 0 s: "]


QUIET = """
def test_passes():
    pass
def test_fails():
    assert False
"""


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        ([], ["[100%]"]),
        (["-vv"], ["test_two.py::test_passes PASSED", "test_two.py::test_fails FAILED"]),
    ],
)
def test_tests_print_no_dots_where_there_is_no_terminal(
    tmp_path: Path, options: list[str], shown: list[str]
) -> None:
    (tmp_path / "test_two.py").write_text(QUIET, encoding="utf-8")
    settings = ("-p", "tests.conftest", "-p", "no:cacheprovider", "-c", os.devnull)
    command = [sys.executable, "-m", "pytest", "-q", *settings, f"--rootdir={tmp_path}", *options]
    done = subprocess.run(
        [*command, str(tmp_path)],
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "packaging")},
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 1, done.stdout
    before, _, _ = done.stdout.partition("= FAILURES =")
    assert [line for line in shown if line not in before] == []
    assert ".F" not in before
    assert "1 failed, 1 passed" in done.stdout
