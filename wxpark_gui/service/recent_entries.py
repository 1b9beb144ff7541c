"""Times of recent entries by car park and plate, to find duplicates."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from wxpark_gui.domain.delivery import DeliveryState

if TYPE_CHECKING:
    from wxpark_gui.domain.record import EntryRecord, NewEntry


MOST_KEPT = 3_000
"""Entries kept: more than a day's, which is the longest time in which a duplicate is looked for."""


class RecentEntries:
    """Times of entry by car park and plate, of the last `MOST_KEPT` entries.

    Entries being saved count; voided, replaced and plateless ones do not.

    The time is that of saving, or for an entry from paper its entry time.
    """

    def __init__(self) -> None:
        self._times: dict[tuple[str, str], dict[str, datetime]] = {}
        # A dict keeps the order of insertion: the oldest entry is the first key.
        self._places: dict[str, tuple[str, str]] = {}

    def add_unsaved(self, new: NewEntry, now: datetime) -> None:
        """Count an entry that is being saved; `now` is aware."""
        if new.entry.plate is not None:
            moment = new.entry.start_time if new.backfill else now
            self._count(new.entry_id, (new.origin.lot, new.entry.plate.text), moment)

    def add(self, record: EntryRecord) -> None:
        """Count a saved entry, or stop counting one that was voided or replaced."""
        if record.entry.plate is None:
            return
        if record.state is DeliveryState.VOIDED or record.replaced_by:
            self._forget(record.entry_id)
        else:
            entered_at = record.entry.start_time if record.backfilled else record.saved_at
            place = record.origin.lot, record.entry.plate.text
            self._count(record.entry_id, place, entered_at)

    def discard(self, new: NewEntry) -> None:
        """Stop counting an entry that could not be saved."""
        self._forget(new.entry_id)

    def is_latest(self, plate: str, now: datetime, window: timedelta) -> bool:
        """Test if `plate`, normalised, was entered last, and within `window` of `now`.

        A later time than `now` is one before the clock was set back.
        """
        times = [(time, text) for (_, text), own in self._times.items() for time in own.values()]
        latest = max((time for time, text in times if text == plate), default=None)
        if latest is None or abs(now - latest) >= window:
            return False
        return all(time <= latest for time, _ in times)

    def times_of(self, new: NewEntry, now: datetime, window: timedelta) -> tuple[datetime, ...]:
        """Return the times within `window` of `now` of entries of the plate in its car park.

        A later time than `now` is one before the clock was set back. The entry that `new` replaces
        is left out.
        """
        if new.entry.plate is None:
            return ()
        times = self._times.get((new.origin.lot, new.entry.plate.text), {})
        return tuple(
            time
            for entry_id, time in times.items()
            if entry_id != new.replaces and abs(now - time) < window
        )

    def _count(self, entry_id: str, place: tuple[str, str], moment: datetime) -> None:
        # A saved entry keeps the texts of the unsaved one, which are equal.
        place = self._places.setdefault(entry_id, place)
        self._times.setdefault(place, {})[entry_id] = moment
        if len(self._places) > MOST_KEPT:
            self._forget(next(iter(self._places)))

    def _forget(self, entry_id: str) -> None:
        place = self._places.pop(entry_id, None)
        if place is None:
            return
        times = self._times[place]
        del times[entry_id]
        if not times:
            del self._times[place]
