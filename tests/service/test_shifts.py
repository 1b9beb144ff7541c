"""Shifts with the real journal: sign in, relief, lock, X-reading, hand-over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest

from tests.journals import place_journal
from tests.service.conftest import SETTINGS, FakeClock, FakeGateway, FakeRandom, FakeVault
from wxpark_gui.domain.delivery import Cause, Outcome
from wxpark_gui.domain.entry import EntryDraft
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.domain.shift_errors import (
    NameFormatError,
    PersonAtWorkError,
    PersonUnknownError,
    PinWaitError,
    ShiftClosedError,
    WrongPinError,
)
from wxpark_gui.domain.shift_state import ShiftState
from wxpark_gui.service.current_settings import CurrentSettings
from wxpark_gui.service.keys import Keys
from wxpark_gui.service.present_shift import PresentShift
from wxpark_gui.service.shifts import Shifts
from wxpark_gui.service.submit import Submission
from wxpark_gui.storage.journal import SqliteJournal

T = TypeVar("T")

PIN, OTHER_PIN, WRONG = Secret("1357"), Secret("2468"), Secret("9999")
OFFLINE = Outcome(Cause.OFFLINE, code="CONNECT")


class CallingThread:
    """The thread of the test, which uses the journal on no other one."""

    def call(self, task: Callable[[], T]) -> T:
        return task()


class Booth:
    """The use cases of a booth that can be restarted on the same file."""

    def __init__(self, path: Path) -> None:
        self.path = place_journal(path)
        self.clock = FakeClock()
        self.random = FakeRandom()
        self.gateway = FakeGateway()
        self.start()

    def start(self) -> None:
        settings, present = CurrentSettings(SETTINGS), PresentShift()
        self.journal = SqliteJournal(self.path, self.clock)
        book = self.journal.shift_book()
        self.shifts = Shifts(book, settings, present, self.clock, self.random, CallingThread())
        self.submission = Submission(
            self.journal, self.gateway, Keys(FakeVault()), settings, self.clock, self.random,
            present=present,
        )  # fmt: skip
        self.shifts.resume()

    def restart(self) -> None:
        self.journal.close()
        self.start()

    def enter(self, plate: str, outcome: Outcome | None = None) -> EntryRecord:
        """Save a plate; with `outcome` also send it, and the gateway returns that outcome."""
        record = self.submission.save(self.submission.prepare(EntryDraft(plate)))
        if outcome is None:
            return record
        self.gateway.by_plate[plate] = outcome
        return self.submission.deliver(record)

    def audit(self) -> list[str]:
        rows = self.journal._connection.execute("SELECT what, detail FROM audit ORDER BY note")
        return [f"{row['what']} {row['detail']}" for row in rows]


@pytest.fixture(autouse=True)
def _cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wxpark_gui.domain.pin.COST", 2**4)


@pytest.fixture
def booth(tmp_path: Path) -> Iterator[Booth]:
    booth = Booth(tmp_path / "journal.sqlite3")
    yield booth
    booth.journal.close()


@pytest.fixture
def li(booth: Booth) -> str:
    return booth.shifts.add_person("李师傅", PIN).people[-1].person_id


@pytest.fixture
def wang(booth: Booth, li: str) -> str:
    return booth.shifts.add_person("王师傅", OTHER_PIN).people[-1].person_id


def test_booth_without_people_stamps_nothing(booth: Booth) -> None:
    record = booth.enter("粤B12345")
    assert (record.origin.attendant, record.origin.shift_id) == ("", "")
    assert booth.shifts.resume() == ShiftState()


def test_signing_in_opens_a_shift_and_stamps_entries(booth: Booth, li: str) -> None:
    shift = booth.shifts.sign_in(li, PIN).shift
    assert shift is not None
    record = booth.enter("粤B12345")
    assert (record.origin.attendant, record.origin.shift_id) == ("李师傅", shift.shift_id)
    assert booth.journal.get(record.entry_id) == record


def test_correction_is_stamped_with_the_person_who_corrects(
    booth: Booth, li: str, wang: str
) -> None:
    booth.shifts.sign_in(li, PIN)
    old = booth.enter("粤B12345", Outcome(Cause.ANSWERED, "NORMAL"))
    booth.shifts.sign_in(wang, OTHER_PIN)
    new = booth.submission.save(booth.submission.prepare_correction(old, EntryDraft("粤B12346")))
    assert new.origin.attendant == "王师傅"


def test_locked_shift_takes_entries_without_an_attendant(booth: Booth, li: str) -> None:
    shift = booth.shifts.sign_in(li, PIN).shift
    assert shift is not None
    locked = booth.shifts.lock()
    assert not locked.is_signed_in
    record = booth.enter("粤B12345")
    assert (record.origin.attendant, record.origin.shift_id) == ("", shift.shift_id)
    assert booth.shifts.read().summary.unsigned == 1
    assert booth.shifts.sign_in(li, PIN).is_signed_in


def test_relief_works_within_the_shift_and_the_main_person_comes_back(
    booth: Booth, li: str, wang: str
) -> None:
    booth.shifts.sign_in(li, PIN)
    booth.enter("粤B00001")
    relieved = booth.shifts.sign_in(wang, OTHER_PIN).shift
    assert relieved is not None
    assert relieved.is_relief
    booth.enter("粤B00002")
    booth.enter("粤B00003")
    booth.shifts.sign_in(li, PIN)
    report = booth.shifts.read()
    assert report.main == "李师傅"
    assert report.summary.by_person == (("王师傅", 2), ("李师傅", 1))
    assert [stint.label for stint in report.stints] == ["李师傅", "王师傅", "李师傅"]
    assert [stint.ended_at is None for stint in report.stints] == [False, False, True]


def test_reading_in_mid_shift_and_closing_are_the_same_sum(
    booth: Booth, li: str, wang: str
) -> None:
    booth.shifts.sign_in(li, PIN)
    booth.enter("粤B00001", Outcome(Cause.ANSWERED, "NORMAL"))
    booth.enter("粤B00002", Outcome(Cause.ANSWERED, "OVERDUE"))
    booth.enter("粤B00003", OFFLINE)
    booth.journal.void(booth.enter("粤B00004").entry_id, booth.clock.now())
    reading = booth.shifts.read()
    closing = booth.shifts.hand_over(reading.shift_id, "道闸慢", wang, OTHER_PIN)
    assert closing.report.summary == reading.summary
    assert (reading.summary.entered, reading.summary.normal, reading.summary.owing) == (4, 1, 1)
    assert [item.label for item in reading.summary.carried] == ["粤B·00003"]
    assert not reading.is_closed
    assert (closing.report.closed_by, closing.report.message) == ("李师傅", "道闸慢")
    assert closing.report.acknowledged_by == "王师傅"


def test_hand_over_opens_the_shift_of_the_next_person(booth: Booth, li: str, wang: str) -> None:
    first = booth.shifts.sign_in(li, PIN).shift
    assert first is not None
    second = booth.shifts.hand_over(first.shift_id, "", wang, OTHER_PIN).state.shift
    assert second is not None
    assert (second.number, second.main.label) == (first.number + 1, "王师傅")
    assert booth.enter("粤B12345").origin.shift_id == second.shift_id


def test_waiting_entries_are_carried_from_shift_to_shift_until_they_are_sent(
    booth: Booth, li: str, wang: str
) -> None:
    shift = booth.shifts.sign_in(li, PIN).shift
    assert shift is not None
    record = booth.enter("粤B12345", OFFLINE)
    handed = booth.shifts.hand_over(shift.shift_id, "", wang, OTHER_PIN)
    (item,) = booth.shifts.read().summary.carried
    assert (item.label, item.attendant, item.is_earlier) == ("粤B·12345", "李师傅", True)
    booth.gateway.by_plate["粤B12345"] = Outcome(Cause.ANSWERED, "NORMAL")
    booth.submission.deliver(record)
    assert booth.shifts.read().summary.carried == ()
    assert len(handed.report.summary.carried) == 1


def test_closing_without_a_successor_is_acknowledged_by_the_next_to_sign_in(
    booth: Booth, li: str, wang: str
) -> None:
    shift = booth.shifts.sign_in(li, PIN).shift
    assert shift is not None
    closed = booth.shifts.close(shift.shift_id, "钥匙在抽屉")
    assert closed.state.shift is None
    booth.restart()
    state = booth.shifts.sign_in(wang, OTHER_PIN)
    assert state.handed_over is not None
    assert state.handed_over.message == "钥匙在抽屉"
    assert state.handed_over == closed.report
    assert booth.shifts.acknowledge().handed_over is None


def test_entries_between_two_shifts_are_in_the_next_one(booth: Booth, li: str) -> None:
    shift = booth.shifts.sign_in(li, PIN).shift
    assert shift is not None
    booth.enter("粤B00001")
    booth.shifts.close(shift.shift_id, "")
    assert booth.enter("粤B00002").origin.attendant == ""
    booth.shifts.sign_in(li, PIN)
    booth.enter("粤B00003")
    summary = booth.shifts.read().summary
    assert (summary.entered, summary.unsigned) == (2, 1)


def test_entries_before_the_first_shift_are_in_none(booth: Booth, li: str) -> None:
    booth.enter("粤B00001", Outcome(Cause.ANSWERED, "NORMAL"))
    booth.shifts.sign_in(li, PIN)
    assert booth.shifts.read().summary.entered == 0


def test_entry_made_before_a_hand_over_and_saved_after_it_is_one_of_the_next_shift_only(
    booth: Booth, li: str, wang: str
) -> None:
    shift = booth.shifts.sign_in(li, PIN).shift
    assert shift is not None
    prepared = booth.submission.prepare(EntryDraft("粤B00001"))
    closing = booth.shifts.hand_over(shift.shift_id, "", wang, OTHER_PIN)
    origin = booth.submission.save(prepared).origin
    assert closing.report.summary.entered == 0
    assert booth.shifts.read().summary.by_person == (("王师傅", 1),)
    assert closing.state.shift is not None
    assert (origin.attendant, origin.shift_id) == ("王师傅", closing.state.shift.shift_id)


def test_shift_cannot_be_closed_twice(booth: Booth, li: str, wang: str) -> None:
    shift = booth.shifts.sign_in(li, PIN).shift
    assert shift is not None
    booth.shifts.hand_over(shift.shift_id, "", wang, OTHER_PIN)
    with pytest.raises(ShiftClosedError):
        booth.shifts.close(shift.shift_id, "")
    booth.shifts.close(booth.shifts.read().shift_id, "")
    with pytest.raises(ShiftClosedError):
        booth.shifts.read()


def test_restart_in_mid_shift_goes_on_with_the_person_signed_in(booth: Booth, li: str) -> None:
    booth.shifts.sign_in(li, PIN)
    booth.restart()
    assert booth.enter("粤B12345").origin.attendant == "李师傅"


def test_restart_does_not_unlock(booth: Booth, li: str) -> None:
    booth.shifts.sign_in(li, PIN)
    booth.shifts.lock()
    booth.restart()
    assert booth.enter("粤B12345").origin.attendant == ""


def test_shift_never_closed_is_open_and_locked_the_next_day_and_can_be_closed_late(
    booth: Booth, li: str, wang: str
) -> None:
    shift = booth.shifts.sign_in(li, PIN).shift
    assert shift is not None
    booth.enter("粤B00001", OFFLINE)
    booth.clock.advance(24 * 3600)
    booth.restart()
    assert booth.enter("粤B00002").origin.attendant == ""
    state = booth.shifts.sign_in(wang, OTHER_PIN)
    assert state.shift is not None
    assert state.shift.shift_id == shift.shift_id
    report = booth.shifts.hand_over(shift.shift_id, "", wang, OTHER_PIN).report
    assert report.is_late
    assert (report.main, report.closed_by) == ("李师傅", "王师傅")
    assert report.summary.entered == 2


def test_wrong_pin_is_refused_and_the_fifth_makes_wait(booth: Booth, li: str) -> None:
    for _ in range(4):
        with pytest.raises(WrongPinError):
            booth.shifts.sign_in(li, WRONG)
    with pytest.raises(PinWaitError) as caught:
        booth.shifts.sign_in(li, WRONG)
    assert 29 <= caught.value.seconds <= 31
    with pytest.raises(PinWaitError):
        booth.shifts.sign_in(li, PIN)
    booth.clock.advance(31)
    assert booth.shifts.sign_in(li, PIN).is_signed_in


def test_waits_grow_with_each_further_wrong_pin(booth: Booth, li: str) -> None:
    waits = []
    for _ in range(8):
        with pytest.raises((WrongPinError, PinWaitError)) as caught:
            booth.shifts.sign_in(li, WRONG)
        waits.append(getattr(caught.value, "seconds", 0))
        booth.clock.advance(waits[-1])
    assert [round(wait, -1) for wait in waits] == [0, 0, 0, 0, 30, 60, 120, 240]


@pytest.mark.parametrize("hours", [-48, 48])
def test_wait_survives_a_restart_and_a_wall_clock_that_is_set(
    booth: Booth, li: str, hours: int
) -> None:
    for _ in range(5):
        with pytest.raises((WrongPinError, PinWaitError)):
            booth.shifts.sign_in(li, WRONG)
    booth.clock.advance(10)
    booth.restart()
    booth.clock.offset = hours * 3600
    with pytest.raises(PinWaitError):
        booth.shifts.sign_in(li, PIN)
    booth.clock.advance(31)
    assert booth.shifts.sign_in(li, PIN).is_signed_in


def test_right_pin_forgets_the_wrong_ones(booth: Booth, li: str) -> None:
    for _ in range(2):
        for _ in range(4):
            with pytest.raises(WrongPinError):
                booth.shifts.sign_in(li, WRONG)
        booth.shifts.sign_in(li, PIN)


def test_wait_of_one_person_does_not_hold_another(booth: Booth, li: str, wang: str) -> None:
    for _ in range(5):
        with pytest.raises((WrongPinError, PinWaitError)):
            booth.shifts.sign_in(li, WRONG)
    assert booth.shifts.sign_in(wang, OTHER_PIN).is_signed_in


def test_wrong_pin_of_the_next_person_changes_nothing(booth: Booth, li: str, wang: str) -> None:
    shift = booth.shifts.sign_in(li, PIN).shift
    assert shift is not None
    with pytest.raises(WrongPinError):
        booth.shifts.hand_over(shift.shift_id, "", wang, WRONG)
    assert booth.shifts.resume().shift == shift


def test_two_people_with_one_name_get_labels_of_their_own(booth: Booth) -> None:
    booth.shifts.add_person("张伟", PIN)
    people = booth.shifts.add_person("张伟", OTHER_PIN).people
    assert [person.label for person in people] == ["张伟", "张伟 2"]
    booth.shifts.sign_in(people[1].person_id, OTHER_PIN)
    assert booth.enter("粤B12345").origin.attendant == "张伟 2"


def test_renamed_person_is_stamped_with_the_new_name_at_once(booth: Booth, li: str) -> None:
    booth.shifts.sign_in(li, PIN)
    booth.enter("粤B00001")
    booth.shifts.rename_person(li, "李明")
    assert booth.enter("粤B00002").origin.attendant == "李明"
    assert booth.shifts.read().summary.by_person == (("李师傅", 1), ("李明", 1))
    with pytest.raises(NameFormatError):
        booth.shifts.rename_person(li, " ")


def test_retired_person_stays_in_the_records_and_cannot_sign_in(booth: Booth, li: str) -> None:
    state = booth.shifts.retire_person(li)
    assert state.active == ()
    assert state.people[0].is_retired
    with pytest.raises(PersonUnknownError):
        booth.shifts.sign_in(li, PIN)


def test_person_at_work_is_not_retired(booth: Booth, li: str, wang: str) -> None:
    booth.shifts.sign_in(li, PIN)
    booth.shifts.sign_in(wang, OTHER_PIN)
    for person in (li, wang):
        with pytest.raises(PersonAtWorkError):
            booth.shifts.retire_person(person)


def test_new_pin_readmits_a_retired_person_and_ends_the_wait(booth: Booth, li: str) -> None:
    for _ in range(5):
        with pytest.raises((WrongPinError, PinWaitError)):
            booth.shifts.sign_in(li, WRONG)
    booth.shifts.retire_person(li)
    booth.shifts.set_pin(li, OTHER_PIN)
    assert booth.shifts.sign_in(li, OTHER_PIN).is_signed_in


def test_each_act_leaves_a_line_in_the_audit_with_its_person(
    booth: Booth, li: str, wang: str
) -> None:
    shift = booth.shifts.sign_in(li, PIN).shift
    assert shift is not None
    with pytest.raises(WrongPinError):
        booth.shifts.sign_in(wang, WRONG)
    booth.shifts.lock()
    booth.shifts.sign_in(wang, OTHER_PIN)
    booth.shifts.rename_person(li, "李明")
    booth.shifts.hand_over(shift.shift_id, "", wang, OTHER_PIN)
    lines = booth.audit()
    assert [line.split()[0] for line in lines] == [
        "person_added", "person_added", "shift_opened", "pin_wrong", "shift_locked", "signed_in",
        "person_renamed", "shift_closed", "shift_acknowledged", "shift_opened",
    ]  # fmt: skip
    by = [line.partition("by=")[2].split(" ")[0] for line in lines]
    assert by == [
        "-",
        "-",
        "李师傅",
        "",
        "李师傅",
        "王师傅",
        "王师傅",
        "王师傅",
        "王师傅",
        "王师傅",
    ]
    assert not [line for line in lines if "1357" in line or "2468" in line]


def test_settings_of_now_name_the_next_shift(booth: Booth, li: str, wang: str) -> None:
    shift = booth.shifts.sign_in(li, PIN).shift
    assert shift is not None
    renamed = replace(SETTINGS, booth=replace(SETTINGS.booth, name="2号岗"))
    booth.shifts.settings.replace(renamed)
    booth.shifts.hand_over(shift.shift_id, "", wang, OTHER_PIN)
    assert booth.shifts.read().booth == "2号岗"
