"""Filters and saved searches of the history."""

from __future__ import annotations

from datetime import date, datetime, timezone

import pytest

from wxpark_gui.domain.history import (
    LONGEST_PLATE,
    HistoryFilter,
    Period,
    PlateMatch,
    Search,
    plate_wanted,
)
from wxpark_gui.domain.typed_day import read_day

TODAY = date(2026, 3, 15)


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        (Period.ANY, None, None),
        (Period.TODAY, TODAY, TODAY),
        (Period.YESTERDAY, date(2026, 3, 14), date(2026, 3, 14)),
        (Period.WEEK, date(2026, 3, 9), TODAY),
        (Period.MONTH, date(2026, 2, 14), TODAY),
        (Period.CHOSEN, date(2025, 1, 1), None),
    ],
)
def test_period_of_a_search_is_counted_from_today(
    period: Period, first: date | None, last: date | None
) -> None:
    search = Search(period=period, wanted=HistoryFilter(first_day=date(2025, 1, 1)))
    wanted = search.on(TODAY)
    assert (wanted.first_day, wanted.last_day) == (first, last)


def test_days_begin_and_end_at_midnight_in_beijing() -> None:
    wanted = HistoryFilter(first_day=TODAY, last_day=TODAY)
    assert wanted.since == datetime(2026, 3, 14, 16, tzinfo=timezone.utc)
    assert wanted.until == datetime(2026, 3, 15, 16, tzinfo=timezone.utc)
    assert HistoryFilter(last_day=date.max).until is None


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2026-03-15", TODAY),
        ("2025/1/2", date(2025, 1, 2)),
        ("3-15", TODAY),
        ("3.1", date(2026, 3, 1)),
        (" 7 ", date(2026, 3, 7)),
        ("２０２６－０３－１５", TODAY),
        ("2026-02-30", None),
        ("", None),
        ("%", None),
        ("1" * 10_000, None),
        ("0", None),
        ("-1", None),
        ("0-15", None),
        ("0000-03-15", None),
    ],
)
def test_typed_day_may_leave_out_year_and_month(typed: str, day: date | None) -> None:
    assert read_day(typed, TODAY) == day


@pytest.mark.parametrize(
    ("typed", "today", "day"),
    [
        ("12-31", date(2027, 1, 1), date(2026, 12, 31)),
        ("31", date(2027, 1, 1), date(2026, 12, 31)),
        ("28", date(2027, 3, 1), date(2027, 2, 28)),
        ("30", date(2027, 3, 1), date(2027, 3, 30)),
        ("3-31", date(2027, 3, 15), date(2027, 3, 31)),
        ("31", date(2027, 3, 15), date(2027, 3, 31)),
        ("2-29", date(2028, 3, 1), date(2028, 2, 29)),
        ("2-29", date(2027, 3, 1), None),
        ("1-1", date(2026, 12, 31), date(2026, 1, 1)),
        ("2027-12-31", date(2027, 1, 1), date(2027, 12, 31)),
    ],
)
def test_typed_day_far_ahead_is_that_of_the_year_or_month_before(
    typed: str, today: date, day: date | None
) -> None:
    assert read_day(typed, today) == day


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("粤b·1234 5", "粤B12345"),
        ("%_*", "%*"),
        ("a" * 10_000, "A" * LONGEST_PLATE),
        ("\ud800", ""),
    ],
)
def test_typed_plate_is_normalised_and_shortened(typed: str, wanted: str) -> None:
    assert plate_wanted(typed) == wanted


@pytest.mark.parametrize(
    ("plate", "is_whole", "plates"),
    [("粤B1234S", True, ("粤B1234S", "粤81234S", "粤BI234S")), ("S", False, ("S", "5"))],
)
def test_look_alikes_are_whole_plates_only_for_a_whole_one(
    plate: str, is_whole: bool, plates: tuple[str, ...]
) -> None:
    wanted = HistoryFilter(plate=plate, match=PlateMatch.LOOKALIKE)
    assert wanted.names_whole_plates is is_whole
    assert set(plates) <= set(wanted.plates)
