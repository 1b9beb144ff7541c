"""Queries of the outbox in the journal: entries that are due, held and expired."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from tests.journals import place_journal
from wxpark_gui.domain.delivery import (
    LONGEST_RETRY_AFTER,
    LONGEST_WAIT,
    Cause,
    DeliveryState,
    NextStep,
    Outcome,
)
from wxpark_gui.domain.entry import CarType, ParkingEntry, Scene
from wxpark_gui.domain.errors import (
    EntryNotFoundError,
    EntryNotOpenError,
    EntryReplacedError,
    JournalWriteError,
    NothingToResendError,
)
from wxpark_gui.domain.plate import read_plate
from wxpark_gui.domain.record import (
    AccountBacklog,
    Backlog,
    EntryRecord,
    Link,
    NewEntry,
    Origin,
    SentAs,
)
from wxpark_gui.storage.journal import SqliteJournal
from wxpark_gui.storage.replacing import REOPENED_WAIT
from wxpark_gui.storage.waiting import RESERVED_SECONDS

DAY = timedelta(days=1)
YEAR = timedelta(days=365)
ORIGIN = Origin("1900000001-1900000002", "1900000001", "1900000002", "欢乐海岸停车场", "1号岗")
OFFLINE = Outcome(Cause.OFFLINE)
BUSY = Outcome(Cause.BUSY)
REFUSED_KEY = Outcome(Cause.SIGNATURE_REFUSED)
NORMAL = Outcome(Cause.ANSWERED, user_state="NORMAL")
ANSWERED = NextStep(DeliveryState.ANSWERED)
HELD = NextStep(DeliveryState.WAITING, holds_account=True)


@dataclass
class TwoClocks:
    """A wall clock that tests can change, and a monotonic clock."""

    wall: datetime = datetime(2026, 3, 1, 4, 0, tzinfo=timezone.utc)
    ticks: float = 1000.0

    def now(self) -> datetime:
        return self.wall

    def monotonic(self) -> float:
        return self.ticks

    def advance(self, span: timedelta) -> None:
        self.wall += span
        self.ticks += span.total_seconds()


class Booth:
    """A journal that can be closed and opened again."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.clock = TwoClocks()
        self.journal = SqliteJournal(place_journal(path), self.clock, busy_timeout=0)

    def restart(self, *, after: timedelta = timedelta(0)) -> None:
        """Restart the program and the computer, so that the monotonic clock starts again at 5 s.

        Args:
            after: time between end and start.
        """
        self.journal.close()
        self.clock.wall += after
        self.clock.ticks = 5.0
        self.journal = SqliteJournal(self.path, self.clock, busy_timeout=0)

    def save(self, plate: str | None = "粤B00001", mch_id: str = ORIGIN.mch_id) -> EntryRecord:
        scene = Scene.PARKING if plate else Scene.PARKING_SPACE
        entry = ParkingEntry(
            scene,
            self.clock.now(),
            plate=read_plate(plate) if plate else None,
            car_type=CarType.SMALL,
        )
        origin = replace(ORIGIN, account_id=f"{mch_id}-{ORIGIN.sub_mch_id}", mch_id=mch_id)
        return self.journal.append(NewEntry(str(uuid.uuid4()), entry, origin), self.clock.now())

    def try_(self, record: EntryRecord, outcome: Outcome, step: NextStep) -> EntryRecord:
        self.journal.start_attempt(record.entry_id, self.clock.now(), SentAs())
        return self.journal.finish_attempt(record.entry_id, outcome, step, self.clock.now())

    def wait(self, plate: str | None = "粤B00001", seconds: float = 5.0) -> EntryRecord:
        return self.try_(self.save(plate), OFFLINE, NextStep(DeliveryState.WAITING, seconds))

    def due(self, limit: int = 100) -> list[str]:
        return [record.entry_id for record in self.journal.due(self.clock.now(), limit)]

    def notes(self) -> list[tuple[str, str]]:
        with closing(sqlite3.connect(self.path)) as connection:
            return connection.execute("SELECT what, detail FROM audit ORDER BY note").fetchall()

    def state(self, record: EntryRecord) -> DeliveryState:
        found = self.journal.get(record.entry_id)
        assert found
        return found.state

    def write(self, statement: str, *values: object) -> None:
        self.journal._connection.execute(statement, values)


@pytest.fixture
def booth(tmp_path: Path) -> Iterator[Booth]:
    booth = Booth(tmp_path / "journal.sqlite3")
    yield booth
    booth.journal.close()


