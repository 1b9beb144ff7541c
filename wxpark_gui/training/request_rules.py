"""The rules by which WeChat accepts or refuses a 用户入场通知 and a 用户状态查询.

They share no code with the checks on the sending side, so that a mistake there is found here. The
rules are those of the official page: a table of top-level fields, and a table of members of
`scene_info`, which is a JSON text `{"scene_info": {…}}` in one XML field and differs by
`trade_scene`. A query has top-level fields only, among them one of three that name the car or its
driver.
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from urllib.parse import urlsplit

PARKING = "PARKING"
PARKING_SPACE = "PARKING SPACE"

SCENE_INFO_BYTES = 1024
"""Limit of `scene_info` in bytes of UTF-8. WeChat's page may mean characters instead."""

_VERSIONS = {PARKING: "3.0", PARKING_SPACE: "2.0"}
_QUERY_VERSIONS = {**_VERSIONS, "GAS": "2.0", "HIGHWAY": "2.0"}
_QUERY_SUBJECTS = ("plate_number", "openid", "sub_openid")
_JUMP_SCENES = frozenset({"", "APP", "H5"})
_CAR_TYPES = frozenset({"小型车", "大型车"})
_DIGITS = re.compile("[0-9]+")
_START_TIME = re.compile("[0-9]{14}")
_LOCAL_HOST = "localhost"


class RefusedError(Exception):
    """WeChat would refuse the request.

    Attributes:
        err_code: `LACK_PARAMS` for something missing, else `PARAM_ERROR`.
        err_code_des: names the field and its fault; never quotes its value.
    """

    def __init__(self, err_code: str, err_code_des: str) -> None:
        super().__init__(f"{err_code}: {err_code_des}")
        self.err_code = err_code
        self.err_code_des = err_code_des


class Presence(Enum):
    """The presence of a member of `scene_info` in a scene."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class TopLevelRule:
    """One top-level field of the XML; `longest` is its limit in characters."""

    name: str
    longest: int
    required: bool = True


@dataclass(frozen=True, slots=True)
class MemberRule:
    """One member of `scene_info`.

    Attributes:
        longest: limit in characters.
        parking, parking_space: its presence in that scene.
        accepts: returns True for a valid value; not called for an empty one.
        expected: description of a valid value, for `err_code_des`.
    """

    name: str
    longest: int
    parking: Presence
    parking_space: Presence
    accepts: Callable[[str], bool] = bool
    expected: str = ""

    def presence(self, scene: str) -> Presence:
        return self.parking if scene == PARKING else self.parking_space


def check_request(fields: Mapping[str, str]) -> Mapping[str, str]:
    """Check a notification; return the members of its `scene_info`.

    Args:
        fields: all fields of the XML. The signature is not checked here.

    Raises:
        RefusedError: a rule is broken; the error names the first one.
    """
    _check_top_level(fields, _TOP_LEVEL)
    scene = _check_scene(fields, _VERSIONS)
    members = _read_scene_info(fields["scene_info"])
    for member_rule in _MEMBERS:
        _check_member(member_rule, members.get(member_rule.name, ""), scene)
    # Undocumented, but without a driver's id the gateway cannot find an owner.
    if scene == PARKING_SPACE and not (members.get("openid") or members.get("sub_openid")):
        raise _missing("sub_openid")
    return members


def check_query(fields: Mapping[str, str]) -> str:
    """Check a query; return its plate, or an empty text if it has a driver's id.

    Args:
        fields: all fields of the XML. The signature is not checked here.

    Raises:
        RefusedError: a rule is broken; the error names the first one.
    """
    _check_top_level(fields, _QUERY_TOP_LEVEL)
    _check_scene(fields, _QUERY_VERSIONS)
    if fields.get("scene_info"):
        raise _wrong("scene_info", "不属于此接口")
    if fields.get("jump_scene", "") not in _JUMP_SCENES:
        raise _wrong("jump_scene", "应为 APP 或 H5")
    subjects = [name for name in _QUERY_SUBJECTS if fields.get(name)]
    if not subjects:
        raise _missing("plate_number")
    if len(subjects) > 1:
        raise _wrong(subjects[1], "与 plate_number、openid、sub_openid 三选一")
    plate = fields.get("plate_number", "")
    if plate and not plate.isalnum():
        raise _wrong("plate_number", "不能有特殊字符")
    return plate


def _check_top_level(fields: Mapping[str, str], rules: Sequence[TopLevelRule]) -> None:
    for rule in rules:
        _check_length(rule.name, fields.get(rule.name, ""), rule.longest, required=rule.required)


def _check_scene(fields: Mapping[str, str], versions: Mapping[str, str]) -> str:
    """Check `trade_scene`, `sign_type` and `version`; return the scene.

    Raises:
        RefusedError: one of them is invalid.
    """
    scene = fields["trade_scene"]
    if scene not in versions:
        raise _wrong("trade_scene", f"应为 {' 或 '.join(versions)}")
    if fields["sign_type"] != "HMAC-SHA256":
        raise _wrong("sign_type", "应为 HMAC-SHA256")
    if fields["version"] != versions[scene]:
        raise _wrong("version", f"此场景应为 {versions[scene]}")
    return scene


def _missing(name: str) -> RefusedError:
    return RefusedError("LACK_PARAMS", f"{name}: 缺少")


def _wrong(name: str, remark: str) -> RefusedError:
    return RefusedError("PARAM_ERROR", f"{name}: {remark}")


def _check_length(name: str, value: str, longest: int, *, required: bool) -> None:
    if required and not value:
        raise _missing(name)
    if len(value) > longest:
        raise _wrong(name, f"超过 {longest} 个字符")


def _read_scene_info(text: str) -> Mapping[str, str]:
    if len(text.encode()) > SCENE_INFO_BYTES:
        raise _wrong("scene_info", f"超过 {SCENE_INFO_BYTES} 字节")
    try:
        outer = json.loads(text)
    except (ValueError, RecursionError):
        raise _wrong("scene_info", "不是 JSON") from None
    inner = outer.get("scene_info") if isinstance(outer, dict) else None
    if not isinstance(inner, dict):
        raise _wrong("scene_info", '应为 {"scene_info":{…}}')
    for name, value in inner.items():
        if not isinstance(value, str):
            raise _wrong(name, "应为字符串")
    return inner


def _check_member(rule: MemberRule, value: str, scene: str) -> None:
    presence = rule.presence(scene)
    if presence is Presence.ABSENT and value:
        raise _wrong(rule.name, f"不属于场景 {scene}")
    _check_length(rule.name, value, rule.longest, required=presence is Presence.REQUIRED)
    if value and not rule.accepts(value):
        raise _wrong(rule.name, rule.expected)


def _is_start_time(text: str) -> bool:
    if not _START_TIME.fullmatch(text):
        return False
    try:
        # This only checks that the time exists; any zone will do.
        datetime.strptime(f"{text}+0800", "%Y%m%d%H%M%S%z")
    except ValueError:
        return False
    return True


def _is_notify_url(url: str) -> bool:
    """Test if the URL is https, or http to a private address or localhost, without `?` and `#`."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    if not host or "?" in url or "#" in url:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_private(host))


