"""Filter for lists of entries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wxpark_gui.domain.delivery import DeliveryState


@dataclass(frozen=True, slots=True)
class EntryFilter:
    """Conditions that an entry must all meet; by default every entry does.

    Attributes:
        since: earliest time of saving, aware; None for any.
        until: time before which the entry was saved, aware; None for any.
        plate: normalised part of the plate; empty for any plate or none.
        states: accepted delivery states; empty for any.
    """

    since: datetime | None = None
    plate: str = ""
    states: frozenset[DeliveryState] = frozenset()
    until: datetime | None = None


EVERY_ENTRY = EntryFilter()
