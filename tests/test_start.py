"""Modules that the starts of the window and of the console tool leave out.

The time of a start is measured by `tests/bench/start.py`. Each import runs in a process of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.bench.start import set_up

PATIENCE = 60.0

LIBRARIES = frozenset(
    {
        "charset_normalizer",
        "cryptography",
        "hashlib",
        "http",
        "idna",
        "keyring",
        "requests",
        "sqlite3",
        "urllib3",
        "uuid",
        "xlsxwriter",
        "xml",
        "xmltodict",
    }
)
"""Libraries that neither the first paint nor `--help` needs."""

UNTIL_PAINTED = """
import json, sys
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication
from wxpark_gui import app
from wxpark_gui.controllers.background import Background
from wxpark_gui.runtime.garbage import is_due
def below(base):
    for made in base.__subclasses__():
        yield made.__name__
        yield from below(made)
def end(self):
    kept = [[] for _ in range(100_000)]
    print(json.dumps([sorted(sys.modules), [*below(QObject)], is_due()]))
    QApplication.quit()
Background.start = end
sys.exit(app.main(["--data-dir", sys.argv[1]]))
"""
"""Prints modules, classes, and the state of the collector at the first paint, and ends."""

UNTIL_LOADED = """
import json, sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from wxpark_gui import app
from wxpark_gui.controllers.background import Background
from wxpark_gui.runtime import garbage
load = Background._load
def load_and_end(self):
    load(self)
    # The window's thread may collect at any moment, after which no collection is due.
    print(json.dumps([sorted(sys.modules), not garbage._is_paused]))
    self._controllers.live.crashed.connect(QApplication.quit)
    self._controllers.live.crashed.emit(None)
Background._load = load_and_end
sys.exit(app.main(["--data-dir", sys.argv[1]]))
"""


def _output(program: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        check=True,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        timeout=PATIENCE,
    )
    return done.stdout


class Painted(NamedTuple):
    """State of the process when the window is painted.

    Attributes:
        modules: names of all imported modules.
        classes: names of the classes below `QObject` that exist.
        collects: True if many new objects would cause a collection of garbage.
    """

    modules: frozenset[str]
    classes: frozenset[str]
    collects: bool


@pytest.fixture(scope="module")
def painted(tmp_path_factory: pytest.TempPathFactory) -> Painted:
    directory = tmp_path_factory.mktemp("start")
    set_up(directory)
    modules, classes, collects = json.loads(_output(UNTIL_PAINTED, str(directory)))
    return Painted(frozenset(modules), frozenset(classes), collects)


@pytest.fixture(scope="module")
def before_paint(painted: Painted) -> frozenset[str]:
    """Modules that the window has imported when it is painted."""
    return painted.modules


def _libraries(modules: frozenset[str]) -> frozenset[str]:
    return LIBRARIES & {name.partition(".")[0] for name in modules}


def test_window_is_painted_before_the_libraries_of_wire_disk_and_keyring(
    before_paint: frozenset[str],
) -> None:
    assert "wxpark_gui.ui.window.main_window" in before_paint
    assert _libraries(before_paint) == set()
    assert "PySide6.QtNetwork" not in before_paint


@pytest.mark.parametrize(
    "package", ["console", "releases", "tour", "training", "transport", "wechatpay"]
)
def test_window_is_painted_before_other_packages(
    before_paint: frozenset[str], package: str
) -> None:
    assert [name for name in before_paint if name.startswith(f"wxpark_gui.{package}")] == []


@pytest.mark.parametrize(
    "module",
    [
        "backup",
        "export",
        "health",
        "history",
        "manager_book",
        "pin",
        "shift",
        "shift_report",
        "statistics",
    ],
)
def test_window_is_painted_before_the_values_that_only_dialogs_show(
    before_paint: frozenset[str], module: str
) -> None:
    assert f"wxpark_gui.domain.{module}" not in before_paint


def test_dialogs_are_imported_when_they_are_opened(before_paint: frozenset[str]) -> None:
    dialogs = [
        f"wxpark_gui.{path.relative_to(_package()).with_suffix('').as_posix().replace('/', '.')}"
        for path in _package().glob("ui/*/*.py")
        if path.stem.endswith("dialog") or (path.stem == "window" and path.parent.name != "window")
    ]
    assert len(dialogs) > len(("backfill", "history", "statistics"))
    assert before_paint.isdisjoint(dialogs)


def _package() -> Path:
    return Path(__file__).parents[1] / "wxpark_gui"


def test_pyside_does_not_look_for_a_class_among_all_widgets(painted: Painted) -> None:
    assert "QFrame" in painted.classes
    assert painted.classes.isdisjoint({"QCalendarWidget", "QMdiSubWindow", "QWizardPage"})


def test_window_is_painted_before_the_enumerations_of_styles_and_pages(painted: Painted) -> None:
    assert "QTimer" in painted.classes
    assert painted.classes.isdisjoint({"QPagedPaintDevice", "QPdfWriter", "QStyle"})


def test_window_is_painted_before_the_enumerations_of_message_boxes_and_processes(
    painted: Painted,
) -> None:
    assert "QDialog" in painted.classes
    assert painted.classes.isdisjoint({"QMessageBox", "QProcess"})


def test_garbage_collector_is_paused_until_the_paint(painted: Painted) -> None:
    assert not painted.collects


def test_live_client_is_loaded_before_the_first_entry(tmp_path: Path) -> None:
    set_up(tmp_path)
    loaded, collects = json.loads(_output(UNTIL_LOADED, str(tmp_path)))
    modules = frozenset(loaded)
    assert collects
    assert {"requests", "urllib3", "xmltodict"} <= modules
    assert "wxpark_gui.wechatpay.client" in modules


UNTIL_LISTENING = """
import sys, threading
from PySide6.QtWidgets import QApplication
from wxpark_gui import app
from wxpark_gui.controllers.background import Background
class Finder:
    @staticmethod
    def find_spec(name, *_):
        if name.partition(".")[0] == "PySide6":
            importing.add(threading.current_thread().name)
