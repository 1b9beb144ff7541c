"""Voiding an entry while it may be sent: exactly one of the two happens, without an error."""

from __future__ import annotations

import random
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TypeVar

import pytest

from tests.service.conftest import KEY, SETTINGS, Booth, FakeVault
from wxpark_gui.domain.delivery import Cause, DeliveryState, NextStep, Outcome
from wxpark_gui.domain.entry import EntryDraft, ParkingEntry
from wxpark_gui.domain.errors import EntryNotOpenError, FieldError, JournalWriteError
from wxpark_gui.domain.merchant import MerchantProfile, Secret
from wxpark_gui.domain.record import Backlog, EntryRecord, NewEntry
from wxpark_gui.runtime.system import SystemClock, SystemRandom
from wxpark_gui.service.current_settings import CurrentSettings
from wxpark_gui.service.keys import Keys
from wxpark_gui.service.on_thread import journal_on_thread
from wxpark_gui.service.outbox import Outbox, Progress
from wxpark_gui.service.ports import Journal
from wxpark_gui.service.recent_entries import RecentEntries
from wxpark_gui.service.submit import Submission
from wxpark_gui.storage.journal import SqliteJournal

NORMAL = Outcome(Cause.ANSWERED, user_state="NORMAL")
WINDOW = timedelta(minutes=10)
T = TypeVar("T")


def _save(booth: Booth, plate: str = "粤B12345") -> EntryRecord:
    return booth.save(plate)


def _void(booth: Booth, record: EntryRecord) -> EntryRecord:
    return booth.journal.void(record.entry_id, booth.clock.now())


def test_what_was_taken_back_before_its_turn_is_not_sent(booth: Booth) -> None:
    voided = _void(booth, record := _save(booth))
    assert booth.submission.deliver(record) == voided
    assert booth.gateway.sent == []


def test_what_was_answered_meanwhile_is_not_sent_twice(booth: Booth) -> None:
    record = _save(booth)
    answered = booth.submission.deliver(record)
    assert booth.submission.deliver(record) == answered
    assert len(booth.gateway.sent) == 1


def test_once_it_is_said_to_be_under_way_it_cannot_be_taken_back(booth: Booth) -> None:
    refused = []

    def take_back(record: EntryRecord) -> None:
        with pytest.raises(EntryNotOpenError) as caught:
            _void(booth, record)
        refused.append(caught.value.detail)

    record = booth.submission.deliver(_save(booth), started=take_back)
    assert (refused, record.state) == (["sending"], DeliveryState.ANSWERED)


def test_the_backlog_drops_what_is_taken_back_between_choosing_and_sending(
    booth: Booth, monkeypatch: pytest.MonkeyPatch
) -> None:
    record, other = (
        booth.send(plate, Outcome(Cause.OFFLINE)) for plate in ("粤B00001", "粤B00002")
    )
    booth.gateway.outcomes = [NORMAL]
    booth.gateway.sent.clear()
    outbox = Outbox(booth.journal, booth.submission, booth.clock)
    outbox.release()
    booth.clock.advance(1)
    due = booth.journal.due

    def choose_then_take_back(
        now: datetime, limit: int, *, rotate: bool = False
    ) -> list[EntryRecord]:
        chosen = list(due(now, limit, rotate=rotate))
        if chosen and chosen[0].entry_id == record.entry_id:
            _void(booth, chosen[0])
        return chosen

    monkeypatch.setattr(booth.journal, "due", choose_then_take_back)
    assert outbox.step().delivered is None
    assert booth.gateway.sent == []
    booth.clock.advance(1)
    delivered = outbox.step().delivered
    assert delivered is not None
    assert delivered.entry_id == other.entry_id


