"""The booth's settings besides entries and keys. Nothing in here is secret."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import chain, count
from urllib.parse import urlsplit

from wxpark_gui.domain.definitions import (
    Choice,
    Number,
    SettingDefinition,
    Text,
    definitions_of,
    setting,
    value_errors,
)
from wxpark_gui.domain.errors import Field, FieldError, InvalidInputError, Problem
from wxpark_gui.domain.merchant import MerchantProfile
from wxpark_gui.domain.plate import PROVINCES, normalise_plate
from wxpark_gui.domain.release import PLACE_LENGTH, ReleaseSource, is_place, is_public_key

LANGUAGES = ("zh_CN", "en")
THEMES = ("system", "light", "dark")
SMALLEST_SCALE, LARGEST_SCALE = 100, 200
BOOTH_LENGTH = 32
LONGEST_EXPIRY_HOURS = 720
LONGEST_DUPLICATE_MINUTES = 1440

_PREFIX = re.compile(f"[{PROVINCES}][A-Z]?")


def _prefix_problem(prefix: str) -> Problem | None:
    return None if _PREFIX.fullmatch(prefix) else Problem.NOT_A_PLATE


def _proxy_problem(url: str) -> Problem | None:
    """`http://host:port`, without a name and password: they would be a secret in a plain file."""
    try:
        parts = urlsplit(url)
        complete = parts.scheme == "http" and parts.hostname and parts.port
    except ValueError:
        return Problem.URL_MALFORMED
    return None if complete and "@" not in parts.netloc else Problem.URL_MALFORMED


def _place_problem(place: str) -> Problem | None:
    return None if is_place(place) else Problem.NOT_A_PLACE


def _public_key_problem(key: str) -> Problem | None:
    return None if is_public_key(key) else Problem.NOT_A_PUBLIC_KEY


@dataclass(frozen=True, slots=True)
class Account:
    """A merchant and car park that entries are made under.

    Attributes:
        account_id: never changes; `{mch_id}-{sub_mch_id}` at the moment it was created.
    """

    account_id: str
    merchant: MerchantProfile


@dataclass(frozen=True, slots=True)
class BoothSettings:
    """The work at the barrier.

    Attributes:
        name: shown beside the car park's.
        plate_prefix: province and letter in an empty plate field; may be empty.
        duplicate_minutes: the same plate within this time is asked about; 0 never asks.
        expiry_hours: an entry that could not be sent for this long expires.
    """

    name: str = setting(Field.BOOTH, "1号岗", Text(BOOTH_LENGTH, required=True))
    plate_prefix: str = setting(
        Field.PLATE_PREFIX, "", Text(2, normalise=normalise_plate, problem=_prefix_problem)
    )
    duplicate_minutes: int = setting(Field.DUPLICATE_MINUTES, 10, Number(LONGEST_DUPLICATE_MINUTES))
    expiry_hours: int = setting(Field.EXPIRY_HOURS, 24, Number(LONGEST_EXPIRY_HOURS, least=1))


@dataclass(frozen=True, slots=True)
class NetworkSettings:
    """The way to the gateway.

    Attributes:
        proxy_url: HTTP proxy; empty for a direct connection. The environment's proxy variables are
            not read.
    """

    proxy_url: str = setting(Field.PROXY_URL, "", Text(problem=_proxy_problem))


@dataclass(frozen=True, slots=True)
class AppearanceSettings:
    """Language, colours, text size and sounds.

    Attributes:
        language: one of `LANGUAGES`.
        theme: one of `THEMES`; `system` follows the desktop.
        font_scale: text size in percent.
        sounds: beep with each verdict.
    """

    language: str = setting(Field.LANGUAGE, LANGUAGES[0], Choice(LANGUAGES))
    theme: str = setting(Field.THEME, THEMES[0], Choice(THEMES))
    font_scale: int = setting(
        Field.FONT_SCALE, SMALLEST_SCALE, Number(LARGEST_SCALE, least=SMALLEST_SCALE)
    )
    sounds: bool = setting(Field.SOUNDS, default=True, rule=Choice((True, False)))


@dataclass(frozen=True, slots=True)
class UpdateSettings:
    """The operator's announcement of new versions.

    Attributes:
        version_file: an address or a path on a disk or share (`domain.release.is_place`); empty
            disables the check.
        version_key: minisign public key of that file; given exactly where `version_file` is.
    """

    version_file: str = setting(Field.VERSION_FILE, "", Text(PLACE_LENGTH, problem=_place_problem))
    version_key: str = setting(Field.VERSION_KEY, "", Text(problem=_public_key_problem))


SECTIONS: dict[str, type] = {
    "booth": BoothSettings,
    "network": NetworkSettings,
    "appearance": AppearanceSettings,
    "updates": UpdateSettings,
}
"""The sections of the file, which are the attributes of `Settings`."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of a booth.

    Attributes:
        accounts: the merchants that entries were or are made under.
        account_id: the account of new entries; empty before one is entered.
    """

    accounts: tuple[Account, ...] = ()
    account_id: str = ""
    booth: BoothSettings = field(default=BoothSettings())
    network: NetworkSettings = field(default=NetworkSettings())
    appearance: AppearanceSettings = field(default=AppearanceSettings())
    updates: UpdateSettings = field(default=UpdateSettings())

    @property
    def account(self) -> Account | None:
        """The account of new entries."""
        return self.find_account(self.account_id)

    @property
    def release_source(self) -> ReleaseSource | None:
        """The place to ask for a newer version; None to ask nowhere."""
        if not self.updates.version_file:
            return None
        return ReleaseSource(
            self.updates.version_file, self.updates.version_key, self.network.proxy_url
        )

    def find_account(self, account_id: str) -> Account | None:
        return next((a for a in self.accounts if a.account_id == account_id), None)

    def with_account(self, account: Account) -> Settings:
        """Add the account, or replace the one with its id, and make it current."""
        accounts = {known.account_id: known for known in self.accounts}
        accounts[account.account_id] = account
        return replace(self, accounts=tuple(accounts.values()), account_id=account.account_id)

    def without_account(self, account_id: str) -> Settings:
        """Remove an account; if it was the current one, none is current."""
        accounts = tuple(a for a in self.accounts if a.account_id != account_id)
        current = "" if account_id == self.account_id else self.account_id
        return replace(self, accounts=accounts, account_id=current)


def setting_definitions() -> Iterator[tuple[str, SettingDefinition]]:
    """Every setting with its section, in the order of the file; accounts last."""
    for section, kind in (*SECTIONS.items(), ("accounts", MerchantProfile)):
        for definition in definitions_of(kind):
            yield section, definition


def check_settings(settings: Settings) -> Settings:
    """The settings, unchanged.

    Raises:
        InvalidInputError: with one error for each field that cannot be kept. Merchants are
            checked by `domain.merchant.check_merchant`.
    """
    errors = [error for name in SECTIONS for error in section_errors(getattr(settings, name))]
    if errors:
        raise InvalidInputError(errors)
    return settings


def section_errors(section: object) -> Iterator[FieldError]:
    """One error for each value of a section that cannot be kept, in the order of its fields."""
    if not isinstance(section, UpdateSettings):
        yield from value_errors(section)
        return
    if section.version_key and not section.version_file:
        yield FieldError(Field.VERSION_FILE, Problem.MISSING)
    yield from value_errors(section)
    if section.version_file and not section.version_key:
        yield FieldError(Field.VERSION_KEY, Problem.MISSING)


def change_merchant(settings: Settings, edited: MerchantProfile, *, proven: bool) -> Settings:
    """The settings after the current merchant was edited.

    Other ids mean another merchant or car park, whose account becomes current; entries that wait
    stay under the old account. Only where WeChat never answered and the car park has the same name,
    other ids are a correction: waiting entries follow, because the account stays.

    Args:
        proven: WeChat has answered an entry of the current account.
    """
    current = settings.account
    if current is not None:
        same_ids = current.merchant.ids == edited.ids
        same_name = current.merchant.parking_name == edited.parking_name
        if same_ids or (same_name and not proven):
            return settings.with_account(replace(current, merchant=edited))
    known = next((a for a in settings.accounts if a.merchant.ids == edited.ids), None)
    if known is not None:
        return settings.with_account(replace(known, merchant=edited))
    return settings.with_account(Account(_new_account_id(settings, edited), edited))


def _new_account_id(settings: Settings, merchant: MerchantProfile) -> str:
    """`{mch_id}-{sub_mch_id}`; numbered where a corrected account was created with those ids."""
    plain = "-".join(merchant.ids)
    candidates = chain([plain], (f"{plain}-{number}" for number in count(2)))
    return next(name for name in candidates if settings.find_account(name) is None)
