"""Exported settings are imported unchanged; errors name the line, and never a secret."""

from __future__ import annotations

import codecs
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.settings import settings_of
from tests.storage.released import SETTINGS
from wxpark_gui.domain.definitions import Choice, Number
from wxpark_gui.domain.errors import ImportUnreadableError, SettingsNewerError
from wxpark_gui.domain.merchant import MerchantProfile
from wxpark_gui.domain.setting_changes import (
    DEFINITIONS,
    SettingChanges,
    apply_changes,
    read_tables,
)
from wxpark_gui.domain.settings import Account, Settings, change_merchant
from wxpark_gui.storage.settings import TomlSettings
from wxpark_gui.storage.settings_exchange import LARGEST_FILE, export_text, read_import

KEY = "CanaryCanaryCanaryCanaryCanary01"
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=31)
NAMES = st.text("abc 停车场·#\"'\\[]=\U0001f697", min_size=1, max_size=31)
SAMPLES: dict[str, st.SearchStrategy[str]] = {
    "booth.plate_prefix": st.sampled_from(["", "粤", "粤B"]),
    "network.proxy_url": st.sampled_from(["", "http://10.0.0.1:3128", "http://[::1]:80"]),
    "updates.version_file": st.sampled_from(["", r"\\server\apps\wxpark.toml", "/mnt/停车/x"]),
    "updates.version_key": st.sampled_from(["", SETTINGS.updates.version_key]),
    "merchant.notify_url": st.sampled_from(["", "https://park.example/state"]),
    "merchant.gateway_url": st.sampled_from(["", "https://gateway.example"]),
    "merchant.parking_name": NAMES,
    "merchant.appid": st.from_regex("wx[0-9a-z_]{1,20}", fullmatch=True),
    "merchant.sub_appid": st.sampled_from(["", "wx_sub"]),
    "merchant.mch_id": st.from_regex("[0-9]{1,32}", fullmatch=True),
    "merchant.sub_mch_id": st.from_regex("[0-9]{1,32}", fullmatch=True),
}


def any_value(name: str) -> st.SearchStrategy[Any]:
    """Return a strategy for the valid values of a setting."""
    rule = DEFINITIONS[name].rule
    if isinstance(rule, Number):
        return st.integers(rule.least, rule.largest)
    if isinstance(rule, Choice):
        return st.sampled_from(rule.options)
    texts = SAMPLES.get(name, TEXTS).map(rule.clean)
    return texts.filter(lambda text: rule.check(text) is None)


def with_both_or_neither(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values, without version file and its key if one of the two is missing."""
    given = values["updates.version_file"] and values["updates.version_key"]
    return values if given else values | {"updates.version_file": "", "updates.version_key": ""}


ANY_VALUES = st.fixed_dictionaries({name: any_value(name) for name in DEFINITIONS}).map(
    with_both_or_neither
)


def taken_over(settings: Settings, content: bytes) -> Settings:
    """Return the settings after the import of a file with this content."""
    changed, merchant = apply_changes(settings, read_tables(read_import(content).tables))
    return change_merchant(changed, merchant, proven=False) if merchant else changed


@given(ANY_VALUES, st.booleans())
def test_export_is_imported_unchanged(values: dict[str, Any], ascii_only: bool) -> None:
    settings, merchant = apply_changes(Settings(), SettingChanges(values))
    assert merchant is not None
    exported = change_merchant(settings, merchant, proven=False)
    text = export_text(exported, ascii_only=ascii_only)
    assert taken_over(Settings(), text.encode()) == exported
    assert taken_over(exported, text.encode()) == exported
    assert text.isascii() or not ascii_only


def test_export_has_every_setting_and_no_earlier_account() -> None:
    other = MerchantProfile("wx1", "1900000007", "1900000008", "东门停车场")
    settings = replace(SETTINGS, accounts=(*SETTINGS.accounts, Account("old", other)))
    exported = export_text(settings, ascii_only=False)
    assert list(read_tables(read_import(exported.encode()).tables).values) == list(DEFINITIONS)
    assert "1900000007" not in exported
    assert taken_over(Settings(), exported.encode()) == SETTINGS


def test_export_without_a_merchant_has_none() -> None:
    text = export_text(settings_of(name="3号岗"), ascii_only=False)
    assert "merchant" not in text
    assert taken_over(SETTINGS, text.encode()).accounts == SETTINGS.accounts


def test_copy_of_a_settings_file_is_imported_with_its_current_merchant(tmp_path: Any) -> None:
    other = MerchantProfile("wx1", "1900000007", "1900000008", "东门停车场")
    path = tmp_path / "settings.toml"
    TomlSettings(path).save(replace(SETTINGS, accounts=(Account("old", other), *SETTINGS.accounts)))
    assert taken_over(Settings(), path.read_bytes()) == SETTINGS


@pytest.mark.parametrize(
    "content",
    [
        codecs.BOM_UTF8 + '[booth]\r\nname = "3号岗"\r\n'.encode(),
        codecs.BOM_UTF16_LE + '[booth]\r\nname = "3号岗"\r\n'.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + 'booth.name = "3号岗"'.encode("utf-16-be"),
    ],
)
def test_file_as_notepad_and_powershell_write_it_is_read(content: bytes) -> None:
    assert read_import(content).tables == {"booth": {"name": "3号岗"}}


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        (b"", "empty file"),
        (b"# nothing\n", "empty file"),
        (f'[booth]\nkey = "{KEY}\n'.encode(), "line 2"),
        (f"[booth]\n\n{KEY}\n".encode(), "line 3"),
        (b"a = 1\nb = '\xff'\n", "line 2, not UTF-8"),
        (codecs.BOM_UTF16_LE + b"a", "line 1, not UTF-16"),
        (b"a = " + b"9" * 5000, "line 1"),
        (b"a = " + b"[" * 5000, "line 1"),
        (b'format = "2"', "format"),
        (b"#" * (LARGEST_FILE + 1), "over 64 KiB"),
    ],
)
def test_file_that_is_no_toml_is_refused_without_its_text(content: bytes, detail: str) -> None:
    with pytest.raises(ImportUnreadableError) as caught:
        read_import(content)
    assert caught.value.detail == detail
    assert caught.value.__cause__ is None
    assert KEY not in str(caught.value)


def test_file_of_a_newer_format_is_refused() -> None:
    with pytest.raises(SettingsNewerError, match="format 3"):
        read_import(b"format = 3\n")


@pytest.mark.parametrize(
    ("text", "name", "line"),
    [
        ("[booth]\n\nname = 3\n", "booth.name", 3),
        ("[network]\nname = 1\n[booth]\nname = 3\n", "booth.name", 4),
        ("a = 1\nbooth.name = 3\n", "booth.name", 2),
        ('# name\n[booth]\nname = """\na\nb"""\n', "booth.name", 3),
        ('"apiv2" = 1\n', "apiv2", 1),
        ('account = "x"\n[[accounts]]\naccount_id = "x"\nappid = 1\n', "merchant.appid", 4),
        ("[booth]\n", "booth.name", None),
        ("booth = 1\n", "booth.name", None),
    ],
)
def test_line_of_a_setting_is_found(text: str, name: str, line: int | None) -> None:
    assert read_import(text.encode()).line_of(name) == line
