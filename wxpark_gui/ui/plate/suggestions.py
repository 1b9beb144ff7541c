"""Suggestions for the plate being typed. Does not use Qt."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from wxpark_gui.domain.known_plates import KnownPlates
from wxpark_gui.domain.plate import PlatePolicy, read_plate
from wxpark_gui.domain.plate_lookalikes import find_lookalike
from wxpark_gui.ui.plate.text import PlateText, without_lookalikes

MOST_GUESSES = 5


class OfferKind(Enum):
    """Reason a plate is suggested."""

    LOOKALIKE = "lookalike"
    READING = "reading"
    KNOWN = "known"


@dataclass(frozen=True, slots=True)
class Offer:
    """A suggestion: a plate that Space puts into the cells.

    Attributes:
        more: True if Down shows another known plate.
    """

    kind: OfferKind
    text: str
    more: bool = False


class PlateOffers:
    """Makes one suggestion at a time: 1 and 0 for I and O, the other reading, or a known plate."""

    def __init__(self, plate: PlateText) -> None:
        self._plate = plate
        self._known = KnownPlates()
        self._place = 0

    def set_known_plates(self, known: KnownPlates) -> None:
        """Use these plates for guesses and to decide between two readings."""
        self._known = known
        self._plate.is_known = known.__contains__

    def restart(self) -> None:
        """Suggest the best of the known plates again."""
        self._place = 0

    def current(self) -> Offer | None:
        """Return the suggestion to show now; None if there is none."""
        if mended := without_lookalikes(self._plate.text):
            return Offer(OfferKind.LOOKALIKE, mended)
        if other := self._plate.alternative:
            return Offer(OfferKind.READING, other)
        if guesses := self._guesses():
            guess = guesses[self._place % len(guesses)]
            return Offer(OfferKind.KNOWN, guess, more=len(guesses) > 1)
        return None

    def next(self) -> bool:
        """Suggest the next known plate; after the last one, the first.

        Returns:
            False if there is no other plate to suggest.
        """
        offer = self.current()
        if offer is None or not offer.more:
            return False
        self._place += 1
        return True

    def accept(self) -> OfferKind | None:
        """Put the suggested plate into the cells; return its kind, or None without a suggestion."""
        offer = self.current()
        if offer is None:
            return None
        if offer.kind is OfferKind.READING:
            self._plate.switch_reading()
        else:
            self._plate.replace(offer.text)
        self.restart()
        return offer.kind

    def lookalike(self) -> str:
        """Return a familiar plate that differs in one look-alike character; empty for none."""
        return find_lookalike(self._plate.text, self._known)

    def _guesses(self) -> list[str]:
        """Return known plates that complete the text, at most `MOST_GUESSES`.

        The list is empty for a plate that can be sent, so that Space does not replace it, nor while
        the cursor is before the end.
        """
        at_end = self._plate.cursor == len(self._plate.text)
        if not at_end or read_plate(self._plate.text).policy is PlatePolicy.SEND:
            return []
        found: list[str] = []
        for beginning in self._plate.beginnings:
            found += self._known.starting_with(beginning, MOST_GUESSES)
        return found[:MOST_GUESSES]
