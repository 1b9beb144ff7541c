"""The APIv2 signature (HMAC-SHA256), which proves that the sender knows the merchant key.

The text to sign is all non-empty fields but `sign`, sorted by name and joined as `name=value` by
`&`, then `&key=KEY`. Values are raw, neither XML- nor URL-escaped. The signature is the text's HMAC
with `KEY`, in upper-case hex. (WeChat Pay, 接口规则: 签名算法.)
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping

from wxpark_gui.domain.merchant import Secret

SIGN_TYPE = "HMAC-SHA256"

_SIGNATURE = re.compile("[0-9A-F]{64}")


def canonical_text(fields: Mapping[str, str]) -> str:
    """Return the text to sign, without `&key=KEY`. It has personal data and must not be logged."""
    return "&".join(
        f"{name}={value}" for name, value in sorted(fields.items()) if value and name != "sign"
    )


def sign(fields: Mapping[str, str], key: Secret) -> str:
    """Return the signature of `fields`: 64 upper-case hex digits."""
    # Key and text are encoded apart: an encoding error of the text must not carry the key.
    secret = key.reveal().encode()
    digest = hmac.new(secret, canonical_text(fields).encode(), hashlib.sha256)
    digest.update(b"&key=" + secret)
    return digest.hexdigest().upper()


def verify(fields: Mapping[str, str], key: Secret) -> bool:
    """Test if `sign` is the signature of the other fields, in constant time; False without one."""
    given = fields.get("sign", "")
    if not _SIGNATURE.fullmatch(given):
        return False
    return hmac.compare_digest(sign(fields, key), given)
