"""Changes of settings by name: all values are checked, and every fault is reported at once."""

from __future__ import annotations

from typing import Any

import pytest

from tests.settings import settings_of
from wxpark_gui.domain.errors import FieldError, NameProblem, Problem
from wxpark_gui.domain.merchant import MerchantProfile
from wxpark_gui.domain.setting_changes import (
    DEFINITIONS,
    Difference,
    SettingFault,
    SettingsRefusedError,
    apply_changes,
    differences,
    find_names,
    read_assignments,
    read_tables,
    setting_values,
)
from wxpark_gui.domain.settings import Settings

KEY = "CanaryCanaryCanaryCanaryCanary01"
MERCHANT = MerchantProfile("wx0123456789abcdef", "1900000001", "1900000002", "欢乐海岸停车场")
BOOTH = settings_of(MERCHANT, name="2号岗", expiry_hours=48)


def faults_of(settings: Settings, *assignments: str) -> list[SettingFault]:
    with pytest.raises(SettingsRefusedError) as caught:
        apply_changes(settings, read_assignments(assignments))
    return list(caught.value.faults)


def problems_of(faults: list[SettingFault]) -> list[tuple[str, NameProblem | Problem]]:
    return [
        (f.name, f.problem.problem if isinstance(f.problem, FieldError) else f.problem)
        for f in faults
    ]


def test_only_named_settings_change() -> None:
    changes = read_assignments(["booth.name= 3号岗 ", "merchant.free_time=900"])
    settings, merchant = apply_changes(BOOTH, changes)
    assert settings == settings_of(MERCHANT, name="3号岗", expiry_hours=48)
    assert merchant == MerchantProfile(
        "wx0123456789abcdef", "1900000001", "1900000002", "欢乐海岸停车场", free_time=900
    )


def test_no_change_needs_no_merchant() -> None:
    assert apply_changes(Settings(), read_assignments(["booth.name=1"]))[1] is None


@pytest.mark.parametrize(
    ("assignment", "problem"),
    [
        ("booth.name=", Problem.MISSING),
        ("booth.expiry_hours=9999", Problem.NOT_A_NUMBER),
        ("booth.expiry_hours=soon", Problem.NOT_A_NUMBER),
        ("appearance.theme=pink", Problem.NOT_A_CHOICE),
        ("appearance.sounds=1", Problem.NOT_A_CHOICE),
        ("network.proxy_url=proxy", Problem.URL_MALFORMED),
        ("merchant.appid=a b", Problem.BAD_CHARACTER),
        ("booth.name=\udcff", Problem.BAD_CHARACTER),
        ("booth.name", NameProblem.NO_VALUE),
        ("booth.nam=1", NameProblem.UNKNOWN),
        ("key=1", NameProblem.SECRET),
        ("merchant.key=1", NameProblem.SECRET),
        (f"booth.name={KEY}", NameProblem.SECRET),
        (f"merchant.appid= {KEY} ", NameProblem.SECRET),
        (f"other={KEY}", NameProblem.SECRET),
    ],
)
def test_each_fault_names_its_setting_and_problem(
    assignment: str, problem: Problem | NameProblem
) -> None:
    name = assignment.partition("=")[0]
    assert problems_of(faults_of(BOOTH, assignment)) == [(name, problem)]


def test_every_fault_is_told_at_once() -> None:
    faults = faults_of(BOOTH, "nam=1", "booth.name=", "merchant.mch_id=x", "appearance.theme=pink")
    assert sorted(fault.name for fault in faults) == [
        "appearance.theme",
        "booth.name",
        "merchant.mch_id",
        "nam",
    ]


def test_name_given_twice_is_refused() -> None:
    faults = faults_of(BOOTH, "booth.name=1", "booth.name=2")
    assert problems_of(faults) == [("booth.name", NameProblem.REPEATED)]


def test_new_merchant_must_be_complete() -> None:
    faults = faults_of(Settings(), "merchant.appid=wx1", "merchant.mch_id=x")
    assert problems_of(faults) == [
        ("merchant.mch_id", Problem.BAD_CHARACTER),
        ("merchant.sub_mch_id", Problem.MISSING),
        ("merchant.parking_name", Problem.MISSING),
    ]


def test_version_file_needs_its_key() -> None:
    faults = faults_of(BOOTH, "updates.version_file=https://park.example/wxpark.toml")
    assert problems_of(faults) == [("updates.version_key", Problem.MISSING)]


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [
        ("booth.nam", "booth.name"),
        ("proxy_url", "network.proxy_url"),
        ("proxi-url", "network.proxy_url"),
        ("booth", "booth.name"),
        ("appearance.proxy_url", "network.proxy_url"),
        ("MERCHANT.FREE_TIME", "merchant.free_time"),
        ("version-key", "updates.version_key"),
        ("printer.speed", ""),
    ],
)
def test_unknown_name_suggests_the_nearest(name: str, suggestion: str) -> None:
    (fault,) = faults_of(BOOTH, f"{name}=1")
    assert fault.suggestion == suggestion


