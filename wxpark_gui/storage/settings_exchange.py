"""Settings in a file for other booths: a table for each section, `[merchant]`, and no secret.

A copy of a booth's `settings.toml` is accepted too; the merchant of its current account is read.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import tomli_w

from wxpark_gui.domain.errors import (
    ImportUnreadableError,
    SettingsNewerError,
    SettingsUnreadableError,
)
from wxpark_gui.domain.settings import MERCHANT_SECTION, SECTIONS, Settings
from wxpark_gui.storage.settings_text import (
    ACCOUNTS_KEY,
    CURRENT_KEY,
    FORMAT,
    FORMAT_KEY,
    ID_KEY,
    current_table,
    decode_text,
    parse_toml,
)

LARGEST_FILE = 64 * 1024
"""Largest file to import, in bytes."""

_ACCOUNT_KEYS = (CURRENT_KEY, ACCOUNTS_KEY, ID_KEY)


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """A file of settings that was parsed, but not checked.

    Attributes:
        text: the whole text.
        tables: a table for each section, by name.
        left_out: number of accounts in the file besides the current one.
    """

    text: str
    tables: Mapping[str, Any]
    left_out: int = 0

    def line_of(self, name: str) -> int | None:
        """Return the line of a setting, from 1; None if the name is not found.

        The parser gives no line numbers, so the first lines of the file are parsed, one more each
        time, until the setting is among them.
        """
        section, _, key = name.rpartition(".")
        lines = self.text.split("\n")
        for number, line in enumerate(lines, start=1):
            if key in line and _has(self._begun(lines, number), section, key):
                return number
        return None

    @staticmethod
    def _begun(lines: list[str], number: int) -> dict[str, Any]:
        """Parse the first `number` lines, and those needed to complete a value on several lines.

        Returns an empty document if no more lines make the text valid.
        """
        for end in range(number, len(lines) + 1):
            with contextlib.suppress(SettingsUnreadableError):
                return _tables(parse_toml("\n".join(lines[:end])))
        return {}


def read_import(content: bytes) -> ImportedFile:
    """Parse a file to import, in UTF-8, or in UTF-16 with a byte order mark as PowerShell writes.

    Raises:
        ImportUnreadableError: the file is too large, no text, no TOML or empty; `detail` is the
            reason, or the line of invalid TOML.
        SettingsNewerError: a newer version of the program wrote the file.
    """
    if len(content) > LARGEST_FILE:
        raise ImportUnreadableError(f"over {LARGEST_FILE // 1024} KiB")
    try:
        text = decode_text(content)
        document = parse_toml(text)
    except SettingsUnreadableError as error:
        # The parser's own error may quote the text, which may hold a key.
        raise ImportUnreadableError(error.detail) from None
    if not document:
        raise ImportUnreadableError("empty file")
    version = document.pop(FORMAT_KEY, FORMAT)
    if type(version) is not int:
        raise ImportUnreadableError(FORMAT_KEY)
    if version > FORMAT:
        raise SettingsNewerError(f"{FORMAT_KEY} {version}")
    accounts = document.get(ACCOUNTS_KEY)
    count = len(accounts) if isinstance(accounts, list) else 0
    return ImportedFile(text, _tables(document), max(0, count - 1))


def export_text(settings: Settings, *, ascii_only: bool) -> str:
    """Return all settings as TOML, which `read_import` reads; other profiles are left out.

    Args:
        ascii_only: True writes all other characters as TOML escapes.
    """
    document: dict[str, Any] = {FORMAT_KEY: FORMAT}
    document |= {section: asdict(getattr(settings, section)) for section in SECTIONS}
    if settings.account:
        document[MERCHANT_SECTION] = asdict(settings.account.merchant)
    text = tomli_w.dumps(document)
    return "".join(map(_escaped, text)) if ascii_only else text


def _tables(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document with the current account's table as `merchant`, without the accounts."""
    account = current_table(document)
    if not account and document.get(ACCOUNTS_KEY):
        # No account is current: the name `accounts` is refused as unknown.
        return dict(document)
    tables = {key: value for key, value in document.items() if key not in _ACCOUNT_KEYS}
    merchant = {key: value for key, value in account.items() if key not in _ACCOUNT_KEYS}
    return tables | ({MERCHANT_SECTION: merchant} if merchant else {})


def _has(tables: Mapping[str, Any], section: str, key: str) -> bool:
    table = tables.get(section, {}) if section else tables
    return isinstance(table, dict) and key in table


def _escaped(character: str) -> str:
    """Return the TOML escape of a character; return an ASCII character unchanged."""
    return character if character.isascii() else f"\\U{ord(character):08X}"
