"""Settings for tests, given by the values that differ from the defaults."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from wxpark_gui.domain.merchant import MerchantProfile
from wxpark_gui.domain.settings import SECTIONS, Settings, change_merchant


def settings_of(merchant: MerchantProfile | None = None, **values: Any) -> Settings:
    """Return the default settings with a merchant and other values."""
    settings = changed(Settings(), **values)
    return settings if merchant is None else change_merchant(settings, merchant, proven=False)


def changed(settings: Settings, **values: Any) -> Settings:
    """Return the settings with other values; each key is found in the section that has it.

    Raises:
        AssertionError: no section has the key.
    """
    for section in SECTIONS:
        before = getattr(settings, section)
        own = {name: values.pop(name) for name in type(before).__slots__ if name in values}
        settings = replace(settings, **{section: replace(before, **own)})
    assert not values
    return settings


def merchant_of(settings: Settings) -> MerchantProfile:
    """Return the merchant of the current account, which must exist."""
    assert settings.account is not None
    return settings.account.merchant
