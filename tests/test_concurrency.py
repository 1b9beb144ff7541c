"""A call that hangs is abandoned after a time limit, and no second thread is started for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from wxpark_gui.concurrency import OverdueError, SerialCaller, call_within

LONG = 30.0
SHORT = 0.05


@pytest.fixture
def release() -> Iterator[threading.Event]:
    """Event that ends a hanging call; set after the test, so that no thread outlives it."""
    event = threading.Event()
    yield event
    event.set()


def alive(name: str) -> int:
    return sum(thread.name == name for thread in threading.enumerate())


def test_result_of_the_job_is_returned() -> None:
    assert SerialCaller("quick").call(LONG, lambda: 41 + 1) == 42


def test_exception_of_the_job_is_raised_in_the_caller() -> None:
    def fail() -> None:
        raise TimeoutError("of the job")

    caller = SerialCaller("failing")
    for _ in range(2):
        with pytest.raises(TimeoutError, match="of the job"):
            caller.call(LONG, fail)


def test_job_runs_on_a_daemon_thread_of_that_name() -> None:
    thread = call_within(LONG, threading.current_thread, "mine")
    assert (thread.name, thread.daemon) == ("mine", True)


def test_job_that_hangs_is_overdue(release: threading.Event) -> None:
    with pytest.raises(OverdueError):
        call_within(SHORT, release.wait, "hanging")


def test_further_calls_fail_at_once_while_one_hangs(release: threading.Event) -> None:
    caller = SerialCaller("overdue")
    with pytest.raises(OverdueError):
        caller.call(SHORT, release.wait)
    started = time.monotonic()
    for _ in range(100):
        with pytest.raises(OverdueError):
            caller.call(LONG, release.wait)
    # One that waited would have taken all of it; a machine that stalls takes less.
    assert time.monotonic() - started < LONG
    assert alive("overdue") == 1


def test_calls_work_again_when_the_hanging_job_has_returned(release: threading.Event) -> None:
    caller = SerialCaller("late")
    threads: list[threading.Thread] = []

    def hang() -> None:
        threads.append(threading.current_thread())
        release.wait()

    with pytest.raises(OverdueError):
        caller.call(SHORT, hang)
    release.set()
    threads[0].join(LONG)
    assert caller.call(LONG, lambda: "again") == "again"


def test_calls_at_the_same_time_take_turns() -> None:
    caller = SerialCaller("turns")
    inside: list[int] = []
    most: list[int] = []

    def job() -> None:
        inside.append(1)
        most.append(len(inside))
        inside.pop()

    callers = [threading.Thread(target=caller.call, args=(LONG, job)) for _ in range(8)]
    for thread in callers:
        thread.start()
    for thread in callers:
        thread.join(LONG)
    assert most == [1] * 8
