"""Process that saves and sends entries as fast as possible until the test kills it.

    python -m tests.faults.busy_process DIRECTORY GATEWAY-URL FIRST-PLATE PLATES DAYS

The merchant's key is read from the first line of standard input. The process's clock is DAYS ahead
of the system's; DAYS may be negative. It first sends the entries that an earlier process left, then
saves and sends PLATES new ones, and meanwhile moves past months to their archives without a pause.
It prints `ready` before its first entry, and `saved ENTRY-ID PLATE` after each save, at the moment
at which the window would show 已存. With PLATES 0 it ends when all is sent and archived.
"""

from __future__ import annotations

import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from tests.settings import settings_of
from wxpark_gui.domain.entry import EntryDraft
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.runtime.system import SystemClock, SystemRandom
from wxpark_gui.service.current_settings import CurrentSettings
from wxpark_gui.service.keys import Keys
from wxpark_gui.service.on_thread import journal_on_thread
from wxpark_gui.service.ports import Journal
from wxpark_gui.service.submit import Submission
from wxpark_gui.storage import archiving
from wxpark_gui.storage.directory import DataDirectory, prepare_directory
from wxpark_gui.storage.opening import open_journal
from wxpark_gui.training.booth import TRAINING_MERCHANT, TrainingVault
from wxpark_gui.wechatpay.client import GatewayClient
from wxpark_gui.wechatpay.replay import SeenReplies
from wxpark_gui.wechatpay.route import Route

T = TypeVar("T")

ROWS_A_STEP = 20
"""Rows deleted per archive step: few, so that a kill can fall between many steps."""

DAYS_OF_RUNNING = 3
"""Days by which wall and monotonic clock are moved forward once the journal is open.

The program moves a month to its archive only after it has run for some days.
"""

MOST_UNSENT = 8
"""Number of saved entries that may wait to be sent before saving pauses."""

_AREAS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


class AheadClock:
    """The system's clock with a number of days added; the number may be negative."""

    def __init__(self, days: int) -> None:
        self._system = SystemClock()
        self._ahead = timedelta(days=days)
        self._jumped = timedelta(0)

    def now(self) -> datetime:
        return self._system.now() + self._ahead + self._jumped

    def monotonic(self) -> float:
        return self._system.monotonic() + self._jumped.total_seconds()

    def jump(self, days: int) -> None:
        """Move the wall clock and the monotonic clock forward by `days`."""
        self._jumped += timedelta(days=days)


class JournalThread:
    """Runs each task on one thread, as the program does with its journal."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(max_workers=1)

    def call(self, task: Callable[[], T]) -> T:
        return self._pool.submit(task).result()


class Courier:
    """Sends entries one after another on its own thread; blocks while too many are waiting."""

    def __init__(self, submission: Submission) -> None:
        self._submission = submission
        self._pool = ThreadPoolExecutor(max_workers=1)
        self._under_way: deque[Future[EntryRecord]] = deque()

    def send(self, record: EntryRecord) -> None:
        self._under_way.append(self._pool.submit(self._submission.deliver, record))
        self.wait(MOST_UNSENT)

    def wait(self, left: int) -> None:
        """Block until at most `left` entries wait to be sent.

        Raise the error of a failed sending.
        """
        while len(self._under_way) > left:
            self._under_way.popleft().result()


def work(directory: DataDirectory, gateway_url: str, first: int, count: int, days: int) -> None:
    """Send what an earlier process left, then save and send new entries."""
    clock, chance = AheadClock(days), SystemRandom()
    key = Secret(sys.stdin.readline().strip())
    journal = journal_on_thread(lambda: open_journal(directory, clock)[0], JournalThread())
    client = GatewayClient(
        nonces=chance.nonce,
        clock=clock.monotonic,
        seen=SeenReplies(()),
        route=Route(clock.monotonic),
    )
    settings = CurrentSettings(settings_of(replace(TRAINING_MERCHANT, gateway_url=gateway_url)))
    vault = TrainingVault(key)
    submission = Submission(journal, client, Keys(vault), settings, clock, chance, training=True)
    courier = Courier(submission)
    journal.recent(1)
    clock.jump(DAYS_OF_RUNNING)
    archiving.LOOK_INTERVAL = 0.0
    archiving._FEWEST_ROWS = archiving._MOST_ROWS = ROWS_A_STEP
    _say("ready")
    if count:
        threading.Thread(target=archive, args=(journal, clock, True), daemon=True).start()
    for record in journal.open_entries():
        courier.send(record)
    for number in range(first, first + count):
        record = submission.save(submission.prepare(EntryDraft(plate=_nth_plate(number))))
        _say(f"saved {record.entry_id} {plate_of(record)}")
        courier.send(record)
    courier.wait(0)
    if not count:
        archive(journal, clock, goes_on=False)
    # Whoever has entries to save is to be killed, and not to come to an end before.
    if count:
        sys.stdin.read()


def archive(journal: Journal, clock: AheadClock, goes_on: bool) -> None:
    """Move past months to their archives until none is left, or without end if `goes_on`."""
    while journal.archive_step(clock.now(), 0) or goes_on:
        time.sleep(0.001)


def plate_of(record: EntryRecord | None) -> str:
    """Return the record's plate as sent to WeChat, or "" if there is no record or no plate."""
    return record.entry.plate.text if record and record.entry.plate else ""


def _nth_plate(number: int) -> str:
    """Return the plate with the given number; each number has its own plate.

    The plates end in a letter, because the training gateway answers some plates that end in digits
    with errors.
    """
    area, serial = divmod(number, 10_000)
    return f"粤{_AREAS[area]}{serial:04}A"


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - read by the process that kills this one


def main(arguments: Sequence[str]) -> None:
    root, gateway_url, first, count, days = arguments
    # The system's own encoding may not know the plates' characters.
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr] # a TextIOWrapper here
    work(prepare_directory(Path(root)), gateway_url, int(first), int(count), int(days))


if __name__ == "__main__":
    main(sys.argv[1:])
