"""Reads characters typed after the lot's prefix. Does not use Qt.

`A12345` typed after the prefix 粤B is 粤A12345, of another city of the province, or the new-energy
plate 粤BA12345. Both are common; the likelier one is shown and one key changes to the other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from wxpark_gui.domain.plate import PROVINCES, PlatePolicy, read_plate

_LONGEST_LOCAL = 8
_USUAL_NEW_ENERGY = frozenset("DF")
"""First letters of nearly every new-energy serial; few cities have them as area letter."""


class Place(Enum):
    """City of the car's plate: the lot's own, or another one of the province."""

    HERE = "here"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class Reading:
    """Typed characters read as a plate.

    Attributes:
        text: the plate, complete or not.
        place: city of the plate in this reading.
        alternative: the other plate that the typed characters can mean; empty for none.
    """

    text: str
    place: Place = Place.HERE
    alternative: str = ""


def read_typed(
    prefix: str,
    typed: str,
    is_known: Callable[[str], bool],
    chosen: Place | None = None,
) -> Reading:
    """Read the characters typed after the lot's prefix.

    Args:
        prefix: province and letter; with a province only there is no ambiguity.
        typed: normalised.
        is_known: membership test for plates entered before.
        chosen: the reading to take if both are possible; None takes the likelier one.
    """
    here, elsewhere = prefix + typed, prefix[:1] + typed
    if not may_be_elsewhere(prefix, typed):
        return Reading(here)
    if not _is_sendable(elsewhere):
        outgrown = len(here) > _LONGEST_LOCAL and not _is_sendable(here)
        return Reading(elsewhere, Place.ELSEWHERE) if outgrown else Reading(here)
    if not _is_sendable(here):
        return Reading(elsewhere, Place.ELSEWHERE)
    place = chosen or _likelier(here, elsewhere, is_known)
    if place is Place.HERE:
        return Reading(here, place, elsewhere)
    return Reading(elsewhere, place, here)


def may_be_elsewhere(prefix: str, typed: str) -> bool:
    """Test if the typed text may begin a plate of another city of the lot's province.

    It may if `prefix` has province and letter, and `typed` begins with a letter.
    """
    is_whole_prefix = len(prefix) > 1 and prefix[0] in PROVINCES
    return is_whole_prefix and typed[:1].isascii() and typed[:1].isalpha()


def _likelier(here: str, elsewhere: str, is_known: Callable[[str], bool]) -> Place:
    if is_known(here) is not is_known(elsewhere):
        return Place.HERE if is_known(here) else Place.ELSEWHERE
    return Place.HERE if elsewhere[1] in _USUAL_NEW_ENERGY else Place.ELSEWHERE


def _is_sendable(plate: str) -> bool:
    return read_plate(plate).policy is PlatePolicy.SEND
