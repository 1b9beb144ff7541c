"""Find a person by typed digits or by the beginning of the name; Qt-free."""

from __future__ import annotations

from collections.abc import Sequence


def find_person(typed: str, labels: Sequence[str]) -> tuple[int | None, bool]:
    """Return the index of the person that the typed text stands for, and True if it is final.

    A number counts from 1. It is final if another digit could make no other number of the list; a
    text is final if one label alone begins with it. The index is None if nothing fits.
    """
    if typed.isascii() and typed.isdigit():
        number = int(typed)
        found = number - 1 if 1 <= number <= len(labels) else None
        return found, found is not None and number * 10 > len(labels)
    wanted = typed.casefold()
    fitting = [i for i, label in enumerate(labels) if label.casefold().startswith(wanted)]
    if not typed or not fitting:
        return None, False
    return fitting[0], len(fitting) == 1
