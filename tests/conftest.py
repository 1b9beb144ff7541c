"""Common set-up: the offscreen platform and compiled catalogues."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Generator, Iterator, Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import TypeAlias

import PySide6
import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hypothesis import settings
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

import dev
import wxpark_gui.runtime.import_hook  # noqa: F401 - imported for its effect: see there
from tests.turns import turn
from wxpark_gui.runtime import garbage

ROOT = Path(__file__).parent.parent
TRANSLATIONS = ROOT / "resources" / "translations"
TURNS = ROOT / "build" / "turns"
MEMORY = Path("/dev/shm")
ROOM_IN_MEMORY = 2_000_000_000
"""Free bytes needed to keep the tests' files in memory; several times the size of the files."""
LONGEST = (
    "test_app.py",
    "test_room.py",
    "test_colours.py",
    "test_secrecy.py",
    "test_history.py",
    "test_streams_and_signals.py",
    "test_statistics.py",
    "test_wizard.py",
    "test_doctor_troubles.py",
    "test_setup.py",
    "test_merchant_dialog.py",
    "test_cli.py",
    "test_main_window.py",
    "test_windows_installer.py",
    "test_accessibility.py",
    "test_cover.py",
    "test_cut_off_migration.py",
    "test_controllers.py",
    "test_start.py",
    "test_workflows.py",
    "test_vault_real.py",
    "test_soak.py",
    "test_ends.py",
    "test_peer.py",
    "test_sounds.py",
)
"""Test files that are started first, because they take longest; the longest of them first.

pytest-xdist runs a file in one process, so that a long file started last would delay the end.
"""
Status: TypeAlias = tuple[str, str, str | tuple[str, Mapping[str, bool]]]
"""Category, letter and word of a test report."""
PAINTERS = {"test_colours.py", "test_room.py"}
"""Files excluded from coverage: they repeat the same painting and layout hundreds of times."""


# A machine that stalls is no fault of the code; what may take how long is for the benchmarks.
# `packaging/dev.py prove` chooses `thorough`.
settings.register_profile("quick", deadline=None, max_examples=20)
settings.register_profile("thorough", deadline=None, max_examples=100)
settings.load_profile("quick")


def pytest_configure(config: pytest.Config) -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    # Most tests flush files that need not last; on a disk that takes most of their time.
    is_linux = sys.platform == "linux"
    if is_linux and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM_IN_MEMORY:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))
    # The offscreen platform finds no font of Windows by itself.
    if sys.platform == "win32" and not (Path(PySide6.__file__).parent / "lib" / "fonts").exists():
        os.environ.setdefault("QT_QPA_FONTDIR", rf"{os.environ['SYSTEMROOT']}\Fonts")
    # The offscreen platform has no window manager to tell sizes to, and says so each time.
    config.addinivalue_line("qt_log_ignore", "This plugin does not support propagateSizeHints")
    # A window of a test may be larger than the screen of the machine.
    config.addinivalue_line("qt_log_ignore", "QWindowsWindow::setGeometry: Unable to set geometry")
    # Wine 8 lacks these calls.
    config.addinivalue_line("qt_log_ignore", "PerMonitorVersion2 is not supported")
    config.addinivalue_line("qt_log_ignore", r"EnableNonClientDpiScaling\(\) failed")


def pytest_sessionstart() -> None:
    """Compile the translations that are missing or older than their source, and allow Ctrl-C.

    A shell ignores SIGINT for a command in the background, and the processes of tests inherit that.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    for source in TRANSLATIONS.glob("*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        with source.open("rb") as stream:
            catalogue = read_po(stream)
        with target.open("wb") as stream:
            write_mo(stream, catalogue)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order the tests for several processes, and exclude some from coverage.

    Tests marked `alone` come first; later they would wait for long tests of other processes, and
    block all others. Tests that coverage slows most, and those that measure time, are excluded from
    it.

    Raises:
        pytest.UsageError: `packaging/dev.py prove` would not find a test that is left to it.
    """
    left = {i.path for i in items if any(map(i.get_closest_marker, dev.MARKS_LEFT_TO_PROVE))}
    if missed := left - set(map(Path, dev.files_left_to_prove(ROOT / "tests"))):
        names = ", ".join(sorted(path.name for path in missed))
        raise pytest.UsageError(f"no word of {dev.MARKS_LEFT_TO_PROVE}, but the mark: {names}")
    with_alone = {item.path for item in items if item.get_closest_marker("alone")}
    place = {name: number for number, name in enumerate(LONGEST)}
    items.sort(
        key=lambda item: (item.path not in with_alone, place.get(item.path.name, len(LONGEST)))
    )
    for item in items:
        if item.path.name in PAINTERS or item.get_closest_marker("alone"):
            item.add_marker("no_cover")


def pytest_collection_finish() -> None:
    """Allow collections of garbage, which leave out the tests and what they import."""
    garbage.resume()


@pytest.hookimpl(wrapper=True)
def pytest_report_teststatus(config: pytest.Config) -> Generator[None, Status, Status]:
    """Print no dots where no terminal shows them.

    They would fill CI's log, which keeps its beginning and end only.
    """
    category, letter, word = yield
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return category, letter if reporter and reporter.isatty() else "", word


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Make each test wait for its turn if several processes run tests; then collect garbage."""
    alone = item.get_closest_marker("alone") is not None
    is_parallel = "PYTEST_XDIST_WORKER" in os.environ
    with turn(TURNS, alone=alone) if is_parallel else nullcontext():
        done = yield
        garbage.collect_if_due()
        return done


@pytest.fixture
def qtbot(
    qapp: QApplication, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[QtBot]:
    """Keep each widget until the test's end, and delete it there, also without an event loop.

    Pytest-qt keeps weak references only, so a widget could be deleted by a collection of garbage
    during the test.
    """
    bot = QtBot(request)
    held: list[QWidget] = []
    register = bot.addWidget

    def add_and_hold(widget: QWidget) -> None:
        register(widget)
        held.append(widget)

    monkeypatch.setattr(bot, "addWidget", add_and_hold)
    yield bot
    # Pytest-qt has closed the widgets, and asked Qt to delete them later.
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
