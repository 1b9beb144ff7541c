"""Reading a plate: normalised text, class, policy and flaw."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Literal

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
from wxpark_gui.domain.plate_text import LONGEST_TYPED

_TABLE = [
    tuple(line.split("\t"))
    for line in Path(__file__).with_name("plates.tsv").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]


@pytest.mark.parametrize(("typed", "normalised", "plate_class", "policy"), _TABLE)
def test_plate_of_the_table_has_its_text_class_and_policy(
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
        ("粤B粤B54321", PlateFlaw.MISPLACED_WORD, None),
        ("粤B1234567", PlateFlaw.TOO_LONG, 8),
        ("京A123456D", PlateFlaw.TOO_LONG, 8),
        ("粤BABCDEFG", PlateFlaw.TOO_LONG, 8),
        ("WJ12345678", PlateFlaw.TOO_LONG, 9),
        ("WJ1234567学", PlateFlaw.TOO_LONG, 9),
        ("WJ123456", PlateFlaw.UNKNOWN_FORM, None),
        ("民航B12345", PlateFlaw.UNKNOWN_FORM, None),
    ],
)
def test_impossible_plate_names_flaw_and_position(
    typed: str, flaw: PlateFlaw, position: int | None
) -> None:
    plate = read_plate(typed)
    assert (plate.flaw, plate.position) == (flaw, position)
    assert plate.policy is PlatePolicy.REFUSE


@pytest.mark.parametrize("typed", ["粤BO2345", "粤b0i345", "粤BI1111"])
def test_lookalikes_are_kept_by_normalising(typed: str) -> None:
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
def test_separators_of_a_pasted_plate_are_dropped(typed: str) -> None:
    assert read_plate(typed).text == "粤B12345"


def test_only_blue_and_green_plates_are_chargeable() -> None:
    chargeable = {plate.plate_class for row in _TABLE if (plate := read_plate(row[0])).chargeable}
    assert chargeable == {
        PlateClass.CIVIL,
        PlateClass.NEW_ENERGY_SMALL,
        PlateClass.NEW_ENERGY_LARGE,
    }


def test_plate_with_an_area_letter_is_spaced_for_reading() -> None:
    assert [read_plate(p).spaced for p in ("粤B12345", "146001使", "WJ01026")] == [
        "粤B·12345",
        "146001使",
        "WJ01026",
    ]


def test_masked_plate_hides_its_middle() -> None:
    assert mask_plate("粤B12345") == "粤B1***5"
    assert mask_plate("粤B1") == "***"


def test_there_are_thirty_one_provinces() -> None:
    assert len(set(PROVINCES)) == len(PROVINCES) == 31


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    list(
        zip(
            "滬遼雲黑魯蘇贛晉陝閩貴粵藏寧瓊學掛試領應急臨邊電黒靑\u2ed8⿊",
            "沪辽云黑鲁苏赣晋陕闽贵粤藏宁琼学挂试领应急临边电黑青青黑",
            strict=True,
        )
    ),
)
def test_traditional_character_is_read_as_simplified(traditional: str, simplified: str) -> None:
    assert normalise_plate(traditional) == simplified


@pytest.mark.parametrize("typed", ["粵B12345", "粤Ｂ１２３４５", "\uf9c3"])
def test_traditional_plate_is_sent_as_simplified(typed: str) -> None:
    expected = "辽" if typed == "\uf9c3" else "粤B12345"
    assert read_plate(typed).text == expected


def test_text_of_megabytes_is_cut_before_normalising(monkeypatch: pytest.MonkeyPatch) -> None:
    lengths: list[int] = []
    normalize = unicodedata.normalize

    def noted(form: Literal["NFKC"], text: str) -> str:
        lengths.append(len(text))
        return normalize(form, text)

    monkeypatch.setattr(unicodedata, "normalize", noted)
    plate = read_plate("粤B12345" * 1_000_000)
    assert (plate.flaw, len(plate.text)) == (PlateFlaw.TOO_LONG, LONGEST_TYPED)
    assert sum(lengths) <= 4 * LONGEST_TYPED


def test_plate_followed_by_a_long_text_is_refused() -> None:
    assert read_plate("粤B12345" + " " * LONGEST_TYPED + "6").policy is PlatePolicy.REFUSE


@pytest.mark.parametrize(
    ("typed", "large", "chargeable"),
    [
        ("粤B12345", False, True),
        ("粤B12345", True, False),
        ("粤B12345D", True, True),
        ("粤BD12345", True, True),
        ("粤B1234学", False, False),
    ],
)
def test_civil_plate_of_a_large_car_is_not_chargeable(
    typed: str, large: bool, chargeable: bool
) -> None:
    assert read_plate(typed).is_chargeable_on(large=large) is chargeable


@given(st.text())
def test_any_text_is_read_without_an_error(typed: str) -> None:
    plate = read_plate(typed)
    assert (plate.policy is PlatePolicy.REFUSE) == (plate.flaw is not None)


@given(st.text())
def test_normalising_twice_changes_nothing(typed: str) -> None:
    once = normalise_plate(typed)
    assert normalise_plate(once) == once
