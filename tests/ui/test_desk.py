"""The desk at work, with real threads, a real journal and the training gateway."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.desks import make_desk
from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.entry import EntryDraft
from wxpark_gui.domain.errors import JournalWriteError
from wxpark_gui.domain.record import Backlog, EntryRecord
from wxpark_gui.domain.settings import Settings
from wxpark_gui.domain.verdict import Severity
from wxpark_gui.storage.journal import SqliteJournal
from wxpark_gui.training.booth import TRAINING_MERCHANT, TrainingVault, make_training_key
from wxpark_gui.training.faults import Fault
from wxpark_gui.training.gateway import TrainingGateway
from wxpark_gui.ui.desk import Desk

CAR = EntryDraft(plate="粤B12345")


@pytest.fixture
def desk(qapp: object, qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    key = make_training_key()
    with TrainingGateway(key) as gateway:
        desk = make_desk(tmp_path, gateway.url, TrainingVault(key))
        with qtbot.waitSignal(desk.settingsLoaded):
            desk.start()
        desk.setProperty("gateway", gateway)
        yield desk
        assert desk.stop(5)


def _gateway(desk: Desk) -> TrainingGateway:
    gateway = desk.property("gateway")
    assert isinstance(gateway, TrainingGateway)
    return gateway


def _answer(desk: Desk, qtbot: QtBot, draft: EntryDraft) -> EntryRecord:
    with qtbot.waitSignal(desk.entryChanged, timeout=10_000) as changed:
        desk.submit(draft)
    assert changed.args is not None
    record = changed.args[0]
    assert isinstance(record, EntryRecord)
    return record


def _wait_for_backlog(desk: Desk, qtbot: QtBot, count: int) -> Backlog:
    def check(backlog: Backlog) -> bool:
        return backlog.count == count

    with qtbot.waitSignal(desk.backlogChanged, timeout=10_000, check_params_cb=check) as changed:
        pass
    assert changed.args is not None
    backlog: Backlog = changed.args[0]
    return backlog


def test_a_car_is_saved_then_answered(desk: Desk, qtbot: QtBot) -> None:
    with qtbot.waitSignals([desk.entrySaved, desk.entryChanged], order="strict"):
        desk.submit(CAR)


def test_the_same_plate_again_is_asked_about_once(desk: Desk, qtbot: QtBot) -> None:
    first = _answer(desk, qtbot, CAR)
    with qtbot.waitSignal(desk.duplicateFound) as found, qtbot.assertNotEmitted(desk.entrySaved):
        desk.submit(CAR)
    assert found.args is not None
    assert found.args[0].entry_id == first.entry_id
    with qtbot.waitSignal(desk.entrySaved):
        desk.submit(CAR, again=True)


def test_what_could_not_be_sent_is_sent_by_itself_when_the_line_is_back(
    desk: Desk, qtbot: QtBot
) -> None:
    _gateway(desk).set_faults([Fault.RESET])
    waiting = _answer(desk, qtbot, CAR)
    assert waiting.verdict.severity is Severity.PENDING
    _gateway(desk).set_faults([])
    _answer(desk, qtbot, EntryDraft(plate="粤B54321"))
    _wait_for_backlog(desk, qtbot, 0)


def test_a_wrong_key_holds_the_next_car_too_until_the_settings_are_saved(
    desk: Desk, qtbot: QtBot
) -> None:
    held = _answer(desk, qtbot, EntryDraft(plate="粤B12395"))
    assert held.verdict.severity is Severity.FAILED
    assert _wait_for_backlog(desk, qtbot, 1).held is not None
    received = len(_gateway(desk).received)
    with qtbot.waitSignal(desk.entrySaved) as saved:
        desk.submit(CAR)
    assert saved.args is not None
    assert saved.args[0].state is DeliveryState.WAITING
    assert _wait_for_backlog(desk, qtbot, 2).held is not None
    assert len(_gateway(desk).received) == received
    with qtbot.waitSignals([desk.merchantSaved, desk.entryChanged], timeout=10_000):
        desk.save_merchant(Settings(merchant=TRAINING_MERCHANT), None)
    assert len(_gateway(desk).received) > received


def test_in_training_no_setting_leads_away_from_the_training_gateway(
    desk: Desk, qtbot: QtBot
) -> None:
    elsewhere = replace(TRAINING_MERCHANT, gateway_url="https://elsewhere.example")
    with qtbot.waitSignal(desk.merchantSaved):
        desk.save_merchant(Settings(merchant=elsewhere), None)
    assert _answer(desk, qtbot, CAR).verdict.severity is Severity.OK
    assert len(_gateway(desk).received) == 1


def test_a_disk_that_takes_nothing_is_told_and_the_next_entry_is_saved_again(
    desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> EntryRecord:
        raise JournalWriteError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(SqliteJournal, "append", fail)
        with qtbot.waitSignal(desk.notSaved) as told, qtbot.assertNotEmitted(desk.entrySaved):
            desk.submit(CAR)
    assert told.args is not None
    assert isinstance(told.args[0], JournalWriteError)
    with qtbot.waitSignal(desk.entrySaved):
        desk.submit(CAR)


def test_an_answer_the_disk_could_not_keep_is_asked_for_again_and_marked(
    desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> EntryRecord:
        raise JournalWriteError("disk I/O error")

    with monkeypatch.context() as patch:
        patch.setattr(SqliteJournal, "record", fail)
        with qtbot.waitSignal(desk.failed):
            desk.submit(CAR)
    with qtbot.waitSignal(desk.entryChanged, timeout=10_000) as changed:
        pass
    assert changed.args is not None
    record = changed.args[0]
    assert (record.state, record.maybe_sent) == (DeliveryState.ANSWERED, True)


def test_typing_opens_the_line_once(desk: Desk, qtbot: QtBot) -> None:
    desk.warm_up()
    desk.warm_up()
    record = _answer(desk, qtbot, CAR)
    assert record.verdict.severity is Severity.OK
