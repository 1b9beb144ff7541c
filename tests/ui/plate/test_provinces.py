"""Finding a province by its pinyin."""

from __future__ import annotations

import pytest

from wxpark_gui.domain.plate import PROVINCES
from wxpark_gui.ui.plate.provinces import PREFIX_PINYIN, SUFFIX_PINYIN, ProvinceSearch


def search(letters: str, *, home: str = "粤", near_end: bool = False) -> ProvinceSearch:
    result = ProvinceSearch()
    result.home, result.near_end = home, near_end
    for letter in letters:
        result.type(letter)
    return result


def test_every_province_can_be_found() -> None:
    assert set(PROVINCES) <= set(PREFIX_PINYIN)


@pytest.mark.parametrize(
    ("letters", "candidates"),
    [
        ("y", ("粤", "豫", "渝", "云")),
        ("yu", ("粤", "豫", "渝", "云")),
        ("J", ("京", "津", "冀", "晋", "吉")),
        ("jin", ("津", "晋", "京")),
        ("w", ("皖", "WJ")),
        ("k", ()),
        ("", ()),
    ],
)
def test_candidates_begin_with_the_letters_the_lots_own_first(
    letters: str, candidates: tuple[str, ...]
) -> None:
    assert search(letters).candidates() == candidates


@pytest.mark.parametrize(
    ("letters", "word"),
    [("yue", "粤"), ("chuan", "川"), ("e", "鄂"), ("wj", "WJ"), ("minhang", "民航")],
)
def test_complete_pinyin_is_chosen_without_a_digit(letters: str, word: str) -> None:
    begun = search(letters[:-1])
    assert begun.type(letters[-1]) == word


@pytest.mark.parametrize("letters", ["chua", "jin", "yu", "min"])
def test_incomplete_or_shared_pinyin_is_not_chosen(letters: str) -> None:
    assert search(letters[:-1]).type(letters[-1]) is None


def test_digits_count_from_one() -> None:
    found = search("y")
    assert [found.pick(number) for number in (0, 1, 4, 5)] == [None, "粤", "云", None]


def test_suffix_words_are_offered_near_the_end_only() -> None:
    assert search("xue").candidates() == ()
    assert search("xu", near_end=True).type("e") == "学"
    assert set(SUFFIX_PINYIN) & set(search("j", near_end=True).candidates()) == {"警"}
