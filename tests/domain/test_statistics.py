"""Sums are the same in any order of addition, and figures are computed from them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wxpark_gui.domain.entry import BEIJING
from wxpark_gui.domain.statistics import Period, make_report
from wxpark_gui.domain.tallies import (
    CARS_IN_A_ROW,
    Gap,
    Outage,
    Slot,
    Sums,
    Tally,
    Turn,
    answer_step,
    outages,
    slot_of,
    slot_start,
)
from wxpark_gui.domain.verdict import Severity

NOW = datetime(2026, 3, 15, 3, 42, 7, tzinfo=timezone.utc)
TODAY = slot_of(NOW, Slot.DAY)

gaps = st.builds(Gap, st.integers(0, 50).map(float), st.integers(0, 60).map(float))
tallies = st.builds(
    lambda severities, answers, found, voided: Tally() + Tally(severities, answers, found, voided),
    st.dictionaries(st.sampled_from(Severity), st.integers(1, 9)),
    st.dictionaries(st.integers(0, 3000), st.integers(1, 9)),
    st.lists(gaps, max_size=30).map(tuple),
    st.integers(0, 3),
)
turns = st.lists(st.builds(Turn, st.integers(0, 99).map(float), st.booleans()), max_size=8)
sums = st.builds(
    lambda found, changes: Sums(found, tuple(changes)),
    st.dictionaries(st.integers(TODAY - 9, TODAY), tallies, max_size=4),
    turns,
)


@given(st.lists(sums, max_size=5))
def test_report_does_not_depend_on_the_order_and_grouping_of_parts(parts: list[Sums]) -> None:
    forward = Sums()
    for part in parts:
        forward += part
    backward = Sums()
    for part in reversed(parts):
        backward = part + backward
    shuffled = Sums()
    for part in sorted(parts, key=lambda each: len(each.turns)):
        shuffled = shuffled + part
    reports = [make_report(Period.WEEK, each, NOW) for each in (forward, backward, shuffled)]
    assert reports[0] == reports[1] == reports[2]


@given(sums, sums)
def test_entries_taken_out_of_sums_leave_the_others(one: Sums, other: Sums) -> None:
    entries_only = Sums({n: Tally(t.severities, t.answers) for n, t in other.tallies.items()})
    left = (one + entries_only).without(entries_only)
    assert make_report(Period.WEEK, left, NOW) == make_report(Period.WEEK, one, NOW)


@given(st.lists(st.integers(0, 9000), min_size=1, max_size=60))
def test_percentiles_are_within_three_percent_of_the_nearest_rank(times: list[int]) -> None:
    answers: dict[int, int] = {}
    for time in times:
        answers[answer_step(time)] = answers.get(answer_step(time), 0) + 1
    figures = make_report(Period.WEEK, Sums({TODAY: Tally({}, answers)}), NOW).total
    ranked = sorted(times)
    for found, percent in ((figures.median, 50), (figures.nearly_all, 95)):
        exact = ranked[-(-len(times) * percent // 100) - 1]
        assert found is not None
        assert abs(found - exact) <= max(1, 0.03 * exact)


@given(st.lists(gaps, max_size=60))
def test_seconds_per_car_are_the_mean_of_the_latest_gaps(found: list[Gap]) -> None:
    total = Sums()
    for gap in found:
        total += Sums({TODAY: Tally(gaps=(gap,))})
    figures = make_report(Period.WEEK, total, NOW).total
    latest = sorted((gap.at, gap.seconds) for gap in found)[-CARS_IN_A_ROW:]
    if len(found) < CARS_IN_A_ROW:
        assert figures.seconds_per_car is None
    else:
        mean = sum(seconds for _, seconds in latest) / CARS_IN_A_ROW
        assert figures.seconds_per_car == pytest.approx(mean)


@pytest.mark.parametrize(
    ("marks", "found"),
    [
        ("", []),
        ("1+ 5+", []),
        ("1+ 2- 3- 7+", [(2, 7)]),
        ("2- 3- 7+ 8- 9+", [(2, 7), (8, 9)]),
        ("1+ 4-", [(4, 10)]),
    ],
)
def test_outage_lasts_from_the_first_failure_to_the_next_attempt_that_reached(
    marks: str, found: list[tuple[float, float]]
) -> None:
    given_turns = [Turn(float(mark[:-1]), mark.endswith("+")) for mark in marks.split()]
    assert outages(reversed(given_turns), 10.0) == [Outage(*each) for each in found]


def test_outage_across_midnight_counts_in_both_days_and_once_in_the_period() -> None:
    midnight = slot_start(TODAY, Slot.DAY).timestamp()
    broken = Sums({}, (Turn(midnight - 600, reached=False), Turn(midnight + 60, reached=True)))
    report = make_report(Period.WEEK, broken, NOW)
    by_day = [(bar.figures.outages, bar.figures.outage_seconds) for bar in report.bars[-2:]]
    assert by_day == [(1, 600.0), (1, 60.0)]
    assert (report.total.outages, report.total.outage_seconds) == (1, 660.0)


def test_outage_that_began_before_the_period_is_cut_at_its_start() -> None:
    start = Period.TODAY.start(NOW).timestamp()
    broken = Sums({}, (Turn(start - 9000, reached=False), Turn(start + 60, reached=True)))
    total = make_report(Period.TODAY, broken, NOW).total
    assert (total.outages, total.outage_seconds) == (1, 60.0)


@pytest.mark.parametrize(
    ("period", "bars", "rows"),
    [(Period.TODAY, 24, 24), (Period.WEEK, 7, 7), (Period.MONTH, 30, 30), (Period.YEAR, 13, 365)],
)
def test_bars_cover_the_days_of_beijing_up_to_today(period: Period, bars: int, rows: int) -> None:
    report = make_report(period, Sums(), NOW)
    assert (len(report.bars), len(report.rows)) == (bars, rows)
    for spans in (report.bars, report.rows):
        assert spans[-1].end == datetime(2026, 3, 16, tzinfo=BEIJING)
        assert spans[0].start == spans[-1].end - timedelta(days=period.value)
        assert all(one.end == other.start for one, other in pairwise(spans))


@given(st.integers(0, 2**31), st.sampled_from(Slot))
def test_slot_contains_the_moments_it_is_found_for(seconds: int, slot: Slot) -> None:
    moment = datetime.fromtimestamp(seconds, timezone.utc)
    number = slot_of(moment, slot)
    assert slot_start(number, slot) <= moment < slot_start(number + 1, slot)


def test_share_is_that_among_the_answered_entries() -> None:
    counts = {Severity.OK: 6, Severity.ARREARS: 2, Severity.PENDING: 1, Severity.FAILED: 3}
    total = make_report(Period.WEEK, Sums({TODAY: Tally(counts)}), NOW).total
    assert (total.entries, total.undelivered, total.share(Severity.OK)) == (12, 4, 0.75)
    assert make_report(Period.WEEK, Sums(), NOW).total.share(Severity.OK) is None
