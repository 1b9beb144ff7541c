"""Reads a typed day of a search."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta

from wxpark_gui.domain.history import LONGEST_NAME

_HALF_A_YEAR, _MOST_OF_A_MONTH = timedelta(days=183), timedelta(days=20)
_DAY = re.compile(r"(?:(?:([0-9]{4})-)?([0-9]{1,2})-)?([0-9]{1,2})")
_BETWEEN = re.compile(r"\s*[-./\s]\s*")


def read_day(typed: str, today: date) -> date | None:
    """Parse a day written as `2026-03-15`, `03/15` or `15`; None for other text or no such day.

    Args:
        today: gives the year, or year and month, that are left out. A day far ahead is that of the
            year or month before: 12-31 typed on 1 January is yesterday.
    """
    match = _DAY.fullmatch(normalise_digits(typed))
    if match is None:
        return None
    year, month, day = match.groups()
    if year:
        return _day(int(year), int(month), int(day))
    if month:
        found = _day(today.year, int(month), int(day))
        before, far = _day(today.year - 1, int(month), int(day)), _HALF_A_YEAR
    else:
        last = today.replace(day=1) - timedelta(days=1)
        found = _day(today.year, today.month, int(day))
        before, far = _day(last.year, last.month, int(day)), _MOST_OF_A_MONTH
    return before if found and before and found - today > far else found


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def normalise_digits(typed: str) -> str:
    """Return the first 20 characters, in half width, stripped, with a hyphen for each separator.

    Separators are a hyphen, full stop, slash or white space.
    """
    folded = unicodedata.normalize("NFKC", typed[:LONGEST_NAME]).strip()
    return _BETWEEN.sub("-", folded)
