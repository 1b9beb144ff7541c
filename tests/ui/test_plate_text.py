"""Typing a plate, key by key, without a window."""

from __future__ import annotations

import pytest

from wxpark_gui.ui.plate_text import LONGEST, PlateText


def typed(prefix: str, *pieces: str) -> PlateText:
    plate = PlateText()
    plate.clear_to(prefix)
    for piece in pieces:
        plate.put(piece)
    return plate


@pytest.mark.parametrize(
    ("prefix", "pieces", "text"),
    [
        ("粤B", list("12345"), "粤B12345"),
        ("粤B", list("f49883"), "粤BF49883"),
        ("粤", list("B12345"), "粤B12345"),
        ("", list("粤B12345"), "粤B12345"),
        ("粤B", list("1·2-3 45"), "粤B12345"),
        ("粤B", ["１２３４５"], "粤B12345"),
        ("粤B", ["京A·12345"], "京A12345"),
        ("粤B", ["12345"], "粤B12345"),
        ("粤B", ["D12345"], "粤BD12345"),
        ("粤B", ["KA20003"], "KA20003"),
        ("粤B", ["民航B1234"], "民航B1234"),
        ("粤B", ["WJ粤7710B"], "WJ粤7710B"),
        ("粤B", ["12", "34<"], "粤B1234<"),
    ],
)
def test_what_is_typed_or_pasted_becomes_a_plate(prefix: str, pieces: list[str], text: str) -> None:
    plate = typed(prefix, *pieces)
    assert plate.text == text
    assert plate.cursor == len(text)


def test_backspace_takes_one_character_and_reaches_the_province() -> None:
    plate = typed("粤B", "1")
    texts = []
    for _ in range(4):
        plate.backspace()
        texts.append((plate.text, plate.cursor))
    assert texts == [("粤B", 2), ("粤", 1), ("", 0), ("", 0)]


def test_typing_in_the_middle_replaces_and_goes_on() -> None:
    plate = typed("粤B", *"12345")
    plate.move_to(3)
    plate.put("9")
    assert (plate.text, plate.cursor) == ("粤B19345", 4)


def test_delete_takes_the_character_at_the_cursor() -> None:
    plate = typed("粤B", *"12345")
    plate.move_to(2)
    plate.delete()
    assert (plate.text, plate.cursor) == ("粤B2345", 2)


@pytest.mark.parametrize(
    ("before", "word", "text", "cursor"),
    [
        ("粤B", "湘", "湘B", 1),
        ("粤B12345", "湘", "湘B12345", 1),
        ("", "湘", "湘", 1),
        ("12345", "湘", "湘12345", 1),
        ("粤B", "WJ", "WJ", 2),
        ("粤B", "民航", "民航", 2),
        ("粤B", "使", "使", 1),
        ("WJ", "粤", "WJ粤", 3),
        ("WJ粤7710B", "京", "WJ京7710B", 3),
        ("WJ", "湘", "WJ湘", 3),
        ("民航B1234", "湘", "湘B1234", 1),
        ("粤B1234", "学", "粤B1234学", 7),
        ("粤B1234学", "警", "粤B1234警", 7),
        ("京X1234", "应急", "京X1234应急", 8),
        ("146001", "使", "146001使", 7),
    ],
)
def test_a_chosen_word_goes_where_it_belongs(
    before: str, word: str, text: str, cursor: int
) -> None:
    plate = PlateText()
    plate.replace(before)
    plate.move_to(0)
    plate.choose(word)
    assert (plate.text, plate.cursor) == (text, cursor)


def test_a_plate_that_begins_without_a_province_drops_the_lots_own() -> None:
    plate = typed("粤B")
    plate.move_to(0)
    for key in "146001":
        plate.put(key)
    assert plate.text == "146001"


def test_more_than_any_plate_has_is_not_taken_and_not_silently() -> None:
    plate = typed("粤B", *("1" * (LONGEST - 2)))
    assert not plate.put("1")
    assert not plate.put("9" * (LONGEST + 1))
    assert len(plate.text) == LONGEST


def test_untouched_means_the_prefix_alone() -> None:
    plate = typed("粤B")
    assert plate.untouched
    plate.put("1")
    assert not plate.untouched
