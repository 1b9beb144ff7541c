"""Short form of `kill`: killing a process that saves and sends."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults import kill
from tests.matrix import sampled


@pytest.mark.parametrize("kills", sampled([(4,), (12,)], [(4,)]))
def test_saved_entries_survive_a_killed_process(
    disk: Path, kills: int, record_property: Callable[[str, object], None]
) -> None:
    figures = kill.run(disk, kills, seed=2)
    record_property("figures", str(figures))
    assert figures.kills == kills
    assert figures.acknowledged > kills
    assert figures.moves > 0
    assert (figures.lost, figures.doubled, figures.undelivered, figures.unsound) == (0, 0, 0, 0)
    assert figures.most_repeats <= 1
