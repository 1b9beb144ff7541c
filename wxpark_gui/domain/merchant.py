"""Who is calling: the merchant's ids as WeChat knows them, and the key that must never be shown."""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn

from wxpark_gui.domain.address import is_loopback, is_private, split_url
from wxpark_gui.domain.errors import Field, FieldError, InvalidInputError, Problem

ID_LENGTH = 32
PARKING_NAME_LENGTH = 32
NOTIFY_URL_LENGTH = 256
FREE_TIME_MAXIMUM = 7 * 24 * 3600

_APPID = re.compile("[0-9A-Za-z_]+")
_NUMBER = re.compile("[0-9]+")
_KEY = re.compile("[0-9A-Za-z]{32}")


class Secret:
    """A text that takes part in a signature and appears nowhere else.

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

    appid: str
    mch_id: str
    sub_mch_id: str
    parking_name: str
    sub_appid: str = ""
    free_time: int = 0
    notify_url: str = ""
    gateway_url: str = ""


def check_merchant(profile: MerchantProfile) -> MerchantProfile:
    """The profile with surrounding white space removed.

    Raises:
        InvalidInputError: with one error for each field that WeChat would not take.
    """
    cleaned = MerchantProfile(
        appid=profile.appid.strip(),
        mch_id=profile.mch_id.strip(),
        sub_mch_id=profile.sub_mch_id.strip(),
        parking_name=profile.parking_name.strip(),
        sub_appid=profile.sub_appid.strip(),
        free_time=profile.free_time,
        notify_url=profile.notify_url.strip(),
        gateway_url=profile.gateway_url.strip().rstrip("/"),
    )
    errors = list(_merchant_errors(cleaned))
    if errors:
        raise InvalidInputError(errors)
    return cleaned


def _merchant_errors(profile: MerchantProfile) -> Iterator[FieldError]:
    for field, value, pattern, required in (
        (Field.APPID, profile.appid, _APPID, True),
        (Field.MCH_ID, profile.mch_id, _NUMBER, True),
        (Field.SUB_MCH_ID, profile.sub_mch_id, _NUMBER, True),
        (Field.SUB_APPID, profile.sub_appid, _APPID, False),
    ):
        if error := _check_id(field, value, pattern, required=required):
            yield error
    if error := _check_parking_name(profile.parking_name):
        yield error
    if not 0 <= profile.free_time <= FREE_TIME_MAXIMUM:
        yield FieldError(Field.FREE_TIME, Problem.NOT_A_NUMBER, FREE_TIME_MAXIMUM)
    if error := _check_notify_url(profile.notify_url):
        yield error
    if profile.gateway_url and (error := check_gateway_url(profile.gateway_url)):
        yield error


def _check_id(
    field: Field, value: str, pattern: re.Pattern[str], *, required: bool
) -> FieldError | None:
    if not value:
        return FieldError(field, Problem.MISSING) if required else None
    if len(value) > ID_LENGTH:
        return FieldError(field, Problem.TOO_LONG, ID_LENGTH, str(len(value)))
    if not pattern.fullmatch(value):
        return FieldError(field, Problem.BAD_CHARACTER)
    return None


def _check_parking_name(name: str) -> FieldError | None:
    if not name:
        return FieldError(Field.PARKING_NAME, Problem.MISSING)
    if len(name) > PARKING_NAME_LENGTH:
        return FieldError(Field.PARKING_NAME, Problem.TOO_LONG, PARKING_NAME_LENGTH, str(len(name)))
    if not name.isprintable():
        return FieldError(Field.PARKING_NAME, Problem.BAD_CHARACTER)
    return None


def _check_notify_url(url: str) -> FieldError | None:
    if not url:
        return None
    if len(url) > NOTIFY_URL_LENGTH:
        return FieldError(Field.NOTIFY_URL, Problem.TOO_LONG, NOTIFY_URL_LENGTH, str(len(url)))
    parts = split_url(url)
    if parts is None:
        return FieldError(Field.NOTIFY_URL, Problem.URL_MALFORMED)
    if "?" in url or "#" in url:
        return FieldError(Field.NOTIFY_URL, Problem.URL_HAS_QUERY)
    if parts.scheme == "http" and not is_private(parts.hostname or ""):
        return FieldError(Field.NOTIFY_URL, Problem.URL_NOT_HTTPS)
    return None


def check_gateway_url(url: str) -> FieldError | None:
    """What is wrong with the address of another gateway: https anywhere, http on this computer."""
    parts = split_url(url)
    if parts is None or "?" in url or "#" in url:
        return FieldError(Field.GATEWAY_URL, Problem.URL_MALFORMED)
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        return FieldError(Field.GATEWAY_URL, Problem.URL_NOT_HTTPS)
    return None
