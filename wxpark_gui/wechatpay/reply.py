"""Convert a reply, as received, to an outcome.

The checks, in order: HTTP status, compression, size, strict XML, signature, the ids of our own
request, replay, `return_code`, `result_code`, `user_state`. (用户入场通知: 返回结果.)

Anybody on the network can forge an unsigned reply, so it never counts as an answer: a web page or
an empty body is `INTERCEPTED`, a failure leaves the entry open, a success is `UNTRUSTED`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TypeAlias

from wxpark_gui.domain.delivery import Cause, Outcome
from wxpark_gui.domain.merchant import MerchantProfile, Secret
from wxpark_gui.wechatpay import signing
from wxpark_gui.wechatpay.classify import (
    NOT_A_MEMBER,
    classify_code,
    classify_text,
    classify_unsigned,
)
from wxpark_gui.wechatpay.flat_xml import MalformedReply, parse_flat_xml
from wxpark_gui.wechatpay.foreign import is_packed, read_foreign, read_older_form
from wxpark_gui.wechatpay.message import clean_message
from wxpark_gui.wechatpay.replay import SeenReplies, fingerprint

_OK = 200
_REQUEST_TIMEOUT = 408
_TOO_MANY_REQUESTS = 429
_SERVER_ERROR = 500
_LOGIN_REQUIRED = 511

_MD5 = re.compile("[0-9A-Fa-f]{32}")
_SECONDS = re.compile("[0-9]{1,9}")


ReadState: TypeAlias = Callable[[Mapping[str, str]], str]
"""Function that returns the owner's state from the fields of a verified success.

It never raises.
"""


def read_user_state(fields: Mapping[str, str]) -> str:
    """Return `user_state` as received; empty if absent."""
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
    """Return the outcome of a reply. No status, header or body makes it raise.

    Args:
        status: HTTP status; for any but 200 the body is ignored.
        body: as received, not decompressed; may be cut after 64 KiB and one byte.
        headers: `Content-Encoding`, `Content-Type`, `Retry-After` and `Date` are used, looked up
            in this spelling.
        merchant: the sender of the request.
        seen: accepted replies; a verified new one is added.
        read_state: returns `Outcome.user_state` for a success.

    Returns:
        An outcome without host and duration. `fingerprint` is set only for a new reply with
        verified signature and ids.
    """
    if status != _OK:
        return _read_status(status, headers)
    outcome = _read_body(body, headers, merchant, key, seen, read_state=read_state)
    return replace(outcome, reply_hash=hashlib.sha256(body).hexdigest())


def _read_status(status: int, headers: Mapping[str, str]) -> Outcome:
    if status == _TOO_MANY_REQUESTS:
        cause = Cause.RATE_LIMITED
    elif status == _REQUEST_TIMEOUT or (status >= _SERVER_ERROR and status != _LOGIN_REQUIRED):
        cause = Cause.BUSY
    else:
        # WeChat sends neither redirects nor 204; like 403, they come from a proxy or portal.
        # 511 means nothing else (RFC 6585, 6).
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
        # No compression was requested, and decompressing could exhaust the memory.
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
    """Return the outcome of a reply whose signature is missing or wrong.

    `return_code` FAIL is a failure. So is `result_code` FAIL, but only without a signature or with
    an MD5 one, as real gateways send it. Anything else is `UNTRUSTED`, and so is a failure that
    names another merchant.
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
    """Return the outcome of a failure that may be forged; its cause leaves the entry open."""
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
    """Return the outcome of a verified call; any `result_code` but SUCCESS is a failure."""
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
    """Test if the ids in the reply are those of our request.

    `sub_appid` may be absent; without `all_required` every id may be absent.
    """
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
    """Return `Retry-After` in seconds; None if it is absent or malformed.

    A date counts from the server's own `Date`.
    """
    given = headers.get("Retry-After", "").strip()
    if _SECONDS.fullmatch(given):
        return float(given)
    later, now = read_date(given), read_date(headers.get("Date", ""))
    if later is None or now is None:
        return None
    return max(0.0, (later - now).total_seconds())


def read_date(text: str) -> datetime | None:
    """Return an HTTP date as an aware time; None if it is malformed."""
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    # Only an aware time can be compared; a valid HTTP date has a zone.
    return moment if moment.tzinfo else None


def _untrusted(code: str, message: str = "") -> Outcome:
    return Outcome(Cause.UNTRUSTED, code=code, message=clean_message(message))
