"""Clock and typical journal operations shared by all fault tests."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

from wxpark_gui.domain.delivery import Cause, DeliveryState, NextStep, Outcome
from wxpark_gui.domain.entry import CarType, ParkingEntry, Scene
from wxpark_gui.domain.plate import read_plate
from wxpark_gui.domain.record import EntryRecord, NewEntry, Origin, SentAs
from wxpark_gui.storage.journal import SqliteJournal

ORIGIN = Origin("1900000001-1900000002", "1900000001", "1900000002", "欢乐海岸停车场", "1号岗")

_NORMAL = Outcome(Cause.ANSWERED, user_state="NORMAL", fingerprint="f", reply_hash="a" * 64)
_OFFLINE = Outcome(Cause.OFFLINE, code="TIMEOUT")


class Clock:
    """Clock that advances by one second each time `now` is called."""

    START = datetime(2026, 3, 1, 4, 5, 6, tzinfo=timezone.utc)
    END = START + timedelta(days=1)

    def __init__(self) -> None:
        self._seconds = 0

    def jump(self, span: timedelta) -> None:
        """Advance the wall clock and the monotonic clock by `span`."""
        self._seconds += int(span.total_seconds())

    def now(self) -> datetime:
        self._seconds += 1
        return self.START + timedelta(seconds=self._seconds)

    def monotonic(self) -> float:
        return float(self._seconds)


def fast_disk() -> str | None:
    """Return a directory in memory, or None where the system has none.

    The simulations' files need not survive a restart.
    """
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


def append(journal: SqliteJournal, number: int, later: timedelta = timedelta(0)) -> EntryRecord:
    """Save one car whose entry id, plate and time are derived from `number`.

    Args:
        later: added to the time of saving.
    """
    car = ParkingEntry(
        Scene.PARKING, Clock.START, plate=read_plate(f"粤B{number:05}"), car_type=CarType.SMALL
    )
    moment = Clock.START + timedelta(seconds=number) + later
    return journal.append(NewEntry(f"{number:036}", car, ORIGIN), moment)


def send(
    journal: SqliteJournal, record: EntryRecord, *, answered: bool, again: bool = False
) -> EntryRecord:
    """Store one exchange of an entry: answered, or failed because the gateway was unreachable.

    Args:
        again: True if the end of the previous exchange could not be written.
    """
    moment = record.saved_at
    journal.start_attempt(record.entry_id, moment, SentAs(), resume=again)
    if answered:
        step = NextStep(DeliveryState.ANSWERED)
        return journal.finish_attempt(record.entry_id, _NORMAL, step, moment)
    step = NextStep(DeliveryState.WAITING, 5.0)
    return journal.finish_attempt(record.entry_id, _OFFLINE, step, moment)
