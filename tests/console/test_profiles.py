"""`wxpark merchant add`, `list`, `use` and `remove`, with the window closed and open."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.console.in_process import KEY, Console, MemoryVault
from tests.settings import merchant_of
from wxpark_gui.cli import main
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.domain.settings import Settings
from wxpark_gui.storage.directory import DirectoryLock, prepare_directory
from wxpark_gui.storage.settings import TomlSettings
from wxpark_gui.storage.settings_text import parse_toml
from wxpark_gui.training.gateway import TrainingGateway

FIRST, EAST = "10000098-1900000109", "10000098-1900000199"
OTHER_KEY = "OtherKeyOtherKeyOtherKeyOther001"
EAST_IDS = (
    "--mch-id=10000098",
    "--appid=wxcbda96de0b165486",
    "--sub-mch-id=1900000199",
    "--parking-name=东门停车场",
    "--profile-name=东门",
    "--free-time=600",
)


def stored(console: Console) -> Settings:
    return TomlSettings(console.directory / "settings.toml").load()


def listed(console: Console) -> list[dict[str, Any]]:
    code, printed = console.run("merchant", "list", "--json")
    assert code == 0
    profiles: list[dict[str, Any]] = json.loads(printed)["profiles"]
    return profiles


@pytest.fixture
def both(live: Console, gateway: TrainingGateway) -> Console:
    """A console with two profiles that share a merchant number and so a key."""
    code, _ = live.run("merchant", "add", *EAST_IDS, f"--gateway-url={gateway.url}")
    assert code == 0
    return live


def test_added_profile_is_not_the_current_one(both: Console) -> None:
    assert [account.account_id for account in stored(both).accounts] == [FIRST, EAST]
    assert stored(both).account_id == FIRST
    assert both.run("merchant", "show")[1].count("1900000109") == 1


def test_profile_of_another_merchant_number_needs_its_key(
    live: Console, vault: MemoryVault
) -> None:
    ids = ["--mch-id=777", *EAST_IDS[1:]]
    assert live.run("merchant", "add", *ids)[0] == 2
    assert len(stored(live).accounts) == 1
    assert live.run("merchant", "add", *ids, "--key-stdin", typed=OTHER_KEY)[0] == 0
    assert vault.keys["777"].reveal() == OTHER_KEY


def test_profile_added_again_changes_nothing(both: Console, gateway: TrainingGateway) -> None:
    before = stored(both)
    code, printed = both.run("merchant", "add", *EAST_IDS, f"--gateway-url={gateway.url}")
    assert code == 0
    assert "已增加" not in printed
    assert stored(both) == before


def test_new_key_names_the_other_profile_that_it_changes_too(
    both: Console, vault: MemoryVault
) -> None:
    assert both.run("merchant", "set", "--free-time=77")[0] == 0
    assert "同样生效" not in both.errors
    assert both.run("merchant", "set", "--key-stdin", typed=OTHER_KEY)[0] == 0
    assert "新密钥对它们同样生效：东门" in both.errors
    (key,) = vault.keys.values()
    assert key.reveal() == OTHER_KEY


def test_profile_with_the_name_of_another_one_is_refused(both: Console) -> None:
    before = stored(both)
    code, _ = both.run("merchant", "add", *EAST_IDS[:2], "--sub-mch-id=5", "--parking-name=东门")
    assert code == 2
    assert "profile_name" in both.errors
    assert stored(both) == before


def test_list_shows_name_queue_and_key_of_each_profile(
    both: Console, vault: MemoryVault, gateway: TrainingGateway
) -> None:
    gateway.stop()
    assert both.notify("粤B12345")[0] == 3
    vault.locked = True
    found = [(p["account_id"], p["name"], p["current"], p["waiting"]) for p in listed(both)]
    assert found == [(FIRST, "欢乐海岸停车场", True, 1), (EAST, "东门", False, 0)]
    assert {p["key_error"] for p in listed(both)} == {"KEYRING_LOCKED"}
    text = both.run("merchant", "list")[1].splitlines()
    assert [line[:1] for line in text] == [" ", "*", " "]
    assert KEY not in both.run("merchant", "list")[1]


def test_list_of_a_booth_without_a_merchant_is_empty(console: Console) -> None:
    assert listed(console) == []


@pytest.mark.parametrize("name", ["东门", "东门停车场", "1900000199", EAST])
def test_profile_is_switched_by_each_of_its_names(both: Console, name: str) -> None:
    code, printed = both.run("merchant", "use", name)
    assert (code, printed) == (0, "使用中：东门。\n")
    assert merchant_of(stored(both)).parking_name == "东门停车场"


def test_next_entry_goes_out_for_the_profile_in_use_and_the_waiting_one_for_its_own(
    both: Console, gateway: TrainingGateway
) -> None:
    gateway.stop()
    assert both.notify("粤B12345")[0] == 3
    assert both.run("merchant", "use", "东门")[0] == 0
    with TrainingGateway(Secret(KEY), port=int(gateway.url.rpartition(":")[2])) as again:
        assert both.notify("粤B12346")[0] == 0
        assert both.run("journal", "flush")[0] == 0
        sent = {n.plate: n.sub_mch_id for n in again.received}
    assert sent == {"粤B12346": "1900000199", "粤B12345": "1900000109"}


def test_switch_to_a_profile_without_a_key_is_made_and_says_so(
    both: Console, vault: MemoryVault
) -> None:
    vault.keys.clear()
    code, printed = both.run("merchant", "use", "东门")
    assert (code, printed) == (6, "使用中：东门。\n")
    assert "密钥" in both.errors
    assert stored(both).account_id == EAST


def test_switch_while_the_window_is_open_is_refused(both: Console) -> None:
    with DirectoryLock(prepare_directory(both.directory)):
        assert both.run("merchant", "use", "东门")[0] == 7
        assert both.run("merchant", "use", FIRST)[0] == 0
        assert len(listed(both)) == 2
    assert stored(both).account_id == FIRST


@pytest.mark.parametrize("action", ["use", "remove"])
def test_unknown_name_changes_nothing(both: Console, action: str) -> None:
    before = stored(both)
    assert both.run("merchant", action, "北门")[0] == 1
    assert "PROFILE_UNKNOWN" in both.errors
    assert stored(both) == before


@pytest.mark.parametrize("action", ["use", "remove"])
def test_missing_name_is_an_error_of_the_arguments(both: Console, action: str) -> None:
    with pytest.raises(SystemExit) as caught:
        both.run("merchant", action)
    assert caught.value.code == 2


def test_name_may_follow_the_options(both: Console) -> None:
    assert main(["merchant", "use", "--data-dir", str(both.directory), "东门"]) == 0
    assert stored(both).account_id == EAST


def test_removed_profile_leaves_the_key_that_the_other_one_uses(
    both: Console, vault: MemoryVault
) -> None:
    assert both.run("merchant", "remove", "东门")[:2] == (0, "已删除“东门”。\n")
    assert [account.account_id for account in stored(both).accounts] == [FIRST]
    assert list(vault.keys) == ["10000098"]


def test_profile_in_use_is_not_removed_beside_others(both: Console) -> None:
    assert both.run("merchant", "remove", FIRST)[0] == 1
    assert "wxpark merchant use" in both.errors
    assert both.run("merchant", "remove", "东门")[0] == 0
    assert both.run("merchant", "remove", FIRST)[0] == 0
    assert stored(both).accounts == ()


def test_profile_with_waiting_entries_is_not_removed_and_they_are_counted(
    both: Console, gateway: TrainingGateway
) -> None:
    gateway.stop()
    assert both.notify("粤B12345")[0] == 3
    both.run("merchant", "use", "东门")
    assert both.run("merchant", "remove", FIRST)[0] == 3
    assert "1 条" in both.errors
    assert len(stored(both).accounts) == 2


def test_export_has_the_profile_in_use_and_says_what_is_left_out(both: Console) -> None:
    both.run("merchant", "use", "东门")
    code, printed = both.run("settings", "export")
    assert code == 0
    # Windows gets ASCII, with escapes of TOML.
    assert parse_toml(printed)["merchant"]["profile_name"] == "东门"
    assert "1900000109" not in printed
    assert "1 个" in both.errors


def test_export_of_a_single_profile_says_nothing(live: Console) -> None:
    assert live.run("settings", "export")[0] == 0
    assert live.errors == ""


def test_copy_of_a_settings_file_brings_its_current_profile_only(
    both: Console, console: Console, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.toml"
    copy.write_bytes((both.directory / "settings.toml").read_bytes())
    both.run("merchant", "remove", "东门")
    both.run("settings", "set", "merchant.free_time=77")
    assert both.run("settings", "import", str(copy))[0] == 0
    assert "1 个" in both.errors
    assert [account.account_id for account in stored(both).accounts] == [FIRST]
    assert merchant_of(stored(both)).free_time == 0
