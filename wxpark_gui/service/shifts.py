"""Use cases of shifts (sign in, lock, X-reading, hand-over) and of the people who can sign in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wxpark_gui.domain.merchant import Secret
from wxpark_gui.domain.pin import hash_pin
from wxpark_gui.domain.shift import NewShift, read_message, read_name
from wxpark_gui.domain.shift_errors import PinWaitError, WrongPinError
from wxpark_gui.domain.stamp import Stamp
from wxpark_gui.service.on_thread import Caller
from wxpark_gui.service.present_shift import PresentShift

if TYPE_CHECKING:
    from collections.abc import Callable

    from wxpark_gui.domain.shift_report import ShiftReport
    from wxpark_gui.domain.shift_state import ShiftState
    from wxpark_gui.service.current_settings import CurrentSettings
    from wxpark_gui.service.ports import Clock, Nonces
    from wxpark_gui.service.shift_book import ShiftBook

LOCKED_BY_HAND = "hand"
LOCKED_AS_OVERDUE = "overdue"
"""Reasons for a lock, as written to the audit."""


@dataclass(frozen=True, slots=True)
class Closing:
    """Result of closing a shift: its report, and the state after it."""

    report: ShiftReport
    state: ShiftState


@dataclass(frozen=True, slots=True)
class Shifts:
    """Use cases of shifts. Every method blocks for the disk; with a PIN for 0.1 to 0.3 s more.

    Shifts are optional: without people, entries have no attendant. No entry is ever refused because
    nobody is signed in. Methods raise `JournalWriteError` or `JournalDamagedError` of the book.

    Attributes:
        present: gets the stamp of new entries with each change.
        journal_thread: changes book and stamp in one call, so that no entry is saved between them.
    """

    book: ShiftBook
    settings: CurrentSettings
    present: PresentShift
    clock: Clock
    nonces: Nonces
    journal_thread: Caller

    def resume(self) -> ShiftState:
        """Resume the shift that the last run left open. Call it at the start.

        An overdue shift is locked, because the person signed in has probably left.
        """

        def resumed() -> ShiftState:
            state, now = self.book.state(), self.clock.now()
            is_overdue = state.shift is not None and state.shift.is_overdue(now)
            return self.book.lock(now, LOCKED_AS_OVERDUE) if is_overdue else state

        return self._take(resumed)

    def refresh(self) -> ShiftState:
        """Read people and open shift again, whose times move if the wall clock was set."""
        return self._take(self.book.state)

    def sign_in(self, person_id: str, pin: Secret) -> ShiftState:
        """Open a shift; if one is open, unlock it or replace the person signed in.

        Raises:
            WrongPinError, PinWaitError: the PIN is wrong, or the next try must wait.
            PersonUnknownError: there is no such person, or the person was retired.
        """
        self._check_pin(person_id, pin)
        new, now = self._new_shift(person_id), self.clock.now()
        return self._take(lambda: self.book.sign_in(new, now))

    def lock(self) -> ShiftState:
        """Lock the open shift, if any; entries have no attendant until the next sign-in."""
        return self._take(lambda: self.book.lock(self.clock.now(), LOCKED_BY_HAND))

    def read(self) -> ShiftReport:
        """Return an X-reading: the sums of the open shift so far. Changes nothing.

        Raises:
            ShiftClosedError: no shift is open.
        """
        return self.book.report(self.clock.now())

    def hand_over(self, shift_id: str, message: str, next_id: str, pin: Secret) -> Closing:
        """Close a shift and open that of the next person, whose PIN acknowledges the closed one.

        Both changes are one transaction: after a power cut one of the two shifts is open.

        Raises:
            WrongPinError, PinWaitError: the PIN of the next person is wrong, or the next try must
                wait.
            PersonUnknownError: there is no such person, or the person was retired.
            ShiftClosedError: the shift is not open.
        """
        self._check_pin(next_id, pin)
        return self._close(shift_id, message, self._new_shift(next_id))

    def close(self, shift_id: str, message: str) -> Closing:
        """Close a shift without a successor. `acknowledge` must be called after the next sign-in.

        Raises:
            ShiftClosedError: the shift is not open.
        """
        return self._close(shift_id, message, None)

    def acknowledge(self) -> ShiftState:
        """Note that the person signed in has taken over the last closed shift, if any."""
        return self._take(lambda: self.book.acknowledge(self.clock.now()))

    def add_person(self, name: str, pin: Secret) -> ShiftState:
        """Add a person. The label has a number if another person has that name.

        Raises:
            NameFormatError: the name is empty, too long or not printable.
        """
        checked = read_name(name)
        hashed = hash_pin(pin, self.nonces.nonce())
        self.book.add_person(self.nonces.entry_id(), checked, hashed, self.clock.now())
        return self.refresh()

    def rename_person(self, person_id: str, name: str) -> ShiftState:
        """Change a person's name and label; entries keep the old label.

        Raises:
            NameFormatError: the name is empty, too long or not printable.
            PersonUnknownError: there is no such person.
        """
        checked, now = read_name(name), self.clock.now()

        def renamed() -> ShiftState:
            self.book.rename_person(person_id, checked, now)
            return self.book.state()

        return self._take(renamed)

    def set_pin(self, person_id: str, pin: Secret) -> ShiftState:
        """Replace a person's PIN; a retired person can sign in again.

        Raises:
            PersonUnknownError: there is no such person.
        """
        hashed = hash_pin(pin, self.nonces.nonce())
        self.book.set_pin(person_id, hashed, self.clock.now())
        return self.refresh()

    def retire_person(self, person_id: str) -> ShiftState:
        """Retire a person, who then cannot sign in.

        Raises:
            PersonAtWorkError: the open shift was opened for the person, or the person is signed in.
            PersonUnknownError: there is no such person, or the person was retired before.
        """
        self.book.retire_person(person_id, self.clock.now())
        return self.refresh()

    def _close(self, shift_id: str, message: str, successor: NewShift | None) -> Closing:
        line = read_message(message)

        def closed() -> Closing:
            report = self.book.close(shift_id, line, self.clock.now(), successor)
            return Closing(report, self.refresh())

        return self.journal_thread.call(closed)

    def _new_shift(self, person_id: str) -> NewShift:
        settings = self.settings.value
        lot = settings.account.merchant.parking_name if settings.account else ""
        return NewShift(self.nonces.entry_id(), person_id, lot, settings.booth.name)

    def _check_pin(self, person_id: str, pin: Secret) -> None:
        """Compare a PIN with the stored one; the try is counted before it is checked.

        Raises:
            WrongPinError: it is wrong.
            PinWaitError: too many were wrong; this one was not checked.
            PersonUnknownError: there is no such person, or the person was retired.
        """
        stored = self.book.pin_state(person_id)
        if stored.wait > 0:
            raise PinWaitError(stored.wait)
        self.book.note_try(person_id)
        if not stored.hash.matches(pin):
            self.book.note_wrong_pin(person_id, self.clock.now())
            wait = self.book.pin_state(person_id).wait
            raise PinWaitError(wait) if wait > 0 else WrongPinError()
        self.book.forget_tries(person_id)

    def _take(self, change: Callable[[], ShiftState]) -> ShiftState:
        """Run `change`, and use the shift of its result for the next entry that is saved."""

        def taken() -> ShiftState:
            state = change()
            self.present.replace(state.shift.stamp if state.shift else Stamp())
            return state

        return self.journal_thread.call(taken)
