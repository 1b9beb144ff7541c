"""The booth's settings in `settings.toml`, written as a whole.

Format 2 has the sections of `domain.settings.SECTIONS`, a table per account, and the current
account's id on top. Format 1, of version 0.1.0, was flat with one merchant and no format key. The
next save replaces format 1. The module exceeds the project's limit of 300 lines: it reads both
formats and keeps copies of files that people wrote.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import tomli_w

from wxpark_gui.domain.definitions import definitions_of
from wxpark_gui.domain.errors import (
    Field,
    InvalidInputError,
    SettingsNewerError,
    SettingsNotWrittenError,
    SettingsUnreadableError,
)
from wxpark_gui.domain.merchant import MerchantProfile, check_merchant
from wxpark_gui.domain.settings import (
    SECTIONS,
    Account,
    Settings,
    change_merchant,
    check_settings,
    section_errors,
)
from wxpark_gui.storage.durable import copy_aside, write_file
from wxpark_gui.storage.settings_text import (
    ACCOUNTS_KEY,
    CURRENT_KEY,
    FLAT_FORMAT,
    FLAT_MERCHANT,
    FORMAT,
    FORMAT_KEY,
    ID_KEY,
    decode_text,
    has_comments,
    names_in,
    parse_toml,
)

COMMENTED_SUFFIX = ".commented"
"""Suffix of the copy that keeps a file's comments, which `save` drops."""

_TOP_KEYS = (FORMAT_KEY, CURRENT_KEY, *SECTIONS, ACCOUNTS_KEY)


