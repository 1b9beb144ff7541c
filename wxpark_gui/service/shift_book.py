"""Ports of the shifts: the book of people and shifts on disk, and the folder for documents."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from wxpark_gui.domain.pin import PinHash, PinState
    from wxpark_gui.domain.shift import NewShift
    from wxpark_gui.domain.shift_report import ShiftReport
    from wxpark_gui.domain.shift_state import ShiftState


class ShiftBook(Protocol):
    """People and shifts on disk. Every write is durable when its method returns.

    The audit gets a line for every change but that of the count of wrong PINs. Methods that write
    raise `JournalWriteError`, and then nothing was changed. Methods that read raise
    `JournalDamagedError`.
    """

    def state(self) -> ShiftState:
        """Return the people, the open shift, and the last closed one if it is not acknowledged."""
        ...

    def pin_state(self, person_id: str) -> PinState:
        """Return a person's stored PIN and wrong tries.

        Raises `PersonUnknownError`, also for a retired person.
        """
        ...

    def note_try(self, person_id: str) -> None:
        """Count a try as wrong. Raises `PersonUnknownError`.

        Call it before the PIN is checked, so that ending the program hides no wrong try.
        """
        ...

    def note_wrong_pin(self, person_id: str, now: datetime) -> None:
        """Add a wrong PIN to the audit. Raises `PersonUnknownError`."""
        ...

    def forget_tries(self, person_id: str) -> None:
        """Reset the count of wrong PINs to 0, after a right one."""
        ...

    def add_person(self, person_id: str, name: str, pin: PinHash, now: datetime) -> str:
        """Add a person and return the label, which is unique."""
        ...

    def rename_person(self, person_id: str, name: str, now: datetime) -> None:
        """Change a person's name and label. Raises `PersonUnknownError`."""
        ...

    def set_pin(self, person_id: str, pin: PinHash, now: datetime) -> None:
        """Replace a person's PIN; a retired person can sign in again. Raises `PersonUnknownError`.

        The count of wrong PINs is reset to 0.
        """
        ...

    def retire_person(self, person_id: str, now: datetime) -> None:
        """Retire a person, who then cannot sign in.

        Raises `PersonUnknownError`, or `PersonAtWorkError` if the open shift was opened for the
        person, or the person signed in last.
        """
        ...

    def sign_in(self, new: NewShift, now: datetime) -> ShiftState:
        """Open the shift `new`; if one is open, unlock it and sign in the person of `new`.

        Raises `PersonUnknownError`.
        """
        ...

    def lock(self, now: datetime, why: str) -> ShiftState:
        """Lock the open shift; a no-op without one, or if it is locked.

        Args:
            why: reason for the audit.
        """
        ...

    def report(self, now: datetime) -> ShiftReport:
        """Return the X-reading of the open shift: its sums so far.

        Raises `ShiftClosedError` if no shift is open.
        """
        ...

    def close(
        self, shift_id: str, message: str, now: datetime, successor: NewShift | None = None
    ) -> ShiftReport:
        """Close a shift and return its report; with a successor, open the next shift too.

        Both happen in one transaction, which also notes that the successor acknowledges the closed
        shift. Raises `ShiftClosedError` if `shift_id` is not the open shift, `PersonUnknownError`
        for the successor.
        """
        ...

    def acknowledge(self, now: datetime) -> ShiftState:
        """Note that the person signed in has taken over the last closed shift.

        A no-op if no shift is open, none was closed, or the last one is acknowledged.
        """
        ...


class Documents(Protocol):
    """The user's folder for documents."""

    def save(self, name: str, content: bytes) -> Path:
        """Write a file whole or not at all, and return its path; an older one is kept.

        If the name is taken, a number is added. Raises `DocumentNotSavedError`.
        """
        ...
