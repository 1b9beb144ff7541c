"""Run calls that may never return on daemon threads, and limit the wait for each."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from typing import TypeVar

Answer = TypeVar("Answer")


class OverdueError(Exception):
    """A call did not return in time. It still runs on its thread and may finish later."""


def call_within(seconds: float, job: Callable[[], Answer], thread_name: str) -> Answer:
    """Run `job` on a daemon thread; return its result or raise its exception.

    A daemon thread does not keep the program from exiting when the call never returns.

    Raises:
        OverdueError: `job` did not return within `seconds`.
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
    """Runs one call at a time, each with `call_within`.

    While a call is overdue, every new one fails at once, so that at most one thread is blocked.
    """

    def __init__(self, thread_name: str) -> None:
        self._thread_name = thread_name
        self._turn = threading.Lock()
        self._overdue = False

    def call(self, seconds: float, job: Callable[[], Answer]) -> Answer:
        """Run `job` after the earlier calls; return its result or raise its exception.

        `seconds` includes the wait for earlier calls.

        Raises:
            OverdueError: `job` did not return in time, or an earlier call is still overdue.
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
