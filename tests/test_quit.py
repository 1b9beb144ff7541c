"""The program ends although a dialog refuses to close.

On X11, where `QApplication.quit` has no effect then; Qt's platform without a display quits anyway.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

DRIVER = """
import sys
from unittest import mock
from PySide6.QtWidgets import QApplication
from wxpark_gui import app
from wxpark_gui.controllers.background import Background
from wxpark_gui.controllers.exports import Exports
from wxpark_gui.ui.window.main_window import MainWindow

start = Background.start

def start_exporting(background):
    start(background)
    (window,) = (each for each in QApplication.topLevelWidgets() if isinstance(each, MainWindow))
    window._controllers.exports.running = True
    window.export.open_export()
    QApplication.processEvents()
    assert not window.export.dialog.close()
    print("refused", flush=True)

with mock.patch.object(Exports, "cancel"):
    with mock.patch.object(Background, "start", start_exporting):
        sys.exit(app.main())
"""
"""The program with an export that never ends."""
PATIENCE = 30.0

pytestmark = pytest.mark.skipif(shutil.which("Xvfb") is None, reason="needs Xvfb")


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", "1280x800x24", "-ac", "-noreset"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        yield f":{server.stdout.readline().strip()}"
        server.terminate()


@contextmanager
def exporting(directory: Path, display: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", DRIVER, "--training", "--data-dir", str(directory)],
        env={**os.environ, "QT_QPA_PLATFORM": "xcb", "DISPLAY": display},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "refused\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def test_termination_signal_ends_the_program_during_an_export(tmp_path: Path, display: str) -> None:
    with exporting(tmp_path, display) as process:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE)
        assert process.returncode == 0
