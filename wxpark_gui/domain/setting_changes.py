"""Changes of settings by name, such as `booth.name`, typed or from a file of another booth."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

from wxpark_gui.domain.definitions import SettingDefinition, definitions_of, value_errors
from wxpark_gui.domain.errors import (
    FieldError,
    InvalidInputError,
    NameProblem,
    Problem,
    ReadableError,
)
from wxpark_gui.domain.merchant import MerchantProfile
from wxpark_gui.domain.settings import (
    EXPLICIT,
    MERCHANT_SECTION,
    SECTIONS,
    Settings,
    section_errors,
    setting_definitions,
)

DEFINITIONS: dict[str, SettingDefinition] = {
    f"{section}.{definition.name}": definition for section, definition in setting_definitions()
}
"""Definition of every setting by its name, in the order of the file."""

_NAMES_BY_FIELD = {definition.field: name for name, definition in DEFINITIONS.items()}
_NAMES_BY_KEY = {name.partition(".")[2]: name for name in DEFINITIONS}
_NO_MERCHANT = MerchantProfile("", "", "", "")
_SECRET_NAME = re.compile(r"key|secret|passw|token|\bpin\b|密钥|密码|口令", re.IGNORECASE)
_MERCHANT_KEY = re.compile("(?=.*[A-Za-z])[0-9A-Za-z]{32}")
"""Pattern of an APIv2 key: 32 letters and digits, at least one letter. No WeChat id is so long."""
_PERHAPS_SECRET = re.compile(r"[0-9A-Za-z]{20,}|//[^/]*@")
_SURROGATE = re.compile("[\ud800-\udfff]")
"""Pattern of the character that Python decodes an invalid byte of an argument to."""
_LONGEST_QUOTE = 40


@dataclass(frozen=True, slots=True)
class SettingFault:
    """Reason that one named setting is refused.

    Attributes:
        name: as given, masked if it may hold a secret.
        given: value as given, masked likewise; empty if there is none or the problem is `SECRET`.
        suggestion: the known name that is nearest to an unknown one; empty if none is near.
        line: line in the imported file, from 1; None if unknown.
    """

    name: str
    problem: NameProblem | FieldError
    given: str = ""
    suggestion: str = ""
    line: int | None = None

    @property
    def limits(self) -> str:
        """Limits of the setting; empty for an unknown one."""
        definition = DEFINITIONS.get(self.name)
        return definition.rule.limits if definition else ""


class SettingsRefusedError(ReadableError):
    """Named settings are refused; nothing was changed. `faults` has an item for each."""

    code = "INVALID_SETTINGS"
    faults: tuple[SettingFault, ...] = ()

    def __init__(self, faults: Iterable[SettingFault]) -> None:
        self.faults = tuple(faults)
        super().__init__(", ".join(fault.name for fault in self.faults))


@dataclass(frozen=True, slots=True)
class SettingChanges:
    """Settings to change, by name.

    Attributes:
        values: normalised values of the right type; limits are not checked.
        faults: the settings that could not be read.
    """

    values: Mapping[str, Any]
    faults: tuple[SettingFault, ...] = ()

    @property
    def names_merchant(self) -> bool:
        """True if a setting of the merchant is named."""
        return any(name.startswith(f"{MERCHANT_SECTION}.") for name in self.values)


@dataclass(frozen=True, slots=True)
class Difference:
    """One changed setting. A required value of the merchant is None while there is no merchant."""

    name: str
    before: Any
    after: Any


def read_assignments(texts: Iterable[str]) -> SettingChanges:
    """Read `NAME=VALUE` texts.

    The result has a fault for each unknown or repeated name, missing `=`, probable secret, and
    value of the wrong type.
    """
    values: dict[str, Any] = {}
    faults = []
    for text in texts:
        name, equals, typed = text.partition("=")
        name = name.strip()
        problem = _problem(name, typed) or _assignment_problem(name, equals, typed, values)
        if problem is not None:
            faults.append(_fault(name, problem, typed))
            continue
        try:
            values[name] = DEFINITIONS[name].read(typed)
        except InvalidInputError as error:
            faults.append(_fault(name, error.errors[0], typed))
    return SettingChanges(values, tuple(faults))


def read_tables(document: Mapping[str, object]) -> SettingChanges:
    """Read a TOML document with a table for each section; note faults as `read_assignments`."""
    values: dict[str, Any] = {}
    faults = []
    for name, value in _flattened(document):
        problem = _problem(name, value)
        if problem is not None:
            faults.append(_fault(name, problem, value))
            continue
        try:
            values[name] = DEFINITIONS[name].accept(value)
        except InvalidInputError as error:
            # The quotation marks show that a number was given as a text.
            given = f'"{value}"' if isinstance(value, str) else value
            faults.append(_fault(name, error.errors[0], given))
    return SettingChanges(values, tuple(faults))


def apply_changes(
    settings: Settings, changes: SettingChanges
) -> tuple[Settings, MerchantProfile | None]:
    """Return the settings with changed sections, and the current merchant with its changes.

    The accounts are unchanged; `change_merchant` puts the merchant into them. The merchant is None
    if none is set up and `changes` names no setting of it.

    Raises:
        SettingsRefusedError: with the faults of `changes` and of all values that break a rule.
    """
    faults = list(changes.faults)
    errors: list[FieldError] = []
    for section in SECTIONS:
        if own := _own(changes, section):
            if own.get("proxy_url"):
                # A named address is used, unless the mode is named too.
                own.setdefault("proxy", EXPLICIT)
            changed = replace(getattr(settings, section), **own)
            errors += section_errors(changed)
            settings = replace(settings, **{section: changed})
    merchant = settings.account.merchant if settings.account else None
    if own := _own(changes, MERCHANT_SECTION):
        merchant = replace(merchant or _NO_MERCHANT, **own)
        errors += value_errors(merchant)
    refused = {fault.name for fault in faults}
    for error in errors:
        name = _NAMES_BY_FIELD[error.field]
        if name not in refused:
            faults.append(_fault(name, error, changes.values.get(name, "")))
    if faults:
        raise SettingsRefusedError(faults)
    return settings, merchant


def setting_values(settings: Settings) -> dict[str, Any]:
    """Return each setting's value by name; without a merchant, its required values are None."""
    values: dict[str, Any] = {
        f"{section}.{definition.name}": getattr(getattr(settings, section), definition.name)
        for section, kind in SECTIONS.items()
        for definition in definitions_of(kind)
    }
    for definition in definitions_of(MerchantProfile):
        name = f"{MERCHANT_SECTION}.{definition.name}"
        merchant = settings.account.merchant if settings.account else None
        values[name] = getattr(merchant, definition.name) if merchant else definition.default
    return values


