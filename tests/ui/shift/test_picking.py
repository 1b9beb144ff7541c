"""Search for a person by number or by the beginning of the name."""

from __future__ import annotations

import pytest

from wxpark_gui.ui.shift.picking import find_person

FEW = ["李师傅", "王师傅", "张伟", "张伟 2", "Ann"]
MANY = [f"Person {number}" for number in range(1, 13)]


@pytest.mark.parametrize(
    ("typed", "labels", "found"),
    [
        ("1", FEW, (0, True)),
        ("5", FEW, (4, True)),
        ("6", FEW, (None, False)),
        ("0", FEW, (None, False)),
        ("王", FEW, (1, True)),
        ("张", FEW, (2, False)),
        ("张伟 2", FEW, (3, True)),
        ("a", FEW, (4, True)),
        ("赵", FEW, (None, False)),
        ("", FEW, (None, False)),
        ("1", MANY, (0, False)),
        ("12", MANY, (11, True)),
        ("2", MANY, (1, True)),
        ("²", MANY, (None, False)),
        ("1", [], (None, False)),
    ],
)
def test_typed_text_finds_the_person_it_stands_for(
    typed: str, labels: list[str], found: tuple[int | None, bool]
) -> None:
    assert find_person(typed, labels) == found
