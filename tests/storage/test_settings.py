from __future__ import annotations

import stat
import string
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.settings import changed, settings_of
from tests.systems import needs_posix_modes
from wxpark_gui.domain.errors import (
    InvalidInputError,
    SettingsNewerError,
    SettingsNotWrittenError,
    SettingsUnreadableError,
)
from wxpark_gui.domain.merchant import FREE_TIME_MAXIMUM, MerchantProfile
from wxpark_gui.domain.settings import BOOTH_LENGTH, Account, Settings
from wxpark_gui.storage import durable
from wxpark_gui.storage.settings import TomlSettings

MERCHANT = MerchantProfile(
    appid="wx0123456789abcdef",
    mch_id="1900000001",
    sub_mch_id="1900000002",
    parking_name="欢乐海岸停车场",
    free_time=900,
)
SETTINGS = settings_of(
    merchant=MERCHANT,
    name="2号岗",
    plate_prefix="京A",
    language="en",
    theme="dark",
    font_scale=150,
    sounds=False,
    version_file="/mnt/share/wxpark.toml",
    version_key="RWR4+hyKqsk8qOvjY9eLh+QE/8HbcSyOYgTPPJGHnDQ44birIasOFyAt",
)

SECOND = replace(MERCHANT, mch_id="1900000003", parking_name="东门停车场")
TWO_ACCOUNTS = replace(
    SETTINGS, accounts=(*SETTINGS.accounts, Account("1900000003-1900000002", SECOND))
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "settings.toml"


@pytest.fixture
def store(path: Path) -> TomlSettings:
    return TomlSettings(path)


def test_missing_file_is_read_as_the_defaults(store: TomlSettings) -> None:
    assert store.load() == Settings()


def test_saved_settings_are_read_back(store: TomlSettings) -> None:
    store.save(SETTINGS)
    assert store.load() == SETTINGS


@given(
    booth=st.text(min_size=1, max_size=BOOTH_LENGTH).filter(
        lambda text: text.encode("utf-8", "ignore").decode() == text
    ),
    name=st.text(string.ascii_letters + "停车场·#\"'\\[]=", min_size=1, max_size=32),
    free_time=st.integers(0, FREE_TIME_MAXIMUM),
)
def test_any_valid_settings_are_read_back(
    tmp_path_factory: pytest.TempPathFactory, booth: str, name: str, free_time: int
) -> None:
    store = TomlSettings(tmp_path_factory.mktemp("any") / "settings.toml")
    merchant = replace(MERCHANT, parking_name=name, free_time=free_time)
    store.save(settings_of(merchant, name=booth))
    assert store.load() == settings_of(merchant, name=booth)


def test_key_missing_from_the_file_has_its_default(path: Path, store: TomlSettings) -> None:
    path.write_text('format = 2\n[appearance]\nlanguage = "en"\n', encoding="utf-8")
    assert store.load() == settings_of(language="en")


def test_byte_order_mark_and_windows_line_ends_are_ignored(path: Path, store: TomlSettings) -> None:
    text = '\ufeffformat = 2\r\n[booth]\r\nname = "3号岗"\r\n'
    path.write_bytes(text.encode())
    assert store.load() == settings_of(name="3号岗")


def test_file_has_sections_and_a_table_per_account(path: Path, store: TomlSettings) -> None:
    store.save(TWO_ACCOUNTS)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[:2] == ["format = 2", 'account = "1900000001-1900000002"']
    assert [line for line in lines if line.startswith("[")] == [
        "[booth]", "[network]", "[appearance]", "[updates]", "[door]",
        "[[accounts]]", "[[accounts]]",
    ]  # fmt: skip
    first = lines.index("[[accounts]]")
    assert lines[first + 1] == 'account_id = "1900000001-1900000002"'


def test_several_accounts_are_read_back(store: TomlSettings) -> None:
    store.save(TWO_ACCOUNTS)
    assert store.load() == TWO_ACCOUNTS


def test_profile_name_is_read_back_and_a_file_without_one_has_none(
    path: Path, store: TomlSettings
) -> None:
    named = replace(SECOND, profile_name="东门")
    store.save(replace(TWO_ACCOUNTS, accounts=(TWO_ACCOUNTS.accounts[0], Account("2", named))))
    assert [a.merchant.label for a in store.load().accounts] == ["欢乐海岸停车场", "东门"]
    lines = path.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith("profile_name")]
    path.write_text("\n".join(kept), encoding="utf-8")
    assert [a.merchant.profile_name for a in store.load().accounts] == ["", ""]


