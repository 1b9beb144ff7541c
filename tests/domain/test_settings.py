"""Settings that make no sense are named field by field."""

from __future__ import annotations

from dataclasses import replace

import pytest

from wxpark_gui.domain.errors import Field, InvalidInputError, Problem
from wxpark_gui.domain.release import ReleaseSource
from wxpark_gui.domain.settings import Settings, check_settings


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        (Settings(booth=""), Field.BOOTH),
        (Settings(booth="岗" * 33), Field.BOOTH),
        (Settings(plate_prefix="B"), Field.PLATE_PREFIX),
        (Settings(plate_prefix="粤B1"), Field.PLATE_PREFIX),
        (Settings(proxy_url="proxy:8080"), Field.PROXY_URL),
        (Settings(proxy_url="http://proxy"), Field.PROXY_URL),
        (Settings(proxy_url="http://name:word@proxy:8080"), Field.PROXY_URL),
        (Settings(proxy_url="http://proxy:port"), Field.PROXY_URL),
        (Settings(language="fr"), Field.LANGUAGE),
        (Settings(theme="pink"), Field.THEME),
        (Settings(font_scale=99), Field.FONT_SCALE),
        (Settings(font_scale=201), Field.FONT_SCALE),
    ],
)
def test_a_setting_that_cannot_be_kept_is_named(settings: Settings, field: Field) -> None:
    with pytest.raises(InvalidInputError) as caught:
        check_settings(settings)
    assert [error.field for error in caught.value.errors] == [field]


@pytest.mark.parametrize("prefix", ["", "粤", "粤B", "贵O"])
def test_the_lots_own_prefix_may_be_short(prefix: str) -> None:
    settings = replace(Settings(), plate_prefix=prefix, proxy_url="http://10.0.0.1:3128")
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
def test_a_version_file_lies_at_an_address_or_a_whole_path(place: str) -> None:
    settings = Settings(version_file=place, version_key=PUBLIC, proxy_url="http://10.0.0.1:3128")
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
def test_any_other_place_of_a_version_file_is_named(place: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        check_settings(Settings(version_file=place, version_key=PUBLIC))
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
def test_place_and_key_of_the_version_file_come_together(
    place: str, key: str, errors: list[tuple[Field, Problem]]
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        check_settings(Settings(version_file=place, version_key=key))
    assert [(error.field, error.problem) for error in caught.value.errors] == errors


def test_by_itself_nobody_is_asked_for_a_newer_version() -> None:
    assert check_settings(Settings()).release_source is None
