"""Location of the operator's announcement of a new version, and the key of its signature."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

from wxpark_gui.domain.address import is_loopback, split_url

PLACE_LENGTH = 256

_URL_SCHEME = re.compile("[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_ABSOLUTE_PATH = re.compile(r"/[^/].*|[A-Za-z]:[\\/].+|\\\\[^\\]+\\[^\\]+\\.+")
_KEY_ALGORITHM = b"Ed"
_KEY_ID_LENGTH, _KEY_LENGTH = 8, 32


@dataclass(frozen=True, slots=True)
class PublicKey:
    """Ed25519 public key of `minisign`.

    Attributes:
        key_id: 8 bytes that each signature repeats, to tell a wrong key from a wrong signature.
        key: 32 bytes.
    """

    key_id: bytes
    key: bytes


def read_public_key(text: str) -> PublicKey:
    """Parse the last line of minisign's `.pub` file: 56 base64 characters that begin with `RW`.

    Raises:
        ValueError: the text is not such a key.
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
    """Location of the version file, and the public key that verifies its signature.

    Attributes:
        place: URL or path accepted by `is_place`; the signature is at `place` plus `.minisig`.
        key: text accepted by `read_public_key`.
        proxy_url: `http://host:port`, `system` for the system's proxy, or empty for a direct
            connection.
    """

    place: str
    key: str
    proxy_url: str = ""

    @property
    def is_url(self) -> bool:
        return _URL_SCHEME.match(self.place) is not None


def is_place(text: str) -> bool:
    r"""Test if a text is the URL or the absolute path of a file.

    URL: `https://` of any host or `http://` of a loopback host, without query and fragment. Path:
    `/mnt/share/wxpark.toml`, `C:\share\wxpark.toml` or `\\server\share\wxpark.toml`.
    """
    if not text.isprintable():
        return False
    if _URL_SCHEME.match(text) is None:
        return _ABSOLUTE_PATH.fullmatch(text) is not None
    parts = split_url(text)
    if parts is None or "?" in text or "#" in text or not parts.path.strip("/"):
        return False
    return parts.scheme == "https" or is_loopback(parts.hostname or "")
