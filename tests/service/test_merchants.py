"""Settings and keyring change together, or not at all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest

from tests.service.conftest import Booth
from wxpark_gui.domain.errors import (
    InvalidInputError,
    KeyMissingError,
    KeyringLockedError,
    SettingsNotWrittenError,
)
from wxpark_gui.domain.merchant import MerchantProfile, Secret
from wxpark_gui.domain.settings import Settings
from wxpark_gui.service.merchants import Merchants

NEW_KEY = Secret("n" * 32)


@dataclass
class FakeSettings:
    """A settings file in memory, on a disk that fails when told to."""

    settings: Settings
    full: bool = False

    def load(self) -> Settings:
        return self.settings

    def save(self, settings: Settings) -> None:
        if self.full:
            raise SettingsNotWrittenError
        self.settings = settings


@pytest.fixture
def settings(booth: Booth) -> FakeSettings:
    return FakeSettings(booth.settings)


@pytest.fixture
def merchants(booth: Booth, settings: FakeSettings) -> Merchants:
    return Merchants(settings, booth.vault)


def _with(settings: Settings, **changes: Any) -> Settings:
    merchant = settings.merchant
    assert isinstance(merchant, MerchantProfile)
    return replace(settings, merchant=replace(merchant, **changes))


def test_ids_and_key_are_kept_together(
    booth: Booth, merchants: Merchants, settings: FakeSettings
) -> None:
    merchants.keep(_with(settings.settings, sub_mch_id=" 42 "), NEW_KEY)
    assert settings.settings == _with(booth.settings, sub_mch_id="42")
    assert booth.vault.keys == {"10000098": NEW_KEY}


def test_without_a_new_key_the_one_in_the_keyring_stays(
    booth: Booth, merchants: Merchants, settings: FakeSettings
) -> None:
    before = dict(booth.vault.keys)
    merchants.keep(_with(settings.settings, parking_name="新名"), None)
    assert booth.vault.keys == before


def test_another_merchant_needs_a_key_of_its_own(
    merchants: Merchants, settings: FakeSettings
) -> None:
    before = settings.settings
    with pytest.raises(KeyMissingError):
        merchants.keep(_with(before, mch_id="777"), None)
    assert settings.settings == before


def test_the_key_of_a_merchant_that_was_replaced_is_removed(
    booth: Booth, merchants: Merchants, settings: FakeSettings
) -> None:
    merchants.keep(_with(settings.settings, mch_id="777"), NEW_KEY)
    assert booth.vault.keys == {"777": NEW_KEY}


def test_a_full_disk_puts_the_old_key_back(
    booth: Booth, merchants: Merchants, settings: FakeSettings
) -> None:
    before = dict(booth.vault.keys)
    settings.full = True
    with pytest.raises(SettingsNotWrittenError):
        merchants.keep(settings.settings, NEW_KEY)
    assert booth.vault.keys == before


def test_a_full_disk_leaves_no_key_where_there_was_none(
    booth: Booth, merchants: Merchants, settings: FakeSettings
) -> None:
    booth.vault.keys.clear()
    settings.full = True
    with pytest.raises(SettingsNotWrittenError):
        merchants.keep(settings.settings, NEW_KEY)
    assert booth.vault.keys == {}


def test_a_locked_keyring_changes_nothing(
    booth: Booth, merchants: Merchants, settings: FakeSettings
) -> None:
    before = settings.settings
    booth.vault.failure = KeyringLockedError()
    with pytest.raises(KeyringLockedError):
        merchants.keep(_with(before, parking_name="新名"), NEW_KEY)
    assert settings.settings == before


def test_what_cannot_be_sent_is_not_kept(
    booth: Booth, merchants: Merchants, settings: FakeSettings
) -> None:
    with pytest.raises(InvalidInputError):
        merchants.keep(_with(settings.settings, notify_url="http://park.example"), NEW_KEY)
    assert NEW_KEY not in booth.vault.keys.values()


def test_forgetting_removes_ids_and_key(
    booth: Booth, merchants: Merchants, settings: FakeSettings
) -> None:
    merchants.forget()
    merchants.forget()
    assert (settings.settings.merchant, booth.vault.keys) == (None, {})


def test_how_the_window_looks_is_kept_and_nothing_else_is_touched(
    booth: Booth, merchants: Merchants, settings: FakeSettings
) -> None:
    before, keys = settings.settings, dict(booth.vault.keys)
    stale = Settings(language="en", theme="dark", font_scale=150, sounds=False, booth="old")
    kept = merchants.keep_appearance(stale)
    changed = replace(before, language="en", theme="dark", font_scale=150, sounds=False)
    assert kept == settings.settings == changed
    assert booth.vault.keys == keys


def test_how_the_window_looks_is_kept_before_there_is_a_merchant(booth: Booth) -> None:
    settings = FakeSettings(Settings())
    Merchants(settings, booth.vault).keep_appearance(Settings(theme="light"))
    assert settings.settings == Settings(theme="light")


def test_looks_that_cannot_be_are_not_kept(merchants: Merchants, settings: FakeSettings) -> None:
    before = settings.settings
    with pytest.raises(InvalidInputError):
        merchants.keep_appearance(Settings(theme="pink"))
    assert settings.settings == before
