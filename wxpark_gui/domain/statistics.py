"""Statistics of a period, as figures for display that are computed from sums."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from wxpark_gui.domain.entry import BEIJING
from wxpark_gui.domain.tallies import (
    CARS_IN_A_ROW,
    Gap,
    Outage,
    Slot,
    Sums,
    Tally,
    outages,
    slot_of,
    slot_second,
    slot_start,
    sum_tallies,
)
from wxpark_gui.domain.verdict import Severity

_HALF, _NEARLY_ALL = 50, 95
_NOTHING = Tally()


class Period(Enum):
    """Period of a report; the value is its number of days, today included."""

    TODAY = 1
    WEEK = 7
    MONTH = 30
    YEAR = 365

    @property
    def slot(self) -> Slot:
        return Slot.HOUR if self is Period.TODAY else Slot.DAY

    def start(self, now: datetime) -> datetime:
        """Return the midnight in Beijing that the period begins at."""
        midnight = now.astimezone(BEIJING).replace(hour=0, minute=0, second=0, microsecond=0)
        return midnight - timedelta(days=self.value - 1)


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of a bar of the chart, or of the whole period.

    Attributes:
        severities, voided, backfilled: as in `Tally`.
        median, nearly_all: answer time in ms that 50 % and 95 % of the answers do not exceed,
            accurate to 3 %; None without answers.
        outages: number of outages.
        outage_seconds: total length of the outages, in seconds.
        seconds_per_car: mean of the latest `CARS_IN_A_ROW` gaps; None for fewer gaps.
    """

    severities: Mapping[Severity, int]
    voided: int = 0
    backfilled: int = 0
    median: int | None = None
    nearly_all: int | None = None
    outages: int = 0
    outage_seconds: float = 0.0
    seconds_per_car: float | None = None

    @property
    def entries(self) -> int:
        return sum(self.severities.values())

    @property
    def undelivered(self) -> int:
        """Number of entries whose verdict is `PENDING` or `FAILED`."""
        return self.count(Severity.PENDING) + self.count(Severity.FAILED)

    def count(self, severity: Severity) -> int:
        return self.severities.get(severity, 0)

    def share(self, severity: Severity) -> float | None:
        """Return a severity's share of the answered entries, 0 to 1; None if none was answered."""
        answered = self.entries - self.undelivered
        return self.count(severity) / answered if answered else None


_EMPTY = Figures({})


@dataclass(frozen=True, slots=True)
class Bar:
    """Figures of the time from `start` to before `end`, both in Beijing time."""

    start: datetime
    end: datetime
    figures: Figures


@dataclass(frozen=True, slots=True)
class Report:
    """Statistics of a period.

    Attributes:
        as_of: time at which the report was asked for, aware.
        bars: one per hour of `TODAY`, per day of `WEEK` and `MONTH`, per month of `YEAR`.
        rows: one per hour of `TODAY`, per day of every other period.
        read: share of the reading that is done, 0 to 1.
        skipped: archived months that could not be read, `YYYY-MM`.
    """

    period: Period
    as_of: datetime
    total: Figures
    bars: tuple[Bar, ...]
    rows: tuple[Bar, ...]
    read: float = 1.0
    skipped: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        return self.read >= 1.0


def make_report(
    period: Period,
    sums: Sums,
    now: datetime,
    *,
    read: float = 1.0,
    skipped: Sequence[str] = (),
) -> Report:
    """Return the report on a period that ends with the day of `now`.

    Args:
        sums: by slots of `period.slot`; those outside the period are left out.
        read, skipped: as in `Report`.
    """
    start = period.start(now)
    end = start + timedelta(days=period.value)
    first, last = slot_of(start, period.slot), slot_of(end, period.slot)
    found = [
        Outage(max(each.start, start.timestamp()), min(each.end, now.timestamp()))
        for each in outages(sums.turns, now.timestamp())
        if each.end > start.timestamp()
    ]
    rows = _bars([(number, number + 1) for number in range(first, last)], period, sums, found)
    bars = rows
    if period is Period.YEAR:
        bars = _bars(_months(first, last), period, sums, found)
    total = _figures((first, last), period, sums, found)
    return Report(period, now, total, bars, rows, read, tuple(skipped))


def _bars(
    spans: Sequence[tuple[int, int]], period: Period, sums: Sums, found: Sequence[Outage]
) -> tuple[Bar, ...]:
    return tuple(
        Bar(
            slot_start(span[0], period.slot),
            slot_start(span[1], period.slot),
            _figures(span, period, sums, found),
        )
        for span in spans
    )


def _months(first: int, last: int) -> list[tuple[int, int]]:
    """Return the calendar months from day `first` to before `last`, each as first and last day.

    The days are numbers of slots; the last one of a month is excluded.
    """
    starts = [first]
    starts += [day for day in range(first + 1, last) if slot_start(day, Slot.DAY).day == 1]
    return list(zip(starts, [*starts[1:], last], strict=True))


def _figures(span: tuple[int, int], period: Period, sums: Sums, found: Sequence[Outage]) -> Figures:
    """Return the figures of the slots of `span`, whose second number is excluded."""
    found_tallies = [sums.tallies[number] for number in range(*span) if number in sums.tallies]
    tally = sum_tallies(found_tallies) if found_tallies else _NOTHING
    count, length = 0, 0.0
    start, end = (slot_second(number, period.slot) for number in span)
    # The outages are in order and do not overlap.
    low = bisect_left(found, start, key=lambda outage: outage.end)
    high = bisect_left(found, end, key=lambda outage: outage.start)
    if not found_tallies and low == high:
        return _EMPTY
    for outage in found[low:high]:
        overlap = min(outage.end, end) - max(outage.start, start)
        if overlap > 0 or start <= outage.start < end:
            count += 1
            length += max(0.0, overlap)
    return Figures(
        severities={each: number for each, number in tally.severities.items() if number > 0},
        voided=tally.voided,
        backfilled=tally.backfilled,
        median=_percentile(tally.answers, _HALF),
        nearly_all=_percentile(tally.answers, _NEARLY_ALL),
        outages=count,
        outage_seconds=length,
        seconds_per_car=_mean(tally.gaps),
    )


def _percentile(answers: Mapping[int, int], percent: int) -> int | None:
    """Return the smallest answer step that at least `percent` of the answers do not exceed.

    The result is None if there are no answers.
    """
    total = sum(answers.values())
    passed = 0
    for step in sorted(answers):
        passed += answers[step]
        if passed * 100 >= total * percent:
            return step
    return None


def _mean(gaps: Sequence[Gap]) -> float | None:
    if len(gaps) < CARS_IN_A_ROW:
        return None
    return sum(gap.seconds for gap in gaps) / len(gaps)
