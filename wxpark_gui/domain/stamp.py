"""The stamp of new entries, which a start needs before the values of a shift."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stamp:
    """Shift and person that are stored with new entries; both are empty without a shift.

    Attributes:
        shift_id: UUID of the open shift.
        attendant: label of the person signed in; empty while the shift is locked.
    """

    shift_id: str = ""
    attendant: str = ""
