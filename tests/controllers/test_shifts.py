"""The shift controller: its threads, and the order of its signals."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.booths import Booth, make_booth
from wxpark_gui.controllers import journal_status
from wxpark_gui.domain import pin
from wxpark_gui.domain.entry import EntryDraft
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.domain.shift import OVERDUE_AFTER
from wxpark_gui.domain.shift_errors import DocumentNotSavedError, WrongPinError
from wxpark_gui.domain.shift_state import ShiftState
from wxpark_gui.runtime.system import SystemClock
from wxpark_gui.training.booth import TrainingVault, make_training_key
from wxpark_gui.training.gateway import TrainingGateway

PIN = Secret("1357")


@pytest.fixture
def booth(qapp: object, qtbot: QtBot, tmp_path: Path) -> Iterator[Booth]:
    key = make_training_key()
    with TrainingGateway(key) as gateway:
        booth = make_booth(tmp_path, gateway.url, TrainingVault(key))
        with qtbot.waitSignal(booth.shifts.changed):
            booth.start()
        yield booth
        booth.stop(5)


def add_li(booth: Booth, qtbot: QtBot) -> str:
    with qtbot.waitSignal(booth.shifts.peopleChanged):
        booth.shifts.add_person("李师傅", PIN)
    return booth.shifts.state.people[0].person_id


def test_pin_is_hashed_on_a_thread_of_its_own(
    booth: Booth, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[str] = []
    derive = pin._derive

    def noted(*arguments: object) -> str:
        threads.append(threading.current_thread().name)
        return derive(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(pin, "_derive", noted)
    li = add_li(booth, qtbot)
    with qtbot.waitSignal(booth.shifts.signedIn):
        booth.shifts.sign_in(li, PIN)
    assert threads == ["test-shifts", "test-shifts"]


def test_entry_is_saved_while_a_pin_is_checked(
    booth: Booth, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    li = add_li(booth, qtbot)
    released, derive = threading.Event(), pin._derive

    def slow(*arguments: object) -> str:
        released.wait(20)
        return derive(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(pin, "_derive", slow)
    booth.shifts.sign_in(li, PIN)
    with qtbot.waitSignal(booth.entries.saved):
        booth.entries.submit(EntryDraft("粤B12345"))
    with qtbot.waitSignal(booth.shifts.signedIn):
        released.set()


def test_entry_submitted_after_signing_in_is_stamped(booth: Booth, qtbot: QtBot) -> None:
    li = add_li(booth, qtbot)
    with qtbot.waitSignal(booth.shifts.signedIn):
        booth.shifts.sign_in(li, PIN)
    with qtbot.waitSignal(booth.entries.saved) as saved:
        booth.entries.submit(EntryDraft("粤B12345"))
    assert saved.args is not None
    assert saved.args[0].origin.attendant == "李师傅"


def test_header_is_told_the_start_of_the_shift_by_the_clock_that_was_set(
    qapp: object, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Wrong(SystemClock):
        ahead = timedelta(days=700)

        def now(self) -> datetime:
            return super().now() + self.ahead

    monkeypatch.setattr(journal_status, "LONGEST_SLEEP_MS", 20)
    key, clock = make_training_key(), Wrong()
    with TrainingGateway(key) as gateway:
        booth = make_booth(tmp_path, gateway.url, TrainingVault(key), clock=clock)
        with qtbot.waitSignal(booth.shifts.changed):
            booth.start()
        li = add_li(booth, qtbot)
        with qtbot.waitSignal(booth.shifts.signedIn):
            booth.shifts.sign_in(li, PIN)
        for ahead in (timedelta(0), timedelta(days=700)):
            clock.ahead = ahead

            def is_moved(state: ShiftState) -> bool:
                shift, now = state.shift, clock.now()
                return shift is not None and timedelta(0) <= now - shift.opened_at < OVERDUE_AFTER

            with qtbot.waitSignal(booth.shifts.changed, check_params_cb=is_moved):
                pass
        booth.stop(5)


def test_failure_is_told_and_changes_nothing(booth: Booth, qtbot: QtBot) -> None:
    li = add_li(booth, qtbot)
    before = booth.shifts.state
    with qtbot.waitSignal(booth.shifts.refused) as refused:
        booth.shifts.sign_in(li, Secret("9999"))
    assert refused.args is not None
    assert isinstance(refused.args[0], WrongPinError)
    assert booth.shifts.state == before


def test_bug_is_reported_as_such(
    booth: Booth, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def render() -> bytes:
        raise ZeroDivisionError

    with qtbot.waitSignal(booth.shifts.crashed) as crashed:
        booth.shifts.save_document("a.pdf", render)
    assert crashed.args is not None
    assert isinstance(crashed.args[0], ZeroDivisionError)


def test_document_that_cannot_be_saved_is_told(booth: Booth, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "documents").write_bytes(b"")
    with qtbot.waitSignal(booth.shifts.refused) as refused:
        booth.shifts.save_document("a.pdf", lambda: b"%PDF-")
    assert refused.args is not None
    assert isinstance(refused.args[0], DocumentNotSavedError)
