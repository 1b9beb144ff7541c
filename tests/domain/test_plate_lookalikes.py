"""Known plates that differ in one look-alike character."""

from __future__ import annotations

import pytest

from wxpark_gui.domain.known_plates import REGULAR_VISITS, KnownPlates
from wxpark_gui.domain.plate_lookalikes import find_lookalike

PAIRS = ["8B", "0D", "0Q", "0O", "DQ", "DO", "QO", "2Z", "5S", "17", "1T", "1I", "7T", "7I", "TI"]


@pytest.mark.parametrize("pair", [*PAIRS, *(pair[::-1] for pair in PAIRS)])
def test_plate_one_lookalike_away_is_found(pair: str) -> None:
    known = KnownPlates([(f"粤B33{pair[0]}33", 1)])
    assert find_lookalike(f"粤B33{pair[1]}33", known) == f"粤B33{pair[0]}33"


@pytest.mark.parametrize(
    ("plate", "known"),
    [
        ("粤B12345", "粤B12346"),
        ("粤B8B345", "粤BB8345"),
        ("粤B12345", "粤B12345"),
        ("粤B12345", "京B12345"),
        ("粤B12345", "粤B1234S5"),
        ("", "粤B12345"),
    ],
)
def test_other_difference_is_not_reported(plate: str, known: str) -> None:
    assert find_lookalike(plate, KnownPlates([(known, 1)])) == ""


def test_familiar_plate_is_not_compared() -> None:
    known = KnownPlates([("粤B88888", 9), ("粤BB8888", 1)])
    assert find_lookalike("粤BB8888", known) == ""


def test_most_frequent_of_several_is_named() -> None:
    known = KnownPlates([("粤B12345", 2), ("粤B72345", 5), ("粤BI2345", 1)])
    assert find_lookalike("粤BT2345", known) == "粤B72345"


def test_plate_seen_once_long_ago_is_not_reported() -> None:
    visits = [("粤B88888", 1), *((f"京A{number:05}", 1) for number in range(100))]
    assert find_lookalike("粤BB8888", KnownPlates(visits)) == ""
    visits[0] = ("粤B88888", REGULAR_VISITS)
    assert find_lookalike("粤BB8888", KnownPlates(visits)) == "粤B88888"
