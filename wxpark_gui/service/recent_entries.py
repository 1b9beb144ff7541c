"""Times of recent entries by car park and plate, to find duplicates."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeAlias

from wxpark_gui.domain.clock_change import ClockWatch
from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.settings import LONGEST_DUPLICATE_MINUTES

if TYPE_CHECKING:
    from wxpark_gui.domain.record import EntryRecord, NewEntry

_Place: TypeAlias = tuple[str, str]
"""Car park and normalised plate."""

MOST_KEPT = 3_000
"""Number of entries kept: more than those of `KEPT_FOR`."""
KEPT_FOR = timedelta(minutes=LONGEST_DUPLICATE_MINUTES)
"""Longest time in which a duplicate is looked for. Older entries are dropped, oldest first."""


class RecentEntries:
    """Times of entry by car park and plate, of the last entries.

    Entries being saved count; voided, replaced and plateless ones do not.

    The time is that of saving, or for an entry from paper its entry time. Times of saving move with
    the wall clock when it is set, so that differences to the present stay those that were.
    """

    def __init__(self) -> None:
        self._times: dict[str, datetime] = {}
        # A dict keeps the order of insertion: the oldest entry is the first key.
        self._places: dict[str, _Place] = {}
        # Nearly every plate has one entry: a tuple takes a quarter of a dict of times.
        self._ids: dict[_Place, tuple[str, ...]] = {}
        self._from_paper: set[str] = set()
        self._clock_watch = ClockWatch()

    def follow_clock(self, now: datetime, monotonic: float) -> None:
        """Move the times of saving if the wall clock was set since the last call.

        Args:
            now: aware.
            monotonic: reading of the monotonic clock at `now`, in seconds.
        """
        change = self._clock_watch.change(now, monotonic)
        if not change:
            return
        for entry_id in self._times.keys() - self._from_paper:
            self._times[entry_id] += change

    def add_unsaved(self, new: NewEntry, now: datetime) -> None:
        """Count an entry that is being saved, and drop old ones; `now` is aware."""
        self._drop_old(now)
        if new.entry.plate is not None:
            moment = new.entry.start_time if new.backfill else now
            place = new.origin.lot, new.entry.plate.text
            self._count(new.entry_id, place, moment, from_paper=new.backfill is not None)

    def add(self, record: EntryRecord) -> None:
        """Count a saved entry, or stop counting one that was voided or replaced.

        One that counts already keeps its time: that of the record is of the clock before it was
        set.
        """
        if record.entry.plate is None:
            return
        if record.state is DeliveryState.VOIDED or record.replaced_by:
            self._forget(record.entry_id)
        elif record.entry_id not in self._places:
            entered_at = record.entry.start_time if record.backfilled else record.saved_at
            place = record.origin.lot, record.entry.plate.text
            self._count(record.entry_id, place, entered_at, from_paper=record.backfilled)

    def discard(self, new: NewEntry) -> None:
        """Stop counting an entry that could not be saved."""
        self._forget(new.entry_id)

    def is_latest(self, plate: str, now: datetime, window: timedelta) -> bool:
        """Test if `plate`, normalised, was entered last, and within `window` of `now`.

        A later time than `now` is one before the clock was set back.
        """
        own = (self._times[each] for each, (_, text) in self._places.items() if text == plate)
        latest = max(own, default=None)
        if latest is None or abs(now - latest) >= window:
            return False
        return all(time <= latest for time in self._times.values())

    def times_of(self, new: NewEntry, now: datetime, window: timedelta) -> tuple[datetime, ...]:
        """Return the times within `window` of `now` of entries of the plate in its car park.

        A later time than `now` is one before the clock was set back. The entry that `new` replaces
        is left out.
        """
        if new.entry.plate is None:
            return ()
        ids = self._ids.get((new.origin.lot, new.entry.plate.text), ())
        times = (self._times[entry_id] for entry_id in ids if entry_id != new.replaces)
        return tuple(time for time in times if abs(now - time) < window)

    def _drop_old(self, now: datetime) -> None:
        """Drop the oldest entries if they were saved before `KEPT_FOR`.

        The time of an entry from paper does not follow a clock that is set, so it says nothing.
        """
        while oldest := next(iter(self._places), None):
            if oldest in self._from_paper or now - self._times[oldest] <= KEPT_FOR:
                return
            self._forget(oldest)

    def _count(self, entry_id: str, place: _Place, moment: datetime, *, from_paper: bool) -> None:
        if entry_id not in self._places:
            self._places[entry_id] = place
            self._ids[place] = (*self._ids.get(place, ()), entry_id)
        self._times[entry_id] = moment
        if from_paper:
            self._from_paper.add(entry_id)
        if len(self._places) > MOST_KEPT:
            self._forget(next(iter(self._places)))

    def _forget(self, entry_id: str) -> None:
        place = self._places.pop(entry_id, None)
        if place is None:
            return
        del self._times[entry_id]
        self._from_paper.discard(entry_id)
        ids = tuple(each for each in self._ids.pop(place) if each != entry_id)
        if ids:
            self._ids[place] = ids
