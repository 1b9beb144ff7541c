"""Known plates: order of suggestions, familiar plates."""

from __future__ import annotations

import tracemalloc

import pytest

from wxpark_gui.domain import known_plates
from wxpark_gui.domain.known_plates import (
    LATEST_PLATES,
    MOST_PLATES,
    REGULAR_VISITS,
    KnownPlates,
)


def test_most_frequent_plate_comes_first_then_the_latest() -> None:
    known = KnownPlates([("粤B12301", 1), ("粤B12302", 3), ("粤B12303", 1), ("粤B99999", 9)])
    assert known.starting_with("粤B123", 5) == ("粤B12302", "粤B12303", "粤B12301")
    assert known.starting_with("粤B123", 1) == ("粤B12302",)


def test_visit_added_changes_the_order() -> None:
    known = KnownPlates([("粤B12301", 1), ("粤B12302", 2)])
    for _ in range(2):
        known.add("粤B12301")
    assert known.starting_with("粤B123", 5) == ("粤B12301", "粤B12302")


def test_added_plate_is_known_at_once() -> None:
    known = KnownPlates()
    known.add("京A12345")
    assert "京A12345" in known
    assert known.starting_with("京A1", 5) == ("京A12345",)


def test_invalid_text_of_a_damaged_journal_is_kept() -> None:
    damaged = b"\xe7\xb2\xa4B1\xff23".decode(errors="surrogateescape")
    known = KnownPlates([(damaged, 1)])
    known.add(damaged)
    assert damaged in known
    assert known.starting_with("粤B1", 5) == (damaged,)


def test_complete_plate_is_not_suggested_for_itself() -> None:
    assert KnownPlates([("粤B12345", 1)]).starting_with("粤B12345", 5) == ()


def test_unknown_beginning_has_no_suggestions() -> None:
    known = KnownPlates([("粤B12345", 1)])
    assert known.starting_with("粤B2", 5) == ()
    assert known.starting_with("粤C", 5) == ()


def test_regular_plate_and_the_latest_hundred_are_familiar() -> None:
    known = KnownPlates([("粤B00000", REGULAR_VISITS), ("粤B00001", 1)])
    for number in range(LATEST_PLATES - 1):
        known.add(f"京A{number:05}")
    assert known.is_familiar("粤B00000")
    assert known.is_familiar("粤B00001")
    known.add("京A99999")
    assert known.is_familiar("粤B00000")
    assert not known.is_familiar("粤B00001")
    known.add("粤B00001")
    assert known.is_familiar("粤B00001")
    assert not known.is_familiar("京A00000")


def test_plate_not_seen_for_longest_is_dropped_when_there_are_too_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(known_plates, "MOST_PLATES", 3)
    known = KnownPlates([("粤B12301", 5), ("粤B12302", 1), ("粤B12303", 1)])
    known.add("粤B12301")
    known.add("粤B12304")
    assert len(known) == 3
    assert known.starting_with("粤B123", 5) == ("粤B12301", "粤B12304", "粤B12303")
    assert "粤B12302" not in known
    known.add("粤B12302")
    assert known.starting_with("粤B123", 5) == ("粤B12301", "粤B12302", "粤B12304")


def test_hundredth_of_the_plates_not_seen_for_longest_is_dropped_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(known_plates, "MOST_PLATES", 200)
    plates = [f"粤B{number:05}" for number in range(200)]
    known = KnownPlates((plate, 1) for plate in plates)
    known.add(plates[1])
    known.add("京A00000")
    dropped = {plates[0], plates[2], plates[3]}
    assert {plate for plate in (*plates, "京A00000") if plate not in known} == dropped
    assert len(known) == 198


def test_memory_of_a_full_set_stays_the_same() -> None:
    tracemalloc.start()
    try:
        known = KnownPlates((f"粤B{number:05}", 1) for number in range(MOST_PLATES))
        full, _ = tracemalloc.get_traced_memory()
        for number in range(MOST_PLATES // 8):
            known.add(f"京A{number:05}")
            if number % 100 == 0:
                assert tracemalloc.get_traced_memory()[0] < 1.05 * full
    finally:
        tracemalloc.stop()
