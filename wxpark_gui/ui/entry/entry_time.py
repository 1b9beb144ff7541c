"""What a person may write for a time of entry. No Qt in here."""

from __future__ import annotations

import re
from datetime import datetime

from wxpark_gui.domain.entry import BEIJING
from wxpark_gui.domain.errors import Field, FieldError, InvalidInputError, Problem

_WRITTEN = re.compile(
    r"(?:(?:(?P<year>\d{4})[-/.])?(?P<month>\d{1,2})[-/.](?P<day>\d{1,2})\s+)?"
    r"(?P<hour>\d{1,2})[:：](?P<minute>\d{2})(?:[:：](?P<second>\d{2}))?",
    re.ASCII,
)


def read_entry_time(written: str, now: datetime) -> datetime | None:
    """Beijing time: `09:30` of today, `03-15 09:30` of this year, or with year and seconds.

    Returns:
        The time, or None where nothing was written, which means now.

    Raises:
        InvalidInputError: when it is none of these, or no such time exists.
    """
    text = written.strip()
    if not text:
        return None
    match = _WRITTEN.fullmatch(text)
    if match is None:
        raise InvalidInputError([FieldError(Field.START_TIME, Problem.NOT_A_TIME)])
    today = now.astimezone(BEIJING)
    try:
        return datetime(
            int(match["year"] or today.year),
            int(match["month"] or today.month),
            int(match["day"] or today.day),
            int(match["hour"]),
            int(match["minute"]),
            int(match["second"] or 0),
            tzinfo=BEIJING,
        )
    except ValueError:
        raise InvalidInputError([FieldError(Field.START_TIME, Problem.NOT_A_TIME)]) from None
