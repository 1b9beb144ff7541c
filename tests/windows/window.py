"""A window on a real display of Windows or Wine, operated with key strokes."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from windows_python import WindowsPython, start

PATIENCE = 90.0
KEY_PAUSE = 0.15
"""Seconds between two key strokes; a person takes longer."""

GRAB = """
import sys
from PySide6.QtGui import QGuiApplication
application = QGuiApplication([])
picture = QGuiApplication.primaryScreen().grabWindow(0)
sys.exit(not picture.save(sys.argv[1]))
"""
TYPE = """
$shell = New-Object -ComObject WScript.Shell
if (-not $shell.AppActivate({process})) {{ exit 1 }}
Start-Sleep -Milliseconds 300
$shell.SendKeys('{keys}')
"""


class Window:
    """One open window.

    Args:
        display: environment variables of the display; empty on Windows.
    """

    def __init__(self, process: subprocess.Popen[str], display: Mapping[str, str]) -> None:
        self._process = process
        self._display = display

    def is_open(self) -> bool:
        if sys.platform == "win32":
            return self._process.poll() is None
        return bool(self._ask("search", "--onlyvisible", "--name", "wxpark|停车|Parking"))

    def type(self, text: str) -> None:
        """Press the keys of the text one after another, then Enter."""
        if sys.platform == "win32":
            script = TYPE.format(process=self._process.pid, keys=text + "~")
            subprocess.run(["powershell", "-Command", script], check=True, timeout=PATIENCE)
            return
        for key in (*text, "Return"):
            self._ask("key", key)
            time.sleep(KEY_PAUSE)

    def wait_until_ended(self) -> None:
        self._process.wait(PATIENCE)

    def picture(self, file: Path) -> None:
        """Save a screenshot of the whole display."""
        platform = "windows" if sys.platform == "win32" else "xcb"
        variables = {**os.environ, **self._display, "QT_QPA_PLATFORM": platform}
        command = [sys.executable, "-c", GRAB, str(file)]
        subprocess.run(command, check=True, env=variables, timeout=PATIENCE)

    def _ask(self, *question: str) -> str:
        variables = {**os.environ, **self._display}
        done = subprocess.run(
            ["xdotool", *question], check=False, env=variables, capture_output=True, text=True
        )
        return done.stdout.strip()


@contextmanager
def window(
    windows: WindowsPython,
    command: Sequence[str] | str,
    display: Mapping[str, str],
    variables: Mapping[str, str],
) -> Iterator[Window]:
    """Run a command and yield its window once it is shown; end the process afterwards."""
    platform = {"QT_QPA_PLATFORM": "windows", **display, **variables}
    process = start(windows, command, platform)
    shown = Window(process, display)
    try:
        wait_until(shown.is_open, process)
        yield shown
    finally:
        process.kill()
        process.communicate()


def wait_until(condition: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Wait until the condition holds.

    Fail if the process ended or `PATIENCE` seconds have passed.
    """
    end = time.monotonic() + PATIENCE
    while not condition():
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.2)
