"""A damaged archive costs its own month and nothing else."""

from __future__ import annotations

from tests.faults.damaged_archives import DAMAGES, run


def test_other_months_are_found_and_the_damaged_one_is_kept_and_restored() -> None:
    figures = run(2 * len(DAMAGES), seed=2)
    assert figures.are_good, figures.examples
    assert figures.restored == len(DAMAGES)
