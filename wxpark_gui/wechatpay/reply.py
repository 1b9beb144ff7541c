"""From the bytes of a reply to an outcome. Each check presumes those before it.

Their order: HTTP status, size, strict XML, signature, the ids of our own request, not seen before,
`return_code`, `result_code`, `user_state`. (用户入场通知: 返回结果.) All calls share them; a call
may read the state of a verified success by more fields than `user_state`.

Anybody on the network can write an unsigned reply, so one never answers and never closes an entry:
a page or an empty body is the work of a middle box, a failure waits, a success is untrusted.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TypeAlias
from xml.parsers.expat import ExpatError

import xmltodict

from wxpark_gui.domain.delivery import Cause, Outcome
from wxpark_gui.domain.merchant import MerchantProfile, Secret
from wxpark_gui.wechatpay import signing
from wxpark_gui.wechatpay.classify import (
    NOT_A_MEMBER,
    classify_code,
    classify_text,
    classify_unsigned,
)
from wxpark_gui.wechatpay.foreign import is_packed, read_foreign, read_older_form
from wxpark_gui.wechatpay.message import clean_message
from wxpark_gui.wechatpay.replay import SeenReplies, fingerprint

REPLY_BYTES = 64 * 1024

_OK = 200
_REQUEST_TIMEOUT = 408
_TOO_MANY_REQUESTS = 429
_SERVER_ERROR = 500

_DECLARATION = re.compile("<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_NAME = re.compile("[A-Za-z_][A-Za-z0-9_]*")
_TEXT_BETWEEN = "#text"
_MD5 = re.compile("[0-9A-Fa-f]{32}")
_SECONDS = re.compile("[0-9]{1,9}")


ReadState: TypeAlias = Callable[[Mapping[str, str]], str]
"""Gives the owner's state from all fields of a verified success. Never raises."""


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


def read_user_state(fields: Mapping[str, str]) -> str:
    """`user_state` as received; empty when absent."""
    return fields.get("user_state", "")


def read_reply(
    status: int,
    body: bytes,
    headers: Mapping[str, str],
    *,
    merchant: MerchantProfile,
    key: Secret,
    seen: SeenReplies,
    read_state: ReadState = read_user_state,
) -> Outcome:
    """The outcome of a reply. Never raises for anything that came over the wire.

    Args:
        status: HTTP status; for any but 200 the body is not looked at.
        body: as received, undecoded; one byte more than 64 KiB is enough to show it is too large.
        headers: looked up by their usual spelling; `Content-Encoding`, `Content-Type`,
            `Retry-After` and `Date` matter.
        merchant: the sender of the request.
        read_state: gives `Outcome.user_state` of a success.

    Returns:
        An outcome without host and duration. `fingerprint` is set exactly when signature and ids
        were verified and the reply was new.
    """
    if status != _OK:
        return _read_status(status, headers)
    outcome = _read_body(body, headers, merchant, key, seen, read_state=read_state)
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
    *,
    read_state: ReadState,
) -> Outcome:
    if is_packed(body, headers):
        # No coding was asked for, and unpacking could fill the memory.
        return Outcome(Cause.INTERCEPTED, code="ENCODED")
    if not body.strip(b" \t\r\n\0"):
        return Outcome(Cause.INTERCEPTED, code="EMPTY")
    try:
        fields = parse_flat_xml(body)
    except MalformedReply as malformed:
        return read_foreign(body, headers) or _untrusted("MALFORMED", str(malformed))
    if "return_code" not in fields and "retcode" in fields:
        return read_older_form(fields["retcode"], fields.get("retmsg", ""))
    if not signing.verify(fields, key):
        return _read_unverified(fields, merchant)
    if not _names_merchant(fields, merchant):
        return _untrusted("OTHER_MERCHANT")
    if not fields.get("nonce_str"):
        return _untrusted("NO_NONCE")
    mark = fingerprint(fields["nonce_str"], fields["sign"])
    if not seen.claim(mark):
        return _untrusted("REPLAYED")
    return replace(_read_verified(fields, read_state), fingerprint=mark)


def _read_unverified(fields: Mapping[str, str], merchant: MerchantProfile) -> Outcome:
    """A reply without a good signature: untrusted, unless it is a failure without one, or MD5's.

    `return_code` FAIL never carries a signature; a failure with an MD5 one was seen in the field.
    """
    given = fields.get("sign", "")
    code = "BAD_SIGNATURE" if given else "UNSIGNED"
    return_code = fields.get("return_code")
    if return_code not in ("SUCCESS", "FAIL"):
        return _untrusted("NO_RETURN_CODE")
    failed_call = return_code == "FAIL"
    is_signed = bool(given) and not _MD5.fullmatch(given)
    if not failed_call and (is_signed or fields.get("result_code") != "FAIL"):
        return _untrusted(code)
    if not _names_merchant(fields, merchant, all_required=False):
        return _untrusted("OTHER_MERCHANT")
    return _read_unsigned_failure(fields)


def _read_unsigned_failure(fields: Mapping[str, str]) -> Outcome:
    """A failure that anybody could have written: it waits, or holds the queue for the settings."""
    err_code = fields.get("err_code", "")
    texts = [fields.get("err_code_des", "")]
    if fields.get("return_code") == "FAIL":
        texts.insert(0, fields.get("return_msg", ""))
    return Outcome(
        classify_unsigned(err_code, *texts),
        code=clean_message(err_code) or "FAIL",
        message=clean_message(" ".join(dict.fromkeys(filter(None, texts)))),
    )


def _read_verified(fields: Mapping[str, str], read_state: ReadState) -> Outcome:
    return_code = fields.get("return_code")
    if return_code == "SUCCESS":
        return _read_result(fields, read_state)
    if return_code == "FAIL":
        return_msg = fields.get("return_msg", "")
        cause = classify_text(return_msg)
        return Outcome(cause, code="FAIL", message=clean_message(return_msg))
    return _untrusted("NO_RETURN_CODE")


def _read_result(fields: Mapping[str, str], read_state: ReadState) -> Outcome:
    """The business result; an undocumented `result_code` is shown as received."""
    if fields.get("result_code") == "SUCCESS":
        return Outcome(
            Cause.ANSWERED,
            user_state=read_state(fields),
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
    """True when the ids are those of our request. `sub_appid` may always be absent."""
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


def _read_retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait: a number, or a date less the server's own `Date`."""
    given = headers.get("Retry-After", "").strip()
    if _SECONDS.fullmatch(given):
        return float(given)
    later, now = read_date(given), read_date(headers.get("Date", ""))
    if later is None or now is None:
        return None
    return max(0.0, (later - now).total_seconds())


def read_date(text: str) -> datetime | None:
    """An HTTP date as an aware time, or None."""
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    # Only an aware time can be compared; HTTP's always is.
    return moment if moment.tzinfo else None


def _untrusted(code: str, message: str = "") -> Outcome:
    return Outcome(Cause.UNTRUSTED, code=code, message=clean_message(message))
