"""A language that nobody speaks: every sentence longer by two fifths, and full of accents."""

from __future__ import annotations

import gettext
import re

_ACCENTS = str.maketrans("aceinosuyACEINOSUY", "áçéíñóšúýÁÇÉÍÑÓŠÚÝ")
_PLACEHOLDER = re.compile(r"(\{[^}]*\})")
_LONGER = 0.4


class PseudoTranslations(gettext.NullTranslations):
    """Makes each sentence longer and leaves its placeholders alone."""

    def gettext(self, message: str) -> str:
        parts = _PLACEHOLDER.split(message)
        accented = "".join(
            part if _PLACEHOLDER.fullmatch(part) else part.translate(_ACCENTS) for part in parts
        )
        return accented + _padding(round(len(message) * _LONGER))


def _padding(length: int) -> str:
    """Words of four letters, so that a sentence can be broken as a real one can."""
    return "".join(" " if place % 5 == 0 else "é" for place in range(length)).rstrip()
