"""Keys and operations of the plate field, without Qt."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Literal

import pytest

from wxpark_gui.domain.known_plates import KnownPlates
from wxpark_gui.domain.plate import PROVINCES
from wxpark_gui.domain.plate_text import LONGEST_TYPED
from wxpark_gui.ui.plate.field import Effect, PlateField
from wxpark_gui.ui.plate.keystrokes import PlateKeystrokes
from wxpark_gui.ui.plate.text import MOST_UNDO_STEPS

KNOWN = [("粤B88888", 1), ("粤B88866", 5), ("粤B88801", 2)]


def make(prefix: str = "粤B", known: list[tuple[str, int]] | None = None) -> PlateField:
    field = PlateField()
    field.set_prefix(prefix)
    field.set_known_plates(KnownPlates(known or []))
    return field


def press(field: PlateField, typed: str) -> Effect:
    effect, keys = Effect.UNUSED, PlateKeystrokes(field)
    for character in typed:
        effect = keys.type(character)
    return effect


def text(field: PlateField) -> str:
    return field.state().number.text


@pytest.mark.parametrize("province", PROVINCES)
@pytest.mark.parametrize("prefix", ["粤B", "粤", ""])
def test_province_typed_first_replaces_the_prefix(prefix: str, province: str) -> None:
    field = make(prefix)
    press(field, f"{province}B54321")
    assert text(field) == f"{province}B54321"


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
    field = make()
    for piece in committed:
        field.insert(piece)
    assert text(field) == plate


def test_province_after_the_first_key_is_kept_where_it_stands() -> None:
    field = make()
    press(field, "1粤")
    assert text(field) == "粤B1粤"


@pytest.mark.parametrize("prefix", ["", "粤"])
@pytest.mark.parametrize("plate", ["粤B12345", "粤BF49883", "粤A8K9Z2", "粤B1234学"])
def test_plate_is_typed_after_an_empty_or_short_prefix(prefix: str, plate: str) -> None:
    field = make(prefix)
    press(field, plate.removeprefix(prefix))
    assert text(field) == plate
    assert PlateKeystrokes(field).enter() is Effect.SUBMIT


def test_empty_prefix_is_asked_for_and_answered_by_keys() -> None:
    field = make("")
    assert field.state().asks_prefix
    assert field.state().untouched
    press(field, "yue")
    assert text(field) == "粤"
    press(field, "b")
    assert PlateKeystrokes(field).enter() == Effect.CHANGE | Effect.PREFIX_CHOSEN
    assert (field.text.prefix, text(field)) == ("粤B", "粤B")
    assert not field.state().asks_prefix
    press(field, "12345")
    assert text(field) == "粤B12345"
    assert PlateKeystrokes(field).enter() is Effect.SUBMIT
    field.clear()
    assert text(field) == "粤B"


def test_plate_typed_instead_of_an_answer_is_no_answer() -> None:
    field = make("")
    press(field, "y1b12345")
    assert text(field) == "粤B12345"
    assert PlateKeystrokes(field).enter() is Effect.SUBMIT
    field.clear()
    assert field.text.prefix == ""
    assert field.state().asks_prefix


@pytest.mark.parametrize("typed", ["", "y1"])
def test_incomplete_answer_is_submitted_and_chooses_nothing(typed: str) -> None:
    field = make("")
    press(field, typed)
    assert PlateKeystrokes(field).enter() is Effect.SUBMIT
    assert field.text.prefix == ""


def test_chosen_province_is_offered_first_from_then_on() -> None:
    field = make("")
    press(field, "yu3b")
    PlateKeystrokes(field).enter()
    field.choose_province()
    press(field, "y")
    assert field.state().candidates[0] == field.text.prefix[0]


@pytest.mark.parametrize(
    "replacement",
    [
        lambda field: field.clear(),
        lambda field: field.insert("京A88888"),
        lambda field: field.set_text("京A88888"),
        lambda field: field.choose("WJ"),
    ],
    ids=["clear", "paste", "restore", "word"],
)
def test_cleared_or_replaced_plate_is_undone(
    replacement: Callable[[PlateField], Effect],
) -> None:
    field = make()
    press(field, "1234")
    replacement(field)
    assert text(field) != "粤B1234"
    assert field.undo() is Effect.CHANGE
    assert text(field) == "粤B1234"


def test_undone_plate_is_read_on_as_it_was_typed() -> None:
    field = make()
    press(field, "a1234")
    field.clear()
    field.undo()
    press(field, "5")
    assert text(field) == "粤A12345"
    assert PlateKeystrokes(field).type("+") == Effect.CHANGE | Effect.SUBMIT
    assert text(field) == "粤BA12345"


def test_taken_suggestion_and_history_are_undone() -> None:
    field = make(known=KNOWN)
    press(field, "888 ")
    assert text(field) == "粤B88866"
    field.undo()
    assert text(field) == "粤B888"
    field.clear()
    field.history.set_plates(["京A11111"])
    PlateKeystrokes(field).up()
    field.undo()
    assert text(field) == "粤B888"


def test_first_key_after_clearing_in_a_lot_without_prefix_brings_no_plate_back() -> None:
    field = make(prefix="")
    press(field, "粤B12345")
    field.clear()
    press(field, "1")
    assert text(field) == "1"


def test_undo_without_a_replacement_beeps() -> None:
    field = make()
    assert field.undo() is Effect.BEEP
    assert text(field) == "粤B"


def test_undo_steps_are_bounded() -> None:
    field = make()
    for number in range(3 * MOST_UNDO_STEPS):
        field.set_text(f"京A{number:05}")
    steps = 0
    while field.undo() is Effect.CHANGE:
        steps += 1
    assert steps == MOST_UNDO_STEPS


def test_new_prefix_forgets_plates_typed_after_the_old_one() -> None:
    field = make()
    press(field, "123")
    field.clear()
    field.set_prefix("京A")
    assert field.undo() is Effect.BEEP


def test_character_after_a_taken_guess_gives_the_guess_back() -> None:
    field = make(known=KNOWN)
    press(field, "888 01")
    assert text(field) == "粤B88801"
    field = make(known=KNOWN)
    press(field, "888  01")
    assert text(field) == "粤B88801"


def test_guess_taken_for_the_car_before_is_forgotten() -> None:
    field = make(known=KNOWN)
    press(field, "888 ")
    field.clear()
    press(field, "88866D")
    assert text(field) == "粤B88866D"


@pytest.mark.parametrize(
    ("typed", "key", "plate"), [("888", " ", "粤B888"), ("a12345", " ", "粤A12345")]
)
def test_held_space_takes_nothing(typed: str, key: str, plate: str) -> None:
    field = make(known=KNOWN)
    press(field, typed)
    assert PlateKeystrokes(field).type(key, repeated=True) is Effect.SHOW
    assert text(field) == plate


def test_held_plus_submits_nothing() -> None:
    field = make()
    press(field, "a12345")
    assert PlateKeystrokes(field).type("+", repeated=True) is Effect.SHOW
    assert text(field) == "粤A12345"


def test_plus_sends_the_plate_that_the_hint_names_when_known_plates_grow() -> None:
    known = KnownPlates()
    field = make()
    field.set_known_plates(known)
    press(field, "a12345")
    shown, offer = text(field), field.state().offer
    known.add("粤BA12345")
    assert (text(field), field.state().offer) == (shown, offer)
    PlateKeystrokes(field).type("+")
    assert offer is not None
    assert text(field) == offer.text


def test_lookalike_of_a_regular_is_named_once_the_plate_is_complete() -> None:
    field = make(known=[("粤B88888", 4)])
    press(field, "b888")
    assert field.state().lookalike == ""
    press(field, "8")
    assert field.state().lookalike == "粤B88888"
    assert PlateKeystrokes(field).enter() is Effect.SUBMIT
    assert text(field) == "粤BB8888"


def test_pasted_megabytes_are_cut_before_normalising(monkeypatch: pytest.MonkeyPatch) -> None:
    lengths: list[int] = []
    normalize = unicodedata.normalize

    def noted(form: Literal["NFKC"], typed: str) -> str:
        lengths.append(len(typed))
        return normalize(form, typed)

    monkeypatch.setattr(unicodedata, "normalize", noted)
    effect = make().insert("·" * 5_000_000)
    assert Effect.CHANGE in effect
    assert max(lengths) <= LONGEST_TYPED
    assert len(lengths) < 20


def test_long_paste_that_begins_with_a_plate_is_said_not_to_fit() -> None:
    assert Effect.FULL in make().insert("粤B12345" + " " * LONGEST_TYPED)


@pytest.mark.parametrize("typed", ["ab1234", "ma1234"])
def test_local_plate_of_hong_kong_or_macau_is_typed_in_the_first_cell(typed: str) -> None:
    field = make()
    field.choose_province()
    press(field, typed)
    assert text(field) == typed.upper()


def test_temporary_plate_is_found_by_pinyin() -> None:
    field = make()
    press(field, "12345")
    field.choose_province()
    press(field, "lin1")
    assert text(field) == "粤B12345临"


@pytest.mark.parametrize(
    ("typed", "known", "plate"),
    [("b8888", "粤B88888", "粤BB8888"), ("12345", "粤B12345D", "粤B12345")],
)
def test_accidental_space_keeps_a_complete_plate(typed: str, known: str, plate: str) -> None:
    field = make(known=[(known, 9)])
    press(field, f"{typed} ")
    assert text(field) == plate


@pytest.mark.parametrize("separator", "-·.， ")
def test_typed_separator_is_dropped_with_a_beep(separator: str) -> None:
    field = make()
    press(field, "12")
    assert press(field, separator) is Effect.BEEP
    assert text(field) == "粤B12"


@pytest.mark.parametrize("separator", "-·.，")
def test_separator_typed_where_the_cells_show_one_is_taken(separator: str) -> None:
    field = make()
    assert press(field, separator) is Effect.SHOW
    assert text(field) == "粤B"
