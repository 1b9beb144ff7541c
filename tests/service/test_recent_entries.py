"""Times of recent entries: the plate that was entered last, for offers of a camera."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta, timezone

import pytest

from wxpark_gui.domain.entry import EntryDraft, check_draft
from wxpark_gui.domain.record import NewEntry, Origin
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


def test_only_the_last_entries_are_kept(
    recent: RecentEntries, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recent_entries, "MOST_KEPT", 2)
    recent.add_unsaved(new("粤B33333"), NOW + SECOND)
    assert recent.times_of(new("粤B11111"), NOW + SECOND, WINDOW) == ()
    assert recent.times_of(new("粤B22222"), NOW + SECOND, WINDOW) == (NOW + SECOND,)
    recent.add_unsaved(new("粤B22222"), NOW + SECOND)
    assert recent.times_of(new("粤B33333"), NOW + SECOND, WINDOW) == (NOW + SECOND,)


def test_saved_entry_keeps_the_texts_of_the_unsaved_one(recent: RecentEntries) -> None:
    entry = new("粤B11111").entry
    read_from_disk = Origin("1-2", "1", "2", "".join(["lo", "t"]), "booth")
    before = sys.getrefcount(read_from_disk.lot)
    recent.add_unsaved(NewEntry("粤B11111", entry, read_from_disk), NOW + SECOND)
    after = sys.getrefcount(read_from_disk.lot)
    assert after == before
    assert recent.times_of(new("粤B11111"), NOW + SECOND, WINDOW) == (NOW + SECOND,)
