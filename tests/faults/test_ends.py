"""Short form of `ends`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.faults import ends
from tests.systems import not_on_windows

pytestmark = not_on_windows("needs POSIX signals")


def test_window_ended_at_any_moment_loses_nothing_and_only_one_stays(
    disk: Path, record_property: Callable[[str, object], None]
) -> None:
    # With this seed, two get SIGKILL during the start; one is closed and one gets SIGTERM while
    # cars are typed.
    figures = ends.run(disk, ends=4, starts=2, seed=22501)
    assert figures.ends == {"SIGKILL": 2, "closed": 1, "SIGTERM": 1}
    record_property("figures", str(figures))
    assert figures.saved > 0
    assert (figures.lost, figures.unsound, figures.late) == (0, 0, 0), figures.examples
    assert (figures.windows, figures.failed_starts) == (1, 0)
