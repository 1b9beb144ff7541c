from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from wxpark_gui.storage.deadline import Deadline

LONG = 30.0
SHORT = 0.05


@pytest.fixture
def release() -> Iterator[threading.Event]:
    """What a hanging job waits for; set at the end, so that no thread outlives its test."""
    event = threading.Event()
    yield event
    event.set()


def alive(name: str) -> int:
    return sum(thread.name == name for thread in threading.enumerate())


def test_gives_what_the_job_returns() -> None:
    assert Deadline(LONG, "quick").call(lambda: 41 + 1) == 42


def test_a_job_runs_on_a_daemon_thread_of_that_name() -> None:
    thread = Deadline(LONG, "mine").call(threading.current_thread)
    assert (thread.name, thread.daemon) == ("mine", True)


def test_stops_waiting_for_a_job_that_hangs(release: threading.Event) -> None:
    with pytest.raises(TimeoutError):
        Deadline(SHORT, "hanging").call(release.wait)


def test_turns_further_calls_away_at_once_while_one_hangs(release: threading.Event) -> None:
    deadline = Deadline(SHORT, "overdue")
    with pytest.raises(TimeoutError):
        deadline.call(release.wait)
    deadline.seconds = LONG
    started = time.monotonic()
    for _ in range(100):
        with pytest.raises(TimeoutError):
            deadline.call(release.wait)
    # One that waited would have taken all of it; a machine that stalls takes less.
    assert time.monotonic() - started < LONG
    assert alive("overdue") == 1


def test_works_again_when_the_hanging_job_has_returned(release: threading.Event) -> None:
    deadline = Deadline(SHORT, "late")
    threads: list[threading.Thread] = []

    def hang() -> None:
        threads.append(threading.current_thread())
        release.wait()

    with pytest.raises(TimeoutError):
        deadline.call(hang)
    release.set()
    threads[0].join(LONG)
    deadline.seconds = LONG
    assert deadline.call(lambda: "again") == "again"


def test_calls_at_the_same_time_take_turns() -> None:
    deadline = Deadline(LONG, "turns")
    inside: list[int] = []
    most: list[int] = []

    def job() -> None:
        inside.append(1)
        most.append(len(inside))
        inside.pop()

    callers = [threading.Thread(target=deadline.call, args=(job,)) for _ in range(8)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join(LONG)
    assert most == [1] * 8
