"""The state machine of the plate field, without Qt."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Literal

import pytest

from wxpark_gui.domain.known_plates import KnownPlates
from wxpark_gui.domain.plate import PROVINCES
from wxpark_gui.domain.plate_text import LONGEST_TYPED
from wxpark_gui.ui.plate.keystrokes import Effect, PlateKeystrokes
from wxpark_gui.ui.plate.text import MOST_UNDO_STEPS

KNOWN = [("粤B88888", 1), ("粤B88866", 5), ("粤B88801", 2)]


def field(prefix: str = "粤B", known: list[tuple[str, int]] | None = None) -> PlateKeystrokes:
    keys = PlateKeystrokes()
    keys.set_prefix(prefix)
    keys.set_known_plates(KnownPlates(known or []))
    return keys


def press(keys: PlateKeystrokes, typed: str) -> Effect:
    effect = Effect.UNUSED
    for character in typed:
        effect = keys.type(character)
    return effect


def text(keys: PlateKeystrokes) -> str:
    return keys.state().number.text


@pytest.mark.parametrize("province", PROVINCES)
@pytest.mark.parametrize("prefix", ["粤B", "粤", ""])
def test_province_typed_first_replaces_the_prefix(prefix: str, province: str) -> None:
    keys = field(prefix)
    press(keys, f"{province}B54321")
    assert text(keys) == f"{province}B54321"


@pytest.mark.parametrize(
    ("committed", "plate"),
    [
        (["粤", "B", "5"], "粤B5"),
        (["粵"], "粤"),
        (["湘A"], "湘A"),
        (["粤B"], "粤B"),
        (["粤B", "54321"], "粤B54321"),
        (["民航"], "民航"),
        (["使", "0", "1"], "使01"),
    ],
)
def test_committed_beginning_replaces_the_prefix(committed: list[str], plate: str) -> None:
    keys = field()
    for piece in committed:
        keys.insert(piece)
    assert text(keys) == plate


def test_province_after_the_first_key_is_kept_where_it_stands() -> None:
    keys = field()
    press(keys, "1粤")
    assert text(keys) == "粤B1粤"


@pytest.mark.parametrize("prefix", ["", "粤"])
@pytest.mark.parametrize("plate", ["粤B12345", "粤BF49883", "粤A8K9Z2", "粤B1234学"])
def test_plate_is_typed_after_an_empty_or_short_prefix(prefix: str, plate: str) -> None:
    keys = field(prefix)
    press(keys, plate.removeprefix(prefix))
    assert text(keys) == plate
    assert keys.enter() is Effect.SUBMIT


def test_empty_prefix_is_asked_for_and_answered_by_keys() -> None:
    keys = field("")
    assert keys.state().asks_prefix
    assert keys.state().untouched
    press(keys, "yue")
    assert text(keys) == "粤"
    press(keys, "b")
    assert keys.enter() == Effect.CHANGE | Effect.PREFIX_CHOSEN
    assert (keys.prefix, text(keys)) == ("粤B", "粤B")
    assert not keys.state().asks_prefix
    press(keys, "12345")
    assert text(keys) == "粤B12345"
    assert keys.enter() is Effect.SUBMIT
    keys.clear()
    assert text(keys) == "粤B"


def test_plate_typed_instead_of_an_answer_is_no_answer() -> None:
    keys = field("")
    press(keys, "y1b12345")
    assert text(keys) == "粤B12345"
    assert keys.enter() is Effect.SUBMIT
    keys.clear()
    assert keys.prefix == ""
    assert keys.state().asks_prefix


@pytest.mark.parametrize("typed", ["", "y1"])
def test_incomplete_answer_is_submitted_and_chooses_nothing(typed: str) -> None:
    keys = field("")
    press(keys, typed)
    assert keys.enter() is Effect.SUBMIT
    assert keys.prefix == ""


def test_chosen_province_is_offered_first_from_then_on() -> None:
    keys = field("")
    press(keys, "yu3b")
    keys.enter()
    keys.choose_province()
    press(keys, "y")
    assert keys.state().candidates[0] == keys.prefix[0]


@pytest.mark.parametrize(
    "replacement",
    [
        lambda keys: keys.clear(),
        lambda keys: keys.insert("京A88888"),
        lambda keys: keys.set_text("京A88888"),
        lambda keys: keys.choose("WJ"),
    ],
    ids=["clear", "paste", "restore", "word"],
)
def test_cleared_or_replaced_plate_is_undone(
    replacement: Callable[[PlateKeystrokes], Effect],
) -> None:
    keys = field()
    press(keys, "1234")
    replacement(keys)
    assert text(keys) != "粤B1234"
    assert keys.undo() is Effect.CHANGE
    assert text(keys) == "粤B1234"


def test_undone_plate_is_read_on_as_it_was_typed() -> None:
    keys = field()
    press(keys, "a1234")
    keys.clear()
    keys.undo()
    press(keys, "5")
    assert text(keys) == "粤A12345"
    assert keys.type("+") == Effect.CHANGE | Effect.SUBMIT
    assert text(keys) == "粤BA12345"


def test_taken_suggestion_and_history_are_undone() -> None:
    keys = field(known=KNOWN)
    press(keys, "888 ")
    assert text(keys) == "粤B88866"
    keys.undo()
    assert text(keys) == "粤B888"
    keys.clear()
    keys.history.set_plates(["京A11111"])
    keys.up()
    keys.undo()
    assert text(keys) == "粤B888"


def test_undo_without_a_replacement_beeps() -> None:
    keys = field()
    assert keys.undo() is Effect.BEEP
    assert text(keys) == "粤B"


def test_undo_steps_are_bounded() -> None:
    keys = field()
    for number in range(3 * MOST_UNDO_STEPS):
        keys.set_text(f"京A{number:05}")
    steps = 0
    while keys.undo() is Effect.CHANGE:
        steps += 1
    assert steps == MOST_UNDO_STEPS


def test_new_prefix_forgets_plates_typed_after_the_old_one() -> None:
    keys = field()
    press(keys, "123")
    keys.clear()
    keys.set_prefix("京A")
    assert keys.undo() is Effect.BEEP


def test_character_after_a_taken_guess_gives_the_guess_back() -> None:
    keys = field(known=KNOWN)
    press(keys, "888 01")
    assert text(keys) == "粤B88801"
    keys = field(known=KNOWN)
    press(keys, "888  01")
    assert text(keys) == "粤B88801"


def test_guess_taken_for_the_car_before_is_forgotten() -> None:
    keys = field(known=KNOWN)
    press(keys, "888 ")
    keys.clear()
    press(keys, "88866D")
    assert text(keys) == "粤B88866D"


@pytest.mark.parametrize(
    ("typed", "key", "plate"), [("888", " ", "粤B888"), ("a12345", " ", "粤A12345")]
)
def test_held_space_takes_nothing(typed: str, key: str, plate: str) -> None:
    keys = field(known=KNOWN)
    press(keys, typed)
    assert keys.type(key, repeated=True) is Effect.SHOW
    assert text(keys) == plate


def test_held_plus_submits_nothing() -> None:
    keys = field()
    press(keys, "a12345")
    assert keys.type("+", repeated=True) is Effect.SHOW
    assert text(keys) == "粤A12345"


def test_plus_sends_the_plate_that_the_hint_names_when_known_plates_grow() -> None:
    known = KnownPlates()
    keys = PlateKeystrokes()
    keys.set_prefix("粤B")
    keys.set_known_plates(known)
    press(keys, "a12345")
    shown, offer = text(keys), keys.state().offer
    known.add("粤BA12345")
    assert (text(keys), keys.state().offer) == (shown, offer)
    keys.type("+")
    assert offer is not None
    assert text(keys) == offer.text


def test_lookalike_of_a_regular_is_named_once_the_plate_is_complete() -> None:
    keys = field(known=[("粤B88888", 4)])
    press(keys, "b888")
    assert keys.state().lookalike == ""
    press(keys, "8")
    assert keys.state().lookalike == "粤B88888"
    assert keys.enter() is Effect.SUBMIT
    assert text(keys) == "粤BB8888"


def test_pasted_megabytes_are_cut_before_normalising(monkeypatch: pytest.MonkeyPatch) -> None:
    lengths: list[int] = []
    normalize = unicodedata.normalize

    def noted(form: Literal["NFKC"], typed: str) -> str:
        lengths.append(len(typed))
        return normalize(form, typed)

    monkeypatch.setattr(unicodedata, "normalize", noted)
    effect = field().insert("·" * 5_000_000)
    assert Effect.CHANGE in effect
    assert max(lengths) <= LONGEST_TYPED
    assert len(lengths) < 20


def test_long_paste_that_begins_with_a_plate_is_said_not_to_fit() -> None:
    assert Effect.FULL in field().insert("粤B12345" + " " * LONGEST_TYPED)


@pytest.mark.parametrize("typed", ["ab1234", "ma1234"])
def test_local_plate_of_hong_kong_or_macau_is_typed_in_the_first_cell(typed: str) -> None:
    keys = field()
    keys.choose_province()
    press(keys, typed)
    assert text(keys) == typed.upper()


def test_temporary_plate_is_found_by_pinyin() -> None:
    keys = field()
    press(keys, "12345")
    keys.choose_province()
    press(keys, "lin1")
    assert text(keys) == "粤B12345临"


@pytest.mark.parametrize(
    ("typed", "known", "plate"),
    [("b8888", "粤B88888", "粤BB8888"), ("12345", "粤B12345D", "粤B12345")],
)
def test_accidental_space_keeps_a_complete_plate(typed: str, known: str, plate: str) -> None:
    keys = field(known=[(known, 9)])
    press(keys, f"{typed} ")
    assert text(keys) == plate
