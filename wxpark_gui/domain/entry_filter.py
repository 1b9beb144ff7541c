"""Filter for lists of entries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from wxpark_gui.domain.delivery import DeliveryState

if TYPE_CHECKING:
    from wxpark_gui.domain.history import HistoryFilter


@dataclass(frozen=True, slots=True)
class EntryFilter:
    """Conditions that an entry must all meet; by default every entry does.

    Attributes:
        since: earliest time of saving, aware; None for any.
        until: time before which the entry was saved, aware; None for any.
        plate: normalised part of the plate; empty for any plate or none.
        states: accepted delivery states; empty for any.
        search: further conditions, which only the export tests; None for none.
    """

    since: datetime | None = None
    plate: str = ""
    states: frozenset[DeliveryState] = frozenset()
    until: datetime | None = None
    search: HistoryFilter | None = None

    @classmethod
    def of_search(cls, search: HistoryFilter) -> EntryFilter:
        """Return a filter with all conditions of `search`; `EVERY_ENTRY` if it has none."""
        if search == type(search)():
            return EVERY_ENTRY
        return cls(search.since, states=search.states, until=search.until, search=search)


EVERY_ENTRY = EntryFilter()
