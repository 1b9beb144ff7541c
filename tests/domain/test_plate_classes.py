"""Every class of plate, with texts generated from a rule.

A rule is a sequence of alphabets, one for each character. It yields valid plates, which cover each
character of each alphabet, and invalid texts: with a foreign character at each place, with one
character less, and with one more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from wxpark_gui.domain.plate import PROVINCES, PlateClass, PlatePolicy, read_plate

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Letters of a serial; I and O are not used."""
AREAS = LETTERS + "O"
"""Area letters; O is used, I is not."""
DIGITS = "0123456789"
SERIAL = DIGITS + LETTERS
NEW_ENERGY = "ABCDEFGHJK"
"""Letters of new-energy plates: A to E for battery, F to K for other types."""
MILITARY = "VZQKHBSLJNGCE"
"""First letters of military plates.

They stand for the central commission, the air force, the navy, the military regions of 2012, and
(Q) the theatre commands.
"""
FOREIGN = "猫<é"


@dataclass(frozen=True)
class Rule:
    """One form of a class: an alphabet for each character."""

    plate_class: PlateClass
    alphabets: tuple[str, ...]
    policy: PlatePolicy = PlatePolicy.SEND

    def example(self) -> str:
        return "".join(alphabet[-1] for alphabet in self.alphabets)

    def valid(self) -> Iterator[str]:
        base = self.example()
        for place, alphabet in enumerate(self.alphabets):
            for character in alphabet:
                yield base[:place] + character + base[place + 1 :]

    def invalid(self) -> Iterator[str]:
        base = self.example()
        for place, alphabet in enumerate(self.alphabets):
            strange = set(FOREIGN) | (set("IO") - set(alphabet))
            if alphabet == DIGITS:
                strange.add("X")
            for character in sorted(strange):
                yield base[:place] + character + base[place + 1 :]
        yield base[:-1]
        yield base + base[-1]


def rule(plate_class: PlateClass, *parts: str | int, confirm: bool = False) -> Rule:
    """Return a rule; a number repeats the alphabet that follows it."""
    alphabets: list[str] = []
    times = 1
    for part in parts:
        if isinstance(part, int):
            times = part
        else:
            alphabets += [part] * times
            times = 1
    policy = PlatePolicy.CONFIRM if confirm else PlatePolicy.SEND
    return Rule(plate_class, tuple(alphabets), policy)


RULES = [
    rule(PlateClass.CIVIL, PROVINCES, AREAS, 5, SERIAL),
    rule(PlateClass.NEW_ENERGY_SMALL, PROVINCES, AREAS, NEW_ENERGY, SERIAL, 4, DIGITS),
    rule(PlateClass.NEW_ENERGY_LARGE, PROVINCES, AREAS, 5, DIGITS, NEW_ENERGY),
    rule(PlateClass.SUFFIX, PROVINCES, AREAS, 4, SERIAL, "学挂试超"),
    rule(PlateClass.POLICE, PROVINCES, AREAS, 4, SERIAL, "警"),
    rule(PlateClass.HONG_KONG_MACAU, "粤", "Z", 4, SERIAL, "港澳"),
    rule(PlateClass.CONSULATE, PROVINCES, 5, DIGITS, "领"),
    rule(PlateClass.CONSULATE, PROVINCES, LETTERS, 4, DIGITS, "领"),
    rule(PlateClass.EMBASSY, 6, DIGITS, "使"),
    rule(PlateClass.EMBASSY, "使", 6, DIGITS),
    rule(PlateClass.ARMED_POLICE, "W", "J", PROVINCES, 4, DIGITS, SERIAL),
    rule(PlateClass.ARMED_POLICE, "W", "J", 4, DIGITS, SERIAL),
    rule(PlateClass.MILITARY, MILITARY, AREAS, 5, DIGITS),
    rule(PlateClass.CIVIL_AVIATION, "民", "航", LETTERS, 4, SERIAL),
    rule(PlateClass.EMERGENCY, PROVINCES, AREAS, 4, SERIAL, "应", "急", confirm=True),
    rule(PlateClass.TEMPORARY, PROVINCES, AREAS, 4, SERIAL, "临"),
    rule(PlateClass.TEMPORARY, PROVINCES, AREAS, 5, SERIAL, "临"),
    rule(PlateClass.TEMPORARY, PROVINCES, AREAS, 6, SERIAL, "临"),
    rule(PlateClass.TRACTOR, PROVINCES, 2, DIGITS, 5, SERIAL, confirm=True),
    *(
        rule(PlateClass.HONG_KONG_MACAU_LOCAL, 2, LETTERS + "IO", length, DIGITS, confirm=True)
        for length in (1, 2, 3, 4)
    ),
]
NAMES = [f"{each.plate_class.value} {each.example()}" for each in RULES]


def is_of_a_rule(text: str) -> bool:
    return any(
        len(text) == len(each.alphabets)
        and all(c in alphabet for c, alphabet in zip(text, each.alphabets, strict=True))
        for each in RULES
    )


@pytest.mark.parametrize("rule", RULES, ids=NAMES)
def test_valid_plates_of_a_rule_have_its_class_and_policy(rule: Rule) -> None:
    wrong = [
        (text, plate.plate_class)
        for text in rule.valid()
        if (plate := read_plate(text)).plate_class is not rule.plate_class
        or plate.policy is not rule.policy
        or plate.flaw is not None
    ]
    assert wrong == []


@pytest.mark.parametrize("rule", RULES, ids=NAMES)
def test_changed_plates_of_a_rule_are_of_no_class(rule: Rule) -> None:
    changed = [text for text in rule.invalid() if not is_of_a_rule(text)]
    assert changed
    assert [text for text in changed if read_plate(text).plate_class is not None] == []
    assert [text for text in changed if read_plate(text).policy is PlatePolicy.SEND] == []


def test_every_class_has_a_rule() -> None:
    assert {each.plate_class for each in RULES} == set(PlateClass)


@pytest.mark.parametrize(
    "typed",
    [
        "QD12345",
        "QO12345",
        "VA12345",
        "KO01234",
    ],
)
def test_military_plate_of_today_is_sent(typed: str) -> None:
    plate = read_plate(typed)
    assert (plate.plate_class, plate.policy) == (PlateClass.MILITARY, PlatePolicy.SEND)


@pytest.mark.parametrize(
    "typed",
    [
        "AA12345",
        "TB12345",
        "WJ粤B1234",
        "WJ3100010",
        "WJ31消0010",
        "WJ31-边0010",
        "粤01-12345",
        "粤01A1234",
        "AB1234",
        "MA-12-34",
        "川AD123456",
    ],
)
def test_rare_plate_is_a_question_and_never_impossible(typed: str) -> None:
    assert read_plate(typed).policy is PlatePolicy.CONFIRM


@pytest.mark.parametrize("serial", ["1234567", "123456D", "D12345A", "ABCDEFG", "123456学"])
def test_nine_characters_of_no_class_are_refused(serial: str) -> None:
    for province in PROVINCES:
        assert read_plate(f"{province}A{serial}").policy is PlatePolicy.REFUSE
