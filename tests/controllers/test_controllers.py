"""The controllers of a booth, with real threads, a real journal and the training gateway."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtGui import QPaintEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.booths import Booth, make_booth
from tests.settings import settings_of
from tests.systems import not_on_windows
from wxpark_gui.controllers import journal_status
from wxpark_gui.controllers.entries import Duplicate, Refused, Submitted
from wxpark_gui.controllers.live import LiveSender
from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.entry import BEIJING, EntryDraft
from wxpark_gui.domain.errors import (
    EntryNotOpenError,
    EntryReplacedError,
    InvalidInputError,
    JournalWriteError,
)
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.domain.record import Backlog, EntryRecord
from wxpark_gui.domain.settings import Settings
from wxpark_gui.domain.verdict import Severity
from wxpark_gui.runtime.system import SystemClock
from wxpark_gui.service.outbox import Outbox
from wxpark_gui.storage.journal import SqliteJournal
from wxpark_gui.training.booth import TRAINING_MERCHANT, TrainingVault, make_training_key
from wxpark_gui.training.faults import Fault
from wxpark_gui.training.gateway import TrainingGateway
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.window.main_window import MainWindow

CAR = EntryDraft(plate="粤B12345")
PATIENCE = 30.0


class TrainingBooth(Booth):
    """A booth and the training gateway that it sends to."""

    def __init__(self, directory: Path, gateway: TrainingGateway, key: Secret) -> None:
        made = make_booth(directory, gateway.url, TrainingVault(key))
        super().__init__(made.controllers, made.workers)
        self.gateway = gateway


@pytest.fixture
def booth(qapp: object, qtbot: QtBot, tmp_path: Path) -> Iterator[TrainingBooth]:
    key = make_training_key()
    with TrainingGateway(key) as gateway:
        booth = TrainingBooth(tmp_path, gateway, key)
        with qtbot.waitSignal(booth.journal.opened):
            booth.start()
        yield booth
        assert booth.stop(5)


def _answer(booth: TrainingBooth, qtbot: QtBot, draft: EntryDraft) -> EntryRecord:
    with qtbot.waitSignal(booth.entries.changed, timeout=10_000) as changed:
        booth.entries.submit(draft)
    assert changed.args is not None
    record = changed.args[0]
    assert isinstance(record, EntryRecord)
    return record


def _save_held(booth: TrainingBooth, qtbot: QtBot, draft: EntryDraft) -> EntryRecord:
    """Save an entry while a wrong key stops its account, so that the entry waits."""
    _answer(booth, qtbot, EntryDraft(plate="粤B12395"))
    _wait_for_backlog(booth, qtbot, 1)
    with qtbot.waitSignal(booth.entries.saved) as saved:
        booth.entries.submit(draft)
    assert saved.args is not None
    record: EntryRecord = saved.args[0]
    assert record.state is DeliveryState.WAITING
    return record


def _wait_for_backlog(booth: TrainingBooth, qtbot: QtBot, count: int) -> Backlog:
    def check(backlog: Backlog) -> bool:
        return backlog.count == count

    with qtbot.waitSignal(
        booth.journal.backlogChanged, timeout=10_000, check_params_cb=check
    ) as changed:
        pass
    assert changed.args is not None
    backlog: Backlog = changed.args[0]
    return backlog


def test_a_car_is_saved_then_answered(booth: TrainingBooth, qtbot: QtBot) -> None:
    with qtbot.waitSignals([booth.entries.saved, booth.entries.changed], order="strict"):
        booth.entries.submit(CAR)


def test_entry_is_saved_while_the_known_plates_are_read_and_becomes_one_of_them(
    qapp: object, qtbot: QtBot, tmp_path: Path
) -> None:
    key = make_training_key()
    with TrainingGateway(key) as gateway:
        booth = TrainingBooth(tmp_path, gateway, key)
        reading = threading.Event()
        booth.workers.history.submit(reading.wait, None, booth.journal.report)
        with qtbot.waitSignal(booth.journal.opened):
            booth.start()
        with qtbot.waitSignal(booth.entries.saved):
            booth.entries.submit(CAR)
        with qtbot.waitSignal(booth.entries.platesLoaded) as loaded:
            reading.set()
        assert loaded.args is not None
        assert "粤B12345" in loaded.args[0]
        assert booth.stop(5)


def test_refused_draft_is_not_saved(booth: TrainingBooth, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(booth.entries.saved, wait=50):
        refused = booth.entries.submit(EntryDraft(plate="粤B12"))
    assert isinstance(refused, Refused)
    assert isinstance(refused.error, InvalidInputError)


def test_the_same_plate_again_is_asked_about_once(booth: TrainingBooth, qtbot: QtBot) -> None:
    _answer(booth, qtbot, CAR)
    with qtbot.assertNotEmitted(booth.entries.saved, wait=50):
        assert booth.entries.submit(CAR) == Duplicate("粤B·12345", minutes_ago=0, count=1)
    with qtbot.waitSignal(booth.entries.saved):
        booth.entries.submit(CAR, confirmed=True)


@pytest.mark.parametrize("ahead", [timedelta(hours=-2), timedelta(hours=2)], ids=str)
def test_the_same_plate_is_asked_about_once_although_the_clock_was_set(
    booth: TrainingBooth, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, ahead: timedelta
) -> None:
    _answer(booth, qtbot, CAR)
    now = SystemClock.now
    monkeypatch.setattr(SystemClock, "now", lambda clock: now(clock) + ahead)
    assert booth.entries.submit(CAR) == Duplicate("粤B·12345", minutes_ago=0, count=1)
    assert booth.entries.was_entered_last("粤B12345")


def test_entry_whose_replacement_is_being_saved_is_not_replaced_again(
    booth: TrainingBooth, qtbot: QtBot
) -> None:
    refused = _answer(booth, qtbot, EntryDraft(plate="粤B66693"))
    assert refused.state is DeliveryState.REFUSED
    may_go_on = threading.Event()
    booth.workers.journal.submit(lambda: may_go_on.wait(20), None, booth.journal.report)
    assert isinstance(booth.entries.resend(refused), Submitted)
    for again in (booth.entries.resend(refused), booth.entries.correct(refused, CAR)):
        assert isinstance(again, Refused)
        assert isinstance(again.error, EntryReplacedError)
    with qtbot.assertNotEmitted(booth.entries.notSaved), qtbot.waitSignal(booth.entries.saved):
        may_go_on.set()


def test_what_could_not_be_sent_is_sent_by_itself_when_the_line_is_back(
    booth: TrainingBooth, qtbot: QtBot
) -> None:
    booth.gateway.set_faults([Fault.RESET])
    waiting = _answer(booth, qtbot, CAR)
    assert waiting.verdict.severity is Severity.PENDING
    booth.gateway.set_faults([])
    _answer(booth, qtbot, EntryDraft(plate="粤B54321"))
    _wait_for_backlog(booth, qtbot, 0)


def test_a_wrong_key_holds_the_next_car_too_until_the_settings_are_saved(
    booth: TrainingBooth, qtbot: QtBot
) -> None:
    held = _answer(booth, qtbot, EntryDraft(plate="粤B12395"))
    assert held.verdict.severity is Severity.FAILED
    assert _wait_for_backlog(booth, qtbot, 1).held
    received = len(booth.gateway.received)
    with qtbot.waitSignal(booth.entries.saved) as saved:
        booth.entries.submit(CAR)
    assert saved.args is not None
    assert saved.args[0].state is DeliveryState.WAITING
    assert _wait_for_backlog(booth, qtbot, 2).held
    assert len(booth.gateway.received) == received
    with qtbot.waitSignals([booth.settings.saved, booth.entries.changed], timeout=10_000):
        booth.settings.save_merchant(settings_of(TRAINING_MERCHANT), None)
    assert len(booth.gateway.received) > received


def test_in_training_no_setting_leads_away_from_the_training_gateway(
    booth: TrainingBooth, qtbot: QtBot
) -> None:
    elsewhere = replace(TRAINING_MERCHANT, gateway_url="https://elsewhere.example")
    with qtbot.waitSignal(booth.settings.saved):
        booth.settings.save_merchant(settings_of(elsewhere), None)
    assert _answer(booth, qtbot, CAR).verdict.severity is Severity.OK
    assert len(booth.gateway.received) == 1


def test_a_disk_that_takes_nothing_is_told_and_the_next_entry_is_saved_again(
    booth: TrainingBooth, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> EntryRecord:
        raise JournalWriteError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(SqliteJournal, "append", fail)
        with (
            qtbot.waitSignal(booth.entries.notSaved) as told,
            qtbot.assertNotEmitted(booth.entries.saved),
        ):
            booth.entries.submit(CAR)
    assert told.args is not None
    assert isinstance(told.args[1], JournalWriteError)
    with qtbot.waitSignal(booth.entries.saved):
        booth.entries.submit(CAR)


def test_a_bug_in_saving_is_told_as_an_entry_that_is_not_saved_too(
    booth: TrainingBooth, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> EntryRecord:
        raise KeyError("state")

    with monkeypatch.context() as patch:
        patch.setattr(SqliteJournal, "append", fail)
        with (
            qtbot.waitSignal(booth.entries.crashed) as crashed,
            qtbot.waitSignal(booth.entries.notSaved) as told,
        ):
            result = booth.entries.submit(CAR)
    assert crashed.args is not None
    assert isinstance(crashed.args[0], KeyError)
    assert isinstance(result, Submitted)
    assert told.args is not None
    assert told.args[0] == result.entry_id
    assert (told.args[1].code, told.args[1].detail) == ("ENTRY_FAULT", "KeyError")
    with qtbot.waitSignal(booth.entries.saved):
        assert isinstance(booth.entries.submit(CAR), Submitted)


def test_an_answer_the_disk_could_not_keep_is_asked_for_again_and_marked(
    booth: TrainingBooth, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> EntryRecord:
        raise JournalWriteError("disk I/O error")

    with monkeypatch.context() as patch:
        patch.setattr(SqliteJournal, "finish_attempt", fail)
        with qtbot.waitSignal(booth.live.failed):
            booth.entries.submit(CAR)
    with qtbot.waitSignal(booth.entries.changed, timeout=10_000) as changed:
        pass
    assert changed.args is not None
    record = changed.args[0]
    assert (record.state, record.maybe_sent) == (DeliveryState.ANSWERED, True)


def test_changes_of_a_moment_are_counted_together(
    booth: TrainingBooth, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    qtbot.wait(3 * journal_status.SURVEY_MS)
    counts: list[int] = []
    backlog = SqliteJournal.backlog

    def count(journal: SqliteJournal) -> Backlog:
        counts.append(1)
        return backlog(journal)

    monkeypatch.setattr(SqliteJournal, "backlog", count)
    with qtbot.waitSignal(booth.journal.backlogChanged):
        for _ in range(5):
            booth.journal.survey()
        assert counts == []
    assert counts == [1]
    with qtbot.assertNotEmitted(booth.journal.backlogChanged, wait=2 * journal_status.SURVEY_MS):
        pass


def test_typing_opens_the_line_once(booth: TrainingBooth, qtbot: QtBot) -> None:
    booth.link.warm_up()
    booth.link.warm_up()
    record = _answer(booth, qtbot, CAR)
    assert record.verdict.severity is Severity.OK


def test_what_waits_is_taken_back_and_never_sent(booth: TrainingBooth, qtbot: QtBot) -> None:
    record = _save_held(booth, qtbot, CAR)
    received = len(booth.gateway.received)
    taker = _Taker(booth)
    with qtbot.waitSignals([booth.entries.changed, booth.entries.takenBack], order="strict"):
        booth.entries.take_back(record.entry_id)
    assert taker.states == {record.entry_id: DeliveryState.VOIDED}
    _wait_for_backlog(booth, qtbot, 1)
    with qtbot.assertNotEmitted(booth.entries.changed, wait=600):
        booth.entries.resend(replace(record, state=DeliveryState.WAITING))
    assert len(booth.gateway.received) == received


def test_a_plate_that_was_taken_back_is_not_asked_about(booth: TrainingBooth, qtbot: QtBot) -> None:
    record = _save_held(booth, qtbot, CAR)
    with qtbot.waitSignal(booth.entries.takenBack):
        booth.entries.take_back(record.entry_id)
    with qtbot.waitSignal(booth.entries.saved):
        assert isinstance(booth.entries.submit(CAR), Submitted)


def test_an_answered_entry_is_not_taken_back_and_that_is_no_lasting_failure(
    booth: TrainingBooth, qtbot: QtBot
) -> None:
    record = _answer(booth, qtbot, CAR)
    with (
        qtbot.waitSignal(booth.entries.notTakenBack) as told,
        qtbot.assertNotEmitted(booth.journal.failed),
    ):
        booth.entries.take_back(record.entry_id)
    assert told.args is not None
    assert isinstance(told.args[1], EntryNotOpenError)


def test_an_entry_that_goes_out_says_when_it_is_too_late(
    booth: TrainingBooth, qtbot: QtBot
) -> None:
    with qtbot.waitSignals(
        [booth.entries.saved, booth.entries.started, booth.entries.changed],
        order="strict",
        timeout=10_000,
    ):
        booth.entries.submit(CAR)


def test_taken_back_while_it_is_being_saved_it_is_not_sent(
    booth: TrainingBooth, qtbot: QtBot
) -> None:
    with (
        qtbot.waitSignal(booth.entries.takenBack),
        qtbot.assertNotEmitted(booth.entries.crashed, wait=300),
        qtbot.assertNotEmitted(booth.entries.started),
    ):
        submitted = booth.entries.submit(CAR)
        assert isinstance(submitted, Submitted)
        booth.entries.take_back(submitted.entry_id)
    assert booth.gateway.received == ()


def test_entry_is_sent_while_the_window_shows_that_it_is_saved(
    booth: TrainingBooth, qtbot: QtBot
) -> None:
    window = _SlowWindow(booth)
    with qtbot.waitSignals(
        [booth.entries.saved, booth.entries.started, booth.entries.changed],
        order="strict",
        timeout=20_000,
    ):
        booth.entries.submit(CAR)
    assert window.received == ["粤B12345"]


def _hold_results(
    sender: Outbox | LiveSender, monkeypatch: pytest.MonkeyPatch
) -> tuple[threading.Event, threading.Event]:
    """Let a sender tell no result before the second event; the first tells that one is stored."""
    stored, may_tell, send = threading.Event(), threading.Event(), sender._send

    def send_and_wait(*arguments: Any, **options: Any) -> Any:
        result = send(*arguments, **options)
        stored.set()
        may_tell.wait(PATIENCE)
        return result

    monkeypatch.setattr(sender, "_send", send_and_wait)
    return stored, may_tell


@pytest.mark.parametrize("act", ["take back", "correct"])
def test_change_that_comes_while_the_queue_ends_its_step_is_not_undone_in_the_window(
    booth: TrainingBooth, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    """The queue tells its result after the change, with the state before it."""
    booth.gateway.set_faults([Fault.RESET])
    record = _answer(booth, qtbot, CAR)
    assert record.state is DeliveryState.WAITING
    sent, may_end = _hold_results(booth.backlog._outbox, monkeypatch)
    told: dict[str, EntryRecord] = {}
    booth.entries.changed.connect(lambda changed: told.update({changed.entry_id: changed}))
    booth.backlog.release()
    qtbot.waitUntil(sent.is_set)
    if act == "take back":
        with qtbot.waitSignal(booth.entries.takenBack):
            booth.entries.take_back(record.entry_id)
    else:
        with qtbot.waitSignal(
            booth.entries.changed,
            check_params_cb=lambda changed: changed.state is DeliveryState.VOIDED,
        ):
            booth.entries.correct(record, EntryDraft(plate="粤B54321"))
    with qtbot.waitSignal(booth.backlog.changed):
        may_end.set()
    qtbot.waitUntil(lambda: not booth.workers.journal._jobs)
    assert told[record.entry_id].state is DeliveryState.VOIDED


def test_void_of_an_entry_from_paper_is_not_undone_by_the_queue_in_the_window(
    booth: TrainingBooth, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    booth.gateway.set_faults([Fault.RESET, Fault.CLOSE_AFTER_READ])
    sent, may_end = _hold_results(booth.backlog._outbox, monkeypatch)
    backfills = booth.controllers.backfills
    told: list[EntryRecord] = []
    booth.entries.changed.connect(told.append)
    with qtbot.waitSignal(backfills.saved) as saved:
        backfills.submit(replace(CAR, start_time=datetime.now(BEIJING) - timedelta(hours=1)))
    assert saved.args is not None
    qtbot.waitUntil(sent.is_set)
    with qtbot.waitSignal(backfills.changed):
        backfills.void(saved.args[0], "测试")
    with qtbot.waitSignal(booth.backlog.changed):
        may_end.set()
    qtbot.waitUntil(lambda: not booth.workers.journal._jobs)
    assert told[-1].state is DeliveryState.VOIDED


@pytest.mark.parametrize("act", ["take back", "void", "correct"])
def test_change_that_comes_before_the_result_of_a_new_entry_is_not_undone_in_the_window(
    booth: TrainingBooth, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    """The sender of new entries tells its result after the change, with the state before it."""
    booth.gateway.set_faults([Fault.RESET] * 3)
    record = _answer(booth, qtbot, CAR)
    assert record.state is DeliveryState.WAITING
    live = booth.controllers.live
    sent, may_end = _hold_results(live, monkeypatch)
    told: dict[str, EntryRecord] = {}
    booth.entries.changed.connect(lambda changed: told.update({changed.entry_id: changed}))
    acts: dict[str, Callable[[], object]] = {
        "take back": lambda: booth.entries.take_back(record.entry_id),
        "void": lambda: booth.entries.void(record, "测试"),
        "correct": lambda: booth.entries.correct(record, EntryDraft(plate="粤B54321")),
    }
    booth.entries.resend(record)
    qtbot.waitUntil(sent.is_set)
    with qtbot.waitSignal(
        booth.entries.changed,
        check_params_cb=lambda changed: changed.state is DeliveryState.VOIDED,
    ):
        acts[act]()
    with qtbot.waitSignal(live.sent):
        may_end.set()
    qtbot.waitUntil(lambda: not booth.workers.journal._jobs)
    assert told[record.entry_id].state is DeliveryState.VOIDED


def test_a_flood_of_entries_taken_back_at_any_moment_ends_well(
    booth: TrainingBooth, qtbot: QtBot, record_property: Callable[[str, object], None]
) -> None:
    taker = _Taker(booth)
    booth.entries.saved.connect(taker.take_back_later)
    with (
        qtbot.assertNotEmitted(booth.entries.crashed),
        qtbot.assertNotEmitted(booth.journal.failed),
    ):
        for number in range(60):
            booth.entries.submit(EntryDraft(plate=f"粤B{number:05}"))
        qtbot.waitUntil(lambda: taker.ended == 60 == len(taker.states), timeout=20_000)
        qtbot.waitUntil(lambda: taker.open == 0, timeout=20_000)
    taken_back = list(taker.states.values()).count(DeliveryState.VOIDED)
    record_property("taken_back_of_60", taken_back)
    assert len(booth.gateway.received) == 60 - taken_back


def test_f2_while_the_disk_is_slow_sends_nothing_and_gives_the_plate_back(
    booth: TrainingBooth, qtbot: QtBot
) -> None:
    disk_is_ready = threading.Event()
    window = MainWindow(booth.controllers, Appearance(Settings()), training=True)
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    qtbot.waitUntil(window.form.plate.hasFocus)
    with (
        qtbot.waitSignal(booth.entries.takenBack),
        qtbot.assertNotEmitted(booth.entries.crashed, wait=300),
    ):
        booth.workers.journal.submit(disk_is_ready.wait, None, booth.entries.crashed.emit)
        QTest.keyClicks(window.form.plate, "12345\r")
        QTest.keyClick(window.form.plate, Qt.Key.Key_F2)
        disk_is_ready.set()
    assert window.form.plate.text() == "粤B12345"
    assert [notification.plate for notification in booth.gateway.received] == []
    with qtbot.waitSignal(booth.entries.changed):
        QTest.keyClick(window.form.plate, Qt.Key.Key_Backspace)
        QTest.keyClicks(window.form.plate, "6\r")
    assert [notification.plate for notification in booth.gateway.received] == ["粤B12346"]
    window.close()


@not_on_windows("a busy machine delivers the timer before the events of painting")
def test_what_may_follow_an_answer_later_waits_until_it_is_painted(
    booth: TrainingBooth, qtbot: QtBot
) -> None:
    panel = _Panel(booth)
    qtbot.addWidget(panel)
    with qtbot.waitExposed(panel):
        panel.show()
    qtbot.wait(50)
    panel.seen.clear()
    with qtbot.waitSignal(booth.link.changed, timeout=10_000):
        booth.entries.submit(CAR)
    assert panel.seen == ["sent", "painted", "settled"]


class _Panel(QWidget):
    """Paints itself after each answer.

    Attributes:
        seen: signals of the live sender and paint events, in their order.
    """

    def __init__(self, booth: TrainingBooth) -> None:
        super().__init__()
        self.seen: list[str] = []
        booth.live.sent.connect(self.show_answer)
        booth.live.settled.connect(self.note_settled)

    @Slot(object)
    def show_answer(self, _: object) -> None:
        self.seen.append("sent")
        self.update()

    @Slot(object)
    def note_settled(self, _: object) -> None:
        self.seen.append("settled")

    def paintEvent(self, _event: QPaintEvent) -> None:
        self.seen.append("painted")


class _SlowWindow(QObject):
    """Handles `saved` until the gateway has received a request.

    Attributes:
        received: plates that the gateway had received by then.
    """

    def __init__(self, booth: TrainingBooth) -> None:
        super().__init__()
        self._booth = booth
        self.received: list[str] = []
        booth.entries.saved.connect(self.wait)

    @Slot(object)
    def wait(self, _: object) -> None:
        end = time.monotonic() + 10
        while not self._booth.gateway.received and time.monotonic() < end:
            time.sleep(0.005)
        self.received = [notification.plate for notification in self._booth.gateway.received]


class _Taker(QObject):
    """Voids entries when they are saved, and records the results."""

    def __init__(self, booth: TrainingBooth) -> None:
        super().__init__()
        self._booth = booth
        self.states: dict[str, DeliveryState] = {}
        self.ended = 0
        booth.entries.changed.connect(self.note)
        booth.entries.takenBack.connect(self.count)
        booth.entries.notTakenBack.connect(self.count_refused)

    @property
    def open(self) -> int:
        return sum(state.is_open for state in self.states.values())

    @Slot(object)
    def note(self, record: EntryRecord) -> None:
        self.states[record.entry_id] = record.state

    @Slot(object)
    def count(self, _: object) -> None:
        self.ended += 1

    @Slot(str, object)
    def count_refused(self, _entry_id: str, _error: object) -> None:
        self.ended += 1

    @Slot(object)
    def take_back_later(self, record: EntryRecord) -> None:
        """Void an entry after 0 to 200 ms, which its number decides."""
        self.states[record.entry_id] = record.state
        QTimer.singleShot(
            record.sequence * 37 % 200,
            self,
            partial(self._booth.entries.take_back, record.entry_id),
        )


def test_car_that_comes_again_is_sent_after_its_waiting_entry_at_once(
    booth: TrainingBooth, qtbot: QtBot
) -> None:
    booth.gateway.set_faults([Fault.RESET])
    first = _answer(booth, qtbot, CAR)
    assert first.state is DeliveryState.WAITING
    booth.gateway.set_faults([])
    ended: list[str] = []

    def both_are_answered(record: EntryRecord) -> bool:
        if record.state is DeliveryState.ANSWERED:
            ended.append(record.entry_id)
        return len(ended) == 2

    with qtbot.waitSignal(booth.entries.changed, check_params_cb=both_are_answered, timeout=4_000):
        second = booth.entries.submit(CAR, confirmed=True)
    assert isinstance(second, Submitted)
    assert ended == [first.entry_id, second.entry_id]


class ArchivingClock(SystemClock):
    """The system's clock plus an offset that a test sets."""

    def __init__(self) -> None:
        super().__init__()
        self.ahead = timedelta(0)

    def now(self) -> datetime:
        return super().now() + self.ahead

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead.total_seconds()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("2026-12-31T23:59", "2027-01-01T00:00", id="New Year"),
        pytest.param("2027-02-28T22:00", "2027-03-01T07:00", id="slept over a month"),
        pytest.param("2026-12-02T12:00", "2026-12-03T12:00", id="clock set forward"),
    ],
)
def test_count_of_today_begins_anew_with_the_day_though_no_entry_is_saved(
    qapp: object,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    before: str,
    after: str,
) -> None:
    monkeypatch.setattr(journal_status, "LONGEST_SLEEP_MS", 20)
    key, clock = make_training_key(), ArchivingClock()

    def set_clock(text: str) -> None:
        clock.ahead += datetime.fromisoformat(text).replace(tzinfo=BEIJING) - clock.now()

    set_clock(before)
    with TrainingGateway(key) as gateway:
        booth = make_booth(tmp_path, gateway.url, TrainingVault(key), clock=clock)
        today = booth.journal.todayChanged
        try:
            with qtbot.waitSignal(today, check_params_cb=lambda count: count == 1):
                booth.start()
                booth.entries.submit(CAR)
            with (
                qtbot.waitSignal(booth.journal.dayChanged),
                qtbot.waitSignal(today, check_params_cb=lambda count: count == 0),
            ):
                set_clock(after)
            with qtbot.waitSignal(today, check_params_cb=lambda count: count == 1):
                booth.entries.submit(CAR, confirmed=True)
        finally:
            assert booth.stop(5)


