"""Commands that run beside the tests of the installed package."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.installed.background import Background

LONGEST = 60.0
WAITS = "import time; time.sleep(600)"


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_output_is_returned_with_that_of_errors(tmp_path: Path) -> None:
    code = "import os, sys; print(os.environ['WORD'], flush=True); print('odd', file=sys.stderr)"
    begun = Background(python(code), tmp_path / "new" / "log", {"WORD": "built"})
    assert begun.result(LONGEST).split() == ["built", "odd"]


def test_failed_command_shows_the_end_of_its_output(tmp_path: Path) -> None:
    begun = Background(python("print('x' * 9000); raise SystemExit('no room')"), tmp_path / "log")
    with pytest.raises(AssertionError, match="no room"):
        begun.result(LONGEST)


def test_end_terminates_what_still_runs(tmp_path: Path) -> None:
    begun = Background(python(WAITS), tmp_path / "log")
    with pytest.raises(subprocess.TimeoutExpired):
        begun.result(0)
    begun.end()
    with pytest.raises(AssertionError):
        begun.result(0)


def test_end_leaves_a_command_that_has_ended(tmp_path: Path) -> None:
    begun = Background(python("print('done')"), tmp_path / "log")
    begun.result(LONGEST)
    begun.end()
    assert begun.result(0).strip() == "done"
