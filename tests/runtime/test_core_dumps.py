"""A crash of the program leaves no memory of it on disk."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.systems import not_on_windows
from wxpark_gui.runtime import core_dumps

CANARY = "c4n4ry" * 6
CRASH = """
import os, resource, sys
from wxpark_gui.runtime.core_dumps import forbid_core_dumps
_, hard = resource.getrlimit(resource.RLIMIT_CORE)
resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
key = sys.stdin.read()
if sys.argv[1] == "forbidden":
    forbid_core_dumps()
    # The limit alone does not keep a program that receives core dumps from getting one.
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
os.abort()
"""


def crash(folder: Path, argument: str) -> int:
    """Run a process that aborts; return its wait status."""
    process = subprocess.Popen(
        [sys.executable, "-c", CRASH, argument],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
        stdin=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdin is not None
    process.stdin.write(CANARY.encode())
    process.stdin.close()
    _, status = os.waitpid(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return status


@not_on_windows("needs POSIX signals")
@pytest.mark.skipif(sys.platform != "linux", reason="prctl is of Linux")
def test_crashed_process_dumps_no_core(tmp_path: Path) -> None:
    if not os.WCOREDUMP(crash(tmp_path, "permitted")):
        pytest.skip("this system writes no core dumps")
    for dump in tmp_path.iterdir():
        assert CANARY.encode() in dump.read_bytes()
        dump.unlink()
    status = crash(tmp_path, "forbidden")
    assert os.WIFSIGNALED(status)
    assert not os.WCOREDUMP(status)
    assert list(tmp_path.iterdir()) == []


@not_on_windows("needs POSIX limits")
def test_limit_of_a_core_file_is_zero_in_both_programs() -> None:
    for program, argument in (("app", '["--version"]'), ("cli", '["--version"]')):
        code = (
            "import contextlib, resource\n"
            f"from wxpark_gui import {program}\n"
            "with contextlib.suppress(SystemExit):\n"
            f"    {program}.main({argument})\n"
            "print(resource.getrlimit(resource.RLIMIT_CORE)[0])\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            check=True,
            text=True,
            env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        )
        assert done.stdout.splitlines()[-1] == "0"


def test_refusal_of_the_system_is_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse() -> None:
        raise OSError(1, "not permitted")

    monkeypatch.setattr(core_dumps, "_forbid", refuse)
    core_dumps.forbid_core_dumps()
    assert "core dumps stay possible" in caplog.text
