from __future__ import annotations

import os
import stat
import string
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.systems import needs_posix_modes
from wxpark_gui.domain.errors import (
    InvalidInputError,
    SettingsNotWrittenError,
    SettingsUnreadableError,
)
from wxpark_gui.domain.merchant import FREE_TIME_MAXIMUM, MerchantProfile
from wxpark_gui.domain.settings import BOOTH_LENGTH, Settings
from wxpark_gui.storage.settings import TomlSettings

MERCHANT = MerchantProfile(
    appid="wx0123456789abcdef",
    mch_id="1900000001",
    sub_mch_id="1900000002",
    parking_name="欢乐海岸停车场",
    free_time=900,
)
SETTINGS = Settings(
    merchant=MERCHANT,
    booth="2号岗",
    plate_prefix="京A",
    language="en",
    theme="dark",
    font_scale=150,
    sounds=False,
    version_file="/mnt/share/wxpark.toml",
    version_key="RWR4+hyKqsk8qOvjY9eLh+QE/8HbcSyOYgTPPJGHnDQ44birIasOFyAt",
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "settings.toml"


@pytest.fixture
def store(path: Path) -> TomlSettings:
    return TomlSettings(path)


def test_without_a_file_there_are_the_defaults(store: TomlSettings) -> None:
    assert store.load() == Settings()


def test_gives_back_what_was_saved(store: TomlSettings) -> None:
    store.save(SETTINGS)
    assert store.load() == SETTINGS


@given(
    booth=st.text(min_size=1, max_size=BOOTH_LENGTH).filter(
        lambda text: text.encode("utf-8", "ignore").decode() == text
    ),
    name=st.text(string.ascii_letters + "停车场·#\"'\\[]=", min_size=1, max_size=32),
    free_time=st.integers(0, FREE_TIME_MAXIMUM),
)
def test_gives_back_any_settings_that_may_be_kept(
    tmp_path_factory: pytest.TempPathFactory, booth: str, name: str, free_time: int
) -> None:
    store = TomlSettings(tmp_path_factory.mktemp("any") / "settings.toml")
    merchant = replace(MERCHANT, parking_name=name, free_time=free_time)
    store.save(Settings(merchant=merchant, booth=booth))
    assert store.load() == Settings(merchant=merchant, booth=booth)


def test_a_key_that_is_not_in_the_file_has_its_default(path: Path, store: TomlSettings) -> None:
    path.write_text('language = "en"\n', encoding="utf-8")
    assert store.load() == Settings(language="en")


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(
    path: Path, store: TomlSettings
) -> None:
    path.write_bytes('\ufeffbooth = "3号岗"\r\nlanguage = "en"\r\n'.encode())
    assert store.load() == Settings(booth="3号岗", language="en")


def test_what_a_newer_version_wrote_is_kept(path: Path, store: TomlSettings) -> None:
    path.write_text(
        'colour = "dark"\n[merchant]\nmch_id = "1"\nagreement = 7\n[printer]\nport = "COM3"\n',
        encoding="utf-8",
    )
    store.save(SETTINGS)
    text = path.read_text(encoding="utf-8")
    assert store.load() == SETTINGS
    assert 'colour = "dark"' in text
    assert "agreement = 7" in text
    assert '[printer]\nport = "COM3"' in text


def test_a_removed_merchant_is_gone(path: Path, store: TomlSettings) -> None:
    store.save(SETTINGS)
    store.save(replace(SETTINGS, merchant=None))
    assert store.load().merchant is None
    assert MERCHANT.mch_id not in path.read_text(encoding="utf-8")


UNREADABLE = (
    ("booth =\n", "line 1"),
    ('language = "en"\nbooth = "1号岗\n', "line 2"),
    ("[merchant\n", "line 1"),
    ('language = "en"\nbooth = 1\n', "booth, line 2"),
    ("proxy_url = true\n", "proxy_url, line 1"),
    ('\nplate_prefix = "X9"\n', "plate_prefix, line 2"),
    ('booth = ""\n', "booth, line 1"),
    ('booth = "a"\ntheme = "pink"\n', "theme, line 2"),
    ("font_scale = 250\n", "font_scale, line 1"),
    ('font_scale = "100"\n', "font_scale, line 1"),
    ("sounds = 1\n", "sounds, line 1"),
    ("version_file = 1\n", "version_file, line 1"),
    ("version_file = '/mnt/wxpark.toml'\n", "version_key, line 1"),
    ("merchant = 1\n", "merchant, line 1"),
    ("[[merchant]]\nmch_id = '1'\n", "merchant, line 1"),
    ("[merchant]\nfree_time = true\n", "merchant.free_time, line 2"),
    ("[merchant]\nfree_time = 0.5\n", "merchant.free_time, line 2"),
    ("booth = 'a'\n[other]\nmch_id = 1\n[merchant]\n'mch_id' = 1\n", "merchant.mch_id, line 5"),
    ("booth = 'a'\n\n[merchant]\nmch_id = '1'\n", "merchant.appid, line 3"),
)


@pytest.mark.parametrize(("text", "where"), UNREADABLE)
def test_what_cannot_be_is_refused_with_its_place_and_left_alone(
    path: Path, store: TomlSettings, text: str, where: str
) -> None:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsUnreadableError) as caught:
        store.load()
    assert caught.value.detail == where
    assert path.read_text(encoding="utf-8") == text


