"""A journal whose every call is made on one thread, for callers on any other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from wxpark_gui.domain.delivery import NextStep, Outcome
from wxpark_gui.domain.entry import ParkingEntry
from wxpark_gui.domain.record import Backlog, EntryRecord, Origin
from wxpark_gui.service.ports import Journal

T = TypeVar("T")


class Caller(Protocol):
    """Something that does a task on a thread of its own and waits for it."""

    def call(self, task: Callable[[], T]) -> T: ...


class JournalOnThread:
    """The journal port, handed over call by call: SQLite's only connection stays on one thread.

    The journal is opened there too, at the first call. When that fails the call raises what opening
    raised, and the next call tries again.
    """

    def __init__(self, open_journal: Callable[[], Journal], thread: Caller) -> None:
        self._open_journal = open_journal
        self._thread = thread
        self._journal: Journal | None = None

    def append(
        self,
        entry_id: str,
        entry: ParkingEntry,
        origin: Origin,
        now: datetime,
        *,
        hold: bool = False,
    ) -> EntryRecord:
        return self._call(lambda journal: journal.append(entry_id, entry, origin, now, hold=hold))

    def begin(self, entry_id: str, now: datetime, *, again: bool = False) -> EntryRecord:
        return self._call(lambda journal: journal.begin(entry_id, now, again=again))

    def record(self, entry_id: str, outcome: Outcome, step: NextStep, now: datetime) -> EntryRecord:
        return self._call(lambda journal: journal.record(entry_id, outcome, step, now))

    def get(self, entry_id: str) -> EntryRecord | None:
        return self._call(lambda journal: journal.get(entry_id))

    def recent(self, limit: int) -> Sequence[EntryRecord]:
        return self._call(lambda journal: journal.recent(limit))

    def open_entries(self) -> Sequence[EntryRecord]:
        return self._call(lambda journal: journal.open_entries())

    def due(self, now: datetime, limit: int) -> Sequence[EntryRecord]:
        return self._call(lambda journal: journal.due(now, limit))

    def backlog(self) -> Backlog:
        return self._call(lambda journal: journal.backlog())

    def release(self, now: datetime) -> int:
        return self._call(lambda journal: journal.release(now))

    def expire(self, saved_before: datetime, now: datetime) -> Sequence[EntryRecord]:
        return self._call(lambda journal: journal.expire(saved_before, now))

    def void(self, entry_id: str, now: datetime) -> EntryRecord:
        return self._call(lambda journal: journal.void(entry_id, now))

    def back_up_if_due(self, now: datetime) -> bool:
        return self._call(lambda journal: journal.back_up_if_due(now))

    def count_since(self, moment: datetime) -> int:
        return self._call(lambda journal: journal.count_since(moment))

    def visits(self, since: datetime, limit: int) -> Sequence[tuple[str, int]]:
        return self._call(lambda journal: journal.visits(since, limit))

    def fingerprints(self, limit: int) -> Sequence[str]:
        return self._call(lambda journal: journal.fingerprints(limit))

    def verify(self) -> int:
        return self._call(lambda journal: journal.verify())

    def close(self) -> None:
        """Close the journal if it was opened."""
        self._thread.call(self._close)

    def _call(self, task: Callable[[Journal], T]) -> T:
        return self._thread.call(lambda: task(self._opened()))

    def _opened(self) -> Journal:
        if self._journal is None:
            self._journal = self._open_journal()
        return self._journal

    def _close(self) -> None:
        if self._journal is not None:
            self._journal.close()
            self._journal = None
