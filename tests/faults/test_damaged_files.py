from __future__ import annotations

from tests.faults.damaged_files import DAMAGES, damage_and_open


def test_the_program_starts_whatever_happened_to_its_file_and_keeps_it() -> None:
    figures = damage_and_open(3 * len(DAMAGES))
    assert (figures.failed, figures.not_kept) == (0, 0), figures.examples
    assert figures.salvaged > len(DAMAGES)
    assert figures.entries > figures.possible / 2
