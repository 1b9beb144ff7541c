"""Plates in free text are masked however they are typed; other text stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wxpark_gui.domain.plate_masking import mask_plates


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("应为粤B12345", "应为粤B1***5"),
        ("应为粤B·12345，不是粤B12346。", "应为粤B1***5，不是粤B1***6。"),
        ("粤b 12 345的车", "粤B1***5的车"),
        ("粤 B 1 2 3 4 5", "粤B1***5"),
        ("粤Ｂ１２３４５", "粤B1***5"),
        ("粵B12345", "粤B1***5"),
        ("新能源粤BD12345", "新能源粤BD***5"),
        ("教练车粤B1234学", "教练车粤B1***学"),
        ("警车粤B1234警走错", "警车粤B1***警走错"),
        ("WJ粤12345", "WJ粤***5"),
        ("WJ 粤 1234X", "WJ粤***X"),
        ("民航B1234A", "民航B***A"),
        ("使馆车 123456使", "使馆车 123***使"),
        ("使123456", "使12***6"),
        ("应为B12345", "应为***"),
        ("应为 b·12345", "应为 ***"),
        ("VA12345", "VA1***5"),
    ],
)
def test_plate_in_a_text_is_masked(text: str, masked: str) -> None:
    assert mask_plates(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "",
        "没有入场",
        "重复录入，11:30 已录",
        "车牌看错 2 位",
        "使用 2026-11-30 的单子",
        "京东送货 3 次",
        "B2层 A区",
        "No plate here",
        "云 ABCDE",
    ],
)
def test_text_without_a_plate_stays(text: str) -> None:
    assert mask_plates(text) == text


@given(st.text(max_size=200))
def test_masking_twice_changes_nothing_more(text: str) -> None:
    once = mask_plates(text)
    assert mask_plates(once) == once
