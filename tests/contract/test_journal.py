"""Contract of `Journal`: the SQLite journal, used directly and through its own thread."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.faults.workplace import ORIGIN
from tests.storage.released import START, SteppingClock
from wxpark_gui.domain.delivery import Cause, DeliveryState, NextStep, Outcome
from wxpark_gui.domain.entry import CarType, ParkingEntry, Scene
from wxpark_gui.domain.errors import (
    EntryNotOpenError,
    EntryReplacedError,
    JournalWriteError,
    NothingToResendError,
)
from wxpark_gui.domain.plate import read_plate
from wxpark_gui.domain.record import Backlog, EntryRecord, Link, NewEntry, SentAs
from wxpark_gui.runtime.runner import Worker
from wxpark_gui.service.on_thread import journal_on_thread
from wxpark_gui.service.ports import Journal
from wxpark_gui.storage.journal import SqliteJournal

NORMAL = Outcome(Cause.ANSWERED, user_state="NORMAL", fingerprint="f" * 64)
OFFLINE = Outcome(Cause.OFFLINE, code="CONNECT")
WRONG_KEY = Outcome(Cause.SIGNATURE_REFUSED)
ANSWERED = NextStep(DeliveryState.ANSWERED)
REFUSED = NextStep(DeliveryState.REFUSED)
LATER = NextStep(DeliveryState.WAITING, 5.0)
HELD = NextStep(DeliveryState.WAITING, holds_account=True)


class Booth:
    """A journal and its clock."""

    def __init__(self, journal: Journal, clock: SteppingClock) -> None:
        self.journal = journal
        self.clock = clock
        self._count = 0

    def new(self, plate: str, replaces: str = "", link: Link | None = None) -> NewEntry:
        self._count += 1
        car = ParkingEntry(
            Scene.PARKING,
            self.clock.now().replace(microsecond=0),
            plate=read_plate(plate),
            car_type=CarType.SMALL,
        )
        return NewEntry(f"{self._count:036}", car, ORIGIN, replaces, link)

    def save(self, plate: str = "粤B00001") -> EntryRecord:
        return self.journal.append(self.new(plate), self.clock.now())

    def exchange(self, record: EntryRecord, outcome: Outcome, step: NextStep) -> EntryRecord:
        self.journal.start_attempt(record.entry_id, self.clock.now(), SentAs("1", "2"))
        return self.journal.finish_attempt(record.entry_id, outcome, step, self.clock.now())

    def due(self) -> list[str]:
        return [record.entry_id for record in self.journal.due(self.clock.now(), 100)]


@pytest.fixture(params=["SqliteJournal", "journal_on_thread"])
def booth(request: pytest.FixtureRequest, qapp: object, tmp_path: Path) -> Iterator[Booth]:
    clock = SteppingClock()
    path = tmp_path / "journal.sqlite3"
    if request.param == "SqliteJournal":
        journal: Journal = SqliteJournal(path, clock)
        yield Booth(journal, clock)
        journal.close()
        return
    worker = Worker("contract-journal")
    journal = journal_on_thread(lambda: SqliteJournal(path, clock), worker)
    yield Booth(journal, clock)
    journal.close()
    assert worker.stop(5)


def test_saved_entry_is_found_under_its_id_with_the_next_sequence(booth: Booth) -> None:
    first, second = booth.save("粤B00001"), booth.save("粤B00002")
    assert booth.journal.get(first.entry_id) == first
    assert (first.state, first.sequence, second.sequence) == (DeliveryState.SAVED, 1, 2)


def test_unknown_id_gives_none(booth: Booth) -> None:
    assert booth.journal.get("0" * 36) is None


def test_failed_append_saves_nothing(booth: Booth) -> None:
    record = booth.save()
    duplicate = replace(booth.new("粤B00002"), entry_id=record.entry_id)
    with pytest.raises(JournalWriteError):
        booth.journal.append(duplicate, booth.clock.now())
    assert booth.journal.recent(10) == [record]


def test_entry_behind_an_open_one_of_its_plate_waits_and_both_are_planned_for_now(
    booth: Booth,
) -> None:
    first = booth.exchange(booth.save(), OFFLINE, LATER)
    second = booth.save()
    assert (second.state, second.next_attempt_at) == (DeliveryState.WAITING, booth.clock.now())
    assert booth.due() == [first.entry_id]


def test_entry_of_a_held_account_waits_without_a_plan(booth: Booth) -> None:
    held = booth.exchange(booth.save("粤B00001"), WRONG_KEY, HELD)
    second = booth.save("粤B00002")
    assert (second.state, second.next_attempt_at) == (DeliveryState.WAITING, None)
    assert booth.journal.backlog().held == (held,)
    assert booth.due() == []


def test_entry_being_sent_or_closed_is_not_started_again(booth: Booth) -> None:
    record = booth.save()
    started = booth.journal.start_attempt(record.entry_id, booth.clock.now(), SentAs())
    assert started.state is DeliveryState.SENDING
    with pytest.raises(EntryNotOpenError):
        booth.journal.start_attempt(record.entry_id, booth.clock.now(), SentAs())
    booth.journal.finish_attempt(record.entry_id, NORMAL, ANSWERED, booth.clock.now())
    with pytest.raises(EntryNotOpenError):
        booth.journal.start_attempt(record.entry_id, booth.clock.now(), SentAs(), resume=True)


def test_resumed_attempt_marks_the_entry_as_maybe_sent(booth: Booth) -> None:
    record = booth.save()
    booth.journal.start_attempt(record.entry_id, booth.clock.now(), SentAs())
    resumed = booth.journal.start_attempt(record.entry_id, booth.clock.now(), SentAs(), resume=True)
    assert resumed.maybe_sent


def test_finished_attempt_keeps_outcome_and_plan(booth: Booth) -> None:
    record = booth.exchange(booth.save(), OFFLINE, LATER)
    assert (record.state, record.attempts, record.outcome) == (DeliveryState.WAITING, 1, OFFLINE)
    assert record.next_attempt_at == booth.clock.now() + timedelta(seconds=5)


def test_recent_is_newest_first_and_open_entries_oldest_first(booth: Booth) -> None:
    records = [booth.save(f"粤B0000{number}") for number in range(3)]
    assert booth.journal.recent(2) == records[:0:-1]
    assert booth.journal.open_entries() == records


def test_due_entries_come_oldest_first_and_those_put_off_last(booth: Booth) -> None:
    put_off = booth.exchange(booth.save("粤B00001"), Outcome(Cause.BUSY), LATER)
    other = booth.exchange(booth.save("粤B00002"), OFFLINE, LATER)
    assert booth.due() == []
    booth.clock.advance(5)
    assert booth.due() == [other.entry_id, put_off.entry_id]


def test_backlog_counts_what_is_open(booth: Booth) -> None:
    assert booth.journal.backlog() == Backlog()
    first = booth.exchange(booth.save("粤B00001"), OFFLINE, LATER)
    booth.exchange(booth.save("粤B00002"), NORMAL, ANSWERED)
    backlog = booth.journal.backlog()
    assert (backlog.count, backlog.oldest) == (1, first.saved_at)
    assert backlog.next_attempt_at == first.next_attempt_at
    assert booth.journal.waiting(ORIGIN.account_id) == 1
    assert booth.journal.was_answered(ORIGIN.account_id)
    assert not booth.journal.was_answered("other")


def test_release_plans_for_now_what_waits_of_one_account_or_all(booth: Booth) -> None:
    record = booth.exchange(booth.save(), WRONG_KEY, HELD)
    assert booth.journal.release(booth.clock.now(), "other") == 0
    assert booth.journal.release(booth.clock.now()) == 1
    assert booth.due() == [record.entry_id]


def test_release_after_an_outage_leaves_alone_what_the_gateway_put_off(booth: Booth) -> None:
    booth.exchange(booth.save("粤B00001"), Outcome(Cause.BUSY), LATER)
    kept_by_the_line = booth.exchange(booth.save("粤B00002"), OFFLINE, LATER)
    assert booth.journal.release_after_outage(booth.clock.now()) == 1
    assert booth.due() == [kept_by_the_line.entry_id]


def test_entry_that_waited_too_long_expires_and_is_kept(booth: Booth) -> None:
    record = booth.exchange(booth.save(), OFFLINE, LATER)
    booth.clock.advance(3600)
    now = booth.clock.now()
    (expired,) = booth.journal.expire(now - timedelta(seconds=3599), now)
    assert (expired.entry_id, expired.state) == (record.entry_id, DeliveryState.EXPIRED)
    assert booth.journal.get(record.entry_id) == expired


def test_clock_that_was_set_expires_nothing_fresh(booth: Booth) -> None:
    booth.exchange(booth.save(), OFFLINE, LATER)
    far = booth.clock.now() + timedelta(days=30)
    assert list(booth.journal.expire(far - timedelta(hours=24), far)) == []


def test_only_an_unsent_entry_is_taken_back(booth: Booth) -> None:
    voided = booth.journal.void(booth.save("粤B00001").entry_id, booth.clock.now())
    assert voided.state is DeliveryState.VOIDED
    answered = booth.exchange(booth.save("粤B00002"), NORMAL, ANSWERED)
    with pytest.raises(EntryNotOpenError):
        booth.journal.void(answered.entry_id, booth.clock.now())


def test_replaced_entry_is_linked_and_replaced_once(booth: Booth) -> None:
    old = booth.exchange(booth.save("粤B00001"), Outcome(Cause.OTHER_REFUSAL), REFUSED)
    new = booth.journal.append(booth.new("粤B00001", old.entry_id, Link.RESENT), booth.clock.now())
    linked = booth.journal.get(old.entry_id)
    assert linked is not None
    assert (new.replaces, linked.replaced_by) == (old.entry_id, new.entry_id)
    with pytest.raises(EntryReplacedError):
        booth.journal.append(booth.new("粤B00001", old.entry_id, Link.RESENT), booth.clock.now())


def test_answered_entry_is_not_sent_again(booth: Booth) -> None:
    old = booth.exchange(booth.save("粤B00001"), NORMAL, ANSWERED)
    with pytest.raises(NothingToResendError):
        booth.journal.append(booth.new("粤B00001", old.entry_id, Link.RESENT), booth.clock.now())


def test_entries_of_the_day_are_counted(booth: Booth) -> None:
    booth.save("粤B00001")
    booth.clock.advance(60)
    for plate in ("粤B00002", "粤B00001"):
        booth.save(plate)
    assert booth.journal.count_day(START + timedelta(seconds=60)) == 2


def test_fingerprints_of_signed_replies_are_kept_newest_first(booth: Booth) -> None:
    for number in range(3):
        signed = replace(NORMAL, fingerprint=f"{number}" * 64)
        booth.exchange(booth.save(f"粤B0000{number}"), signed, ANSWERED)
    assert booth.journal.fingerprints(2) == ["2" * 64, "1" * 64]


def test_whole_file_is_verified(booth: Booth) -> None:
    booth.save()
    assert booth.journal.verify() == 1


def test_without_a_place_for_backups_none_is_started(booth: Booth) -> None:
    assert not booth.journal.back_up_if_due(booth.clock.now())
