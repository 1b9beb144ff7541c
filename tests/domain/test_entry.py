"""Checks of entries: one error for each invalid field."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from wxpark_gui.domain.entry import (
    BEIJING,
    CarType,
    EntryDraft,
    Scene,
    check_draft,
    read_wire_time,
    wire_time,
)
from wxpark_gui.domain.errors import Field, InvalidInputError, Problem

NOW = datetime(2026, 3, 1, 3, 42, 7, 123456, tzinfo=timezone.utc)
PARKING = EntryDraft(plate="粤B12345")
SPACE = EntryDraft(scene=Scene.PARKING_SPACE, space_number="D6666", sub_openid="oUpF8uMuAJO")


def _found(draft: EntryDraft) -> list[tuple[Field, Problem]]:
    with pytest.raises(InvalidInputError) as caught:
        check_draft(draft, NOW)
    return [(error.field, error.problem) for error in caught.value.errors]


def test_an_entry_without_a_time_starts_now_in_beijing_time_and_whole_seconds() -> None:
    entry = check_draft(PARKING, NOW)
    assert entry.start_time == datetime(2026, 3, 1, 11, 42, 7, tzinfo=BEIJING)
    assert wire_time(entry.start_time) == "20260301114207"


def test_a_given_time_is_kept_whatever_zone_it_came_in() -> None:
    draft = replace(PARKING, start_time=datetime(2026, 3, 1, 0, 0, tzinfo=timezone.utc))
    assert wire_time(check_draft(draft, NOW).start_time) == "20260301080000"


@pytest.mark.parametrize(
    ("draft", "expected"),
    [
        (EntryDraft(plate=""), (Field.PLATE, Problem.MISSING)),
        (EntryDraft(plate="CB1000SDFASD"), (Field.PLATE, Problem.NOT_A_PLATE)),
        (EntryDraft(plate="粤B1234<"), (Field.PLATE, Problem.BAD_CHARACTER)),
        (replace(PARKING, start_time=NOW + timedelta(minutes=5, seconds=1)),
         (Field.START_TIME, Problem.IN_THE_FUTURE)),
        (replace(PARKING, start_time=datetime(2016, 12, 31, 23, 59, 59, tzinfo=BEIJING)),
         (Field.START_TIME, Problem.TOO_EARLY)),
        (replace(SPACE, plate="粤B"), (Field.PLATE, Problem.NOT_A_PLATE)),
        (replace(SPACE, space_number=" "), (Field.SPACE_NUMBER, Problem.MISSING)),
        (replace(SPACE, space_number="D\x0066"), (Field.SPACE_NUMBER, Problem.BAD_CHARACTER)),
        (replace(SPACE, sub_openid=""), (Field.SUB_OPENID, Problem.NEEDS_A_DRIVER_ID)),
        (replace(SPACE, openid="o" * 33), (Field.OPENID, Problem.TOO_LONG)),
        (replace(SPACE, sub_openid="o p"), (Field.SUB_OPENID, Problem.BAD_CHARACTER)),
    ],
)  # fmt: skip
def test_a_field_that_cannot_be_sent_is_named(
    draft: EntryDraft, expected: tuple[Field, Problem]
) -> None:
    assert _found(draft) == [expected]


def test_every_wrong_field_is_named_once() -> None:
    draft = EntryDraft(scene=Scene.PARKING_SPACE, plate="粤", openid="中文")
    assert _found(draft) == [
        (Field.PLATE, Problem.NOT_A_PLATE),
        (Field.SPACE_NUMBER, Problem.MISSING),
        (Field.OPENID, Problem.BAD_CHARACTER),
    ]


def test_five_minutes_ahead_is_a_clock_a_little_off() -> None:
    check_draft(replace(PARKING, start_time=NOW + timedelta(minutes=5)), NOW)


def test_fields_of_the_other_scene_are_left_out() -> None:
    entry = check_draft(replace(SPACE, scene=Scene.PARKING, plate="粤B12345"), NOW)
    assert (entry.space_number, entry.openid, entry.sub_openid) == ("", "", "")


def test_a_bay_may_have_no_plate_and_is_named_by_its_number() -> None:
    entry = check_draft(replace(SPACE, car_type=CarType.LARGE), NOW)
    assert (entry.plate, entry.label, entry.car_type) == (None, "D6666", CarType.LARGE)


def test_an_odd_plate_may_be_sent_the_second_press_is_the_forms_affair() -> None:
    entry = check_draft(EntryDraft(plate="粤B888888"), NOW)
    assert entry.plate is not None
    assert entry.label == "粤B·888888"


def test_wire_times_are_read_back() -> None:
    moment = datetime(2017, 8, 26, 10, 43, 39, tzinfo=BEIJING)
    assert read_wire_time(wire_time(moment)) == moment


@pytest.mark.parametrize(
    "text", ["", "2017", "20170230000000", "2017082610433９", "20170826104360"]
)
def test_a_wire_time_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        read_wire_time(text)
    assert caught.value.errors[0].problem is Problem.NOT_A_TIME


@pytest.mark.parametrize(
    ("car_type", "chargeable"), [(CarType.SMALL, True), (CarType.LARGE, False), (None, True)]
)
def test_civil_plate_of_a_large_car_is_not_chargeable(
    car_type: CarType | None, chargeable: bool
) -> None:
    entry = check_draft(EntryDraft(plate="粤B12345", car_type=car_type), NOW)
    assert entry.chargeable is chargeable
