"""Which plates were entered a moment ago, so that the same car is not entered twice unawares."""

from __future__ import annotations

from datetime import datetime, timedelta

from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.entry import ParkingEntry
from wxpark_gui.domain.record import EntryRecord


class Lately:
    """The entries by plate. What was taken back was never entered."""

    def __init__(self) -> None:
        self._by_plate: dict[str, dict[str, EntryRecord]] = {}

    def remember(self, record: EntryRecord) -> None:
        """Take note of an entry, newer than all others of its plate."""
        if record.entry.plate is None:
            return
        entries = self._by_plate.setdefault(record.entry.plate.text, {})
        entries.pop(record.entry_id, None)
        if record.state is not DeliveryState.VOIDED:
            entries[record.entry_id] = record

    def find(self, entry: ParkingEntry, now: datetime, window: timedelta) -> EntryRecord | None:
        """The newest entry of the same plate, if it was saved within `window` before `now`."""
        entries = self._by_plate.get(entry.plate.text, {}) if entry.plate else {}
        for record in reversed(entries.values()):
            return record if timedelta(0) <= now - record.saved_at < window else None
        return None
