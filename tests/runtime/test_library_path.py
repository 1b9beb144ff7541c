"""Programs of the system do not load the libraries of the bundle that starts them."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from wxpark_gui.runtime.library_path import restore_library_path

BUNDLE = {"LD_LIBRARY_PATH": "/opt/bundle/_internal"}
WINDOW = """
import os, subprocess, sys
sys.frozen = True
from wxpark_gui import app
def end(*_):
    sys.exit(subprocess.run(["printenv", "LD_LIBRARY_PATH"], check=False).returncode)
app.QApplication = end
app.main([])
"""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the loader of Linux")


@pytest.fixture
def frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)


def test_path_of_the_bundle_is_removed(frozen: None) -> None:
    environment = {"HOME": "/root", **BUNDLE}
    restore_library_path(environment)
    assert environment == {"HOME": "/root"}


def test_path_that_the_user_set_comes_back(frozen: None) -> None:
    environment = {**BUNDLE, "LD_LIBRARY_PATH_ORIG": "/usr/local/lib"}
    restore_library_path(environment)
    assert environment == {"LD_LIBRARY_PATH": "/usr/local/lib"}


def test_path_of_a_program_that_is_no_bundle_stays() -> None:
    environment = {"LD_LIBRARY_PATH": "/usr/local/lib"}
    restore_library_path(environment)
    assert environment == {"LD_LIBRARY_PATH": "/usr/local/lib"}


def test_window_restores_it_before_it_starts_a_program() -> None:
    command = [sys.executable, "-c", WINDOW]
    done = subprocess.run(command, env={**os.environ, **BUNDLE}, capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (1, b"")
