"""Chinese number plates: how they are written, what kind they are, and whether one may be sent.

Kinds follow GA 36-2018 and the older special series still on the road. WeChat takes the plate as
province and serial without separators; it deducts only for blue and green plates (official page
of 用户入场通知), so other kinds are sent with a note, never refused.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum

PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"

_SERIAL = "[A-HJ-NP-Z0-9]"
_AREA = "[A-HJ-Z]"
_SEPARATORS = frozenset("·•・‧∙⋅.。-‐‑‒–—―−_'’,，、/|")
# Spaces, control and format characters, and marks that combine with the character before them.
_INVISIBLE = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Mn", "Me"})
_PREFIXES = ("WJ", "民航", "使")
_SHORTEST, _LONGEST = 7, 9
_WORDS = frozenset(PROVINCES + "学挂试超警港澳领使民航应急临")


class PlateClass(Enum):
    """A kind of plate."""

    CIVIL = "civil"
    NEW_ENERGY_SMALL = "new_energy_small"
    NEW_ENERGY_LARGE = "new_energy_large"
    SUFFIX = "suffix"
    POLICE = "police"
    HONG_KONG_MACAU = "hong_kong_macau"
    CONSULATE = "consulate"
    EMBASSY = "embassy"
    ARMED_POLICE = "armed_police"
    MILITARY = "military"
    CIVIL_AVIATION = "civil_aviation"
    EMERGENCY = "emergency"


class PlatePolicy(Enum):
    """What one press of Enter does: send, ask for a second press, or refuse."""

    SEND = "send"
    CONFIRM = "confirm"
    REFUSE = "refuse"


class PlateFlaw(Enum):
    """Why a plate is impossible."""

    EMPTY = "empty"
    NO_PROVINCE = "no_province"
    BAD_CHARACTER = "bad_character"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    AREA_NOT_A_LETTER = "area_not_a_letter"
    MISPLACED_WORD = "misplaced_word"


_PATTERNS: tuple[tuple[PlateClass, re.Pattern[str]], ...] = tuple(
    (plate_class, re.compile(pattern))
    for plate_class, pattern in (
        (PlateClass.CIVIL, f"[{PROVINCES}]{_AREA}{_SERIAL}{{5}}"),
        (PlateClass.NEW_ENERGY_SMALL, f"[{PROVINCES}]{_AREA}[A-HJK]{_SERIAL}[0-9]{{4}}"),
        (PlateClass.NEW_ENERGY_LARGE, f"[{PROVINCES}]{_AREA}[0-9]{{5}}[A-HJK]"),
        (PlateClass.SUFFIX, f"[{PROVINCES}]{_AREA}{_SERIAL}{{4}}[学挂试超]"),
        (PlateClass.POLICE, f"[{PROVINCES}]{_AREA}{_SERIAL}{{4}}警"),
        (PlateClass.HONG_KONG_MACAU, f"粤Z{_SERIAL}{{4}}[港澳]"),
        (PlateClass.CONSULATE, f"[{PROVINCES}](?:[0-9]{{5}}|[A-HJ-NP-Z][0-9]{{4}})领"),
        (PlateClass.EMBASSY, "[0-9]{6}使|使[0-9]{6}"),
        (PlateClass.ARMED_POLICE, f"WJ[{PROVINCES}]?[0-9]{{4}}[0-9A-HJ-NP-Z]"),
        (PlateClass.MILITARY, "[BCEGHJKLNSVZ][A-HJ-NP-Z][0-9]{5}"),
        (PlateClass.CIVIL_AVIATION, f"民航[A-HJ-NP-Z]{_SERIAL}{{4}}"),
        (PlateClass.EMERGENCY, f"[{PROVINCES}]{_AREA}{_SERIAL}{{4}}应急"),
    )
)
_ODD = re.compile(f"[{PROVINCES}][A-Z][A-Z0-9]{{4,6}}[A-Z0-9学挂试超警港澳领临]")
_CHARGEABLE = frozenset(
    {PlateClass.CIVIL, PlateClass.NEW_ENERGY_SMALL, PlateClass.NEW_ENERGY_LARGE}
)


@dataclass(frozen=True, slots=True)
class PlateNumber:
    """A plate as it would be sent, and what is known of it. Made by `read_plate`.

    Attributes:
        text: normalised, at most as long as what was typed: `粤B12345`.
        plate_class: its kind, or None where no pattern fits.
        flaw: why it is impossible, or None where it may be sent.
        position: index in `text` of the character that is wrong, where one is.
    """

    text: str
    plate_class: PlateClass | None
    flaw: PlateFlaw | None = None
    position: int | None = None

    @property
    def policy(self) -> PlatePolicy:
        if self.flaw is not None:
            return PlatePolicy.REFUSE
        if self.plate_class is None or self.plate_class is PlateClass.EMERGENCY:
            return PlatePolicy.CONFIRM
        return PlatePolicy.SEND

    @property
    def chargeable(self) -> bool:
        """Whether WeChat can deduct for this kind (blue and green plates)."""
        return self.plate_class in _CHARGEABLE

    @property
    def spaced(self) -> str:
        """For reading: `粤B·12345`. Kinds without an area letter stay as they are."""
        if re.match(f"[{PROVINCES}][A-Z]", self.text):
            return f"{self.text[:2]}·{self.text[2:]}"
        return self.text

    @property
    def masked(self) -> str:
        """For logs: a plate is personal data. `粤B***45`."""
        return mask_plate(self.text)


def mask_plate(text: str) -> str:
    """Hide the middle of a plate: the first two and the last two characters stay."""
    return f"{text[:2]}***{text[-2:]}" if len(text) >= _SHORTEST else "***"


def normalise_plate(typed: str) -> str:
    """Full width to half, lower to upper case; spaces, dots, dashes and invisible marks dropped.

    Look-alikes are never exchanged: an O stays an O.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", typed).upper())
    kept = "".join(
        c for c in folded if c not in _SEPARATORS and unicodedata.category(c) not in _INVISIBLE
    )
    # Dropping a character can bring together two that belong together.
    return kept if kept == typed else normalise_plate(kept)


def read_plate(typed: str) -> PlateNumber:
    """Normalise and classify what was typed, pasted or recognised. Never raises."""
    text = normalise_plate(typed)
    for plate_class, pattern in _PATTERNS:
        if pattern.fullmatch(text):
            return PlateNumber(text, plate_class)
    if _ODD.fullmatch(text):
        return PlateNumber(text, None)
    flaw, position = _find_flaw(text)
    return PlateNumber(text, None, flaw, position)


def _find_flaw(text: str) -> tuple[PlateFlaw, int | None]:
    """Why a text that fits no pattern cannot be a plate, and where."""
    if not text:
        return PlateFlaw.EMPTY, None
    for position, character in enumerate(text):
        if not (character.isascii() and character.isalnum()) and character not in _WORDS:
            return PlateFlaw.BAD_CHARACTER, position
    if text[0] not in PROVINCES and not text.startswith(_PREFIXES):
        return PlateFlaw.NO_PROVINCE, 0
    if len(text) < _SHORTEST:
        return PlateFlaw.TOO_SHORT, None
    if len(text) > _LONGEST:
        return PlateFlaw.TOO_LONG, _LONGEST
    if text[0] in PROVINCES and not (text[1].isascii() and text[1].isalpha()):
        return PlateFlaw.AREA_NOT_A_LETTER, 1
    return PlateFlaw.MISPLACED_WORD, None