def test_accounts_without_a_current_one_are_read_back(store: TomlSettings) -> None:
    none_current = replace(TWO_ACCOUNTS, account_id="")
    store.save(none_current)
    assert store.load() == none_current


def test_removed_merchant_is_gone_from_the_file(path: Path, store: TomlSettings) -> None:
    store.save(SETTINGS)
    store.save(SETTINGS.without_account(SETTINGS.account_id))
    assert store.load().account is None
    assert MERCHANT.mch_id not in path.read_text(encoding="utf-8")


FLAT_MERCHANT = """\
[merchant]
appid = "wx1"
mch_id = "1"
sub_mch_id = "2"
parking_name = "P"
"""
FLAT = (
    ('language = "en"\n', settings_of(language="en")),
    ('\ufeffbooth = "3号岗"\r\nlanguage = "en"\r\n', settings_of(name="3号岗", language="en")),
    ('colour = "dark"\nsounds = false\n[printer]\nport = 3\n', settings_of(sounds=False)),
    (
        f"duplicate_minutes = 3\n{FLAT_MERCHANT}agreement = 7\n",
        replace(
            settings_of(duplicate_minutes=3),
            accounts=(Account("1-2", MerchantProfile("wx1", "1", "2", "P")),),
            account_id="1-2",
        ),
    ),
)


@pytest.mark.parametrize(("text", "meant"), FLAT)
def test_flat_file_of_version_0_1_is_read(
    path: Path, store: TomlSettings, text: str, meant: Settings
) -> None:
    path.write_bytes(text.encode())
    assert store.load() == meant


UNREADABLE_FLAT = (
    ("booth =\n", "line 1"),
    ('language = "en"\nbooth = "1号岗\n', "line 2"),
    ("[merchant\n", "line 1"),
    ('language = "en"\nbooth = 1\n', "booth"),
    ("proxy_url = true\n", "proxy_url"),
    ('\nplate_prefix = "X9"\n', "plate_prefix"),
    ('booth = ""\n', "booth"),
    ('booth = "a"\ntheme = "pink"\n', "theme"),
    ("font_scale = 250\n", "font_scale"),
    ('font_scale = "100"\n', "font_scale"),
    ("sounds = 1\n", "sounds"),
    ("version_file = 1\n", "version_file"),
    ("version_file = '/mnt/wxpark.toml'\n", "version_key"),
    ("merchant = 1\n", "merchant"),
    ("[[merchant]]\nmch_id = '1'\n", "merchant"),
    ("[merchant]\nfree_time = true\n", "merchant.free_time"),
    ("[merchant]\nfree_time = 0.5\n", "merchant.free_time"),
    ("booth = 'a'\n[other]\nmch_id = 1\n[merchant]\n'mch_id' = 1\n", "merchant.mch_id"),
    ("booth = 'a'\n\n[merchant]\nmch_id = '1'\n", "merchant.appid"),
)
ACCOUNT = "[[accounts]]\naccount_id = '1-2'\nappid = 'a'\nmch_id = '1'\nsub_mch_id = '2'\n"
UNREADABLE = (
    ("", "empty file"),
    (" \n\n", "empty file"),
    ("# nothing yet\n", "empty file"),
    ("format = '2'\n", "format"),
    ("format = 0\n", "format"),
    ("format = true\n", "format"),
    ("format = 2\nbooth = 'a'\n", "booth"),
    ("format = 2\ncolour = 'a'\n", "colour"),
    ("format = 2\n[printer]\nport = 1\n", "printer"),
    ("format = 2\n[booth]\nnmae = 'a'\n", "booth.nmae"),
    ("format = 2\n[booth]\nname = 1\n", "booth.name"),
    ("format = 2\n[booth]\nname = ''\n", "booth.name"),
    ("format = 2\n[booth]\nexpiry_hours = 0\n", "booth.expiry_hours"),
    ("format = 2\n[network]\nproxy_url = 'proxy'\n", "network.proxy_url"),
    ("format = 2\n[appearance]\nsounds = 1\n", "appearance.sounds"),
    ("format = 2\n[updates]\nversion_file = '/mnt/a'\n", "updates.version_key"),
    ("format = 2\naccounts = 1\n", "accounts"),
    ("format = 2\naccounts = [1]\n", "accounts[1]"),
    (f"format = 2\n{ACCOUNT}", "accounts[1].parking_name"),
    (f"format = 2\n{ACCOUNT}parking_name = 'P'\nagreement = 7\n", "accounts[1].agreement"),
    (f"format = 2\n{ACCOUNT}parking_name = 1\n", "accounts[1].parking_name"),
    ("format = 2\n" + f"{ACCOUNT}parking_name = 'P'\n" * 2, "accounts[2].account_id"),
    ("format = 2\n[[accounts]]\nmch_id = '1'\n", "accounts[1].account_id"),
    ("format = 2\naccount = '1-2'\n", "account"),
    (f"format = 2\naccount = 12\n{ACCOUNT}parking_name = 'P'\n", "account"),
    ("format = 2\naccount = 0\n", "account"),
)


