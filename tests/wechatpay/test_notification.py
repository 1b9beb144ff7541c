from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wxpark_gui.domain.entry import CarType, ParkingEntry, Scene
from wxpark_gui.domain.errors import Field, FieldError, Problem
from wxpark_gui.domain.merchant import MerchantProfile, Secret
from wxpark_gui.wechatpay.call import signed_fields, to_xml
from wxpark_gui.wechatpay.flat_xml import parse_flat_xml
from wxpark_gui.wechatpay.notification import check_size, notification_call, scene_info

NONCE = "5K8264ILTKCH16CQ2502SI8ZNMTM67VS"
XML_TEXT = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"),
        st.sampled_from("\t\n\r<>&]\"'"),
    ),
    max_size=20,
)


def request_fields(
    entry: ParkingEntry, merchant: MerchantProfile, nonce_str: str, key: Secret
) -> dict[str, str]:
    return signed_fields(notification_call(entry, merchant), merchant, nonce_str, key)


def in_space(entry: ParkingEntry) -> ParkingEntry:
    return replace(
        entry,
        scene=Scene.PARKING_SPACE,
        car_type=CarType.LARGE,
        space_number="D6666",
        sub_openid="oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
    )


def test_parking_entry_matches_the_known_vector(
    entry: ParkingEntry, merchant: MerchantProfile, key: Secret, vectors: list[dict[str, Any]]
) -> None:
    known = next(v for v in vectors if v["name"] == "request, PARKING")
    expected = {**known["fields"], "sign": known["sign"]}
    assert request_fields(entry, merchant, NONCE, key) == expected


def test_bay_entry_matches_the_known_vector(
    entry: ParkingEntry, merchant: MerchantProfile, key: Secret, vectors: list[dict[str, Any]]
) -> None:
    known = next(v for v in vectors if v["name"] == "request, PARKING SPACE")
    nameless = replace(merchant, parking_name="", free_time=0)
    expected = {**known["fields"], "sign": known["sign"]}
    assert request_fields(in_space(entry), nameless, NONCE, key) == expected


def test_fields_stand_in_the_order_of_the_documentation(
    entry: ParkingEntry, merchant: MerchantProfile, key: Secret
) -> None:
    assert list(request_fields(entry, merchant, NONCE, key)) == [
        "appid", "mch_id", "sub_appid", "sub_mch_id", "nonce_str",
        "sign_type", "version", "trade_scene", "scene_info", "sign",
    ]  # fmt: skip


def test_an_empty_sub_appid_is_left_out(
    entry: ParkingEntry, merchant: MerchantProfile, key: Secret
) -> None:
    assert "sub_appid" not in request_fields(entry, replace(merchant, sub_appid=""), NONCE, key)


def test_parking_sends_plate_and_notify_url_and_never_driver_ids(
    entry: ParkingEntry, merchant: MerchantProfile
) -> None:
    typed = replace(entry, openid="o1", sub_openid="o2", space_number="D1")
    assert scene_info(typed, replace(merchant, notify_url="https://lot.example/n")) == (
        '{"scene_info":{"start_time":"20170826104339","plate_number":"粤B12345",'
        '"car_type":"小型车","parking_name":"欢乐海岸停车场","free_time":"1200",'
        '"notify_url":"https://lot.example/n"}}'
    )


def test_bay_sends_driver_ids_and_number_and_never_plate_or_notify_url(
    entry: ParkingEntry, merchant: MerchantProfile
) -> None:
    typed = replace(in_space(entry), openid="o1", car_type=None)
    assert scene_info(typed, replace(merchant, notify_url="https://lot.example/n")) == (
        '{"scene_info":{"start_time":"20170826104339","parking_name":"欢乐海岸停车场",'
        '"free_time":"1200","openid":"o1","sub_openid":"oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",'
        '"space_number":"D6666"}}'
    )


def test_start_time_is_beijing_time_in_any_zone(
    entry: ParkingEntry, merchant: MerchantProfile
) -> None:
    elsewhere = datetime(2017, 8, 25, 16, 43, 39, tzinfo=timezone(timedelta(hours=-10)))
    assert '"start_time":"20170826104339"' in scene_info(
        replace(entry, start_time=elsewhere), merchant
    )


def bay_of_size(entry: ParkingEntry, merchant: MerchantProfile, size: int) -> ParkingEntry:
    """Return an entry in a bay with a Chinese name that makes `scene_info` `size` bytes long."""
    parked = replace(in_space(entry), space_number="车")
    missing = size - len(scene_info(parked, merchant).encode())
    return replace(parked, space_number="车" + "7" * missing)


def test_1024_bytes_may_be_sent(entry: ParkingEntry, merchant: MerchantProfile) -> None:
    assert check_size(bay_of_size(entry, merchant, 1024), merchant) == ()


def test_1025_bytes_are_reported_at_the_bay(entry: ParkingEntry, merchant: MerchantProfile) -> None:
    assert check_size(bay_of_size(entry, merchant, 1025), merchant) == (
        FieldError(Field.SPACE_NUMBER, Problem.TOO_MANY_BYTES, 1024, "1025"),
    )


def test_too_many_bytes_in_parking_are_reported_at_the_name(
    entry: ParkingEntry, merchant: MerchantProfile
) -> None:
    (error,) = check_size(entry, replace(merchant, parking_name="停" * 400))
    assert (error.field, error.problem) == (Field.PARKING_NAME, Problem.TOO_MANY_BYTES)


def test_xml_is_escaped_and_never_cdata() -> None:
    assert to_xml({"a": "]]><b>&amp;\r", "c": "粤"}) == (
        "<xml><a>]]&gt;&lt;b&gt;&amp;amp;&#13;</a><c>粤</c></xml>".encode()
    )


@given(st.dictionaries(st.from_regex("[a-z_][a-z0-9_]{0,8}", fullmatch=True), XML_TEXT, min_size=1))
def test_written_fields_are_read_back_the_same(fields: dict[str, str]) -> None:
    assert parse_flat_xml(to_xml(fields)) == fields


@pytest.mark.parametrize("forbidden", ["\x00", "\x0b", "\x1f", "\ud800", "\ufffe"])
def test_value_that_xml_cannot_carry_is_refused_without_quoting_it(forbidden: str) -> None:
    with pytest.raises(ValueError, match=r"^space_number holds a character that XML cannot carry$"):
        to_xml({"space_number": f"D1{forbidden}"})
