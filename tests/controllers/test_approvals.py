"""The controller of approvals: its threads, and the order of its signals."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Slot
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from tests.booths import Booth, make_booth
from wxpark_gui.controllers.approvals import Approvals
from wxpark_gui.domain import pin
from wxpark_gui.domain.manager import Act, Guard, LastManagerError, ManagersLostError
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.domain.shift_errors import WrongPinError
from wxpark_gui.service import managers as service
from wxpark_gui.training.booth import TrainingVault, make_training_key
from wxpark_gui.training.gateway import TrainingGateway

PIN, WRONG = Secret("13579"), Secret("9753")


class Receiver(QObject):
    """Counts the acts that were done."""

    def __init__(self) -> None:
        super().__init__()
        self.done: list[str] = []

    @Slot()
    def act(self) -> None:
        self.done.append("act")

    def other_act(self, name: str) -> None:
        self.done.append(name)


@pytest.fixture(autouse=True)
def _cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "PIN_COST", 2**4)


@pytest.fixture
def receiver(qapp: object) -> Receiver:
    return Receiver()


@pytest.fixture
def booth(qapp: object, qtbot: QtBot, tmp_path: Path) -> Iterator[Booth]:
    """A booth whose guard was read."""
    key = make_training_key()
    with TrainingGateway(key) as gateway:
        booth = make_booth(tmp_path, gateway.url, TrainingVault(key))
        with qtbot.waitSignal(booth.approvals.changed):
            booth.start()
        yield booth
        booth.stop(5)


@pytest.fixture
def approvals(booth: Booth, qtbot: QtBot) -> Approvals:
    """The controller of a booth with one manager."""
    with qtbot.waitSignal(booth.approvals.edited):
        booth.approvals.add("王经理", PIN)
    return booth.approvals


def manager_id(approvals: Approvals) -> str:
    return approvals.state.people[0].person_id


def test_open_guard_calls_the_act_at_once(booth: Booth, receiver: Receiver) -> None:
    booth.approvals.approve(Act.SETTINGS, receiver.act)
    assert receiver.done == ["act"]


def test_act_before_the_guard_was_read_waits_for_that(
    qapp: object, qtbot: QtBot, tmp_path: Path, receiver: Receiver
) -> None:
    booth = make_booth(tmp_path, "http://127.0.0.1:9", TrainingVault(make_training_key()))
    booth.approvals.approve(Act.SETTINGS, receiver.act)
    assert receiver.done == []
    qtbot.waitUntil(lambda: receiver.done == ["act"])
    booth.stop(5)


def test_set_guard_asks_at_once_and_calls_the_act_after_the_pin(
    approvals: Approvals, qtbot: QtBot, receiver: Receiver
) -> None:
    with qtbot.waitSignal(approvals.requested) as asked:
        approvals.approve(Act.WHOLE_PLATES, receiver.act)
    assert asked.args[0].act is Act.WHOLE_PLATES
    assert receiver.done == []
    with qtbot.waitSignal(approvals.settled):
        approvals.submit(manager_id(approvals), PIN)
    assert receiver.done == ["act"]


def test_pin_is_checked_on_another_thread(
    approvals: Approvals, qtbot: QtBot, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[str] = []
    derive = pin._derive

    def noted(*arguments: object) -> str:
        threads.append(threading.current_thread().name)
        return derive(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(pin, "_derive", noted)
    approvals.approve(Act.SETTINGS, receiver.act)
    with qtbot.waitSignal(approvals.settled):
        approvals.submit(manager_id(approvals), PIN)
    assert threads == ["test-shifts"]


def test_wrong_pin_keeps_the_request(
    approvals: Approvals, qtbot: QtBot, receiver: Receiver
) -> None:
    approvals.approve(Act.SETTINGS, receiver.act)
    with qtbot.waitSignal(approvals.refused) as refused:
        approvals.submit(manager_id(approvals), WRONG)
    assert isinstance(refused.args[0], WrongPinError)
    assert receiver.done == []
    with qtbot.waitSignal(approvals.settled):
        approvals.submit(manager_id(approvals), PIN)
    assert receiver.done == ["act"]


def test_withdrawn_request_is_not_done_later(
    approvals: Approvals, qtbot: QtBot, receiver: Receiver
) -> None:
    approvals.approve(Act.SETTINGS, receiver.act)
    with qtbot.waitSignal(approvals.settled):
        approvals.withdraw()
    approvals.submit(manager_id(approvals), PIN)
    approvals.approve(Act.MANAGERS, partial(receiver.other_act, "managers"))
    with qtbot.waitSignal(approvals.settled):
        approvals.submit(manager_id(approvals), PIN)
    assert receiver.done == ["managers"]


def test_approval_is_used_up_by_its_act(
    approvals: Approvals, qtbot: QtBot, receiver: Receiver
) -> None:
    approvals.approve(Act.SETTINGS, receiver.act)
    with qtbot.waitSignal(approvals.settled):
        approvals.submit(manager_id(approvals), PIN)
    approvals.submit(manager_id(approvals), PIN)
    # The thread does one task after the other.
    with qtbot.waitSignal(approvals.edited):
        approvals.rename(manager_id(approvals), "汪经理")
    assert receiver.done == ["act"]


def test_request_during_a_check_does_not_take_its_approval(
    approvals: Approvals, qtbot: QtBot, receiver: Receiver
) -> None:
    approvals.approve(Act.SETTINGS, receiver.act)
    with qtbot.waitSignal(approvals.settled):
        approvals.submit(manager_id(approvals), PIN)
        approvals.approve(Act.WHOLE_PLATES, partial(receiver.other_act, "whole plates"))
        approvals.withdraw()
    assert receiver.done == ["act"]


def test_no_signal_carries_a_pin(approvals: Approvals, qtbot: QtBot, receiver: Receiver) -> None:
    carried: list[object] = []
    for signal in (
        approvals.requested,
        approvals.refused,
        approvals.closed,
        approvals.changed,
        approvals.edited,
        approvals.notEdited,
    ):
        signal.connect(carried.append)
    manager = manager_id(approvals)
    approvals.approve(Act.SETTINGS, receiver.act)
    with qtbot.waitSignal(approvals.refused):
        approvals.submit(manager, WRONG)
    with qtbot.waitSignal(approvals.settled):
        approvals.submit(manager, PIN)
    with qtbot.waitSignal(approvals.edited):
        approvals.set_pin(manager, WRONG)
    told = " ".join(map(repr, carried))
    assert "WrongPinError" in told
    for secret in (PIN, WRONG):
        assert secret.reveal() not in told


def test_act_of_a_deleted_object_is_dropped(
    approvals: Approvals, qtbot: QtBot, receiver: Receiver
) -> None:
    approvals.approve(Act.SETTINGS, partial(receiver.other_act, "deleted"))
    delete(receiver)
    with qtbot.waitSignal(approvals.settled):
        approvals.submit(manager_id(approvals), PIN)
    assert receiver.done == []


def test_file_lost_during_the_run_closes_the_act_and_is_told(
    approvals: Approvals, qtbot: QtBot, receiver: Receiver, tmp_path: Path
) -> None:
    manager = manager_id(approvals)
    (tmp_path / "managers.json").unlink()
    approvals.approve(Act.SETTINGS, receiver.act)
    with qtbot.waitSignal(approvals.refused) as refused:
        approvals.submit(manager, PIN)
    assert isinstance(refused.args[0], ManagersLostError)
    approvals.withdraw()
    assert approvals.state.guard is Guard.LOST
    with qtbot.waitSignal(approvals.closed):
        approvals.approve(Act.SETTINGS, receiver.act)
    assert receiver.done == []


def test_file_put_back_lets_the_manager_approve(
    approvals: Approvals, qtbot: QtBot, receiver: Receiver, tmp_path: Path
) -> None:
    path = tmp_path / "managers.json"
    content = path.read_bytes()
    path.unlink()
    with qtbot.waitSignal(approvals.closed):
        approvals.load()
    path.write_bytes(content)
    with qtbot.waitSignal(approvals.requested):
        approvals.approve(Act.SETTINGS, receiver.act)
    with qtbot.waitSignal(approvals.settled):
        approvals.submit(manager_id(approvals), PIN)
    assert receiver.done == ["act"]


def test_changes_of_the_list_end_with_a_signal(approvals: Approvals, qtbot: QtBot) -> None:
    manager = manager_id(approvals)
    with qtbot.waitSignal(approvals.edited) as renamed:
        approvals.rename(manager, "汪经理")
    assert renamed.args[0].people[0].label == "汪经理"
    with qtbot.waitSignal(approvals.edited):
        approvals.set_pin(manager, WRONG)
    with qtbot.waitSignal(approvals.notEdited) as refused:
        approvals.retire(manager)
    assert isinstance(refused.args[0], LastManagerError)
    with qtbot.waitSignal(approvals.edited):
        approvals.retire(manager, lift=True)
    assert approvals.state.guard is Guard.OPEN
