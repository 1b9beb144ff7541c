"""Version numbers, and the operator's announcement of a new version."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

from wxpark_gui.domain.address import is_loopback, split_url

PLACE_LENGTH = 256
WHERE_LENGTH = 100

_NUMBER = "(0|[1-9][0-9]{0,4})"
_VERSION = re.compile(rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}")
_URL_SCHEME = re.compile("[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_ABSOLUTE_PATH = re.compile(r"/[^/].*|[A-Za-z]:[\\/].+|\\\\[^\\]+\\[^\\]+\\.+")
_KEY_ALGORITHM = b"Ed"
_KEY_ID_LENGTH, _KEY_LENGTH = 8, 32


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """`MAJOR.MINOR.PATCH`; compares as numbers do: 1.10.0 is newer than 1.9.0."""

    major: int
    minor: int
    patch: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"


def read_version(text: str) -> Version:
    """Parse three numbers of at most five digits each.

    Raises:
        ValueError: not such a text; suffixes such as `rc1` are refused.
    """
    found = _VERSION.fullmatch(text)
    if found is None:
        raise ValueError("not MAJOR.MINOR.PATCH")
    return Version(*(int(number) for number in found.groups()))


@dataclass(frozen=True, slots=True)
class Release:
    """The newest version, as announced by the operator.

    Attributes:
        where: for the manager, where it lies; shown as plain text, never opened; may be empty.
    """

    version: Version
    where: str = ""

    def is_newer_than(self, running: Version) -> bool:
        return self.version > running


@dataclass(frozen=True, slots=True)
class PublicKey:
    """An Ed25519 key as `minisign` names it.

    Attributes:
        key_id: eight bytes that a signature repeats, to tell a wrong key from a wrong signature.
    """

    key_id: bytes
    key: bytes


def read_public_key(text: str) -> PublicKey:
    """The key in the last line of minisign's `.pub` file: 56 letters that begin with `RW`.

    Raises:
        ValueError: it is none.
    """
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("not base64") from None
    algorithm, rest = content[: len(_KEY_ALGORITHM)], content[len(_KEY_ALGORITHM) :]
    if algorithm != _KEY_ALGORITHM or len(rest) != _KEY_ID_LENGTH + _KEY_LENGTH:
        raise ValueError("not an Ed25519 key of minisign")
    return PublicKey(rest[:_KEY_ID_LENGTH], rest[_KEY_ID_LENGTH:])


def is_public_key(text: str) -> bool:
    """Test if `read_public_key` accepts a text."""
    try:
        read_public_key(text)
    except ValueError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class ReleaseSource:
    """Location of the version file, and the public key that signs it.

    Attributes:
        place: a URL or path accepted by `is_place`; the signature lies beside it.
        key: accepted by `read_public_key`.
        proxy_url: `http://host:port`, or empty for a direct connection.
    """

    place: str
    key: str
    proxy_url: str = ""

    @property
    def is_url(self) -> bool:
        return _URL_SCHEME.match(self.place) is not None


def is_place(text: str) -> bool:
    r"""Test if a text is an absolute location of a file: a URL or an absolute path.

    `https://…` anywhere and `http://…` on this computer, without query; `/mnt/share/wxpark.toml`,
    `C:\share\wxpark.toml`, `\\server\share\wxpark.toml`.
    """
    if not text.isprintable():
        return False
    if _URL_SCHEME.match(text) is None:
        return _ABSOLUTE_PATH.fullmatch(text) is not None
    parts = split_url(text)
    if parts is None or "?" in text or "#" in text or not parts.path.strip("/"):
        return False
    return parts.scheme == "https" or is_loopback(parts.hostname or "")
