"""Pseudo-translation that makes each text two fifths longer and adds accents."""

from __future__ import annotations

import gettext
import re

_ACCENTS = str.maketrans("aceinosuyACEINOSUY", "áçéíñóšúýÁÇÉÍÑÓŠÚÝ")
_PLACEHOLDER = re.compile(r"(\{[^}]*\})")
_LONGER = 0.4


class PseudoTranslations(gettext.NullTranslations):
    """Translations that lengthen each text and keep its placeholders."""

    def gettext(self, message: str) -> str:
        parts = _PLACEHOLDER.split(message)
        accented = "".join(
            part if _PLACEHOLDER.fullmatch(part) else part.translate(_ACCENTS) for part in parts
        )
        return accented + _padding(round(len(message) * _LONGER))


def _padding(length: int) -> str:
    """Return `length` characters in words of four letters, so that lines can break between them."""
    return "".join(" " if place % 5 == 0 else "é" for place in range(length)).rstrip()
