"""Reads a time written on paper; a row without a day has that of the row before.

Does not use Qt.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from wxpark_gui.domain.entry import BEIJING, FUTURE_TOLERANCE, clock_is_plausible
from wxpark_gui.domain.errors import Field, FieldError, InvalidInputError, Problem
from wxpark_gui.ui.entry.entry_time import read_entry_time

_HALF_A_DAY = timedelta(hours=12)
"""Largest age of a time of yesterday, and least step back in time that means the next day."""


@dataclass(frozen=True, slots=True)
class PaperDay:
    """Day and time of the rows before, from which the day of the next row follows.

    Attributes:
        day: day in Beijing of the row before; None until a row named a day.
        last: time of the row before, aware; None until a row named a day.
    """

    day: date | None = None
    last: datetime | None = None

    def after(self, moment: datetime, written: str) -> PaperDay:
        """Return the day for the next row, after a row at `moment` with the text `written`."""
        if self.day is None and not _names_day(written):
            return self
        return PaperDay(moment.astimezone(BEIJING).date(), moment)


def read_paper_time(written: str, now: datetime, run: PaperDay = PaperDay()) -> datetime:
    """Read a Beijing time written as `0812`, `08:12`, or after a date, as `11-28 0812`.

    Without a date, the time is on the day of `run`, or on the next day if it would be more than
    half a day before that of the row before, as 00:10 after 23:50. If `run` has no day, the time is
    today; one later than now is yesterday if that is at most half a day ago.

    Args:
        now: aware.

    Raises:
        InvalidInputError: the text is empty or no time, the clock is wrong, or the time is later
            than now.
    """
    if not clock_is_plausible(now):
        raise _error(Problem.CLOCK_WRONG)
    moment = read_entry_time(written, now)
    if moment is None:
        raise _error(Problem.MISSING)
    if _names_day(written):
        chosen = moment
    elif run.day is None:
        # `moment` is the latest such time before now, or in the first minutes of tomorrow.
        today = now.astimezone(BEIJING).date()
        chosen = moment - timedelta(days=1) if moment.date() > today else moment
        if now - chosen > _HALF_A_DAY and chosen.date() != today:
            raise _error(Problem.LATER_THAN_NOW)
    else:
        chosen = datetime.combine(run.day, moment.timetz())
        is_next_day = run.last is not None and run.last - chosen > _HALF_A_DAY
        following = chosen + timedelta(days=1)
        if is_next_day and following <= now + FUTURE_TOLERANCE:
            chosen = following
    if chosen > now + FUTURE_TOLERANCE:
        raise _error(Problem.LATER_THAN_NOW)
    return chosen


def _names_day(written: str) -> bool:
    return len(written.split()) > 1


def _error(problem: Problem) -> InvalidInputError:
    return InvalidInputError([FieldError(Field.START_TIME, problem)])
