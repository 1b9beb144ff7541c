"""The question about a plate: its owner's state now. Registers nothing.

`POST /vehicle/partnerpay/querystate` (用户状态查询, partner mode), without a client certificate.
Source marks: O WeChat's page, S several SDKs agree, C community text, I inferred.

Request: scene `PARKING` takes version `3.0` and exactly one of `openid`, `sub_openid` and
`plate_number` (O). A booth has the plate alone; `jump_scene` only shapes `path`: left out (I).

Reply: `user_state` as in the notification, `deduct_mode`, and three optional fields:

- `path`: the page to send the driver to; comes with the states that need an action of his (O),
  and with `NORMAL` for a user without a plate (C).
- `plate_number_info`: the plates of the user as JSON text
  `{"plate_number_info":[{"plate_number":"…", …}]}` (S).
- `plate_number_list`: the same before version 2.0, joined by `;` (C).

`NORMAL` is the state of the user, not of the plate: it is believed only when every list that came
holds the plate and no `path` came (S, I). The lists name the user's other plates, and `openid` the
user: personal data, read for this one comparison and never kept, logged or raised.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping

from wxpark_gui.domain.verdict import UserState
from wxpark_gui.wechatpay.call import Call

QUERYSTATE_PATH = "/vehicle/partnerpay/querystate"

UNREADABLE_LIST = "NORMAL?"
"""Stands for `NORMAL` with a list of plates that cannot be read: no known state, never green."""

_SCENE = "PARKING"
_VERSION = "3.0"
_NORMAL = UserState.NORMAL.value
_NOT_BOUND = UserState.NOT_BOUND.value


def query_call(plate: str) -> Call:
    """The question about a normalised plate."""
    fields = (("version", _VERSION), ("trade_scene", _SCENE), ("plate_number", plate))
    return Call(QUERYSTATE_PATH, fields)


def read_plate_state(fields: Mapping[str, str], plate: str) -> str:
    """`user_state` as it holds for the plate.

    Args:
        fields: of a verified reply with `result_code` SUCCESS.

    Returns:
        `user_state` as received; for `NORMAL` it may be `UserState.NOT_BOUND` or `UNREADABLE_LIST`
        instead.
    """
    state = fields.get("user_state", "")
    if state != _NORMAL:
        return state
    bound = _is_listed(fields, plate)
    if bound is None:
        return UNREADABLE_LIST
    return _NORMAL if bound and not fields.get("path") else _NOT_BOUND


def _is_listed(fields: Mapping[str, str], plate: str) -> bool | None:
    """True when every list of the reply holds the plate; None when one cannot be read."""
    lists: list[Collection[str] | None] = []
    if text := fields.get("plate_number_info"):
        lists.append(_read_plates(text))
    if text := fields.get("plate_number_list"):
        lists.append(text.split(";"))
    if None in lists:
        return None
    return all(plate in plates for plates in lists if plates is not None)


def _read_plates(text: str) -> Collection[str] | None:
    """The plates of `plate_number_info`; None for any other form.

    Never raises: a JSON error would carry the whole text.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    items = document.get("plate_number_info") if isinstance(document, dict) else None
    if not isinstance(items, list):
        return None
    found = [item.get("plate_number") if isinstance(item, dict) else None for item in items]
    plates = [plate for plate in found if isinstance(plate, str) and plate]
    return plates if len(plates) == len(found) else None
