"""Names, labels and messages of shifts."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wxpark_gui.domain.shift import (
    MESSAGE_LENGTH,
    NAME_LENGTH,
    Person,
    Shift,
    free_label,
    read_message,
    read_name,
)
from wxpark_gui.domain.shift_errors import NameFormatError
from wxpark_gui.domain.stamp import Stamp

OPENED = datetime(2026, 3, 15, 0, 0, tzinfo=timezone.utc)
LI = Person("1", "李师傅", "李师傅")
WANG = Person("2", "王师傅", "王师傅")


def test_white_space_around_and_within_a_name_is_joined() -> None:
    assert read_name("  李  师傅 ") == "李 师傅"


@pytest.mark.parametrize("typed", ["", "   ", "李" * (NAME_LENGTH + 1), "李\x00", "李\u202e王"])
def test_name_that_cannot_be_shown_is_refused(typed: str) -> None:
    with pytest.raises(NameFormatError):
        read_name(typed)


@given(st.lists(st.sampled_from(["张伟", "张伟 2", "张伟 3", "李娜"]), max_size=12))
def test_labels_are_unique_whatever_the_names(names: list[str]) -> None:
    labels: list[str] = []
    for name in names:
        labels.append(free_label(name, labels))
    assert len(set(labels)) == len(labels)
    assert all(label.startswith(name) for name, label in zip(names, labels, strict=True))


def test_message_is_one_printable_line_of_bounded_length() -> None:
    assert read_message(" 道闸坏了\n找  老王\x00 ") == "道闸坏了 找 老王"
    assert len(read_message("长" * 1000)) == MESSAGE_LENGTH


def test_stamp_is_that_of_the_person_signed_in_and_has_none_while_locked() -> None:
    shift = Shift("s", 1, OPENED, LI, WANG)
    assert shift.is_relief
    assert shift.stamp == Stamp("s", "王师傅")
    assert Shift("s", 1, OPENED, LI, LI, is_locked=True).stamp == Stamp("s", "")


def test_shift_counts_as_forgotten_after_sixteen_hours() -> None:
    shift = Shift("s", 1, OPENED, LI, LI)
    assert not shift.is_overdue(OPENED + timedelta(hours=15, minutes=59))
    assert shift.is_overdue(OPENED + timedelta(hours=16))
