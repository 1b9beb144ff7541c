"""Simulation of a network failure of several hours, and of the time after it.

The first part runs in accelerated time: entries are saved and fail throughout the outage, then the
outbox sends them. The second part runs in real time: a new entry is sent and answered while the
outbox is still sending older ones.

    python -m tests.faults.outage [--entries 3000] [--hours 8]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path

from tests.settings import settings_of
from wxpark_gui.domain.delivery import Cause, Outcome
from wxpark_gui.domain.entry import EntryDraft, ParkingEntry
from wxpark_gui.domain.errors import FieldError
from wxpark_gui.domain.merchant import MerchantProfile, Secret
from wxpark_gui.runtime.system import SystemRandom
from wxpark_gui.service.current_settings import CurrentSettings
from wxpark_gui.service.keys import Keys
from wxpark_gui.service.outbox import Outbox
from wxpark_gui.service.submit import Submission
from wxpark_gui.storage.journal import SqliteJournal
from wxpark_gui.training.booth import TRAINING_MERCHANT, TrainingVault, make_training_key

PLATES_PER_ENTRY = 3
"""Number of entries per plate, so that the order within a plate is tested."""


@dataclass
class Clock:
    """Wall and monotonic clock that move only when `advance` is called."""

    moment: datetime = datetime(2026, 3, 1, tzinfo=timezone.utc)

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return self.moment.timestamp()

    def advance(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


@dataclass
class Line:
    """Simulated gateway that cannot be reached while `is_down`."""

    clock: Clock
    is_down: bool = True
    delivered: list[tuple[float, str, datetime]] = field(default_factory=list)
    tries: int = 0

    def check(self, entry: ParkingEntry, merchant: MerchantProfile) -> tuple[FieldError, ...]:
        return ()

    def exchange(self, entry: ParkingEntry, merchant: MerchantProfile, key: Secret) -> Outcome:
        self.tries += 1
        if self.is_down:
            return Outcome(Cause.OFFLINE, code="CONNECT")
        self.delivered.append((self.clock.monotonic(), entry.label, entry.start_time))
        return Outcome(Cause.ANSWERED, user_state="NORMAL")

    def query(self, plate: str, merchant: MerchantProfile, key: Secret) -> Outcome:
        raise NotImplementedError

    def warm_up(self, merchant: MerchantProfile) -> bool:
        return not self.is_down

    def close(self) -> None: ...


@dataclass(frozen=True)
class Figures:
    """Results of one outage.

    Attributes:
        busiest_second: most requests of the outbox within one second.
        drain_seconds: seconds from the end of the outage to the last delivery.
        probes: requests during the outage, without the first of each entry.
        out_of_order: deliveries of a plate before an earlier entry of it.
    """

    entries: int
    delivered: int
    repeated: int
    out_of_order: int
    busiest_second: int
    drain_seconds: float
    probes: int


def run(directory: Path, entries: int, hours: float) -> Figures:
    """Simulate one outage and return its results."""
    clock = Clock()
    line = Line(clock)
    journal = SqliteJournal(directory / "journal.sqlite3", clock)
    vault = TrainingVault(make_training_key())
    settings = CurrentSettings(settings_of(TRAINING_MERCHANT))
    submission = Submission(journal, line, Keys(vault), settings, clock, SystemRandom())
    outbox = Outbox(journal, submission, clock)
    pause = hours * 3600 / entries
    for number in range(entries):
        plate = f"粤B{number % (entries // PLATES_PER_ENTRY):05}"
        record = submission.save(submission.prepare(EntryDraft(plate=plate)))
        outbox.note_outcome(submission.deliver(record))
        outbox.step()
        clock.advance(pause)
    probes = line.tries - entries
    line.is_down = False
    back = clock.monotonic()
    while journal.backlog().count and clock.monotonic() - back < 12 * 3600:
        outbox.step()
        clock.advance(0.25)
    journal.close()
    return _figures(entries, line, back, probes)


def _figures(entries: int, line: Line, back: float, probes: int) -> Figures:
    times = [moment for moment, _, _ in line.delivered]
    by_plate: dict[str, list[datetime]] = defaultdict(list)
    for _, plate, start in line.delivered:
        by_plate[plate].append(start)
    return Figures(
        entries=entries,
        delivered=len({(plate, start) for _, plate, start in line.delivered}),
        repeated=len(times) - len({(plate, start) for _, plate, start in line.delivered}),
        out_of_order=sum(a > b for starts in by_plate.values() for a, b in pairwise(starts)),
        busiest_second=max(Counter(int(moment) for moment in times).values(), default=0),
        drain_seconds=max(times, default=back) - back,
        probes=probes,
    )


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="An outage in accelerated time.")
    parser.add_argument("--entries", type=int, default=3000)
    parser.add_argument("--hours", type=float, default=8.0)
    options = parser.parse_args(arguments)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as directory:
        figures = run(Path(directory), options.entries, options.hours)
    print(figures, f"in {time.monotonic() - began:.0f} s")  # noqa: T201 - what it is for
    whole = figures.delivered == figures.entries and figures.busiest_second <= 2
    return 0 if whole and not figures.out_of_order and not figures.repeated else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
