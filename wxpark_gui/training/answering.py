"""Make the reply that WeChat would give to a request; the training gateway without sockets."""

from __future__ import annotations

import html
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TypeAlias

from wxpark_gui.domain.merchant import Secret
from wxpark_gui.training.request_rules import RefusedError, check_query, check_request
from wxpark_gui.training.scenario import Answer, PlateList, answer_for
from wxpark_gui.wechatpay import signing
from wxpark_gui.wechatpay.flat_xml import MalformedReply, parse_flat_xml
from wxpark_gui.wechatpay.notification import NOTIFICATION_PATH
from wxpark_gui.wechatpay.querystate import QUERYSTATE_PATH

OTHER_PLATE = "粤BD12345"
"""The owner's other plate in the replies to queries."""
DRIVER_ID = "oTraining0000000000000000000"
"""The `openid` in the replies to queries."""
OWNERS_PAGE = "pages/route/index"
"""The `path` of the driver's page, sent in the reply to a query if the driver must act."""

_ECHOED = ("appid", "mch_id", "sub_appid", "sub_mch_id")
_NONCE_BYTES = 16
_NO_CDATA = "]]>"


@dataclass(frozen=True, slots=True)
class ReceivedNotification:
    """A notification that passed the checks, whatever the reply to it.

    Attributes:
        plate: empty in the scene `PARKING SPACE`.
        space_number: empty in the scene `PARKING`.
        scene: `trade_scene` as received.
        start_time: 14 digits, Beijing time, as received.
        nonce_str, mch_id, sub_mch_id: as received.
        at: the time it was read; aware, UTC.
    """

    plate: str
    space_number: str
    scene: str
    start_time: str
    nonce_str: str
    mch_id: str
    sub_mch_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ReceivedQuery:
    """A query that passed the checks, whatever the reply to it.

    Attributes:
        plate: empty in a query by `openid` or `sub_openid`.
        nonce_str, mch_id, sub_mch_id: as received.
        at: the time it was read; aware, UTC.
    """

    plate: str
    nonce_str: str
    mch_id: str
    sub_mch_id: str
    at: datetime


Received: TypeAlias = ReceivedNotification | ReceivedQuery


@dataclass(frozen=True, slots=True)
class Reply:
    """The reply to one request, before a fault changes it.

    Attributes:
        fields: the fields of the reply, without `sign`.
        signed: False for `return_code` FAIL, which WeChat does not sign.
        received: the request; None if it failed a check.
    """

    fields: Mapping[str, str]
    signed: bool = True
    received: Received | None = None


def answer_request(path: str, body: bytes, key: Secret) -> Reply:
    """Check a request's form, signature and content as WeChat does; return the reply by `SCENARIO`.

    Args:
        path: one of `PATHS`.
    """
    try:
        request = parse_flat_xml(body)
    except MalformedReply:
        return _not_understood("XML格式错误")
    if not signing.verify(request, key):
        return _not_understood("签名错误")
    try:
        received = _READERS[path](request)
    except RefusedError as refused:
        answer = Answer(err_code=refused.err_code, err_code_des=refused.err_code_des)
        return Reply(_reply_fields(request, answer))
    answer = answer_for(_subject(received))
    if answer.return_msg:
        return _not_understood(answer.return_msg, answer.err_code, received)
    fields = _reply_fields(request, answer)
    if isinstance(received, ReceivedQuery):
        fields |= _owner_fields(received.plate, answer)
    return Reply(fields, received=received)


def _read_notification(request: Mapping[str, str]) -> ReceivedNotification:
    members = check_request(request)
    return ReceivedNotification(
        plate=members.get("plate_number", ""),
        space_number=members.get("space_number", ""),
        scene=request["trade_scene"],
        start_time=members["start_time"],
        nonce_str=request["nonce_str"],
        mch_id=request["mch_id"],
        sub_mch_id=request["sub_mch_id"],
        at=datetime.now(timezone.utc),
    )


def _read_query(request: Mapping[str, str]) -> ReceivedQuery:
    return ReceivedQuery(
        plate=check_query(request),
        nonce_str=request["nonce_str"],
        mch_id=request["mch_id"],
        sub_mch_id=request["sub_mch_id"],
        at=datetime.now(timezone.utc),
    )


def _subject(received: Received) -> str:
    """Return the plate or bay number that selects the answer; empty for a query by driver."""
    if isinstance(received, ReceivedQuery):
        return received.plate
    return received.plate or received.space_number


_READERS: Mapping[str, Callable[[Mapping[str, str]], Received]] = {
    NOTIFICATION_PATH: _read_notification,
    QUERYSTATE_PATH: _read_query,
}
PATHS = frozenset(_READERS)
"""URL paths that the gateway answers."""


def sign_fields(fields: Mapping[str, str], key: Secret) -> dict[str, str]:
    """Return the fields with `sign` added."""
    return {**fields, "sign": signing.sign(fields, key)}


def write_xml(fields: Mapping[str, str]) -> bytes:
    """Return a reply as XML in WeChat's style: one element a line, values in CDATA if possible."""
    lines = [f"<{name}>{_write_text(value)}</{name}>" for name, value in fields.items()]
    return "\n".join(["<xml>", *lines, "</xml>"]).encode()


def _write_text(value: str) -> str:
    return html.escape(value, quote=False) if _NO_CDATA in value else f"<![CDATA[{value}]]>"


def _not_understood(reason: str, err_code: str = "", received: Received | None = None) -> Reply:
    fields = {"return_code": "FAIL", "return_msg": reason, "err_code": err_code}
    present = {name: value for name, value in fields.items() if value}
    return Reply(present, signed=False, received=received)


def _reply_fields(request: Mapping[str, str], answer: Answer) -> dict[str, str]:
    fields = {"return_code": "SUCCESS", "return_msg": "OK"}
    fields |= {name: request[name] for name in _ECHOED if request.get(name)}
    fields["nonce_str"] = secrets.token_hex(_NONCE_BYTES)
    if answer.err_code:
        fields["result_code"] = "FAIL"
        fields["err_code"] = answer.err_code
        fields["err_code_des"] = answer.err_code_des
        return fields
    fields["result_code"] = "SUCCESS"
    if answer.user_state:
        fields["user_state"] = answer.user_state
    if answer.deduct_mode:
        fields["deduct_mode"] = answer.deduct_mode
    return fields


def _owner_fields(plate: str, answer: Answer) -> dict[str, str]:
    """Return the fields that only the reply to a query has; empty for an error."""
    if answer.err_code:
        return {}
    if answer.user_state != "NORMAL":
        return {"path": OWNERS_PAGE}
    fields = {"openid": DRIVER_ID}
    if answer.plate_list is PlateList.NO_PLATE:
        fields["path"] = OWNERS_PAGE
    elif answer.plate_list is PlateList.LISTED:
        fields["plate_number_info"] = _plate_number_info(plate, OTHER_PLATE)
    elif answer.plate_list is PlateList.OTHERS_ONLY:
        fields["plate_number_info"] = _plate_number_info(OTHER_PLATE)
    elif answer.plate_list is PlateList.UNREADABLE:
        fields["plate_number_info"] = _plate_number_info(plate)[:-1]
    return fields


def _plate_number_info(*plates: str) -> str:
    items = [{"plate_number": plate} for plate in plates]
    document = {"plate_number_info": items}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))
