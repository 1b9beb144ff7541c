"""Reads a typed time of entry. Does not use Qt."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime, timedelta

from wxpark_gui.domain.entry import BEIJING, FUTURE_TOLERANCE
from wxpark_gui.domain.errors import Field, FieldError, InvalidInputError, Problem

_WRITTEN = re.compile(
    r"(?:(?:(?P<year>\d{4})[-/.])?(?P<month>\d{1,2})[-/.](?P<day>\d{1,2})\s+)?"
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?",
    re.ASCII,
)
_WITHOUT_COLON = re.compile(
    r"(?:(?:(?P<year>\d{4})[-/.])?(?P<month>\d{1,2})[-/.](?P<day>\d{1,2})\s+)?"
    r"(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>)",
    re.ASCII,
)
_LONGEST = 64
_LEAP_CYCLE_YEARS = 8
"""Longest interval between two dates 29 February, as from 1896 to 1904 or from 2096 to 2104."""


def read_entry_time(written: str, now: datetime) -> datetime | None:
    """Read a Beijing time written as `09:30`, `0930`, `03-15 09:30`, or with year and seconds.

    A missing date or year is filled in so that the result is the latest such moment up to
    `FUTURE_TOLERANCE` after `now`: 23:50 typed at 00:10 is yesterday's.

    Args:
        written: the text; NFKC-normalised and stripped before it is read.
        now: aware.

    Returns:
        The aware time, or None for an empty text, which means now.

    Raises:
        InvalidInputError: for any other text, and for a time that does not exist.
    """
    text = unicodedata.normalize("NFKC", written[:_LONGEST]).strip()
    if not text:
        return None
    match = _WRITTEN.fullmatch(text) or _WITHOUT_COLON.fullmatch(text)
    if match is not None and len(written) <= _LONGEST:
        latest = (now + FUTURE_TOLERANCE).astimezone(BEIJING)
        for moment in _candidates(match, latest):
            # A time with its year may lie in the future; `check_draft` refuses it.
            if moment <= latest or match["year"]:
                return moment
    raise InvalidInputError([FieldError(Field.START_TIME, Problem.NOT_A_TIME)])


def _candidates(match: re.Match[str], latest: datetime) -> Iterator[datetime]:
    """Yield the valid times that agree with the parts typed, the latest first."""
    hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"] or 0)
    for date in _dates(match, latest):
        if moment := _moment(*date, hour, minute, second):
            yield moment


def _moment(*parts: int) -> datetime | None:
    """Return a Beijing time from year to second; None if there is no such date or time."""
    year, month, day, hour, minute, second = parts
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=BEIJING)
    except ValueError:
        return None


def _dates(match: re.Match[str], latest: datetime) -> Iterator[tuple[int, int, int]]:
    if match["year"]:
        yield int(match["year"]), int(match["month"]), int(match["day"])
    elif match["month"]:
        for year in range(latest.year, latest.year - _LEAP_CYCLE_YEARS - 1, -1):
            yield year, int(match["month"]), int(match["day"])
    else:
        for day in (latest, latest - timedelta(days=1)):
            yield day.year, day.month, day.day
