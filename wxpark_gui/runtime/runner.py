"""Named worker threads. A call site names the task, what its success does and what its failure.

Measured with PySide6: a lambda or a plain function connected to a worker's signal runs in the
worker, and a widget touched there aborts the process. So results cross over in one place only, the
queued connection below, and callbacks always run in the thread that made the `Worker`.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal, Slot

T = TypeVar("T")

_log = logging.getLogger(__name__)

_unfinished: set[Worker] = set()
"""Workers whose thread outlives `stop`. The thread must not drop the last reference to its QObject:
Qt would destroy it there, while the GUI thread may deliver events to it."""


@dataclass(frozen=True, slots=True)
class _Job:
    """A task and what follows it. `Any` stands for the one type that binds the three."""

    task: Callable[[], Any]
    success: Callable[[Any], None]
    failure: Callable[[Exception], None]


@dataclass(frozen=True, slots=True)
class _Finished:
    """A call to be made back in the owner's thread."""

    callback: Callable[[Any], None]
    argument: object


class Worker(QObject):
    """One named thread that does one task after another.

    `submit` is for the GUI thread: it returns at once. `call` is for other workers: it waits.
    """

    _finished = Signal(object)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._finished.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        # A daemon: a call that never returns (a keyring waiting for its password) must not keep
        # the process alive after the window is gone.
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    def submit(
        self,
        task: Callable[[], T],
        success: Callable[[T], None] | None,
        failure: Callable[[Exception], None],
    ) -> None:
        """Do the task on this thread; then call `success` or `failure` in the owner's thread.

        Nothing is called after `stop`, or when the callback's QObject is gone by then.
        """
        self._jobs.put(_Job(task, success or _ignore, failure))

    def call(self, task: Callable[[], T]) -> T:
        """Do the task on this thread and wait for its result, or for what it raises."""
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
        """Finish the tasks already given and end the thread; False if it still runs by then.

        Args:
            timeout: seconds to wait. Callbacks still under way are dropped.
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
        owner = getattr(finished.callback, "__self__", None)
        if isinstance(owner, QObject) and not shiboken6.isValid(owner):
            _log.info("a result came for a window that is gone")
            return
        finished.callback(finished.argument)


def _ignore(_: object) -> None:
    """Stands for a callback that nobody needs."""
