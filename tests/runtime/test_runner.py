"""Tasks run on the worker's thread, callbacks on the receiver's; no callback outlives its owner."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Iterator

import pytest
import shiboken6
from PySide6.QtCore import QObject, Qt, Signal, Slot
from pytestqt.qtbot import QtBot

from wxpark_gui.runtime import garbage
from wxpark_gui.runtime.runner import Worker


class Receiver(QObject):
    """Collects results together with the thread in which they arrived."""

    done = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.results: list[object] = []
        self.threads: list[str] = []

    @Slot(object)
    def take(self, result: object) -> None:
        self.results.append(result)
        self.threads.append(threading.current_thread().name)
        self.done.emit()


@pytest.fixture
def worker(qapp: object) -> Iterator[Worker]:
    worker = Worker("wxpark-test")
    yield worker
    assert worker.stop(5)


def test_a_task_runs_in_the_named_thread_and_its_result_comes_back_to_the_owners(
    worker: Worker, qtbot: QtBot
) -> None:
    receiver = Receiver()
    with qtbot.waitSignal(receiver.done):
        worker.submit(lambda: threading.current_thread().name, receiver.take, receiver.take)
    assert receiver.results == ["wxpark-test"]
    assert receiver.threads == [threading.main_thread().name]


def test_even_a_plain_function_is_called_in_the_owners_thread(worker: Worker, qtbot: QtBot) -> None:
    threads: list[str] = []
    worker.submit(
        lambda: None,
        lambda _: threads.append(threading.current_thread().name),
        lambda error: threads.append(repr(error)),
    )
    qtbot.waitUntil(lambda: threads == [threading.main_thread().name])


def test_what_a_task_raises_goes_to_failure(worker: Worker, qtbot: QtBot) -> None:
    receiver = Receiver()

    def fail() -> None:
        raise ValueError("spoilt")

    with qtbot.waitSignal(receiver.done):
        worker.submit(fail, lambda _: None, receiver.take)
    assert [repr(result) for result in receiver.results] == ["ValueError('spoilt')"]


def test_tasks_are_done_in_the_order_they_were_given(worker: Worker, qtbot: QtBot) -> None:
    receiver = Receiver()
    for number in range(100):
        worker.submit(lambda number=number: number, receiver.take, receiver.take)  # type: ignore[misc]
    qtbot.waitUntil(lambda: len(receiver.results) == 100)
    assert receiver.results == list(range(100))


def test_call_waits_for_the_result_and_for_what_is_raised(worker: Worker) -> None:
    assert worker.call(lambda: threading.current_thread().name) == "wxpark-test"

    def fail() -> None:
        raise KeyError("spoilt")

    with pytest.raises(KeyError, match="spoilt"):
        worker.call(fail)


def test_a_call_from_the_thread_itself_does_not_wait_for_itself(worker: Worker) -> None:
    assert worker.call(lambda: worker.call(lambda: 42)) == 42


def test_no_result_is_delivered_after_stop(qtbot: QtBot) -> None:
    worker = Worker("wxpark-test")
    receiver = Receiver()
    worker.submit(lambda: "late", receiver.take, receiver.take)
    assert worker.stop(5)
    with qtbot.assertNotEmitted(receiver.done, wait=50):
        pass


def test_a_task_that_hangs_does_not_hold_up_the_stop_beyond_its_deadline(qapp: object) -> None:
    released = threading.Event()
    worker = Worker("wxpark-test")
    worker.submit(lambda: released.wait(10), lambda _: None, lambda _: None)
    assert not worker.stop(0.05)
    released.set()
    assert worker.stop(5)


def test_a_result_for_a_window_that_is_gone_is_dropped(worker: Worker, qtbot: QtBot) -> None:
    receiver, witness = Receiver(), Receiver()
    started, go_on = threading.Event(), threading.Event()

    def task() -> None:
        started.set()
        go_on.wait(5)

    worker.submit(task, receiver.take, receiver.take)
    started.wait(5)
    shiboken6.delete(receiver)
    go_on.set()
    with qtbot.waitSignal(witness.done):
        worker.submit(lambda: None, witness.take, witness.take)
    assert receiver.results == []


class Doomed(QObject):
    """Notes the thread in which Qt deletes it."""

    def __init__(self, threads: list[str]) -> None:
        super().__init__()
        self.destroyed.connect(
            lambda: threads.append(threading.current_thread().name),
            Qt.ConnectionType.DirectConnection,
        )

    def fail(self) -> None:
        raise ValueError("spoilt")

    def take(self, _: object) -> None:
        pass


def _submit(worker: Worker, threads: list[str], *, is_raised: bool) -> None:
    """Submit a task to which, with its callbacks, nothing else refers."""
    doomed = Doomed(threads)
    worker.submit(doomed.fail if is_raised else doomed.objectName, doomed.take, doomed.take)


@pytest.mark.parametrize("is_raised", [False, True])
def test_a_qobject_is_deleted_in_the_owners_thread_before_the_next_task(
    worker: Worker, qtbot: QtBot, is_raised: bool
) -> None:
    threads: list[str] = []
    _submit(worker, threads, is_raised=is_raised)
    qtbot.waitUntil(lambda: threads == [threading.main_thread().name])


def test_a_qobject_whose_result_is_ignored_is_deleted_in_the_owners_thread(
    worker: Worker, qtbot: QtBot
) -> None:
    threads: list[str] = []
    worker.submit(Doomed(threads).objectName, None, print)
    qtbot.waitUntil(lambda: threads == [threading.main_thread().name])


def test_a_worker_does_not_keep_what_another_one_waited_for(worker: Worker, qtbot: QtBot) -> None:
    threads: list[str] = []
    worker.call(Doomed(threads).objectName)
    assert threads == [threading.main_thread().name]


def test_a_qobject_in_a_cycle_is_deleted_in_the_owners_thread(worker: Worker, qtbot: QtBot) -> None:
    garbage.resume()
    threads: list[str] = []
    doomed = Doomed(threads)
    doomed.itself = doomed  # type: ignore[attr-defined]
    del doomed
    receiver = Receiver()
    with qtbot.waitSignal(receiver.done):
        worker.submit(lambda: [[] for _ in range(100_000)], receiver.take, receiver.take)
    assert threads == []
    qtbot.waitUntil(lambda: threads == [threading.main_thread().name])


def test_ten_thousand_results_leave_no_reference_behind(worker: Worker, qtbot: QtBot) -> None:
    """PySide6 6.12.0 loses a reference to True with every signal, until the process aborts."""
    receiver = Receiver()
    gc.collect()
    before = sys.getrefcount(True)
    for _ in range(10_000):
        worker.submit(lambda: True, receiver.take, receiver.take)
    qtbot.waitUntil(lambda: len(receiver.results) == 10_000, timeout=20_000)
    receiver.results.clear()
    gc.collect()
    assert abs(sys.getrefcount(True) - before) < 1_000
