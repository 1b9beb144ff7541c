"""Controller of shifts (sign in, lock, X-reading, hand-over) and of the people who can sign in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal, Slot

from wxpark_gui.domain.errors import ReadableError
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.domain.shift_state import ShiftState
from wxpark_gui.runtime.runner import Worker

if TYPE_CHECKING:
    from wxpark_gui.domain.shift_report import ShiftReport
    from wxpark_gui.service.shift_book import Documents
    from wxpark_gui.service.shifts import Closing, Shifts

T = TypeVar("T")


class ShiftController(QObject):
    """Runs the use cases of shifts on a thread of their own. No method blocks.

    The class exceeds the project's limit of 20 methods: one for each request, and one for each kind
    of result.

    Requests run one after another. Each ends with the signal that its docstring names, or with
    `refused` or `crashed`. No signal carries a PIN.

    Signals:
        changed(ShiftState): people or shift may have changed; emitted before `signedIn`,
            `handedOver` and `peopleChanged` too.
        changing(bool): True when the attendant of new entries is about to change; False when the
            change is stored or refused. An entry made meanwhile belongs to the shift and attendant
            of the moment in which it is saved.
        signedIn(ShiftState): a person signed in.
        reported(ShiftReport): an X-reading, which is a report of the open shift.
        handedOver(ShiftReport): a shift was closed, with or without a successor.
        peopleChanged(ShiftState): a person was added, renamed, retired or given a new PIN.
        documentSaved(Path): a document was written to this path.
        refused(ReadableError): a request failed; people and shift are unchanged.
        crashed(Exception): an exception that is a bug.
    """

    changed = Signal(object)
    changing = Signal(bool)
    signedIn = Signal(object)
    reported = Signal(object)
    handedOver = Signal(object)
    peopleChanged = Signal(object)
    documentSaved = Signal(object)
    refused = Signal(object)
    crashed = Signal(object)

    def __init__(self, shifts: Shifts, documents: Documents, worker: Worker) -> None:
        """Keep the given parts.

        `worker` must not be the journal's thread: a PIN check takes up to 0.3 s.
        """
        super().__init__()
        self._shifts = shifts
        self._documents = documents
        self._worker = worker
        self._state = ShiftState()
        self._changes = 0

    @property
    def state(self) -> ShiftState:
        """The state that the last `changed` carried; empty before."""
        return self._state

    @property
    def is_changing(self) -> bool:
        """True while the attendant of new entries is about to change."""
        return self._changes > 0

    @Slot()
    def load(self) -> None:
        """Read people and open shift, and lock an overdue one; `changed` follows."""
        self._submit(self._shifts.resume, self.note_state)

    @Slot()
    def refresh(self) -> None:
        """Read people and open shift again; `changed` follows."""
        self._submit(self._shifts.refresh, self.note_state)

    def sign_in(self, person_id: str, pin: Secret) -> None:
        """Open a shift; if one is open, unlock it or replace the person; `signedIn` follows."""
        self._change(lambda: self._shifts.sign_in(person_id, pin), self._on_signed_in)

    @Slot()
    def lock(self) -> None:
        """Lock the open shift; `changed` follows."""
        self._change(self._shifts.lock, self.note_state)

    def read(self) -> None:
        """Make an X-reading; `reported` follows."""
        self._submit(self._shifts.read, self._on_reported)

    def hand_over(self, shift_id: str, message: str, next_id: str, pin: Secret) -> None:
        """Close the shift and open that of the next person; `handedOver` follows."""
        self._change(
            lambda: self._shifts.hand_over(shift_id, message, next_id, pin), self._on_handed_over
        )

    def close_shift(self, shift_id: str, message: str) -> None:
        """Close the shift without a successor; `handedOver` follows."""
        self._change(lambda: self._shifts.close(shift_id, message), self._on_handed_over)

    @Slot()
    def acknowledge(self) -> None:
        """Store that the person signed in has read the report of the last closed shift.

        `changed` is emitted when it is stored.
        """
        self._submit(self._shifts.acknowledge, self.note_state)

    def add_person(self, name: str, pin: Secret) -> None:
        """Add a person; `peopleChanged` follows."""
        self._submit(lambda: self._shifts.add_person(name, pin), self._on_people)

    def rename_person(self, person_id: str, name: str) -> None:
        self._submit(lambda: self._shifts.rename_person(person_id, name), self._on_people)

    def set_pin(self, person_id: str, pin: Secret) -> None:
        self._submit(lambda: self._shifts.set_pin(person_id, pin), self._on_people)

    def retire_person(self, person_id: str) -> None:
        self._submit(lambda: self._shifts.retire_person(person_id), self._on_people)

    def save_document(self, name: str, render: Callable[[], bytes]) -> None:
        """Write a document; `documentSaved` follows.

        Args:
            name: file name; illegal characters are replaced, and a number is added if it is taken.
            render: returns the content; runs on the worker's thread, so it may touch no widget.
        """
        self._submit(lambda: self._documents.save(name, render()), self._on_document)

    def _submit(self, task: Callable[[], object], success: Callable[..., None]) -> None:
        self._worker.submit(task, success, self._on_failed)

    def _change(self, task: Callable[[], T], success: Callable[[T], None]) -> None:
        """Submit a task that changes the attendant of new entries, and emit `changing`."""

        def succeeded(result: T) -> None:
            success(result)
            self._end_change()

        def failed(error: Exception) -> None:
            self._on_failed(error)
            self._end_change()

        self._changes += 1
        self.changing.emit(True)
        self._worker.submit(task, succeeded, failed)

    def _end_change(self) -> None:
        self._changes -= 1
        if not self._changes:
            self.changing.emit(False)

    @Slot(object)
    def note_state(self, state: ShiftState) -> None:
        """Store a state as the current one and emit `changed`."""
        self._state = state
        self.changed.emit(state)

    @Slot(object)
    def _on_signed_in(self, state: ShiftState) -> None:
        self.note_state(state)
        self.signedIn.emit(state)

    @Slot(object)
    def _on_people(self, state: ShiftState) -> None:
        self.note_state(state)
        self.peopleChanged.emit(state)

    @Slot(object)
    def _on_reported(self, report: ShiftReport) -> None:
        self.reported.emit(report)

    @Slot(object)
    def _on_handed_over(self, closing: Closing) -> None:
        self.note_state(closing.state)
        self.handedOver.emit(closing.report)

    @Slot(object)
    def _on_document(self, path: Path) -> None:
        self.documentSaved.emit(path)

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        if isinstance(error, ReadableError):
            self.refused.emit(error)
        else:
            self.crashed.emit(error)
