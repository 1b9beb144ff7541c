"""Plates: what is typed, what is sent, what kind it is, and what one press of Enter does."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wxpark_gui.domain.plate import (
    PROVINCES,
    PlateClass,
    PlateFlaw,
    PlatePolicy,
    mask_plate,
    normalise_plate,
    read_plate,
)

_TABLE = [
    tuple(line.split("\t"))
    for line in Path(__file__).with_name("plates.tsv").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]


@pytest.mark.parametrize(("typed", "normalised", "plate_class", "policy"), _TABLE)
def test_each_plate_of_the_table_is_read_as_it_says(
    typed: str, normalised: str, plate_class: str, policy: str
) -> None:
    plate = read_plate(typed)
    found_class = plate.plate_class.value if plate.plate_class else "-"
    assert (plate.text, found_class, plate.policy.value) == (normalised, plate_class, policy)


@pytest.mark.parametrize(
    ("typed", "flaw", "position"),
    [
        ("", PlateFlaw.EMPTY, None),
        (" · ", PlateFlaw.EMPTY, None),
        ("12345", PlateFlaw.NO_PROVINCE, 0),
        ("AB12345678", PlateFlaw.NO_PROVINCE, 0),
        ("粤B1234<", PlateFlaw.BAD_CHARACTER, 6),
        ("粤B12猫45", PlateFlaw.BAD_CHARACTER, 4),
        ("粤B123", PlateFlaw.TOO_SHORT, None),
        ("粤B12345678", PlateFlaw.TOO_LONG, 9),
        ("粤112345", PlateFlaw.AREA_NOT_A_LETTER, 1),
        ("粤B12学45", PlateFlaw.MISPLACED_WORD, None),
    ],
)
def test_an_impossible_plate_says_what_is_wrong_and_where(
    typed: str, flaw: PlateFlaw, position: int | None
) -> None:
    plate = read_plate(typed)
    assert (plate.flaw, plate.position) == (flaw, position)
    assert plate.policy is PlatePolicy.REFUSE


@pytest.mark.parametrize("typed", ["粤BO2345", "粤b0i345", "粤BI1111"])
def test_look_alikes_are_never_exchanged_by_stealth(typed: str) -> None:
    assert normalise_plate(typed) == typed.upper()


@pytest.mark.parametrize(
    "typed",
    [
        "粤B·12345",
        "粤B•12345",
        "粤B.12345",
        "粤B-12345",
        "粤 B 1 2 3 4 5",
        "\u200b粤Ｂ１２３４５\n",
    ],
)
def test_what_is_pasted_is_cleaned(typed: str) -> None:
    assert read_plate(typed).text == "粤B12345"


def test_only_blue_and_green_plates_are_chargeable() -> None:
    chargeable = {plate.plate_class for row in _TABLE if (plate := read_plate(row[0])).chargeable}
    assert chargeable == {
        PlateClass.CIVIL,
        PlateClass.NEW_ENERGY_SMALL,
        PlateClass.NEW_ENERGY_LARGE,
    }


def test_a_plate_is_spaced_for_reading_where_it_has_an_area_letter() -> None:
    assert [read_plate(p).spaced for p in ("粤B12345", "146001使", "WJ01026")] == [
        "粤B·12345",
        "146001使",
        "WJ01026",
    ]


def test_a_masked_plate_does_not_give_the_car_away() -> None:
    assert read_plate("粤B12345").masked == "粤B***45"
    assert mask_plate("粤B1") == "***"


def test_there_are_thirty_one_provinces() -> None:
    assert len(set(PROVINCES)) == len(PROVINCES) == 31


@given(st.text())
def test_any_text_at_all_is_read_without_an_error(typed: str) -> None:
    plate = read_plate(typed)
    assert (plate.policy is PlatePolicy.REFUSE) == (plate.flaw is not None)


@given(st.text())
def test_normalising_twice_changes_nothing(typed: str) -> None:
    once = normalise_plate(typed)
    assert normalise_plate(once) == once
