"""Text of a settings file: its TOML, its comments, and the names of the settings in it."""

from __future__ import annotations

import codecs
import re
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from wxpark_gui.domain.definitions import definitions_of
from wxpark_gui.domain.errors import SettingsUnreadableError
from wxpark_gui.domain.settings import MERCHANT_SECTION, SECTIONS

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FORMAT = 2
FLAT_FORMAT = 1
FORMAT_KEY = "format"
CURRENT_KEY = "account"
ACCOUNTS_KEY = "accounts"
ID_KEY = "account_id"
FLAT_MERCHANT = "merchant"
"""Table of the merchant in format 1."""

_WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_LINE = re.compile(r"line (\d+)")
_TEXTS = re.compile(
    r'"""(?:\\.|[^\\])*?"""|"(?:\\.|[^"\\\n])*"' + r"|'''.*?'''|'[^'\n]*'", re.DOTALL
)
"""Pattern of the strings of a TOML document, in which `#` starts no comment."""


def decode_text(content: bytes) -> str:
    """Return a text in UTF-8, or in UTF-16 with a byte order mark, without CR at line ends.

    Editors of Windows write any of them.

    Raises:
        SettingsUnreadableError: it is in another encoding, as GBK; `detail` names the line.
    """
    is_wide = content.startswith(_WIDE_MARKS)
    try:
        # Notepad writes a byte order mark in UTF-8 too.
        text = content.decode("utf-16" if is_wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        encoding = "UTF-16" if is_wide else "UTF-8"
        raise SettingsUnreadableError(f"line {line}, not {encoding}") from None
    return text.replace("\r\n", "\n")


def parse_toml(text: str) -> dict[str, Any]:
    """Parse a TOML document.

    Raises:
        SettingsUnreadableError: the text is no TOML; `detail` is the line, such as `line 3`.
    """
    try:
        return tomllib.loads(text)
    # An integer of thousands of digits is a `ValueError` that is no `TOMLDecodeError`.
    except (ValueError, RecursionError) as error:
        # The parser gives the line only in its message; "end of document" has no number.
        found = _LINE.search(str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        raise SettingsUnreadableError(f"line {line}") from error


def has_comments(text: str) -> bool:
    """Test if a TOML document has comments."""
    return "#" in _TEXTS.sub("", text)


def names_in(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names of the settings, such as `booth.name`, in a document of either format."""
    if document.get(FORMAT_KEY, FLAT_FORMAT) == FLAT_FORMAT:
        merchant = document.get(FLAT_MERCHANT, {})
        tables = {
            section: {d.name for d in definitions_of(kind) if d.field.value in document}
            for section, kind in SECTIONS.items()
        }
        tables[MERCHANT_SECTION] = set(merchant)
    else:
        tables = {section: set(document.get(section, {})) for section in SECTIONS}
        tables[MERCHANT_SECTION] = set(current_table(document)) - {ID_KEY}
    for section, keys in tables.items():
        yield from (f"{section}.{key}" for key in keys)


def current_table(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the table of the current account in a document of format 2; empty without one."""
    tables, current = document.get(ACCOUNTS_KEY), document.get(CURRENT_KEY)
    accounts = tables if isinstance(tables, list) else []
    return next((t for t in accounts if isinstance(t, dict) and t.get(ID_KEY) == current), {})
