"""The text model: insertion, cursor, Chinese characters, readings."""

from __future__ import annotations

import pytest

from wxpark_gui.ui.plate.text import LONGEST, PlateText, without_lookalikes


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
        ("粤B", list("A12345"), "粤A12345"),
        ("粤B", list("AF49883"), "粤AF49883"),
        ("粤B", ["KA20003"], "KA20003"),
        ("粤B", ["民航B1234"], "民航B1234"),
        ("粤B", ["WJ粤7710B"], "WJ粤7710B"),
        ("粤B", ["12", "34<"], "粤B1234<"),
    ],
)
def test_typed_or_pasted_pieces_become_a_plate(prefix: str, pieces: list[str], text: str) -> None:
    plate = typed(prefix, *pieces)
    assert plate.text == text
    assert plate.cursor == len(text)


def test_backspace_removes_one_character_down_to_the_province() -> None:
    plate = typed("粤B", "1")
    texts = []
    for _ in range(4):
        plate.backspace()
        texts.append((plate.text, plate.cursor))
    assert texts == [("粤B", 2), ("粤", 1), ("", 0), ("", 0)]


def test_typing_in_the_middle_overwrites_and_moves_on() -> None:
    plate = typed("粤B", *"12345")
    plate.move_to(3)
    plate.put("9")
    assert (plate.text, plate.cursor) == ("粤B19345", 4)


def test_delete_removes_the_character_at_the_cursor() -> None:
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
def test_chosen_word_is_put_in_front_or_at_the_end(
    before: str, word: str, text: str, cursor: int
) -> None:
    plate = PlateText()
    plate.replace(before)
    plate.move_to(0)
    plate.choose(word)
    assert (plate.text, plate.cursor) == (text, cursor)


def test_plate_without_a_province_replaces_the_prefix() -> None:
    plate = typed("粤B")
    plate.move_to(0)
    for key in "146001":
        plate.put(key)
    assert plate.text == "146001"


def test_overlong_text_is_cut_and_reported() -> None:
    plate = typed("粤B", *("1" * (LONGEST - 2)))
    assert not plate.put("1")
    assert not plate.put("9" * (LONGEST + 1))
    assert len(plate.text) == LONGEST


def test_untouched_means_the_prefix_alone() -> None:
    plate = typed("粤B")
    assert plate.untouched
    plate.put("1")
    assert not plate.untouched


def test_backspace_reads_the_remaining_characters_again() -> None:
    plate = typed("粤B", *"A12345")
    texts = []
    for _ in range(7):
        plate.backspace()
        texts.append(plate.text)
    assert texts == ["粤BA1234", "粤BA123", "粤BA12", "粤BA1", "粤BA", "粤B", "粤"]


def test_switching_twice_returns_to_the_first_reading() -> None:
    plate = typed("粤B", *"A12345")
    texts = [plate.text]
    for _ in range(2):
        assert plate.alternative not in ("", plate.text)
        plate.switch_reading()
        texts.append(plate.text)
    assert texts == ["粤A12345", "粤BA12345", "粤A12345"]


def test_chosen_reading_survives_backspace_and_ends_with_the_plate() -> None:
    plate = typed("粤B", *"A12345")
    plate.switch_reading()
    plate.backspace()
    plate.put("6")
    assert plate.text == "粤BA12346"
    plate.clear_to("粤B")
    plate.put("A12345")
    assert plate.text == "粤A12345"


def test_corrected_plate_has_one_reading() -> None:
    plate = typed("粤B", *"A1234")
    plate.move_to(2)
    plate.put("C")
    plate.move_to(7)
    plate.put("5")
    assert (plate.text, plate.alternative) == ("粤BC12345", "")


def test_known_plate_decides_between_two_readings() -> None:
    plate = PlateText()
    plate.is_known = {"粤BA12345"}.__contains__
    plate.clear_to("粤B")
    plate.put("A12345")
    assert plate.text == "粤BA12345"


@pytest.mark.parametrize(
    ("plate", "mended"),
    [
        ("粤BI2345", "粤B12345"),
        ("粤B0O34I", "粤B00341"),
        ("贵O11111", ""),
        ("粤B12345", ""),
        ("KO12345", ""),
    ],
)
def test_lookalikes_are_offered_in_the_serial_only(plate: str, mended: str) -> None:
    assert without_lookalikes(plate) == mended


@pytest.mark.parametrize(
    ("keys", "beginnings"),
    [
        ("12", ()),
        ("123", ("粤B123",)),
        ("A12", ("粤BA12", "粤A12")),
    ],
)
def test_three_characters_are_enough_to_guess_from(keys: str, beginnings: tuple[str, ...]) -> None:
    assert typed("粤B", *keys).beginnings == beginnings


@pytest.mark.parametrize(("keys", "beginnings"), [("A", ()), ("A1", ("湘A1",))])
def test_a_plate_of_another_province_is_guessed_from_all_of_it(
    keys: str, beginnings: tuple[str, ...]
) -> None:
    plate = typed("粤B")
    plate.choose("湘")
    plate.put(keys)
    assert plate.beginnings == beginnings
