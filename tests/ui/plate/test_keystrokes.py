"""Number of keys from an empty field to a submitted plate, without a mouse.

Each key event goes to the real window and is counted there.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Iterable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.ui.conftest import FakeBooth
from wxpark_gui.domain.known_plates import KnownPlates
from wxpark_gui.domain.plate import PROVINCES
from wxpark_gui.ui.plate.provinces import PREFIX_PINYIN
from wxpark_gui.ui.window.main_window import MainWindow

HOME = "粤B"
AREA_LETTERS = [letter for letter in string.ascii_uppercase if letter != "I"]
NEW_ENERGY_LETTERS = "ABCDEFGHJK"

Record = Callable[[str, object], None]


class Typist:
    """Sends key events and counts them."""

    def __init__(self, window: MainWindow, booth: FakeBooth) -> None:
        self._window = window
        self._booth = booth

    def send(self, keys: str, *, known: Iterable[str] = ()) -> tuple[int, str]:
        """Type into an empty field.

        Args:
            keys: characters to type; a tab stands for F4.
            known: plates that completion offers.

        Returns:
            Number of key events, and the plate that was submitted.
        """
        plate = self._window.form.plate
        plate.set_known_plates(KnownPlates((each, 1) for each in known))
        self._window.form.clear()
        already = len(self._booth.entries.drafts)
        for key in keys:
            if key == "\t":
                QTest.keyClick(self._window, Qt.Key.Key_F4)
            else:
                QTest.keyClicks(plate, key)
        assert len(self._booth.entries.drafts) == already + 1, f"{keys!r} sent nothing"
        return len(keys), self._booth.entries.drafts[-1].plate


@pytest.fixture
def typist(window: MainWindow, booth: FakeBooth) -> Typist:
    return Typist(window, booth)


def to_province(province: str) -> str:
    """Return the keys for a province: F4, first letter of its pinyin, and the digit beside it."""
    letter = PREFIX_PINYIN[province][0]
    found = [word for word, sound in PREFIX_PINYIN.items() if sound.startswith(letter)]
    found.sort(key=lambda word: (word != HOME[0], PREFIX_PINYIN[word] != letter))
    if len(found) == 1 and PREFIX_PINYIN[province] == letter:
        return f"\t{letter}"
    return f"\t{letter}{found.index(province) + 1}"


def test_a_local_plate_is_six_keys(typist: Typist, record_property: Record) -> None:
    counts = []
    for serial in ("12345", "8k9z2", "a1234", "z0000"):
        count, plate = typist.send(f"{serial}\r")
        assert plate == HOME + serial.upper()
        counts.append(count)
    record_property("keys of a local plate", max(counts))
    assert max(counts) <= 6


def test_a_plate_of_the_province_is_seven_keys(typist: Typist, record_property: Record) -> None:
    """`+` submits the other reading if a new-energy plate is more likely."""
    counts = {}
    for letter in AREA_LETTERS:
        expected = f"粤{letter}12345"
        if letter == HOME[1]:
            continue
        keys = f"{letter.lower()}12345"
        count, plate = typist.send(f"{keys}+" if letter in "DF" else f"{keys}\r")
        assert plate == expected
        counts[letter] = count
    record_property("keys of a plate of the province", max(counts.values()))
    assert len(counts) == 24
    assert max(counts.values()) <= 7


@pytest.mark.parametrize("seen", ["粤D12345", "粤BD12345", "粤A12345", "粤BA12345"])
def test_known_reading_is_sent_by_enter(typist: Typist, seen: str) -> None:
    keys = seen.removeprefix(HOME).removeprefix(HOME[0]).lower()
    assert typist.send(f"{keys}\r", known=[seen]) == (7, seen)


def test_a_plate_of_another_province_is_ten_keys(typist: Typist, record_property: Record) -> None:
    counts = {}
    for province in sorted(set(PROVINCES) - {HOME[0]}):
        expected = f"{province}A12345"
        count, plate = typist.send(f"{to_province(province)}a12345\r")
        assert plate == expected
        counts[province] = count
    record_property("keys of a plate of another province", max(counts.values()))
    assert len(counts) == 30
    assert max(counts.values()) <= 10


def test_a_new_energy_plate_is_eight_keys(typist: Typist, record_property: Record) -> None:
    counts = []
    for letter in NEW_ENERGY_LETTERS:
        expected = f"{HOME}{letter}49883"
        keys = f"{letter.lower()}49883"
        count, plate = typist.send(f"{keys}\r" if letter in "DF" else f"{keys}+")
        assert plate == expected
        counts.append(count)
    for keys, expected in (("12345d", f"{HOME}12345D"), ("af49883", "粤AF49883")):
        count, plate = typist.send(f"{keys}\r")
        assert plate == expected
        counts.append(count)
    record_property("keys of a new-energy plate", max(counts))
    assert max(counts) <= 8


@pytest.mark.parametrize("regular", ["粤B88866", "粤BF49883", "粤A12345"])
def test_a_regular_is_five_keys(typist: Typist, record_property: Record, regular: str) -> None:
    """The keys are three characters, Space and Enter."""
    start = regular.removeprefix(HOME) if regular.startswith(HOME) else regular[1:]
    count, plate = typist.send(f"{start[:3].lower()} \r", known=[regular])
    record_property("keys of a regular", count)
    assert (count, plate) == (5, regular)
