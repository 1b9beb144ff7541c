"""Type many cars into the real window, with outages and months that end meanwhile.

    python -m tests.faults.soak [--cars 100000] [--seed 1]

The window runs in this process on Qt's `offscreen` platform, in training mode, on a data directory
of its own. Each car moves the wall clock on by `SECONDS_PER_CAR`, so that 100,000 cars take five
months and the journal moves closed months to archives while cars are typed. In every
`CARS_BETWEEN_OUTAGES` cars the gateway resets some connections.

The next car is typed once the one before has an answer or waits. At the end every saved entry must
be in the journal or an archive, exactly once and answered. Memory, threads and open files are read
from the operating system (Linux only).
"""

from __future__ import annotations

import argparse
import gc
import os
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from array import array
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

import wxpark_gui.runtime.import_hook  # noqa: F401 - imported for its effect: see there
from wxpark_gui import app, assembly
from wxpark_gui.controllers import Controllers, journal_status
from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.runtime.system import SystemClock
from wxpark_gui.storage import archiving
from wxpark_gui.storage.archives import archive_files, open_archive, shared_from
from wxpark_gui.training.faults import Fault
from wxpark_gui.training.gateway import TrainingGateway
from wxpark_gui.ui.window.main_window import MainWindow

SECONDS_PER_CAR = 130.0
CARS_BETWEEN_OUTAGES = 2_000
CARS_OF_AN_OUTAGE = 40
MOST_GROWTH = 1.0
"""Most growth of the memory in MB per 10,000 cars, after the first 10,000."""
EARLY = 1_000
"""Number of cars after which the memory is read a first time, as `tests.bench.memory` does."""
CARS_OF_THE_START = 20_000
MOST_SLOWER = 1.25
"""Most ratio of the time of a car's keys in the last tenth of the cars to that in the first."""
ARCHIVE_MS = 1_000
PATIENCE_MS = 15_000

_PROVINCES = "粤京沪津冀豫云辽黑湘皖鲁苏浙赣鄂桂甘晋陕"


class FastClock(SystemClock):
    """The system's clocks; the wall clock runs ahead by `ahead`."""

    ahead = timedelta(0)

    def now(self) -> datetime:
        return super().now() + FastClock.ahead


