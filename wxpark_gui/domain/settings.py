"""What a booth remembers besides its entries and its key. Nothing in here is secret."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from wxpark_gui.domain.errors import Field, FieldError, InvalidInputError, Problem
from wxpark_gui.domain.merchant import MerchantProfile
from wxpark_gui.domain.plate import PROVINCES

LANGUAGES = ("zh_CN", "en")
THEMES = ("system", "light", "dark")
SMALLEST_SCALE, LARGEST_SCALE = 100, 200
BOOTH_LENGTH = 32
LONGEST_EXPIRY_HOURS = 720
LONGEST_DUPLICATE_MINUTES = 1440


@dataclass(frozen=True, slots=True)
class Settings:
    """The booth's settings.

    Attributes:
        merchant: None until someone has entered one.
        booth: name of the booth, shown beside the car park's.
        plate_prefix: province and letter that stand in an empty plate field; may be empty.
        language: one of `LANGUAGES`.
        proxy_url: HTTP proxy for the gateway; empty for a direct line. The environment's proxy
            variables are not read: a proxy is a decision, not an accident.
        expiry_hours: an entry that could not be sent for so long is given up; 1 to 720.
        duplicate_minutes: the same plate again within so long is asked about; 0 never asks.
        theme: one of `THEMES`: the colours, or whichever of them the system asks for.
        font_scale: size of the letters in percent of what is drawn; 100 to 200.
        sounds: beep with each verdict.
    """

    merchant: MerchantProfile | None = None
    booth: str = "1号岗"
    plate_prefix: str = "粤B"
    language: str = LANGUAGES[0]
    proxy_url: str = ""
    expiry_hours: int = 24
    duplicate_minutes: int = 10
    theme: str = THEMES[0]
    font_scale: int = SMALLEST_SCALE
    sounds: bool = True


def check_settings(settings: Settings) -> Settings:
    """The settings, unchanged.

    Raises:
        InvalidInputError: with one error for each field that cannot be kept. The merchant is
            checked by `domain.merchant.check_merchant`.
    """
    errors = []
    if not settings.booth:
        errors.append(FieldError(Field.BOOTH, Problem.MISSING))
    elif len(settings.booth) > BOOTH_LENGTH:
        errors.append(
            FieldError(Field.BOOTH, Problem.TOO_LONG, BOOTH_LENGTH, str(len(settings.booth)))
        )
    if not re.fullmatch(f"(?:[{PROVINCES}][A-Z]?)?", settings.plate_prefix):
        errors.append(FieldError(Field.PLATE_PREFIX, Problem.NOT_A_PLATE))
    if settings.proxy_url and not _is_proxy_url(settings.proxy_url):
        errors.append(FieldError(Field.PROXY_URL, Problem.URL_MALFORMED))
    if not 1 <= settings.expiry_hours <= LONGEST_EXPIRY_HOURS:
        errors.append(FieldError(Field.EXPIRY_HOURS, Problem.NOT_A_NUMBER, LONGEST_EXPIRY_HOURS))
    if not 0 <= settings.duplicate_minutes <= LONGEST_DUPLICATE_MINUTES:
        errors.append(
            FieldError(Field.DUPLICATE_MINUTES, Problem.NOT_A_NUMBER, LONGEST_DUPLICATE_MINUTES)
        )
    errors.extend(
        FieldError(field, Problem.NOT_A_CHOICE)
        for field, is_one in (
            (Field.LANGUAGE, settings.language in LANGUAGES),
            (Field.THEME, settings.theme in THEMES),
            (Field.FONT_SCALE, SMALLEST_SCALE <= settings.font_scale <= LARGEST_SCALE),
        )
        if not is_one
    )
    if errors:
        raise InvalidInputError(errors)
    return settings


def _is_proxy_url(url: str) -> bool:
    """`http://host:port`, without a name and password: they would be a secret in a plain file."""
    try:
        parts = urlsplit(url)
        return (
            parts.scheme == "http"
            and bool(parts.hostname)
            and bool(parts.port)
            and ("@" not in parts.netloc)
        )
    except ValueError:
        return False
