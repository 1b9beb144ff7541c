"""Short form of `booth_day`: every kind of fault, in two simulated hours."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults import booth_day
from tests.faults.workplace import fast_disk

Note = Callable[[str, object], None]


@pytest.mark.parametrize("seed", [1, 8])
def test_day_of_mixed_trouble_loses_delays_and_repeats_nothing(
    record_property: Note, seed: int
) -> None:
    with tempfile.TemporaryDirectory(dir=fast_disk()) as directory:
        figures = booth_day.run(Path(directory), entries=300, hours=2, seed=seed)
    record_property("figures", str(figures))
    assert figures.cars == 300
    assert figures.lost == 0
    assert figures.undelivered == 0
    assert figures.false_answers == 0
    assert figures.lost_times == 0
    assert figures.out_of_order == 0
    assert figures.longest_wait <= booth_day.WITHIN
    assert figures.busiest_second <= 2
    assert figures.most_repeated <= booth_day.MOST_REPEATS
    assert figures.holds
