"""Runs checks at the same time, so that one that hangs does not delay the others."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from wxpark_gui.concurrency import start_thread
from wxpark_gui.domain.errors import ReadableError
from wxpark_gui.domain.health import Finding, Health, Subject, Trouble

_SLICE = 0.2
"""Longest wait for a result in seconds; on Windows, Ctrl-C is handled only after a wait."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Check:
    """One check of the doctor.

    Attributes:
        subject: the part examined first; names the check while it runs and when it is overdue.
        seconds: time limit, after which the check is overdue.
        examine: returns the findings; may block, and runs on a thread of its own.
    """

    subject: Subject
    seconds: float
    examine: Callable[[], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class Checked:
    """The findings of one check; several if it examines several parts."""

    check: Check
    findings: tuple[Finding, ...]


class Examination:
    """One run of checks. Call `findings` once; call `cancel` on any thread."""

    def __init__(
        self,
        checks: Sequence[Check],
        monotonic: Callable[[], float] = time.monotonic,
        is_cancelled: Callable[[], bool] = lambda: False,
    ) -> None:
        """Take the checks.

        Args:
            is_cancelled: asked every `_SLICE`; True ends `findings` as `cancel` does.
        """
        self._checks = checks
        self._is_cancelled = is_cancelled
        self._monotonic = monotonic
        self._done: queue.SimpleQueue[Checked | None] = queue.SimpleQueue()

    def findings(self) -> Iterator[Checked]:
        """Start all checks, and yield the findings of each when it ends or its time is over.

        An overdue check yields a finding that says so. Its daemon thread is not stopped; later
        findings of it are dropped.
        """
        began = self._monotonic()
        running = list(self._checks)
        for check in running:
            name = f"check-{check.subject.value}"
            thread = threading.Thread(target=self._run, args=(check,), name=name, daemon=True)
            if not start_thread(thread):
                self._run(check)
        while running and not self._is_cancelled():
            first = min(running, key=lambda check: check.seconds)
            left = began + first.seconds - self._monotonic()
            try:
                checked = self._done.get(timeout=min(max(0.0, left), _SLICE))
            except queue.Empty:
                if left <= _SLICE:
                    running.remove(first)
                    yield Checked(first, (_overdue(first),))
                continue
            if checked is None:
                return
            if checked.check in running:
                running.remove(checked.check)
                yield checked

    def cancel(self) -> None:
        """Make `findings` end without the checks that still run."""
        self._done.put(None)

    def _run(self, check: Check) -> None:
        self._done.put(Checked(check, examine(check)))


def examine(check: Check) -> tuple[Finding, ...]:
    """Run one check; an exception becomes its finding."""
    try:
        return tuple(check.examine())
    except ReadableError as error:
        return (Finding(check.subject, Health.BAD, error.detail, error),)
    except Exception as error:  # noqa: BLE001 - a bug in one check must not hide the others
        _log.exception("the check of %s failed", check.subject.value)
        name = type(error).__name__
        return (Finding(check.subject, Health.BAD, name, trouble=Trouble.CHECK_FAILED),)


def _overdue(check: Check) -> Finding:
    detail = f"{check.seconds:g} s"
    return Finding(check.subject, Health.BAD, detail, trouble=Trouble.CHECK_OVERDUE)
