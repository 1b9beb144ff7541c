"""The booth's settings in `settings.toml`: written as a whole, and never half understood."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

import tomli_w

from wxpark_gui.domain.errors import (
    InvalidInputError,
    SettingsNotWrittenError,
    SettingsUnreadableError,
)
from wxpark_gui.domain.merchant import MerchantProfile, check_merchant
from wxpark_gui.domain.settings import Settings, check_settings
from wxpark_gui.storage.durable import write_file

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_MERCHANT = "merchant"
_TYPES = {"str": str, "int": int, "float": float, "bool": bool}
_MERCHANT_TYPES = {field.name: _TYPES[str(field.type)] for field in fields(MerchantProfile)}
_BOOTH_TYPES = {
    field.name: _TYPES[str(field.type)] for field in fields(Settings) if field.name != _MERCHANT
}
_LINE = re.compile(r"line (\d+)")
_HEADER = re.compile(r"\s*\[\s*([^\[\]]+?)\s*\]")


class TomlSettings:
    """Keeps the settings in one file. What a newer version wrote into it is left in place."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> Settings:
        """The settings; the defaults where there is no file, and for a key that is not in it.

        Raises:
            SettingsUnreadableError: it is no TOML, or a value cannot be; `detail` says where
                (`booth, line 3`). The file is left as it is.
        """
        text = self._read()
        return Settings() if text is None else _interpret(text)

    def save(self, settings: Settings) -> None:
        """Replace the file, or leave it as it was.

        A file that cannot be read is kept beside the new one, as `settings.toml.unreadable`.

        Raises:
            InvalidInputError: the settings could not be loaded again.
            SettingsNotWrittenError: the file could not be written.
        """
        checked = check_settings(settings)
        if checked.merchant:
            checked = replace(checked, merchant=check_merchant(checked.merchant))
        try:
            document = _merge(self._known_document(), checked)
            write_file(self._path, tomli_w.dumps(document).encode())
        except (OSError, UnicodeEncodeError) as error:
            raise SettingsNotWrittenError(_remark(error)) from error

    def _read(self) -> str | None:
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise SettingsUnreadableError(_remark(error)) from error
        try:
            # Windows' own editor puts a byte order mark in front.
            return content.decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            raise SettingsUnreadableError(f"line {line}") from None

    def _known_document(self) -> dict[str, Any]:
        """The file as it stands, to be written back with changes."""
        try:
            text = self._read()
            return {} if text is None else _parse(text)
        except SettingsUnreadableError:
            aside = self._path.with_name(f"{self._path.name}.unreadable")
            write_file(aside, self._path.read_bytes())
            return {}


def _interpret(text: str) -> Settings:
    document = _parse(text)
    merchant = document.get(_MERCHANT)
    if not isinstance(merchant, dict | None):
        raise _unreadable(text, "", _MERCHANT)
    booth_values = _typed(text, "", document, _BOOTH_TYPES)
    try:
        settings = check_settings(Settings(**booth_values))
    except InvalidInputError as error:
        raise _unreadable(text, "", error.errors[0].field.value) from error
    if merchant is None:
        return settings
    blank: dict[str, Any] = {name: kind() for name, kind in _MERCHANT_TYPES.items()}
    merchant_values = blank | _typed(text, _MERCHANT, merchant, _MERCHANT_TYPES)
    try:
        return replace(settings, merchant=check_merchant(MerchantProfile(**merchant_values)))
    except InvalidInputError as error:
        raise _unreadable(text, _MERCHANT, error.errors[0].field.value) from error


def _parse(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        # The parser gives the place in its sentence only; "end of document" has no number.
        found = _LINE.search(str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        raise SettingsUnreadableError(f"line {line}") from error


def _typed(
    text: str, table: str, values: Mapping[str, Any], types: Mapping[str, type]
) -> dict[str, Any]:
    """The values this version knows, each of the type it must have."""
    known = {name: values[name] for name in types if name in values}
    for name, value in known.items():
        # Not `isinstance`: for that, `true` would be a number.
        if type(value) is not types[name]:
            raise _unreadable(text, table, name)
    return known


def _merge(document: dict[str, Any], settings: Settings) -> dict[str, Any]:
    """The document with the settings in it, everything else in place."""
    values = asdict(settings)
    merchant = values.pop(_MERCHANT)
    merged = document | values
    before = merged.pop(_MERCHANT, {})
    if merchant:
        merged[_MERCHANT] = (before if isinstance(before, dict) else {}) | merchant
    return merged


def _unreadable(text: str, table: str, key: str) -> SettingsUnreadableError:
    name = f"{table}.{key}" if table else key
    return SettingsUnreadableError(f"{name}, line {_line_of(text, table, key)}")


def _line_of(text: str, table: str, key: str) -> int:
    """The line a value stands in, from 1; its table's heading where it stands nowhere."""
    current, heading = "", 1
    for number, line in enumerate(text.split("\n"), start=1):
        if header := _HEADER.match(line):
            current = header[1]
            if table in ("", current) and current in (table, key):
                heading = number
        elif current == table and line.partition("=")[0].strip().strip("\"'") == key:
            return number
    return heading


def _remark(error: OSError | UnicodeEncodeError) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return type(error).__name__
