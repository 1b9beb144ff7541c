"""The request of one entry: ordered fields, signed, written as flat XML.

The driver gets no message from this call. It registers the car so that the merchant's server hears
of state changes while it is parked, and the reply tells the owner's state now.
(`/vehicle/partnerpay/notification`, 用户入场通知.)
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping

from wxpark_gui.domain.entry import ParkingEntry, Scene, wire_time
from wxpark_gui.domain.errors import Field, FieldError, Problem
from wxpark_gui.domain.merchant import MerchantProfile, Secret
from wxpark_gui.wechatpay import signing

NOTIFICATION_PATH = "/vehicle/partnerpay/notification"
SCENE_INFO_BYTES = 1024

_VERSIONS = {Scene.PARKING: "3.0", Scene.PARKING_SPACE: "2.0"}
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def scene_info(entry: ParkingEntry, merchant: MerchantProfile) -> str:
    """The `scene_info` field: a JSON text of string members, compact, empty members left out.

    `PARKING SPACE` never carries the plate, `PARKING` never a driver's id.
    """
    in_space = entry.scene is Scene.PARKING_SPACE
    members = {
        "start_time": wire_time(entry.start_time),
        "plate_number": "" if in_space or entry.plate is None else entry.plate.text,
        "car_type": entry.car_type.value if entry.car_type else "",
        "parking_name": merchant.parking_name,
        "free_time": str(merchant.free_time),
        "notify_url": "" if in_space else merchant.notify_url,
        "openid": entry.openid if in_space else "",
        "sub_openid": entry.sub_openid if in_space else "",
        "space_number": entry.space_number if in_space else "",
    }
    present = {name: value for name, value in members.items() if value}
    return json.dumps({"scene_info": present}, ensure_ascii=False, separators=(",", ":"))


def check_size(entry: ParkingEntry, merchant: MerchantProfile) -> tuple[FieldError, ...]:
    """The field that makes `scene_info` exceed 1024 bytes of UTF-8.

    The error names the one field of the scene that has no short limit of its own.
    """
    size = len(scene_info(entry, merchant).encode())
    if size <= SCENE_INFO_BYTES:
        return ()
    in_space = entry.scene is Scene.PARKING_SPACE
    field = Field.SPACE_NUMBER if in_space else Field.PARKING_NAME
    return (FieldError(field, Problem.TOO_MANY_BYTES, SCENE_INFO_BYTES, str(size)),)


def request_fields(
    entry: ParkingEntry, merchant: MerchantProfile, nonce_str: str, key: Secret
) -> dict[str, str]:
    """All top-level fields in the order of WeChat's page, `sign` last.

    Args:
        nonce_str: at most 32 letters or digits, fresh for every attempt, a repeated one included.
    """
    fields = {
        "appid": merchant.appid,
        "mch_id": merchant.mch_id,
        "sub_appid": merchant.sub_appid,
        "sub_mch_id": merchant.sub_mch_id,
        "nonce_str": nonce_str,
        "sign_type": signing.SIGN_TYPE,
        "version": _VERSIONS[entry.scene],
        "trade_scene": entry.scene.value,
        "scene_info": scene_info(entry, merchant),
    }
    present = {name: value for name, value in fields.items() if value}
    return {**present, "sign": signing.sign(present, key)}


def to_xml(fields: Mapping[str, str]) -> bytes:
    """`<xml>` with one element per field, UTF-8.

    Text is escaped: a CDATA section would end early at a value that contains `]]>`.

    Raises:
        ValueError: for a value with a character that XML cannot carry; it does not quote the value.
    """
    for name, value in fields.items():
        if _NOT_XML.search(value):
            raise ValueError(f"{name} holds a character that XML cannot carry")
    elements = (f"<{name}>{_escape(value)}</{name}>" for name, value in fields.items())
    return f"<xml>{''.join(elements)}</xml>".encode()


def _escape(value: str) -> str:
    """A parser turns a bare carriage return into a line feed, which would break the signature."""
    return html.escape(value, quote=False).replace("\r", "&#13;")