@pytest.mark.parametrize(("text", "where"), [*UNREADABLE_FLAT, *UNREADABLE])
def test_invalid_file_names_its_key_and_is_kept(
    path: Path, store: TomlSettings, text: str, where: str
) -> None:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsUnreadableError) as caught:
        store.load()
    assert caught.value.detail == where
    assert path.read_text(encoding="utf-8") == text


def test_file_of_a_later_format_is_refused_as_newer_and_kept(
    path: Path, store: TomlSettings
) -> None:
    path.write_text("format = 3\n[booth]\nname = 7\n", encoding="utf-8")
    with pytest.raises(SettingsNewerError) as caught:
        store.load()
    assert caught.value.detail == "format 3"
    assert path.read_text(encoding="utf-8") == "format = 3\n[booth]\nname = 7\n"


def test_file_cut_off_at_any_byte_is_refused_or_still_has_its_account(
    path: Path, store: TomlSettings
) -> None:
    store.save(SETTINGS)
    content = path.read_bytes()
    for length in range(len(content)):
        path.write_bytes(content[:length])
        try:
            settings = store.load()
        except SettingsUnreadableError:
            continue
        # Cut within the first lines, or within the last value's default.
        assert settings.account is None or settings.account.account_id == SETTINGS.account_id
        assert settings.account is not None or length < content.index(b"[booth]")


def test_file_that_is_not_utf8_is_refused_with_its_line(path: Path, store: TomlSettings) -> None:
    path.write_bytes(b'language = "en"\nbooth = "\xff\xfe"\n')
    with pytest.raises(SettingsUnreadableError) as caught:
        store.load()
    assert caught.value.detail == "line 2, not UTF-8"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_file_that_notepad_saved_is_read_and_saved_as_utf8(
    path: Path, store: TomlSettings, encoding: str
) -> None:
    store.save(SETTINGS)
    edited = path.read_text("utf-8").replace("\n", "\r\n")
    path.write_bytes(edited.encode(encoding))
    assert store.load() == SETTINGS
    store.save(SETTINGS)
    assert path.read_text("utf-8") == edited.replace("\r\n", "\n")
    assert list(path.parent.iterdir()) == [path]


def test_unreadable_path_is_refused(path: Path, store: TomlSettings) -> None:
    path.mkdir()
    with pytest.raises(SettingsUnreadableError):
        store.load()


def test_saving_over_an_unreadable_file_keeps_a_copy(path: Path, store: TomlSettings) -> None:
    path.write_text("booth =\n", encoding="utf-8")
    store.save(SETTINGS)
    assert store.load() == SETTINGS
    assert path.with_name("settings.toml.unreadable").read_text(encoding="utf-8") == "booth =\n"
    path.write_text("booth = [\n", encoding="utf-8")
    store.save(Settings())
    assert path.with_name("settings.toml.unreadable").read_text(encoding="utf-8") == "booth =\n"
    assert path.with_name("settings.toml.unreadable2").read_text(encoding="utf-8") == "booth = [\n"


INVALID = (
    changed(SETTINGS, name=""),
    changed(SETTINGS, proxy_url="http://user:word@proxy:1"),
    SETTINGS.with_account(Account("1-2", replace(MERCHANT, mch_id=""))),
)


@pytest.mark.parametrize("settings", INVALID)
def test_invalid_settings_are_not_saved(
    path: Path, store: TomlSettings, settings: Settings
) -> None:
    with pytest.raises(InvalidInputError):
        store.save(settings)
    assert not path.exists()


