"""Calls that may never return, each on a daemon thread that the caller stops waiting for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from typing import TypeVar

Answer = TypeVar("Answer")


class OverdueError(Exception):
    """A call did not return in time. It keeps its thread, and may still finish later."""


def call_within(seconds: float, job: Callable[[], Answer], thread_name: str) -> Answer:
    """Run `job` on a daemon thread; return its result or raise its exception.

    A daemon thread, because a call that never returns must not keep the program from ending.

    Raises:
        OverdueError: it did not return in `seconds`.
    """
    future: Future[Answer] = Future()

    def work() -> None:
        try:
            future.set_result(job())
        except BaseException as error:  # noqa: BLE001 - raised in the waiting thread
            future.set_exception(error)

    threading.Thread(target=work, name=thread_name, daemon=True).start()
    if not wait([future], seconds).done:
        raise OverdueError
    return future.result()


class SerialCaller:
    """Runs one call at a time by `call_within`.

    While a call is overdue every further one fails at once, so that hanging threads cannot pile up.
    """

    def __init__(self, thread_name: str) -> None:
        self._thread_name = thread_name
        self._turn = threading.Lock()
        self._overdue = False

    def call(self, seconds: float, job: Callable[[], Answer]) -> Answer:
        """The result of `job`, or its exception; waiting for the turn counts too.

        Raises:
            OverdueError: it did not return in time, or an earlier one is still overdue.
        """
        give_up_at = time.monotonic() + seconds
        if not self._turn.acquire(timeout=0 if self._overdue else seconds):
            raise OverdueError
        self._overdue = False

        def release_after() -> Answer:
            try:
                return job()
            finally:
                self._turn.release()

        try:
            remaining = max(0.0, give_up_at - time.monotonic())
            return call_within(remaining, release_after, self._thread_name)
        except OverdueError:
            self._overdue = True
            raise
