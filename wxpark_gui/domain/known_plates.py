"""Plates entered before, ordered for suggestions."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable
from heapq import nlargest

REGULAR_VISITS = 3
LATEST_PLATES = 100
MOST_PLATES = 20_000
"""Plates known at the same time; beyond, the one whose latest visit is longest ago is dropped."""

_VISIT = 1 << 40
"""Weight of one visit in a plate's rank; places are below it."""

_ANY_TEXT = "surrogatepass"
"""Also encodes the surrogates that stand for invalid bytes of a damaged journal."""

_COMPACT_AFTER = 1_000
"""Number of visits after which the dict of ranks is copied.

CPython does not reuse the slot of a deleted key. Without the copies the dict of 20,000 plates takes
1.3 MB instead of 0.6 MB, and its first key is found behind up to 20,000 empty slots.
"""


class KnownPlates:
    """Normalised plates, each with its number of visits and the place of its latest visit.

    The plates are kept as UTF-8, which takes half the memory of texts with a Chinese character.

    Args:
        visits: pairs of plate and number of visits, the latest plate last.
    """

    def __init__(self, visits: Iterable[tuple[str, int]] = ()) -> None:
        # A rank is `_VISIT` times the number of visits, plus the place of the latest visit. A dict
        # keeps the order of insertion: the latest plate is the last key.
        self._ranks = {
            _key(plate): count * _VISIT + place
            for place, (plate, count) in enumerate(dict(visits).items())
        }
        self._place = len(self._ranks)
        self._compact()
        self._sorted = sorted(self._ranks)
        self._latest = dict.fromkeys(list(self._ranks)[-LATEST_PLATES:])

    def __len__(self) -> int:
        return len(self._ranks)

    def __contains__(self, plate: object) -> bool:
        return isinstance(plate, str) and _key(plate) in self._ranks

    def add(self, plate: str) -> None:
        """Count one more visit of a plate, as the latest of all plates."""
        key = _key(plate)
        rank = self._ranks.pop(key, None)
        if rank is None:
            insort(self._sorted, key)
        visits = (rank or 0) // _VISIT + 1
        self._place += 1
        self._ranks[key] = visits * _VISIT + self._place
        self._latest.pop(key, None)
        self._latest[key] = None
        if len(self._latest) > LATEST_PLATES:
            del self._latest[next(iter(self._latest))]
        if len(self._ranks) > MOST_PLATES:
            self._drop(next(iter(self._ranks)))
        self._added += 1
        if self._added >= _COMPACT_AFTER:
            self._compact()

    def is_familiar(self, plate: str) -> bool:
        """Test if a plate is among the latest `LATEST_PLATES`, or has `REGULAR_VISITS` or more."""
        key = _key(plate)
        return key in self._latest or self._ranks.get(key, 0) >= REGULAR_VISITS * _VISIT

    def most_frequent(self, plates: Iterable[str]) -> str:
        """Return the plate with most visits, the latest of equals; empty for no plates.

        Raises `KeyError` for a plate that is not known.
        """
        return max(plates, key=lambda plate: self._ranks[_key(plate)], default="")

    def starting_with(self, beginning: str, most: int) -> tuple[str, ...]:
        """Return plates that begin with `beginning` and are longer, at most `most` of them.

        Plates with most visits come first, and of these the latest.
        """
        start, found = _key(beginning), []
        for place in range(bisect_left(self._sorted, start), len(self._sorted)):
            key = self._sorted[place]
            if not key.startswith(start):
                break
            if key != start:
                found.append(key)
        best = nlargest(most, found, key=self._ranks.__getitem__)
        return tuple(key.decode(errors=_ANY_TEXT) for key in best)

    def _compact(self) -> None:
        self._added = 0
        self._ranks = dict(self._ranks)

    def _drop(self, key: bytes) -> None:
        del self._ranks[key]
        del self._sorted[bisect_left(self._sorted, key)]


def _key(plate: str) -> bytes:
    return plate.encode(errors=_ANY_TEXT)