def test_text_that_utf8_cannot_hold_is_not_written(store: TomlSettings) -> None:
    store.save(SETTINGS)
    with pytest.raises(SettingsNotWrittenError):
        store.save(changed(SETTINGS, name="\ud800"))
    assert store.load() == SETTINGS


@pytest.mark.parametrize("step", ["sync", "replace"])
def test_failed_write_leaves_the_old_file_alone(
    path: Path, store: TomlSettings, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    store.save(SETTINGS)

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(
        *{"sync": (durable, "sync_file", fail), "replace": (Path, "replace", fail)}[step]
    )
    with pytest.raises(SettingsNotWrittenError) as caught:
        store.save(Settings())
    assert caught.value.detail == "No space left on device"
    assert store.load() == SETTINGS
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_read_only_directory_is_reported(
    readable_only: Callable[[], AbstractContextManager[Path]],
) -> None:
    with readable_only() as root, pytest.raises(SettingsNotWrittenError):
        TomlSettings(root / "settings.toml").save(SETTINGS)


@needs_posix_modes
def test_file_is_readable_by_its_owner_only(path: Path, store: TomlSettings) -> None:
    store.save(SETTINGS)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("text", "commented"),
    [
        ("# set by Zhang\n[booth]\nname = '1'\n", True),
        ("[booth]\nname = '1' # east\n", True),
        ("[booth]\nname = '#1'\n", False),
        ('[booth]\nname = "a \\" # b"\n', False),
        ('[booth]\nname = """\n# b"""\n', False),
        ("[booth]\nname = '''\n# b'''\n", False),
    ],
)
def test_saving_over_comments_keeps_a_copy(
    path: Path, store: TomlSettings, text: str, commented: bool
) -> None:
    path.write_text(f"format = 2\n{text}")
    assert store.has_comments() == commented
    store.save(SETTINGS)
    aside = path.with_name("settings.toml.commented")
    assert aside.exists() == commented
    assert not commented or aside.read_text() == f"format = 2\n{text}"
    assert not store.has_comments()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("format = 2\n[booth]\nname = '1'\n", {"booth.name"}),
        (
            ("account = 'b'\nformat = 2\naccounts = ["
            "{account_id = 'a', appid = 'x'}, {account_id = 'b', free_time = 3}]\n"),
            {"merchant.free_time"},
        ),
        ("booth = '1'\nproxy_url = ''\n[merchant]\nappid = 'x'\n",
         {"booth.name", "network.proxy_url", "merchant.appid"}),
    ],
)  # fmt: skip
def test_names_in_the_file_are_told(
    path: Path, store: TomlSettings, text: str, names: set[str]
) -> None:
    path.write_text(text)
    assert store.names() == names


def test_missing_file_has_no_names_and_no_comments(store: TomlSettings) -> None:
    assert (store.names(), store.has_comments()) == (frozenset(), False)


@pytest.mark.parametrize("value", ["9" * 5000, "[" * 5000])
def test_value_that_the_parser_cannot_hold_is_refused(
    path: Path, store: TomlSettings, value: str
) -> None:
    path.write_text(f"format = 2\nx = {value}\n")
    with pytest.raises(SettingsUnreadableError):
        store.load()


@pytest.mark.parametrize(
    ("section", "wanted"),
    [("", ""), ("proxy_url = 'http://p:1'", "http://p:1"), ("proxy = 'system'", "system")],
)
def test_file_without_a_mode_of_the_proxy_keeps_its_meaning(
    path: Path, store: TomlSettings, section: str, wanted: str
) -> None:
    path.write_text(f"format = 2\n[network]\n{section}\n")
    assert store.load().network.wanted_proxy == wanted


@needs_posix_modes
def test_symbolic_link_stays_and_its_target_is_replaced(tmp_path: Path) -> None:
    target, link = tmp_path / "fleet" / "settings.toml", tmp_path / "settings.toml"
    target.parent.mkdir()
    TomlSettings(target).save(Settings())
    link.symlink_to(Path("fleet") / "settings.toml")

    TomlSettings(link).save(SETTINGS)

    assert link.is_symlink()
    assert TomlSettings(target).load() == SETTINGS


@needs_posix_modes
def test_link_in_a_loop_is_reported(path: Path, store: TomlSettings) -> None:
    path.symlink_to(path.name)
    with pytest.raises(SettingsNotWrittenError):
        store.save(SETTINGS)
    assert path.is_symlink()
