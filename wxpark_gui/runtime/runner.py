"""Named worker threads. A call site passes the task, a success and a failure callback.

Measured with PySide6: a lambda or a plain function connected to a worker's signal runs in the
worker, and a widget touched there aborts the process. So results cross threads in one place only,
the queued connection below, and callbacks always run in the thread that created the `Worker`.

That thread also holds each task until its result is delivered, so that the last reference to it is
never dropped by the worker. Qt would delete there a QObject that the task or a callback refers to:
its timers and events would stay with the GUI thread, which crashes when it delivers them.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Any, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from wxpark_gui.runtime import garbage

T = TypeVar("T")

_log = logging.getLogger(__name__)

COLLECT_MS = 200
"""Milliseconds from a result to a collection of garbage, by when the result is painted."""

_unfinished: set[Worker] = set()
"""Workers whose thread outlives `stop`.

The thread must not drop the last reference to its QObject: Qt would destroy it there, while the GUI
thread may deliver events to it.
"""


@dataclass(frozen=True, slots=True)
class _Job:
    """A task and its callbacks. `Any` stands for the task's result type."""

    task: Callable[[], Any]
    success: Callable[[Any], None]
    failure: Callable[[Exception], None]


@dataclass(frozen=True, slots=True)
class _Result:
    """Result of the job with this number: a value, or the exception that its task raised."""

    number: int
    value: Any
    is_raised: bool


class Worker(QObject):
    """One named daemon thread that runs its tasks in order.

    `submit` returns at once and is for the GUI thread. `call` blocks and is for other workers.
    """

    _finished = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self._numbers = count()
        self._jobs: dict[int, _Job] = {}
        self._queue: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._results: deque[_Result] = deque()
        self._stopping = threading.Event()
        self._collect_soon = QTimer(self, singleShot=True)
        self._collect_soon.setInterval(COLLECT_MS)
        self._collect_soon.timeout.connect(garbage.collect_if_due)
        self._finished.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        # A daemon thread, because a task that never returns (a keyring prompt left open) must not
        # keep the process alive after the window was closed.
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    @property
    def is_busy(self) -> bool:
        """True while a submitted task runs or waits, or its result was not delivered yet."""
        return bool(self._jobs)

    def submit(
        self,
        task: Callable[[], T],
        success: Callable[[T], None] | None,
        failure: Callable[[Exception], None],
    ) -> None:
        """Run a task on this thread, then a callback in the thread that created this worker.

        No callback runs after `stop`, and no method of a QObject that was deleted meanwhile.

        Args:
            success: called with the result; None ignores it.
            failure: called with the exception that the task raised.
        """
        number = next(self._numbers)
        self._jobs[number] = _Job(task, success or _ignore, failure)
        self._queue.put(partial(self._run, number))

    def call(self, task: Callable[[], T]) -> T:
        """Run a task on this thread and return its result or raise its exception.

        It may never return if it is called after `stop`.
        """
        if threading.current_thread() is self._thread:
            return task()
        future: Future[T] = Future()
        waiting = [task]

        def run() -> None:
            try:
                # Popped, so that this thread refers to the task no longer than it runs.
                future.set_result(waiting.pop()())
            except BaseException as error:  # noqa: BLE001 - handed over whole to the waiting thread
                future.set_exception(error)

        self._queue.put(run)
        return future.result()

    def stop(self, timeout: float) -> bool:
        """End the thread after the queued tasks; False if it still runs after the timeout.

        Callbacks that have not run yet are dropped.

        Args:
            timeout: seconds to wait for the thread.
        """
        self._stopping.set()
        self._queue.put(None)
        self._thread.join(timeout)
        if self._thread.is_alive():
            _unfinished.add(self)
            return False
        _unfinished.discard(self)
        return True

    def _work(self) -> None:
        while (job := self._queue.get()) is not None:
            job()
            # The wait for the next job must not keep what this one refers to.
            del job

    def _run(self, number: int) -> None:
        # No local variable may refer to the job or to its result: see the module.
        try:
            self._results.append(_Result(number, self._jobs[number].task(), False))
        except Exception as error:  # noqa: BLE001 - the failure callback tells bugs from causes
            self._results.append(_Result(number, error, True))
        if not self._stopping.is_set():
            self._finished.emit()

    @Slot()
    def _deliver(self) -> None:
        result = self._results.popleft()
        job = self._jobs.pop(result.number)
        if self._stopping.is_set():
            return
        callback = job.failure if result.is_raised else job.success
        if is_orphaned(callback):
            _log.info("a result came for a window that is gone")
            return
        callback(result.value)
        if garbage.is_due() and not self._collect_soon.isActive():
            self._collect_soon.start()


def is_orphaned(callback: Callable[..., object]) -> bool:
    """Test if a bound method, or a partial of one, belongs to a QObject that was deleted."""
    function = callback.func if isinstance(callback, partial) else callback
    owner = getattr(function, "__self__", None)
    return isinstance(owner, QObject) and not shiboken6.isValid(owner)


def _ignore(_: object) -> None:
    """Do nothing."""
