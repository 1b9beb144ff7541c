"""Run a call that may never return, and stop waiting for it in time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import TypeVar

Answer = TypeVar("Answer")


class Deadline:
    """Lets one call at a time run on a thread of its own, and waits for it only so long.

    A call that does not return cannot be stopped from outside. It keeps its thread; until it
    returns every further call is turned away at once, so that such threads cannot pile up.
    """

    def __init__(self, seconds: float, thread_name: str) -> None:
        self.seconds = seconds
        self._thread_name = thread_name
        self._turn = threading.Lock()
        self._overdue = False

    def call(self, job: Callable[[], Answer]) -> Answer:
        """What `job` returns; it must not raise.

        Raises:
            TimeoutError: it did not return in time, or an earlier one is still overdue. A job that
                was given up may still finish later.
        """
        give_up_at = time.monotonic() + self.seconds
        if not self._turn.acquire(timeout=0 if self._overdue else self.seconds):
            raise TimeoutError
        self._overdue = False
        box: SimpleQueue[Answer] = SimpleQueue()
        # A daemon: a keyring that never answers must not keep the program from ending.
        threading.Thread(
            target=self._work, args=(job, box), name=self._thread_name, daemon=True
        ).start()
        try:
            return box.get(timeout=max(0.0, give_up_at - time.monotonic()))
        except Empty:
            self._overdue = True
            raise TimeoutError from None

    def _work(self, job: Callable[[], Answer], box: SimpleQueue[Answer]) -> None:
        try:
            box.put(job())
        finally:
            self._turn.release()
