"""Classes of number plates, each with its pattern.

Sources: GA 36-2018 (civil, new energy, learner, trailer, trial, outsize, police, cross-border,
consulate, embassy, temporary), the military series of 2012 with the letter Q of the theatre
commands, the armed police series of 2012, and NY 345 (tractors: province, two digits, serial).
Motorcycles and yellow plates have the pattern of blue plates.
"""

from __future__ import annotations

import re
from enum import Enum
from functools import cache

from wxpark_gui.domain.plate_text import POLICE_BRANCHES, PROVINCES

_PROVINCE = f"[{PROVINCES}]"
_AREA = "[A-HJ-Z]"
_LETTER = "[A-HJ-NP-Z]"
_SERIAL = "[A-HJ-NP-Z0-9]"
_NEW_ENERGY = "[A-HJK]"


class PlateClass(Enum):
    """Class of a number plate."""

    CIVIL = "civil"
    NEW_ENERGY_SMALL = "new_energy_small"
    NEW_ENERGY_LARGE = "new_energy_large"
    SUFFIX = "suffix"
    POLICE = "police"
    HONG_KONG_MACAU = "hong_kong_macau"
    HONG_KONG_MACAU_LOCAL = "hong_kong_macau_local"
    CONSULATE = "consulate"
    EMBASSY = "embassy"
    ARMED_POLICE = "armed_police"
    MILITARY = "military"
    CIVIL_AVIATION = "civil_aviation"
    EMERGENCY = "emergency"
    TEMPORARY = "temporary"
    TRACTOR = "tractor"


_FORMS = (
    (PlateClass.CIVIL, f"{_PROVINCE}{_AREA}{_SERIAL}{{5}}"),
    (PlateClass.NEW_ENERGY_SMALL, f"{_PROVINCE}{_AREA}{_NEW_ENERGY}{_SERIAL}[0-9]{{4}}"),
    (PlateClass.NEW_ENERGY_LARGE, f"{_PROVINCE}{_AREA}[0-9]{{5}}{_NEW_ENERGY}"),
    (PlateClass.SUFFIX, f"{_PROVINCE}{_AREA}{_SERIAL}{{4}}[学挂试超]"),
    (PlateClass.POLICE, f"{_PROVINCE}{_AREA}{_SERIAL}{{4}}警"),
    (PlateClass.HONG_KONG_MACAU, f"粤Z{_SERIAL}{{4}}[港澳]"),
    (PlateClass.CONSULATE, f"{_PROVINCE}(?:[0-9]{{5}}|{_LETTER}[0-9]{{4}})领"),
    (PlateClass.EMBASSY, "[0-9]{6}使|使[0-9]{6}"),
    (PlateClass.ARMED_POLICE, f"WJ{_PROVINCE}?[0-9]{{4}}{_SERIAL}"),
    (PlateClass.MILITARY, "[BCEGHJKLNQSVZ][A-HJ-Z][0-9]{5}"),
    (PlateClass.CIVIL_AVIATION, f"民航{_LETTER}{_SERIAL}{{4}}"),
    (PlateClass.EMERGENCY, f"{_PROVINCE}{_AREA}{_SERIAL}{{4}}应急"),
    (PlateClass.TEMPORARY, f"{_PROVINCE}{_AREA}{_SERIAL}{{4,6}}临"),
    (PlateClass.TRACTOR, f"{_PROVINCE}[0-9]{{2}}{_SERIAL}{{5}}"),
    (PlateClass.HONG_KONG_MACAU_LOCAL, "(?!WJ)[A-Z]{2}[0-9]{1,4}"),
)
_UNUSUAL_FORMS = (
    f"{_PROVINCE}[A-Z][A-Z0-9]{{4,5}}[A-Z0-9学挂试超警港澳领]",
    # A new-energy serial with one digit too many.
    f"{_PROVINCE}[A-Z]{_NEW_ENERGY}[0-9]{{6}}",
    # Military plates of withdrawn series.
    "[A-Z]{2}[0-9]{5}",
    f"WJ{_PROVINCE}?[0-9A-Z]{{5}}",
    # Armed police, series of 2007: two digits for the province, nine characters.
    f"WJ[0-9]{{2}}(?:[0-9]|[{POLICE_BRANCHES}])[0-9]{{4}}",
)
_SHORTEST, _SHORTEST_UNUSUAL = 3, 7
"""Length of the shortest text that a pattern can match. Shorter ones are not tried, so that the
first key typed in a new window does not wait until the patterns are compiled."""


@cache
def _pattern(form: str) -> re.Pattern[str]:
    """Return the compiled pattern. Most plates match the first one; all together take 5 ms."""
    return re.compile(form)


@cache
def _unusual() -> re.Pattern[str]:
    return re.compile("|".join(_UNUSUAL_FORMS))


def classify_plate(text: str) -> PlateClass | None:
    """Return the class of a normalised plate; None if no pattern matches."""
    if len(text) < _SHORTEST:
        return None
    for plate_class, form in _FORMS:
        if _pattern(form).fullmatch(text):
            return plate_class
    return None


def is_unusual(text: str) -> bool:
    """Test if a normalised text that has no class may still be a plate."""
    return len(text) >= _SHORTEST_UNUSUAL and _unusual().fullmatch(text) is not None
