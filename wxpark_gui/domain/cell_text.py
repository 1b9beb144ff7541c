"""Safe text for spreadsheet cells, without forbidden characters and guarded against formulas.

A spreadsheet program runs a cell of a CSV file as a formula if its text begins with one of certain
characters, and converts a text of digits to a number or a date. OWASP, "CSV Injection", lists the
characters and recommends a leading apostrophe.
"""

from __future__ import annotations

import re

LONGEST_CELL = 32_767
"""Largest number of characters in a cell of XLSX."""

_FORMULA = re.compile("[\\s\ufeff]*[=+\\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
"""Start of a text that may run: a sign after optional white space, or a tab or line end.

Chinese and Japanese editions accept full-width signs too.
"""

_SHORT_NUMBER = re.compile("0|[1-9][0-9]{0,10}")
_LIKE_A_NUMBER = re.compile("[0-9][0-9.,:/\\-\\seE+]*")

# Characters that XML 1.0 excludes: controls but tab and line ends, surrogates, U+FFFE and U+FFFF.
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def storable_text(text: str) -> str:
    """Return the text without characters that XML excludes, cut to `LONGEST_CELL` characters."""
    return _FORBIDDEN.sub("", text)[:LONGEST_CELL]


def guarded_text(text: str) -> str:
    """Return the text, with a leading apostrophe if a spreadsheet program would run or convert it.

    It would convert a long number to one of 15 digits, `007` to 7, and `3-15` to a date.
    """
    return f"'{text}" if is_risky(text) else text


def is_risky(text: str) -> bool:
    """Test if a spreadsheet program would run the text or convert it to another value."""
    if _FORMULA.match(text):
        return True
    return bool(_LIKE_A_NUMBER.fullmatch(text)) and not _SHORT_NUMBER.fullmatch(text)