def differences(before: Settings, after: Settings) -> tuple[Difference, ...]:
    """Return the settings whose values differ, in the order of the file."""
    old, new = setting_values(before), setting_values(after)
    return tuple(Difference(name, old[name], new[name]) for name in old if old[name] != new[name])


def find_names(wanted: Iterable[str]) -> tuple[str, ...]:
    """Return the settings that `wanted` names singly or by section; all if it is empty.

    The result has each name once, in the order of the file.

    Raises:
        SettingsRefusedError: a name is neither that of a setting nor of a section.
    """
    found: list[str] = []
    faults = []
    for text in wanted:
        own = [name for name in DEFINITIONS if text in (name, name.partition(".")[0])]
        if not own:
            faults.append(_fault(text, NameProblem.UNKNOWN, ""))
        found += own
    if faults:
        raise SettingsRefusedError(faults)
    return tuple(name for name in DEFINITIONS if name in found or not found)


def _flattened(document: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    for section, table in document.items():
        if isinstance(table, dict) and (table or section in {*SECTIONS, MERCHANT_SECTION}):
            for key, value in table.items():
                yield f"{section}.{key}", value
        else:
            yield section, table


def _own(changes: SettingChanges, section: str) -> dict[str, Any]:
    prefix = f"{section}."
    return {
        name.removeprefix(prefix): value
        for name, value in changes.values.items()
        if name.startswith(prefix)
    }


def _problem(name: str, value: object) -> NameProblem | None:
    if isinstance(value, str) and _MERCHANT_KEY.fullmatch(value.strip()):
        return NameProblem.SECRET
    if name in DEFINITIONS:
        return None
    # `version_key` without its section is no secret.
    is_secret = _SECRET_NAME.search(name) and _key_of(name) not in _NAMES_BY_KEY
    return NameProblem.SECRET if is_secret else NameProblem.UNKNOWN


def _assignment_problem(
    name: str, equals: str, typed: str, earlier: Mapping[str, Any]
) -> NameProblem | FieldError | None:
    if not equals:
        return NameProblem.NO_VALUE
    if name in earlier:
        return NameProblem.REPEATED
    if _SURROGATE.search(typed):
        return FieldError(DEFINITIONS[name].field, Problem.BAD_CHARACTER)
    return None


def _fault(name: str, problem: NameProblem | FieldError, value: object) -> SettingFault:
    unknown, secret = problem is NameProblem.UNKNOWN, problem is NameProblem.SECRET
    return SettingFault(
        name=_quoted(name),
        problem=problem,
        given="" if secret or isinstance(value, (dict, list)) else _quoted(value),
        suggestion=_nearest(name) if unknown else "",
    )


def _quoted(value: object) -> str:
    """Return a value as a short text for an error, with `***` for each probable secret."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    shown = _PERHAPS_SECRET.sub("***", text)
    shown = "".join(c if c.isprintable() else "�" for c in shown)
    return shown if len(shown) <= _LONGEST_QUOTE else f"{shown[:_LONGEST_QUOTE]}…"


def _key_of(name: str) -> str:
    """Return a typed name without its section, in lower case and with `_` for `-`."""
    return name.rpartition(".")[2].lower().replace("-", "_")


def _nearest(name: str) -> str:
    """Return the known name nearest to an unknown one, or empty; its section may be missing."""
    options = {definition.field.value: known for known, definition in DEFINITIONS.items()}
    known_names = {**{known: known for known in DEFINITIONS}, **_NAMES_BY_KEY, **options}
    key = _key_of(name)
    if key in _NAMES_BY_KEY:
        return _NAMES_BY_KEY[key]
    for text in (name.lower(), key):
        if near := get_close_matches(text, known_names, n=1, cutoff=0.7):
            return known_names[near[0]]
    return ""