class TestDue:
    def test_an_entry_is_due_when_its_time_has_come(self, booth: Booth) -> None:
        record = booth.wait(seconds=5)
        booth.clock.advance(timedelta(seconds=4.999))
        assert booth.due() == []
        booth.clock.advance(timedelta(seconds=0.001))
        assert booth.due() == [record.entry_id]

    def test_the_order_is_that_of_saving_whatever_was_planned(self, booth: Booth) -> None:
        first = booth.wait("粤B00001", seconds=60)
        second = booth.wait("粤B00002", seconds=5)
        booth.clock.advance(timedelta(seconds=60))
        assert booth.due() == [first.entry_id, second.entry_id]
        assert booth.due(limit=1) == [first.entry_id]

    def test_saved_sending_held_and_closed_entries_are_not_due(self, booth: Booth) -> None:
        booth.save("粤B00001")
        booth.journal.start_attempt(booth.save("粤B00002").entry_id, booth.clock.now(), SentAs())
        booth.try_(booth.save("粤B00003"), REFUSED_KEY, HELD)
        booth.try_(booth.save("粤B00004"), NORMAL, ANSWERED)
        booth.clock.advance(timedelta(seconds=60))
        assert booth.due() == []

    @pytest.mark.parametrize("earlier", ["saved", "sending", "waiting"])
    def test_one_plate_is_first_in_first_out(self, booth: Booth, earlier: str) -> None:
        first = booth.save("粤B00001")
        if earlier == "sending":
            booth.journal.start_attempt(first.entry_id, booth.clock.now(), SentAs())
        if earlier == "waiting":
            asked = Outcome(Cause.RATE_LIMITED, retry_after=300)
            booth.try_(first, asked, NextStep(DeliveryState.WAITING, 300))
        booth.wait("粤B00001")
        other = booth.wait("粤B00002")
        booth.clock.advance(timedelta(seconds=60))
        assert booth.due() == [other.entry_id]

    def test_entry_behind_an_open_one_of_its_plate_joins_the_queue_and_both_are_due(
        self, booth: Booth
    ) -> None:
        first = booth.wait("粤B00001", seconds=300)
        second = booth.save("粤B00001")
        assert (second.state, second.next_attempt_at) == (
            DeliveryState.WAITING,
            booth.clock.now(),
        )
        assert booth.due() == [first.entry_id]
        booth.try_(first, NORMAL, ANSWERED)
        assert booth.due() == [second.entry_id]

    @pytest.mark.parametrize("other", ["plate", "account", "no plate"])
    def test_entry_of_another_plate_or_account_is_sent_at_once(
        self, booth: Booth, other: str
    ) -> None:
        booth.wait(None if other == "no plate" else "粤B00001")
        saved = {
            "plate": lambda: booth.save("粤B00002"),
            "account": lambda: booth.save("粤B00001", mch_id="1900000009"),
            "no plate": lambda: booth.save(None),
        }[other]()
        assert saved.state is DeliveryState.SAVED

    def test_nothing_of_a_held_account_is_due_and_other_accounts_go_on(self, booth: Booth) -> None:
        booth.wait("粤B00001")
        booth.try_(booth.save("粤B00002"), REFUSED_KEY, HELD)
        booth.wait("粤B00003")
        other = booth.try_(
            booth.save("粤B00001", mch_id="1900000009"), OFFLINE, NextStep(DeliveryState.WAITING, 5)
        )
        booth.clock.advance(timedelta(seconds=60))
        assert booth.due() == [other.entry_id]

    def test_entries_the_gateway_put_off_come_after_the_others(self, booth: Booth) -> None:
        put_off = booth.try_(booth.save("粤B00001"), BUSY, NextStep(DeliveryState.WAITING, 5))
        other = booth.wait("粤B00002")
        booth.clock.advance(timedelta(seconds=60))
        assert booth.due() == [other.entry_id, put_off.entry_id]
        assert booth.due(1) == [other.entry_id]

    def test_of_those_put_off_the_one_with_fewest_attempts_comes_first(self, booth: Booth) -> None:
        """Otherwise old entries that never succeed would delay a newer one while sending is slow.

        This orders the entries whose last attempt failed.
        """
        old = booth.save("粤B00001")
        for _ in range(3):
            booth.try_(old, BUSY, NextStep(DeliveryState.WAITING, 5))
        new = booth.try_(booth.save("粤B00002"), BUSY, NextStep(DeliveryState.WAITING, 5))
        booth.clock.advance(timedelta(seconds=60))
        assert booth.due() == [new.entry_id, old.entry_id]

    def test_rotation_goes_through_all_entries(self, booth: Booth) -> None:
        records = [booth.wait(f"粤B0000{number}") for number in range(1, 4)]
        chosen = []
        for _ in range(6):
            booth.clock.advance(timedelta(seconds=60))
            (next_one,) = booth.journal.due(booth.clock.now(), 1, rotate=True)
            booth.try_(next_one, OFFLINE, NextStep(DeliveryState.WAITING, 5))
            chosen.append(next_one.entry_id)
        assert chosen == [record.entry_id for record in records] * 2

    @pytest.mark.parametrize("closed", ["answered", "taken back"])
    def test_a_plate_is_free_again_when_its_earlier_entry_is_closed(
        self, booth: Booth, closed: str
    ) -> None:
        first = booth.save("粤B00001")
        second = booth.wait("粤B00001")
        if closed == "answered":
            booth.try_(first, NORMAL, ANSWERED)
        else:
            booth.journal.void(first.entry_id, booth.clock.now())
        booth.clock.advance(timedelta(seconds=60))
        assert booth.due() == [second.entry_id]

    def test_entries_of_bays_do_not_wait_for_each_other(self, booth: Booth) -> None:
        records = [booth.wait(None), booth.wait(None)]
        booth.clock.advance(timedelta(seconds=60))
        assert booth.due() == [record.entry_id for record in records]

    def test_the_same_plate_of_another_merchant_does_not_stand_in_the_way(
        self, booth: Booth
    ) -> None:
        booth.save("粤B00001", mch_id="1900000009")
        record = booth.wait("粤B00001")
        booth.clock.advance(timedelta(seconds=60))
        assert booth.due() == [record.entry_id]

    @pytest.mark.parametrize("back", [DAY, timedelta(days=20_000)])
    def test_a_clock_that_was_set_back_strands_nothing(self, booth: Booth, back: timedelta) -> None:
        record = booth.wait(seconds=300)
        booth.clock.wall -= back
        assert booth.due() == []
        booth.clock.advance(timedelta(seconds=300))
        assert booth.due() == [record.entry_id]

    def test_a_clock_that_was_set_forward_shortens_no_wait(self, booth: Booth) -> None:
        record = booth.wait(seconds=300)
        booth.clock.wall += DAY
        booth.clock.advance(timedelta(seconds=299))
        assert booth.due() == []
        booth.clock.advance(timedelta(seconds=1))
        assert booth.due() == [record.entry_id]
        assert ("clock_set", "+86400 s") in booth.notes()

    @pytest.mark.parametrize(
        ("outcome", "wait"),
        [
            (OFFLINE, LONGEST_WAIT),
            (Outcome(Cause.RATE_LIMITED, retry_after=30), LONGEST_WAIT),
            (Outcome(Cause.RATE_LIMITED, retry_after=900), 900),
            (Outcome(Cause.RATE_LIMITED, retry_after=86_400), LONGEST_RETRY_AFTER),
        ],
    )
    def test_clock_set_back_between_two_runs_lengthens_no_wait(
        self, booth: Booth, outcome: Outcome, wait: float
    ) -> None:
        booth.try_(booth.save(), outcome, NextStep(DeliveryState.WAITING, 900))
        booth.restart(after=-DAY)
        (record,) = booth.journal.open_entries()
        assert record.next_attempt_at == booth.clock.now() + timedelta(seconds=wait)

    @pytest.mark.parametrize("step", [DAY, -DAY])
    def test_plan_made_after_the_clock_was_set_is_not_moved(
        self, booth: Booth, step: timedelta
    ) -> None:
        record = booth.save()
        booth.clock.wall += step
        booth.try_(record, OFFLINE, NextStep(DeliveryState.WAITING, 5))
        booth.clock.advance(timedelta(seconds=5))
        assert booth.due() == [record.entry_id]

    def test_clock_change_that_could_not_be_stored_is_followed_by_the_next_call(
        self, booth: Booth
    ) -> None:
        record = booth.wait(seconds=300)
        booth.clock.wall -= DAY
        with closing(sqlite3.connect(booth.path, isolation_level=None)) as scanner:
            scanner.execute("BEGIN IMMEDIATE")
            with pytest.raises(JournalWriteError):
                booth.due()
        booth.clock.advance(timedelta(seconds=300))
        assert booth.due() == [record.entry_id]

    def test_expired_reservation_returns_the_entry_to_the_queue(self, booth: Booth) -> None:
        saved, begun = booth.save("粤B00001"), booth.save("粤B00002")
        booth.journal.start_attempt(begun.entry_id, booth.clock.now(), SentAs())
        booth.clock.advance(timedelta(seconds=RESERVED_SECONDS))
        assert booth.due() == [saved.entry_id, begun.entry_id]
        assert [record.maybe_sent for record in booth.journal.open_entries()] == [False, True]

    def test_search_among_3000_waiting_entries_costs_little_for_each(self, booth: Booth) -> None:
        """Cost is counted in SQLite's instructions, which do not depend on the computer's load."""
        _copy_waiting(booth, 3000)
        booth.clock.advance(timedelta(seconds=60))
        assert booth.journal.backlog().count >= 3000
        search = _instructions(booth, lambda: booth.journal.due(booth.clock.now(), 1))
        survey = _instructions(booth, booth.journal.backlog)
        # 16 and 51 for each when this was written; a scan of the others for each takes thousands.
        assert search < 3000 * 25
        assert survey < 3000 * 60


