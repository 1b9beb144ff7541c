"""In a locale whose encoding is not UTF-8 both programs run in Python's UTF-8 mode."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ASCII = {"LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
WINDOW = """
import sys
from wxpark_gui import app
app._parse = lambda _: sys.exit(sys.getfilesystemencoding())
app.main()
"""
PATIENCE = 30.0

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems have one encoding")


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command],
        env={**os.environ, **environment},
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )


@pytest.mark.parametrize("options", [(), ("-X", "utf8=0")], ids=["variable", "option"])
def test_chinese_arguments_of_the_console_tool_are_read(
    tmp_path: Path, options: tuple[str, ...]
) -> None:
    directory = tmp_path / "数据"
    notify = ("-m", "wxpark_gui.cli", "notify", "--training", "--plate", "粤B12345")
    done = run(*options, *notify, "--data-dir", str(directory), **ASCII)
    assert (done.returncode, "粤B·12345" in done.stdout) == (0, True)
    assert (directory / "training" / "journal.sqlite3").exists()


def test_window_has_names_of_files_in_utf8() -> None:
    assert run("-c", WINDOW, **ASCII).stderr == "utf-8\n"


def test_program_in_utf8_is_not_started_again() -> None:
    assert run("-c", WINDOW, PYTHONUTF8="1").stderr == "utf-8\n"


def test_program_that_gets_no_utf8_is_started_once() -> None:
    script = "from wxpark_gui.runtime import utf8_mode; import sys; sys.getfilesystemencoding ="
    script += " lambda: 'ascii'; utf8_mode.use_utf8_mode(); print('on')"
    assert run("-c", script, **ASCII).stdout == "on\n"
