"""Time from Enter to the painted verdict, beside an exchange over an open socket.

    python -m tests.bench.verdict [--quick]

The real window of a real booth runs in this process, the gateway in another (`far_gateway`). Enter
is pressed in the plate field; the time ends when the window has painted the verdict. In turns with
each entry the bytes of the client's request are exchanged over a raw socket (`raw_line`), for which
no entry is stored, signed, verified or painted.

- Through the slow network: TLS, a round trip of 40 ms, both connections open and in use.
- After an idle hour: the gateway has closed all connections, and the clocks of the booth and of the
  gateway's `Date` are put forward by an hour, so nobody waits for it. Then a plate is typed within
  one second; the program opens its connection during that time. The raw socket is a new one that
  has made one exchange before, so the floor is a connection in use.
- On loopback, without TLS: the floor is one durable write of 4 KiB beside the journal, one exchange
  over the open socket, and one paint of a bare widget that waits in the event queue.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

from PySide6.QtCore import QEvent, QEventLoop
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from tests.bench.attendant import Attendant, application, page_in, settle
from tests.bench.elsewhere import Figures, figures_of, hand_back
from tests.bench.far_gateway import HOUR, FarGateway, far_gateway
from tests.bench.old_booth import AheadClock
from tests.bench.raw_line import RawLine, request_of_client
from tests.bench.rows import Row, judge
from tests.booths import make_booth
from tests.faults.append_latency import write_page
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.training.booth import TRAINING_MERCHANT, TrainingVault, make_training_key

RUNS, HOURS = 60, 20
RUNS_QUICK, HOURS_QUICK = 10, 3
TYPING = 1.0
"""Seconds in which a plate is typed after an idle hour."""
SLOW, LOOPBACK = "slow", "loopback"
MOST_WARM, MOST_AFTER_AN_HOUR, MOST_ON_LOOPBACK = 1.10, 1.15, 3.0


def measure(*, quick: bool) -> Iterator[Row]:
    """Yield a row for each way to the gateway."""
    short = ["--quick"] if quick else []
    slow, loopback = (figures_of("verdict", "--way", way, *short) for way in (SLOW, LOOPBACK))
    yield Row(
        "Enter to painted verdict, 40 ms round trip, TLS",
        "the same bytes over an open TLS socket",
        "ms",
        slow["warm"],
        slow["raw"],
        MOST_WARM,
    )
    yield Row(
        "the same, first entry after an idle hour, typed in 1 s",
        "the same bytes over an open TLS socket",
        "ms",
        slow["hour"],
        slow["raw after an hour"],
        MOST_AFTER_AN_HOUR,
    )
    yield Row(
        "Enter to painted verdict on loopback",
        "durable write, exchange over an open socket, one queued paint",
        "ms",
        loopback["warm"],
        loopback["raw"],
        MOST_ON_LOOPBACK,
    )
    yield Row(
        "the same, time of the processor of all threads",
        "the same steps",
        "ms",
        loopback["processor"],
        loopback["raw processor"],
    )


class BareWidget(QWidget):
    """Paints one letter."""

    def __init__(self) -> None:
        super().__init__()
        self._awaits = QEventLoop()
        self.resize(400, 100)
        self.show()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.drawText(20, 60, "A")
        painter.end()

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() is QEvent.Type.UpdateRequest:
            self._awaits.quit()
        return done

    def paint_from_queue(self) -> float:
        """Request a paint and run the event loop until it is done; return the milliseconds."""
        began = time.perf_counter()
        self.update()
        self._awaits.exec()
        return 1000 * (time.perf_counter() - began)


def measure_slow(far: FarGateway, key: Secret, directory: Path, *, quick: bool) -> Figures:
    """Measure entries through the slow network, and the floor in turns with them."""
    taken = defaultdict[str, list[float]](list)
    message = request_of_client(TRAINING_MERCHANT, key)
    with closing(attendant_at(far.slow_url, far, key, directory)) as attendant:

        def open_line() -> RawLine:
            line = RawLine(far.slow_port, message, far.trust())
            line.exchange()
            return line

        attendant.enter()
        with closing(open_line()) as line:
            for _ in range(RUNS_QUICK if quick else RUNS):
                taken["warm"].append(attendant.enter())
                taken["raw"].append(line.exchange())
        for _ in range(HOURS_QUICK if quick else HOURS):
            far.pass_idle_hour()
            attendant.clock.ahead += timedelta(seconds=HOUR)
            taken["hour"].append(attendant.enter(TYPING))
            with closing(open_line()) as line:
                taken["raw after an hour"].append(line.exchange())
    return taken


def measure_loopback(far: FarGateway, key: Secret, directory: Path, *, quick: bool) -> Figures:
    """Measure entries to the gateway itself, and the floor in turns with them."""
    taken = defaultdict[str, list[float]](list)
    message = request_of_client(TRAINING_MERCHANT, key)
    with (
        closing(attendant_at(far.url, far, key, directory)) as attendant,
        closing(RawLine(far.port, message)) as line,
        page_in(directory) as page,
    ):
        bare = BareWidget()
        attendant.enter()
        settle()
        for _ in range(RUNS_QUICK if quick else RUNS):
            taken["warm"].append(attendant.enter())
            taken["processor"].append(attendant.processor)
            ran = time.process_time()
            taken["raw"].append(write_page(page) + line.exchange() + bare.paint_from_queue())
            taken["raw processor"].append(1000 * (time.process_time() - ran))
        bare.close()
    return taken


def attendant_at(url: str, far: FarGateway, key: Secret, directory: Path) -> Attendant:
    """Open a window whose booth reaches the gateway at this URL."""
    clock = AheadClock(timedelta(0))
    booth = make_booth(directory, url, TrainingVault(key), clock=clock, trust=far.trust())
    return Attendant(booth, clock)


def _measure_here(way: str, *, quick: bool) -> Figures:
    measure_way = measure_slow if way == SLOW else measure_loopback
    with stage() as (far, key, directory):
        return measure_way(far, key, directory, quick=quick)


@contextmanager
def stage() -> Iterator[tuple[FarGateway, Secret, Path]]:
    """Yield a gateway, its key, and a temporary directory; a `QApplication` exists."""
    application()
    key = make_training_key()
    with (
        tempfile.TemporaryDirectory(prefix="wxpark-bench-") as directory,
        far_gateway(key, Path(directory)) as far,
    ):
        yield far, key, Path(directory)


def main() -> int:
    """Print the rows; return 1 if a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--way", choices=(SLOW, LOOPBACK), help="print the figures of one as JSON")
    options = parser.parse_args()
    if options.way:
        hand_back(_measure_here(options.way, quick=options.quick))
        return 0
    return judge(measure(quick=options.quick))


if __name__ == "__main__":
    sys.exit(main())
