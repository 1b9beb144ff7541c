"""Runs the doctor's checks for the window, off the GUI thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot

from wxpark_gui.runtime.runner import Worker

if TYPE_CHECKING:
    from wxpark_gui.service.examination import Check, Checked, Examination


class Checkup(QObject):
    """Runs the checks, each on a thread of its own. A new run replaces the former one.

    Attributes:
        running: True from `start` until `finished` or `cancel`.

    Signals:
        found(Checked): a check ended, or was given up.
        finished(): all checks ended.
        crashed(Exception): an exception that is a bug.
    """

    found = Signal(object)
    finished = Signal()
    crashed = Signal(object)
    _reported = Signal(object, object)

    def __init__(self, checks: Callable[[], Sequence[Check]], worker: Worker) -> None:
        """Take the source of the checks.

        Args:
            checks: returns the checks at once, without I/O.
            worker: collects the findings of a run; it must run no other tasks.
        """
        super().__init__()
        self._checks = checks
        self._worker = worker
        self._examination: Examination | None = None
        # Emitted by the worker's thread.
        self._reported.connect(self._on_reported, Qt.ConnectionType.QueuedConnection)

    @property
    def running(self) -> bool:
        return self._examination is not None

    def start(self) -> Sequence[Check]:
        """Start a run without blocking; return its checks in their order."""
        return self.run(self._checks())

    def run(self, checks: Sequence[Check]) -> Sequence[Check]:
        """Start a run of other checks than those of `start`; return them."""
        # The first paint does not need the checks.
        from wxpark_gui.service.examination import Examination  # noqa: PLC0415

        self.cancel()
        examination = Examination(checks)
        self._examination = examination
        self._worker.submit(lambda: self._run(examination), self._on_ended, self._on_failed)
        return checks

    @Slot()
    def cancel(self) -> None:
        """End the run at once; neither `found` nor `finished` is emitted for it any more."""
        if self._examination is not None:
            self._examination.cancel()
            self._examination = None

    def stop(self) -> None:
        """Cancel the run; call it when the program ends."""
        self.cancel()

    def _run(self, examination: Examination) -> Examination:
        """Emit `_reported` for each check, in the worker's thread."""
        for checked in examination.findings():
            self._reported.emit(examination, checked)
        return examination

    @Slot(object, object)
    def _on_reported(self, examination: Examination, checked: Checked) -> None:
        if examination is self._examination:
            self.found.emit(checked)

    @Slot(object)
    def _on_ended(self, examination: Examination) -> None:
        if examination is self._examination:
            self._examination = None
            self.finished.emit()

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self._examination = None
        self.crashed.emit(error)
