"""What one key would make of the plate as it stands. No Qt in here."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from wxpark_gui.domain.known_plates import KnownPlates
from wxpark_gui.ui.plate.text import PlateText, without_lookalikes

MOST_GUESSES = 5


class OfferKind(Enum):
    """Why a plate is offered."""

    LOOKALIKE = "lookalike"
    READING = "reading"
    KNOWN = "known"


@dataclass(frozen=True, slots=True)
class Offer:
    """A plate in place of the one that stands there.

    Attributes:
        more: whether there are further ones of its kind.
    """

    kind: OfferKind
    text: str
    more: bool = False


class PlateOffers:
    """Offers, never does by itself: 1 and 0 for I and O, the other reading, a plate seen before."""

    def __init__(self, plate: PlateText) -> None:
        self._plate = plate
        self._known = KnownPlates()
        self._place = 0

    def know(self, known: KnownPlates) -> None:
        """Guess from these, and decide by them between two readings."""
        self._known = known
        self._plate.is_known = known.__contains__

    def restart(self) -> None:
        """Something was typed: the best guess comes first again."""
        self._place = 0

    def current(self) -> Offer | None:
        """The one thing to offer now."""
        if mended := without_lookalikes(self._plate.text):
            return Offer(OfferKind.LOOKALIKE, mended)
        if other := self._plate.alternative:
            return Offer(OfferKind.READING, other)
        if guesses := self._guesses():
            guess = guesses[self._place % len(guesses)]
            return Offer(OfferKind.KNOWN, guess, more=len(guesses) > 1)
        return None

    def next(self) -> bool:
        """Offer another plate seen before: whether there is one."""
        offer = self.current()
        if offer is None or not offer.more:
            return False
        self._place += 1
        return True

    def accept(self) -> bool:
        """Take what is offered: whether anything was."""
        offer = self.current()
        if offer is None:
            return False
        if offer.kind is OfferKind.READING:
            self._plate.switch_reading()
        else:
            self._plate.replace(offer.text)
        self.restart()
        return True

    def _guesses(self) -> list[str]:
        if self._plate.cursor != len(self._plate.text):
            return []
        found: list[str] = []
        for beginning in self._plate.beginnings:
            found += self._known.starting_with(beginning, MOST_GUESSES)
        return found[:MOST_GUESSES]
