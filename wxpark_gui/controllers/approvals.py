"""Controller of the managers: approval of single acts, and changes of the list of managers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from wxpark_gui.domain.errors import ReadableError
from wxpark_gui.domain.manager import Act, Guard, GuardState, ManagersLostError
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.domain.shift_state import ShiftState
from wxpark_gui.runtime.runner import Worker, is_orphaned

if TYPE_CHECKING:
    from wxpark_gui.service.managers import Managers

Then = Callable[[], object]
"""The act itself. A partial or bound method of a deleted QObject is not called."""


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    """An act that waits for a manager. Two requests are never equal.

    Attributes:
        about: id of the entry that the act concerns; empty for none.
        label: plate and time of that entry, for the dialog; empty for none.
    """

    act: Act
    then: Then
    about: str = ""
    label: str = ""

    def is_same_act(self, other: Request) -> bool:
        """Test if the other request is for the same act and entry."""
        return (self.act, self.about) == (other.act, other.about)


class Approvals(QObject):
    """Guards single acts by a manager's PIN. No method blocks, and no signal carries a PIN.

    `approve` runs an act at once while no manager is set up. Else the dialog shown after
    `requested` calls `submit` with a PIN, or `withdraw`. One request at a time waits; a new one
    replaces it.

    Signals:
        requested(Request): a manager and a PIN must be asked for.
        settled(): the request was approved, replaced or withdrawn; its dialog must close.
        refused(ReadableError): the PIN of the waiting request was not accepted.
        revoked(): dialogs opened with an approval must be covered, because the person signed in has
            locked the shift or was replaced.
        closed(ReadableError): an act cannot be approved, because the managers' file is lost.
        changed(GuardState): guard or managers may have changed; emitted before `edited` too.
        edited(GuardState): a manager was added, renamed, retired or given a new PIN.
        notEdited(ReadableError): such a change failed.
        crashed(Exception): an exception that is a bug.
    """

    requested = Signal(object)
    settled = Signal()
    refused = Signal(object)
    revoked = Signal()
    closed = Signal(object)
    changed = Signal(object)
    edited = Signal(object)
    notEdited = Signal(object)
    crashed = Signal(object)

    def __init__(self, managers: Managers, worker: Worker) -> None:
        """Keep the given parts. `worker` must not be the journal's thread."""
        super().__init__()
        self._managers = managers
        self._worker = worker
        self._state: GuardState | None = None
        self._request: Request | None = None
        self._is_checking = False
        self._person_id = ""

    @property
    def state(self) -> GuardState:
        """The guard as last read; open without managers before."""
        return self._state or GuardState()

    @Slot()
    def load(self) -> None:
        """Read guard and managers; `changed` or `closed` follows."""
        self._read(None)

    def approve(self, act: Act, then: Then, about: str = "", label: str = "") -> None:
        """Call `then` once, in the GUI thread, if the act may be done.

        That is at once while no manager is set up, else after a manager's PIN, else never. While a
        PIN is being checked, a new request is ignored.

        Args:
            about: id of the entry that the act concerns, for the audit.
            label: plate and time of that entry, for the dialog.
        """
        request = Request(act, then, about, label)
        if self._state is None or self._state.guard is Guard.LOST:
            self._read(request)
        else:
            self._begin(request)

    def submit(self, manager_id: str, pin: Secret) -> None:
        """Check a manager's PIN for the waiting request; `settled` or `refused` follows."""
        request = self._request
        if request is None or self._is_checking:
            return
        self._is_checking = True
        self._worker.submit(
            lambda: self._managers.approve(request.act, manager_id, pin, request.about),
            self._on_approved,
            self._on_refused,
        )

    @Slot()
    def withdraw(self) -> None:
        """Drop the waiting request; `settled` follows. A no-op while a PIN is being checked."""
        if not self._is_checking:
            self._request = None
            self.settled.emit()

    @Slot(object)
    def note_shift(self, state: ShiftState) -> None:
        """Emit `revoked` if the person who was signed in no longer is and the guard is set."""
        shift = state.shift if state.is_signed_in else None
        before, self._person_id = self._person_id, shift.present.person_id if shift else ""
        if before and before != self._person_id and self.state.guard is not Guard.OPEN:
            self.revoked.emit()

    def add(self, name: str, pin: Secret) -> None:
        """Add a manager; `edited` or `notEdited` follows. The first one sets the guard."""
        self._edit(lambda: self._managers.add(name, pin))

    def rename(self, manager_id: str, name: str) -> None:
        self._edit(lambda: self._managers.rename(manager_id, name))

    def set_pin(self, manager_id: str, pin: Secret) -> None:
        self._edit(lambda: self._managers.set_pin(manager_id, pin))

    def retire(self, manager_id: str, *, lift: bool = False) -> None:
        """Remove a manager; `lift` removes the last one too, which opens the guard."""
        self._edit(lambda: self._managers.retire(manager_id, lift=lift))

    def _read(self, request: Request | None) -> None:
        """Read the guard, then begin `request` if there is one."""

        def success(state: GuardState) -> None:
            self.note_state(state)
            if state.guard is Guard.LOST:
                self.closed.emit(ManagersLostError())
            elif request is not None:
                self._begin(request)

        def failure(error: Exception) -> None:
            if not isinstance(error, ReadableError):
                self.crashed.emit(error)
            elif request is not None:
                self.closed.emit(error)

        self._worker.submit(self._managers.resume, success, failure)

    def _begin(self, request: Request) -> None:
        if self._is_checking:
            return
        if self.state.guard is Guard.OPEN:
            _run(request)
            return
        self._request = request
        self.requested.emit(request)

    def _edit(self, task: Callable[[], GuardState]) -> None:
        self._worker.submit(task, self._on_edited, self._on_not_edited)

    def note_state(self, state: GuardState) -> None:
        """Store a state as the one last read, and emit `changed`."""
        self._state = state
        self.changed.emit(state)

    @Slot(object)
    def _on_approved(self, _: None) -> None:
        self._is_checking = False
        request, self._request = self._request, None
        self.settled.emit()
        if request is not None:
            _run(request)

    @Slot(object)
    def _on_refused(self, error: Exception) -> None:
        self._is_checking = False
        if not isinstance(error, ReadableError):
            self._request = None
            self.settled.emit()
            self.crashed.emit(error)
            return
        if isinstance(error, ManagersLostError):
            self.note_state(GuardState(Guard.LOST))
        self.refused.emit(error)

    @Slot(object)
    def _on_edited(self, state: GuardState) -> None:
        self.note_state(state)
        self.edited.emit(state)

    @Slot(object)
    def _on_not_edited(self, error: Exception) -> None:
        if isinstance(error, ReadableError):
            self.notEdited.emit(error)
        else:
            self.crashed.emit(error)


def _run(request: Request) -> None:
    if not is_orphaned(request.then):
        request.then()
