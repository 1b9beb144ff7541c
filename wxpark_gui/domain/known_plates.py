"""Plates seen before: what a few characters most likely go on to be."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable
from heapq import nlargest


class KnownPlates:
    """Normalised plates, each with how often and how lately it came.

    Args:
        visits: plate and number of visits, the plate that came last at the end.
    """

    def __init__(self, visits: Iterable[tuple[str, int]] = ()) -> None:
        self._counts = dict(visits)
        self._order = {plate: place for place, plate in enumerate(self._counts)}
        self._latest = len(self._counts)
        self._sorted = sorted(self._counts)

    def __len__(self) -> int:
        return len(self._counts)

    def __contains__(self, plate: object) -> bool:
        return plate in self._counts

    def add(self, plate: str) -> None:
        """One more visit, the latest of all."""
        if plate not in self._counts:
            insort(self._sorted, plate)
        self._counts[plate] = self._counts.get(plate, 0) + 1
        self._latest += 1
        self._order[plate] = self._latest

    def starting_with(self, beginning: str, most: int) -> tuple[str, ...]:
        """The plates longer than `beginning` that begin so, most frequent first, then latest."""
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
