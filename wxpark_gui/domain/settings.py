"""Settings of a booth, with their checks. None is secret: merchant keys are in the keyring.

The module exceeds the project's limit of 300 lines: one class for each section of the file.
"""

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
from wxpark_gui.domain.release_source import PLACE_LENGTH, ReleaseSource, is_place, is_public_key

LANGUAGES = ("zh_CN", "en")
PROXY_MODES = EXPLICIT, SYSTEM_PROXY, NO_PROXY = ("explicit", "system", "none")
THEMES = ("system", "light", "dark")
SMALLEST_SCALE, LARGEST_SCALE = 100, 200
BOOTH_LENGTH = 32
LONGEST_EXPIRY_HOURS = 720
LONGEST_BACKFILL_HOURS = 720
LONGEST_DUPLICATE_MINUTES = 1440
VOID_REASONS_LENGTH = 200
SUPPORT_CONTACT_LENGTH = 60
MOST_REASONS = 9
"""Most reasons for voiding; each is chosen by a digit."""
REASON_LENGTH = 20
SHORTEST_RETENTION_DAYS, LONGEST_RETENTION_DAYS = 30, 3650
SMALLEST_DOOR_PORT, LARGEST_DOOR_PORT = 1024, 65535

_PREFIX = re.compile(f"[{PROVINCES}][A-Z]?")


def read_reasons(text: str) -> tuple[str, ...]:
    """Return the first `MOST_REASONS` reasons between half- or full-width semicolons.

    Each is cut after `REASON_LENGTH` characters.
    """
    parts = (part.strip() for part in text.replace("；", ";").split(";"))
    return tuple(part[:REASON_LENGTH] for part in parts if part)[:MOST_REASONS]


def _prefix_problem(prefix: str) -> Problem | None:
    return None if _PREFIX.fullmatch(prefix) else Problem.NOT_A_PLATE


def _proxy_problem(url: str) -> Problem | None:
    """Return the problem of a proxy URL; None for `http://host:port`, without a secret."""
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
    """Profile of a booth: the merchant and car park that entries are made under.

    Attributes:
        account_id: `{mch_id}-{sub_mch_id}` when the account was created, with a number appended if
            that was taken; never changes.
    """

    account_id: str
    merchant: MerchantProfile


@dataclass(frozen=True, slots=True)
class BoothSettings:
    """Settings of the booth and its entries.

    Attributes:
        name: name of the booth, shown next to the name of the car park.
        plate_prefix: province, or province and letter, in an empty plate field; may be empty.
        duplicate_minutes: minutes within which the same plate must be confirmed; 0 for never.
        expiry_hours: hours after which a waiting entry expires.
        backfill_hours: hours after the entry until which an entry from paper is sent; 0 sends none.
            The default is that of `expiry_hours`: an entry that old is given up, typed or not.
        retention_days: days after its end at which an archived month is dropped, because plates are
            personal data.
        void_reasons: reasons offered for voiding an entry, separated by `;`; see `read_reasons`.
        support_contact: name and telephone number of the person to ask for help; may be empty.
    """

    name: str = setting(Field.BOOTH, "1号岗", Text(BOOTH_LENGTH, required=True))
    plate_prefix: str = setting(
        Field.PLATE_PREFIX, "", Text(2, normalise=normalise_plate, problem=_prefix_problem)
    )
    duplicate_minutes: int = setting(
        Field.DUPLICATE_MINUTES, 10, Number(LONGEST_DUPLICATE_MINUTES, unit="min")
    )
    expiry_hours: int = setting(
        Field.EXPIRY_HOURS, 24, Number(LONGEST_EXPIRY_HOURS, least=1, unit="h")
    )
    backfill_hours: int = setting(
        Field.BACKFILL_HOURS, 24, Number(LONGEST_BACKFILL_HOURS, unit="h")
    )
    retention_days: int = setting(
        Field.RETENTION_DAYS,
        180,
        Number(LONGEST_RETENTION_DAYS, least=SHORTEST_RETENTION_DAYS, unit="d"),
    )
    void_reasons: str = setting(
        Field.VOID_REASONS, "车牌有误;没有入场;重复录入;测试", Text(VOID_REASONS_LENGTH)
    )
    support_contact: str = setting(Field.SUPPORT_CONTACT, "", Text(SUPPORT_CONTACT_LENGTH))


