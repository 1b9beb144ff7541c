"""The keypad: digits that choose a candidate, every character, layout."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.plate.keypad import ProvinceKeypad
from wxpark_gui.ui.plate.provinces import PREFIX_PINYIN, SUFFIX_PINYIN


@pytest.fixture
def keypad(qtbot: QtBot, appearance: Appearance) -> ProvinceKeypad:
    keypad = ProvinceKeypad(appearance)
    qtbot.addWidget(keypad)
    keypad.resize(720, 140)
    with qtbot.waitExposed(keypad):
        keypad.show()
    return keypad


def test_candidate_keys_carry_the_digit_to_press(keypad: ProvinceKeypad) -> None:
    keypad.show_candidates(("粤", "豫", "渝", "云"))
    digits = {word: keypad.key(word).digit for word in (*PREFIX_PINYIN, *SUFFIX_PINYIN)}
    assert {word: digit for word, digit in digits.items() if digit} == {
        "粤": 1,
        "豫": 2,
        "渝": 3,
        "云": 4,
    }
    assert keypad.key("豫").accessibleDescription() == "2"


def test_digit_is_painted_on_the_key_and_goes_with_the_candidate(keypad: ProvinceKeypad) -> None:
    key = keypad.key("豫")
    pictures = []
    for candidates in (("粤", "豫"), ("豫", "粤"), (), ("粤", "豫")):
        keypad.show_candidates(candidates)
        pictures.append(key.grab().toImage())
    assert pictures[0] == pictures[3]
    assert pictures[0] != pictures[1], "another digit"
    assert pictures[2] not in pictures[:2]


@pytest.mark.parametrize("word", [*PREFIX_PINYIN, *SUFFIX_PINYIN])
def test_every_word_can_be_clicked(qtbot: QtBot, keypad: ProvinceKeypad, word: str) -> None:
    with qtbot.waitSignal(keypad.wordChosen) as chosen:
        keypad.key(word).click()
    assert chosen.args == [word]


def test_temporary_plates_have_a_key_in_the_last_of_three_rows(keypad: ProvinceKeypad) -> None:
    rows = sorted({keypad.key(word).y() for word in (*PREFIX_PINYIN, *SUFFIX_PINYIN)})
    assert len(rows) == 3
    assert keypad.key("临").y() == rows[-1]
    assert keypad.key("临").geometry().right() < keypad.width()