@dataclass(slots=True)
class Figures:
    """Figures of one run.

    Attributes:
        cars: cars typed and saved.
        lost: of them, those in neither journal nor archive.
        doubled: entries with two valid rows.
        unanswered: entries without an answer at the end.
        months: archives made while cars were typed.
        outages: outages of the gateway.
        keys_ms: CPU milliseconds of the keys of each car.
        early: resident memory in MB after `EARLY` cars; 0 if there are fewer.
        memory: resident memory in MB at each mark: after each tenth of the cars, or as chosen.
        threads, files: numbers at the first and at the last mark.
        seconds: wall time.
    """

    cars: int = 0
    lost: int = 0
    doubled: int = 0
    unanswered: int = 0
    months: int = 0
    outages: int = 0
    keys_ms: array[float] = field(default_factory=lambda: array("f"))
    early: float = 0.0
    memory: list[float] = field(default_factory=list)
    threads: tuple[int, int] = (0, 0)
    files: tuple[int, int] = (0, 0)
    seconds: float = 0.0

    @property
    def growth(self) -> float:
        """Growth of the memory in MB per 10,000 cars, after the first tenth."""
        if len(self.memory) < 2:
            return 0.0
        cars = self.cars * (len(self.memory) - 1) / len(self.memory)
        return (self.memory[-1] - self.memory[0]) / cars * 10_000

    @property
    def slower(self) -> float:
        """Ratio of the median time of a car's keys in the last tenth to that in the first."""
        tenth = max(1, len(self.keys_ms) // 10)
        first = statistics.median(self.keys_ms[:tenth])
        return statistics.median(self.keys_ms[-tenth:]) / first

    @property
    def are_good(self) -> bool:
        return self.nothing_is_lost and self.is_flat

    @property
    def nothing_is_lost(self) -> bool:
        return self.lost + self.doubled + self.unanswered == 0 and self.cars > 0

    @property
    def is_flat(self) -> bool:
        """True if memory, threads, files and the time of a key stay the same.

        Before `CARS_OF_THE_START` caches still fill, so the memory says nothing.
        """
        return (
            (self.growth < MOST_GROWTH or self.cars < CARS_OF_THE_START)
            and self.slower < MOST_SLOWER
            and self.threads[1] <= self.threads[0] + 1
            and self.files[1] <= self.files[0] + 2
        )

    def __str__(self) -> str:
        memory = " ".join(f"{megabytes:.0f}" for megabytes in self.memory)
        early = f"{self.early:.0f} MB after {EARLY} cars, then " if self.early else ""
        return (
            f"{self.cars} cars in {self.seconds:.0f} s, {self.outages} outages, {self.months}"
            f" months archived: {self.lost} lost, {self.doubled} doubled, {self.unanswered}"
            f" unanswered; memory {early}{memory} MB ({self.growth:+.2f} MB per 10,000);"
            f" threads {self.threads[0]} to {self.threads[1]}, files {self.files[0]} to"
            f" {self.files[1]}; keys of a car {self.slower:.2f} of those at the beginning"
        )


class SoakedWindow(MainWindow):
    """The main window, and the attendant who types `cars` cars."""

    def __init__(self, controllers: Controllers, *arguments: Any, **options: Any) -> None:
        options["now"] = FastClock().now
        super().__init__(controllers, *arguments, **options)
        soak = Soak.running
        assert soak is not None
        self._soak = soak
        self._waiting_for = ""
        self._has_ended = False
        self._next = QTimer(self, singleShot=True, interval=0)
        self._next.timeout.connect(self._enter_car)
        # An answer may come without a change of the entry that was typed last.
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self._enter_car)
        controllers.entries.saved.connect(self._on_saved)
        controllers.entries.changed.connect(self._on_changed)
        controllers.journal.backlogChanged.connect(self._on_backlog)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._controllers.journal.opened.connect(self._next.start)

    @Slot()
    def _enter_car(self) -> None:
        soak = self._soak
        if soak.is_complete:
            self._end()
            return
        soak.advance()
        plate = self.form.plate
        before = time.thread_time()
        QTest.keyClick(plate, Qt.Key.Key_Escape)
        plate.set_text(soak.next_plate())
        QTest.keyClick(plate, Qt.Key.Key_Return)
        soak.figures.keys_ms.append((time.thread_time() - before) * 1000)
        self._patience.start()

    @Slot(object)
    def _on_saved(self, record: EntryRecord) -> None:
        self._soak.note_saved(record)
        self._waiting_for = record.entry_id
        if record.state is DeliveryState.WAITING:
            self._next.start()

    @Slot(object)
    def _on_changed(self, record: EntryRecord) -> None:
        if record.entry_id == self._waiting_for and record.state in (
            DeliveryState.ANSWERED,
            DeliveryState.WAITING,
        ):
            self._next.start()

    def _end(self) -> None:
        """Wait for the backlog, then quit."""
        self._has_ended = True
        self._patience.stop()
        self._soak.end_outage()
        self._controllers.backlog.release()
        self._controllers.journal.survey()

    @Slot(object)
    def _on_backlog(self, backlog: Any) -> None:
        if not self._has_ended:
            return
        if backlog.count == 0:
            QApplication.quit()
        else:
            QTimer.singleShot(500, self._end)


