from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.storage.months import visits_of
from tests.systems import not_on_windows
from wxpark_gui.domain.delivery import Cause, DeliveryState, NextStep, Outcome
from wxpark_gui.domain.entry import BEIJING, CarType, EntryDraft, ParkingEntry, Scene, check_draft
from wxpark_gui.domain.errors import EntryNotOpenError, JournalDamagedError, JournalWriteError
from wxpark_gui.domain.plate import read_plate
from wxpark_gui.domain.record import EntryRecord, NewEntry, Origin, SentAs
from wxpark_gui.service.ports import Clock, Journal
from wxpark_gui.storage.journal import SqliteJournal

NOW = datetime(2026, 3, 1, 4, 5, 6, 789000, tzinfo=timezone.utc)
LATER = NOW + timedelta(seconds=41)
NORMAL = Outcome(
    cause=Cause.ANSWERED,
    user_state="NORMAL",
    deduct_mode="AUTOPAY",
    host="api.mch.weixin.qq.com",
    elapsed_ms=123,
    fingerprint="f1",
    reply_hash="a" * 64,
)
BUSY = Outcome(
    cause=Cause.BUSY,
    code="SYSTEMERROR",
    message="系统繁忙",
    host="api2.mch.weixin.qq.com",
    elapsed_ms=7999,
    retry_after=30.5,
)
ANSWERED = NextStep(DeliveryState.ANSWERED)
TRY_AGAIN = NextStep(DeliveryState.WAITING, 5.0)
DIE_WHILE_SENDING = """
import os, sys
from datetime import datetime, timezone
from pathlib import Path
from wxpark_gui.domain.entry import BEIJING, CarType, EntryDraft, ParkingEntry, Scene, check_draft
from wxpark_gui.domain.record import NewEntry, Origin, SentAs
from wxpark_gui.storage.journal import SqliteJournal

class Clock:
    def now(self):
        return datetime.now(timezone.utc)
    def monotonic(self):
        return 0.0

journal = SqliteJournal(Path(sys.argv[1]), Clock())
now = journal._clock.now()
entry = ParkingEntry(Scene.PARKING_SPACE, now.replace(microsecond=0), space_number="D1")
entry_id = "0" * 36
journal.append(NewEntry(entry_id, entry, Origin("1-2", "1", "2", "lot", "booth")), now)
journal.start_attempt(entry_id, now, SentAs())
os.abort() if sys.platform == "win32" else os.kill(os.getpid(), 9)
"""
Open = Callable[[], SqliteJournal]


