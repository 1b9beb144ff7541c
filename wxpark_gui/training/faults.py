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
from enum import Enum

from wxpark_gui.domain.merchant import Secret
from wxpark_gui.training.answering import sign_fields, write_xml
from wxpark_gui.wechatpay import signing

_MEBIBYTE = 1024 * 1024

GROWN_BYTES = 48 * _MEBIBYTE
"""Number of line feeds after the reply in `gzip-bomb`; the gzip body is below 64 KiB."""

HUGE_BYTES = 8 * _MEBIBYTE
RETRY_AFTER_SECONDS = 30


class Fault(Enum):
    """Faults of a reply. The values are the names for `wxpark gateway --fault`."""

    TIMEOUT = "timeout"
    """The request is read and never answered."""
    RESET = "reset"
    """The connection is reset after the request was read."""
    CLOSE_AFTER_READ = "close-after-read"
    """The connection is closed in order after the request was read."""
    SLOW = "slow"
    """The correct reply after `slow_seconds`, 2 s by default."""
    DRIP = "drip"
    """The correct reply, one byte at a time, so that no single read times out."""
    EARLY_HINTS = "early-hints"
    """An informational reply (103) before the correct reply."""
    HTTP_500 = "http500"
    """A server error, as HTML."""
    HTTP_429 = "http429"
    """Too many requests, with `Retry-After`."""
    REDIRECT = "redirect"
    """Status 307, which tells the client to send the signed body to another path."""
    CAPTIVE_PORTAL = "captive-portal"
    """A log-in page with status 200, as a hotel's network sends it."""
    EMPTY = "empty"
    """Status 200 with an empty body, as some proxies send it."""
    GZIP_PAGE = "gzip-page"
    """A proxy's web page, compressed unasked and without `Content-Encoding`."""
    RETCODE = "retcode"
    """`retcode` and `retmsg`, the form of an older gateway."""
    UNCLEAR_FAIL = "unclear-fail"
    """An unsigned `return_code` FAIL with a text that no document names."""
    BADSIGN = "badsign"
    """One field was changed after signing."""
    UNSIGNED = "unsigned"
    """The correct reply without `sign`."""
    MD5SIGN = "md5sign"
    """The correct reply, signed with MD5 although the request uses HMAC-SHA256."""
    REPLAY = "replay"
    """The first signed reply under this fault, repeated for every request."""
    OTHER_MERCHANT = "other-merchant"
    """A signed reply with the ids of another merchant."""
    GZIP_BOMB = "gzip-bomb"
    """The correct reply, compressed, followed by 48 MiB of line feeds."""
    HUGE = "huge"
    """The correct reply followed by 8 MiB of line feeds, without `Content-Length`."""
    XXE = "xxe"
    """A document type with two entities: one is the state, one reads a file of the client."""


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