class Soak:
    """One run, shared by the window and the parts that it replaces.

    The saved entries are noted in a file, as they would take more memory than the program.
    """

    running: Soak | None = None

    def __init__(self, cars: int, seed: int, notes: Path, marks: Collection[int] = ()) -> None:
        self.figures = Figures()
        self.gateway: TrainingGateway | None = None
        self._cars = cars
        self._marks = marks or range(cars // 10, cars + 1, max(1, cars // 10))
        self._notes = notes
        self._noted = 0
        self._source = random.Random(seed)
        self._typed = 0

    @property
    def is_complete(self) -> bool:
        return self._noted >= self._cars

    @property
    def saved(self) -> dict[str, str]:
        """Plates of the saved entries, by entry id."""
        lines = self._notes.read_text(encoding="utf-8").splitlines()
        return dict(line.split(" ") for line in lines)

    def note_saved(self, record: EntryRecord) -> None:
        plate = record.entry.plate.text if record.entry.plate else ""
        with self._notes.open("a", encoding="utf-8") as notes:
            notes.write(f"{record.entry_id} {plate}\n")
        self._noted += 1

    def next_plate(self) -> str:
        """Return a plate that was not typed before, and that the gateway answers with NORMAL."""
        number, self._typed = self._typed, self._typed + 1
        high, low = divmod(number, 10_000)
        # No answer of the training gateway other than NORMAL is for a plate with this ending.
        return f"{_PROVINCES[high % len(_PROVINCES)]}A{low:04}K"

    def advance(self) -> None:
        """Move the clock on; begin or end an outage; read the memory at each mark."""
        FastClock.ahead += timedelta(seconds=SECONDS_PER_CAR)
        done = self._typed % CARS_BETWEEN_OUTAGES
        if done == CARS_BETWEEN_OUTAGES // 2 and self.gateway:
            self.figures.outages += 1
            self.gateway.set_faults([self._source.choice((Fault.RESET, Fault.CLOSE_AFTER_READ))])
        elif done == CARS_BETWEEN_OUTAGES // 2 + CARS_OF_AN_OUTAGE:
            self.end_outage()
        if self._typed == EARLY:
            gc.collect()
            self.figures.early = _resident_mb()
        if self._typed in self._marks:
            self._measure()

    def end_outage(self) -> None:
        if self.gateway:
            self.gateway.set_faults([])

    def _measure(self) -> None:
        gc.collect()
        process = Path("/proc/self")
        self.figures.memory.append(_resident_mb())
        threads = len(list((process / "task").iterdir()))
        files = len(list((process / "fd").iterdir()))
        if len(self.figures.memory) == 1:
            self.figures.threads, self.figures.files = (threads, threads), (files, files)
        self.figures.threads = self.figures.threads[0], threads
        self.figures.files = self.figures.files[0], files


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _start_and_note(gateway: TrainingGateway) -> None:
    """Start the program's training gateway, and give it to the run."""
    assert Soak.running is not None
    Soak.running.gateway = gateway
    _start_gateway(gateway)


_start_gateway = TrainingGateway.start


def run(directory: Path, cars: int, seed: int, marks: Collection[int] = ()) -> Figures:
    """Type `cars` cars; to be called once in a process that has no `QApplication` yet.

    Args:
        directory: empty; the data directory is made in it.
        marks: numbers of cars after which the memory is read, below `cars`; empty for each tenth.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    Soak.running = soak = Soak(cars, seed, directory / "notes", marks)
    began = time.monotonic()
    with ExitStack() as stack:
        for place, name, value in (
            (app, "MainWindow", SoakedWindow),
            (assembly, "SystemClock", FastClock),
            (journal_status, "ARCHIVE_INTERVAL_MS", ARCHIVE_MS),
            # Only the wall clock runs ahead.
            (archiving, "MEASURED_MARGIN", 0.0),
            (archiving, "LOOK_INTERVAL", 0.0),
            (TrainingGateway, "start", _start_and_note),
            # The gateway keeps what it received, for tests; the run compares the journal instead.
            (TrainingGateway, "_remember", lambda *_: None),
        ):
            stack.enter_context(mock.patch.object(place, name, value))
        code = app.main(["--training", "--data-dir", str(directory / "data")])
    figures = soak.figures
    saved = soak.saved
    figures.cars, figures.seconds = len(saved), time.monotonic() - began
    if code != 0:
        raise RuntimeError(f"the window ended with exit code {code}")
    _compare(directory / "data" / "training", saved, figures)
    return figures


def _compare(directory: Path, saved: dict[str, str], figures: Figures) -> None:
    stored: Counter[str] = Counter()
    plates: dict[str, str] = {}
    for connection, end in _databases(directory, figures):
        for entry_id, plate, state in connection.execute(
            "SELECT entry_id, plate, state FROM entries WHERE position < ?", (end,)
        ):
            stored[entry_id] += 1
            plates[entry_id] = plate
            figures.unanswered += state != DeliveryState.ANSWERED.value
    figures.lost = sum(plates.get(entry_id) != plate for entry_id, plate in saved.items())
    figures.doubled = sum(number > 1 for number in stored.values())


def _databases(directory: Path, figures: Figures) -> Iterator[tuple[sqlite3.Connection, int]]:
    """Yield the journal and each archive, with the position at which their valid rows end.

    The window may end while a move deletes a month's rows; until then the journal's are valid.
    """
    with closing(sqlite3.connect(directory / "journal.sqlite3")) as journal:
        yield journal, sys.maxsize
        for file in archive_files(journal, directory / "archive"):
            figures.months += 1
            with closing(open_archive(file)) as archive:
                yield archive, shared_from(journal, file)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="Many cars through the real window.")
    parser.add_argument("--cars", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--directory", type=Path, help="where the data directory is to lie")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(dir=options.directory) as directory:
        figures = run(Path(directory), options.cars, options.seed)
    print(figures)  # noqa: T201 - the figures are what it is for
    return 0 if figures.are_good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
