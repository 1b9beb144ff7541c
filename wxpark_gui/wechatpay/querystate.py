"""The query for the present state of a plate's owner. It registers no entry.

`POST /vehicle/partnerpay/querystate` (用户状态查询, partner mode), without a client certificate.
Source marks: O WeChat's page, S several SDKs agree, C community text, I inferred.

Request: scene `PARKING` takes version `3.0` and exactly one of `openid`, `sub_openid` and
`plate_number` (O). A booth knows only the plate. `jump_scene` is left out: it only changes `path`
(I).

Reply: `user_state` as in the notification, `deduct_mode`, and three optional fields:

- `path`: the page to send the driver to; set for states that need an action of the driver (O), and
  with `NORMAL` for a user without a plate (C).
- `plate_number_info`: the plates of the user as JSON text
  `{"plate_number_info":[{"plate_number":"…", …}]}` (S).
- `plate_number_list`: the same before version 2.0, joined by `;` (C).

`NORMAL` is the state of the user, not of the plate. It counts only if every list in the reply has
the plate and the reply has no `path` (S, I). `openid` and the user's other plates are personal
data: never stored, logged or quoted in an exception.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping

from wxpark_gui.domain.verdict import UserState
from wxpark_gui.wechatpay.call import Call

QUERYSTATE_PATH = "/vehicle/partnerpay/querystate"

UNREADABLE_LIST = "NORMAL?"
"""State for `NORMAL` with an unreadable list of plates. It is unknown, so it is not shown as OK."""

_SCENE = "PARKING"
_VERSION = "3.0"
_NORMAL = UserState.NORMAL.value
_NOT_BOUND = UserState.NOT_BOUND.value


def query_call(plate: str) -> Call:
    """Return the query for `plate`, which is normalised."""
    fields = (("version", _VERSION), ("trade_scene", _SCENE), ("plate_number", plate))
    return Call(QUERYSTATE_PATH, fields)


def read_plate_state(fields: Mapping[str, str], plate: str) -> str:
    """Return `user_state`, but another state for `NORMAL` if the plate may not be bound.

    Args:
        fields: fields of a verified reply with `result_code` SUCCESS.

    Returns:
        `user_state` as received; empty if absent. Instead of `NORMAL`: `UNREADABLE_LIST` if a list
        of plates is unreadable, else the value of `UserState.NOT_BOUND` if a list lacks the plate
        or `path` is set.
    """
    state = fields.get("user_state", "")
    if state != _NORMAL:
        return state
    bound = _is_listed(fields, plate)
    if bound is None:
        return UNREADABLE_LIST
    return _NORMAL if bound and not fields.get("path") else _NOT_BOUND


def _is_listed(fields: Mapping[str, str], plate: str) -> bool | None:
    """Test if every list in the reply has the plate; True without lists, None if unreadable."""
    lists: list[Collection[str] | None] = []
    if text := fields.get("plate_number_info"):
        lists.append(_read_plates(text))
    if text := fields.get("plate_number_list"):
        lists.append(text.split(";"))
    if None in lists:
        return None
    return all(plate in plates for plates in lists if plates is not None)


def _read_plates(text: str) -> Collection[str] | None:
    """Return the plates in the JSON of `plate_number_info`; None if it has another form.

    A JSON error is not raised, because it would carry the whole text.
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
