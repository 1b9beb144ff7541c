"""Masking of plates in free text, such as the reason of a void."""

from __future__ import annotations

import re
from functools import cache

from wxpark_gui.domain.plate import mask_plate, normalise_plate
from wxpark_gui.domain.plate_text import PROVINCES

_TRADITIONAL = "滬雲遼魯蘇贛晉陝閩貴粵寧瓊"
_SIGN = "[0-9A-Za-z０-９Ａ-Ｚａ-ｚ]"
_LETTER = "[A-Za-zＡ-Ｚａ-ｚ]"
_GAP = r"[\s·•・‧∙⋅.\-‐‑‒–—―_]{0,2}"


@cache
def _plate() -> re.Pattern[str]:
    province = f"[{PROVINCES}{_TRADITIONAL}]"
    head = f"(?:{province}|使|民{_GAP}航|[WwＷ]{_GAP}[JjＪ]{_GAP}{province}?)"
    word = "(?:[学挂试超警港澳领使临消边通森金电]|应急)"
    # Of a plate without its province, only the area letter may stand apart. Each has a digit, as
    # Latin words after Chinese ones have none.
    has_digit = rf"(?=(?:{_GAP}{_SIGN}){{0,7}}?{_GAP}\d)"
    return re.compile(
        rf"{head}{has_digit}(?:{_GAP}{_SIGN}){{4,8}}(?:{_GAP}{word})?"
        rf"|(?<!{_SIGN})(?={_LETTER}{has_digit}){_LETTER}{_GAP}{_SIGN}{{5,6}}(?!{_SIGN})"
        rf"|(?<!{_SIGN})\d{{6}}使"
    )


def mask_plates(text: str) -> str:
    """Mask each plate in a text as `mask_plate` does, also one with gaps or without its province.

    A number that looks like a plate without its province, such as `A12345`, is masked too.
    """
    return _plate().sub(lambda found: mask_plate(normalise_plate(found.group())), text)
