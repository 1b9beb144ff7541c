"""The two readings of characters typed after the default prefix of the car park."""

from __future__ import annotations

import pytest

from wxpark_gui.ui.plate.reading import Place, Reading, read_typed


def unknown(_plate: str) -> bool:
    return False


@pytest.mark.parametrize(
    ("typed", "text", "alternative"),
    [
        ("12345", "粤B12345", ""),
        ("12345D", "粤B12345D", ""),
        ("A", "粤BA", ""),
        ("A1234", "粤BA1234", ""),
        ("A12345", "粤A12345", "粤BA12345"),
        ("F49883", "粤BF49883", "粤F49883"),
        ("D12345", "粤BD12345", "粤D12345"),
        ("S12345", "粤S12345", ""),
        ("AF4988", "粤AF4988", "粤BAF4988"),
        ("AF49883", "粤AF49883", ""),
        ("DF49883", "粤DF49883", ""),
        ("A12345D", "粤A12345D", ""),
        ("A1234567", "粤A1234567", ""),
        ("1234567", "粤B1234567", ""),
    ],
)
def test_likelier_reading_comes_first_with_its_alternative(
    typed: str, text: str, alternative: str
) -> None:
    reading = read_typed("粤B", typed, unknown)
    assert (reading.text, reading.alternative) == (text, alternative)


@pytest.mark.parametrize("prefix", ["", "粤"])
def test_prefix_without_a_letter_has_one_reading(prefix: str) -> None:
    assert read_typed(prefix, "A12345", unknown) == Reading(f"{prefix}A12345")


@pytest.mark.parametrize("known", ["粤A12345", "粤BA12345"])
def test_known_plate_is_the_likelier_reading(known: str) -> None:
    assert read_typed("粤B", "A12345", {known}.__contains__).text == known


@pytest.mark.parametrize(
    ("place", "text"), [(Place.HERE, "粤BA12345"), (Place.ELSEWHERE, "粤A12345")]
)
def test_chosen_reading_overrides_known_plates(place: Place, text: str) -> None:
    for known in ("粤A12345", "粤BA12345"):
        assert read_typed("粤B", "A12345", {known}.__contains__, place).text == text


def test_chosen_reading_that_is_no_plate_is_ignored() -> None:
    assert read_typed("粤B", "S12345", unknown, Place.HERE).text == "粤S12345"