def test_clock_of_the_window_asks_for_the_count_of_a_new_day(
    qapp: object, qtbot: QtBot, tmp_path: Path
) -> None:
    key, clock = make_training_key(), ArchivingClock()
    with TrainingGateway(key) as gateway:
        booth = make_booth(tmp_path, gateway.url, TrainingVault(key), clock=clock)
        try:
            with qtbot.waitSignal(booth.journal.todayChanged):
                booth.start()
            with qtbot.waitSignal(booth.journal.dayChanged):
                clock.ahead += timedelta(days=1)
                booth.journal.follow_day()
        finally:
            assert booth.stop(5)


def test_closed_month_is_moved_while_the_booth_works(
    qapp: object, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_status, "ARCHIVE_INTERVAL_MS", 20)
    monkeypatch.setattr(journal_status, "ARCHIVE_STEP_MS", 1)
    key, clock = make_training_key(), ArchivingClock()
    clock.ahead = timedelta(days=-70)
    with TrainingGateway(key) as gateway:
        booth = make_booth(tmp_path, gateway.url, TrainingVault(key), clock=clock)
        with qtbot.waitSignal(booth.journal.opened):
            booth.start()
        try:
            for ahead in (-70, -9, 0):
                clock.ahead = timedelta(days=ahead)
                with qtbot.waitSignal(booth.entries.changed, timeout=10_000):
                    booth.entries.submit(CAR, confirmed=True)
            clock.ahead += timedelta(hours=1)
            months = tmp_path / "archive"
            qtbot.waitUntil(lambda: any(months.glob("????-??.sqlite3")), timeout=10_000)
            with qtbot.waitSignal(booth.journal.archivesLost, timeout=10_000) as lost:
                [archive] = months.glob("????-??.sqlite3")
                qtbot.waitUntil(lambda: _is_named(tmp_path), timeout=10_000)
                archive.write_bytes(b"swapped")
                clock.ahead += timedelta(days=8)
        finally:
            assert booth.stop(5)
    assert lost.args == [(archive.stem,)]


def _is_named(directory: Path) -> bool:
    with closing(sqlite3.connect(directory / "journal.sqlite3")) as connection:
        count: int = connection.execute("SELECT count(*) FROM archives").fetchone()[0]
    return count > 0
