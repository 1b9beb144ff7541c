"""Short form of `warm_line`: the first entry after an idle hour."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median

import pytest

from tests.faults import warm_line

ROUNDS, MOST_ROUNDS = 1, 10
TYPING = 0.3


@pytest.mark.alone
def test_the_first_entry_after_an_idle_hour_is_as_fast_as_any(
    record_property: Callable[[str, object], None],
) -> None:
    figures = warm_line.run(ROUNDS, TYPING, MOST_ROUNDS)
    record_property("figures", str(figures))
    assert figures.ratio <= warm_line.LARGEST_RATIO
    # Were it not slower without warming up, nothing would have been measured.
    assert median(figures.cold) > median(figures.warm) * 1.5
