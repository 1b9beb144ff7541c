"""Latency from key press to paint while the backlog is sent.

Plates are typed one after another into a real window of a real booth; the training gateway answers
from another process. Keys are posted by another thread at any time, and timed until the window has
painted them. Alternately, keys are posted to a widget that paints one letter: its latency is the
lower bound of Qt, Python and this machine.

    python -m tests.bench.key_to_paint [--keys 1200]
"""

from __future__ import annotations

import argparse
import itertools
import math
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtGui import QInputDevice, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from tests.bench.backlog import fill
from tests.booths import make_booth
from tests.settings import settings_of
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.runtime import garbage
from wxpark_gui.runtime.switch_interval import use_short_turns
from wxpark_gui.training.booth import TrainingVault, make_training_key
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.window.main_window import MainWindow

LONGEST_P99_MS = 8.0
BACKLOG = 400
PLATE_KEYS = 6
PATIENCE = 60.0
"""Seconds a key may take to appear before the run is aborted."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Measurements.

    Attributes:
        keys, floors: milliseconds from press to paint, in the window and in the bare widget.
        enters: those of the keys that are Enter, which saves the entry and shows it.
        drained: number of entries of the backlog that were answered meanwhile.
    """

    keys: Sequence[float]
    floors: Sequence[float]
    enters: Sequence[float]
    drained: int

    @property
    def p99(self) -> float:
        return _percentile(self.keys, 99)


