"""One request of APIv2: signed fields, written as flat XML.

Besides its own fields every request has the merchant's ids, a fresh nonce, the sign type and the
signature. (WeChat Pay, 接口规则.)
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from wxpark_gui.domain.merchant import MerchantProfile, Secret
from wxpark_gui.wechatpay import signing

_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Call:
    """One request before it is signed.

    Attributes:
        path: path of the URL, with its leading slash.
        fields: top-level fields in the order of WeChat's page, without those that every request
            has. Not in `repr`, because they hold a plate.
    """

    path: str
    fields: tuple[tuple[str, str], ...] = field(repr=False)


def signed_fields(
    call: Call, merchant: MerchantProfile, nonce_str: str, key: Secret
) -> dict[str, str]:
    """Return the non-empty top-level fields in the order of WeChat's pages, with `sign` last.

    Args:
        nonce_str: at most 32 letters or digits; a new one for every attempt, repeats included.
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
    """Return `<xml>` with one element per field, in UTF-8.

    Values are escaped, not put into CDATA, which `]]>` in a value would end early.

    Raises:
        ValueError: a value has a character that XML forbids. The message does not quote the value.
    """
    for name, value in fields.items():
        if _NOT_XML.search(value):
            raise ValueError(f"{name} holds a character that XML cannot carry")
    elements = (f"<{name}>{_escape(value)}</{name}>" for name, value in fields.items())
    return f"<xml>{''.join(elements)}</xml>".encode()


def _escape(value: str) -> str:
    """Escape `&`, `<`, `>` and carriage return.

    XML parsers read a bare carriage return as a line feed, which would break the signature.
    """
    return html.escape(value, quote=False).replace("\r", "&#13;")
