"""Settings for the tests, by the values that matter to them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from wxpark_gui.domain.merchant import MerchantProfile
from wxpark_gui.domain.settings import SECTIONS, Settings, change_merchant


def settings_of(merchant: MerchantProfile | None = None, **values: Any) -> Settings:
    """The defaults with a merchant and some values."""
    settings = changed(Settings(), **values)
    return settings if merchant is None else change_merchant(settings, merchant, proven=False)


def changed(settings: Settings, **values: Any) -> Settings:
    """The settings with other values, each put into its section (`name` is the booth's)."""
    for section in SECTIONS:
        before = getattr(settings, section)
        own = {name: values.pop(name) for name in type(before).__slots__ if name in values}
        settings = replace(settings, **{section: replace(before, **own)})
    assert not values
    return settings


def merchant_of(settings: Settings) -> MerchantProfile:
    """The current account's merchant."""
    assert settings.account is not None
    return settings.account.merchant