importing, done = set(), set()
sys.meta_path.insert(0, Finder)
def wrapped(name):
    method = getattr(Background, name)
    def call(self):
        method(self)
        done.add(name)
        if name == "listen":
            assert self._first_window is not None
        if done == {"_load", "listen"}:
            print(*importing)
            self._controllers.live.crashed.connect(QApplication.quit)
            self._controllers.live.crashed.emit(None)
    setattr(Background, name, call)
wrapped("_load")
wrapped("listen")
sys.exit(app.main(["--data-dir", sys.argv[1]]))
"""
"""Prints the threads that import modules of PySide until the program listens, and ends."""


def test_qt_is_imported_in_the_thread_of_the_window_alone(tmp_path: Path) -> None:
    set_up(tmp_path)
    assert _output(UNTIL_LISTENING, str(tmp_path)).split() == ["MainThread"]


HELP = """
import atexit, json, sys
from wxpark_gui import cli
sys.stdout = sys.stderr
atexit.register(lambda: print(json.dumps(sorted(sys.modules)), file=sys.__stdout__))
cli.main(sys.argv[1:])
"""
"""Prints the modules that are imported when `wxpark` ends."""


@pytest.mark.parametrize("arguments", [["--help"], ["notify", "--help"], ["--version"]])
def test_help_of_the_console_tool_needs_no_library_and_no_command(arguments: list[str]) -> None:
    modules = frozenset(json.loads(_output(HELP, *arguments)))
    assert "wxpark_gui.console.parser" in modules
    assert _libraries(modules) == set()
    others = {"wxpark_gui.assembly", "wxpark_gui.console.commands", "wxpark_gui.training.gateway"}
    assert modules.isdisjoint(others)


NOTIFY = """
import json, os, sys
from wxpark_gui import cli
shown, sys.stdout = sys.stdout, open(os.devnull, "w")
cli.main(["notify", "--plate", "粤B12345", "--training", "--data-dir", sys.argv[1]])
print(json.dumps(sorted(sys.modules)), file=shown)
"""
"""Prints the modules that are imported by one notification."""


def test_notification_of_the_console_tool_needs_no_values_of_other_commands(
    tmp_path: Path,
) -> None:
    modules = frozenset(json.loads(_output(NOTIFY, str(tmp_path))))
    assert {"requests", "wxpark_gui.storage.journal"} <= modules
    others = {
        "backup",
        "export",
        "health",
        "history",
        "pin",
        "setting_changes",
        "shift",
        "shift_report",
    }
    assert modules.isdisjoint(f"wxpark_gui.domain.{other}" for other in others)
    texts = {"help", "history", "previews", "setup", "statistics", "support"}
    assert modules.isdisjoint(f"wxpark_gui.wording.{text}" for text in texts)


COLLECTIONS = """
import gc, os, sys
from wxpark_gui import cli
before = [each["collections"] for each in gc.get_stats()]
shown, sys.stdout = sys.stdout, open(os.devnull, "w")
sys.argv[1:] = ["notify", "--plate", "粤B12345", "--training", "--data-dir", sys.argv[1]]
code = cli.main()
now = [each["collections"] for each in gc.get_stats()]
print(code, [now[i] - before[i] for i in range(3)], len(gc.get_objects()) < 1000, file=shown)
"""
"""Prints exit code, collections of each generation, and if the last one leaves out most objects."""


def test_notification_of_the_console_tool_collects_no_garbage(tmp_path: Path) -> None:
    assert _output(COLLECTIONS, str(tmp_path)).strip() == "0 [0, 0, 0] True"


def test_import_hook_of_pyside_is_removed() -> None:
    program = """
import builtins, linecache
from wxpark_gui import app
print(builtins.__import__ is builtins.__orig_import__, len(linecache.cache))
"""
    is_removed, sources_kept = _output(program).split()
    assert is_removed == "True"
    # PySide keeps the sources of its own modules, which come with the hook.
    assert int(sources_kept) < len(LIBRARIES)
