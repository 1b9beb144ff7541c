"""Bodies that are no APIv2 reply: web pages, compressed bodies, replies of an older gateway."""

from __future__ import annotations

import re
from collections.abc import Mapping

from wxpark_gui.domain.delivery import Cause, Outcome
from wxpark_gui.wechatpay.message import clean_message

_PROLOGUE = re.compile(r"(?:\s|<\?xml[^>]*\?>|<!--.*?-->)*", re.DOTALL)
_CLAIM = re.compile(r"<xml\b|return_code|<!ENTITY", re.IGNORECASE)
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body|meta|script|title)\b", re.IGNORECASE)
_WEB_TYPES = ("text/html", "application/xhtml+xml")
_UNPACKED = frozenset({"", "identity", "utf-8", "utf8"})
"""Values of `Content-Encoding` for a body that is not compressed.

Some servers name the character set there by mistake.
"""

_GZIP = b"\x1f\x8b"
_RETCODE = re.compile(r"<retcode>\s*(?:<!\[CDATA\[)?([^<\]]*)", re.IGNORECASE)
_RETMSG = re.compile(r"<retmsg>\s*(?:<!\[CDATA\[)?([^<\]]*)", re.IGNORECASE)


def is_packed(body: bytes, headers: Mapping[str, str]) -> bool:
    """Test if the body is compressed, by `Content-Encoding` or by the first bytes of gzip."""
    coding = headers.get("Content-Encoding", "identity").strip().lower()
    return coding not in _UNPACKED or body.startswith(_GZIP)


def read_foreign(body: bytes, headers: Mapping[str, str]) -> Outcome | None:
    """Return the outcome of a body that is no APIv2 reply; None if it looks like one.

    The cause is `UNCLEAR_REFUSAL` for an older gateway's `retcode`, else `INTERCEPTED`.
    """
    text = _decode(body)
    if code := _RETCODE.search(text):
        message = _RETMSG.search(text)
        return read_older_form(code[1], message[1] if message else "")
    if _is_web_page(text, headers):
        return Outcome(Cause.INTERCEPTED, code="WEB_PAGE")
    if not _CLAIM.search(text):
        return Outcome(Cause.INTERCEPTED, code="NOT_WECHAT")
    return None


def read_older_form(retcode: str, retmsg: str) -> Outcome:
    """Return `UNCLEAR_REFUSAL` with the unsigned `retcode` and `retmsg` of an older gateway."""
    code, message = clean_message(retcode), clean_message(retmsg)
    return Outcome(Cause.UNCLEAR_REFUSAL, code=code or "RETCODE", message=message)


def _decode(body: bytes) -> str:
    """Decode as UTF-8, else as GB 18030 with replacement characters for invalid bytes."""
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("gb18030", errors="replace")


def _is_web_page(text: str, headers: Mapping[str, str]) -> bool:
    """Test if the body is HTML or XHTML, by its `Content-Type` or its first 4096 characters."""
    if headers.get("Content-Type", "").strip().lower().startswith(_WEB_TYPES):
        return True
    beginning = text[:4096]
    prologue = _PROLOGUE.match(beginning)
    return bool(_HTML.match(beginning, prologue.end() if prologue else 0))
