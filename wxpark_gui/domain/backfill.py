"""Back-filled entries: written on paper during an outage and typed later."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from wxpark_gui.domain.entry import BEIJING, FUTURE_TOLERANCE, clock_is_plausible
from wxpark_gui.domain.errors import Field, FieldError, InvalidInputError, Problem, ReadableError

ROWS_ON_SHEET = 20
LARGEST_SHEET = 9999
SHEETS_AT_A_TIME = 5

_NUMBER = re.compile(r"(\d{1,4})\s*[-./ ]\s*(\d{1,2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class PaperNumber:
    """Number of a row on a printed sheet: sheet from 1 to 9999, row from 1 to `ROWS_ON_SHEET`."""

    sheet: int
    row: int

    @property
    def text(self) -> str:
        """The number as it is printed, such as `12-05`."""
        return f"{self.sheet}-{self.row:02d}"

    @property
    def following(self) -> PaperNumber:
        """The next row; after the last one, the first of the next sheet. Sheet 1 follows 9999."""
        if self.row < ROWS_ON_SHEET:
            return PaperNumber(self.sheet, self.row + 1)
        return PaperNumber(self.sheet % LARGEST_SHEET + 1, 1)


@dataclass(frozen=True, slots=True)
class Backfill:
    """Properties of a new entry from paper that a live one lacks.

    Attributes:
        number: as `PaperNumber.text`; empty for paper without numbers.
        is_too_old: True if the entry must be saved but not sent.
        window: an entry of the same plate whose time differs by less than this is a repetition, as
            is an entry with the same number; a repetition is refused. None accepts repetitions.
    """

    number: str = ""
    is_too_old: bool = False
    window: timedelta | None = None


class BackfillRepeatedError(ReadableError):
    """The entry may have been typed before, so it was not saved.

    Attributes:
        number: the number on paper if it was used before, else empty.
        entered_at: entry time of an entry of the plate within the window, aware; None if there is
            none.
    """

    code = "BACKFILL_REPEATED"
    number = ""
    entered_at: datetime | None = None

    def __init__(self, number: str = "", entered_at: datetime | None = None) -> None:
        super().__init__(number)
        self.number = number
        self.entered_at = entered_at


class BackfillTooOldError(ReadableError):
    """The entry from paper is older than the operator's limit, so it is not sent.

    Attributes:
        limit: the limit in hours.
    """

    code = "BACKFILL_TOO_OLD"
    limit = 0

    def __init__(self, limit: int) -> None:
        super().__init__(f"{limit} h")
        self.limit = limit


def read_paper_number(written: str) -> PaperNumber | None:
    """Read a number written as `12-05`, `12-5`, `12.5`, `12/5` or `12 5`; None for an empty text.

    Raises:
        InvalidInputError: the text has another form, or no printed sheet has such a row.
    """
    text = unicodedata.normalize("NFKC", written).strip()
    if not text:
        return None
    if match := _NUMBER.fullmatch(text):
        number = PaperNumber(int(match[1]), int(match[2]))
        if number.sheet > 0 and 0 < number.row <= ROWS_ON_SHEET:
            return number
    raise InvalidInputError(
        [FieldError(Field.PAPER_NUMBER, Problem.NOT_A_PAPER_NUMBER, ROWS_ON_SHEET)]
    )


def check_paper_time(moment: datetime, now: datetime, retention_days: int) -> FieldError | None:
    """Return the error of a time from paper; None if it is accepted.

    It refuses any time while the clock is implausible, a time later than now by more than
    `FUTURE_TOLERANCE`, and one that is more than `retention_days` ago.

    Args:
        moment: the time from paper, aware.
        now: aware.
        retention_days: days for which records are kept.
    """
    if not clock_is_plausible(now):
        return FieldError(Field.START_TIME, Problem.CLOCK_WRONG)
    if moment > now + FUTURE_TOLERANCE:
        return FieldError(Field.START_TIME, Problem.LATER_THAN_NOW)
    if now - moment > timedelta(days=retention_days):
        day = moment.astimezone(BEIJING).strftime("%Y-%m-%d")
        return FieldError(Field.START_TIME, Problem.OLDER_THAN_KEPT, retention_days, day)
    return None


def is_too_old(start_time: datetime, now: datetime, limit_hours: int) -> bool:
    """Test if an entry from paper is too old to be sent; for a limit of 0 hours each one is."""
    return now - start_time >= timedelta(hours=limit_hours) or not limit_hours
