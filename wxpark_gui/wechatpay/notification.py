"""The request that registers one entry (`/vehicle/partnerpay/notification`, 用户入场通知).

The reply has the owner's present state. While the car is parked, WeChat reports later changes of
the state to the merchant's `notify_url`. The driver gets no message.
"""

from __future__ import annotations

import json

from wxpark_gui.domain.entry import ParkingEntry, Scene, wire_time
from wxpark_gui.domain.errors import Field, FieldError, Problem
from wxpark_gui.domain.merchant import MerchantProfile
from wxpark_gui.wechatpay.call import Call

NOTIFICATION_PATH = "/vehicle/partnerpay/notification"
SCENE_INFO_BYTES = 1024

_VERSIONS = {Scene.PARKING: "3.0", Scene.PARKING_SPACE: "2.0"}


def scene_info(entry: ParkingEntry, merchant: MerchantProfile) -> str:
    """Return the `scene_info` field: compact JSON with text members, the empty ones left out.

    The scene `PARKING SPACE` has no plate and no `notify_url`; `PARKING` has no driver's id and no
    bay number.
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
    """Return one error if `scene_info` exceeds 1024 bytes of UTF-8, else an empty tuple.

    The error names `space_number` in the scene `PARKING SPACE`, else `parking_name`.
    """
    size = len(scene_info(entry, merchant).encode())
    if size <= SCENE_INFO_BYTES:
        return ()
    in_space = entry.scene is Scene.PARKING_SPACE
    field = Field.SPACE_NUMBER if in_space else Field.PARKING_NAME
    return (FieldError(field, Problem.TOO_MANY_BYTES, SCENE_INFO_BYTES, str(size)),)


def notification_call(entry: ParkingEntry, merchant: MerchantProfile) -> Call:
    """Return the request that registers an entry."""
    return Call(
        NOTIFICATION_PATH,
        (
            ("version", _VERSIONS[entry.scene]),
            ("trade_scene", entry.scene.value),
            ("scene_info", scene_info(entry, merchant)),
        ),
    )