class TomlSettings:
    """Keeps the settings in one file. An unreadable file is copied before it is replaced."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> Settings:
        """Return the settings. A missing file or missing key of a section means the default.

        Raises:
            SettingsUnreadableError: the file cannot be read, is empty or no TOML, or has an unknown
                key or an invalid value; `detail` names the key (`booth.name`) or the line. The file
                is unchanged.
            SettingsNewerError: a newer version of the program wrote the file.
        """
        text = self._read()
        return Settings() if text is None else _interpret(text)

    def names(self) -> frozenset[str]:
        """Return the names of the settings in the file, such as `booth.name`.

        `merchant` is the section of the settings in the current account's table.

        Raises:
            SettingsUnreadableError: the file cannot be read or is no TOML.
        """
        text = self._read()
        return frozenset() if text is None else frozenset(names_in(parse_toml(text)))

    def has_comments(self) -> bool:
        """Test if the file has comments, which `save` does not keep.

        Raises:
            SettingsUnreadableError: the file cannot be read.
        """
        return has_comments(self._read() or "")

    def save(self, settings: Settings) -> None:
        """Check the settings and replace the file atomically.

        A file that `load` refuses is first copied to `settings.toml.unreadable`, or with a number
        if another file has that name; one of format 1 to `settings.toml.format1`, and one with
        comments to `settings.toml.commented`. A symbolic link stays, and its target is replaced.

        Raises:
            InvalidInputError: a value is invalid; the file is unchanged.
            SettingsNotWrittenError: the file could not be written.
        """
        document = _document(_checked(settings))
        try:
            self._copy_aside()
            # A tool for fleets may keep the file elsewhere and link it here.
            write_file(Path(os.path.realpath(self._path)), tomli_w.dumps(document).encode())
        except (OSError, UnicodeEncodeError) as error:
            raise SettingsNotWrittenError(_remark(error)) from error

    def _read(self) -> str | None:
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise SettingsUnreadableError(_remark(error)) from error
        return decode_text(content)

    def _copy_aside(self) -> None:
        """Copy the present file, as `save` describes, before it is replaced."""
        try:
            text = self._read()
            if text is None:
                return
            _interpret(text)
            if parse_toml(text).get(FORMAT_KEY, FLAT_FORMAT) != FORMAT:
                suffix = ".format1"
            elif self.has_comments():
                suffix = COMMENTED_SUFFIX
            else:
                return
        except SettingsUnreadableError:
            copy_aside(self._path)
            return
        aside = self._path.with_name(f"{self._path.name}{suffix}")
        write_file(aside, self._path.read_bytes())


def settings_text(settings: Settings) -> str:
    """Return the settings as TOML in the form of the settings file."""
    return tomli_w.dumps(_document(settings))


def _interpret(text: str) -> Settings:
    document = parse_toml(text)
    if not document:
        raise SettingsUnreadableError("empty file")
    version = document.get(FORMAT_KEY, FLAT_FORMAT)
    if type(version) is not int or version < FLAT_FORMAT:
        raise SettingsUnreadableError(FORMAT_KEY)
    if version > FORMAT:
        raise SettingsNewerError(f"{FORMAT_KEY} {version}")
    return _read_flat(document) if version == FLAT_FORMAT else _read_sections(document)


def _read_sections(document: Mapping[str, Any]) -> Settings:
    _refuse_unknown(document, _TOP_KEYS, "")
    sections = {
        name: _read_section(name, kind, document.get(name, {})) for name, kind in SECTIONS.items()
    }
    accounts = _read_accounts(document.get(ACCOUNTS_KEY, []))
    current = document.get(CURRENT_KEY, "")
    # A file truncated before its accounts still names the current one.
    if current != "" and current not in [account.account_id for account in accounts]:
        raise SettingsUnreadableError(CURRENT_KEY)
    return Settings(accounts, current, **sections)


def _read_section(name: str, kind: type, table: object) -> Any:
    if not isinstance(table, dict):
        raise SettingsUnreadableError(name)
    names = {definition.name: definition for definition in definitions_of(kind)}
    _refuse_unknown(table, names, f"{name}.")
    section = kind(**_typed_values(kind, table, f"{name}."))
    for error in section_errors(section):
        raise SettingsUnreadableError(f"{name}.{_key_of(kind, error.field)}")
    return section


def _read_accounts(tables: object) -> tuple[Account, ...]:
    if not isinstance(tables, list):
        raise SettingsUnreadableError(ACCOUNTS_KEY)
    accounts: dict[str, Account] = {}
    for number, table in enumerate(tables, start=1):
        place = f"{ACCOUNTS_KEY}[{number}]"
        account = _read_account(table, place)
        if account.account_id in accounts:
            raise SettingsUnreadableError(f"{place}.{ID_KEY}")
        accounts[account.account_id] = account
    return tuple(accounts.values())


def _read_account(table: object, place: str) -> Account:
    if not isinstance(table, dict):
        raise SettingsUnreadableError(place)
    names = [definition.name for definition in definitions_of(MerchantProfile)]
    _refuse_unknown(table, [ID_KEY, *names], f"{place}.")
    account_id = table.get(ID_KEY)
    if not isinstance(account_id, str) or not account_id:
        raise SettingsUnreadableError(f"{place}.{ID_KEY}")
    return Account(account_id, _read_merchant(table, f"{place}."))


def _read_merchant(table: Mapping[str, Any], place: str) -> MerchantProfile:
    blank = {
        definition.name: definition.rule.kind()
        for definition in definitions_of(MerchantProfile)
        if definition.default is None
    }
    values = blank | _typed_values(MerchantProfile, table, place)
    try:
        return check_merchant(MerchantProfile(**values))
    except InvalidInputError as error:
        key = _key_of(MerchantProfile, error.errors[0].field)
        raise SettingsUnreadableError(f"{place}{key}") from error


def _read_flat(document: Mapping[str, Any]) -> Settings:
    """Read format 1, in which a key is the value of its `Field`; unknown keys are ignored.

    Raises:
        SettingsUnreadableError: a value is invalid.
    """
    sections = {}
    for name, kind in SECTIONS.items():
        flat_names = {
            definition.name: definition.field.value for definition in definitions_of(kind)
        }
        table = {key: document[flat] for key, flat in flat_names.items() if flat in document}
        try:
            sections[name] = _read_section(name, kind, table)
        except SettingsUnreadableError as error:
            key = error.detail.partition(".")[2]
            raise SettingsUnreadableError(flat_names[key]) from error
    settings = Settings(**sections)
    merchant = document.get(FLAT_MERCHANT)
    if merchant is None:
        return settings
    if not isinstance(merchant, dict):
        raise SettingsUnreadableError(FLAT_MERCHANT)
    profile = _read_merchant(merchant, f"{FLAT_MERCHANT}.")
    return change_merchant(settings, profile, proven=False)


def _typed_values(kind: type, table: Mapping[str, Any], place: str) -> dict[str, Any]:
    """Return the table's values for fields of the dataclass `kind`; missing ones are left out.

    `place` is the prefix of a key in errors, such as `booth.`.

    Raises:
        SettingsUnreadableError: a value has the wrong type.
    """
    values = {}
    for definition in definitions_of(kind):
        if definition.name not in table:
            continue
        value = table[definition.name]
        # Not `isinstance`, which accepts a bool as an int.
        if type(value) is not definition.rule.kind:
            raise SettingsUnreadableError(f"{place}{definition.name}")
        values[definition.name] = value
    return values


def _refuse_unknown(table: Mapping[str, Any], known: Collection[str], place: str) -> None:
    for key in table:
        if key not in known:
            raise SettingsUnreadableError(f"{place}{key}")


def _key_of(kind: type, field: Field) -> str:
    return next(d.name for d in definitions_of(kind) if d.field is field)


def _checked(settings: Settings) -> Settings:
    """Return the settings with merchants stripped of white space.

    Raises:
        InvalidInputError: a value is one that `load` would refuse.
    """
    accounts = tuple(
        replace(account, merchant=check_merchant(account.merchant)) for account in settings.accounts
    )
    return replace(check_settings(settings), accounts=accounts)


def _document(settings: Settings) -> dict[str, Any]:
    sections = {name: asdict(getattr(settings, name)) for name in SECTIONS}
    accounts = [
        {ID_KEY: account.account_id, **asdict(account.merchant)} for account in settings.accounts
    ]
    return {
        FORMAT_KEY: FORMAT,
        CURRENT_KEY: settings.account_id,
        **sections,
        ACCOUNTS_KEY: accounts,
    }


def _remark(error: OSError | UnicodeEncodeError) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return type(error).__name__