@dataclass(frozen=True, slots=True)
class NetworkSettings:
    """Connection to the gateway and to the version file.

    Attributes:
        proxy: one of `PROXY_MODES`: the proxy of `proxy_url`, that of the system, or none.
        proxy_url: `http://host:port` of an HTTP proxy; empty for a direct connection. Used only if
            `proxy` is `explicit`.
    """

    proxy: str = setting(Field.PROXY, EXPLICIT, Choice(PROXY_MODES))
    proxy_url: str = setting(
        Field.PROXY_URL, "", Text(problem=_proxy_problem, form="http://HOST:PORT")
    )

    @property
    def wanted_proxy(self) -> str:
        """URL of the proxy, `system` for that of the system, empty for a direct connection."""
        return {EXPLICIT: self.proxy_url, SYSTEM_PROXY: SYSTEM_PROXY}.get(self.proxy, "")


@dataclass(frozen=True, slots=True)
class AppearanceSettings:
    """Language, colours, text size and sounds.

    Attributes:
        language: one of `LANGUAGES`.
        theme: one of `THEMES`; `system` follows the desktop.
        font_scale: text size in percent.
        sounds: True to beep with each verdict.
    """

    language: str = setting(Field.LANGUAGE, LANGUAGES[0], Choice(LANGUAGES))
    theme: str = setting(Field.THEME, THEMES[0], Choice(THEMES))
    font_scale: int = setting(
        Field.FONT_SCALE, SMALLEST_SCALE, Number(LARGEST_SCALE, least=SMALLEST_SCALE, unit="%")
    )
    sounds: bool = setting(Field.SOUNDS, default=True, rule=Choice((True, False)))


@dataclass(frozen=True, slots=True)
class UpdateSettings:
    """Source of the operator's announcement of new versions.

    Attributes:
        version_file: URL or absolute path, as accepted by `is_place`; empty disables the check.
        version_key: minisign public key that verifies the file; empty if and only if
            `version_file` is.
    """

    version_file: str = setting(
        Field.VERSION_FILE, "", Text(PLACE_LENGTH, problem=_place_problem, form="https://… | /PATH")
    )
    version_key: str = setting(Field.VERSION_KEY, "", Text(problem=_public_key_problem, form="RW…"))


@dataclass(frozen=True, slots=True)
class DoorSettings:
    """Local port on which a camera or scanner offers plates to the window.

    Attributes:
        enabled: True to listen.
        port: TCP port on the loopback addresses.
    """

    enabled: bool = setting(Field.DOOR_ENABLED, default=False, rule=Choice((True, False)))
    port: int = setting(Field.DOOR_PORT, 18765, Number(LARGEST_DOOR_PORT, least=SMALLEST_DOOR_PORT))


SECTIONS: dict[str, type] = {
    "booth": BoothSettings,
    "network": NetworkSettings,
    "appearance": AppearanceSettings,
    "updates": UpdateSettings,
    "door": DoorSettings,
}
"""Sections of the settings file besides the accounts, by name of the attribute of `Settings`."""