def test_a_file_that_is_no_text_is_refused_with_its_place(path: Path, store: TomlSettings) -> None:
    path.write_bytes(b'language = "en"\nbooth = "\xff\xfe"\n')
    with pytest.raises(SettingsUnreadableError) as caught:
        store.load()
    assert caught.value.detail == "line 2"


def test_a_file_the_system_does_not_give_is_refused(path: Path, store: TomlSettings) -> None:
    path.mkdir()
    with pytest.raises(SettingsUnreadableError):
        store.load()


def test_saving_over_an_unreadable_file_keeps_it_beside(path: Path, store: TomlSettings) -> None:
    path.write_text("booth =\n", encoding="utf-8")
    store.save(SETTINGS)
    assert store.load() == SETTINGS
    assert path.with_name("settings.toml.unreadable").read_text(encoding="utf-8") == "booth =\n"


INVALID = (
    replace(SETTINGS, booth=""),
    replace(SETTINGS, proxy_url="http://user:word@proxy:1"),
    replace(SETTINGS, merchant=replace(MERCHANT, mch_id="")),
)


@pytest.mark.parametrize("settings", INVALID)
def test_what_could_not_be_loaded_again_is_not_saved(
    path: Path, store: TomlSettings, settings: Settings
) -> None:
    with pytest.raises(InvalidInputError):
        store.save(settings)
    assert not path.exists()


def test_a_text_that_no_file_can_hold_is_not_written(store: TomlSettings) -> None:
    store.save(SETTINGS)
    with pytest.raises(SettingsNotWrittenError):
        store.save(replace(SETTINGS, booth="\ud800"))
    assert store.load() == SETTINGS


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_failing_disk_leaves_the_old_file_and_nothing_else(
    path: Path, store: TomlSettings, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    store.save(SETTINGS)

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(*{"fsync": (os, "fsync", fail), "replace": (Path, "replace", fail)}[step])
    with pytest.raises(SettingsNotWrittenError) as caught:
        store.save(Settings())
    assert caught.value.detail == "No space left on device"
    assert store.load() == SETTINGS
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_directory_that_cannot_be_written_is_reported(
    readable_only: Callable[[], AbstractContextManager[Path]],
) -> None:
    with readable_only() as root, pytest.raises(SettingsNotWrittenError):
        TomlSettings(root / "settings.toml").save(SETTINGS)


@needs_posix_modes
def test_the_file_is_its_owners_only(path: Path, store: TomlSettings) -> None:
    store.save(SETTINGS)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
