"""Start of the window, until a key pressed in the plate field is painted.

    python -m tests.bench.start [--quick]

The real program and the floor, a bare PySide6 main window with one line edit, are started in turns,
each in a process of its own: the program live, with a merchant and an empty journal. In each a key
is pressed after the first paint. The wall time begins before the process is started; the time of
the processor is that of all threads until the key is painted, so it counts what the program does at
the same time in the background. Bytecode is on disk, as in a package.

A third window is measured for information: the bare one, with the classes of Qt that a window of
keys, colours and a table cannot do without (`Qt`, `QStyle`, `QTableView` …). PySide makes the
Python enumerations of a class when it is first named; those of `Qt` alone take 27 ms.

Instructions of the real window until the painted key, counted by valgrind, in per cent:

| part | share |
|---|---|
| interpreter, imports of PySide, which compiles 13 of its own modules at each start | 32 |
| enumerations of `Qt`, which the floor makes too | 7 |
| import of 200 modules: 70 dataclasses, 80 Qt classes, enumerations, bytecode | 39 |
| application, style sheet, translations, settings, controllers | 3 |
| construction of the window: 170 widgets | 8 |
| layout and first paint | 8 |
| first key | 3 |

The floor takes 44 of 100, so the goal leaves 15 for the program, less than half of its imports. A
window of 170 widgets that shows verdicts, entries, shifts and notices does not fit in. A third of
the imports is dataclasses, whose methods Python compiles one by one before 3.13.
The keypad, which a booth with a prefix for plates starts without, is 2 of 100.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from time import perf_counter

from tests.bench.rows import Row, judge
from tests.settings import settings_of
from wxpark_gui.storage.directory import prepare_directory
from wxpark_gui.storage.settings import TomlSettings
from wxpark_gui.training.booth import TRAINING_MERCHANT

RUNS = 20
RUNS_QUICK = 5
PATIENCE = 60.0
LARGEST_RATIO = 1.35

BARE = ["-m", "tests.bench.bare_window"]
REAL = ["-m", "tests.bench.real_window"]
WITH_CLASSES = [
    "-c",
    (
        "from PySide6.QtCore import QEvent, QModelIndex, QObject, QSize, Qt, QTimer\n"
        "from PySide6.QtGui import QAccessible, QColor, QFont, QIcon, QPainter, QPalette, QPixmap\n"
        "from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QTableView\n"
        "from tests.bench import bare_window\n"
        "bare_window.main()"
    ),
]


def measure(*, quick: bool) -> Iterator[Row]:
    """Yield the rows of wall time and of time of the processor."""
    commands = {"real": REAL, "bare": BARE, "classes": WITH_CLASSES}
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    # The first start of each writes the bytecode, and reads from the disk.
    for run in range(1 + (RUNS_QUICK if quick else RUNS)):
        for name, command in commands.items():
            figures = _start(command)
            if run:
                taken[name].append(figures)
    for index, what in enumerate(("start to painted key", "the same, time of the processor")):
        real, bare, classes = ([run[index] for run in taken[name]] for name in commands)
        yield Row(what, "bare window", "ms", real, bare, LARGEST_RATIO if index == 0 else None)
        yield Row(what, "bare window that names its classes", "ms", real, classes)


def _start(command: Sequence[str]) -> tuple[float, float]:
    with running(command) as process:
        assert process.stdout is not None
        wall, processor = json.loads(process.stdout.readline())
        return wall, processor


@contextmanager
def running(command: Sequence[str], before: Sequence[str] = ()) -> Iterator[subprocess.Popen[str]]:
    """Start one of the windows; terminate it at the end.

    Args:
        before: command that starts the window's, which is appended to it.
    """
    with tempfile.TemporaryDirectory() as directory:
        set_up(Path(directory))
        process = subprocess.Popen(
            [*before, sys.executable, *command, repr(perf_counter())],
            stdout=subprocess.PIPE,
            encoding="utf-8",
            env={**variables(), "WXPARK_BENCH_DIRECTORY": directory},
        )
        try:
            yield process
        finally:
            process.terminate()
            process.communicate(timeout=PATIENCE)


def set_up(directory: Path) -> None:
    """Store a merchant in a data directory, as the wizard would open without one.

    Nothing listens on the port of its gateway, so that no key opens a connection.
    """
    merchant = replace(TRAINING_MERCHANT, gateway_url="http://127.0.0.1:9")
    TomlSettings(prepare_directory(directory).settings).save(settings_of(merchant))


def variables() -> Mapping[str, str]:
    """Return the environment of a measured process: offscreen, and with bytecode on disk."""
    own = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {"QT_QPA_PLATFORM": "offscreen", **own}


def main() -> int:
    """Print the rows; return 1 if the goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    return judge(measure(quick=parser.parse_args().quick))


if __name__ == "__main__":
    sys.exit(main())
