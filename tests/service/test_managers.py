"""Approvals by managers, with the real file and the real journal."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from sqlite3 import connect

import pytest

from tests.journals import place_journal
from tests.service.conftest import FakeClock, FakeRandom
from wxpark_gui.domain import manager_book
from wxpark_gui.domain.errors import JournalDamagedError
from wxpark_gui.domain.manager import (
    Act,
    Guard,
    LastManagerError,
    ManagerPinWaitError,
    ManagersLostError,
    ManagersNotWrittenError,
    ManagerUnknownError,
    TooManyManagersError,
)
from wxpark_gui.domain.manager_book import MOST_MANAGERS
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.domain.pin import PinHash
from wxpark_gui.domain.shift_errors import NameFormatError, WrongPinError
from wxpark_gui.domain.stamp import Stamp
from wxpark_gui.service import managers as service
from wxpark_gui.service.managers import Managers
from wxpark_gui.service.present_shift import PresentShift
from wxpark_gui.storage.journal import SqliteJournal
from wxpark_gui.storage.managers import JsonManagers
from wxpark_gui.storage.shared import SharedJournal

PIN, OTHER_PIN, WRONG = Secret("13579"), Secret("24680"), Secret("9999")
ENTRY = "00000000-0000-4000-8000-000000000001"


class Booth:
    """The use cases of managers on real files, and a window that has the journal open."""

    def __init__(self, directory: Path) -> None:
        self.file = directory / "managers.json"
        self.path = directory / "journal.sqlite3"
        self.clock = FakeClock()
        self.random = FakeRandom()
        self.present = PresentShift()
        self.present.replace(Stamp("s1", "李师傅"))
        self.journal = SqliteJournal(place_journal(self.path), self.clock)
        self.start()

    def start(self) -> None:
        """Begin another run of the program."""
        self.managers = Managers(
            JsonManagers(self.file), SharedJournal(self.path), self.present, self.clock, self.random
        )

    def replace_journal(self) -> None:
        self.journal.close()
        self.path.unlink()
        self.journal = SqliteJournal(place_journal(self.path), self.clock)

    def audit(self) -> list[str]:
        with closing(connect(self.path)) as connection:
            rows = connection.execute("SELECT what, detail FROM audit ORDER BY note").fetchall()
        return [f"{what} {detail}" for what, detail in rows]

    def fail(self, times: int) -> None:
        """Type a wrong PIN so often that each try is checked."""
        for _ in range(times):
            with pytest.raises((WrongPinError, ManagerPinWaitError)):
                self.managers.approve(Act.SETTINGS, self.wang, WRONG)

    @property
    def wang(self) -> str:
        return self.managers.state().people[0].person_id


@pytest.fixture(autouse=True)
def _cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "PIN_COST", 2**4)


@pytest.fixture
def booth(tmp_path: Path) -> Iterator[Booth]:
    booth = Booth(tmp_path)
    yield booth
    booth.journal.close()


@pytest.fixture
def guarded(booth: Booth) -> Booth:
    booth.managers.add("王经理", PIN)
    return booth


def test_guard_is_open_until_the_first_manager(booth: Booth) -> None:
    assert booth.managers.state().guard is Guard.OPEN
    state = booth.managers.add("王经理", PIN)
    assert (state.guard, [person.label for person in state.people]) == (Guard.SET, ["王经理"])


def test_hash_of_a_manager_costs_twice_that_of_an_attendant() -> None:
    assert manager_book.PIN_COST == 2**16


def test_approval_names_act_manager_and_attendant_in_the_audit(guarded: Booth) -> None:
    guarded.managers.approve(Act.SETTINGS, guarded.wang, PIN)
    assert guarded.audit()[-1] == "approved act=settings manager=王经理 attendant=李师傅"


def test_approval_about_an_entry_begins_with_its_id(guarded: Booth) -> None:
    guarded.managers.approve(Act.VOID_ANSWERED, guarded.wang, PIN, ENTRY)
    assert guarded.audit()[-1].startswith(f"approved {ENTRY} act=void_answered manager=王经理")


def test_approval_without_an_attendant_says_so(guarded: Booth) -> None:
    guarded.present.replace(Stamp())
    guarded.managers.approve(Act.SETTINGS, guarded.wang, PIN)
    assert guarded.audit()[-1].endswith("attendant=-")


def test_wrong_pin_is_refused_and_noted(guarded: Booth) -> None:
    with pytest.raises(WrongPinError):
        guarded.managers.approve(Act.PROFILES, guarded.wang, WRONG)
    assert guarded.audit()[-1] == "manager_pin_wrong act=profiles manager=王经理 attendant=李师傅"


def test_four_wrong_pins_cost_no_wait_and_the_fifth_does(guarded: Booth) -> None:
    for _ in range(4):
        with pytest.raises(WrongPinError):
            guarded.managers.approve(Act.SETTINGS, guarded.wang, WRONG)
    with pytest.raises(ManagerPinWaitError):
        guarded.managers.approve(Act.SETTINGS, guarded.wang, WRONG)
    with pytest.raises(ManagerPinWaitError):
        guarded.managers.approve(Act.SETTINGS, guarded.wang, PIN)


def test_wait_doubles_with_each_further_wrong_pin(guarded: Booth) -> None:
    guarded.fail(5)
    for expected in (60, 120, 240, 480, 900, 900):
        guarded.clock.advance(900)
        with pytest.raises(ManagerPinWaitError) as waiting:
            guarded.managers.approve(Act.SETTINGS, guarded.wang, WRONG)
        assert waiting.value.seconds == expected + 1


def test_right_pin_after_the_wait_ends_the_count(guarded: Booth) -> None:
    guarded.fail(5)
    guarded.clock.advance(30)
    guarded.managers.approve(Act.SETTINGS, guarded.wang, PIN)
    with pytest.raises(WrongPinError):
        guarded.managers.approve(Act.SETTINGS, guarded.wang, WRONG)


def test_wrong_pins_of_two_managers_are_counted_together(guarded: Booth) -> None:
    guarded.managers.add("赵经理", OTHER_PIN)
    wang, zhao = (person.person_id for person in guarded.managers.state().people)
    for manager_id in (wang, zhao, wang, zhao):
        with pytest.raises(WrongPinError):
            guarded.managers.approve(Act.SETTINGS, manager_id, WRONG)
    with pytest.raises(ManagerPinWaitError):
        guarded.managers.approve(Act.SETTINGS, zhao, WRONG)


def test_restart_does_not_shorten_the_wait(guarded: Booth) -> None:
    guarded.fail(5)
    guarded.clock.advance(20)
    guarded.start()
    guarded.clock.advance(29)
    with pytest.raises(ManagerPinWaitError) as waiting:
        guarded.managers.approve(Act.SETTINGS, guarded.wang, PIN)
    assert waiting.value.seconds == 2
    guarded.clock.advance(1)
    guarded.managers.approve(Act.SETTINGS, guarded.wang, PIN)


@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize("offset", [-86_400.0, 86_400.0, 10 * 365 * 86_400.0])
def test_wall_clock_does_not_end_the_wait(guarded: Booth, offset: float, restarted: bool) -> None:
    guarded.fail(5)
    guarded.clock.offset = offset
    if restarted:
        guarded.start()
    with pytest.raises(ManagerPinWaitError):
        guarded.managers.approve(Act.SETTINGS, guarded.wang, PIN)


def test_replaced_journal_ends_neither_guard_nor_wait(guarded: Booth) -> None:
    guarded.fail(5)
    guarded.replace_journal()
    guarded.start()
    assert guarded.managers.state().guard is Guard.SET
    with pytest.raises(ManagerPinWaitError):
        guarded.managers.approve(Act.SETTINGS, guarded.wang, PIN)


def test_new_journal_is_marked_at_the_next_start(guarded: Booth) -> None:
    guarded.replace_journal()
    guarded.start()
    guarded.managers.resume()
    guarded.file.unlink()
    guarded.start()
    assert guarded.managers.resume().guard is Guard.LOST


def test_looking_at_the_state_writes_nothing(guarded: Booth) -> None:
    guarded.replace_journal()
    guarded.managers.state()
    assert guarded.audit() == []


def test_try_is_counted_before_the_pin_is_checked(
    guarded: Booth, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> bool:
        raise SystemExit

    monkeypatch.setattr(PinHash, "matches", killed)
    with pytest.raises(SystemExit):
        guarded.managers.approve(Act.SETTINGS, guarded.wang, WRONG)
    assert json.loads(guarded.file.read_text("utf-8"))["tries"]["count"] == 1


def test_pin_is_not_checked_if_the_try_cannot_be_counted(
    guarded: Booth, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    wang = guarded.wang
    monkeypatch.setattr("wxpark_gui.storage.managers.write_file", full)
    with pytest.raises(ManagersNotWrittenError):
        guarded.managers.approve(Act.SETTINGS, wang, PIN)


@pytest.mark.parametrize("restarted", [False, True])
def test_deleted_file_closes_the_acts(guarded: Booth, restarted: bool) -> None:
    wang = guarded.wang
    guarded.file.unlink()
    if restarted:
        guarded.start()
    assert guarded.managers.state().guard is Guard.LOST
    with pytest.raises(ManagersLostError):
        guarded.managers.approve(Act.SETTINGS, wang, PIN)
    with pytest.raises(ManagersLostError):
        guarded.managers.add("李四", PIN)


def test_deleted_file_beside_a_new_journal_closes_the_acts_of_this_run(guarded: Booth) -> None:
    assert guarded.managers.state().guard is Guard.SET
    guarded.file.unlink()
    guarded.replace_journal()
    assert guarded.managers.state().guard is Guard.LOST


def test_file_put_back_sets_the_guard_again(guarded: Booth) -> None:
    content = guarded.file.read_bytes()
    guarded.file.unlink()
    assert guarded.managers.state().guard is Guard.LOST
    guarded.file.write_bytes(content)
    guarded.managers.approve(Act.SETTINGS, guarded.wang, PIN)


@pytest.mark.parametrize("cut", [0, 1, 100, -2])
def test_damaged_file_closes_the_acts(guarded: Booth, cut: int) -> None:
    guarded.file.write_bytes(guarded.file.read_bytes()[:cut])
    guarded.start()
    assert guarded.managers.state().guard is Guard.LOST


def test_file_that_was_never_set_needs_no_journal(tmp_path: Path) -> None:
    managers = Managers(
        JsonManagers(tmp_path / "managers.json"),
        SharedJournal(tmp_path / "journal.sqlite3"),
        PresentShift(),
        FakeClock(),
        FakeRandom(),
    )
    assert managers.state().guard is Guard.OPEN


def test_missing_file_beside_an_unreadable_journal_is_no_open_guard(guarded: Booth) -> None:
    guarded.file.unlink()
    guarded.journal.close()
    guarded.path.write_bytes(b"no database" * 100)
    guarded.start()
    with pytest.raises(JournalDamagedError):
        guarded.managers.state()


def test_reset_opens_the_guard_and_the_audit_tells(guarded: Booth) -> None:
    guarded.file.write_bytes(b"damaged")
    guarded.managers.reset()
    guarded.start()
    assert guarded.managers.state().guard is Guard.OPEN
    assert guarded.audit()[-1] == "guard_reset guard by=console"
    assert not guarded.file.exists()


def test_guard_can_be_set_again_after_a_reset(guarded: Booth) -> None:
    guarded.managers.reset()
    assert guarded.managers.add("赵经理", OTHER_PIN).guard is Guard.SET
    guarded.file.unlink()
    guarded.start()
    assert guarded.managers.state().guard is Guard.LOST


def test_last_manager_is_retired_only_to_lift_the_guard(guarded: Booth) -> None:
    with pytest.raises(LastManagerError):
        guarded.managers.retire(guarded.wang)
    assert guarded.managers.state().guard is Guard.SET
    assert guarded.managers.retire(guarded.wang, lift=True).guard is Guard.OPEN
    assert guarded.audit()[-1] == "guard_lifted guard by=李师傅 manager=王经理"
    guarded.start()
    assert guarded.managers.state().guard is Guard.OPEN


def test_guard_is_not_lifted_if_the_audit_cannot_tell(
    guarded: Booth, monkeypatch: pytest.MonkeyPatch
) -> None:
    wang = guarded.wang

    def fail(*_: object) -> None:
        raise JournalDamagedError

    monkeypatch.setattr(SharedJournal, "note_guard", fail)
    with pytest.raises(JournalDamagedError):
        guarded.managers.retire(wang, lift=True)
    assert guarded.file.exists()


def test_approval_holds_if_the_audit_cannot_be_written(
    guarded: Booth, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise JournalDamagedError

    wang = guarded.wang
    monkeypatch.setattr(SharedJournal, "note_guard", fail)
    guarded.managers.approve(Act.SETTINGS, wang, PIN)
    assert "the audit lacks approved" in caplog.text


def test_one_of_two_managers_can_be_retired(guarded: Booth) -> None:
    guarded.managers.add("赵经理", OTHER_PIN)
    wang = guarded.wang
    assert [person.label for person in guarded.managers.retire(wang).people] == ["赵经理"]
    with pytest.raises(ManagerUnknownError):
        guarded.managers.approve(Act.SETTINGS, wang, PIN)


def test_new_pin_replaces_the_old_one(guarded: Booth) -> None:
    guarded.managers.set_pin(guarded.wang, OTHER_PIN)
    with pytest.raises(WrongPinError):
        guarded.managers.approve(Act.SETTINGS, guarded.wang, PIN)
    guarded.managers.approve(Act.SETTINGS, guarded.wang, OTHER_PIN)


def test_renamed_manager_keeps_the_pin(guarded: Booth) -> None:
    assert guarded.managers.rename(guarded.wang, "汪经理").people[0].label == "汪经理"
    guarded.managers.approve(Act.SETTINGS, guarded.wang, PIN)
    assert "manager_renamed manager=汪经理 was=王经理 attendant=李师傅" in guarded.audit()


def test_second_manager_of_a_name_gets_a_number(guarded: Booth) -> None:
    assert guarded.managers.add("王经理", OTHER_PIN).people[1].label == "王经理 2"


def test_tenth_manager_and_empty_names_are_refused(guarded: Booth) -> None:
    with pytest.raises(NameFormatError):
        guarded.managers.add("  ", PIN)
    for number in range(MOST_MANAGERS - 1):
        guarded.managers.add(f"经理{number}", PIN)
    with pytest.raises(TooManyManagersError):
        guarded.managers.add("多一位", PIN)


def test_pin_and_its_hash_are_neither_logged_nor_noted(
    guarded: Booth, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    guarded.fail(5)
    guarded.clock.advance(900)
    guarded.managers.approve(Act.SETTINGS, guarded.wang, PIN)
    guarded.managers.set_pin(guarded.wang, OTHER_PIN)
    stored = guarded.file.read_text("utf-8")
    digest = json.loads(stored)["managers"][0]["digest"]
    told = caplog.text + "\n".join(guarded.audit())
    for secret in (PIN, OTHER_PIN, WRONG):
        assert secret.reveal() not in told
        assert secret.reveal() not in stored.replace(digest, "")
    assert digest not in told
