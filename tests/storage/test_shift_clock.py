"""Shifts while the wall clock is set: none ends before it began, and each keeps its length."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.service.conftest import FakeClock
from tests.storage.test_shifts import PIN, entry, shift_of, uuid
from wxpark_gui.domain.shift_report import ShiftReport
from wxpark_gui.storage.journal import SqliteJournal
from wxpark_gui.storage.shifts import SqliteShifts

HOUR = timedelta(hours=1)
OPENED = datetime.fromisoformat("2026-03-01T00:00:00+00:00")
AHEAD, BEHIND = timedelta(hours=2), timedelta(days=-6000)


class Booth:
    """Journal and shifts of one booth, with a clock that a test sets."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.clock = FakeClock(OPENED)
        self._open()
        self.book.add_person(uuid(1), "李师傅", PIN, self.now)
        self.book.add_person(uuid(2), "王师傅", PIN, self.now)

    def _open(self) -> None:
        self.journal = SqliteJournal(self.path, self.clock)
        self.book: SqliteShifts = self.journal.shift_book()

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def restart(self) -> None:
        self.journal.close()
        self._open()

    def set_clock(self, ahead: timedelta) -> None:
        """Set the wall clock, which then differs from the true time by `ahead`."""
        self.clock.offset = ahead.total_seconds()

    def close_shift(self) -> ShiftReport:
        return self.book.close(uuid(100), "", self.now)


@pytest.fixture
def booth(tmp_path: Path) -> Iterator[Booth]:
    booth = Booth(tmp_path / "journal.sqlite3")
    yield booth
    with closing(booth.journal):
        pass


def _times(report: ShiftReport) -> list[datetime]:
    """Return all times of a report in the order in which they were."""
    stints = [time for stint in report.stints for time in (stint.began_at, stint.ended_at) if time]
    return [report.opened_at, *stints, report.until]


@pytest.mark.parametrize("wrong", [AHEAD, BEHIND, -AHEAD])
@pytest.mark.parametrize("reads", [SqliteShifts.state, None], ids=["read meanwhile", "unread"])
def test_shift_keeps_its_length_when_a_wrong_clock_is_set_right(
    booth: Booth, wrong: timedelta, reads: Callable[[SqliteShifts], object] | None
) -> None:
    booth.set_clock(wrong)
    booth.restart()
    booth.book.sign_in(shift_of(1), booth.now)
    booth.clock.advance(3600)
    booth.book.sign_in(shift_of(2), booth.now)
    booth.set_clock(timedelta(0))
    if reads:
        reads(booth.book)
    booth.clock.advance(3600)
    report = booth.close_shift()
    assert (report.opened_at, report.until) == (OPENED, OPENED + 2 * HOUR)
    assert _times(report) == sorted(_times(report))
    assert [stint.began_at for stint in report.stints] == [OPENED, OPENED + HOUR]
    assert not report.is_late


def test_clock_set_wrong_and_right_again_leaves_the_shift_as_it_was(booth: Booth) -> None:
    booth.book.sign_in(shift_of(1), booth.now)
    for wrong in (AHEAD, -AHEAD, BEHIND, timedelta(0)):
        booth.clock.advance(600)
        booth.set_clock(wrong)
        # Saving entries follows the clock, too.
        booth.journal.append(entry(booth.clock.moment.minute), booth.now)
    report = booth.book.report(booth.now)
    assert (report.opened_at, report.until) == (OPENED, OPENED + timedelta(minutes=40))
    assert report.summary.entered == 4


def test_shift_opened_right_after_the_clock_was_set_is_not_moved(booth: Booth) -> None:
    booth.set_clock(AHEAD)
    state = booth.book.sign_in(shift_of(1), booth.now)
    assert state.shift is not None
    assert state.shift.opened_at == booth.now
    assert booth.book.report(booth.now).opened_at == OPENED + AHEAD


def test_next_shift_begins_when_the_closed_one_ends(booth: Booth) -> None:
    booth.set_clock(AHEAD)
    booth.restart()
    booth.book.sign_in(shift_of(1), booth.now)
    booth.clock.advance(3600)
    booth.set_clock(timedelta(0))
    closed = booth.book.close(uuid(100), "", booth.now, shift_of(2, 101))
    opened = booth.book.state().shift
    assert opened is not None
    assert (closed.until, opened.opened_at) == (OPENED + HOUR, OPENED + HOUR)


def test_clock_set_back_between_two_runs_gives_no_shift_of_the_future(booth: Booth) -> None:
    booth.set_clock(AHEAD)
    booth.restart()
    booth.book.sign_in(shift_of(1), booth.now)
    booth.book.sign_in(shift_of(2), booth.now)
    booth.set_clock(timedelta(0))
    booth.restart()
    state = booth.book.state()
    assert state.shift is not None
    assert state.shift.opened_at == OPENED
    booth.clock.advance(3600)
    report = booth.close_shift()
    assert (report.opened_at, report.until) == (OPENED, OPENED + HOUR)
    assert _times(report) == sorted(_times(report))


def test_clock_slewed_by_seconds_gives_no_negative_length(booth: Booth) -> None:
    booth.book.sign_in(shift_of(1), booth.now)
    booth.set_clock(timedelta(seconds=-3))
    reading = booth.book.report(booth.now)
    assert reading.opened_at == reading.until == OPENED
    report = booth.close_shift()
    assert _times(report) == [OPENED] * 4


def test_next_shift_begins_no_second_before_the_closed_one_ends(booth: Booth) -> None:
    booth.book.sign_in(shift_of(1), booth.now)
    booth.set_clock(timedelta(seconds=-3))
    closed = booth.book.close(uuid(100), "", booth.now, shift_of(2, 101))
    opened = booth.book.state().shift
    assert opened is not None
    assert closed.until == opened.opened_at == OPENED


def test_closed_shift_is_not_moved(booth: Booth) -> None:
    booth.book.sign_in(shift_of(1), booth.now)
    booth.clock.advance(3600)
    booth.close_shift()
    booth.set_clock(-AHEAD)
    handed_over = booth.book.state().handed_over
    assert handed_over is not None
    assert (handed_over.opened_at, handed_over.until) == (OPENED, OPENED + HOUR)


def test_shift_with_an_invalid_time_does_not_stop_the_queue(booth: Booth) -> None:
    booth.book.sign_in(shift_of(1), booth.now)
    booth.journal._connection.execute("UPDATE shifts SET opened_at = 'x'")
    booth.set_clock(AHEAD)
    booth.journal.append(entry(1), booth.now)
    assert [record.entry.label for record in booth.journal.recent(1)] == ["粤B·00001"]


def test_reading_of_a_shift_on_a_full_disk_is_given(
    booth: Booth, monkeypatch: pytest.MonkeyPatch
) -> None:
    booth.book.sign_in(shift_of(1), booth.now)
    booth.set_clock(-AHEAD)
    booth.journal._connection.execute("PRAGMA query_only = 1")
    report = booth.book.report(booth.now)
    booth.journal._connection.execute("PRAGMA query_only = 0")
    assert report.opened_at <= report.until