@pytest.mark.parametrize(
    ("assignment", "given"),
    [
        ("booth.expiry_hours=9999", "9999"),
        (f"booth.plate_prefix={KEY[:30]}", "***"),
        (f"booth.nam=mine {KEY}x", "mine ***"),
        ("network.proxy_url=http://me:word@proxy:8080", "http:***proxy:8080"),
        ("merchant.key=abc", ""),
        ("booth.nam=" + "岗" * 99, "岗" * 40 + "…"),
        ("booth.nam=a\x1b[31mb", "a�[31mb"),
    ],
)
def test_fault_repeats_no_secret_and_no_control_character(assignment: str, given: str) -> None:
    (fault,) = faults_of(BOOTH, assignment)
    assert fault.given == given
    assert KEY not in fault.name


def test_key_in_place_of_a_name_is_not_repeated() -> None:
    with pytest.raises(SettingsRefusedError) as caught:
        apply_changes(BOOTH, read_assignments([KEY, f"{KEY}=1"]))
    assert KEY not in f"{caught.value} {caught.value.faults}"


def test_tables_are_read_by_section_and_key() -> None:
    changes = read_tables({"booth": {"name": " 3号岗 ", "expiry_hours": 24}, "network": {}})
    assert changes.values == {"booth.name": "3号岗", "booth.expiry_hours": 24}
    assert (changes.faults, changes.names_merchant) == ((), False)
    assert read_tables({"merchant": {"free_time": 1}}).names_merchant


@pytest.mark.parametrize(
    ("document", "name", "problem", "given"),
    [
        ({"booth": {"expiry_hours": "48"}}, "booth.expiry_hours", Problem.NOT_A_NUMBER, '"48"'),
        ({"booth": {"expiry_hours": True}}, "booth.expiry_hours", Problem.NOT_A_NUMBER, "true"),
        ({"booth": {"name": 3}}, "booth.name", Problem.NOT_A_TEXT, "3"),
        ({"booth": {"name": {"x": KEY}}}, "booth.name", Problem.NOT_A_TEXT, ""),
        ({"appearance": {"sounds": 1}}, "appearance.sounds", Problem.NOT_A_CHOICE, "1"),
        ({"booth": "3号岗"}, "booth", NameProblem.UNKNOWN, "3号岗"),
        ({"printer": {"port": 1}}, "printer.port", NameProblem.UNKNOWN, "1"),
        ({"printer": {}}, "printer", NameProblem.UNKNOWN, ""),
        ({"accounts": [{"key": KEY}]}, "accounts", NameProblem.UNKNOWN, ""),
        ({"merchant": {"key": KEY}}, "merchant.key", NameProblem.SECRET, ""),
        ({"merchant": {"parking_name": KEY}}, "merchant.parking_name", NameProblem.SECRET, ""),
        ({"apiv2": KEY}, "apiv2", NameProblem.SECRET, ""),
    ],
)
def test_value_of_another_type_or_name_in_a_table_is_a_fault(
    document: dict[str, Any], name: str, problem: NameProblem | Problem, given: str
) -> None:
    (fault,) = read_tables(document).faults
    assert problems_of([fault]) == [(name, problem)]
    assert fault.given == given


def test_fault_has_the_limits_of_its_setting() -> None:
    (fault,) = faults_of(BOOTH, "booth.expiry_hours=0")
    assert fault.limits == "1-720 h"
    assert SettingFault("nam", NameProblem.UNKNOWN).limits == ""


def test_values_have_every_setting_by_name() -> None:
    values = setting_values(BOOTH)
    assert list(values) == list(DEFINITIONS)
    assert (values["booth.name"], values["merchant.mch_id"]) == ("2号岗", "1900000001")
    unset = setting_values(Settings())
    assert (unset["merchant.mch_id"], unset["merchant.free_time"]) == (None, 0)


def test_differences_are_in_the_order_of_the_file() -> None:
    other = settings_of(MERCHANT, name="3号岗", expiry_hours=48, theme="dark")
    assert differences(BOOTH, other) == (
        Difference("booth.name", "2号岗", "3号岗"),
        Difference("appearance.theme", "system", "dark"),
    )
    assert differences(BOOTH, BOOTH) == ()


def test_names_are_found_by_name_and_section() -> None:
    names = ("booth.name", "network.proxy", "network.proxy_url")
    assert find_names(["network", "booth.name"]) == names
    assert find_names([]) == tuple(DEFINITIONS)
    with pytest.raises(SettingsRefusedError) as caught:
        find_names(["nam", "booth", "x"])
    assert [fault.name for fault in caught.value.faults] == ["nam", "x"]


@pytest.mark.parametrize(
    ("assignments", "mode"),
    [
        (["network.proxy_url=http://10.0.0.1:3128"], "explicit"),
        (["network.proxy_url=http://10.0.0.1:3128", "network.proxy=none"], "none"),
        (["network.proxy_url="], "none"),
        (["booth.name=A"], "none"),
    ],
)
def test_named_address_of_a_proxy_is_used_unless_a_mode_is_named(
    assignments: list[str], mode: str
) -> None:
    before = settings_of(proxy="none")
    after, _ = apply_changes(before, read_assignments(assignments))
    assert after.network.proxy == mode
