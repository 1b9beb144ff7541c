"""Times of recent entries: the plate that was entered last, for offers of a camera."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from wxpark_gui.domain.backfill import Backfill
from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.entry import EntryDraft, check_draft
from wxpark_gui.domain.record import EntryRecord, NewEntry, Origin
from wxpark_gui.service import recent_entries
from wxpark_gui.service.recent_entries import RecentEntries

NOW = datetime(2026, 3, 15, 3, 42, 7, tzinfo=timezone.utc)
WINDOW = timedelta(minutes=10)
SECOND = timedelta(seconds=1)


def new(plate: str) -> NewEntry:
    entry = check_draft(EntryDraft(plate), NOW)
    return NewEntry(plate, entry, Origin("1-2", "1", "2", "lot", "booth"))


@pytest.fixture
def recent() -> RecentEntries:
    """Two plates: 粤B11111 now, 粤B22222 one second later."""
    recent = RecentEntries()
    recent.add_unsaved(new("粤B11111"), NOW)
    recent.add_unsaved(new("粤B22222"), NOW + SECOND)
    return recent


@pytest.mark.parametrize(
    ("plate", "after", "is_latest"),
    [
        ("粤B22222", SECOND, True),
        ("粤B22222", SECOND + WINDOW - SECOND, True),
        ("粤B22222", SECOND + WINDOW, False),
        ("粤B11111", SECOND, False),
        ("粤B33333", SECOND, False),
        ("粤B22222", timedelta(minutes=-5), True),
        ("粤B22222", SECOND - WINDOW, False),
    ],
)
def test_only_the_plate_entered_last_within_the_window_is_the_latest(
    recent: RecentEntries, plate: str, after: timedelta, *, is_latest: bool
) -> None:
    assert recent.is_latest(plate, NOW + after, WINDOW) is is_latest


def test_entry_that_was_not_saved_is_not_the_latest(recent: RecentEntries) -> None:
    recent.discard(new("粤B22222"))
    assert not recent.is_latest("粤B22222", NOW + SECOND, WINDOW)
    assert recent.is_latest("粤B11111", NOW + SECOND, WINDOW)


def test_repeated_plate_counts_from_its_last_entry(recent: RecentEntries) -> None:
    again = NewEntry("again", new("粤B11111").entry, new("粤B11111").origin)
    recent.add_unsaved(again, NOW + 2 * SECOND)
    assert recent.is_latest("粤B11111", NOW + 2 * SECOND, WINDOW)


@pytest.mark.parametrize(
    ("after", "is_found"), [(SECOND - WINDOW, True), (-WINDOW, False), (timedelta(days=-9), False)]
)
def test_plate_counts_as_entered_after_the_clock_was_set_back_by_less_than_the_window(
    recent: RecentEntries, after: timedelta, *, is_found: bool
) -> None:
    times = recent.times_of(new("粤B11111"), NOW + after, WINDOW)
    assert times == ((NOW,) if is_found else ())


@pytest.mark.parametrize("ahead", [timedelta(hours=-2), timedelta(days=400)], ids=str)
def test_plate_counts_as_entered_when_it_was_whatever_the_clock_was_set_to(
    recent: RecentEntries, ahead: timedelta
) -> None:
    recent.follow_clock(NOW + SECOND, 100.0)
    for monotonic, since in ((160.0, 60), (699.0, 599), (700.0, 600)):
        now = NOW + ahead + SECOND + timedelta(seconds=since)
        recent.follow_clock(now, monotonic)
        found = recent.times_of(new("粤B22222"), now, WINDOW)
        assert [now - time for time in found] == [timedelta(seconds=since)] * (since < 600)
        assert recent.is_latest("粤B22222", now, WINDOW) is (since < 600)


def test_answer_that_comes_after_the_clock_was_set_keeps_the_moved_time(
    recent: RecentEntries,
) -> None:
    recent.follow_clock(NOW + SECOND, 100.0)
    now = NOW + timedelta(hours=2)
    recent.follow_clock(now, 101.0)
    made, saved_at = new("粤B22222"), NOW + SECOND
    recent.add(
        EntryRecord("粤B22222", 2, 2, made.entry, made.origin, saved_at, DeliveryState.ANSWERED)
    )
    assert recent.times_of(new("粤B22222"), now, WINDOW) == (now - SECOND,)


def test_time_on_paper_is_not_moved_with_the_clock(recent: RecentEntries) -> None:
    written = replace(new("粤B33333"), backfill=Backfill("3-01"))
    recent.add_unsaved(written, NOW)
    recent.follow_clock(NOW, 100.0)
    recent.follow_clock(NOW + timedelta(minutes=5), 100.0)
    found = recent.times_of(new("粤B33333"), NOW + timedelta(minutes=5), WINDOW)
    assert found == (written.entry.start_time,)


def test_only_the_last_entries_are_kept(
    recent: RecentEntries, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recent_entries, "MOST_KEPT", 2)
    recent.add_unsaved(new("粤B33333"), NOW + SECOND)
    assert recent.times_of(new("粤B11111"), NOW + SECOND, WINDOW) == ()
    assert recent.times_of(new("粤B22222"), NOW + SECOND, WINDOW) == (NOW + SECOND,)
    recent.add_unsaved(new("粤B22222"), NOW + SECOND)
    assert recent.times_of(new("粤B33333"), NOW + SECOND, WINDOW) == (NOW + SECOND,)


def test_entries_of_the_last_day_are_kept(recent: RecentEntries) -> None:
    day = timedelta(days=1)
    recent.add_unsaved(new("粤B33333"), NOW + day)
    assert recent.times_of(new("粤B11111"), NOW + SECOND, day) == (NOW,)
    recent.add_unsaved(new("粤B44444"), NOW + day + SECOND)
    assert recent.times_of(new("粤B11111"), NOW + SECOND, day) == ()
    assert recent.times_of(new("粤B22222"), NOW + SECOND, day) == (NOW + SECOND,)


def test_old_entry_from_paper_is_kept_with_the_later_ones(recent: RecentEntries) -> None:
    long_ago = NOW - timedelta(days=2)
    written = replace(new("粤B33333"), entry=check_draft(EntryDraft("粤B33333"), long_ago))
    recent = RecentEntries()
    recent.add_unsaved(replace(written, backfill=Backfill("3-01")), NOW)
    recent.add_unsaved(new("粤B11111"), NOW)
    assert recent.times_of(new("粤B33333"), long_ago, WINDOW) == (written.entry.start_time,)
    assert recent.times_of(new("粤B11111"), NOW, WINDOW) == (NOW,)


def test_saved_entry_keeps_the_texts_of_the_unsaved_one(recent: RecentEntries) -> None:
    entry = new("粤B11111").entry
    read_from_disk = Origin("1-2", "1", "2", "".join(["lo", "t"]), "booth")
    before = sys.getrefcount(read_from_disk.lot)
    recent.add_unsaved(NewEntry("粤B11111", entry, read_from_disk), NOW + SECOND)
    after = sys.getrefcount(read_from_disk.lot)
    assert after == before
    assert recent.times_of(new("粤B11111"), NOW + SECOND, WINDOW) == (NOW + SECOND,)
