"""An entry that is being saved to a locked journal is waited for, however the program ends."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.systems import not_on_windows
from wxpark_gui.app import STOP_SECONDS
from wxpark_gui.controllers.workers import CLOSE_SECONDS

PATIENCE = 30.0
HANDLED_SECONDS = 1.5
"""Time in which the window has handled a signal: its timers let Python run once a second."""
LOCKED_SECONDS = STOP_SECONDS + CLOSE_SECONDS + 1.0
"""Time for which another program locks the journal after that, longer than threads may end."""

DRIVER = """
import sqlite3
import sys
from pathlib import Path
from unittest import mock
from PySide6.QtCore import QTimer
from wxpark_gui import app
from wxpark_gui.controllers import Controllers
from wxpark_gui.ui.window.main_window import MainWindow

class EnteringWindow(MainWindow):
    def __init__(self, controllers, *arguments, **options):
        super().__init__(controllers, *arguments, **options)
        controllers.journal.opened.connect(self.wait_for_lock)

    def wait_for_lock(self):
        print("open", flush=True)
        sys.stdin.readline()
        self.form.plate.insert("粤B12345")
        self.form.plate.submitted.emit()
        print("entered", flush=True)
        if "--closes" in sys.argv:
            QTimer.singleShot(0, self.close)

with mock.patch.object(app, "MainWindow", EnteringWindow):
    sys.exit(app.main([each for each in sys.argv[1:] if each != "--closes"]))
"""
"""The program; it enters a car after a line on standard input, and may close its window then."""

pytestmark = not_on_windows("needs POSIX signals")


@contextmanager
def _window(
    directory: Path, *options: str, platform: str = "offscreen", display: str = ""
) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", DRIVER, "--training", "--data-dir", str(directory), *options],
        env={**os.environ, "QT_QPA_PLATFORM": platform, "DISPLAY": display},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def _enter(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("\n")
    process.stdin.flush()
    assert process.stdout.readline() == "entered\n"


@pytest.mark.parametrize(
    ("options", "numbers"),
    [
        # At log-out, both the desktop and systemd end all programs.
        pytest.param([], ["SIGTERM", "SIGTERM", "SIGHUP"], id="log-out"),
        pytest.param(["--closes"], ["SIGTERM"], id="log-out after the window was closed"),
    ],
)
def test_entry_being_saved_is_waited_for(
    tmp_path: Path, options: Sequence[str], numbers: Sequence[str]
) -> None:
    journal = tmp_path / "training" / "journal.sqlite3"
    with _window(tmp_path, *options) as process:
        with closing(sqlite3.connect(journal, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            _enter(process)
            for number in numbers:
                time.sleep(HANDLED_SECONDS)
                process.send_signal(signal.Signals[number])
            time.sleep(LOCKED_SECONDS)
            assert process.poll() is None
        process.communicate(timeout=PATIENCE)
        assert process.returncode == 0
    assert _plates(journal) == ["粤B12345"]


@pytest.mark.skipif(shutil.which("Xvfb") is None, reason="needs Xvfb")
def test_entry_being_saved_is_waited_for_when_the_display_server_ends(tmp_path: Path) -> None:
    """As at a log-out that ends the display server first. Qt ends the process by itself then."""
    journal = tmp_path / "training" / "journal.sqlite3"
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", "1280x800x24", "-ac", "-noreset"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        display = f":{server.stdout.readline().strip()}"
        with _window(tmp_path, platform="xcb", display=display) as process:
            with closing(sqlite3.connect(journal, isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                _enter(process)
                server.terminate()
                time.sleep(HANDLED_SECONDS + LOCKED_SECONDS)
            process.communicate(timeout=PATIENCE)
    assert _plates(journal) == ["粤B12345"]


def _plates(journal: Path) -> Sequence[str]:
    with closing(sqlite3.connect(journal)) as connection:
        return [plate for (plate,) in connection.execute("SELECT plate FROM entries")]
