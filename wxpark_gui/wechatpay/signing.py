"""The APIv2 signature (HMAC-SHA256), which proves that the sender knows the merchant key.

All non-empty fields but `sign`, sorted by name, joined as `name=value` by `&`, with the raw values:
neither XML- nor URL-escaped. `&key=KEY` is appended and the whole keyed with `KEY`; the result
stands in upper-case hex. (WeChat Pay, 接口规则: 签名算法.)
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
    """The text that is signed, without the key: it is safe to build, but not to log."""
    return "&".join(
        f"{name}={value}" for name, value in sorted(fields.items()) if value and name != "sign"
    )


def sign(fields: Mapping[str, str], key: Secret) -> str:
    """The signature over `fields`: 64 upper-case hex digits."""
    # Key and text are fed apart: an encoding error carries its whole text, and must not carry both.
    secret = key.reveal().encode()
    digest = hmac.new(secret, canonical_text(fields).encode(), hashlib.sha256)
    digest.update(b"&key=" + secret)
    return digest.hexdigest().upper()


def verify(fields: Mapping[str, str], key: Secret) -> bool:
    """True when `sign` is the signature over the other fields; compared in constant time."""
    given = fields.get("sign", "")
    if not _SIGNATURE.fullmatch(given):
        return False
    return hmac.compare_digest(sign(fields, key), given)
