"""The settings file as a table, for the documentation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import tomli_w

from wxpark_gui.domain.settings import setting_definitions
from wxpark_gui.wording import Wording

TOML_TYPES = {str: "string", int: "integer", bool: "boolean"}
"""TOML's name of each type."""


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One key of the settings file.

    Attributes:
        section: `booth`; `merchant` for the keys of the current account.
        key: name of the key within its section.
        kind: type in TOML's words, such as `string`.
        default: default value in TOML; empty for a required key.
        limits: `1-720 h` for a number, `0-32` characters for a text, `light | dark` for a choice; a
            text may be followed by its form.
        label: name of the field in the settings dialog.
    """

    section: str
    key: str
    kind: str
    default: str
    limits: str
    label: str


def setting_rows(wording: Wording) -> Iterator[SettingRow]:
    """Yield a row for each editable key of the settings file, in the order of the file."""
    for section, definition in setting_definitions():
        yield SettingRow(
            section,
            definition.name,
            TOML_TYPES[definition.rule.kind],
            "" if definition.default is None else as_toml(definition.default),
            definition.rule.limits,
            wording.field(definition.field),
        )


def as_toml(value: str | int | bool) -> str:
    """Return a value as it is written in TOML, a text in quotes."""
    return tomli_w.dumps({"x": value}).strip().removeprefix("x = ")
