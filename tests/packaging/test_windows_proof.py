"""Run of the tests with a Python for Windows: its parts, and the summary at its end."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from windows_proof import LINES_OF_A_FAILURE, Part, parts, read_result, run
from wine_python import WinePython

ROOT = Path(__file__).parents[2]


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
    program = "import sys; assert sys.stdin is not None; print('一'); print('二'); sys.exit(3)"
    variables = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    result = run(Part("tests", [sys.executable, "-c", program], variables))
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
        [*command, str(tmp_path)], check=False, cwd=ROOT, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 1, done.stdout
    before, _, _ = done.stdout.partition("= FAILURES =")
    assert [line for line in shown if line not in before] == []
    assert ".F" not in before
    assert "1 failed, 1 passed" in done.stdout
