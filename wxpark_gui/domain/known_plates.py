"""Plates entered before, ordered for suggestions."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable
from heapq import nlargest

REGULAR_VISITS = 3
LATEST_PLATES = 100
MOST_PLATES = 20_000
"""Plates known at the same time; beyond, the one whose latest visit is longest ago is dropped."""


class KnownPlates:
    """Normalised plates, each with its number of visits and the rank of its latest visit.

    Args:
        visits: pairs of plate and number of visits, the latest plate last.
    """

    def __init__(self, visits: Iterable[tuple[str, int]] = ()) -> None:
        self._counts = dict(visits)
        # A dict keeps the order of insertion: the latest plate is the last key.
        self._order = {plate: place for place, plate in enumerate(self._counts)}
        self._place = len(self._counts)
        self._sorted = sorted(self._counts)
        self._latest = dict.fromkeys(list(self._counts)[-LATEST_PLATES:])

    def __len__(self) -> int:
        return len(self._counts)

    def __contains__(self, plate: object) -> bool:
        return plate in self._counts

    def add(self, plate: str) -> None:
        """Count one more visit of a plate, as the latest of all plates."""
        if plate not in self._counts:
            insort(self._sorted, plate)
        self._counts[plate] = self._counts.get(plate, 0) + 1
        self._place += 1
        self._order.pop(plate, None)
        self._order[plate] = self._place
        self._latest.pop(plate, None)
        self._latest[plate] = None
        if len(self._latest) > LATEST_PLATES:
            del self._latest[next(iter(self._latest))]
        if len(self._counts) > MOST_PLATES:
            self._drop(next(iter(self._order)))

    def is_familiar(self, plate: str) -> bool:
        """Test if a plate is among the latest `LATEST_PLATES`, or has `REGULAR_VISITS` or more."""
        return plate in self._latest or self._counts.get(plate, 0) >= REGULAR_VISITS

    def most_frequent(self, plates: Iterable[str]) -> str:
        """Return the plate with most visits, the latest of equals; empty for no plates.

        Raises `KeyError` for a plate that is not known.
        """
        return max(plates, key=self._rank, default="")

    def starting_with(self, beginning: str, most: int) -> tuple[str, ...]:
        """Return plates that begin with `beginning` and are longer, at most `most` of them.

        Plates with most visits come first, and of these the latest.
        """
        found = []
        for place in range(bisect_left(self._sorted, beginning), len(self._sorted)):
            plate = self._sorted[place]
            if not plate.startswith(beginning):
                break
            if plate != beginning:
                found.append(plate)
        return tuple(nlargest(most, found, key=self._rank))

    def _rank(self, plate: str) -> tuple[int, int]:
        return self._counts[plate], self._order[plate]

    def _drop(self, plate: str) -> None:
        del self._counts[plate]
        del self._order[plate]
        del self._sorted[bisect_left(self._sorted, plate)]
