"""Number plates: normalised text, class, and the policy for sending one.

WeChat takes province and serial without separators. It deducts only for blue and green plates
(official page of 用户入场通知); other classes are sent too, and the attendant sees a note.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from wxpark_gui.domain.plate_classes import PlateClass, classify_plate, is_unusual
from wxpark_gui.domain.plate_text import (
    LONGEST_TYPED,
    PROVINCES,
    WORD_CHARACTERS,
    normalise_plate,
)

__all__ = [
    "PROVINCES",
    "PlateClass",
    "PlateFlaw",
    "PlateNumber",
    "PlatePolicy",
    "mask_plate",
    "normalise_plate",
    "read_plate",
]

_PREFIXES = ("WJ", "民航", "使")
_SHORTEST, _LONGEST = 7, 9
_USUAL_LENGTH = 8


class PlatePolicy(Enum):
    """Result of one press of Enter: send, ask for a second press, or refuse."""

    SEND = "send"
    CONFIRM = "confirm"
    REFUSE = "refuse"


class PlateFlaw(Enum):
    """Reason a text cannot be a plate."""

    EMPTY = "empty"
    NO_PROVINCE = "no_province"
    BAD_CHARACTER = "bad_character"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    AREA_NOT_A_LETTER = "area_not_a_letter"
    MISPLACED_WORD = "misplaced_word"
    UNKNOWN_FORM = "unknown_form"


_CONFIRMED = frozenset(
    {PlateClass.EMERGENCY, PlateClass.TRACTOR, PlateClass.HONG_KONG_MACAU_LOCAL, None}
)
_CHARGEABLE = frozenset(
    {PlateClass.CIVIL, PlateClass.NEW_ENERGY_SMALL, PlateClass.NEW_ENERGY_LARGE}
)


@dataclass(frozen=True, slots=True)
class PlateNumber:
    """A plate, or a text that is none and has a flaw. Made by `read_plate`.

    Attributes:
        text: normalised, without separators: `粤B12345`.
        plate_class: None if no pattern matches.
        flaw: reason the text is refused; None for a plate.
        position: index in `text` of the first wrong character; None if the flaw has none.
    """

    text: str
    plate_class: PlateClass | None
    flaw: PlateFlaw | None = None
    position: int | None = None

    @property
    def policy(self) -> PlatePolicy:
        if self.flaw is not None:
            return PlatePolicy.REFUSE
        return PlatePolicy.CONFIRM if self.plate_class in _CONFIRMED else PlatePolicy.SEND

    @property
    def chargeable(self) -> bool:
        """True for blue and green patterns; `is_chargeable_on` excludes yellow plates too."""
        return self.plate_class in _CHARGEABLE

    def is_chargeable_on(self, *, large: bool) -> bool:
        """Return `chargeable`, but False for a civil plate on a large car, where it is yellow."""
        return self.chargeable and not (large and self.plate_class is PlateClass.CIVIL)

    @property
    def spaced(self) -> str:
        """`text` with a dot after the area letter: `粤B·12345`; unchanged without such a letter."""
        if re.match(f"[{PROVINCES}][A-Z]", self.text):
            return f"{self.text[:2]}·{self.text[2:]}"
        return self.text


def mask_plate(text: str) -> str:
    """Hide all but the first three characters and the last.

    Hide all of a text shorter than a plate, which has 7 characters.
    """
    return f"{text[:3]}***{text[-1:]}" if len(text) >= _SHORTEST else "***"


def read_plate(typed: str) -> PlateNumber:
    """Normalise and classify any text; one that is no plate gets a `flaw`. Never raises."""
    text = normalise_plate(typed)
    if len(typed) > LONGEST_TYPED:
        # The part that was cut off may have belonged to the plate.
        return PlateNumber(text, None, PlateFlaw.TOO_LONG)
    if not text:
        return PlateNumber(text, None, PlateFlaw.EMPTY)
    plate_class = classify_plate(text)
    if plate_class or is_unusual(text):
        return PlateNumber(text, plate_class)
    flaw, position = _find_flaw(text)
    return PlateNumber(text, None, flaw, position)


def _find_flaw(text: str) -> tuple[PlateFlaw, int | None]:
    """Return flaw and position of a text that matches no pattern; see `PlateNumber`."""
    for position, character in enumerate(text):
        if not (character.isascii() and character.isalnum()) and character not in WORD_CHARACTERS:
            return PlateFlaw.BAD_CHARACTER, position
    if text[0] not in PROVINCES and not text.startswith(_PREFIXES):
        return PlateFlaw.NO_PROVINCE, 0
    if len(text) < _SHORTEST:
        return PlateFlaw.TOO_SHORT, None
    if len(text) > _LONGEST:
        return PlateFlaw.TOO_LONG, _LONGEST
    if text[0] in PROVINCES and not (text[1].isascii() and text[1].isalpha()):
        return PlateFlaw.AREA_NOT_A_LETTER, 1
    if not text[1:-1].isascii() and not text.startswith("民航"):
        return PlateFlaw.MISPLACED_WORD, None
    if len(text) > _USUAL_LENGTH:
        return PlateFlaw.TOO_LONG, _USUAL_LENGTH
    return PlateFlaw.UNKNOWN_FORM, None
