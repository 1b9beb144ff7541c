"""Simulation of twelve hours of one booth under all kinds of faults, in accelerated time.

    python -m tests.faults.booth_day [--entries 2000] [--hours 12] [--seed 1] [--days 1]

The journal, `Submission` and `Outbox` are the program's; the clock, the gateway, the errors of the
disk and the attendant are simulated. The order of calls is that of the window: an entry is sent at
once when it is saved, its outcome is passed to the outbox, and `Outbox.step` is called at the time
that its last step returned.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import sys
import tempfile
import time
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice, pairwise
from pathlib import Path

from tests.faults.day_parts import Chance, FullDisk, Killed, Line, WatchedJournal
from tests.faults.day_script import SETTLING, STEPS_WHILE_OFF, Clock, Script, Trouble, plan
from tests.faults.workplace import fast_disk
from tests.settings import settings_of
from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.entry import EntryDraft
from wxpark_gui.domain.errors import JournalWriteError
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.service.current_settings import CurrentSettings
from wxpark_gui.service.keys import Keys
from wxpark_gui.service.outbox import Outbox
from wxpark_gui.service.submit import Submission
from wxpark_gui.storage.journal import SqliteJournal
from wxpark_gui.training.booth import TRAINING_MERCHANT, TrainingVault, make_training_key

WITHIN = 600.0
"""Seconds of working network within which each deliverable entry must be delivered."""

MOST_REPEATS = 6
"""Highest permitted number of times that WeChat receives one entry again after the first.