def _copy_waiting(booth: Booth, count: int) -> None:
    """Add `count` waiting entries, each of another plate, as after hours without a network."""
    first = booth.wait("粤B00001")
    columns = [
        row["name"]
        for row in booth.journal._connection.execute("PRAGMA table_info(entries)")
        if row["name"] not in ("position", "entry_id", "sequence", "plate")
    ]
    names = ", ".join(columns)
    booth.write(
        "WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 99 + ?)"
        f" INSERT INTO entries (entry_id, sequence, plate, {names})"
        f" SELECT printf('%036d', i), i, printf('粤B%05d', i), {names} FROM n, entries"
        " WHERE entry_id = ?",
        count,
        first.entry_id,
    )


def _instructions(booth: Booth, call: Callable[[], object]) -> int:
    count = 0

    def step() -> int:
        nonlocal count
        count += 1
        return 0

    booth.journal._connection.set_progress_handler(step, 1)
    call()
    booth.journal._connection.set_progress_handler(None, 0)
    return count


class TestBacklog:
    def test_is_empty_at_first(self, booth: Booth) -> None:
        assert booth.journal.backlog() == Backlog()

    def test_counts_what_is_open(self, booth: Booth) -> None:
        first = booth.save("粤B00001")
        booth.clock.advance(timedelta(seconds=60))
        waiting = booth.wait("粤B00002")
        booth.try_(booth.save("粤B00003"), NORMAL, ANSWERED)
        assert booth.journal.backlog() == Backlog(
            count=2,
            oldest=first.saved_at,
            next_attempt_at=waiting.next_attempt_at,
            accounts=(AccountBacklog(ORIGIN.account_id, 2, first.saved_at),),
        )

    def test_counts_the_open_entries_of_each_account(self, booth: Booth) -> None:
        booth.clock.advance(timedelta(seconds=60))
        theirs = booth.save("粤B00001", mch_id="1900000009")
        booth.clock.advance(timedelta(seconds=60))
        mine = booth.save("粤B00002")
        booth.save("粤B00003", mch_id="1900000009")
        backlog = booth.journal.backlog()
        assert backlog.accounts == (
            AccountBacklog(theirs.origin.account_id, 2, theirs.saved_at),
            AccountBacklog(mine.origin.account_id, 1, mine.saved_at),
        )
        assert (backlog.count, backlog.oldest) == (3, theirs.saved_at)
        assert (backlog.waiting(mine.origin.account_id), backlog.waiting("none")) == (1, 0)

    def test_names_the_newest_entry_held_for_the_settings(self, booth: Booth) -> None:
        booth.try_(booth.save("粤B00001"), REFUSED_KEY, HELD)
        held = booth.try_(booth.save("粤B00002"), REFUSED_KEY, HELD)
        booth.wait("粤B00003")
        assert booth.journal.backlog().held == (held,)


