"""Characters of Chinese number plates, and normalisation of typed text."""

from __future__ import annotations

import unicodedata

PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
POLICE_BRANCHES = "消边警通森金电"
"""Branches of the armed police on plates of the 2007 series: `WJ31消0010`."""

WORD_CHARACTERS = frozenset(PROVINCES + POLICE_BRANCHES + "学挂试超港澳领使民航应急临")
"""Every Chinese character that occurs on a plate."""

LONGEST_TYPED = 256
"""Number of characters that are normalised; the rest of a longer text is cut off."""

_SIMPLIFIED = str.maketrans(
    # Traditional forms.
    "滬雲遼魯蘇贛晉陝閩貴粵寧瓊學掛試領應臨邊電"
    # Variants and radicals that NFKC keeps.
    "黒靑\u2ed8陜寗甯蔵灨",
    "沪云辽鲁苏赣晋陕闽贵粤宁琼学挂试领应临边电黑青青陕宁宁藏赣",
)
_SEPARATORS = frozenset("·•・‧∙⋅.。-‐‑‒–—―−_'’,，、/|")
# Spaces, control and format characters, and marks that combine with the character before them.
_INVISIBLE = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Mn", "Me"})


def normalise_plate(typed: str) -> str:
    """Convert text to half width, upper case and simplified characters, without separators.

    Spaces and invisible characters are removed too, and only `LONGEST_TYPED` characters are read.
    Look-alikes are not corrected: an O stays an O.
    """
    typed = typed[:LONGEST_TYPED]
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", typed).upper())
    kept = "".join(
        c
        for c in folded.translate(_SIMPLIFIED)
        if c not in _SEPARATORS and unicodedata.category(c) not in _INVISIBLE
    )[:LONGEST_TYPED]
    # A removed character may have separated two that NFKC combines.
    return kept if kept == typed else normalise_plate(kept)