def test_an_adopted_entry_that_was_taken_back_meanwhile_is_dropped(
    booth: Booth, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = _save(booth)
    outbox = Outbox(booth.journal, booth.submission, booth.clock)

    def fail(*_: object, **__: object) -> EntryRecord:
        raise JournalWriteError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(booth.journal, "start_attempt", fail)
        with pytest.raises(JournalWriteError):
            booth.submission.deliver(record)
    outbox.requeue(record)
    _void(booth, record)
    assert outbox.step() == Progress()
    assert (booth.gateway.sent, booth.journal.backlog()) == ([], Backlog())


def _again(record: EntryRecord) -> NewEntry:
    """Return a new entry of the same plate and car park."""
    return NewEntry("new", record.entry, record.origin)


def test_plate_that_was_taken_back_does_not_count_as_entered(booth: Booth) -> None:
    recent = RecentEntries()
    first, second = _save(booth), _save(booth)
    for record in (first, second):
        recent.add(record)
    assert len(recent.times_of(_again(first), booth.clock.now(), WINDOW)) == 2
    recent.add(_void(booth, second))
    assert recent.times_of(_again(first), booth.clock.now(), WINDOW) == (first.saved_at,)
    recent.add(_void(booth, first))
    assert recent.times_of(_again(first), booth.clock.now(), WINDOW) == ()


def test_plate_entered_longer_ago_than_the_window_does_not_count(booth: Booth) -> None:
    recent = RecentEntries()
    recent.add(record := _save(booth))
    booth.clock.advance(WINDOW.total_seconds() - 1)
    assert recent.times_of(_again(record), booth.clock.now(), WINDOW)
    booth.clock.advance(1)
    assert recent.times_of(_again(record), booth.clock.now(), WINDOW) == ()


def test_entries_on_their_way_to_a_slow_disk_count_until_they_fail(booth: Booth) -> None:
    recent = RecentEntries()
    first, second = (booth.submission.prepare(EntryDraft("粤B12345")) for _ in range(2))
    for new in (first, second):
        recent.add_unsaved(new, booth.clock.now())
    assert len(recent.times_of(first, booth.clock.now(), WINDOW)) == 2
    recent.discard(second)
    assert len(recent.times_of(first, booth.clock.now(), WINDOW)) == 1


def test_plate_entered_in_another_car_park_does_not_count(booth: Booth) -> None:
    recent = RecentEntries()
    here = booth.submission.prepare(EntryDraft("粤B12345"))
    there = replace(here, origin=replace(here.origin, lot="东门停车场"))
    recent.add_unsaved(there, booth.clock.now())
    assert recent.times_of(here, booth.clock.now(), WINDOW) == ()
    assert recent.times_of(there, booth.clock.now(), WINDOW) == (booth.clock.now(),)


class QuickClock(SystemClock):
    """System clock whose monotonic part runs a thousand times as fast, to speed up the outbox."""

    def monotonic(self) -> float:
        return time.monotonic() * 1000


@dataclass
class SlowGateway:
    """Gateway that answers after a short delay, so that other threads find the entry being sent."""

    sent: list[str] = field(default_factory=list)

    def check(self, entry: ParkingEntry, merchant: MerchantProfile) -> tuple[FieldError, ...]:
        return ()

    def exchange(self, entry: ParkingEntry, merchant: MerchantProfile, key: Secret) -> Outcome:
        assert key == KEY
        self.sent.append(entry.label)
        time.sleep(random.uniform(0, 0.002))
        return NORMAL

    def query(self, plate: str, merchant: MerchantProfile, key: Secret) -> Outcome:
        raise NotImplementedError

    def warm_up(self, merchant: MerchantProfile) -> bool:
        return True

    def close(self) -> None: ...


class OneThread:
    """Runs each task on one thread, as the window's journal worker does."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(max_workers=1)

    def call(self, task: Callable[[], T]) -> T:
        return self._pool.submit(task).result()

    def stop(self) -> None:
        self._pool.shutdown()


@pytest.fixture
def shared_journal(tmp_path: Path) -> Iterator[Journal]:
    thread = OneThread()
    journal = journal_on_thread(
        lambda: SqliteJournal(tmp_path / "journal.sqlite3", SystemClock()), thread
    )
    yield journal
    journal.close()
    thread.stop()


class Race:
    """Threads that send new entries, run the outbox and void entries, all on the same entries."""

    def __init__(self, journal: Journal, count: int) -> None:
        self.gateway = SlowGateway()
        self.journal = journal
        self._submission = Submission(
            journal,
            self.gateway,
            Keys(FakeVault()),
            CurrentSettings(SETTINGS),
            SystemClock(),
            SystemRandom(),
        )
        self._outbox = Outbox(journal, self._submission, QuickClock())
        self.records = [self._save(number) for number in range(0, count, 2)]
        # Every other one waits, and both senders are after it.
        holder = self._hold_account()
        self.records += [self._save(number) for number in range(1, count, 2)]
        journal.void(holder.entry_id, datetime.now(timezone.utc))
        self.refused = 0
        self._over = threading.Event()

    def run(self) -> None:
        """Run all threads to their end; raise the first error of any of them."""
        with ThreadPoolExecutor(max_workers=4) as pool:
            lines = [pool.submit(self._send_live), pool.submit(self._take_back)]
            backlog = pool.submit(self._send_backlog)
            for line in lines:
                line.result()
            self._over.set()
            backlog.result()

    def _save(self, number: int) -> EntryRecord:
        return self._submission.save(self._submission.prepare(EntryDraft(f"粤B{number:05}")))

    def _hold_account(self) -> EntryRecord:
        """Save an entry that stops the account: entries saved later wait until it is voided."""
        record = self._save(99_999)
        step = NextStep(DeliveryState.WAITING, holds_account=True)
        refused = Outcome(Cause.SIGNATURE_REFUSED)
        return self.journal.finish_attempt(record.entry_id, refused, step, record.saved_at)

    def _send_live(self) -> None:
        for record in random.sample(self.records, len(self.records)):
            self._submission.deliver(record)

    def _send_backlog(self) -> None:
        self._outbox.release()
        while not self._over.is_set():
            self._outbox.step()

    def _take_back(self) -> None:
        for record in random.sample(self.records, len(self.records)):
            try:
                self.journal.void(record.entry_id, datetime.now(timezone.utc))
            except EntryNotOpenError:
                self.refused += 1
            time.sleep(random.uniform(0, 0.002))


def test_each_entry_is_either_taken_back_or_sent_once_and_nothing_crashes(
    shared_journal: Journal,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    race = Race(shared_journal, count=400)
    race.run()
    ended = [shared_journal.get(record.entry_id) for record in race.records]
    sent = Counter(race.gateway.sent)
    with closing(sqlite3.connect(tmp_path / "journal.sqlite3")) as connection:
        attempts = dict(
            connection.execute("SELECT entry_id, count(*) FROM attempts GROUP BY entry_id")
        )
    for record in ended:
        assert record is not None
        made = (sent[record.entry.label], attempts.get(record.entry_id, 0), record.maybe_sent)
        expected = (0, 0, False) if record.state is DeliveryState.VOIDED else (1, 1, False)
        assert made == expected, record
        assert record.state in (DeliveryState.VOIDED, DeliveryState.ANSWERED)
    taken_back = sum(record is not None and record.state.value == "voided" for record in ended)
    record_property("entries_taken_back", taken_back)
    record_property("entries_sent", len(ended) - taken_back)
    assert 0 < taken_back == len(ended) - race.refused < len(ended)
