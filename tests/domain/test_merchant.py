"""Checks of the merchant's ids; the key is never shown."""

from __future__ import annotations

import copy
import pickle
import traceback
from dataclasses import replace

import pytest

from wxpark_gui.domain.errors import Field, InvalidInputError, Problem
from wxpark_gui.domain.merchant import MerchantProfile, Secret, check_merchant, read_key

KEY = "192006250b4c09247ec02edce69f6a2d"
PROFILE = MerchantProfile(
    appid="wxcbda96de0b165486",
    mch_id="10000098",
    sub_mch_id="1900000109",
    parking_name="欢乐海岸停车场",
)


@pytest.mark.parametrize(
    ("changes", "field", "problem"),
    [
        ({"appid": ""}, Field.APPID, Problem.MISSING),
        ({"appid": "w" * 33}, Field.APPID, Problem.TOO_LONG),
        ({"appid": "微信"}, Field.APPID, Problem.BAD_CHARACTER),
        ({"mch_id": "1900a"}, Field.MCH_ID, Problem.BAD_CHARACTER),
        ({"mch_id": "１９００"}, Field.MCH_ID, Problem.BAD_CHARACTER),
        ({"sub_mch_id": " "}, Field.SUB_MCH_ID, Problem.MISSING),
        ({"sub_appid": "a b"}, Field.SUB_APPID, Problem.BAD_CHARACTER),
        ({"parking_name": ""}, Field.PARKING_NAME, Problem.MISSING),
        ({"parking_name": "场" * 33}, Field.PARKING_NAME, Problem.TOO_LONG),
        ({"parking_name": "a\x00b"}, Field.PARKING_NAME, Problem.BAD_CHARACTER),
        ({"free_time": -1}, Field.FREE_TIME, Problem.NOT_A_NUMBER),
        ({"notify_url": "https://park.example/n?a=1"}, Field.NOTIFY_URL, Problem.URL_HAS_QUERY),
        ({"notify_url": "http://park.example/n"}, Field.NOTIFY_URL, Problem.URL_NOT_HTTPS),
        ({"notify_url": "http://8.8.8.8/n"}, Field.NOTIFY_URL, Problem.URL_NOT_HTTPS),
        ({"notify_url": "ftp://park.example/n"}, Field.NOTIFY_URL, Problem.URL_MALFORMED),
        ({"notify_url": "https://u:p@park.example"}, Field.NOTIFY_URL, Problem.URL_MALFORMED),
        ({"notify_url": "https://park.example:99999/"}, Field.NOTIFY_URL, Problem.URL_MALFORMED),
        ({"notify_url": "https://" + "a" * 250}, Field.NOTIFY_URL, Problem.TOO_LONG),
        ({"gateway_url": "http://park.example"}, Field.GATEWAY_URL, Problem.URL_NOT_HTTPS),
        ({"gateway_url": "http://10.0.0.1"}, Field.GATEWAY_URL, Problem.URL_NOT_HTTPS),
        ({"gateway_url": "nonsense"}, Field.GATEWAY_URL, Problem.URL_MALFORMED),
    ],
)
def test_a_field_that_wechat_would_not_take_is_named(
    changes: dict[str, str], field: Field, problem: Problem
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        check_merchant(replace(PROFILE, **changes))  # type: ignore[arg-type] # a table of fields
    assert [(e.field, e.problem) for e in caught.value.errors] == [(field, problem)]


@pytest.mark.parametrize(
    "changes",
    [
        {"parking_name": "场" * 32},
        {"sub_appid": ""},
        {"notify_url": "http://10.1.2.3/state"},
        {"notify_url": "https://park.example/state"},
        {"gateway_url": "http://127.0.0.1:8080"},
        {"gateway_url": "http://[::1]:8080"},
        {"gateway_url": "https://gateway.example"},
    ],
)
def test_what_wechat_takes_is_taken(changes: dict[str, str]) -> None:
    profile = replace(PROFILE, **changes)  # type: ignore[arg-type] # a table of fields
    assert check_merchant(profile) == profile


def test_white_space_around_a_pasted_id_is_dropped() -> None:
    assert check_merchant(replace(PROFILE, mch_id=" 10000098\n")).mch_id == "10000098"


@pytest.mark.parametrize("typed", ["a" * 31, "a" * 33, "密" * 32, "a" * 31 + "-", "１" * 32])
def test_a_key_is_32_letters_or_digits_and_its_refusal_does_not_quote_it(typed: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        read_key(typed)
    assert caught.value.errors[0].problem is Problem.KEY_FORMAT
    assert typed not in "".join(traceback.format_exception(caught.value)) + repr(
        caught.value.errors
    )


@pytest.mark.parametrize("around", [" \n", "\ufeff", "\u200b", "\u2060 \t", "\u202a"])
def test_invisible_characters_around_copied_values_are_removed(around: str) -> None:
    assert read_key(f"{around}{KEY}{around}").reveal() == KEY
    copied = replace(
        PROFILE,
        appid=around + PROFILE.appid,
        mch_id=PROFILE.mch_id + around,
        gateway_url=f"{around}https://park.example/{around}",
    )
    assert check_merchant(copied) == replace(PROFILE, gateway_url="https://park.example")


def test_an_empty_key_is_missing() -> None:
    with pytest.raises(InvalidInputError) as caught:
        read_key("  ")
    assert caught.value.errors[0].problem is Problem.MISSING


def test_a_secret_is_shown_in_no_way_of_turning_it_into_text() -> None:
    secret = read_key(KEY)
    shown = [
        repr(secret),
        str(secret),
        f"{secret}",
        f"{secret!r:>50}",
        repr([secret]),
    ]
    assert not [text for text in shown if KEY in text]


@pytest.mark.parametrize("copier", [pickle.dumps, copy.copy, copy.deepcopy])
def test_a_secret_is_not_copied(copier: object) -> None:
    assert callable(copier)
    with pytest.raises(TypeError, match="not to be pickled"):
        copier(read_key(KEY))


def test_secrets_compare_by_value_and_cannot_be_hashed() -> None:
    assert Secret(KEY) == Secret(KEY)
    assert Secret(KEY) != Secret("x" * 32)
    with pytest.raises(TypeError):
        hash(Secret(KEY))
