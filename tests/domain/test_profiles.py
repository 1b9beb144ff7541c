"""Profiles: their labels, and the one that a name means."""

from __future__ import annotations

from dataclasses import replace

import pytest

from wxpark_gui.domain.errors import Field, InvalidInputError, Problem, ProfileUnknownError
from wxpark_gui.domain.merchant import MerchantProfile
from wxpark_gui.domain.profiles import (
    check_label,
    find_profile,
    has_profiles,
    profile_labels,
    sharing_labels,
    switched,
)
from wxpark_gui.domain.settings import Account, Settings

WEST = Account("1-2", MerchantProfile("wx1", "1", "2", "西门停车场"))
EAST = Account("1-3", MerchantProfile("wx1", "1", "3", "东门停车场", profile_name="东门"))
TWIN = Account("1-2-2", replace(WEST.merchant, sub_mch_id="9"))
BOTH = Settings((WEST, EAST), "1-2")


def test_label_is_the_profile_name_or_else_the_name_of_the_car_park() -> None:
    assert profile_labels(BOTH) == {"1-2": "西门停车场", "1-3": "东门"}


def test_equal_labels_get_their_merchant_numbers() -> None:
    labels = profile_labels(Settings((WEST, TWIN), "1-2"))
    assert labels == {"1-2": "西门停车场 (1/2)", "1-2-2": "西门停车场 (1/9)"}


@pytest.mark.parametrize(
    ("mch_id", "account_id", "expected"),
    [
        ("1", "1-2", ("东门",)),
        ("1", "1-3", ("西门停车场",)),
        ("1", "", ("西门停车场", "东门")),
        ("9", "1-2", ()),
        ("", "", ()),
    ],
    ids=["first", "second", "new profile", "number of none", "nothing typed"],
)
def test_other_profiles_with_the_merchant_number_share_its_key(
    mch_id: str, account_id: str, expected: tuple[str, ...]
) -> None:
    assert sharing_labels(BOTH, mch_id, account_id) == expected


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (Settings(), False),
        (Settings((WEST,), "1-2"), False),
        (Settings((WEST,), ""), True),
        (BOTH, True),
    ],
    ids=["none", "only the current one", "one that is not current", "two"],
)
def test_there_is_a_profile_to_switch_to(settings: Settings, expected: bool) -> None:
    assert has_profiles(settings) is expected


def test_switch_changes_the_current_account_only() -> None:
    assert switched(BOTH, "1-3") == replace(BOTH, account_id="1-3")
    with pytest.raises(ProfileUnknownError):
        switched(BOTH, "1-9")


@pytest.mark.parametrize("name", ["1-3", "东门", "东门停车场", "3"])
def test_profile_is_found_by_each_of_its_names(name: str) -> None:
    assert find_profile(BOTH, name) == EAST


@pytest.mark.parametrize("name", ["", "南门", "西门停车场"])
def test_unknown_or_ambiguous_name_is_refused(name: str) -> None:
    with pytest.raises(ProfileUnknownError) as caught:
        find_profile(Settings((WEST, EAST, TWIN), "1-2"), name)
    assert caught.value.detail == name


@pytest.mark.parametrize("before", [None, EAST], ids=["new", "renamed"])
def test_label_of_another_profile_is_refused(before: Account | None) -> None:
    after = Account("1-3", replace(EAST.merchant, profile_name="西门停车场"))
    with pytest.raises(InvalidInputError) as caught:
        check_label(BOTH, before, after)
    (error,) = caught.value.errors
    assert (error.field, error.problem) == (Field.PROFILE_NAME, Problem.NAME_TAKEN)


def test_label_that_stays_is_accepted_beside_its_twin() -> None:
    check_label(Settings((WEST, TWIN), "1-2"), TWIN, TWIN)
