"""Times of rows on paper: today, yesterday evening, a named day, over midnight."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from wxpark_gui.domain.entry import BEIJING
from wxpark_gui.domain.errors import InvalidInputError, Problem
from wxpark_gui.ui.backfill.paper_time import PaperDay, read_paper_time


def at(text: str) -> datetime:
    return datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=BEIJING)


@pytest.mark.parametrize(
    ("written", "now", "moment"),
    [
        ("0812", "03-15 11:42", "03-15 08:12"),
        ("08:12", "03-15 11:42", "03-15 08:12"),
        ("８：１２", "03-15 11:42", "03-15 08:12"),
        ("0000", "03-15 23:59", "03-15 00:00"),
        # Yesterday, at most half a day ago.
        ("2350", "03-15 00:10", "03-14 23:50"),
        ("2350", "03-15 08:00", "03-14 23:50"),
        # A named day.
        ("03-13 0812", "03-15 11:42", "03-13 08:12"),
        ("2026-03-13 08:12", "03-15 11:42", "03-13 08:12"),
        # A watch that is a little ahead.
        ("1146", "03-15 11:42", "03-15 11:46"),
    ],
)
def test_time_is_read(written: str, now: str, moment: str) -> None:
    assert read_paper_time(written, at(now)) == at(moment)


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("", Problem.MISSING),
        ("25:00", Problem.NOT_A_TIME),
        ("812", Problem.NOT_A_TIME),
        ("1800", Problem.LATER_THAN_NOW),
        ("2026-03-15 18:00", Problem.LATER_THAN_NOW),
        ("02-30 0800", Problem.NOT_A_TIME),
    ],
)
def test_time_is_refused(written: str, problem: Problem) -> None:
    with pytest.raises(InvalidInputError) as refused:
        read_paper_time(written, at("03-15 14:00"))
    assert [error.problem for error in refused.value.errors] == [problem]


def test_wrong_clock_is_refused_before_the_time_is_read() -> None:
    lost = datetime(2000, 1, 1, 12, tzinfo=BEIJING)
    with pytest.raises(InvalidInputError) as refused:
        read_paper_time("0812", lost)
    assert refused.value.errors[0].problem is Problem.CLOCK_WRONG


def run_of(written: list[str], now: str) -> list[datetime]:
    day, moments = PaperDay(), []
    for each in written:
        moment = read_paper_time(each, at(now), day)
        day = day.after(moment, each)
        moments.append(moment)
    return moments


def test_named_day_goes_on_for_the_next_rows() -> None:
    assert run_of(["03-13 0812", "0815", "1930"], "03-15 11:42") == [
        at("03-13 08:12"), at("03-13 08:15"), at("03-13 19:30"),
    ]  # fmt: skip


def test_run_over_midnight_goes_on_with_the_next_day() -> None:
    assert run_of(["03-13 2350", "0010", "0020", "2345", "0005"], "03-15 11:42") == [
        at("03-13 23:50"), at("03-14 00:10"), at("03-14 00:20"), at("03-14 23:45"),
        at("03-15 00:05"),
    ]  # fmt: skip


def test_rows_out_of_order_within_half_a_day_stay_on_their_day() -> None:
    assert run_of(["03-13 0930", "0905"], "03-15 11:42")[1] == at("03-13 09:05")


def test_next_day_in_the_future_is_not_assumed() -> None:
    assert run_of(["03-15 1300", "0010"], "03-15 14:00")[1] == at("03-15 00:10")


def test_without_a_named_day_no_day_goes_on() -> None:
    day = PaperDay().after(at("03-15 08:12"), "0812")
    assert day == PaperDay()


def test_another_named_day_replaces_the_first() -> None:
    day = PaperDay(date(2026, 3, 13), at("03-13 23:50"))
    moment = read_paper_time("03-12 0010", at("03-15 11:42"), day)
    assert moment == at("03-12 00:10")
    assert day.after(moment, "03-12 0010").day == date(2026, 3, 12)


def test_clock_set_back_refuses_a_row_that_is_now_later() -> None:
    day = PaperDay(date(2026, 3, 15), at("03-15 10:00"))
    with pytest.raises(InvalidInputError) as refused:
        read_paper_time("1030", at("03-15 09:00"), day)
    assert refused.value.errors[0].problem is Problem.LATER_THAN_NOW
