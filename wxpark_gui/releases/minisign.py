"""Verification of `minisign` signatures.

A signature file has four lines:

1. `untrusted comment: …`
2. base64 of algorithm (2 bytes), key id (8) and signature (64)
3. `trusted comment: …`
4. base64 of a second signature (64 bytes)

With algorithm `ED` the first signature signs the file's BLAKE2b-512 hash. The second signs the
first signature followed by the text of the trusted comment.

The legacy algorithm `Ed`, over the file itself, is refused: minisign writes it only with `-l`, and
one algorithm is easier to verify than two.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass

from wxpark_gui.domain.errors import VersionFileUntrustedError
from wxpark_gui.domain.release_source import PublicKey

_ALGORITHM, _LEGACY_ALGORITHM = b"ED", b"Ed"
_UNTRUSTED, _TRUSTED = b"untrusted comment: ", b"trusted comment: "
_LINES = 4
_KEY_ID = slice(2, 10)
_SIGNATURE = slice(10, 74)
_SIGNATURE_LINE_LENGTH, _SIGNATURE_LENGTH = 74, 64


@dataclass(frozen=True, slots=True)
class _Signature:
    """Parts of a signature file. `comment` is the trusted comment without its prefix."""

    key_id: bytes
    signature: bytes
    comment: bytes
    comment_signature: bytes


def verify(content: bytes, signature_file: bytes, key: PublicKey) -> None:
    """Verify that the holder of the key signed this content.

    Raises:
        VersionFileUntrustedError: the signature is malformed or does not verify; `detail` says why.
    """
    found = _read(signature_file)
    if found.key_id != key.key_id:
        raise VersionFileUntrustedError("signed with another key")
    if not _fits(key, found.signature, hashlib.blake2b(content).digest()):
        raise VersionFileUntrustedError("not the file that was signed")
    if not _fits(key, found.comment_signature, found.signature + found.comment):
        raise VersionFileUntrustedError("not the comment that was signed")


def _fits(key: PublicKey, signature: bytes, message: bytes) -> bool:
    # Imported late: it would be the slowest import of the console tool.
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415
        Ed25519PublicKey,
    )

    try:
        Ed25519PublicKey.from_public_bytes(key.key).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def _read(signature_file: bytes) -> _Signature:
    lines = [line.rstrip(b"\r") for line in signature_file.rstrip(b"\r\n").split(b"\n")]
    well_formed = (
        len(lines) == _LINES and lines[0].startswith(_UNTRUSTED) and lines[2].startswith(_TRUSTED)
    )
    if not well_formed:
        raise VersionFileUntrustedError("not a signature of minisign")
    signature = _decode(lines[1])
    if signature.startswith(_LEGACY_ALGORITHM):
        raise VersionFileUntrustedError("signed in the legacy format; sign without -l")
    comment_signature = _decode(lines[3])
    if (
        not signature.startswith(_ALGORITHM)
        or len(signature) != _SIGNATURE_LINE_LENGTH
        or len(comment_signature) != _SIGNATURE_LENGTH
    ):
        raise VersionFileUntrustedError("not a signature of minisign")
    comment = lines[2].removeprefix(_TRUSTED)
    return _Signature(signature[_KEY_ID], signature[_SIGNATURE], comment, comment_signature)


def _decode(line: bytes) -> bytes:
    try:
        return base64.b64decode(line, validate=True)
    except binascii.Error:
        raise VersionFileUntrustedError("not a signature of minisign") from None
