"""Finds a person by number or by the beginning of the name. Does not use Qt."""

from __future__ import annotations

from collections.abc import Sequence


def find_person(typed: str, labels: Sequence[str]) -> tuple[int | None, bool]:
    """Return the index of the person whom the typed text means, and True if that is final.

    A number counts from 1; it is final if no further digit can make another valid number. Other
    text is compared with the beginnings of the labels, ignoring case. It is final if only one label
    fits; if several do, the first is returned. The index is None if no label fits.
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
