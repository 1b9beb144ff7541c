"""Makes valid and invalid signatures in minisign's format."""

from __future__ import annotations

import base64
import hashlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

COMMENT = b"timestamp:1772337906\tfile:wxpark.toml\thashed"
DOCUMENT = b'version = "1.2.0"\nwhere = "\\\\\\\\server\\\\apps\\\\wxpark"\n'


class Signer:
    """One key pair, and signatures made with it."""

    def __init__(self, key_id: bytes = b"operator") -> None:
        self.key_id = key_id
        self._private = Ed25519PrivateKey.generate()

    @property
    def public(self) -> str:
        """The key line of the `.pub` file."""
        return _line(b"Ed" + self.key_id + self._private.public_key().public_bytes_raw())

    def sign(
        self,
        content: bytes,
        *,
        comment: bytes = COMMENT,
        algorithm: bytes = b"ED",
        key_id: bytes | None = None,
    ) -> bytes:
        """Return the content of the `.minisig` file for `content`.

        Args:
            algorithm: b"ED" to sign the BLAKE2b hash of the content, b"Ed" to sign the content
                itself.
            key_id: key id to write, if not that of the key pair.
        """
        message = hashlib.blake2b(content).digest() if algorithm == b"ED" else content
        signature = self._private.sign(message)
        head = algorithm + (self.key_id if key_id is None else key_id) + signature
        return join(head, comment, self._private.sign(signature + comment))


def join(head: bytes, comment: bytes, comment_signature: bytes) -> bytes:
    """Return the four lines of a `.minisig` file."""
    return "\n".join(
        (
            "untrusted comment: signature of a test",
            _line(head),
            f"trusted comment: {comment.decode()}",
            _line(comment_signature),
            "",
        )
    ).encode()


def _line(content: bytes) -> str:
    return base64.b64encode(content).decode()
