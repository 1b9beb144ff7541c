"""From the bytes of a reply to an outcome: nothing is believed before the steps above it passed.

The order of belief: HTTP status, size, strict XML, `return_code`, signature, the ids of our own
request, not seen before, `result_code`, `user_state`. (用户入场通知: 返回结果.)
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from xml.parsers.expat import ExpatError

import xmltodict

from wxpark_gui.domain.delivery import Cause, Outcome
from wxpark_gui.domain.merchant import MerchantProfile, Secret
from wxpark_gui.wechatpay import signing
from wxpark_gui.wechatpay.classify import NOT_A_MEMBER, classify_code, classify_text
from wxpark_gui.wechatpay.replay import SeenReplies, fingerprint

REPLY_BYTES = 64 * 1024
MESSAGE_LENGTH = 200

_OK = 200
_REQUEST_TIMEOUT = 408
_TOO_MANY_REQUESTS = 429
_SERVER_ERROR = 500

_DECLARATION = re.compile("<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_NAME = re.compile("[A-Za-z_][A-Za-z0-9_]*")
_TEXT_BETWEEN = "#text"
_HTML = re.compile(rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|meta|script|title)\b")
_MD5 = re.compile("[0-9A-Fa-f]{32}")
_SECONDS = re.compile("[0-9]{1,9}")


class MalformedReply(ValueError):  # noqa: N818 - named for what arrived, in requests and replies
    """The bytes are not one flat level of XML. The text never quotes them."""


def parse_flat_xml(body: bytes) -> dict[str, str]:
    """The fields of `<xml><name>value</name>…</xml>`, values as they stand, white space included.

    Raises:
        MalformedReply: more than 64 KiB, not UTF-8, a document type or entity declaration, another
            root, a nested or repeated field, an attribute, text between the fields.
    """
    if len(body) > REPLY_BYTES:
        raise MalformedReply("too large")
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        # The decoder's own error carries the whole body.
        raise MalformedReply("not UTF-8") from None
    if _DECLARATION.search(text):
        raise MalformedReply("declares a document type or an entity")
    try:
        document = xmltodict.parse(text, strip_whitespace=False)
    except (ExpatError, ValueError):
        raise MalformedReply("not XML") from None
    root = document.get("xml")
    if len(document) != 1 or not isinstance(root, dict):
        raise MalformedReply("no fields in an xml element")
    return dict(_read_fields(root))


def _read_fields(root: dict[str, object]) -> list[tuple[str, str]]:
    fields = []
    for name, value in root.items():
        if name == _TEXT_BETWEEN and isinstance(value, str) and not value.strip():
            continue
        if not _NAME.fullmatch(name):
            raise MalformedReply("an attribute, text or a foreign name between the fields")
        if value is not None and not isinstance(value, str):
            raise MalformedReply("a nested or repeated field")
        fields.append((name, value or ""))
    return fields


def read_reply(
    status: int,
    body: bytes,
    headers: Mapping[str, str],
    *,
    merchant: MerchantProfile,
    key: Secret,
    seen: SeenReplies,
) -> Outcome:
    """What a reply means. Never raises for anything that came over the wire.

    Args:
        status: HTTP status; for any but 200 the body is not looked at.
        body: as received, undecoded; one byte more than 64 KiB is enough to show it is too large.
        headers: looked up by their usual spelling; `Content-Encoding`, `Content-Type`,
            `Retry-After` and `Date` matter.
        merchant: whose request it answers.

    Returns:
        An outcome without host and duration. `fingerprint` is set exactly when signature and ids
        were verified and the reply was new.
    """
    if status != _OK:
        return _read_status(status, headers)
    outcome = _read_body(body, headers, merchant, key, seen)
    return replace(outcome, reply_hash=hashlib.sha256(body).hexdigest())


def _read_status(status: int, headers: Mapping[str, str]) -> Outcome:
    if status == _TOO_MANY_REQUESTS:
        cause = Cause.RATE_LIMITED
    elif status == _REQUEST_TIMEOUT or status >= _SERVER_ERROR:
        cause = Cause.BUSY
    else:
        # A redirect or a success without a body is as foreign here as 403: WeChat sends none.
        cause = Cause.INTERCEPTED
    return Outcome(cause, code=f"HTTP {status}", retry_after=_read_retry_after(headers))


def _read_body(
    body: bytes,
    headers: Mapping[str, str],
    merchant: MerchantProfile,
    key: Secret,
    seen: SeenReplies,
) -> Outcome:
    if headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        # None was asked for, and unpacking could fill the memory.
        return _untrusted("ENCODED")
    try:
        fields = parse_flat_xml(body)
    except MalformedReply as malformed:
        if _is_web_page(body, headers):
            return Outcome(Cause.INTERCEPTED, code="WEB_PAGE")
        return _untrusted("MALFORMED", str(malformed))

    return_code = fields.get("return_code")
    if return_code == "FAIL":
        return _read_misunderstanding(fields.get("return_msg", ""))
    if return_code != "SUCCESS":
        return _untrusted("NO_RETURN_CODE")
    if not signing.verify(fields, key):
        return _read_unverified(fields, merchant)
    if not _names_merchant(fields, merchant):
        return _untrusted("OTHER_MERCHANT")
    if not fields.get("nonce_str"):
        return _untrusted("NO_NONCE")
    mark = fingerprint(fields["nonce_str"], fields["sign"])
    if not seen.claim(mark):
        return _untrusted("REPLAYED")
    return replace(_read_result(fields), fingerprint=mark)


def _read_misunderstanding(return_msg: str) -> Outcome:
    """`return_code` FAIL: it never carries a signature, so it may only ever be a failure."""
    cause = classify_text(return_msg)
    if cause is Cause.ANSWERED:
        return _untrusted("UNSIGNED", return_msg)
    return Outcome(cause, code="FAIL", message=clean_message(return_msg))


def _read_unverified(fields: Mapping[str, str], merchant: MerchantProfile) -> Outcome:
    """A reply without a good signature is untrusted, but for a failure that bears none, or MD5's.

    Such failures have been seen in the wild. Believing them gives a forger no more than the
    unsigned `return_code` FAIL does, and keeps a busy gateway from looking like an attack.
    """
    given = fields.get("sign", "")
    unsigned = not given or bool(_MD5.fullmatch(given))
    code = "BAD_SIGNATURE" if given else "UNSIGNED"
    if not unsigned or fields.get("result_code") != "FAIL":
        return _untrusted(code)
    if not _names_merchant(fields, merchant, all_required=False):
        return _untrusted("OTHER_MERCHANT")
    outcome = _read_result(fields)
    return _untrusted(code) if outcome.cause is Cause.ANSWERED else outcome


def _read_result(fields: Mapping[str, str]) -> Outcome:
    """The business result; an undocumented `result_code` is shown as received."""
    if fields.get("result_code") == "SUCCESS":
        return Outcome(
            Cause.ANSWERED,
            user_state=fields.get("user_state", ""),
            deduct_mode=fields.get("deduct_mode", ""),
        )
    code = fields.get("err_code", "")
    message = fields.get("err_code_des", "")
    cause = classify_code(code, message)
    return Outcome(
        cause,
        user_state=NOT_A_MEMBER if cause is Cause.ANSWERED else "",
        code=clean_message(code or fields.get("result_code", "")),
        message=clean_message(message),
    )


def _names_merchant(
    fields: Mapping[str, str], merchant: MerchantProfile, *, all_required: bool = True
) -> bool:
    """Whether the ids are those of our request. `sub_appid` may always be absent."""
    required = {
        "appid": merchant.appid,
        "mch_id": merchant.mch_id,
        "sub_mch_id": merchant.sub_mch_id,
    }
    for name, own in required.items():
        given = fields.get(name, "")
        if given != own and (given or all_required):
            return False
    return fields.get("sub_appid", "") in ("", merchant.sub_appid)


def _is_web_page(body: bytes, headers: Mapping[str, str]) -> bool:
    """A captive portal's page, by its own word or by how it begins."""
    if headers.get("Content-Type", "").lower().startswith("text/html"):
        return True
    return bool(_HTML.match(body.removeprefix(b"\xef\xbb\xbf")[:4096].lower()))


def _read_retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait: given as such, or as a date, which is held against the server's own."""
    given = headers.get("Retry-After", "").strip()
    if _SECONDS.fullmatch(given):
        return float(given)
    later, now = _read_date(given), _read_date(headers.get("Date", ""))
    if later is None or now is None:
        return None
    return max(0.0, (later - now).total_seconds())


def _read_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    # Only an aware time can be compared; HTTP's always is.
    return moment if moment.tzinfo else None


def _untrusted(code: str, message: str = "") -> Outcome:
    return Outcome(Cause.UNTRUSTED, code=code, message=clean_message(message))


def clean_message(text: str) -> str:
    """At most 200 characters on one line, without anything that could steer a terminal."""
    printable = "".join(c if c.isprintable() else " " for c in text[: 4 * MESSAGE_LENGTH])
    return " ".join(printable.split())[:MESSAGE_LENGTH]
