"""Start of the window after five years and with an empty journal, measured in turns.

    python -m tests.bench.old_start --directory DIRECTORY [--runs 10]

DIRECTORY is a booth made by `tests.bench.five_years`; it is not changed. Each window runs in
training mode in a process of its own. The times from the start of the process are those until a key
pressed in the plate field is shown, until the recent entries and the known plates are loaded, and
until an entry that was submitted with the first key is saved.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path
from statistics import median
from unittest.mock import patch

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from tests.bench.five_years import make_booth
from wxpark_gui import app
from wxpark_gui.controllers import Controllers
from wxpark_gui.ui.window.main_window import MainWindow

LARGEST_START = 1.05
EVENTS = ("key accepted", "recent entries", "entry saved", "known plates")
PATIENCE_MS = 30_000


class Watch(QObject):
    """Presses the first key and notes the time of each of `EVENTS`."""

    def __init__(self, window: MainWindow, controllers: Controllers, began: float) -> None:
        super().__init__(window)
        self._window = window
        self._began = began
        self.milliseconds: dict[str, float] = {}
        controllers.entries.recentLoaded.connect(self._on_recent)
        controllers.entries.platesLoaded.connect(self._on_plates)
        controllers.entries.saved.connect(self._on_saved)
        QTimer.singleShot(0, self._press)
        QTimer.singleShot(PATIENCE_MS, self._give_up)

    @Slot()
    def _press(self) -> None:
        plate = self._window.findChild(QWidget, "plateEdit")
        assert plate is not None
        for letter in "粤B12345":
            _press_key(plate, Qt.Key.Key_unknown, letter)
        assert "12345" in plate.text()  # type: ignore[attr-defined]
        self._note("key accepted")
        _press_key(plate, Qt.Key.Key_Return, "\r")

    @Slot(object)
    def _on_recent(self, _: object) -> None:
        self._note("recent entries")

    @Slot(object)
    def _on_plates(self, _: object) -> None:
        self._note("known plates")

    @Slot(object)
    def _on_saved(self, _: object) -> None:
        self._note("entry saved")

    @Slot()
    def _give_up(self) -> None:
        raise SystemExit(f"only {sorted(self.milliseconds)}")

    def _note(self, event: str) -> None:
        self.milliseconds.setdefault(event, 1000 * (time.perf_counter() - self._began))
        if self.milliseconds.keys() == set(EVENTS):
            sys.stdout.write(json.dumps(self.milliseconds))
            sys.stdout.flush()
            QTimer.singleShot(0, QApplication.quit)


def _press_key(widget: QWidget, key: Qt.Key, text: str) -> None:
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, text)
        QApplication.sendEvent(widget, event)


def open_window(directory: Path, began: float) -> int:
    """Open the window as the program does, and close it after the last event."""

    def make_watched(controllers: Controllers, *arguments: object, **options: object) -> MainWindow:
        window = MainWindow(controllers, *arguments, **options)  # type: ignore[arg-type]
        window.watch = Watch(window, controllers, began)  # type: ignore[attr-defined]
        return window

    with patch("wxpark_gui.app.MainWindow", make_watched):
        return app.main(["--training", "--data-dir", str(directory), "--lang", "en"])


def main() -> int:
    """Print the times; return 1 if the old journal delays the start by too much, else 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--directory", type=Path, required=True)
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--began", type=float, help="open the window in this process")
    options = parser.parse_args()
    if options.began:
        return open_window(options.directory, options.began)
    with tempfile.TemporaryDirectory(dir=options.directory.parent) as root:
        empty, old = Path(root, "empty"), Path(root, "old")
        make_booth(empty / "training", 1, 1, datetime.now(timezone.utc))
        (empty / "training" / "journal.sqlite3").unlink()
        _link(options.directory, old / "training")
        taken = [[_start(booth) for booth in (empty, old)] for _ in range(options.runs + 1)][1:]
    worst = 0.0
    for event in EVENTS:
        for name, choose in (("median", median), ("fastest", min)):
            of_empty, of_old = (choose(run[booth][event] for run in taken) for booth in (0, 1))
            if (event, name) == (EVENTS[0], "median"):
                worst = of_old / of_empty
            sys.stdout.write(
                f"{event:15} {name:8} empty {of_empty:7.1f} ms  old {of_old:7.1f} ms"
                f"  {of_old / of_empty:.3f} times, {of_old - of_empty:+.1f} ms\n"
            )
    return int(worst > LARGEST_START)


def _link(source: Path, target: Path) -> None:
    """Make `target` a copy of the booth `source`: the journal copied, the archives linked."""
    subprocess.run(["cp", "-al", source, _made(target.parent) / target.name], check=True)
    journal = target / "journal.sqlite3"
    content = journal.read_bytes()
    journal.unlink()
    journal.write_bytes(content)


def _made(directory: Path) -> Path:
    directory.mkdir(parents=True)
    return directory


def _start(directory: Path) -> Mapping[str, float]:
    command = [sys.executable, "-m", "tests.bench.old_start", "--directory", str(directory)]
    variables = {**os.environ, "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")}
    done = subprocess.run(
        [*command, "--began", repr(time.perf_counter())],
        check=True,
        capture_output=True,
        encoding="utf-8",
        env=variables,
    )
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


if __name__ == "__main__":
    sys.exit(main())
