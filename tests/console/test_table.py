"""Aligned columns of the console tool's tables."""

from __future__ import annotations

import pytest

from wxpark_gui.console.table import pad, text_width


@pytest.mark.parametrize(
    ("text", "width"), [("", 0), ("abc", 3), ("粤B·12345", 9), ("待发送", 6), ("（）", 4)]
)
def test_chinese_characters_take_two_columns(text: str, width: int) -> None:
    assert text_width(text) == width


@pytest.mark.parametrize(
    ("text", "right", "padded"),
    [
        ("正常", False, "正常  "),
        ("正常", True, "  正常"),
        ("warning", False, "warning"),
    ],
)
def test_padding_counts_columns(text: str, right: bool, padded: str) -> None:
    assert pad(text, 6, right=right) == padded
