"""Checks of settings, and the rule for an edited merchant."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.settings import changed, settings_of
from wxpark_gui.domain.definitions import SettingDefinition
from wxpark_gui.domain.errors import Field, FieldError, InvalidInputError, Problem
from wxpark_gui.domain.merchant import MerchantProfile
from wxpark_gui.domain.release_source import ReleaseSource
from wxpark_gui.domain.settings import (
    Account,
    Settings,
    change_merchant,
    check_settings,
    read_reasons,
    setting_definitions,
)


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        (settings_of(name=""), Field.BOOTH),
        (settings_of(name="岗" * 33), Field.BOOTH),
        (settings_of(plate_prefix="B"), Field.PLATE_PREFIX),
        (settings_of(plate_prefix="粤B1"), Field.PLATE_PREFIX),
        (settings_of(proxy_url="proxy:8080"), Field.PROXY_URL),
        (settings_of(proxy_url="http://proxy"), Field.PROXY_URL),
        (settings_of(proxy_url="http://name:word@proxy:8080"), Field.PROXY_URL),
        (settings_of(proxy_url="http://proxy:port"), Field.PROXY_URL),
        (settings_of(language="fr"), Field.LANGUAGE),
        (settings_of(theme="pink"), Field.THEME),
        (settings_of(font_scale=99), Field.FONT_SCALE),
        (settings_of(font_scale=201), Field.FONT_SCALE),
    ],
)
def test_invalid_setting_is_reported_with_its_field(settings: Settings, field: Field) -> None:
    with pytest.raises(InvalidInputError) as caught:
        check_settings(settings)
    assert [error.field for error in caught.value.errors] == [field]


@pytest.mark.parametrize("prefix", ["", "粤", "粤B", "贵O"])
def test_plate_prefix_may_be_empty_or_a_province(prefix: str) -> None:
    settings = changed(Settings(), plate_prefix=prefix, proxy_url="http://10.0.0.1:3128")
    assert check_settings(settings) is settings


PUBLIC = "RWR4+hyKqsk8qOvjY9eLh+QE/8HbcSyOYgTPPJGHnDQ44birIasOFyAt"


@pytest.mark.parametrize(
    "place",
    [
        "https://park.example/wxpark.toml",
        "https://park.example:8443/apps/wxpark.toml",
        "http://127.0.0.1:8080/wxpark.toml",
        "http://localhost/wxpark.toml",
        "http://[::1]/wxpark.toml",
        "/mnt/share/wxpark.toml",
        "/mnt/停车场/wx park.toml",
        "C:\\share\\wxpark.toml",
        "d:/share/wxpark.toml",
        "\\\\server\\share\\wxpark.toml",
    ],
)
def test_version_file_may_be_an_address_or_an_absolute_path(place: str) -> None:
    settings = settings_of(version_file=place, version_key=PUBLIC, proxy_url="http://10.0.0.1:3128")
    source = check_settings(settings).release_source
    assert source == ReleaseSource(place, PUBLIC, "http://10.0.0.1:3128")
    assert source.is_url == place.startswith("http")


@pytest.mark.parametrize(
    "place",
    [
        "wxpark.toml",
        "share/wxpark.toml",
        "../wxpark.toml",
        "~/wxpark.toml",
        "/",
        "//server/share/wxpark.toml",
        "C:wxpark.toml",
        "\\\\server",
        "\\\\server\\share",
        "\\share\\wxpark.toml",
        "/mnt/a\nb",
        "https://",
        "https://park.example",
        "https://park.example/",
        "https://park.example/wxpark.toml?x=1",
        "https://park.example/wxpark.toml#x",
        "https://name:word@park.example/wxpark.toml",
        "https://park.example:port/wxpark.toml",
        "http://park.example/wxpark.toml",
        "http://192.168.0.2/wxpark.toml",
        "file:///mnt/share/wxpark.toml",
        "ftp://park.example/wxpark.toml",
        "smb://server/share/wxpark.toml",
    ],
)
def test_other_version_file_is_refused(place: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        check_settings(settings_of(version_file=place, version_key=PUBLIC))
    assert [(e.field, e.problem) for e in caught.value.errors] == [
        (Field.VERSION_FILE, Problem.NOT_A_PLACE)
    ]


@pytest.mark.parametrize(
    ("place", "key", "errors"),
    [
        ("/mnt/wxpark.toml", "", [(Field.VERSION_KEY, Problem.MISSING)]),
        ("", PUBLIC, [(Field.VERSION_FILE, Problem.MISSING)]),
        ("", "RW", [
            (Field.VERSION_FILE, Problem.MISSING), (Field.VERSION_KEY, Problem.NOT_A_PUBLIC_KEY),
        ]),
        ("wxpark.toml", PUBLIC[:-1], [
            (Field.VERSION_FILE, Problem.NOT_A_PLACE),
            (Field.VERSION_KEY, Problem.NOT_A_PUBLIC_KEY),
        ]),
        ("/" + "x" * 256, PUBLIC, [(Field.VERSION_FILE, Problem.TOO_LONG)]),
    ],
)  # fmt: skip
def test_version_file_and_key_are_required_together(
    place: str, key: str, errors: list[tuple[Field, Problem]]
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        check_settings(settings_of(version_file=place, version_key=key))
    assert [(error.field, error.problem) for error in caught.value.errors] == errors


def test_defaults_have_no_release_source() -> None:
    assert check_settings(Settings()).release_source is None


MERCHANT = MerchantProfile("wx1", "1900000001", "1900000002", "西门停车场")
EAST = replace(MERCHANT, parking_name="东门停车场")
OTHER_IDS = replace(MERCHANT, sub_mch_id="1900000003")
FIRST, SECOND = "1900000001-1900000002", "1900000001-1900000003"


@pytest.mark.parametrize(
    ("edited", "proven", "current", "accounts"),
    [
        (MERCHANT, False, FIRST, {FIRST: MERCHANT}),
        (EAST, True, FIRST, {FIRST: EAST}),
        (replace(MERCHANT, free_time=900), True, FIRST, {FIRST: replace(MERCHANT, free_time=900)}),
        (replace(MERCHANT, appid="wx2"), True, FIRST, {FIRST: replace(MERCHANT, appid="wx2")}),
        (OTHER_IDS, False, FIRST, {FIRST: OTHER_IDS}),
        (OTHER_IDS, True, SECOND, {FIRST: MERCHANT, SECOND: OTHER_IDS}),
        (
            replace(EAST, sub_mch_id="1900000003"),
            False,
            SECOND,
            {FIRST: MERCHANT, SECOND: replace(EAST, sub_mch_id="1900000003")},
        ),
    ],
    ids=[
        "unchanged",
        "same ids, another name",
        "same ids, another free time",
        "same ids, another appid",
        "other ids, same name, never answered",
        "other ids, same name, answered",
        "other ids, another name, never answered",
    ],
)
def test_edited_merchant_changes_its_account_or_opens_one(
    edited: MerchantProfile, proven: bool, current: str, accounts: dict[str, MerchantProfile]
) -> None:
    settings = change_merchant(settings_of(MERCHANT), edited, proven=proven)
    assert settings.account_id == current
    assert {a.account_id: a.merchant for a in settings.accounts} == accounts


def test_first_merchant_opens_an_account_named_by_its_ids() -> None:
    settings = change_merchant(Settings(), MERCHANT, proven=False)
    assert settings.account == Account(FIRST, MERCHANT)


def test_account_that_has_the_edited_ids_and_label_becomes_current_again() -> None:
    settings = change_merchant(settings_of(MERCHANT), OTHER_IDS, proven=True)
    back = change_merchant(settings, replace(MERCHANT, free_time=900), proven=True)
    assert back.account_id == FIRST
    assert {a.account_id: a.merchant for a in back.accounts} == {
        FIRST: replace(MERCHANT, free_time=900),
        SECOND: OTHER_IDS,
    }


def test_account_with_the_edited_ids_and_another_label_is_not_changed() -> None:
    settings = change_merchant(settings_of(MERCHANT), OTHER_IDS, proven=True)
    opened = change_merchant(settings, EAST, proven=True)
    assert opened.account == Account(f"{FIRST}-2", EAST)
    assert opened.find_account(FIRST) == Account(FIRST, MERCHANT)


def test_account_opened_with_ids_that_name_a_corrected_one_has_an_id_of_its_own() -> None:
    corrected = change_merchant(settings_of(MERCHANT), OTHER_IDS, proven=False)
    opened = change_merchant(corrected, MERCHANT, proven=True)
    assert opened.account_id == f"{FIRST}-2"
    assert [account.account_id for account in opened.accounts] == [FIRST, f"{FIRST}-2"]


def test_account_is_found_by_its_id_alone() -> None:
    settings = settings_of(MERCHANT)
    assert settings.find_account(FIRST) == Account(FIRST, MERCHANT)
    assert (settings.find_account(""), settings.find_account(SECOND)) == (None, None)
    assert settings.without_account(FIRST) == Settings()


def test_every_default_may_be_kept() -> None:
    for section, definition in setting_definitions():
        if section != "merchant":
            assert definition.check(definition.default) is None


def test_every_definition_names_a_field_of_its_own() -> None:
    fields = [definition.field for _, definition in setting_definitions()]
    assert len(fields) == len(set(fields))


@pytest.mark.parametrize(
    ("field", "typed", "value"),
    [
        (Field.BOOTH, " 2号岗 ", "2号岗"),
        (Field.PLATE_PREFIX, " 粤b ", "粤B"),
        (Field.EXPIRY_HOURS, " 48 ", 48),
        (Field.DUPLICATE_MINUTES, "", 0),
        (Field.THEME, "dark", "dark"),
        (Field.SOUNDS, "false", False),
        (Field.GATEWAY_URL, "https://gateway.example/ ", "https://gateway.example"),
    ],
)
def test_typed_text_is_read_by_its_definition(
    field: Field, typed: str, value: str | int | bool
) -> None:
    assert _definition(field).read(typed) == value


@pytest.mark.parametrize(
    ("field", "typed", "error"),
    [
        (
            Field.EXPIRY_HOURS,
            "soon",
            FieldError(Field.EXPIRY_HOURS, Problem.NOT_A_NUMBER, 720, least=1),
        ),
        (Field.FREE_TIME, "-1", FieldError(Field.FREE_TIME, Problem.NOT_A_NUMBER, 604800)),
        (Field.SOUNDS, "yes", FieldError(Field.SOUNDS, Problem.NOT_A_CHOICE)),
        (Field.THEME, "pink", FieldError(Field.THEME, Problem.NOT_A_CHOICE)),
    ],
)
def test_typed_text_of_another_type_is_refused(field: Field, typed: str, error: FieldError) -> None:
    with pytest.raises(InvalidInputError) as caught:
        _definition(field).read(typed)
    assert caught.value.errors == (error,)


def _definition(field: Field) -> SettingDefinition:
    return next(found for _, found in setting_definitions() if found.field is field)


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        ("", ()),
        (" ; ；", ()),
        ("车牌有误；没有入场; 测试 ", ("车牌有误", "没有入场", "测试")),
        (";".join("123456789ABC"), tuple("123456789")),
        ("长" * 30, ("长" * 20,)),
    ],
)
def test_reasons_are_read_between_semicolons(text: str, reasons: tuple[str, ...]) -> None:
    assert read_reasons(text) == reasons


@pytest.mark.parametrize(
    ("mode", "url", "wanted"),
    [
        ("explicit", "", ""),
        ("explicit", "http://10.0.0.1:3128", "http://10.0.0.1:3128"),
        ("system", "http://10.0.0.1:3128", "system"),
        ("none", "http://10.0.0.1:3128", ""),
    ],
)
def test_mode_of_the_proxy_decides_which_one_is_used(mode: str, url: str, wanted: str) -> None:
    settings = check_settings(changed(Settings(), proxy=mode, proxy_url=url))
    assert settings.network.wanted_proxy == wanted


def test_unknown_mode_of_the_proxy_is_refused() -> None:
    with pytest.raises(InvalidInputError):
        check_settings(changed(Settings(), proxy="pac"))
