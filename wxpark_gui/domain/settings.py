"""What a booth remembers besides its entries and its key. Nothing in here is secret."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from wxpark_gui.domain.errors import Field, FieldError, InvalidInputError, Problem
from wxpark_gui.domain.merchant import MerchantProfile
from wxpark_gui.domain.plate import PROVINCES
from wxpark_gui.domain.release import PLACE_LENGTH, ReleaseSource, is_place, is_public_key

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
        version_file: where the operator says which version is the newest: an address, or a path
            on a disk or share (`domain.release.is_place`); empty asks nobody, ever.
        version_key: the public key that file is signed with, as minisign writes it; given exactly
            where `version_file` is.
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
    version_file: str = ""
    version_key: str = ""

    @property
    def release_source(self) -> ReleaseSource | None:
        """Where to ask for a newer version; None where nobody is to be asked."""
        if not self.version_file:
            return None
        return ReleaseSource(self.version_file, self.version_key, self.proxy_url)


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
    errors.extend(_release_errors(settings.version_file, settings.version_key))
    if errors:
        raise InvalidInputError(errors)
    return settings


def _release_errors(place: str, key: str) -> Iterator[FieldError]:
    """Both or neither: a file that cannot be checked is not asked, and a key alone asks nothing."""
    if key and not place:
        yield FieldError(Field.VERSION_FILE, Problem.MISSING)
    elif len(place) > PLACE_LENGTH:
        yield FieldError(Field.VERSION_FILE, Problem.TOO_LONG, PLACE_LENGTH, str(len(place)))
    elif place and not is_place(place):
        yield FieldError(Field.VERSION_FILE, Problem.NOT_A_PLACE)
    if place and not key:
        yield FieldError(Field.VERSION_KEY, Problem.MISSING)
    elif key and not is_public_key(key):
        yield FieldError(Field.VERSION_KEY, Problem.NOT_A_PUBLIC_KEY)


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
