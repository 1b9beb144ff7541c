"""The short form of killing a busy process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.faults import kill

KILLS = 12


def test_saved_entries_survive_a_killed_process(
    disk: Path, record_property: Callable[[str, object], None]
) -> None:
    figures = kill.run(disk, KILLS, seed=2)
    record_property("figures", str(figures))
    assert figures.kills == KILLS
    assert figures.acknowledged > KILLS
    assert figures.moves > 0
    assert (figures.lost, figures.doubled, figures.undelivered, figures.unsound) == (0, 0, 0, 0)
    assert figures.most_repeats <= 1
