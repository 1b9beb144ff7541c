"""Contract of `Clock`: the present as aware UTC time, and a count that never goes back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.faults.day_script import Clock as DayClock
from tests.faults.workplace import Clock as WorkplaceClock
from tests.service.conftest import FakeClock
from tests.storage.released import SteppingClock
from wxpark_gui.runtime.system import SystemClock
from wxpark_gui.service.ports import Clock

CLOCKS = [SystemClock, FakeClock, SteppingClock, WorkplaceClock, DayClock]


@pytest.fixture(params=CLOCKS, ids=lambda kind: f"{kind.__module__}.{kind.__name__}")
def clock(request: pytest.FixtureRequest) -> Clock:
    made: Clock = request.param()
    return made


def test_present_is_aware_and_in_utc(clock: Clock) -> None:
    assert clock.now().utcoffset() == timedelta(0)


def test_count_never_goes_back(clock: Clock) -> None:
    readings = [clock.monotonic() for _ in range(100)]
    assert readings == sorted(readings)
