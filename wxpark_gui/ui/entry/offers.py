"""Plates that devices offered and that are not in the plate field. Does not use Qt."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from wxpark_gui.domain.door import OfferedPlate

MOST_OFFERS = 20
LIFETIME = timedelta(minutes=10)
"""Time after which the car of an offer is taken to be gone."""

DISMISSED_FOR = timedelta(minutes=1)
"""Time for which a dismissed plate is not offered again, because cameras repeat."""


class WaitingOffers:
    """The newest `MOST_OFFERS` offers, one for each plate, and the plates dismissed lately."""

    def __init__(self) -> None:
        # The newest is last; both are bounded by `_put`.
        self._offers: dict[str, OfferedPlate] = {}
        self._dismissed: dict[str, OfferedPlate] = {}

    @property
    def newest(self) -> OfferedPlate | None:
        return next(reversed(self._offers.values()), None)

    @property
    def older(self) -> int:
        """Number of offers before the newest."""
        return max(0, len(self._offers) - 1)

    def add(self, offer: OfferedPlate) -> bool:
        """Add an offer, in place of one of the same plate; drop the oldest if there are too many.

        Returns:
            False if the plate was dismissed less than `DISMISSED_FOR` before, and is not added.
        """
        dismissed = self._dismissed.get(offer.plate)
        if dismissed and timedelta(0) <= offer.at - dismissed.at < DISMISSED_FOR:
            return False
        _put(self._offers, offer)
        return True

    def take(self) -> OfferedPlate | None:
        """Remove and return the newest offer; None if there is none."""
        return self._offers.popitem()[1] if self._offers else None

    def discard(self, plate: str) -> None:
        """Remove the offer of a plate that was entered; a no-op if there is none."""
        self._offers.pop(plate, None)

    def dismiss(self, offer: OfferedPlate, now: datetime) -> None:
        """Note that the attendant does not want this plate, and remove its offer."""
        self.discard(offer.plate)
        _put(self._dismissed, OfferedPlate(offer.plate, now))

    def dismiss_all(self, now: datetime) -> None:
        for offer in list(self._offers.values()):
            self.dismiss(offer, now)

    def expire(self, now: datetime) -> None:
        """Remove the offers older than `LIFETIME`, and those whose age is unknown.

        The age is unknown if the clock was set back by `LIFETIME` or more.
        """
        for offer in list(self._offers.values()):
            if abs(now - offer.at) >= LIFETIME:
                self.discard(offer.plate)

    def __iter__(self) -> Iterator[OfferedPlate]:
        """Iterate over the offers, oldest first."""
        return iter(self._offers.values())


def _put(offers: dict[str, OfferedPlate], offer: OfferedPlate) -> None:
    offers.pop(offer.plate, None)
    offers[offer.plate] = offer
    while len(offers) > MOST_OFFERS:
        del offers[next(iter(offers))]


def is_correction(before: str, after: str) -> bool:
    """Test if two plates differ in one character that was typed over, removed or inserted."""
    longest = max(len(before), len(after))
    if abs(len(before) - len(after)) > 1:
        return False
    same_start = _common_start(before, after)
    same_end = _common_start(before[::-1], after[::-1])
    return same_start + same_end >= longest - 1


def _common_start(one: str, other: str) -> int:
    length = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        length += 1
    return length
