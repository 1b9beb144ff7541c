"""Sending a backlog over a slow network, beside as many exchanges over one open socket.

    python -m tests.bench.drain [--quick]

A booth without a window has a backlog of 1,000 entries (100 with `--quick`) and sends it without
the limit of two requests a second. The gateway runs in another process, behind TLS and a round trip
of 40 ms (`far_gateway`). After every tenth of the backlog the sender pauses, and the client's bytes
are exchanged as often over an open socket (`raw_line`). Each figure is the time of such a tenth,
divided by its entries.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from unittest import mock

from PySide6.QtCore import QCoreApplication, QEventLoop, QObject, QTimer, Slot

from tests.bench.backlog import fill
from tests.bench.elsewhere import Figures, figures_of, hand_back
from tests.bench.far_gateway import far_gateway
from tests.bench.raw_line import RawLine, request_of_client
from tests.bench.rows import Row, judge
from tests.booths import Booth, make_booth
from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.runtime import garbage
from wxpark_gui.runtime.switch_interval import use_short_turns
from wxpark_gui.service import outbox
from wxpark_gui.training.booth import TRAINING_MERCHANT, TrainingVault, make_training_key

BACKLOG, BACKLOG_QUICK = 1000, 100
TURNS = 10
MOST = 1.15
STOP_SECONDS = 2.0
PATIENCE_MS = 120_000


class Sender(QObject):
    """Lets the booth send a number of entries, then pauses it."""

    def __init__(self, booth: Booth) -> None:
        super().__init__()
        self._booth = booth
        self._missing = 0
        self._loop = QEventLoop()
        booth.backlog.changed.connect(self._count)

    def send(self, entries: int, start: Callable[[], None]) -> float:
        """Send this many entries; return the milliseconds per entry.

        Args:
            start: makes the booth send.

        Raises:
            TimeoutError: they were not answered in time.
        """
        self._missing = entries
        limit = QTimer(singleShot=True, interval=PATIENCE_MS)
        limit.timeout.connect(self._loop.quit)
        limit.start()
        began = time.perf_counter()
        start()
        self._loop.exec()
        if self._missing:
            raise TimeoutError(f"{self._missing} entries were not answered")
        return 1000 * (time.perf_counter() - began) / entries

    @Slot(object)
    def _count(self, record: EntryRecord) -> None:
        if record.state is DeliveryState.ANSWERED:
            self._missing -= 1
            if not self._missing:
                self._booth.backlog.stop()
                self._loop.quit()


def measure(*, quick: bool) -> Iterator[Row]:
    """Yield the row of the backlog."""
    figures = figures_of("drain", "--here", *(["--quick"] if quick else []))
    yield Row(
        f"backlog of {BACKLOG_QUICK if quick else BACKLOG} over 40 ms, each entry",
        "the same bytes over an open TLS socket",
        "ms",
        figures["backlog"],
        figures["raw"],
        MOST,
    )
    yield Row("the same, time of the processor of all threads", "", "ms", figures["processor"])


def measure_here(*, quick: bool) -> Figures:
    """Send the backlog in turns with exchanges over an open socket."""
    entries = BACKLOG_QUICK if quick else BACKLOG
    each = entries // TURNS
    use_short_turns()
    # Kept until the end of the process.
    application = QCoreApplication([])
    key = make_training_key()
    taken = defaultdict[str, list[float]](list)
    with (
        tempfile.TemporaryDirectory(prefix="wxpark-bench-") as name,
        far_gateway(key, Path(name)) as far,
        mock.patch.object(outbox, "SHORTEST_INTERVAL", 0.0),
    ):
        # The first entry opens the connection, and is not counted.
        fill(Path(name), entries + 1)
        booth = make_booth(Path(name), far.slow_url, TrainingVault(key), trust=far.trust())
        sender = Sender(booth)
        sender.send(1, booth.start)
        # As `app` does at the end of the start.
        garbage.resume()
        message = request_of_client(TRAINING_MERCHANT, key)
        with closing(RawLine(far.slow_port, message, far.trust())) as line:
            line.exchange()
            for _ in range(TURNS):
                ran = time.process_time()
                taken["backlog"].append(sender.send(each, booth.backlog.start))
                taken["processor"].append(1000 * (time.process_time() - ran) / each)
                taken["raw"].append(sum(line.exchange() for _ in range(each)) / each)
        booth.stop(STOP_SECONDS)
    del application
    return taken


def main() -> int:
    """Print the row; return 1 if the goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--here", action="store_true", help="hand back the figures")
    options = parser.parse_args()
    if options.here:
        hand_back(measure_here(quick=options.quick))
        return 0
    return judge(measure(quick=options.quick))


if __name__ == "__main__":
    sys.exit(main())