class TestRelease:
    def test_of_one_account_leaves_the_others_held(self, booth: Booth) -> None:
        mine = booth.try_(booth.save("粤B00001"), REFUSED_KEY, HELD)
        theirs = booth.try_(booth.save("粤B00002", mch_id="1900000009"), REFUSED_KEY, HELD)
        assert booth.journal.release(booth.clock.now(), mine.origin.account_id) == 1
        assert booth.due() == [mine.entry_id]
        assert [record.entry_id for record in booth.journal.backlog().held] == [theirs.entry_id]

    def test_after_an_outage_leaves_entries_that_the_gateway_put_off(self, booth: Booth) -> None:
        unreached = booth.wait("粤B00001", seconds=300)
        booth.try_(booth.save("粤B00002"), BUSY, NextStep(DeliveryState.WAITING, 300))
        assert booth.journal.release_after_outage(booth.clock.now()) == 1
        assert booth.due() == [unreached.entry_id]

    def test_makes_all_that_waits_due_at_once(self, booth: Booth) -> None:
        booth.save("粤B00003")
        records = [
            booth.wait("粤B00001", seconds=300),
            booth.try_(booth.save("粤B00002"), REFUSED_KEY, HELD),
        ]
        assert booth.journal.release(booth.clock.now()) == 2
        assert booth.due() == [record.entry_id for record in records]
        assert booth.journal.backlog().held == ()
        assert booth.notes()[-1] == ("queue_released", "2")

    def test_of_nothing_is_not_worth_a_note(self, booth: Booth) -> None:
        assert booth.journal.release(booth.clock.now()) == 0
        assert booth.notes() == []

    def test_plans_entries_saved_while_the_account_was_held(self, booth: Booth) -> None:
        held = booth.try_(booth.save("粤B00001"), REFUSED_KEY, HELD)
        entry = replace(held.entry, plate=read_plate("粤B00002"))
        joined = booth.journal.append(NewEntry("2" * 36, entry, ORIGIN), booth.clock.now())
        assert joined.state is DeliveryState.WAITING
        assert booth.due() == []
        booth.journal.release(booth.clock.now())
        assert booth.due() == [held.entry_id, joined.entry_id]

    def test_is_not_needed_after_the_holding_entry_is_closed(self, booth: Booth) -> None:
        held = booth.try_(booth.save("粤B00001"), REFUSED_KEY, HELD)
        entry = replace(held.entry, plate=read_plate("粤B00002"))
        joined = booth.journal.append(NewEntry("2" * 36, entry, ORIGIN), booth.clock.now())
        booth.journal.void(held.entry_id, booth.clock.now())
        assert booth.due() == [joined.entry_id]


