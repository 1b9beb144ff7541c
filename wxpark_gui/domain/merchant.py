"""Merchant data and merchant key, with their checks."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import NoReturn

from wxpark_gui.domain.address import is_loopback, is_private, split_url
from wxpark_gui.domain.definitions import (
    Number,
    Text,
    definitions_of,
    required_setting,
    setting,
    stripped,
    value_errors,
)
from wxpark_gui.domain.errors import Field, FieldError, InvalidInputError, Problem

ID_LENGTH = 32
PARKING_NAME_LENGTH = 32
NOTIFY_URL_LENGTH = 256
FREE_TIME_MAXIMUM = 7 * 24 * 3600

_APPID = re.compile("[0-9A-Za-z_]+")
_NUMBER = re.compile("[0-9]+")
_KEY = re.compile("[0-9A-Za-z]{32}")


class Secret:
    """A merchant's signing key (APIv2 密钥), an attendant's PIN or the door's token.

    `repr`, `str` and `format` mask it; pickling and copying raise `TypeError`. Only `reveal`
    returns the text: call it only to sign, to fill the keyring or to hash a PIN. The key could sign
    payments and refunds too.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return "Secret(***)"

    def __str__(self) -> str:
        return "***"

    def __format__(self, format_spec: str) -> str:
        return "***"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        import hmac  # noqa: PLC0415 - it loads OpenSSL, which the first paint does not need

        return hmac.compare_digest(self._value.encode(), other._value.encode())

    __hash__ = None  # type: ignore[assignment]

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a Secret is not to be pickled or copied")


def read_key(typed: str) -> Secret:
    """Convert typed text to an APIv2 key: 32 ASCII letters or digits.

    White space and invisible format characters at its ends are removed.

    Raises:
        InvalidInputError: the text is not such a key; the error contains only the text's length.
    """
    value = stripped(typed)
    if not value:
        raise InvalidInputError([FieldError(Field.KEY, Problem.MISSING)])
    if not _KEY.fullmatch(value):
        raise InvalidInputError([FieldError(Field.KEY, Problem.KEY_FORMAT, 32, str(len(value)))])
    return Secret(value)


def _appid_problem(value: str) -> Problem | None:
    return None if _APPID.fullmatch(value) else Problem.BAD_CHARACTER


def _number_problem(value: str) -> Problem | None:
    return None if _NUMBER.fullmatch(value) else Problem.BAD_CHARACTER


def _name_problem(name: str) -> Problem | None:
    return None if name.isprintable() else Problem.BAD_CHARACTER


def _notify_url_problem(url: str) -> Problem | None:
    parts = split_url(url)
    if parts is None:
        return Problem.URL_MALFORMED
    if "?" in url or "#" in url:
        return Problem.URL_HAS_QUERY
    if parts.scheme == "http" and not is_private(parts.hostname or ""):
        return Problem.URL_NOT_HTTPS
    return None


def _gateway_url_problem(url: str) -> Problem | None:
    """Return the problem of a URL; None for https to any host, or http to a loopback host.

    A query or a fragment is a problem.
    """
    parts = split_url(url)
    if parts is None or "?" in url or "#" in url:
        return Problem.URL_MALFORMED
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        return Problem.URL_NOT_HTTPS
    return None


def _clean_gateway_url(typed: str) -> str:
    return stripped(typed).rstrip("/")


_APPID_RULE = Text(ID_LENGTH, problem=_appid_problem)
_REQUIRED_APPID = replace(_APPID_RULE, required=True)
_REQUIRED_NUMBER = Text(ID_LENGTH, required=True, problem=_number_problem)
_PARKING_NAME = Text(PARKING_NAME_LENGTH, required=True, problem=_name_problem)
_PROFILE_NAME = replace(_PARKING_NAME, required=False)
_NOTIFY_URL = Text(NOTIFY_URL_LENGTH, problem=_notify_url_problem, form="https://…")
_GATEWAY_URL = Text(normalise=_clean_gateway_url, problem=_gateway_url_problem, form="https://HOST")


@dataclass(frozen=True, slots=True)
class MerchantProfile:
    """Merchant data except the key. All but the last two have WeChat's field names.

    Attributes:
        appid: APPID bound to the service provider, at most 32 characters.
        mch_id: the service provider's merchant number, at most 32 digits.
        sub_mch_id: the sub-merchant's number, at most 32 digits.
        sub_appid: the sub-merchant's APPID, at most 32 characters; may be empty. Descriptions of
            the API differ on whether it is required.
        parking_name: name of the car park as the driver sees it, at most 32 characters.
        free_time: free period in seconds, at most seven days.
        notify_url: the operator's URL for later state changes, at most 256 characters; may be
            empty. https, or http to a private address; no query and no fragment.
        gateway_url: base URL of another gateway; empty for WeChat's own. https, or http to a
            loopback host; no query and no fragment.
        profile_name: name of this profile in the booth, at most 32 characters; empty for the name
            of the car park. Never sent.
    """

    appid: str = required_setting(Field.APPID, _REQUIRED_APPID)
    mch_id: str = required_setting(Field.MCH_ID, _REQUIRED_NUMBER)
    sub_mch_id: str = required_setting(Field.SUB_MCH_ID, _REQUIRED_NUMBER)
    parking_name: str = required_setting(Field.PARKING_NAME, _PARKING_NAME)
    sub_appid: str = setting(Field.SUB_APPID, "", _APPID_RULE)
    free_time: int = setting(Field.FREE_TIME, 0, Number(FREE_TIME_MAXIMUM, unit="s"))
    notify_url: str = setting(Field.NOTIFY_URL, "", _NOTIFY_URL)
    gateway_url: str = setting(Field.GATEWAY_URL, "", _GATEWAY_URL)
    profile_name: str = setting(Field.PROFILE_NAME, "", _PROFILE_NAME)

    @property
    def ids(self) -> tuple[str, str]:
        """`mch_id` and `sub_mch_id`, which identify the merchant to WeChat."""
        return self.mch_id, self.sub_mch_id

    @property
    def label(self) -> str:
        """Name of the profile for display: `profile_name`, else that of the car park."""
        return self.profile_name or self.parking_name


def check_merchant(profile: MerchantProfile) -> MerchantProfile:
    """Return the profile without surrounding white space or slashes after `gateway_url`.

    Raises:
        InvalidInputError: one error for each invalid field.
    """
    cleaned = MerchantProfile(
        **{
            definition.name: definition.rule.clean(getattr(profile, definition.name))
            for definition in definitions_of(MerchantProfile)
        }
    )
    errors = list(value_errors(cleaned))
    if errors:
        raise InvalidInputError(errors)
    return cleaned
