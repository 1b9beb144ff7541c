"""Times of recent entries by plate, to find duplicates."""

from __future__ import annotations

from datetime import datetime, timedelta

from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.entry import ParkingEntry
from wxpark_gui.domain.record import EntryRecord, NewEntry


class RecentEntries:
    """Times of entry by plate. Entries being saved count; voided and plateless ones do not.

    The time is that of saving, or for an entry from paper its entry time.
    """

    def __init__(self) -> None:
        self._by_plate: dict[str, dict[str, datetime]] = {}

    def add_unsaved(self, new: NewEntry, now: datetime) -> None:
        """Count an entry that is being saved; `now` is aware."""
        if new.entry.plate is not None:
            moment = new.entry.start_time if new.backfill else now
            self._by_plate.setdefault(new.entry.plate.text, {})[new.entry_id] = moment

    def add(self, record: EntryRecord) -> None:
        """Count a saved entry, or stop counting one that was voided."""
        if record.entry.plate is None:
            return
        times = self._by_plate.setdefault(record.entry.plate.text, {})
        if record.state is DeliveryState.VOIDED:
            times.pop(record.entry_id, None)
        else:
            entered_at = record.entry.start_time if record.backfilled else record.saved_at
            times[record.entry_id] = entered_at

    def discard(self, new: NewEntry) -> None:
        """Stop counting an entry that could not be saved."""
        if new.entry.plate is not None:
            self._by_plate.get(new.entry.plate.text, {}).pop(new.entry_id, None)

    def is_latest(self, plate: str, now: datetime, window: timedelta) -> bool:
        """Test if `plate`, normalised, was entered last, and within `window` before `now`."""
        latest = max(self._by_plate.get(plate, {}).values(), default=None)
        if latest is None or now - latest >= window:
            return False
        return all(time <= latest for times in self._by_plate.values() for time in times.values())

    def times_of(
        self, entry: ParkingEntry, now: datetime, window: timedelta
    ) -> tuple[datetime, ...]:
        """Return the times within `window` before `now` at which the entry's plate was entered."""
        times = self._by_plate.get(entry.plate.text, {}) if entry.plate else {}
        return tuple(time for time in times.values() if timedelta(0) <= now - time < window)
