"""Use cases of the managers: approve one act, edit the list of managers, lift the guard."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Protocol

from wxpark_gui.domain.errors import ReadableError
from wxpark_gui.domain.manager import (
    Act,
    Guard,
    GuardState,
    LastManagerError,
    ManagerPinWaitError,
    ManagersLostError,
)
from wxpark_gui.domain.manager_book import PIN_COST, Manager, ManagerBook, Tries
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.domain.pin import PinHash, hash_pin
from wxpark_gui.domain.shift import read_name
from wxpark_gui.domain.shift_errors import WrongPinError
from wxpark_gui.service.ports import Clock, Nonces
from wxpark_gui.service.present_shift import PresentShift

GUARD_SET, GUARD_LIFTED, GUARD_RESET = "guard_set", "guard_lifted", "guard_reset"
"""Kinds of audit rows that mark the guard as set or as open."""

_log = logging.getLogger(__name__)


class ManagerStore(Protocol):
    """The file of the managers."""

    def load(self) -> ManagerBook | None:
        """Return its content; None without a file. Raises `ManagersLostError` if it is damaged."""
        ...

    def save(self, book: ManagerBook) -> None:
        """Replace the file durably. Raises `ManagersNotWrittenError`."""
        ...

    def remove(self) -> None:
        """Delete the file, damaged or not. Raises `ManagersNotWrittenError`."""
        ...


class GuardAudit(Protocol):
    """The audit of approvals, with marks that tell if the guard is set.

    Both methods raise a `ReadableError` if the journal cannot be used.
    """

    def note_guard(self, what: str, detail: str, now: datetime) -> None:
        """Add a row; a no-op without a journal."""
        ...

    def guard_mark(self) -> str:
        """Return the kind of the newest mark, `GUARD_…`; empty without one."""
        ...


class Managers:
    """Use cases of the managers. Methods block for the disk; with a PIN for 0.2 to 0.6 s more.

    A wrong PIN counts for all managers together. The count and the wait are in the managers' file,
    and the wait is measured by the monotonic clock. So neither a restart nor a change of the wall
    clock shortens it.

    Methods that write raise `ManagersNotWrittenError`, and then nothing was changed. Methods that
    need a manager raise `ManagersLostError` if the file is missing or damaged.
    """

    def __init__(
        self,
        store: ManagerStore,
        audit: GuardAudit,
        present: PresentShift,
        clock: Clock,
        nonces: Nonces,
    ) -> None:
        """Keep the given parts. The present run begins here, for the wait after wrong PINs."""
        self._store = store
        self._audit = audit
        self._present = present
        self._clock = clock
        self._nonces = nonces
        self._run = nonces.entry_id()
        self._began = clock.monotonic()
        self._was_set = False

    def state(self) -> GuardState:
        """Return the guard and the managers.

        A missing or damaged file means `LOST` if this run or the journal knows of managers.

        Raises:
            ReadableError: there is no file, and the journal cannot tell if there should be one.
        """
        try:
            book = self._store.load()
        except ManagersLostError as error:
            _log.error("the managers' file cannot be used: %s", error.detail)
            return GuardState(Guard.LOST)
        if book is not None:
            self._was_set = True
            return GuardState(Guard.SET, tuple(each.person for each in book.managers))
        if self._was_set or self._audit.guard_mark() == GUARD_SET:
            _log.error("the managers' file is missing")
            return GuardState(Guard.LOST)
        return GuardState()

    def resume(self) -> GuardState:
        """Return the state, and mark the guard as set in a journal that lacks the mark.

        Call it at the start, for the journal may be a new one. Raises as `state`.
        """
        state = self.state()
        if state.guard is Guard.SET:
            self._mark_as_set()
        return state

    def approve(self, act: Act, manager_id: str, pin: Secret, about: str = "") -> None:
        """Check a manager's PIN for one act, and note act, manager and attendant in the audit.

        The try is counted before the PIN is checked, so that ending the program hides no wrong one.

        Args:
            about: id of the entry that the act concerns; empty for none.

        Raises:
            WrongPinError, ManagerPinWaitError: the PIN is wrong, or the next try must wait.
            ManagerUnknownError: there is no such manager.
        """
        book = self._book()
        manager = book.manager(manager_id)
        if (wait := self._wait(book)) > 0:
            raise ManagerPinWaitError(wait)
        tried = Tries(book.tries.count + 1, self._run, self._clock.monotonic())
        counted = ManagerBook(book.managers, tried)
        self._store.save(counted)
        if not manager.pin.matches(pin):
            self._note("manager_pin_wrong", self._detail(act, manager, about))
            wait = self._wait(counted)
            raise ManagerPinWaitError(wait) if wait > 0 else WrongPinError()
        self._store.save(ManagerBook(book.managers))
        self._note("approved", self._detail(act, manager, about))

    def add(self, name: str, pin: Secret) -> GuardState:
        """Add a manager; the first one sets the guard.

        Raises:
            NameFormatError: the name is empty, too long or not printable.
            TooManyManagersError: there are `MOST_MANAGERS` already.
        """
        checked = read_name(name)
        is_first = self.state().guard is Guard.OPEN
        book = ManagerBook(()) if is_first else self._book()
        changed = book.added(self._nonces.entry_id(), checked, self._hash(pin))
        self._store.save(changed)
        self._mark_as_set()
        self._note_change("manager_added", changed.managers[-1].person.label)
        return self.state()

    def rename(self, manager_id: str, name: str) -> GuardState:
        """Change a manager's name and label.

        Raises:
            NameFormatError: the name is empty, too long or not printable.
            ManagerUnknownError: there is no such manager.
        """
        book = self._book()
        changed = book.renamed(manager_id, read_name(name))
        self._store.save(changed)
        was = book.manager(manager_id).person.label
        label = changed.manager(manager_id).person.label
        self._note_change("manager_renamed", f"{label} was={was}")
        return self.state()

    def set_pin(self, manager_id: str, pin: Secret) -> GuardState:
        """Replace a manager's PIN.

        Raises:
            ManagerUnknownError: there is no such manager.
        """
        changed = self._book().with_pin(manager_id, self._hash(pin))
        self._store.save(changed)
        self._note_change("manager_pin_set", changed.manager(manager_id).person.label)
        return self.state()

    def retire(self, manager_id: str, *, lift: bool = False) -> GuardState:
        """Remove a manager.

        Args:
            lift: True to remove the last manager too, which opens the guard.

        Raises:
            LastManagerError: it is the last manager, and `lift` is False; nothing was changed.
            ManagerUnknownError: there is no such manager.
            ReadableError: the guard was to be lifted, and the journal cannot note it; nothing was
                changed.
        """
        book = self._book()
        label = book.manager(manager_id).person.label
        try:
            self._store.save(book.without(manager_id))
        except LastManagerError:
            if not lift:
                raise
            self._open(GUARD_LIFTED, f"by={self._attendant()} manager={label}")
            return self.state()
        self._note_change("manager_retired", label)
        return self.state()

    def reset(self) -> None:
        """Remove all managers without a PIN; the guard is open afterwards.

        Raises:
            ReadableError: the journal cannot note it; nothing was changed.
        """
        self._open(GUARD_RESET, "by=console")

    def _open(self, mark: str, remark: str) -> None:
        # Marked first: without the mark, the missing file would mean `LOST`.
        self._audit.note_guard(mark, f"guard {remark}", self._clock.now())
        self._store.remove()
        self._was_set = False

    def _book(self) -> ManagerBook:
        book = self._store.load()
        if book is None:
            raise ManagersLostError
        return book

    def _wait(self, book: ManagerBook) -> float:
        return book.tries.wait(self._run, self._began, self._clock.monotonic())

    def _hash(self, pin: Secret) -> PinHash:
        return hash_pin(pin, self._nonces.nonce(), PIN_COST)

    def _mark_as_set(self) -> None:
        """Add the mark of a set guard to the journal if it is missing; a failure is only logged."""
        try:
            if self._audit.guard_mark() != GUARD_SET:
                self._audit.note_guard(GUARD_SET, "guard", self._clock.now())
        except ReadableError as error:
            _log.warning("the journal has no mark of the managers: %s", error.code)

    def _note_change(self, what: str, remark: str) -> None:
        self._note(what, f"manager={remark} attendant={self._attendant()}")

    def _note(self, what: str, detail: str) -> None:
        """Add a row to the audit. A failure is only logged: a full disk must not close an act."""
        try:
            self._audit.note_guard(what, detail, self._clock.now())
        except ReadableError as error:
            _log.error("the audit lacks %s: %s", what, error.code)

    def _detail(self, act: Act, manager: Manager, about: str) -> str:
        names = f"manager={manager.person.label} attendant={self._attendant()}"
        return f"{about} act={act.value} {names}".strip()

    def _attendant(self) -> str:
        """Return the label of the attendant signed in; `-` for nobody."""
        return self._present.stamp.attendant or "-"
