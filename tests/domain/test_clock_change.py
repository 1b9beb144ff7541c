"""Changes of the wall clock against the monotonic clock."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from wxpark_gui.domain.clock_change import CLOCK_TOLERANCE, ClockWatch

NOON = datetime(2026, 3, 15, 12, tzinfo=timezone.utc)
NOTHING = timedelta(0)


def test_first_look_has_nothing_to_compare() -> None:
    assert ClockWatch().change(NOON, 7.0) == NOTHING


@pytest.mark.parametrize("hours", [-48, -1, 1, 48])
def test_set_clock_is_noticed_once(hours: int) -> None:
    watch, change = ClockWatch(), timedelta(hours=hours)
    watch.change(NOON, 0.0)
    assert watch.change(NOON + change + timedelta(seconds=60), 60.0) == change
    assert watch.change(NOON + change + timedelta(seconds=61), 61.0) == NOTHING


def test_time_that_passes_is_no_change() -> None:
    watch = ClockWatch()
    watch.change(NOON, 0.0)
    assert watch.change(NOON + timedelta(hours=8), 8 * 3600.0) == NOTHING


def test_small_drifts_do_not_add_up() -> None:
    watch, drift = ClockWatch(), timedelta(seconds=CLOCK_TOLERANCE - 1)
    assert [watch.change(NOON + count * drift, 0.0) for count in range(10)] == [NOTHING] * 10