class TestExpire:
    @staticmethod
    def expire(booth: Booth) -> list[str]:
        now = booth.clock.now()
        return [record.entry_id for record in booth.journal.expire(now - DAY, now)]

    def test_expires_overdue_entries_and_keeps_them(self, booth: Booth) -> None:
        old = booth.wait("粤B00001")
        booth.clock.advance(timedelta(hours=12))
        booth.wait("粤B00002")
        booth.clock.advance(timedelta(hours=12, seconds=1))
        assert self.expire(booth) == [old.entry_id]
        assert booth.state(old) is DeliveryState.EXPIRED
        assert ("expired", old.entry_id) in booth.notes()
        assert self.expire(booth) == []

    def test_leaves_sending_entries_open(self, booth: Booth) -> None:
        record = booth.wait()
        booth.clock.advance(DAY * 2)
        booth.journal.start_attempt(record.entry_id, booth.clock.now(), SentAs())
        assert self.expire(booth) == []

    @pytest.mark.parametrize("wrong", [-DAY, timedelta(days=-20_000), YEAR])
    @pytest.mark.parametrize("restarted", [False, True])
    def test_a_clock_that_was_set_gives_up_nothing_fresh(
        self, booth: Booth, wrong: timedelta, restarted: bool
    ) -> None:
        booth.wait()
        if restarted:
            booth.restart(after=wrong)
        else:
            booth.clock.wall += wrong
        booth.clock.advance(timedelta(hours=23))
        assert self.expire(booth) == []

    def test_clock_wrong_at_saving_expires_nothing_early(self, booth: Booth) -> None:
        booth.clock.wall -= YEAR
        booth.wait()
        booth.clock.wall += YEAR
        booth.clock.advance(timedelta(hours=23))
        assert self.expire(booth) == []

    def test_adds_up_the_runs_the_entry_lived_through(self, booth: Booth) -> None:
        record = booth.wait()
        for _ in range(2):
            booth.clock.advance(timedelta(hours=8))
            booth.restart(after=timedelta(hours=16))
        assert self.expire(booth) == []
        booth.clock.advance(timedelta(hours=8))
        assert self.expire(booth) == [record.entry_id]

    def test_counts_the_stored_length_of_a_killed_run(self, booth: Booth) -> None:
        record = booth.wait()
        for _ in range(3):
            booth.clock.advance(timedelta(hours=8))
            self.expire(booth)
        killed, booth.journal = booth.journal, SqliteJournal(booth.path, booth.clock)
        booth.clock.advance(timedelta(minutes=1))
        assert self.expire(booth) == [record.entry_id]
        killed.close()


class TestVoid:
    @pytest.mark.parametrize("state", ["saved", "waiting"])
    def test_voids_unsent_entries(self, booth: Booth, state: str) -> None:
        record = booth.save() if state == "saved" else booth.wait()
        voided = booth.journal.void(record.entry_id, booth.clock.now(), by="李师傅")
        assert (voided.state, voided.next_attempt_at) == (DeliveryState.VOIDED, None)
        assert booth.notes() == [("voided", f"{record.entry_id} 李师傅")]
        assert booth.journal.backlog() == Backlog()

    @pytest.mark.parametrize("state", ["sending", "answered", "voided"])
    def test_refuses_sending_and_closed_entries(self, booth: Booth, state: str) -> None:
        record = booth.save()
        if state == "sending":
            booth.journal.start_attempt(record.entry_id, booth.clock.now(), SentAs())
        if state == "answered":
            booth.try_(record, NORMAL, ANSWERED)
        if state == "voided":
            booth.journal.void(record.entry_id, booth.clock.now())
        with pytest.raises(EntryNotOpenError, match=state):
            booth.journal.void(record.entry_id, booth.clock.now())
        assert booth.state(record).value == state

    @pytest.mark.parametrize(
        "state",
        [
            state
            for state in DeliveryState
            if state not in (DeliveryState.SENDING, DeliveryState.VOIDED)
        ],
    )
    def test_with_a_reason_voids_any_entry_that_is_not_being_sent(
        self, booth: Booth, state: DeliveryState
    ) -> None:
        record = booth.try_(booth.save(), NORMAL, ANSWERED)
        booth.write("UPDATE entries SET state = ?", state.value)
        voided = booth.journal.void(
            record.entry_id, booth.clock.now(), reason="没有入场", by="李师傅"
        )
        assert voided.state is DeliveryState.VOIDED
        assert voided.outcome == record.outcome, "the answer stays readable"
        assert booth.notes()[-1] == ("voided", f"{record.entry_id} 李师傅 没有入场")
        assert booth.journal.open_entries() == []

    @pytest.mark.parametrize("state", [DeliveryState.SENDING, DeliveryState.VOIDED])
    def test_with_a_reason_refuses_what_is_being_sent_or_voided(
        self, booth: Booth, state: DeliveryState
    ) -> None:
        record = booth.save()
        booth.write("UPDATE entries SET state = ?", state.value)
        with pytest.raises(EntryNotOpenError, match=state.value):
            booth.journal.void(record.entry_id, booth.clock.now(), reason="x")
        assert booth.notes() == []

    def test_answer_that_came_meanwhile_is_not_voided_unasked(self, booth: Booth) -> None:
        record = booth.try_(booth.save(), NORMAL, ANSWERED)
        with pytest.raises(EntryNotOpenError, match="answered"):
            booth.journal.void(record.entry_id, booth.clock.now(), reason="x", unless_answered=True)
        assert booth.notes() == []

    def test_knows_no_other_entry(self, booth: Booth) -> None:
        with pytest.raises(EntryNotFoundError):
            booth.journal.void("0" * 36, booth.clock.now())


