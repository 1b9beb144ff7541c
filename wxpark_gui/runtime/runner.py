"""Named worker threads. A call site passes the task, a success and a failure callback.

Measured with PySide6: a lambda or a plain function connected to a worker's signal runs in the
worker, and a widget touched there aborts the process. So results cross threads in one place only,
the queued connection below, and callbacks always run in the thread that created the `Worker`.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal, Slot

T = TypeVar("T")

_log = logging.getLogger(__name__)

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
class _Finished:
    """A callback and its argument, for the thread that created the worker."""

    callback: Callable[[Any], None]
    argument: object


class Worker(QObject):
    """One named daemon thread that runs its tasks in order.

    `submit` returns at once and is for the GUI thread. `call` blocks and is for other workers.
    """

    _finished = Signal(object)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._finished.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        # A daemon thread, because a task that never returns (a keyring prompt left open) must not
        # keep the process alive after the window was closed.
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

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
        self._jobs.put(_Job(task, success or _ignore, failure))

    def call(self, task: Callable[[], T]) -> T:
        """Run a task on this thread and return its result or raise its exception.

        It may never return if it is called after `stop`.
        """
        if threading.current_thread() is self._thread:
            return task()
        future: Future[T] = Future()

        def run() -> None:
            try:
                future.set_result(task())
            except BaseException as error:  # noqa: BLE001 - handed over whole to the waiting thread
                future.set_exception(error)

        self._jobs.put(_Job(run, _ignore, _ignore))
        return future.result()

    def stop(self, timeout: float) -> bool:
        """End the thread after the queued tasks; False if it still runs after the timeout.

        Callbacks that have not run yet are dropped.

        Args:
            timeout: seconds to wait for the thread.
        """
        self._stopping.set()
        self._jobs.put(None)
        self._thread.join(timeout)
        if self._thread.is_alive():
            _unfinished.add(self)
            return False
        _unfinished.discard(self)
        return True

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                finished = _Finished(job.success, job.task())
            except Exception as error:  # noqa: BLE001 - the failure callback tells bugs from causes
                finished = _Finished(job.failure, error)
            if not self._stopping.is_set() and finished.callback is not _ignore:
                self._finished.emit(finished)

    @Slot(object)
    def _deliver(self, finished: _Finished) -> None:
        if self._stopping.is_set():
            return
        if is_orphaned(finished.callback):
            _log.info("a result came for a window that is gone")
            return
        finished.callback(finished.argument)


def is_orphaned(callback: Callable[..., object]) -> bool:
    """Test if a bound method, or a partial of one, belongs to a QObject that was deleted."""
    function = callback.func if isinstance(callback, partial) else callback
    owner = getattr(function, "__self__", None)
    return isinstance(owner, QObject) and not shiboken6.isValid(owner)


def _ignore(_: object) -> None:
    """Do nothing."""
