"""A damaged backup is refused in words, and a restored one loses no entry."""

from __future__ import annotations

from tests.faults.damaged_backups import DAMAGES, run


def test_damaged_backup_is_refused_and_a_whole_one_is_restored() -> None:
    figures = run(2 * len(DAMAGES), seed=2)
    assert figures.are_good, figures.examples
    assert figures.restored >= 2
