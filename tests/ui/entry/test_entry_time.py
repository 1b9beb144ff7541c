"""Reading a time of entry as a person writes it."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from wxpark_gui.domain.entry import BEIJING
from wxpark_gui.domain.errors import InvalidInputError, Problem
from wxpark_gui.ui.entry.entry_time import read_entry_time

# Already the 16th in Beijing.
NOW = datetime(2026, 3, 15, 18, 30, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("09:30", datetime(2026, 3, 16, 9, 30, tzinfo=BEIJING)),
        (" 9：05 ", datetime(2026, 3, 16, 9, 5, tzinfo=BEIJING)),
        ("03-15 23:50", datetime(2026, 3, 15, 23, 50, tzinfo=BEIJING)),
        ("2025/12/31 23:59:59", datetime(2025, 12, 31, 23, 59, 59, tzinfo=BEIJING)),
    ],
)
def test_times_are_beijings(written: str, meant: datetime) -> None:
    assert read_entry_time(written, NOW) == meant


def test_nothing_written_means_now() -> None:
    assert read_entry_time("  ", NOW) is None


@pytest.mark.parametrize(
    "written", ["25:00", "9", "02-30 10:00", "09:60", "soon", "0000-01-01 00:00", "٠٩:٣٠"]
)
def test_what_is_no_time_is_refused(written: str) -> None:
    with pytest.raises(InvalidInputError) as raised:
        read_entry_time(written, NOW)
    assert raised.value.errors[0].problem is Problem.NOT_A_TIME