BAD_VALUES = [
    ("scene", "BARN"),
    ("start_time", "yesterday"),
    ("saved_at", "2026-03-01"),
    ("plate", b"\xff"),
    ("openid", b"\xff\xfe"),
    ("lot", "CAST(x'e6ff' AS TEXT)"),
    ("attempts", "many"),
]


class TestUnreadableRow:
    @pytest.mark.parametrize(("column", "value"), BAD_VALUES)
    def test_is_passed_over_and_stays_in_the_file(
        self, booth: Booth, column: str, value: object, caplog: pytest.LogCaptureFixture
    ) -> None:
        bad, good = booth.wait("粤B00001"), booth.wait("粤B00001")
        if isinstance(value, str) and value.startswith("CAST"):
            booth.write(f"UPDATE entries SET {column} = {value} WHERE position = 1")
        else:
            booth.write(f"UPDATE entries SET {column} = ? WHERE position = 1", value)
        booth.clock.advance(timedelta(minutes=1))
        for _ in range(2):
            assert [record.entry_id for record in booth.journal.recent(10)] == [good.entry_id]
        assert [record.entry_id for record in booth.journal.open_entries()] == [good.entry_id]
        assert booth.due() == [good.entry_id], "an unreadable row holds back nothing"
        assert booth.journal.backlog().count == 1
        assert booth.notes() == [("entry_unreadable", "position 1")]
        assert caplog.messages == ["row 1 of the journal cannot be read and is passed over"]
        booth.restart()
        assert booth.due() == [good.entry_id]
        count = "SELECT count(*) FROM entries WHERE entry_id = ?"
        found = booth.journal._connection.execute(count, (bad.entry_id,)).fetchone()
        assert found[0] == 1

    def test_does_not_count_towards_the_limit(self, booth: Booth) -> None:
        records = [booth.wait(f"粤B0000{number}") for number in range(4)]
        booth.write("UPDATE entries SET scene = 'BARN' WHERE position IN (1, 3)")
        booth.clock.advance(timedelta(minutes=1))
        assert booth.due(limit=2) == [records[1].entry_id, records[3].entry_id]


