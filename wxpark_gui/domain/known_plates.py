"""Plates entered before, ordered for suggestions."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable
from heapq import nlargest, nsmallest

REGULAR_VISITS = 3
LATEST_PLATES = 100
MOST_PLATES = 20_000
"""Plates known at the same time; beyond, those whose latest visit is longest ago are dropped.

A hundredth is dropped at a time, as only a look at all of them finds the oldest.
"""

_ANY_TEXT = "surrogatepass"
"""Also encodes the surrogates that stand for invalid bytes of a damaged journal."""

_AFTER_ANY_TEXT = b"\xff"
"""A byte above each that occurs in UTF-8."""


class KnownPlates:
    """Normalised plates, each with its number of visits and the place of its latest visit.

    They are kept as sorted UTF-8 beside two arrays, which takes 60 bytes a plate. A text with a
    Chinese character takes more than that alone, and UTF-8 in a dict with a number twice as much.

    Args:
        visits: pairs of plate and number of visits, the latest plate last.
    """

    def __init__(self, visits: Iterable[tuple[str, int]] = ()) -> None:
        known = {
            _key(plate): (visits, place)
            for place, (plate, visits) in enumerate(dict(visits).items())
        }
        self._plates = sorted(known)
        self._visits = array("I", (known[key][0] for key in self._plates))
        self._places = array("I", (known[key][1] for key in self._plates))
        self._next_place = len(known)
        # A dict keeps the order of insertion: the latest plate is the last key.
        self._latest = dict.fromkeys(list(known)[-LATEST_PLATES:])

    def __len__(self) -> int:
        return len(self._plates)

    def __contains__(self, plate: object) -> bool:
        return isinstance(plate, str) and self._find(_key(plate))[1]

    def add(self, plate: str) -> None:
        """Count one more visit of a plate, as the latest of all plates."""
        key = _key(plate)
        index, is_known = self._find(key)
        if not is_known:
            self._plates.insert(index, key)
            self._visits.insert(index, 0)
            self._places.insert(index, 0)
        self._visits[index] += 1
        self._places[index] = self._next_place
        self._next_place += 1
        self._latest.pop(key, None)
        self._latest[key] = None
        if len(self._latest) > LATEST_PLATES:
            del self._latest[next(iter(self._latest))]
        if len(self._plates) > MOST_PLATES:
            self._drop_oldest(1 + MOST_PLATES // 100)

    def is_familiar(self, plate: str) -> bool:
        """Test if a plate is among the latest `LATEST_PLATES`, or has `REGULAR_VISITS` or more."""
        key = _key(plate)
        index, is_known = self._find(key)
        return key in self._latest or (is_known and self._visits[index] >= REGULAR_VISITS)

    def most_frequent(self, plates: Iterable[str]) -> str:
        """Return the plate with most visits, the latest of equals; empty for no plates.

        Raises:
            KeyError: a plate is not known.
        """
        return max(plates, key=self._rank_of, default="")

    def starting_with(self, beginning: str, most: int) -> tuple[str, ...]:
        """Return plates that begin with `beginning` and are longer, at most `most` of them.

        Plates with most visits come first, and of these the latest.
        """
        start = _key(beginning)
        first, is_known = self._find(start)
        end = bisect_left(self._plates, start + _AFTER_ANY_TEXT, first)
        best = nlargest(most, range(first + is_known, end), key=self._rank)
        return tuple(self._plates[index].decode(errors=_ANY_TEXT) for index in best)

    def _find(self, key: bytes) -> tuple[int, bool]:
        """Return the index of `key`, or the one to insert it at, and True if it is known."""
        index = bisect_left(self._plates, key)
        return index, self._plates[index : index + 1] == [key]

    def _rank(self, index: int) -> tuple[int, int]:
        return self._visits[index], self._places[index]

    def _rank_of(self, plate: str) -> tuple[int, int]:
        index, is_known = self._find(_key(plate))
        if not is_known:
            raise KeyError(plate)
        return self._rank(index)

    def _drop_oldest(self, number: int) -> None:
        oldest = nsmallest(number, range(len(self._places)), key=self._places.__getitem__)
        for index in sorted(oldest, reverse=True):
            del self._plates[index], self._visits[index], self._places[index]


def _key(plate: str) -> bytes:
    return plate.encode(errors=_ANY_TEXT)
