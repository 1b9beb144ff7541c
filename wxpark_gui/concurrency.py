"""Starts threads, limits the wait for calls that may never return, defers making objects."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from typing import Any, TypeVar, cast

Answer = TypeVar("Answer")
Made = TypeVar("Made")

_log = logging.getLogger(__name__)


class OverdueError(Exception):
    """A call did not return in time. It still runs on its thread and may finish later."""


class NoThreadError(OverdueError):
    """The system has no memory or number left for one more thread; the call was not begun."""


def start_thread(thread: threading.Thread) -> bool:
    """Start a thread; log it and return False if the system has no room for one more."""
    try:
        thread.start()
    except RuntimeError as error:
        _log.warning("%s: %s", thread.name, error)
        return False
    return True


def call_within(seconds: float, job: Callable[[], Answer], thread_name: str) -> Answer:
    """Run `job` on a daemon thread; return its result or raise its exception.

    A daemon thread does not keep the program from exiting when the call never returns.

    Raises:
        OverdueError: `job` did not return within `seconds`.
        NoThreadError: `job` was not begun.
    """
    future: Future[Answer] = Future()

    def work() -> None:
        try:
            future.set_result(job())
        except BaseException as error:  # noqa: BLE001 - raised in the waiting thread
            future.set_exception(error)

    if not start_thread(threading.Thread(target=work, name=thread_name, daemon=True)):
        raise NoThreadError
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
            NoThreadError: `job` was not begun.
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
        except NoThreadError:
            self._turn.release()
            raise
        except OverdueError:
            self._overdue = True
            raise


def deferred(make: Callable[[], Made]) -> Made:
    """Return a stand-in for the object that `make` returns at the first access to an attribute.

    `make` runs once, in the thread of that access; other threads wait for it. If it raises an
    exception, the access raises it, and the next access tries again. The modules that `make`
    imports are so loaded where the object is used first, not at the start of the program.
    """
    return cast("Made", _Deferred(make))


def make_now(stand_in: object) -> None:
    """Make the object of a stand-in that `deferred` returned; a no-op for any other object."""
    if isinstance(stand_in, _Deferred):
        stand_in._made()  # noqa: SLF001 - the class has no public name, which could hide its object's


class _Deferred:
    """Forwards the attributes of an object, by name."""

    def __init__(self, make: Callable[[], object]) -> None:
        self._make: Callable[[], object] | None = make
        self._object: object = None
        self._making = threading.RLock()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._made(), name)

    def _made(self) -> object:
        if self._make is not None:
            with self._making:
                if self._make is not None:
                    self._object = self._make()
                    self._make = None
        return self._object
