"""Settings that make no sense are named field by field."""

from __future__ import annotations

from dataclasses import replace

import pytest

from wxpark_gui.domain.errors import Field, InvalidInputError
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
