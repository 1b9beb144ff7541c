"""Numbers on paper, and the limits of a time that was written on paper."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from wxpark_gui.domain.backfill import (
    LARGEST_SHEET,
    ROWS_ON_SHEET,
    PaperNumber,
    check_paper_time,
    is_too_old,
    read_paper_number,
)
from wxpark_gui.domain.errors import Field, InvalidInputError, Problem

NOW = datetime(2026, 3, 15, 3, 42, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("12-05", "12-05"),
        ("12-5", "12-05"),
        (" 12.05 ", "12-05"),
        ("12/5", "12-05"),
        ("12 5", "12-05"),
        ("１２－０５", "12-05"),
        ("9999-20", "9999-20"),
    ],
)
def test_number_is_read_with_any_separator(written: str, number: str) -> None:
    read = read_paper_number(written)
    assert read is not None
    assert read.text == number


@pytest.mark.parametrize("written", ["12", "1205", "0-1", "12-0", "12-21", "12345-1", "a-1", "-5"])
def test_other_text_is_no_number(written: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        read_paper_number(written)
    (error,) = refused.value.errors
    assert (error.field, error.problem) == (Field.PAPER_NUMBER, Problem.NOT_A_PAPER_NUMBER)


def test_empty_number_is_none() -> None:
    assert read_paper_number("  ") is None


@pytest.mark.parametrize(
    ("number", "following"),
    [
        (PaperNumber(12, 5), PaperNumber(12, 6)),
        (PaperNumber(12, ROWS_ON_SHEET), PaperNumber(13, 1)),
        (PaperNumber(LARGEST_SHEET, ROWS_ON_SHEET), PaperNumber(1, 1)),
    ],
)
def test_number_counts_up_over_the_end_of_a_sheet(
    number: PaperNumber, following: PaperNumber
) -> None:
    assert number.following == following


@pytest.mark.parametrize(
    ("moment", "problem"),
    [
        (NOW, None),
        (NOW + timedelta(minutes=5), None),
        (NOW + timedelta(minutes=6), Problem.LATER_THAN_NOW),
        (NOW - timedelta(days=180), None),
        (NOW - timedelta(days=180, seconds=1), Problem.OLDER_THAN_KEPT),
    ],
)
def test_time_lies_between_retention_and_now(moment: datetime, problem: Problem | None) -> None:
    error = check_paper_time(moment, NOW, retention_days=180)
    assert (error and error.problem) == problem


def test_time_that_is_too_old_names_its_day_in_beijing() -> None:
    moment = datetime(2025, 3, 14, 17, 0, tzinfo=timezone.utc)
    error = check_paper_time(moment, NOW, retention_days=180)
    assert error is not None
    assert (error.found, error.limit) == ("2025-03-15", 180)


def test_wrong_clock_accepts_no_time() -> None:
    lost = datetime(2000, 1, 1, tzinfo=timezone.utc)
    error = check_paper_time(lost - timedelta(hours=1), lost, retention_days=180)
    assert error is not None
    assert error.problem is Problem.CLOCK_WRONG


@pytest.mark.parametrize(
    ("hours", "limit", "too_old"),
    [(23.9, 24, False), (24, 24, True), (25, 24, True), (0, 0, True), (-0.05, 0, True)],
)
def test_entry_is_too_old_from_the_limit_on(hours: float, limit: int, too_old: bool) -> None:
    assert is_too_old(NOW - timedelta(hours=hours), NOW, limit) is too_old
