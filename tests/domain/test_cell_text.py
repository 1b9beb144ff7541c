"""Texts of spreadsheet cells: formulas are guarded, characters that XML forbids are dropped."""

from __future__ import annotations

import pytest

from wxpark_gui.domain.cell_text import LONGEST_CELL, guarded_text, is_risky, storable_text


@pytest.mark.parametrize(
    "text",
    [
        "=1+1", "=cmd|' /C calc'!A0", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1",
        "\ufeff=1", "＝1", "＋1", "－1", "＠SUM(A1)", "-",
        "1900000001234567890", "007", "3-15", "2026/3/1", "1e5", "12:30", "1,000", "1.50",
    ],
)  # fmt: skip
def test_text_that_a_spreadsheet_runs_or_converts_gets_an_apostrophe(text: str) -> None:
    assert is_risky(text)
    assert guarded_text(text) == f"'{text}"


@pytest.mark.parametrize(
    "text", ["", "粤B12345", "A-1", "1号岗", "0", "42", "1900000001", "欠费", "a=b", "'x"]
)
def test_other_text_is_left_alone(text: str) -> None:
    assert guarded_text(text) == text


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("a\x00b\x07c\x1f", "abc"),
        ("\ud800x\udfff", "x"),
        ("\ufffe\uffff粤", "粤"),
        ("tab\tline\r\n", "tab\tline\r\n"),
        ("𠮷", "𠮷"),
        ("x" * (LONGEST_CELL + 1), "x" * LONGEST_CELL),
    ],
)
def test_character_that_xml_cannot_hold_is_dropped(text: str, stored: str) -> None:
    assert storable_text(text) == stored