class TestReplacement:
    def replace(
        self, booth: Booth, old: EntryRecord, link: Link, plate: str = "粤B00009"
    ) -> EntryRecord:
        entry = replace(old.entry, plate=read_plate(plate))
        origin = replace(old.origin, attendant="李师傅")
        new = NewEntry(str(uuid.uuid4()), entry, origin, old.entry_id, link)
        return booth.journal.append(new, booth.clock.now())

    @pytest.mark.parametrize(
        "state", [DeliveryState.REFUSED, DeliveryState.UNTRUSTED, DeliveryState.EXPIRED]
    )
    def test_resent_entry_is_linked_and_the_old_one_stays_readable(
        self, booth: Booth, state: DeliveryState
    ) -> None:
        old = booth.save()
        booth.write("UPDATE entries SET state = ?", state.value)
        new = self.replace(booth, old, Link.RESENT)
        kept = booth.journal.get(old.entry_id)
        assert kept is not None
        assert (kept.state, kept.replaced_by) == (state, new.entry_id)
        assert (new.replaces, new.link, new.state) == (
            old.entry_id,
            Link.RESENT,
            DeliveryState.SAVED,
        )
        detail = f"{old.entry_id} {new.entry_id} 李师傅 {state.value}"
        assert ("entry_resent", detail) in booth.notes()

    @pytest.mark.parametrize("state", [DeliveryState.SAVED, DeliveryState.WAITING])
    def test_corrected_entry_that_was_not_sent_is_voided(
        self, booth: Booth, state: DeliveryState
    ) -> None:
        old = booth.save() if state is DeliveryState.SAVED else booth.wait()
        new = self.replace(booth, old, Link.CORRECTED)
        assert booth.state(old) is DeliveryState.VOIDED
        with pytest.raises(EntryNotOpenError):
            booth.journal.start_attempt(old.entry_id, booth.clock.now(), SentAs())
        assert booth.journal.get(new.entry_id) == new
        assert booth.notes()[-2:] == [
            ("voided", f"{old.entry_id} 李师傅"),
            ("entry_corrected", f"{old.entry_id} {new.entry_id} 李师傅 plate"),
        ]

    def test_corrected_entry_that_was_answered_keeps_its_answer(self, booth: Booth) -> None:
        old = booth.try_(booth.save(), NORMAL, ANSWERED)
        self.replace(booth, old, Link.CORRECTED)
        assert booth.state(old) is DeliveryState.ANSWERED

    def test_entry_being_sent_is_not_corrected_and_nothing_is_saved(self, booth: Booth) -> None:
        old = booth.save()
        booth.journal.start_attempt(old.entry_id, booth.clock.now(), SentAs())
        with pytest.raises(EntryNotOpenError):
            self.replace(booth, old, Link.CORRECTED)
        assert [record.entry_id for record in booth.journal.recent(9)] == [old.entry_id]

    @pytest.mark.parametrize("link", list(Link))
    def test_entry_is_replaced_once(self, booth: Booth, link: Link) -> None:
        old = booth.save()
        booth.write("UPDATE entries SET state = 'refused'")
        self.replace(booth, old, link)
        with pytest.raises(EntryReplacedError):
            self.replace(booth, old, link)
        assert len(booth.journal.recent(9)) == 2

    @pytest.mark.parametrize(
        ("state", "link"),
        [
            (DeliveryState.ANSWERED, Link.RESENT),
            (DeliveryState.VOIDED, Link.RESENT),
            (DeliveryState.WAITING, Link.RESENT),
            (DeliveryState.VOIDED, Link.CORRECTED),
        ],
    )
    def test_entry_that_needs_no_replacement_gets_none(
        self, booth: Booth, state: DeliveryState, link: Link
    ) -> None:
        old = booth.save()
        booth.write("UPDATE entries SET state = ?", state.value)
        with pytest.raises(NothingToResendError):
            self.replace(booth, old, link)
        assert len(booth.journal.recent(9)) == 1

    def test_entry_counts_again_if_its_replacement_is_taken_back(self, booth: Booth) -> None:
        old = booth.try_(booth.save(), NORMAL, ANSWERED)
        new = self.replace(booth, old, Link.CORRECTED)
        booth.journal.void(new.entry_id, booth.clock.now())
        kept, voided = booth.journal.get(old.entry_id), booth.journal.get(new.entry_id)
        assert kept is not None
        assert voided is not None
        assert (kept.state, kept.replaced_by) == (DeliveryState.ANSWERED, "")
        assert voided.replaces == old.entry_id, "what it was is still known"
        self.replace(booth, kept, Link.CORRECTED)

    def test_correction_takes_the_start_time_that_was_set_right_since(self, booth: Booth) -> None:
        """The window may still know the time of a clock that had lost its own."""
        right = booth.clock.wall
        booth.clock.wall = datetime(2019, 1, 1, tzinfo=timezone.utc)
        old = booth.save()
        booth.clock.advance(timedelta(seconds=60))
        booth.clock.wall = right
        new = self.replace(booth, old, Link.CORRECTED)
        assert new.entry.start_time == right - timedelta(seconds=60)
        assert new.saved_at == right

    def test_entry_that_a_correction_voided_waits_again_if_the_correction_is_taken_back(
        self, booth: Booth
    ) -> None:
        old = booth.wait()
        new = self.replace(booth, old, Link.CORRECTED)
        assert booth.state(old) is DeliveryState.VOIDED
        booth.clock.advance(timedelta(seconds=1))
        booth.journal.void(new.entry_id, booth.clock.now(), by="王师傅")
        kept = booth.journal.get(old.entry_id)
        assert kept == replace(old, next_attempt_at=booth.clock.now() + REOPENED_WAIT)
        assert booth.due() == [], "a person may correct it again before it is sent as it was"
        booth.clock.advance(REOPENED_WAIT)
        assert booth.due() == [old.entry_id]
        detail = f"{old.entry_id} {new.entry_id} 王师傅"
        assert ("entry_reopened", detail) in booth.notes()

    def test_archived_entry_that_a_correction_voided_stays_voided(self, booth: Booth) -> None:
        """The queue reads the active file only, and the month's rows are about to be deleted."""
        old = booth.wait()
        new = self.replace(booth, old, Link.CORRECTED)
        booth.write(
            "INSERT INTO archives VALUES ('2026-03', 1, 1, 1, ?, '2026-04-03T00:00:00.000+00:00')",
            "0" * 64,
        )
        booth.journal.void(new.entry_id, booth.clock.now())
        kept = booth.journal.get(old.entry_id)
        assert kept is not None
        assert (kept.state, kept.replaced_by) == (DeliveryState.VOIDED, "")

    def test_entry_that_waits_again_in_a_held_account_has_no_planned_time(
        self, booth: Booth
    ) -> None:
        old = booth.save("粤B00001")
        new = self.replace(booth, old, Link.CORRECTED)
        booth.try_(booth.save("粤B00002"), REFUSED_KEY, HELD)
        booth.journal.void(new.entry_id, booth.clock.now())
        kept = booth.journal.get(old.entry_id)
        assert kept is not None
        assert (kept.state, kept.next_attempt_at) == (DeliveryState.WAITING, None)

    def test_entry_voided_for_a_reason_stays_voided_if_its_correction_is_taken_back(
        self, booth: Booth
    ) -> None:
        old = booth.try_(booth.save(), NORMAL, ANSWERED)
        new = self.replace(booth, old, Link.CORRECTED)
        booth.journal.void(old.entry_id, booth.clock.now(), reason="没有入场")
        booth.journal.void(new.entry_id, booth.clock.now())
        assert booth.state(old) is DeliveryState.VOIDED

    def test_entry_stays_replaced_if_its_replacement_is_voided_for_a_reason(
        self, booth: Booth
    ) -> None:
        """The car did not come at all, say; the number of a sheet is free again."""
        old = booth.try_(booth.save(), NORMAL, ANSWERED)
        new = self.replace(booth, old, Link.CORRECTED)
        booth.journal.void(new.entry_id, booth.clock.now(), reason="没有入场")
        kept = booth.journal.get(old.entry_id)
        assert kept is not None
        assert kept.replaced_by == new.entry_id

    def test_entry_stays_replaced_if_its_correction_is_corrected(self, booth: Booth) -> None:
        old = booth.try_(booth.save(), NORMAL, ANSWERED)
        second = self.replace(booth, old, Link.CORRECTED)
        third = self.replace(booth, second, Link.CORRECTED, "粤B00010")
        links = {record.entry_id: record.replaced_by for record in booth.journal.recent(9)}
        assert links == {
            old.entry_id: second.entry_id,
            second.entry_id: third.entry_id,
            third.entry_id: "",
        }


