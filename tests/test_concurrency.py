"""Calls that hang are abandoned after a time limit; deferred objects are made once."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from wxpark_gui.concurrency import (
    NoThreadError,
    OverdueError,
    SerialCaller,
    call_within,
    deferred,
    make_now,
)

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


def test_call_that_gets_no_thread_is_overdue_and_the_next_one_is_made() -> None:
    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    caller = SerialCaller("refused")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        for _ in range(2):
            with pytest.raises(NoThreadError):
                caller.call(LONG, pytest.fail)
    assert issubclass(NoThreadError, OverdueError)
    assert caller.call(LONG, lambda: 42) == 42


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


class Made:
    """An object with an attribute; counts its instances."""

    count = 0

    def __init__(self) -> None:
        Made.count += 1
        self.value = 42


@pytest.fixture(autouse=True)
def _count_from_zero() -> None:
    Made.count = 0


def test_deferred_object_is_made_at_the_first_access_and_once() -> None:
    stand_in = deferred(Made)
    assert Made.count == 0
    assert (stand_in.value, stand_in.value) == (42, 42)
    assert Made.count == 1


def test_deferred_object_is_made_once_for_all_threads() -> None:
    is_making, may_end = threading.Event(), threading.Event()

    def make() -> Made:
        is_making.set()
        assert may_end.wait(LONG)
        return Made()

    stand_in = deferred(make)
    values: list[int] = []
    threads = [
        threading.Thread(target=lambda: values.append(stand_in.value), daemon=True)
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    assert is_making.wait(LONG)
    may_end.set()
    for thread in threads:
        thread.join(LONG)
    assert values == [42] * 3
    assert Made.count == 1


def test_deferred_object_that_could_not_be_made_is_tried_again() -> None:
    failures = [OSError("first")]

    def make() -> Made:
        if failures:
            raise failures.pop()
        return Made()

    stand_in = deferred(make)
    with pytest.raises(OSError, match="first"):
        _ = stand_in.value
    assert stand_in.value == 42


def test_deferred_object_can_be_made_before_its_first_access() -> None:
    make_now(deferred(Made))
    assert Made.count == 1
    make_now(Made())
    assert Made.count == 2
