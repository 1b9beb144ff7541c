"""Parsing of a typed time of entry."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wxpark_gui.domain.entry import BEIJING, FUTURE_TOLERANCE
from wxpark_gui.domain.errors import InvalidInputError, Problem
from wxpark_gui.ui.entry.entry_time import read_entry_time

# Already the 16th in Beijing.
NOW = datetime(2026, 3, 15, 15, 45, tzinfo=timezone(timedelta(hours=-10)))


def at(year: int, month: int, day: int, hour: int, minute: int) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=BEIJING)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("09:30", datetime(2026, 3, 16, 9, 30, tzinfo=BEIJING)),
        (" 9：05 ", datetime(2026, 3, 16, 9, 5, tzinfo=BEIJING)),
        ("03-15 23:50", datetime(2026, 3, 15, 23, 50, tzinfo=BEIJING)),
        ("09:50", datetime(2026, 3, 16, 9, 50, tzinfo=BEIJING)),
        ("09:51", datetime(2026, 3, 15, 9, 51, tzinfo=BEIJING)),
        ("0215", datetime(2026, 3, 16, 2, 15, tzinfo=BEIJING)),
        ("０２１５", datetime(2026, 3, 16, 2, 15, tzinfo=BEIJING)),
        ("０２：１５：３０", datetime(2026, 3, 16, 2, 15, 30, tzinfo=BEIJING)),
        ("03-15 2350", datetime(2026, 3, 15, 23, 50, tzinfo=BEIJING)),
        ("03-17 09:30", datetime(2025, 3, 17, 9, 30, tzinfo=BEIJING)),
        ("02-29 09:30", datetime(2024, 2, 29, 9, 30, tzinfo=BEIJING)),
        ("2027-01-01 00:00", datetime(2027, 1, 1, tzinfo=BEIJING)),
        ("2025/12/31 23:59:59", datetime(2025, 12, 31, 23, 59, 59, tzinfo=BEIJING)),
    ],
)
def test_typed_time_is_read_as_beijing_time(written: str, meant: datetime) -> None:
    assert read_entry_time(written, NOW) == meant


def test_empty_text_means_now() -> None:
    assert read_entry_time("  ", NOW) is None


@pytest.mark.parametrize(
    "written",
    [
        "25:00",
        "9",
        "2500",
        "0960",
        "930",
        "09300",
        "09:30" + " " * 99 + "x",
        "02-30 10:00",
        "09:60",
        "soon",
        "0000-01-01 00:00",
        "٠٩:٣٠",
    ],
)
def test_other_text_is_refused(written: str) -> None:
    with pytest.raises(InvalidInputError) as raised:
        read_entry_time(written, NOW)
    assert raised.value.errors[0].problem is Problem.NOT_A_TIME


@pytest.mark.parametrize(
    ("now", "written", "meant"),
    [
        ((2026, 3, 16, 0, 10), "23:50", (2026, 3, 15, 23, 50)),
        ((2026, 3, 16, 0, 10), "2350", (2026, 3, 15, 23, 50)),
        ((2026, 3, 16, 0, 10), "00:10", (2026, 3, 16, 0, 10)),
        ((2026, 3, 16, 23, 58), "00:02", (2026, 3, 17, 0, 2)),
        ((2026, 3, 16, 23, 58), "00:04", (2026, 3, 16, 0, 4)),
        ((2027, 1, 1, 0, 10), "23:50", (2026, 12, 31, 23, 50)),
        ((2027, 1, 1, 0, 10), "12-31 23:50", (2026, 12, 31, 23, 50)),
        ((2027, 1, 1, 0, 10), "12-31 10:00", (2026, 12, 31, 10, 0)),
        ((2026, 12, 31, 23, 58), "01-01 00:01", (2027, 1, 1, 0, 1)),
        ((2026, 12, 31, 23, 58), "01-01 00:04", (2026, 1, 1, 0, 4)),
    ],
)
def test_time_around_midnight_and_new_year_is_the_latest_one_passed(
    now: tuple[int, ...], written: str, meant: tuple[int, ...]
) -> None:
    found = read_entry_time(written, at(*now))
    assert found == at(*meant)


NEW_YEAR = datetime(2027, 1, 1, tzinfo=BEIJING)
MOMENTS = st.timedeltas(timedelta(days=-3650), timedelta(days=36500)).map(NEW_YEAR.__add__)


@given(now=MOMENTS, back=st.timedeltas(-FUTURE_TOLERANCE, timedelta(hours=23)))
@example(now=NEW_YEAR, back=timedelta(minutes=1))
@example(now=NEW_YEAR - timedelta(minutes=1), back=-timedelta(minutes=2))
def test_time_of_the_last_day_is_found_without_its_date(now: datetime, back: timedelta) -> None:
    meant = (now - back).replace(second=0, microsecond=0)
    assert read_entry_time(meant.strftime("%H:%M"), now) == meant
    assert read_entry_time(meant.strftime("%H%M"), now) == meant


@given(now=MOMENTS, back=st.timedeltas(-FUTURE_TOLERANCE, timedelta(days=364)))
@example(now=NEW_YEAR, back=timedelta(minutes=1))
@example(now=NEW_YEAR - timedelta(minutes=1), back=-timedelta(minutes=2))
def test_time_of_the_last_year_is_found_without_its_year(now: datetime, back: timedelta) -> None:
    meant = (now - back).replace(microsecond=0)
    assert read_entry_time(meant.strftime("%m-%d %H:%M:%S"), now) == meant


@given(now=MOMENTS, hour=st.integers(0, 23), minute=st.integers(0, 59))
def test_time_without_a_date_never_lies_in_the_future(
    now: datetime, hour: int, minute: int
) -> None:
    found = read_entry_time(f"{hour}:{minute:02}", now)
    assert found is not None
    assert now - timedelta(days=1) < found <= now + FUTURE_TOLERANCE
