"""Short form of `kill`: killing a process that saves and sends."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.faults import kill

KILLS = 12


def test_saved_entries_survive_a_killed_process(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    figures = kill.run(tmp_path, KILLS, seed=2)
    record_property("figures", str(figures))
    assert figures.kills == KILLS
    assert figures.acknowledged > KILLS
    assert figures.moves > 0
    assert (figures.lost, figures.doubled, figures.undelivered, figures.unsound) == (0, 0, 0, 0)
    assert figures.most_repeats <= 1
