"""A plate that comes often is offered first."""

from __future__ import annotations

from wxpark_gui.domain.known_plates import KnownPlates


def test_the_most_frequent_comes_first_then_the_latest() -> None:
    known = KnownPlates([("粤B12301", 1), ("粤B12302", 3), ("粤B12303", 1), ("粤B99999", 9)])
    assert known.starting_with("粤B123", 5) == ("粤B12302", "粤B12303", "粤B12301")
    assert known.starting_with("粤B123", 1) == ("粤B12302",)


def test_each_visit_counts() -> None:
    known = KnownPlates([("粤B12301", 1), ("粤B12302", 2)])
    for _ in range(2):
        known.add("粤B12301")
    assert known.starting_with("粤B123", 5) == ("粤B12301", "粤B12302")


def test_a_new_plate_is_known_at_once() -> None:
    known = KnownPlates()
    known.add("京A12345")
    assert "京A12345" in known
    assert known.starting_with("京A1", 5) == ("京A12345",)


def test_a_plate_is_no_beginning_of_itself() -> None:
    assert KnownPlates([("粤B12345", 1)]).starting_with("粤B12345", 5) == ()


def test_what_nobody_drives_is_not_offered() -> None:
    known = KnownPlates([("粤B12345", 1)])
    assert known.starting_with("粤B2", 5) == ()
    assert known.starting_with("粤C", 5) == ()
