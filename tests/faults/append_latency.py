"""Time from Enter to 已存 while the gateway accepts requests and never answers.

A complete program without a window saves one entry after another, without a pause. The time from
`Entries.submit` to the signal `saved` is measured for each. Before each entry the time of one write
of 4 KiB with `fsync` in the same directory is measured for comparison.

    python -m tests.faults.append_latency [--entries 1000] [--directory DIRECTORY]
"""

from __future__ import annotations

import argparse
import math
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from PySide6.QtCore import QCoreApplication, QEventLoop, QObject, QTimer, Slot

from tests.booths import Booth, make_booth
from wxpark_gui.domain.entry import EntryDraft
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.training.booth import TrainingVault, make_training_key
from wxpark_gui.training.faults import Fault
from wxpark_gui.training.gateway import TrainingGateway

LONGEST_P99_MS = 50.0
PAGE_BYTES = 4096
STOP_SECONDS = 2.0
"""Seconds that the program's threads get to end; the same value as in the program."""

PATIENCE = 300.0
"""Timeout of each wait, in seconds."""

_POLL_MS = 10


@dataclass(frozen=True, slots=True)
class Figures:
    """Measurements in milliseconds, each list sorted in ascending order.

    Attributes:
        saves: time from `submit` to `saved`, of each entry.
        floors: time of each write of 4 KiB with `fsync`, which no save can undercut.
    """

    saves: Sequence[float]
    floors: Sequence[float]

    @property
    def p99(self) -> float:
        return _percentile(self.saves, 99)

    def __str__(self) -> str:
        floor = median(self.floors)
        return (
            f"append: {len(self.saves)} entries while the gateway hangs,"
            f" saved after p50 {median(self.saves):.1f} ms, p99 {self.p99:.1f} ms,"
            f" at most {self.saves[-1]:.1f} ms; a bare fsync of 4 KiB takes p50 {floor:.1f} ms,"
            f" p99 {_percentile(self.floors, 99):.1f} ms;"
            f" p50 is {median(self.saves) / floor:.1f} times its floor"
        )


class Attendant(QObject):
    """Simulated user who enters the next car as soon as the previous one is saved.

    Attributes:
        saves, floors: measurements so far in milliseconds, in the order made; see `Figures`.
        trouble: the first error that the program reported, or None.
    """

    def __init__(self, booth: Booth, page: int) -> None:
        """Connect to the signals of `booth`.

        Args:
            page: descriptor of a file in the journal's directory, open for writing.
        """
        super().__init__()
        self.saves: list[float] = []
        self.floors: list[float] = []
        self.trouble: Exception | None = None
        self._booth = booth
        self._page = page
        self._entries = 0
        self._asked = 0.0
        booth.entries.saved.connect(self._on_saved)
        booth.entries.notSaved.connect(self._on_not_saved)
        for signal in (booth.journal.failed, booth.entries.crashed):
            signal.connect(self._on_trouble)

    def enter(self, entries: int) -> None:
        """Start to enter `entries` further cars, and return at once."""
        self._entries = len(self.saves) + entries
        self._enter_next()

    @property
    def is_done(self) -> bool:
        return len(self.saves) == self._entries or self.trouble is not None

    @Slot()
    def _enter_next(self) -> None:
        self.floors.append(write_page(self._page))
        draft = EntryDraft(plate=f"粤B{len(self.saves):05}")
        self._asked = time.perf_counter()
        self._booth.entries.submit(draft)

    @Slot(object)
    def _on_saved(self, _: EntryRecord) -> None:
        self.saves.append((time.perf_counter() - self._asked) * 1000)
        if not self.is_done:
            # Not from here: others are still to be told of this entry.
            QTimer.singleShot(0, self._enter_next)

    @Slot(str, object)
    def _on_not_saved(self, _: str, error: Exception) -> None:
        self.trouble = error

    @Slot(object)
    def _on_trouble(self, error: Exception) -> None:
        self.trouble = error


def run(directory: Path, entries: int) -> Figures:
    """Enter `entries` cars and return the measurements. A Qt application must exist.

    Raises:
        TimeoutError: the entries were not saved within `PATIENCE`.
        Exception: the error that the program reported.
    """
    with _hanging_booth(directory) as (booth, gateway), (directory / "page").open("wb", 0) as page:
        attendant = Attendant(booth, page.fileno())
        booth.start()
        attendant.enter(1)
        _wait_until(lambda: attendant.is_done and gateway.request_count > 0)
        attendant.enter(entries)
        _wait_until(lambda: attendant.is_done)
    if attendant.trouble is not None:
        raise attendant.trouble
    # The first entry waited for the settings to be read and the journal to be made.
    return Figures(sorted(attendant.saves[1:]), sorted(attendant.floors[1:]))


@contextmanager
def _hanging_booth(directory: Path) -> Iterator[tuple[Booth, TrainingGateway]]:
    """Yield a complete program in an empty directory, and its gateway that never answers."""
    key = make_training_key()
    with TrainingGateway(key, faults=[Fault.TIMEOUT]) as gateway:
        booth = make_booth(directory, gateway.url, TrainingVault(key))
        try:
            yield booth, gateway
        finally:
            # The live queue holds an exchange of eight seconds for each entry: not waited for.
            booth.stop(STOP_SECONDS)


def _wait_until(condition: Callable[[], bool]) -> None:
    """Run a Qt event loop until `condition` holds.

    Raises:
        TimeoutError: it did not hold within `PATIENCE`.
    """
    loop, timer = QEventLoop(), QTimer()
    deadline = time.monotonic() + PATIENCE

    def look() -> None:
        if condition() or time.monotonic() > deadline:
            loop.quit()

    timer.timeout.connect(look)
    timer.start(_POLL_MS)
    loop.exec()
    if not condition():
        raise TimeoutError


def write_page(page: int) -> float:
    """Write one page to the descriptor `page`, sync it, and return the duration in milliseconds."""
    began = time.perf_counter()
    os.write(page, b"\0" * PAGE_BYTES)
    os.fsync(page)
    return (time.perf_counter() - began) * 1000


def _percentile(ordered: Sequence[float], percent: int) -> float:
    return ordered[math.ceil(len(ordered) * percent / 100) - 1]


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="The wait for 已存 while the gateway hangs.")
    parser.add_argument("--entries", type=int, default=1000)
    parser.add_argument("--directory", type=Path, help="where the journal is to lie")
    options = parser.parse_args(arguments)
    application = QCoreApplication([])
    with tempfile.TemporaryDirectory(dir=options.directory) as directory:
        figures = run(Path(directory), options.entries)
    application.shutdown()
    print(figures)  # noqa: T201 - the figures are what it is for
    return 0 if figures.p99 <= LONGEST_P99_MS else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