def _is_private(host: str) -> bool:
    if host == _LOCAL_HOST:
        return True
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return False


def _is_digits(text: str) -> bool:
    return bool(_DIGITS.fullmatch(text))


def _is_car_type(text: str) -> bool:
    return text in _CAR_TYPES


_EVERY_CALL = (
    TopLevelRule("appid", 32),
    TopLevelRule("mch_id", 32),
    TopLevelRule("sub_appid", 32, required=False),
    TopLevelRule("sub_mch_id", 32),
    TopLevelRule("nonce_str", 32),
    TopLevelRule("sign_type", 32),
    TopLevelRule("version", 32),
    TopLevelRule("trade_scene", 16),
)
_TOP_LEVEL = (*_EVERY_CALL, TopLevelRule("scene_info", SCENE_INFO_BYTES))
_QUERY_TOP_LEVEL = (
    *_EVERY_CALL,
    *(TopLevelRule(name, 32, required=False) for name in _QUERY_SUBJECTS),
)

_ANYWHERE = (Presence.REQUIRED, Presence.REQUIRED)
_IF_KNOWN = (Presence.OPTIONAL, Presence.OPTIONAL)
_BAY_ONLY = (Presence.ABSENT, Presence.OPTIONAL)

_MEMBERS = (
    MemberRule("start_time", 14, *_ANYWHERE, _is_start_time, "应为 yyyyMMddHHmmss"),
    MemberRule(
        "plate_number", 32, Presence.REQUIRED, Presence.ABSENT, str.isalnum, "不能有特殊字符"
    ),
    MemberRule("car_type", 16, *_IF_KNOWN, _is_car_type, "应为 小型车 或 大型车"),
    MemberRule("parking_name", 32, Presence.REQUIRED, Presence.OPTIONAL),
    MemberRule("free_time", 32, *_ANYWHERE, _is_digits, "应为秒数"),
    MemberRule(
        "notify_url",
        256,
        Presence.OPTIONAL,
        Presence.ABSENT,
        _is_notify_url,
        "应为不带参数的 https 地址",
    ),
    MemberRule("openid", 32, *_BAY_ONLY),
    MemberRule("sub_openid", 32, *_BAY_ONLY),
    MemberRule("space_number", SCENE_INFO_BYTES, Presence.ABSENT, Presence.REQUIRED),
)
