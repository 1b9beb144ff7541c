"""Text of spreadsheet cells: characters that no file may hold, and text that a program would run.

A spreadsheet program runs a cell of a CSV file as a formula if its text begins with one of the
characters below, and converts a text of digits to a number or a date. OWASP, "CSV Injection",
names the characters and the apostrophe as the cure.
"""

from __future__ import annotations

import re

LONGEST_CELL = 32_767
"""Characters that a cell of XLSX can hold."""

_FORMULA = re.compile("[\\s\ufeff]*[=+\\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
"""Start of a formula, the full-width signs included, which Chinese and Japanese editions accept."""

_SHORT_NUMBER = re.compile("0|[1-9][0-9]{0,10}")
_LIKE_A_NUMBER = re.compile("[0-9][0-9.,:/\\-\\seE+]*")

# Characters that XML 1.0 excludes: controls but tab and line ends, surrogates, U+FFFE and U+FFFF.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def storable_text(text: str) -> str:
    """Remove the characters that XML cannot hold, and cut to `LONGEST_CELL`."""
    return _FORBIDDEN.sub("", text)[:LONGEST_CELL]


def guarded_text(text: str) -> str:
    """Prefix an apostrophe to a text that a spreadsheet program would run or convert.

    It would convert a long number to one of 15 digits, `007` to 7, and `3-15` to a date.
    """
    return f"'{text}" if is_risky(text) else text


def is_risky(text: str) -> bool:
    """Test if a spreadsheet program would run the text or convert it to another value."""
    if _FORMULA.match(text):
        return True
    return bool(_LIKE_A_NUMBER.fullmatch(text)) and not _SHORT_NUMBER.fullmatch(text)
