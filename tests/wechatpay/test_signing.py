from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wxpark_gui.domain.merchant import Secret
from wxpark_gui.wechatpay.signing import canonical_text, sign, verify

FIELDS = st.dictionaries(
    st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True).filter(lambda n: n != "sign"),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    max_size=8,
)
KEY = Secret("192006250b4c09247ec02edce69f6a2d")


def test_every_known_signature_is_reproduced(vectors: list[dict[str, Any]]) -> None:
    computed = {v["name"]: sign(v["fields"], Secret(v["key"])) for v in vectors}
    assert computed == {v["name"]: v["sign"] for v in vectors}


def test_every_known_signature_verifies(vectors: list[dict[str, Any]]) -> None:
    refused = [
        v["name"]
        for v in vectors
        if not verify({**v["fields"], "sign": v["sign"]}, Secret(v["key"]))
    ]
    assert refused == []


def test_the_canonical_text_is_sorted_by_ascii_and_leaves_out_sign_and_what_is_empty() -> None:
    fields = {"b": "2", "a_c": "raw & <text>", "Z": "0", "empty": "", "sign": "X"}
    assert canonical_text(fields) == "Z=0&a_c=raw & <text>&b=2"


@given(FIELDS, st.randoms(use_true_random=False))
def test_the_order_of_fields_does_not_matter(fields: dict[str, str], random: Any) -> None:
    items = list(fields.items())
    random.shuffle(items)
    assert sign(dict(items), KEY) == sign(fields, KEY)


@given(FIELDS, st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=5))
def test_one_more_field_breaks_the_signature(fields: dict[str, str], value: str) -> None:
    signed = {**fields, "sign": sign(fields, KEY)}
    assert verify(signed, KEY)
    assert not verify({**signed, "an_additional_field": value}, KEY)


GOOD = sign({"a": "1"}, KEY)


@pytest.mark.parametrize(
    "signature",
    ["", GOOD.lower(), GOOD[:-1], GOOD + "0", GOOD[:32], GOOD[:-1] + " ", GOOD + "\n", "Ａ" * 64],
    ids=["empty", "lower", "short", "long", "md5 length", "space", "line end", "full width"],
)
def test_only_64_upper_case_hex_digits_can_verify(signature: str) -> None:
    assert not verify({"a": "1", "sign": signature}, KEY)


def test_a_text_that_cannot_be_encoded_fails_without_the_key() -> None:
    with pytest.raises(UnicodeEncodeError) as caught:
        sign({"a": "\ud800"}, KEY)
    assert KEY.reveal() not in caught.value.object
