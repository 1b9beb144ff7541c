"""One request of APIv2: signed fields, written as flat XML.

Every call carries the merchant's ids, a fresh nonce, the sign type and the signature; the rest is
its own. (WeChat Pay, 接口规则.)
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from wxpark_gui.domain.merchant import MerchantProfile, Secret
from wxpark_gui.wechatpay import signing

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Call:
    """One request before it is signed.

    Attributes:
        path: of the interface, from the slash on.
        fields: its own top-level fields, in the order of WeChat's page; without those that every
            call carries. Not in `repr`: they hold a plate.
    """

    path: str
    fields: tuple[tuple[str, str], ...] = field(repr=False)


def signed_fields(
    call: Call, merchant: MerchantProfile, nonce_str: str, key: Secret
) -> dict[str, str]:
    """All top-level fields in the order of WeChat's pages, empty ones left out, `sign` last.

    Args:
        nonce_str: at most 32 letters or digits, fresh for every attempt, a repeated one included.
    """
    fields = {
        "appid": merchant.appid,
        "mch_id": merchant.mch_id,
        "sub_appid": merchant.sub_appid,
        "sub_mch_id": merchant.sub_mch_id,
        "nonce_str": nonce_str,
        "sign_type": signing.SIGN_TYPE,
        **dict(call.fields),
    }
    present = {name: value for name, value in fields.items() if value}
    return {**present, "sign": signing.sign(present, key)}


def to_xml(fields: Mapping[str, str]) -> bytes:
    """`<xml>` with one element per field, UTF-8.

    Text is escaped: a CDATA section would end early at a value that contains `]]>`.

    Raises:
        ValueError: for a value with a character that XML cannot carry; it does not quote the value.
    """
    for name, value in fields.items():
        if _NOT_XML.search(value):
            raise ValueError(f"{name} holds a character that XML cannot carry")
    elements = (f"<{name}>{_escape(value)}</{name}>" for name, value in fields.items())
    return f"<xml>{''.join(elements)}</xml>".encode()


def _escape(value: str) -> str:
    """A parser turns a bare carriage return into a line feed, which would break the signature."""
    return html.escape(value, quote=False).replace("\r", "&#13;")
