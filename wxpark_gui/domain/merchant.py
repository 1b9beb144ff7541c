"""The merchant's ids as WeChat knows them, and its secret key."""

from __future__ import annotations

import hmac
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
    """A text for signatures that is never printed, logged or pickled.

    The APIv2 key (APIv2 密钥) signs payments and refunds too, so it is the operator's most valuable
    secret: `repr`, `str`, `format` and pickling never give it away. Only `reveal` does; the places
    that call it are the signature and the keyring.
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
        return hmac.compare_digest(self._value.encode(), other._value.encode())

    __hash__ = None  # type: ignore[assignment]

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a Secret is not to be pickled or copied")


def read_key(typed: str) -> Secret:
    """Check an APIv2 key: 32 letters or digits, surrounding white space ignored.

    Raises:
        InvalidInputError: for anything else; the error never quotes what was typed.
    """
    value = typed.strip()
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
    """Https anywhere, http on this computer alone."""
    parts = split_url(url)
    if parts is None or "?" in url or "#" in url:
        return Problem.URL_MALFORMED
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        return Problem.URL_NOT_HTTPS
    return None


def _clean_gateway_url(typed: str) -> str:
    return typed.strip().rstrip("/")


_APPID_RULE = Text(ID_LENGTH, problem=_appid_problem)
_REQUIRED_APPID = replace(_APPID_RULE, required=True)
_REQUIRED_NUMBER = Text(ID_LENGTH, required=True, problem=_number_problem)
_PARKING_NAME = Text(PARKING_NAME_LENGTH, required=True, problem=_name_problem)
_NOTIFY_URL = Text(NOTIFY_URL_LENGTH, problem=_notify_url_problem)
_GATEWAY_URL = Text(normalise=_clean_gateway_url, problem=_gateway_url_problem)


@dataclass(frozen=True, slots=True)
class MerchantProfile:
    """The non-secret half of a merchant's set-up, with WeChat's field names.

    Attributes:
        appid: APPID bound to the service provider, at most 32.
        mch_id: the service provider's merchant number, digits, at most 32.
        sub_mch_id: the sub-merchant's number, digits, at most 32.
        sub_appid: the sub-merchant's APPID; may be empty, sources differ on whether it may.
        parking_name: name of the car park as the driver sees it, at most 32 characters.
        free_time: free period in seconds.
        notify_url: the operator's address for later state changes; may be empty. https in public,
            plain http only for a private address; no query string.
        gateway_url: another gateway; empty for WeChat's own. https, or http for loopback.
    """

    appid: str = required_setting(Field.APPID, _REQUIRED_APPID)
    mch_id: str = required_setting(Field.MCH_ID, _REQUIRED_NUMBER)
    sub_mch_id: str = required_setting(Field.SUB_MCH_ID, _REQUIRED_NUMBER)
    parking_name: str = required_setting(Field.PARKING_NAME, _PARKING_NAME)
    sub_appid: str = setting(Field.SUB_APPID, "", _APPID_RULE)
    free_time: int = setting(Field.FREE_TIME, 0, Number(FREE_TIME_MAXIMUM))
    notify_url: str = setting(Field.NOTIFY_URL, "", _NOTIFY_URL)
    gateway_url: str = setting(Field.GATEWAY_URL, "", _GATEWAY_URL)

    @property
    def ids(self) -> tuple[str, str]:
        """`mch_id` and `sub_mch_id`, which tell WeChat the merchant."""
        return self.mch_id, self.sub_mch_id


def check_merchant(profile: MerchantProfile) -> MerchantProfile:
    """The profile with surrounding white space removed.

    Raises:
        InvalidInputError: with one error for each field that WeChat would not take.
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
