"""Waiting offers: order, bounds and dismissal, without a window."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from wxpark_gui.domain.door import OfferedPlate
from wxpark_gui.ui.entry.offers import (
    DISMISSED_FOR,
    LIFETIME,
    MOST_OFFERS,
    WaitingOffers,
    is_correction,
)

NOW = datetime(2026, 3, 15, 3, 42, 7, tzinfo=timezone.utc)
SECOND = timedelta(seconds=1)


def offer(plate: str, seconds: int = 0) -> OfferedPlate:
    return OfferedPlate(plate, NOW + seconds * SECOND)


def plates(offers: WaitingOffers) -> list[str]:
    return [each.plate for each in offers]


def test_newest_offer_comes_first_and_the_others_are_counted() -> None:
    offers = WaitingOffers()
    for second, plate in enumerate(("粤B11111", "粤B22222", "粤B33333")):
        assert offers.add(offer(plate, second))
    assert (offers.newest, offers.older) == (offer("粤B33333", 2), 2)
    assert offers.take() == offer("粤B33333", 2)
    assert (offers.newest, offers.older) == (offer("粤B22222", 1), 1)


def test_repeated_plate_is_kept_once_as_the_newest() -> None:
    offers = WaitingOffers()
    for second, plate in enumerate(("粤B11111", "粤B22222", "粤B11111")):
        offers.add(offer(plate, second))
    assert plates(offers) == ["粤B22222", "粤B11111"]
    assert offers.newest == offer("粤B11111", 2)


@pytest.mark.parametrize(("back", "is_kept"), [(LIFETIME - SECOND, True), (LIFETIME, False)])
def test_clock_that_is_set_back_keeps_no_offer_for_long(back: timedelta, *, is_kept: bool) -> None:
    offers = WaitingOffers()
    offers.add(offer("粤B11111"))
    offers.expire(NOW - back)
    assert plates(offers) == (["粤B11111"] if is_kept else [])


def test_number_of_offers_is_bounded() -> None:
    offers = WaitingOffers()
    for number in range(1000):
        offers.add(offer(f"粤B{number:05}"))
    assert plates(offers) == [f"粤B{number:05}" for number in range(1000 - MOST_OFFERS, 1000)]


def test_offer_of_an_entered_plate_is_removed() -> None:
    offers = WaitingOffers()
    offers.add(offer("粤B11111"))
    offers.discard("粤B11111")
    offers.discard("粤B22222")
    assert (offers.newest, offers.older, offers.take()) == (None, 0, None)


def test_old_offers_expire() -> None:
    offers = WaitingOffers()
    offers.add(offer("粤B11111"))
    offers.add(offer("粤B22222", 1))
    offers.expire(NOW + LIFETIME)
    assert plates(offers) == ["粤B22222"]


@pytest.mark.parametrize(
    ("after", "is_taken"),
    [
        (timedelta(0), False),
        (DISMISSED_FOR - SECOND, False),
        (DISMISSED_FOR, True),
        (-SECOND, True),
    ],
)
def test_dismissed_plate_is_not_offered_again_for_a_minute(
    after: timedelta, *, is_taken: bool
) -> None:
    offers = WaitingOffers()
    offers.add(offer("粤B11111"))
    offers.dismiss_all(NOW)
    assert offers.add(OfferedPlate("粤B11111", NOW + after)) is is_taken
    assert offers.add(offer("粤B22222"))


def test_number_of_dismissed_plates_is_bounded() -> None:
    offers = WaitingOffers()
    for number in range(MOST_OFFERS + 1):
        offers.dismiss(offer(f"粤B{number:05}"), NOW)
    assert offers.add(offer("粤B00000"))
    assert not offers.add(offer("粤B00001"))


@pytest.mark.parametrize(
    ("after", "is_so"),
    [
        ("粤B12345", True),
        ("粤B1234", True),
        ("粤B1245", True),
        ("粤B12845", True),
        ("川B12345", True),
        ("粤B123456", True),
        ("粤B", False),
        ("粤B1", False),
        ("粤B54321", False),
        ("粤B12354", False),
        ("", False),
    ],
)
def test_change_of_one_character_is_a_correction(after: str, *, is_so: bool) -> None:
    assert is_correction("粤B12345", after) is is_so
