from __future__ import annotations

from collections.abc import Callable

import pytest

from wxpark_gui.training.request_rules import RefusedError, check_request

MakeFields = Callable[..., dict[str, str]]
PARKING = "PARKING"
SPACE = "PARKING SPACE"


@pytest.mark.parametrize("scene", [PARKING, SPACE])
def test_a_complete_request_is_taken(scene: str, make_fields: MakeFields) -> None:
    assert check_request(make_fields(scene))["start_time"] == "20240826104339"


@pytest.mark.parametrize(
    ("scene", "top", "members"),
    [
        pytest.param(PARKING, {"sub_appid": None}, {}, id="no sub_appid"),
        pytest.param(PARKING, {"device_info": "1000"}, {}, id="a field of another call"),
        pytest.param(PARKING, {}, {"car_type": None}, id="no car type"),
        pytest.param(PARKING, {}, {"car_type": "大型车"}, id="a large car"),
        pytest.param(PARKING, {}, {"parking_name": "停" * 32}, id="32 characters of Chinese"),
        pytest.param(PARKING, {}, {"notify_url": None}, id="no notify_url"),
        pytest.param(PARKING, {}, {"notify_url": "http://10.0.0.7:8080/n"}, id="private line"),
        pytest.param(PARKING, {}, {"notify_url": "http://localhost/n"}, id="same computer"),
        pytest.param(PARKING, {}, {"free_time": "0"}, id="no free time"),
        pytest.param(PARKING, {}, {"openid": ""}, id="empty is as good as left out"),
        pytest.param(SPACE, {}, {"parking_name": "欢乐海岸停车场"}, id="a bay in a named lot"),
        pytest.param(SPACE, {}, {"openid": "o1", "sub_openid": None}, id="openid alone"),
    ],
)
def test_these_variants_are_taken(
    scene: str, top: dict[str, str | None], members: dict[str, object], make_fields: MakeFields
) -> None:
    assert check_request(make_fields(scene, top, members))


@pytest.mark.parametrize(
    "name",
    [
        "appid",
        "mch_id",
        "sub_mch_id",
        "nonce_str",
        "sign_type",
        "version",
        "trade_scene",
        "scene_info",
    ],
)
@pytest.mark.parametrize("value", [None, ""], ids=["left out", "empty"])
def test_a_required_field_is_missed_by_name(
    name: str, value: str | None, make_fields: MakeFields
) -> None:
    with pytest.raises(RefusedError, match=f"LACK_PARAMS: {name}:"):
        check_request(make_fields(top={name: value}))


@pytest.mark.parametrize(
    ("scene", "name"),
    [
        (PARKING, "start_time"),
        (PARKING, "plate_number"),
        (PARKING, "parking_name"),
        (PARKING, "free_time"),
        (SPACE, "start_time"),
        (SPACE, "free_time"),
        (SPACE, "space_number"),
        (SPACE, "sub_openid"),
    ],
)
@pytest.mark.parametrize("value", [None, ""], ids=["left out", "empty"])
def test_a_required_member_is_missed_by_name(
    scene: str, name: str, value: str | None, make_fields: MakeFields
) -> None:
    with pytest.raises(RefusedError, match=f"LACK_PARAMS: {name}:"):
        check_request(make_fields(scene, members={name: value}))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("appid", "w" * 33),
        ("mch_id", "1" * 33),
        ("sub_appid", "w" * 33),
        ("sub_mch_id", "1" * 33),
        ("nonce_str", "n" * 33),
        ("sign_type", "MD5"),
        ("version", "2.0"),
        ("trade_scene", "PARKING SPACES"),
        ("trade_scene", "PARKING  SPACE IN TOWN"),
        ("scene_info", "plate_number=粤B12345"),
        ("scene_info", "[" * 1024),
        ("scene_info", "[]"),
        ("scene_info", '{"start_time":"20240826104339"}'),
        ("scene_info", '{"scene_info":"{}"}'),
    ],
)
def test_a_field_that_breaks_its_rule_is_refused_by_name(
    name: str, value: str, make_fields: MakeFields
) -> None:
    with pytest.raises(RefusedError, match=f"PARAM_ERROR: {name}:"):
        check_request(make_fields(top={name: value}))


@pytest.mark.parametrize(
    ("scene", "name", "value"),
    [
        (PARKING, "start_time", "2024082610433"),
        (PARKING, "start_time", "2024-08-26 10:43"),
        (PARKING, "start_time", "20240230104339"),
        (PARKING, "start_time", "２０２４０８２６１０４３３９"),
        (PARKING, "plate_number", "粤B·12345"),
        (PARKING, "plate_number", "粤" * 33),
        (PARKING, "car_type", "中型车"),
        (PARKING, "parking_name", "停" * 33),
        (PARKING, "free_time", "20 minutes"),
        (PARKING, "free_time", 1200),
        (PARKING, "notify_url", "https://example.com/notify?lot=1"),
        (PARKING, "notify_url", "https://example.com/notify#1"),
        (PARKING, "notify_url", "http://example.com/notify"),
        (PARKING, "notify_url", "ftp://example.com/notify"),
        (PARKING, "notify_url", "https://[::1/notify"),
        (PARKING, "notify_url", "https:///notify"),
        (PARKING, "notify_url", "https://example.com/" + "n" * 237),
        (PARKING, "openid", "oUpF8uMuAJO"),
        (PARKING, "sub_openid", "oUpF8uMuAJO"),
        (PARKING, "space_number", "D6666"),
        (SPACE, "plate_number", "粤B12345"),
        (SPACE, "notify_url", "https://example.com/notify"),
        (SPACE, "car_type", "摩托车"),
        (SPACE, "parking_name", "停" * 33),
        (SPACE, "openid", "o" * 33),
        (SPACE, "sub_openid", "o" * 33),
    ],
)
def test_a_member_that_breaks_its_rule_is_refused_by_name(
    scene: str, name: str, value: object, make_fields: MakeFields
) -> None:
    with pytest.raises(RefusedError, match=f"PARAM_ERROR: {name}:"):
        check_request(make_fields(scene, members={name: value}))


def test_the_version_follows_the_scene(make_fields: MakeFields) -> None:
    with pytest.raises(RefusedError, match="PARAM_ERROR: version:"):
        check_request(make_fields(SPACE, top={"version": "3.0"}))


@pytest.mark.parametrize("too_many", [0, 1])
def test_scene_info_is_counted_in_bytes(too_many: int, make_fields: MakeFields) -> None:
    """A Chinese character takes three bytes in UTF-8."""
    bare = len(make_fields(SPACE, members={"space_number": "车"})["scene_info"].encode()) - 3
    letters = 1024 - bare - 300 + too_many
    fields = make_fields(SPACE, members={"space_number": "车" * 100 + "A" * letters})
    assert len(fields["scene_info"].encode()) == 1024 + too_many

    if too_many:
        with pytest.raises(RefusedError, match="PARAM_ERROR: scene_info:"):
            check_request(fields)
    else:
        assert check_request(fields)


def test_a_refusal_does_not_quote_the_value(make_fields: MakeFields) -> None:
    with pytest.raises(RefusedError) as caught:
        check_request(make_fields(members={"plate_number": "粤B·12345"}))
    assert "12345" not in str(caught.value)