def new_id() -> str:
    return str(uuid.uuid4())


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    """Return the result of `query` over a connection of its own."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


def save(journal: SqliteJournal, entry: ParkingEntry, origin: Origin) -> EntryRecord:
    return journal.append(NewEntry(new_id(), entry, origin), NOW)


def answer(journal: SqliteJournal, record: EntryRecord) -> EntryRecord:
    journal.start_attempt(record.entry_id, NOW, SentAs())
    return journal.finish_attempt(record.entry_id, NORMAL, ANSWERED, LATER)


@pytest.fixture
def saved(journal: SqliteJournal, car: ParkingEntry, origin: Origin) -> EntryRecord:
    return save(journal, car, origin)


def test_is_a_journal(journal: SqliteJournal) -> None:
    port: Journal = journal
    assert port.recent(1) == []


class TestAppend:
    def test_gives_the_entry_as_it_stands_on_disk(
        self, journal: SqliteJournal, car: ParkingEntry, origin: Origin
    ) -> None:
        entry_id = new_id()
        record = journal.append(NewEntry(entry_id, car, origin), NOW)
        assert record == EntryRecord(entry_id, 1, 1, car, origin, saved_at=NOW)
        assert journal.get(entry_id) == record

    def test_is_on_disk_before_it_returns(
        self, journal: SqliteJournal, path: Path, car: ParkingEntry, origin: Origin
    ) -> None:
        record = save(journal, car, origin)
        assert rows(path, "SELECT entry_id, state FROM entries") == [(record.entry_id, "saved")]

    def test_keeps_both_clocks(
        self, journal: SqliteJournal, path: Path, car: ParkingEntry, origin: Origin
    ) -> None:
        save(journal, car, origin)
        assert rows(path, "SELECT saved_at, saved_monotonic, run FROM entries") == [
            ("2026-03-01T04:05:06.789+00:00", 100.0, 1)
        ]

    def test_refuses_an_id_that_is_taken(
        self, journal: SqliteJournal, car: ParkingEntry, origin: Origin
    ) -> None:
        record = save(journal, car, origin)
        with pytest.raises(JournalWriteError):
            journal.append(NewEntry(record.entry_id, car, origin), NOW)
        assert journal.recent(10) == [record]

    def test_marks_training(
        self, journal: SqliteJournal, path: Path, car: ParkingEntry, origin: Origin
    ) -> None:
        save(journal, car, origin)
        save(journal, car, replace(origin, training=True))
        assert rows(path, "SELECT training FROM entries ORDER BY position") == [(0,), (1,)]
        assert [record.origin.training for record in journal.recent(2)] == [True, False]


class TestSequence:
    def test_counts_from_one_across_restarts(
        self, open_journal: Open, car: ParkingEntry, origin: Origin
    ) -> None:
        found = []
        for _ in range(3):
            journal = open_journal()
            found += [save(journal, car, origin).sequence for _ in range(2)]
            journal.close()
        assert found == [1, 2, 3, 4, 5, 6]

    def test_is_each_booths_own(
        self, journal: SqliteJournal, car: ParkingEntry, origin: Origin
    ) -> None:
        booths = [origin, replace(origin, booth="2号岗"), origin, replace(origin, lot="别处")]
        assert [save(journal, car, booth).sequence for booth in booths] == [1, 1, 2, 1]

    @pytest.mark.parametrize(
        "shift",
        [timedelta(days=-1), timedelta(days=366), datetime(1970, 1, 1, tzinfo=BEIJING) - NOW],
    )
    def test_orders_the_entries_whatever_the_clock_does(
        self, journal: SqliteJournal, car: ParkingEntry, origin: Origin, shift: timedelta
    ) -> None:
        saved = [
            journal.append(
                NewEntry(new_id(), replace(car, plate=read_plate(f"粤B0000{number}")), origin),
                moment,
            )
            for number, moment in enumerate((NOW, NOW + shift, NOW))
        ]
        assert journal.recent(10) == saved[::-1]
        assert journal.open_entries() == saved

    def test_is_not_used_up_by_an_entry_that_was_not_saved(
        self, journal: SqliteJournal, car: ParkingEntry, origin: Origin
    ) -> None:
        record = save(journal, car, origin)
        with pytest.raises(JournalWriteError):
            journal.append(NewEntry(record.entry_id, car, origin), NOW)
        assert save(journal, car, origin).sequence == 2


class TestExchange:
    def test_begins_as_sending(self, journal: SqliteJournal, saved: EntryRecord) -> None:
        begun = journal.start_attempt(saved.entry_id, NOW, SentAs())
        assert begun == replace(saved, state=DeliveryState.SENDING)
        assert journal.get(saved.entry_id) == begun

    def test_ends_with_its_outcome(self, journal: SqliteJournal, saved: EntryRecord) -> None:
        ended = answer(journal, saved)
        assert ended == replace(
            saved, state=DeliveryState.ANSWERED, attempts=1, outcome=NORMAL, outcome_at=LATER
        )
        assert journal.get(saved.entry_id) == ended

    def test_that_failed_says_when_it_is_tried_again(
        self, journal: SqliteJournal, saved: EntryRecord
    ) -> None:
        journal.start_attempt(saved.entry_id, NOW, SentAs())
        waiting = journal.finish_attempt(saved.entry_id, BUSY, TRY_AGAIN, LATER)
        assert waiting.state is DeliveryState.WAITING
        assert waiting.outcome == BUSY
        assert waiting.next_attempt_at == LATER + timedelta(seconds=5)

    def test_that_is_tried_again_is_counted(
        self, journal: SqliteJournal, saved: EntryRecord
    ) -> None:
        record = saved
        for outcome in (BUSY, Outcome(Cause.UNTRUSTED), BUSY, Outcome(Cause.UNTRUSTED)):
            journal.start_attempt(record.entry_id, NOW, SentAs())
            record = journal.finish_attempt(record.entry_id, outcome, TRY_AGAIN, LATER)
        assert (record.attempts, record.untrusted) == (4, 2)
        assert record.outcome == Outcome(Cause.UNTRUSTED)

    def test_is_kept_with_both_its_times(
        self, journal: SqliteJournal, path: Path, saved: EntryRecord
    ) -> None:
        journal.start_attempt(saved.entry_id, NOW, SentAs())
        journal.finish_attempt(saved.entry_id, BUSY, TRY_AGAIN, LATER)
        answer(journal, saved)
        assert rows(path, "SELECT started_at, ended_at, cause, host FROM attempts") == [
            (
                "2026-03-01T04:05:06.789+00:00",
                "2026-03-01T04:05:47.789+00:00",
                "busy",
                "api2.mch.weixin.qq.com",
            ),
            (
                "2026-03-01T04:05:06.789+00:00",
                "2026-03-01T04:05:47.789+00:00",
                "answered",
                "api.mch.weixin.qq.com",
            ),
        ]

    def test_that_was_never_begun_is_kept_all_the_same(
        self, journal: SqliteJournal, path: Path, saved: EntryRecord
    ) -> None:
        journal.finish_attempt(saved.entry_id, Outcome(Cause.KEY_UNAVAILABLE), TRY_AGAIN, LATER)
        assert rows(path, "SELECT cause, started_at = ended_at FROM attempts") == [
            ("key_unavailable", 1)
        ]

    def test_begun_twice_is_maybe_sent(self, journal: SqliteJournal, saved: EntryRecord) -> None:
        assert not journal.start_attempt(saved.entry_id, NOW, SentAs()).maybe_sent
        assert journal.start_attempt(saved.entry_id, LATER, SentAs(), resume=True).maybe_sent

    def test_is_not_begun_by_two_at_a_time(
        self, journal: SqliteJournal, path: Path, saved: EntryRecord
    ) -> None:
        journal.start_attempt(saved.entry_id, NOW, SentAs())
        with pytest.raises(EntryNotOpenError, match="sending"):
            journal.start_attempt(saved.entry_id, LATER, SentAs())
        assert rows(path, "SELECT count(*) FROM attempts") == [(1,)]

    def test_does_not_begin_for_an_entry_that_was_taken_back(
        self, journal: SqliteJournal, path: Path, saved: EntryRecord
    ) -> None:
        voided = journal.void(saved.entry_id, NOW)
        for again in (False, True):
            with pytest.raises(EntryNotOpenError, match="voided"):
                journal.start_attempt(saved.entry_id, LATER, SentAs(), resume=again)
        assert journal.get(saved.entry_id) == voided
        assert rows(path, "SELECT * FROM attempts") == []

    def test_does_not_begin_for_an_entry_that_is_closed(
        self, journal: SqliteJournal, car: ParkingEntry, origin: Origin
    ) -> None:
        record = answer(journal, save(journal, car, origin))
        with pytest.raises(EntryNotOpenError, match="answered"):
            journal.start_attempt(record.entry_id, LATER, SentAs())
        assert journal.get(record.entry_id) == record

    def test_of_an_entry_closed_meanwhile_is_kept_and_opens_nothing(
        self, journal: SqliteJournal, car: ParkingEntry, origin: Origin
    ) -> None:
        record = answer(journal, save(journal, car, origin))
        again = journal.finish_attempt(record.entry_id, BUSY, TRY_AGAIN, LATER)
        assert (again.state, again.attempts) == (DeliveryState.ANSWERED, 2)
        assert again.next_attempt_at is None
        assert (again.outcome, again.outcome_at) == (record.outcome, record.outcome_at)
        assert again.verdict == record.verdict

    def test_of_an_entry_voided_meanwhile_is_the_last_one(
        self, journal: SqliteJournal, saved: EntryRecord
    ) -> None:
        """WeChat may know the entry, which its details must say."""
        journal.start_attempt(saved.entry_id, NOW, SentAs())
        journal.finish_attempt(saved.entry_id, BUSY, TRY_AGAIN, NOW)
        journal.void(saved.entry_id, NOW)
        late = journal.finish_attempt(saved.entry_id, NORMAL, ANSWERED, LATER)
        assert late.state is DeliveryState.VOIDED
        assert late.outcome is not None
        assert late.outcome.cause is Cause.ANSWERED

    def test_of_an_unknown_entry_changes_nothing(self, journal: SqliteJournal, path: Path) -> None:
        with pytest.raises(LookupError):
            journal.start_attempt(new_id(), NOW, SentAs())
        with pytest.raises(LookupError):
            journal.finish_attempt(new_id(), NORMAL, ANSWERED, NOW)
        assert rows(path, "SELECT * FROM attempts") == []


class TestRestart:
    def test_finds_everything_again(
        self, open_journal: Open, car: ParkingEntry, origin: Origin
    ) -> None:
        journal = open_journal()
        answer(journal, save(journal, car, origin))
        journal.append(NewEntry(new_id(), car, origin), NOW)
        waits = replace(journal.recent(1)[0], state=DeliveryState.WAITING, next_attempt_at=NOW)
        before = [waits, *journal.recent(2)[1:]]
        journal.close()
        assert open_journal().recent(10) == before

    def test_requeues_unsent_entries_as_not_sent(
        self, open_journal: Open, car: ParkingEntry, origin: Origin, clock: Clock
    ) -> None:
        journal = open_journal()
        saved = save(journal, car, origin)
        journal.close()
        assert open_journal().open_entries() == [
            replace(saved, state=DeliveryState.WAITING, next_attempt_at=clock.now())
        ]

    def test_requeues_interrupted_entries_as_maybe_sent(
        self, open_journal: Open, path: Path, car: ParkingEntry, origin: Origin, clock: Clock
    ) -> None:
        journal = open_journal()
        record = save(journal, car, origin)
        journal.start_attempt(record.entry_id, NOW, SentAs())
        journal.close()
        expected = replace(
            record, state=DeliveryState.WAITING, maybe_sent=True, next_attempt_at=clock.now()
        )
        assert open_journal().open_entries() == [expected]
        assert rows(path, "SELECT what, detail FROM audit") == [("cut_off", record.entry_id)]
        assert rows(path, "SELECT ended_at, cause FROM attempts") == [(None, None)]

    def test_requeues_entries_of_a_killed_process(self, open_journal: Open, path: Path) -> None:
        killed = subprocess.run([sys.executable, "-c", DIE_WHILE_SENDING, str(path)], check=False)
        assert killed.returncode
        (record,) = open_journal().recent(10)
        assert (record.state, record.maybe_sent) == (DeliveryState.WAITING, True)

    def test_never_takes_a_cut_off_exchange_for_the_next_one(
        self, open_journal: Open, path: Path, car: ParkingEntry, origin: Origin
    ) -> None:
        journal = open_journal()
        record = save(journal, car, origin)
        journal.start_attempt(record.entry_id, NOW, SentAs())
        journal.close()
        journal = open_journal()
        journal.finish_attempt(record.entry_id, BUSY, TRY_AGAIN, LATER)
        assert rows(path, "SELECT run, cause FROM attempts ORDER BY attempt") == [
            (1, None),
            (2, "busy"),
        ]

    def test_leaves_the_other_states_as_they_are(
        self, open_journal: Open, car: ParkingEntry, origin: Origin
    ) -> None:
        journal = open_journal()
        waiting = save(journal, car, origin)
        journal.start_attempt(waiting.entry_id, NOW, SentAs())
        journal.finish_attempt(waiting.entry_id, BUSY, TRY_AGAIN, LATER)
        answer(journal, save(journal, car, origin))
        journal.void(save(journal, car, origin).entry_id, NOW)
        before = journal.recent(10)
        journal.close()
        again = open_journal()
        assert again.recent(10) == before
        assert [record.entry_id for record in again.open_entries()] == [waiting.entry_id]


class TestQueries:
    def test_get_knows_no_other_entry(self, journal: SqliteJournal) -> None:
        assert journal.get(new_id()) is None

    def test_recent_gives_at_most_so_many(
        self, journal: SqliteJournal, car: ParkingEntry, origin: Origin
    ) -> None:
        saved = [save(journal, car, origin) for _ in range(5)]
        assert journal.recent(2) == [saved[4], saved[3]]

    def test_open_entries_are_found_by_an_index(self, journal: SqliteJournal) -> None:
        plan = journal._connection.execute(
            "EXPLAIN QUERY PLAN SELECT * FROM entries"
            " WHERE state IN ('saved', 'sending', 'waiting') ORDER BY position"
        ).fetchall()
        assert ["entries_open" in row["detail"] for row in plan] == [True]

    def test_count_of_a_day_includes_its_first_moment_and_not_that_of_the_next_day(
        self, journal: SqliteJournal, car: ParkingEntry, origin: Origin
    ) -> None:
        for seconds in (0, 1, 2, 86_400, 86_401, 400 * 86_400):
            journal.append(NewEntry(new_id(), car, origin), NOW + timedelta(seconds=seconds))
        midnight = (NOW + timedelta(seconds=1)).astimezone(BEIJING)
        assert journal.count_day(midnight) == 3

    def test_visits_are_counted_by_plate_and_end_with_the_latest(
        self, journal: SqliteJournal, path: Path, origin: Origin
    ) -> None:
        for minute, plate in enumerate(("粤B1", "京A2", "粤B1", "沪C3", "京A2", "川D4")):
            entry = check_draft(EntryDraft(f"{plate}2345", Scene.PARKING), NOW)
            journal.append(NewEntry(new_id(), entry, origin), NOW + timedelta(minutes=minute))
        last = journal.recent(1)[0]
        journal.void(last.entry_id, NOW)
        assert visits_of(path, NOW, 9) == [("粤B12345", 2), ("沪C32345", 1), ("京A22345", 2)]
        assert visits_of(path, NOW, 1) == [("京A22345", 2)]
        assert visits_of(path, NOW + timedelta(minutes=4), 9) == [("京A22345", 1)]

    def test_fingerprints_are_those_of_signed_replies_newest_first(
        self, journal: SqliteJournal, saved: EntryRecord
    ) -> None:
        for mark in ("f1", "", "f2", "f3"):
            journal.start_attempt(saved.entry_id, NOW, SentAs())
            journal.finish_attempt(saved.entry_id, replace(BUSY, fingerprint=mark), TRY_AGAIN, NOW)
        assert journal.fingerprints(2) == ["f3", "f2"]


class TestAudit:
    def test_keeps_notes(self, journal: SqliteJournal, path: Path) -> None:
        journal.note("merchant_changed", "1900000001", NOW)
        assert rows(path, "SELECT at, what, detail FROM audit") == [
            ("2026-03-01T04:05:06.789+00:00", "merchant_changed", "1900000001")
        ]

    @pytest.mark.parametrize(
        ("cause", "step", "what"),
        [
            (
                Cause.UNTRUSTED,
                NextStep(DeliveryState.UNTRUSTED, security_event=True),
                "reply_not_trusted",
            ),
            (
                Cause.SIGNATURE_REFUSED,
                NextStep(DeliveryState.WAITING, holds_account=True),
                "account_held",
            ),
        ],
    )
    def test_records_security_events_and_held_accounts(
        self,
        journal: SqliteJournal,
        saved: EntryRecord,
        cause: Cause,
        step: NextStep,
        what: str,
    ) -> None:
        journal.finish_attempt(saved.entry_id, Outcome(cause, code="X"), step, NOW)
        notes = journal._connection.execute("SELECT what, detail FROM audit").fetchall()
        assert [tuple(note) for note in notes] == [(what, f"{saved.entry_id} {cause.value} X")]

    @pytest.mark.parametrize("statement", ["UPDATE audit SET what = 'x'", "DELETE FROM audit"])
    def test_is_append_only(self, journal: SqliteJournal, statement: str) -> None:
        journal.note("merchant_changed", "", NOW)
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            journal._connection.execute(statement)


class TestTrouble:
    def test_a_full_disk_saves_nothing_harms_nothing_and_passes(
        self, journal: SqliteJournal, car: ParkingEntry, origin: Origin
    ) -> None:
        kept = [save(journal, car, origin)]
        pages = journal._connection.execute("PRAGMA page_count").fetchone()[0]
        journal._connection.execute(f"PRAGMA max_page_count = {pages}")
        large = replace(car, space_number="D" * 100_000)
        with pytest.raises(JournalWriteError, match="full"):
            save(journal, large, origin)
        assert journal.recent(10) == kept
        journal._connection.execute("PRAGMA max_page_count = 1000000")
        kept.insert(0, save(journal, large, origin))
        assert journal.recent(10) == kept
        assert kept[0].sequence == 2

    @not_on_windows("no limit on the size of files")
    def test_a_write_the_system_refuses_saves_nothing_harms_nothing_and_passes(
        self, journal: SqliteJournal, path: Path, car: ParkingEntry, origin: Origin
    ) -> None:
        import resource  # noqa: PLC0415 - there is none on Windows

        kept = [save(journal, car, origin)]
        size = path.with_name(f"{path.name}-wal").stat().st_size
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
        try:
            with pytest.raises(JournalWriteError) as caught:
                save(journal, car, origin)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        assert caught.value.detail
        assert journal.recent(10) == kept
        kept.insert(0, save(journal, car, origin))
        assert journal.recent(10) == kept

    @not_on_windows("no limit on the size of files")
    def test_wal_that_cannot_be_checkpointed_takes_entries_and_is_checkpointed_later(
        self, journal: SqliteJournal, path: Path, car: ParkingEntry, origin: Origin
    ) -> None:
        import resource  # noqa: PLC0415 - there is none on Windows

        log = path.with_name(f"{path.name}-wal")
        for _ in range(20):
            save(journal, replace(car, space_number="D" * 100_000), origin)
        journal._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        journal._connection.execute("PRAGMA wal_autocheckpoint = 1")
        size = path.stat().st_size
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        # The file cannot grow; the log, which is smaller, can.
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
        try:
            for _ in range(40):
                save(journal, car, origin)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        assert path.stat().st_size == size
        assert log.stat().st_size > 0
        save(journal, car, origin)
        assert path.stat().st_size > size
        assert [record.sequence for record in journal.recent(100)] == [*range(61, 0, -1)]

    def test_a_lock_of_another_program_saves_nothing_and_passes(
        self, journal: SqliteJournal, path: Path, car: ParkingEntry, origin: Origin
    ) -> None:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(JournalWriteError, match="locked"):
            save(journal, car, origin)
        other.close()
        assert save(journal, car, origin).sequence == 1

    def test_a_journal_that_can_be_read_only_does_not_open(
        self, open_journal: Open, path: Path
    ) -> None:
        open_journal().close()
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(JournalWriteError, match="locked"):
                open_journal()

    def test_an_exchange_whose_end_was_not_written_can_be_begun_again(
        self, journal: SqliteJournal, path: Path, saved: EntryRecord
    ) -> None:
        journal.start_attempt(saved.entry_id, NOW, SentAs())
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(JournalWriteError):
            journal.finish_attempt(saved.entry_id, NORMAL, ANSWERED, NOW)
        other.close()
        begun = journal.start_attempt(saved.entry_id, NOW, SentAs(), resume=True)
        assert (begun.attempts, begun.outcome, begun.maybe_sent) == (0, None, True)

    def test_invalid_row_is_reported_by_position_without_its_values(
        self, journal: SqliteJournal, saved: EntryRecord
    ) -> None:
        journal._connection.execute("UPDATE entries SET scene = 'BARN'")
        with pytest.raises(JournalDamagedError) as caught:
            journal.get(saved.entry_id)
        assert str(caught.value) == "JOURNAL_DAMAGED: entry 1"

    @pytest.mark.parametrize("damage", ["state = 'PARKED'", "scene = 'BARN'"])
    def test_no_attempt_of_an_invalid_row_is_stored(
        self, journal: SqliteJournal, saved: EntryRecord, damage: str
    ) -> None:
        journal._connection.execute(f"UPDATE entries SET {damage}")
        with pytest.raises(JournalDamagedError, match=r"entry 1$"):
            journal.start_attempt(saved.entry_id, NOW, SentAs())
        with pytest.raises(JournalDamagedError, match=r"entry 1$"):
            journal.finish_attempt(saved.entry_id, NORMAL, ANSWERED, NOW)
        assert journal._connection.execute("SELECT count(*) FROM attempts").fetchone()[0] == 0

    def test_another_thread_is_refused(self, journal: SqliteJournal) -> None:
        caught: list[BaseException] = []

        def use() -> None:
            try:
                journal._connection.execute("SELECT 1")
            except sqlite3.ProgrammingError as error:
                caught.append(error)

        thread = threading.Thread(target=use)
        thread.start()
        thread.join()
        assert len(caught) == 1


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
moments = st.integers(0, 4 * 10**12).map(
    lambda milliseconds: (
        datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(milliseconds=milliseconds)
    )
)
entries = st.builds(
    ParkingEntry,
    scene=st.sampled_from(Scene),
    start_time=moments.map(lambda moment: moment.astimezone(BEIJING).replace(microsecond=0)),
    plate=st.none()
    | st.sampled_from(["粤B12345", "粤BD12345", "WJ粤1234X", "使123456", "粤BIO123"]).map(
        read_plate
    ),
    car_type=st.none() | st.sampled_from(CarType),
    space_number=texts,
    openid=texts,
    sub_openid=texts,
)
origins = st.builds(
    Origin,
    account_id=texts.filter(bool),
    mch_id=texts,
    sub_mch_id=texts,
    lot=texts,
    booth=texts,
    free_time=st.none() | st.integers(0, 10**6),
    training=st.booleans(),
    attendant=texts,
)
outcomes = st.builds(
    Outcome,
    cause=st.sampled_from(Cause),
    user_state=texts,
    deduct_mode=texts,
    code=texts,
    message=texts,
    host=texts,
    elapsed_ms=st.integers(0, 10**6),
    retry_after=st.none() | st.floats(0, 10**6),
    fingerprint=texts,
    reply_hash=texts,
)


records = st.builds(
    EntryRecord,
    entry_id=st.uuids().map(str),
    position=st.just(1),
    sequence=st.just(1),
    entry=entries,
    origin=origins,
    saved_at=moments,
    state=st.just(DeliveryState.REFUSED),
    attempts=st.just(1),
    outcome=outcomes,
    outcome_at=moments,
).map(
    lambda record: replace(
        record,
        untrusted=int(record.outcome is not None and record.outcome.cause is Cause.UNTRUSTED),
    )
)


@given(record=records)
def test_whatever_was_kept_comes_back_whole(
    tmp_path_factory: pytest.TempPathFactory, clock: Clock, record: EntryRecord
) -> None:
    path = tmp_path_factory.mktemp("any") / "journal.sqlite3"
    assert record.outcome
    assert record.outcome_at
    with closing(SqliteJournal(path, clock)) as journal:
        journal.append(NewEntry(record.entry_id, record.entry, record.origin), record.saved_at)
        step = NextStep(record.state)
        finished = journal.finish_attempt(record.entry_id, record.outcome, step, record.outcome_at)
        assert finished == record
    with closing(SqliteJournal(path, clock)) as journal:
        assert journal.get(record.entry_id) == record