class TestAccounts:
    def test_waiting_counts_the_open_entries_of_one_account(self, booth: Booth) -> None:
        account_id = booth.wait("粤B00001").origin.account_id
        booth.save("粤B00002")
        booth.save("粤B00003", mch_id="1900000009")
        booth.try_(booth.save("粤B00004"), NORMAL, ANSWERED)
        assert booth.journal.waiting(account_id) == 2

    def test_account_counts_as_answered_after_its_first_answer(self, booth: Booth) -> None:
        record = booth.save()
        account_id = record.origin.account_id
        assert not booth.journal.was_answered(account_id)
        booth.try_(record, NORMAL, ANSWERED)
        assert booth.journal.was_answered(account_id)
        assert not booth.journal.was_answered("1-2")

    def test_attempt_keeps_the_ids_it_was_sent_under(self, booth: Booth) -> None:
        record = booth.save()
        booth.journal.start_attempt(record.entry_id, booth.clock.now(), SentAs("1", "2"))
        with closing(sqlite3.connect(booth.path)) as connection:
            sent = connection.execute("SELECT sent_mch_id, sent_sub_mch_id FROM attempts")
            assert sent.fetchall() == [("1", "2")]


class TestStartTime:
    """Entries made while the wall clock stood in the past; the true time is the test's start."""

    LOST = datetime(1970, 1, 1, tzinfo=timezone.utc)

    def test_is_corrected_at_the_next_start_by_the_time_that_the_program_ran(
        self, booth: Booth
    ) -> None:
        true = booth.clock.wall
        booth.clock.wall = self.LOST
        record = booth.wait()
        booth.clock.advance(timedelta(hours=2))
        booth.restart(after=true + timedelta(hours=3) - booth.clock.wall)
        (corrected,) = booth.journal.open_entries()
        # One hour in which the program did not run is not measured: late by it, never early.
        assert corrected.entry.start_time == true + timedelta(hours=1)
        assert corrected.entry_id == record.entry_id
        assert "start_time_corrected" in dict(booth.notes())

    def test_is_left_alone_while_the_clock_is_wrong(self, booth: Booth) -> None:
        booth.clock.wall = self.LOST
        record = booth.wait()
        booth.clock.wall += YEAR
        booth.due()
        (kept,) = booth.journal.open_entries()
        assert kept.entry.start_time == record.entry.start_time

    def test_of_an_entry_made_by_a_plausible_clock_is_never_changed(self, booth: Booth) -> None:
        record = booth.wait()
        booth.clock.wall += DAY
        booth.due()
        booth.restart()
        (kept,) = booth.journal.open_entries()
        assert kept.entry.start_time == record.entry.start_time