MERCHANT_SECTION = "merchant"
"""Section of the current account's merchant in the names of settings, as `merchant.free_time`."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of a booth.

    Attributes:
        accounts: all profiles, in the order in which they were added.
        account_id: id of the current account, which new entries get; empty if there is none.
    """

    accounts: tuple[Account, ...] = ()
    account_id: str = ""
    booth: BoothSettings = field(default=BoothSettings())
    network: NetworkSettings = field(default=NetworkSettings())
    appearance: AppearanceSettings = field(default=AppearanceSettings())
    updates: UpdateSettings = field(default=UpdateSettings())
    door: DoorSettings = field(default=DoorSettings())

    @property
    def account(self) -> Account | None:
        """The current account, which new entries get; None if there is none."""
        return self.find_account(self.account_id)

    @property
    def release_source(self) -> ReleaseSource | None:
        """Source of the version file; None if the check is disabled."""
        if not self.updates.version_file:
            return None
        return ReleaseSource(
            self.updates.version_file, self.updates.version_key, self.network.wanted_proxy
        )

    def find_account(self, account_id: str) -> Account | None:
        return next((a for a in self.accounts if a.account_id == account_id), None)

    def with_account(self, account: Account) -> Settings:
        """Return settings with the account added, or replaced by id, and made current."""
        accounts = {known.account_id: known for known in self.accounts}
        accounts[account.account_id] = account
        return replace(self, accounts=tuple(accounts.values()), account_id=account.account_id)

    def without_account(self, account_id: str) -> Settings:
        """Return settings without the account; if it was the current one, none is current."""
        accounts = tuple(a for a in self.accounts if a.account_id != account_id)
        current = "" if account_id == self.account_id else self.account_id
        return replace(self, accounts=accounts, account_id=current)


def setting_definitions() -> Iterator[tuple[str, SettingDefinition]]:
    """Yield section and definition of every setting, in the order of the file.

    The settings of the current account come last, in the section `merchant`.
    """
    for section, kind in (*SECTIONS.items(), (MERCHANT_SECTION, MerchantProfile)):
        for definition in definitions_of(kind):
            yield section, definition


def check_settings(settings: Settings) -> Settings:
    """Return the settings unchanged. The accounts are not checked here; see `check_merchant`.

    Raises:
        InvalidInputError: one error for each invalid field.
    """
    errors = [error for name in SECTIONS for error in section_errors(getattr(settings, name))]
    if errors:
        raise InvalidInputError(errors)
    return settings


def section_errors(section: object) -> Iterator[FieldError]:
    """Yield one error for each invalid or missing value of a section, in field order."""
    if not isinstance(section, UpdateSettings):
        yield from value_errors(section)
        return
    if section.version_key and not section.version_file:
        yield FieldError(Field.VERSION_FILE, Problem.MISSING)
    yield from value_errors(section)
    if section.version_file and not section.version_key:
        yield FieldError(Field.VERSION_KEY, Problem.MISSING)


def change_merchant(settings: Settings, edited: MerchantProfile, *, proven: bool) -> Settings:
    """Return the settings after the current merchant was edited; see `edited_account`."""
    return settings.with_account(edited_account(settings, settings.account, edited, proven=proven))


def edited_account(
    settings: Settings, account: Account | None, edited: MerchantProfile, *, proven: bool
) -> Account:
    """Return the account that holds a merchant after `account` was edited; None for no account.

    It has the id of `account` if the ids are unchanged, or if the car park's name is unchanged and
    WeChat never answered an entry of the account (`proven` is False): then the old ids were wrong,
    and its open entries are sent with the new ones. Otherwise it is the account with these ids and
    this label, or a new one, and open entries stay under `account`.
    """
    if account is not None:
        same_ids = account.merchant.ids == edited.ids
        same_name = account.merchant.parking_name == edited.parking_name
        if same_ids or (same_name and not proven):
            return replace(account, merchant=edited)
    named = (a for a in settings.accounts if a.merchant.label == edited.label)
    known = next((a for a in named if a.merchant.ids == edited.ids), None)
    return replace(known, merchant=edited) if known else new_account(settings, edited)


def new_account(settings: Settings, merchant: MerchantProfile) -> Account:
    """Return an account whose id is `{mch_id}-{sub_mch_id}`, with `-2` and so on if it is taken."""
    plain = "-".join(merchant.ids)
    candidates = chain([plain], (f"{plain}-{number}" for number in count(2)))
    free = next(name for name in candidates if settings.find_account(name) is None)
    return Account(free, merchant)
