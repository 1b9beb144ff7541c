"""Named faults of a reply, as caused by a network, a proxy or an attacker.

A fault changes either the transport of a reply (`timeout`, `reset`, …; see `connection`) or its
content (here; `replay` in `gateway`).
"""

from __future__ import annotations

import gzip
import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from wxpark_gui.domain.merchant import Secret
from wxpark_gui.training.answering import sign_fields, write_xml
from wxpark_gui.training.fault_names import Fault
from wxpark_gui.wechatpay import signing

__all__ = [
    "GROWN_BYTES",
    "HUGE_BYTES",
    "RETRY_AFTER_SECONDS",
    "Fault",
    "HttpReply",
    "http_page",
    "spoil_content",
]

_MEBIBYTE = 1024 * 1024

GROWN_BYTES = 48 * _MEBIBYTE
"""Number of line feeds after the reply in `gzip-bomb`; the gzip body is below 64 KiB."""

HUGE_BYTES = 8 * _MEBIBYTE
RETRY_AFTER_SECONDS = 30


@dataclass(frozen=True, slots=True)
class HttpReply:
    """An HTTP reply to send.

    Attributes:
        headers: those besides `Content-Length` and `Content-Type`.
        sized: send `Content-Length`; if False, closing the connection ends the body.
    """

    body: bytes
    status: int = 200
    content_type: str = "text/xml; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()
    sized: bool = True


def spoil_content(fault: Fault | None, fields: Mapping[str, str], key: Secret) -> HttpReply:
    """Return the signed reply with `fields`, changed if `fault` is one of content."""
    spoil = _CONTENT.get(fault, _as_it_should_be) if fault else _as_it_should_be
    return spoil(fields, key)


def http_page(fault: Fault | None) -> HttpReply | None:
    """Return the fixed reply of a fault, such as a portal's page; None for a fault without one."""
    return _PAGES.get(fault) if fault else None


def _as_it_should_be(fields: Mapping[str, str], key: Secret) -> HttpReply:
    return HttpReply(write_xml(sign_fields(fields, key)))


def _changed_after_signing(fields: Mapping[str, str], key: Secret) -> HttpReply:
    signed = sign_fields(fields, key)
    return HttpReply(write_xml({**signed, "nonce_str": secrets.token_hex(16)}))


def _without_signature(fields: Mapping[str, str], _key: Secret) -> HttpReply:
    return HttpReply(write_xml(fields))


def _signed_with_md5(fields: Mapping[str, str], key: Secret) -> HttpReply:
    text = signing.canonical_text(fields).encode() + b"&key=" + key.reveal().encode()
    digest = hashlib.md5(text, usedforsecurity=False)
    return HttpReply(write_xml({**fields, "sign": digest.hexdigest().upper()}))


def _for_another_merchant(fields: Mapping[str, str], key: Secret) -> HttpReply:
    ids = {name: _other_id(fields[name]) for name in ("mch_id", "sub_mch_id") if name in fields}
    return HttpReply(write_xml(sign_fields({**fields, **ids}, key)))


def _other_id(given: str) -> str:
    """Return an id of the same length with another last digit."""
    return given[:-1] + ("0" if given[-1] != "0" else "1")


def _growing(fields: Mapping[str, str], key: Secret) -> HttpReply:
    # A gzip body may have several members, so one compressed member is repeated.
    blanks = gzip.compress(b"\n" * _MEBIBYTE) * (GROWN_BYTES // _MEBIBYTE)
    body = gzip.compress(write_xml(sign_fields(fields, key))) + blanks
    return HttpReply(body, headers=(("Content-Encoding", "gzip"),))


def _endless(fields: Mapping[str, str], key: Secret) -> HttpReply:
    return HttpReply(write_xml(sign_fields(fields, key)) + b"\n" * HUGE_BYTES, sized=False)


def _with_entities(fields: Mapping[str, str], key: Secret) -> HttpReply:
    """Return a reply with XML entities, one of which names a file.

    If a parser resolved them, the signature would verify and the state would be `NORMAL`.
    """
    signed = sign_fields({**fields, "return_msg": "", "user_state": "NORMAL"}, key)
    document = write_xml(signed).decode()
    document = document.replace(
        "<user_state><![CDATA[NORMAL]]></user_state>", "<user_state>&state;</user_state>"
    ).replace("<return_msg><![CDATA[]]></return_msg>", "<return_msg>&leak;</return_msg>")
    entities = '<!ENTITY state "NORMAL"><!ENTITY leak SYSTEM "file:///etc/hostname">'
    return HttpReply(f"<!DOCTYPE xml [{entities}]>{document}".encode())


_CONTENT: Mapping[Fault, Callable[[Mapping[str, str], Secret], HttpReply]] = {
    Fault.BADSIGN: _changed_after_signing,
    Fault.UNSIGNED: _without_signature,
    Fault.MD5SIGN: _signed_with_md5,
    Fault.OTHER_MERCHANT: _for_another_merchant,
    Fault.GZIP_BOMB: _growing,
    Fault.HUGE: _endless,
    Fault.XXE: _with_entities,
}

_HTML = "text/html; charset=utf-8"

_PAGES: Mapping[Fault, HttpReply] = {
    Fault.HTTP_500: HttpReply(b"<html><h1>500</h1></html>", 500, _HTML),
    Fault.HTTP_429: HttpReply(
        b"<html><h1>429</h1></html>", 429, _HTML, (("Retry-After", str(RETRY_AFTER_SECONDS)),)
    ),
    # 307 makes a client that follows redirects send method and body again.
    Fault.REDIRECT: HttpReply(b"", 307, _HTML, (("Location", "/elsewhere"),)),
    Fault.CAPTIVE_PORTAL: HttpReply(
        "<!DOCTYPE html><html><title>上网认证</title><p>请先登录</p></html>".encode(), 200, _HTML
    ),
    Fault.EMPTY: HttpReply(b""),
    Fault.GZIP_PAGE: HttpReply(gzip.compress(b"<html>blocked</html>", mtime=0)),
    Fault.RETCODE: HttpReply(
        "<root><retcode>88221009</retcode><retmsg>参数不合法</retmsg></root>".encode()
    ),
    Fault.UNCLEAR_FAIL: HttpReply(
        write_xml({"return_code": "FAIL", "return_msg": "文档中没有的错误说明"})
    ),
}
