"""Longest time that no other event is handled while the history scrolls, after five years.

    python -m tests.bench.scrolling [--quick]

The real history window shows every entry of the booth of `tests.bench.old_data`, whose journal has
5,000,000 entries (20,000 with `--quick`). Every `STEP_MS` its list moves half a page, which paints
half a page of new rows and reads the next page of entries from time to time. A timer of 1 ms beats
meanwhile; the figure of a step is the longest time between two beats. A screen of 60 Hz shows each
frame in time if no figure is above `FRAME_MS`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer, Slot
from PySide6.QtWidgets import QScrollBar

from tests.bench.attendant import STOP_SECONDS, application, settle
from tests.bench.elsewhere import figures_of, hand_back
from tests.bench.old_data import copy_of, kept_booth
from tests.bench.rows import Row, judge
from tests.booths import make_booth
from tests.settings import settings_of
from wxpark_gui.runtime import garbage
from wxpark_gui.runtime.switch_interval import use_short_turns
from wxpark_gui.training.booth import TrainingVault, make_training_key
from wxpark_gui.ui.history.table import HistoryTable
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.window.main_window import MainWindow

ENTRIES, MONTHS = 5_000_000, 60
ENTRIES_QUICK, MONTHS_QUICK = 20_000, 12
STEPS, STEPS_QUICK = 300, 20
STEP_MS = 40
FRAME_MS = 1000 / 60
SETTLE_MS = 2_000
NOBODY = "http://127.0.0.1:1"


class Scrolling(QObject):
    """Moves a scroll bar by steps.

    Attributes:
        longest: longest time in ms between two beats, for each step.
    """

    def __init__(self, bar: QScrollBar, steps: int) -> None:
        super().__init__()
        self.longest: list[float] = []
        self._bar = bar
        self._steps = steps
        self._loop = QEventLoop()
        self._last = 0.0
        self._beat = QTimer(self, interval=1, timerType=Qt.TimerType.PreciseTimer)
        self._beat.timeout.connect(self._on_beat)
        self._next = QTimer(self, interval=STEP_MS)
        self._next.timeout.connect(self._on_step)

    def run(self) -> None:
        """Scroll; return after the last step."""
        self._last = time.perf_counter()
        self._beat.start()
        self._next.start()
        self._loop.exec()
        self._beat.stop()
        self._next.stop()

    @Slot()
    def _on_beat(self) -> None:
        now = time.perf_counter()
        if self.longest:
            self.longest[-1] = max(self.longest[-1], 1000 * (now - self._last))
        self._last = now

    @Slot()
    def _on_step(self) -> None:
        if len(self.longest) == self._steps:
            self._loop.quit()
            return
        before = self._bar.value()
        self._bar.setValue(before + self._bar.pageStep() // 2)
        if self._bar.value() == before:
            raise RuntimeError("the next page was not read in time")
        self.longest.append(0.0)


def measure(*, quick: bool) -> Iterator[Row]:
    """Yield the row of scrolling."""
    entries, months = (ENTRIES_QUICK, MONTHS_QUICK) if quick else (ENTRIES, MONTHS)
    booth = kept_booth(entries, months)
    steps = STEPS_QUICK if quick else STEPS
    with tempfile.TemporaryDirectory(dir=booth.parent, prefix="scrolling-") as folder:
        copy_of(booth, directory := Path(folder, "booth"))
        figures = figures_of("scrolling", "--steps", str(steps), "--directory", str(directory))
    name = f"scrolling half a page of {entries:,} entries, longest time between two events"
    yield Row(name, "", "ms", figures["longest"], most=FRAME_MS, percent=100)


def measure_scrolling(directory: Path, steps: int) -> Sequence[float]:
    """Scroll the history of the booth in a folder; return the longest time for each step."""
    # Kept until the end of the process.
    app = application()
    use_short_turns()
    booth = make_booth(directory, NOBODY, TrainingVault(make_training_key()))
    window = MainWindow(booth.controllers, Appearance(settings_of(theme="light")), training=True)
    window.show()
    booth.start()
    # As `app` does at the end of the start.
    garbage.resume()
    window.history.open()
    settle(SETTLE_MS)
    assert window.history.window is not None
    table = window.history.window.findChild(HistoryTable, "historyTable")
    assert table is not None
    scrolling = Scrolling(table.verticalScrollBar(), steps)
    scrolling.run()
    window.close()
    booth.stop(STOP_SECONDS)
    del app
    return scrolling.longest


def main() -> int:
    """Print the row; return 1 if its goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--steps", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--directory", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.directory:
        hand_back({"longest": measure_scrolling(options.directory, options.steps)})
        return 0
    return judge(measure(quick=options.quick))


if __name__ == "__main__":
    sys.exit(main())
