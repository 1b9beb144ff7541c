"""Fixtures: Python for Windows, a display, and the program frozen, packed and installed."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import windows_installer
from contents import size
from freeze import NAME, freeze, pyinstaller, reproducible
from identity import read_version
from windows_lanes import screen
from windows_proof import windows_python
from windows_python import WindowsPython, run
from windows_results import FIGURE
from windows_trial import TARGET

ROOT = Path(__file__).parents[2]
PROOF = ROOT / "build" / "windows"
PICTURES = PROOF / "pictures"
MEGABYTE = 1_000_000
FREEZE_SECONDS = 800.0
FREEZE_TRIES = 2
NOT_STARTED = "[WinError 1359]"
"""Error of Wine if a process ends before it is ready, seen once on a machine busy with other work.

PyInstaller starts many processes, and fails with the first one that does not start.
"""
INSTALL_SECONDS = 180.0

_figures: list[str] = []


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark these tests `windows`, so that only `packaging/dev.py windows` runs them.

    They need Windows or Wine, and take minutes.
    """
    for item in items:
        if item.nodeid.startswith("tests/windows/"):
            item.add_marker("windows")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for figure in _figures:
        terminalreporter.write_line(f"{FIGURE}{figure}")


def note(figure: str) -> None:
    """Add a line to the measurements printed at the end of the test run."""
    _figures.append(figure)


@dataclass(frozen=True)
class Installed:
    """The set-up program, and the folder of the installed program.

    Attributes:
        setup: path of the set-up program, as users get it.
        folder: folder with `program` and `uninstall.exe`.
    """

    setup: Path
    folder: Path

    def program(self, name: str) -> Path:
        return self.folder / "program" / f"{name}.exe"


@pytest.fixture(scope="session")
def windows() -> WindowsPython:
    return windows_python()


@pytest.fixture(scope="session")
def home(windows: WindowsPython) -> Iterator[Path]:
    """User's folder on drive C with a Chinese name and a space."""
    folder = windows.drive / "users" / "张三" / "停车 数据"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def display() -> Iterator[dict[str, str]]:
    """Environment variables of a display of 1366×768; empty on Windows."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with screen("1366x768") as variables:
        yield variables


@pytest.fixture(scope="session")
def frozen(windows: WindowsPython) -> Path:
    """Folder with both programs, made by PyInstaller under Python for Windows."""
    if sys.platform == "win32":
        return freeze(ROOT)
    build = PROOF / "frozen"
    command = windows.python(*pyinstaller(ROOT, build))
    for _ in range(FREEZE_TRIES):
        shutil.rmtree(build, ignore_errors=True)
        done = run(windows, command, reproducible(ROOT), timeout=FREEZE_SECONDS)
        if NOT_STARTED not in done.stdout + done.stderr:
            break
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return build / NAME


@pytest.fixture(scope="session")
def setup(frozen: Path) -> Path:
    """Path of the set-up program that contains the frozen program."""
    pictures = windows_installer.draw_pictures(ROOT, sys.executable)
    made = windows_installer.compile_installer(
        ROOT, frozen, PROOF / "dist", read_version(ROOT), pictures, target=TARGET
    )
    note(f"set-up: {made.stat().st_size / MEGABYTE:.1f} MB")
    note(f"installed: {size(frozen) / MEGABYTE:.1f} MB")
    return made


@pytest.fixture(scope="session")
def installed(windows: WindowsPython, setup: Path) -> Iterator[Installed]:
    """The program, installed without dialogs for the current user."""
    # Wine would put quotes around a space.
    folder = windows.drive / "users" / "Public" / "wxpark-proof"
    shutil.rmtree(folder, ignore_errors=True)
    result = Installed(setup, folder)
    chosen = f"/D={windows.path(folder)}"
    assert install(windows, result, "/CurrentUser", chosen) == 0
    yield result
    uninstall(windows, result)


@pytest.fixture(scope="session")
def installed_for_all(windows: WindowsPython, setup: Path) -> Iterator[Installed]:
    """The program, installed without dialogs for all users, in `Program Files`."""
    result = Installed(setup, windows.drive / "Program Files" / "wxpark")
    assert install(windows, result, "/AllUsers", "/AUTOSTART=1") == 0
    yield result
    remove(windows, result)


def install(windows: WindowsPython, installed: Installed, *switches: str) -> int:
    """Run the set-up program without dialogs, and return its exit code."""
    command = windows.program(installed.setup, "/S", *switches)
    return run(windows, command, timeout=INSTALL_SECONDS).returncode


def uninstall(windows: WindowsPython, installed: Installed, *switches: str) -> int:
    """Remove the program, wait for the end, and return the exit code.

    `uninstall.exe` itself remains: with `_?=` it does not run as a copy in a temporary folder.
    """
    folder = f"_?={windows.path(installed.folder)}"
    command = windows.program(installed.folder / "uninstall.exe", "/S", *switches, folder)
    return run(windows, command, timeout=INSTALL_SECONDS).returncode


def remove(windows: WindowsPython, installed: Installed) -> None:
    """Remove the program as Windows' list of programs does, and wait until the folder is gone.

    The uninstaller ends at once, after it has started a copy of itself that does the work.
    """
    uninstaller = installed.folder / "uninstall.exe"
    if uninstaller.exists():
        run(windows, windows.program(uninstaller, "/S"), timeout=INSTALL_SECONDS)
    end = time.monotonic() + INSTALL_SECONDS
    while installed.folder.exists() and time.monotonic() < end:
        time.sleep(1)