class PaintTimer(QObject):
    """Measures the time from each key to the end of the window's next paint event."""

    def __init__(self, keys_go_to: QObject) -> None:
        super().__init__()
        self._keys_go_to = keys_go_to
        self._posted: deque[float] = deque()
        self._taken: list[tuple[float, bool]] = []
        self.milliseconds: list[float] = []
        self.of_enter: list[float] = []

    def post(self, character: str) -> None:
        """Post a key event; any thread may call it."""
        key = Qt.Key.Key_Return if character == "\n" else Qt.Key(ord(character))
        event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, character)
        self._posted.append(time.perf_counter())
        QCoreApplication.postEvent(self._keys_go_to, event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._keys_go_to and event.type() is QEvent.Type.KeyPress:
            assert isinstance(event, QKeyEvent)
            is_enter = event.key() == Qt.Key.Key_Return
            self._taken.append((self._posted.popleft(), is_enter))
        return super().eventFilter(watched, event)

    def painted(self) -> None:
        """Note that the window has painted itself."""
        now = time.perf_counter()
        self.milliseconds += [1000 * (now - posted) for posted, _ in self._taken]
        self.of_enter += [1000 * (now - posted) for posted, is_enter in self._taken if is_enter]
        self._taken.clear()


class TimedWindow(MainWindow):
    """The main window, which reports the end of each paint event to `timer`."""

    timer: PaintTimer | None = None

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if self.timer is not None and event.type() is QEvent.Type.UpdateRequest:
            self.timer.painted()
        return done


class BareWidget(QWidget):
    """Paints the letter that was pressed last, and does nothing else."""

    timer: PaintTimer | None = None

    def __init__(self) -> None:
        super().__init__()
        self._letter = ""
        self.resize(400, 100)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._letter = event.text()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.drawText(20, 60, self._letter)
        painter.end()

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if self.timer is not None and event.type() is QEvent.Type.UpdateRequest:
            self.timer.painted()
        return done


class Typist(threading.Thread):
    """Posts keys as fast as a hurried person types: at random intervals from 40 to 120 ms."""

    def __init__(self, window: PaintTimer, bare: PaintTimer, keys: int) -> None:
        super().__init__(daemon=True)
        self._window = window
        self._bare = bare
        self._keys = keys

    def run(self) -> None:
        chance = random.Random(1)
        for number, character in zip(range(self._keys), _plates(), strict=False):
            time.sleep(chance.uniform(0.02, 0.06))
            self._bare.post(str(number % 10))
            time.sleep(chance.uniform(0.02, 0.06))
            self._window.post(character)


class Counter(QObject):
    """Counts the entries of the backlog that were answered."""

    def __init__(self) -> None:
        super().__init__()
        self.answered = 0

    @Slot(object)
    def count(self, record: EntryRecord) -> None:
        self.answered += not record.state.is_open and record.sequence <= BACKLOG


def run(directory: Path, keys: int, work: AbstractContextManager[None] | None = None) -> Figures:
    """Type `keys` keys while the backlog is sent; return the measurements.

    Args:
        work: is entered before the first key and left after the last.
    """
    use_short_turns()
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    application.setStyle("Fusion")
    # Made now, in this thread: an event made in the typist's would try to.
    QInputDevice.primaryKeyboard()
    key = make_training_key()
    fill(directory, BACKLOG)
    counter = Counter()
    with _gateway(key.reveal()) as url:
        booth = make_booth(directory, url, TrainingVault(key))
        booth.entries.changed.connect(counter.count)
        appearance = Appearance(settings_of(theme="light"))
        window, bare = TimedWindow(booth.controllers, appearance, training=True), BareWidget()
        for widget in (window, bare):
            widget.show()
        booth.start()
        # As `app` does at the end of the start.
        garbage.resume()
        timers = _time(window, window.form.plate), _time(bare, bare)
        window.timer, bare.timer = timers
        _spin(application, lambda: counter.answered > 0)
        with work or nullcontext():
            Typist(*timers, keys).start()
            _spin(application, lambda: len(timers[0].milliseconds) >= keys)
        window.close()
        bare.close()
        booth.stop(2.0)
    return figures_of(*timers, counter.answered)


def figures_of(window: PaintTimer, bare: PaintTimer, drained: int = 0) -> Figures:
    """Return the measurements of both timers, sorted."""
    return Figures(
        sorted(window.milliseconds), sorted(bare.milliseconds), sorted(window.of_enter), drained
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the measurements.

    Returns:
        1 if the 99th percentile is too long, or no entry of the backlog was answered meanwhile.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keys", type=int, default=1200)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="wxpark-bench-") as directory:
        figures = run(Path(directory), options.keys)
    sys.stdout.write(_table(figures))
    return 0 if figures.p99 <= LONGEST_P99_MS and figures.drained else 1


def _table(figures: Figures) -> str:
    lines = [
        f"{name:12}  median {median(times):5.2f} ms   p99 {_percentile(times, 99):5.2f} ms"
        f"   worst {times[-1]:6.2f} ms   keys {len(times)}"
        for name, times in (("window", figures.keys), ("bare widget", figures.floors))
    ]
    ratio = figures.p99 / _percentile(figures.floors, 99)
    lines.append(f"p99 of the window / p99 of the floor: {ratio:.1f}")
    lines.append(f"answered from the backlog meanwhile: {figures.drained}")
    return "\n".join([*lines, ""])


def _time(window: QWidget, keys_go_to: QObject) -> PaintTimer:
    timer = PaintTimer(keys_go_to)
    keys_go_to.installEventFilter(timer)
    timer.setParent(window)
    return timer


def _plates() -> Iterator[str]:
    """Yield the keys of local plates, each followed by Enter."""
    for number in itertools.count(10_000):
        yield from f"{number}\n"


@contextmanager
def _gateway(key: str) -> Iterator[str]:
    """Run the training gateway in a process of its own; yield its address."""
    command = [sys.executable, "-m", "wxpark_gui.cli", "gateway", "--key-stdin"]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(key)
        process.stdin.close()
        yield process.stdout.readline().strip().rpartition(" ")[2]
    finally:
        process.terminate()
        process.wait()


def _spin(application: QApplication, until: Callable[[], bool]) -> None:
    """Run the event loop until `until` holds, which is checked every 200 ms.

    Raises:
        TimeoutError: it did not hold in time.
    """
    limit = time.monotonic() + PATIENCE + 1200 * 0.2

    def look() -> None:
        if until():
            application.exit(0)
        elif time.monotonic() > limit:
            application.exit(1)

    timer = QTimer()
    timer.timeout.connect(look)
    timer.start(200)
    if application.exec():
        raise TimeoutError("the window does not keep up")
    timer.stop()


def _percentile(times: Sequence[float], percent: int) -> float:
    """Return a percentile of a sorted sequence, by the nearest rank."""
    return times[max(0, math.ceil(len(times) * percent / 100) - 1)]


if __name__ == "__main__":
    sys.exit(main())
