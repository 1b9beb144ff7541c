"""Known plates that differ from a typed one in a single look-alike character."""

from __future__ import annotations

from collections.abc import Iterator

from wxpark_gui.domain.known_plates import KnownPlates

_GROUPS = ("8B", "0DQO", "2Z", "5S", "17TI")
_LOOKALIKES = {character: group.replace(character, "") for group in _GROUPS for character in group}


def find_lookalike(plate: str, known: KnownPlates) -> str:
    """Return the most frequent familiar plate that differs in one look-alike character.

    The result is empty if there is none or `plate` is familiar itself. The cost does not grow with
    `known`.
    """
    if known.is_familiar(plate):
        return ""
    return known.most_frequent(v for v in variants(plate) if known.is_familiar(v))


def variants(plate: str) -> Iterator[str]:
    """Yield the texts that differ from `plate` in one look-alike character."""
    for position, character in enumerate(plate):
        for other in _LOOKALIKES.get(character, ""):
            yield plate[:position] + other + plate[position + 1 :]
