"""A choice of entries, for lists of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wxpark_gui.domain.delivery import DeliveryState


@dataclass(frozen=True, slots=True)
class EntryFilter:
    """The entries that meet all of its conditions; by default every entry.

    Attributes:
        since: aware; saved then or later.
        plate: a part of the plate, normalised; empty for any.
        states: one of these states; empty for any.
    """

    since: datetime | None = None
    plate: str = ""
    states: frozenset[DeliveryState] = frozenset()


EVERY_ENTRY = EntryFilter()
