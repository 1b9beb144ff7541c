"""People and shift of a booth, as the window shows them; imports no reports at the start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wxpark_gui.domain.shift import Person, Shift
    from wxpark_gui.domain.shift_report import ShiftReport


@dataclass(frozen=True, slots=True)
class ShiftState:
    """People and shift of a booth.

    Attributes:
        people: everyone, in the order of adding; retired people too.
        shift: the open shift; None without one.
        handed_over: report of the last closed shift; None without one, or if it was acknowledged or
            cannot be read.
    """

    people: tuple[Person, ...] = ()
    shift: Shift | None = None
    handed_over: ShiftReport | None = None

    @property
    def active(self) -> tuple[Person, ...]:
        """People who can sign in."""
        return tuple(person for person in self.people if not person.is_retired)

    @property
    def is_signed_in(self) -> bool:
        """True if a person is signed in and the shift is not locked."""
        return self.shift is not None and not self.shift.is_locked