An entry is sent again if its answer was lost by a timeout or because the process was killed.
"""

ATTENDANT_RETRY = 10.0
"""Seconds after which the attendant enters a car again that could not be saved."""

DISK_RETRY = (1.0, 60.0)
"""First and longest wait after a failed write, in seconds, the same as in the window."""


class Booth:
    """The program without a window, and the attendant who uses it."""

    def __init__(self, path: Path, script: Script, source: random.Random) -> None:
        self.clock = Clock()
        self.script = script
        self.line = Line(self.clock, script, source)
        self.saved: dict[str, tuple[float, str]] = {}
        self.paced: list[float] = []
        self.disk_errors = 0
        self.resent = 0
        self._path = path
        self._keys = Keys(TrainingVault(make_training_key()))
        self._settings = CurrentSettings(settings_of(TRAINING_MERCHANT))
        self._chance = Chance(source)
        self._untrusted: list[EntryRecord] = []
        self.start()

    def start(self) -> None:
        """Open the journal and set the first step of the outbox to the current moment.

        While the disk is full, opening is tried again.
        """
        self.journal = self._open()
        self._submission = Submission(
            self.journal, self.line, self._keys, self._settings, self.clock, self._chance
        )
        self.outbox = Outbox(self.journal, self._submission, self.clock)
        self.step_at = self.clock.ticks
        self._retry = DISK_RETRY[0]

    def restart(self, step: float = 0.0) -> None:
        """Close the program and start it four seconds later.

        Args:
            step: seconds by which the wall clock is changed meanwhile.
        """
        self.journal.close()
        self.clock.ticks += 4
        self.clock.offset += step
        self.start()

    def enter(self, plate: str) -> bool:
        """Save and send one car.

        Returns:
            False if the write failed, so that the attendant must enter the car again.
        """
        try:
            record = self._submission.save(self._submission.prepare(EntryDraft(plate=plate)))
        except JournalWriteError:
            self.disk_errors += 1
            return False
        self._note_saved(record)
        self._try_at_once(record)
        return True

    def resend_untrusted(self) -> None:
        """Send again, as with F5, each entry that was given up because its replies were untrusted.

        Stops at the first failed write; the remaining entries are sent again by a later call.
        """
        while self._untrusted:
            old = self._untrusted[-1]
            try:
                record = self._submission.save(self._submission.prepare_resend(old))
            except JournalWriteError:
                self.disk_errors += 1
                return
            self._untrusted.pop()
            self.resent += 1
            self._note_saved(record)
            self._try_at_once(record)

    def step(self) -> None:
        """Run one step of the outbox, and set the time of the next one."""
        before = {entry: len(tries) for entry, tries in self.line.tries.items()}
        try:
            progress = self.outbox.step()
        except JournalWriteError:
            self.disk_errors += 1
            self.step_at = self.clock.ticks + self._retry
            self._retry = min(2 * self._retry, DISK_RETRY[1])
        else:
            self._retry = DISK_RETRY[0]
            wait = progress.next_step_in
            self.step_at = self.clock.ticks + wait if wait is not None else float("inf")
            if progress.expired:
                raise AssertionError("an entry expired within the day")
            if progress.delivered:
                self._note_closed(progress.delivered)
        finally:
            started = [
                tries[before.get(entry, 0)]
                for entry, tries in self.line.tries.items()
                if len(tries) > before.get(entry, 0)
            ]
            self.paced.extend(started)

    def _open(self) -> SqliteJournal:
        while (journal := self._try_to_open()) is None:
            self.disk_errors += 1
            self.clock.ticks += ATTENDANT_RETRY
        return journal

    def _try_to_open(self) -> SqliteJournal | None:
        try:
            journal = WatchedJournal(self._path, self.clock, connect=self._connect)
        except JournalWriteError:
            return None
        journal.line = self.line
        return journal

    def _connect(self, path: Path, busy_timeout: float) -> sqlite3.Connection:
        connection = sqlite3.connect(
            path, timeout=busy_timeout, isolation_level=None, factory=FullDisk
        )
        assert isinstance(connection, FullDisk)
        connection.script, connection.clock = self.script, self.clock
        return connection

    def _try_at_once(self, record: EntryRecord) -> None:
        self.step_at = self.clock.ticks
        if record.state is not DeliveryState.SAVED:
            if record.next_attempt_at is not None:
                self.outbox.note_queued()
            return
        try:
            sent = self._submission.deliver(record)
        except JournalWriteError:
            self.disk_errors += 1
            self.outbox.requeue(record)
            self.step_at = self.clock.ticks + DISK_RETRY[0]
            return
        self._note_closed(sent)
        try:
            self.outbox.note_outcome(sent)
        except JournalWriteError:
            self.disk_errors += 1
        self.step_at = self.clock.ticks

    def _note_saved(self, record: EntryRecord) -> None:
        plate = record.entry.plate.text if record.entry.plate else ""
        self.saved[record.entry_id] = self.clock.ticks, plate

    def _note_closed(self, record: EntryRecord) -> None:
        if record.state is DeliveryState.UNTRUSTED:
            self._untrusted.append(record)


@dataclass(frozen=True)
class Figures:
    """Results of one simulated day.

    Attributes:
        cars, entries: cars that arrived; entries saved for them, including entries sent again.
        lost: cars without an entry, plus saved entries that are missing from the journal.
        delivered, poisoned, given_up: entries by their end: answered; still open, because WeChat
            answers SYSTEMERROR at each try; closed because their replies were untrusted, and sent
            again.
        undelivered: deliverable entries that were not delivered, including those closed unanswered.
        false_answers: entries stored as answered although WeChat did not answer them.
        lost_times: requests whose start time came from a wall clock that had been reset to the
            past.
        out_of_order: requests of a plate that were sent while an earlier entry of it was open.
        repeated, most_repeated: requests that WeChat received again after the first: of all
            entries, and the most of one entry.
        poison_tries: most requests of one entry that is refused for ever.
        longest_wait: longest time in seconds that an entry waited while the network worked, counted
            from its last failure.
        late: waits longer than `WITHIN`.
        busiest_second: most entries that the outbox sent within one second.
        disk_errors: failed writes.
    """

    cars: int
    entries: int
    lost: int
    delivered: int
    poisoned: int
    given_up: int
    undelivered: int
    false_answers: int
    lost_times: int
    out_of_order: int
    repeated: int
    most_repeated: int
    poison_tries: int
    longest_wait: float
    late: int
    busiest_second: int
    disk_errors: int
    restarts: int
    causes: dict[str, int]

    @property
    def holds(self) -> bool:
        """True if no promise of the program was broken."""
        wrong = (self.lost, self.undelivered, self.false_answers, self.lost_times)
        late = self.out_of_order or self.late
        return (
            not any(wrong)
            and not late
            and self.busiest_second <= 2
            and self.most_repeated <= MOST_REPEATS
        )

    def __str__(self) -> str:
        return "\n".join(f"{name:>15}  {value}" for name, value in asdict(self).items())


class Day:
    """Runs a booth through a `Script`, one event after another."""

    def __init__(self, booth: Booth) -> None:
        self.booth = booth
        self.clock = booth.clock
        self.restarted = 0
        script = booth.script
        self.end = script.end + SETTLING
        self.cars = deque(script.cars)
        self._steps = deque(script.steps)
        self._restarts = deque(script.restarts)
        self._suspends = deque(e for e in script.episodes if e.trouble is Trouble.SUSPEND)

    def live(self) -> None:
        """Handle all events until the end of the day."""
        while self.clock.ticks < self.end:
            self.clock.ticks = max(self.clock.ticks, self._next_event())
            try:
                self._handle()
                if self.booth.script.trouble_at(self.clock.ticks) is None:
                    self.booth.resend_untrusted()
            except Killed:
                self.booth.restart()

    def _next_event(self) -> float:
        events = [self.booth.step_at, self.end]
        events += [queue[0][0] for queue in (self.cars, self._steps) if queue]
        events += islice(self._restarts, 1)
        events += [episode.begin for episode in islice(self._suspends, 1)]
        return min(events)

    def _handle(self) -> None:
        """Handle one event that is due at the current moment."""
        now = self.clock.ticks
        if self._suspends and self._suspends[0].begin <= now:
            self.clock.ticks = max(now, self._suspends.popleft().end)
        elif self._steps and self._steps[0][0] <= now:
            self.clock.offset += self._steps.popleft()[1]
        elif self._restarts and self._restarts[0] <= now:
            self._restarts.popleft()
            self._end_program()
        elif self.cars and self.cars[0][0] <= now:
            self._enter(self.cars.popleft()[1])
        elif self.booth.step_at <= now:
            self.booth.step()

    def _end_program(self) -> None:
        self.restarted += 1
        if self.restarted % 3 == 0:
            self.booth.restart(STEPS_WHILE_OFF[self.restarted // 3 % len(STEPS_WHILE_OFF)])
        elif self.restarted % 2:
            self.booth.restart()
        else:
            self.booth.line.kill = True

    def _enter(self, plate: str) -> None:
        if not self.booth.enter(plate):
            self.cars.appendleft((self.clock.ticks + ATTENDANT_RETRY, plate))


def run(directory: Path, entries: int, hours: float, seed: int) -> Figures:
    """Simulate one day and return its results."""
    source = random.Random(seed)
    booth = Booth(directory / "journal.sqlite3", plan(entries, hours, source), source)
    day = Day(booth)
    day.live()
    figures = _figures(booth, day.restarted, len(day.cars))
    booth.journal.close()
    return figures


def _figures(booth: Booth, restarts: int, waiting_cars: int) -> Figures:
    script, line = booth.script, booth.line
    records = {entry_id: booth.journal.get(entry_id) for entry_id in booth.saved}
    states = Counter(record.state for record in records.values() if record)
    poisoned = {entry for entry, (_, plate) in booth.saved.items() if plate in script.poison}
    ended = states[DeliveryState.ANSWERED] + states[DeliveryState.UNTRUSTED]
    open_ones = {entry for entry, record in records.items() if record and record.state.is_open}
    waits = [
        each for entry in booth.saved if entry not in poisoned for each in _waits(booth, entry)
    ]
    heard = [len(line.heard[entry]) for entry in booth.saved]
    return Figures(
        cars=len(script.cars),
        entries=len(booth.saved),
        lost=waiting_cars + sum(record is None for record in records.values()),
        delivered=states[DeliveryState.ANSWERED],
        poisoned=len(open_ones & poisoned),
        given_up=states[DeliveryState.UNTRUSTED],
        undelivered=len(booth.saved) - len(open_ones & poisoned) - ended,
        false_answers=sum(
            record is not None
            and record.state is DeliveryState.ANSWERED
            and entry not in line.answered
            for entry, record in records.items()
        ),
        lost_times=line.lost_times,
        out_of_order=_out_of_order(booth, records),
        repeated=sum(count - 1 for count in heard if count > 1),
        most_repeated=max(heard, default=0),
        poison_tries=max((len(line.tries[entry]) for entry in poisoned), default=0),
        longest_wait=round(max(waits, default=0.0), 1),
        late=sum(each > WITHIN for each in waits),
        busiest_second=_busiest_second(booth.paced),
        disk_errors=booth.disk_errors,
        restarts=restarts,
        causes=dict(line.causes.most_common()),
    )


def _waits(booth: Booth, entry_id: str) -> Iterator[float]:
    """Yield the seconds that an entry waited for its next try while the network worked.

    The time in which it had to wait for an earlier entry of the same plate is not counted.
    """
    saved, plate = booth.saved[entry_id]
    earlier = [
        closed
        for other, (at, its_plate) in booth.saved.items()
        if its_plate == plate
        and at < saved
        and (closed := booth.line.closed.get(other)) is not None
    ]
    begin = max([saved, *earlier])
    end = booth.line.closed.get(entry_id)
    for good_from, good_until in booth.script.good_stretches():
        first = max(begin, good_from)
        last = min(good_until, end if end is not None else float("inf"))
        if first >= last:
            continue
        tries = [at for at in booth.line.tries[entry_id] if first < at < last]
        yield from (later - before for before, later in pairwise([first, *tries, last]))


def _out_of_order(booth: Booth, records: dict[str, EntryRecord | None]) -> int:
    by_plate: dict[str, list[str]] = defaultdict(list)
    for entry_id, (_, plate) in booth.saved.items():
        by_plate[plate].append(entry_id)
    wrong = 0
    for entries in by_plate.values():
        for earlier, later in pairwise(entries):
            closed = booth.line.closed.get(earlier)
            first = min(booth.line.tries[later], default=float("inf"))
            wrong += first < (closed if closed is not None else float("inf")) and first < 1e18
    return wrong


def _busiest_second(moments: Sequence[float]) -> int:
    ordered = sorted(moments)
    busiest, left = 0, 0
    for right, moment in enumerate(ordered):
        while ordered[left] <= moment - 1.0 + 1e-6:
            left += 1
        busiest = max(busiest, right - left + 1)
    return busiest


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="Half a day of trouble in accelerated time.")
    parser.add_argument("--entries", type=int, default=2000)
    parser.add_argument("--hours", type=float, default=12.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--days", type=int, default=1, help="one after another, each its own seed")
    options = parser.parse_args(arguments)
    held = 0
    for seed in range(options.seed, options.seed + options.days):
        began = time.monotonic()
        with tempfile.TemporaryDirectory(dir=fast_disk()) as directory:
            figures = run(Path(directory), options.entries, options.hours, seed)
        print(f"seed {seed}, {time.monotonic() - began:.0f} s\n{figures}")  # noqa: T201
        held += figures.holds
    print(f"{options.days} days of {options.entries} cars: all promises held on {held}")  # noqa: T201
    return 0 if held == options.days else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
