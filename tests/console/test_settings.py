"""`wxpark settings`: show, set, import and export, with the window closed and open."""

from __future__ import annotations

import codecs
import io
import json
import sys
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from tests.console.in_process import IDS, KEY, Console, MemoryVault
from tests.settings import merchant_of, settings_of
from tests.storage.released import SETTINGS
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.domain.setting_changes import DEFINITIONS
from wxpark_gui.domain.settings import Settings
from wxpark_gui.storage import settings as settings_file
from wxpark_gui.storage.directory import DirectoryLock, prepare_directory
from wxpark_gui.storage.settings import TomlSettings

FLEET = """\
# all booths of the east lot
[booth]
plate_prefix = "粤B"

[network]
proxy_url = "http://proxy.example:3128"

[merchant]
appid = "wxcbda96de0b165486"
mch_id = "10000098"
sub_mch_id = "1900000109"
parking_name = "欢乐海岸停车场"
"""


class EnglishConsole(Console):
    def run(self, *arguments: str, typed: str = "") -> tuple[int, str]:
        return super().run(*arguments, "--lang", "en", typed=typed)


@pytest.fixture
def english(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    vault: MemoryVault,
) -> Console:
    return EnglishConsole(tmp_path / "data", capsys, monkeypatch)


def file_of(console: Console) -> Path:
    return console.directory / "settings.toml"


def written(console: Console) -> tuple[int, int]:
    """Return a mark that changes when the file is written or replaced, but not when it is read."""
    status = file_of(console).stat()
    return status.st_ino, status.st_mtime_ns


def stored(console: Console) -> Settings:
    return TomlSettings(file_of(console)).load()


def save(console: Console, settings: Settings) -> None:
    prepare_directory(console.directory)
    TomlSettings(file_of(console)).save(settings)


def window(console: Console) -> AbstractContextManager[object]:
    """Return the lock on the data directory, which an open window holds."""
    return DirectoryLock(prepare_directory(console.directory))


def shown(console: Console, *names: str) -> list[dict[str, Any]]:
    code, printed = console.run("settings", "show", "--json", *names)
    assert code == 0
    rows: list[dict[str, Any]] = json.loads(printed)["settings"]
    return rows


def run_json(console: Console, *arguments: str, typed: str = "") -> tuple[int, dict[str, Any]]:
    code, printed = console.run("settings", *arguments, "--json", typed=typed)
    document: dict[str, Any] = json.loads(printed)
    return code, document


class TestShow:
    def test_every_setting_has_value_source_limits_and_meaning(self, english: Console) -> None:
        rows = shown(english)
        assert [row["name"] for row in rows] == list(DEFINITIONS)
        assert rows[3] == {
            "name": "booth.expiry_hours",
            "value": 24,
            "source": "default",
            "default": 24,
            "type": "integer",
            "limits": "1-720 h",
            "meaning": "Give up sending after",
        }

    def test_source_tells_what_stands_in_the_file(self, english: Console) -> None:
        prepare_directory(english.directory)
        file_of(english).write_text(
            "format = 2\n[booth]\nexpiry_hours = 48\nname = '1号岗'\n", "utf-8"
        )
        sources = {row["name"]: row["source"] for row in shown(english)}
        assert sources["booth.expiry_hours"] == sources["booth.name"] == "file"
        assert sources["booth.retention_days"] == "default"
        assert sources["merchant.mch_id"] == "none"
        lines = english.run("settings", "show", "booth")[1].splitlines()
        assert "file, as default" in lines[1]
        assert [" ".join(line.split()) for line in lines[4:5]] == [
            "booth.expiry_hours 48 file 1-720 h Give up sending after"
        ]

    def test_columns_are_aligned_by_terminal_width(self, console: Console) -> None:
        save(console, settings_of(name="一号岗"))
        lines = console.run("settings", "show", "booth.name", "booth.plate_prefix")[1].splitlines()
        assert lines == [
            "设置                值        来源            范围       含义",
            'booth.name          "一号岗"  文件            1-32 个字  岗亭名称',
            'booth.plate_prefix  ""        文件（同默认）  0-2 个字   车牌开头',
        ]

    def test_name_or_section_chooses(self, console: Console) -> None:
        names = [row["name"] for row in shown(console, "network", "booth.name")]
        assert names == ["booth.name", "network.proxy", "network.proxy_url"]

    def test_unknown_name_suggests_the_nearest(self, english: Console) -> None:
        assert english.run("settings", "show", "proxy_url") == (2, "")
        assert "Did you mean network.proxy_url?" in english.errors

    def test_it_works_beside_the_open_window_and_creates_nothing(self, console: Console) -> None:
        assert console.run("settings", "show")[0] == 0
        assert not console.directory.exists()
        save(console, SETTINGS)
        with window(console):
            assert shown(console, "booth.name")[0]["value"] == "2号岗"

    def test_unreadable_file_is_told(self, console: Console) -> None:
        prepare_directory(console.directory)
        file_of(console).write_text("[booth\n")
        assert console.run("settings", "show")[0] == 1
        assert "SETTINGS_UNREADABLE: line 1" in console.errors


class TestSet:
    def test_changes_are_printed_from_and_to(self, console: Console) -> None:
        code, printed = console.run("settings", "set", "booth.name=3号岗", "booth.expiry_hours=48")
        assert (code, printed) == (
            0,
            'booth.name："1号岗" → "3号岗"\nbooth.expiry_hours：24 → 48\n',
        )
        assert stored(console) == settings_of(name="3号岗", expiry_hours=48)

    def test_json_tells_the_changes(self, console: Console) -> None:
        code, document = run_json(console, "set", "appearance.sounds=false")
        assert (code, document) == (
            0,
            {
                "changed": [{"name": "appearance.sounds", "from": True, "to": False}],
                "commented_copy": None,
                "key_error": None,
                "error": None,
            },
        )

    def test_assignments_may_stand_on_both_sides_of_an_option(self, console: Console) -> None:
        code, document = run_json(
            console, "set", "booth.name=3", "--lang", "en", "booth.expiry_hours=9"
        )
        assert (code, len(document["changed"])) == (0, 2)

    def test_second_time_changes_nothing(self, english: Console) -> None:
        english.run("settings", "set", "booth.name=3")
        before = written(english)
        code, printed = english.run("settings", "set", "booth.name=3")
        assert (code, printed) == (
            0,
            "Nothing to change: every named setting has its value already.\n",
        )
        assert written(english) == before

    def test_every_error_is_told_in_one_go_and_nothing_is_changed(self, english: Console) -> None:
        arguments = ["booth.name=3", "booth.expiry_hours=0", "appearance.theme=pink", "nam=1", "x"]
        assert english.run("settings", "set", *arguments) == (2, "")
        assert english.errors.splitlines() == [
            "Nothing was changed. Not accepted:",
            "  appearance.theme = pink: Not one of the choices. Allowed: system | light | dark",
            "  nam = 1: No setting has this name. Did you mean booth.name?",
            "  x: No setting has this name.",
            "  booth.expiry_hours = 0: Please write a number from 1 to 720.",
        ]
        assert not file_of(english).exists()

    def test_json_tells_every_error(self, english: Console) -> None:
        code, document = run_json(english, "set", "booth.expiry_hours=0", "nam=1")
        assert (code, document["changed"], document["error"]["code"]) == (2, [], "INVALID_SETTINGS")
        assert document["error"]["settings"] == [
            {
                "name": "nam",
                "given": "1",
                "problem": "unknown",
                "message": "No setting has this name. Did you mean booth.name?",
                "limits": None,
                "suggestion": "booth.name",
                "line": None,
            },
            {
                "name": "booth.expiry_hours",
                "given": "0",
                "problem": "not_a_number",
                "message": "Please write a number from 1 to 720.",
                "limits": "1-720 h",
                "suggestion": None,
                "line": None,
            },
        ]

    @pytest.mark.parametrize(
        "assignment", [f"merchant.key={KEY}", f"booth.name={KEY}", f"{KEY}=1", KEY]
    )
    def test_key_is_refused_and_not_repeated(self, console: Console, assignment: str) -> None:
        code, printed = console.run("settings", "set", "booth.name=1", assignment)
        assert code == 2
        assert KEY not in printed + console.errors
        assert not file_of(console).exists()

    def test_no_assignment_is_an_error(self, english: Console) -> None:
        with pytest.raises(SystemExit) as stopped:
            english.run("settings", "set")
        assert stopped.value.code == 2

    def test_open_window_is_named_and_nothing_is_changed(self, console: Console) -> None:
        save(console, SETTINGS)
        with window(console):
            assert console.run("settings", "set", "booth.name=3")[0] == 7
            assert "close it first" in console.errors
            code, document = run_json(console, "set", "booth.name=3")
            assert (code, document["error"]["code"]) == (7, "DATA_DIRECTORY_IN_USE")
        assert stored(console) == SETTINGS

    def test_open_window_does_not_matter_where_nothing_changes(self, console: Console) -> None:
        save(console, SETTINGS)
        with window(console):
            assert console.run("settings", "set", "booth.name=2号岗")[0] == 0
            assert console.run("settings", "set", "booth.name=")[0] == 2

    def test_full_disk_leaves_the_old_settings(
        self, console: Console, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        save(console, SETTINGS)

        def fail(_path: Path, _content: bytes) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(settings_file, "write_file", fail)
        assert console.run("settings", "set", "booth.name=3")[0] == 1
        assert "SETTINGS_NOT_WRITTEN" in console.errors
        assert stored(console) == SETTINGS

    def test_lost_comments_are_told_and_a_copy_is_kept(self, english: Console) -> None:
        prepare_directory(english.directory)
        text = "format = 2\n# set by Zhang\n[booth]\nname = '2'\n"
        file_of(english).write_text(text)
        assert english.run("settings", "set", "booth.name=3")[0] == 0
        assert english.errors == (
            "The comments of settings.toml are not kept;"
            " the file as it was is settings.toml.commented.\n"
        )
        assert file_of(english).with_name("settings.toml.commented").read_text() == text

    def test_merchant_is_changed_and_its_key_stays(self, live: Console, vault: MemoryVault) -> None:
        assert live.run("settings", "set", "merchant.free_time=900")[0] == 0
        assert live.errors == ""
        assert merchant_of(stored(live)).free_time == 900
        assert vault.keys == {"10000098": Secret(KEY)}
        assert live.notify("粤B12345")[0] == 0

    def test_other_merchant_without_its_key_changes_nothing(self, live: Console) -> None:
        before = stored(live)
        code, document = run_json(live, "set", "merchant.mch_id=777", "booth.name=3")
        assert (code, document["error"]["code"]) == (6, "OTHER_KEY_MISSING")
        assert "merchant set --mch-id" in document["error"]["action"]
        assert stored(live) == before


class TestImport:
    def test_file_changes_what_it_names(self, english: Console, tmp_path: Path) -> None:
        save(english, settings_of(name="7号岗", expiry_hours=48))
        (tmp_path / "fleet.toml").write_text(FLEET, "utf-8")
        assert english.run("settings", "import", str(tmp_path / "fleet.toml"))[0] == 0
        settings = stored(english)
        assert (settings.booth.name, settings.booth.plate_prefix) == ("7号岗", "粤B")
        assert (settings.booth.expiry_hours, merchant_of(settings).mch_id) == (48, "10000098")

    def test_missing_key_is_told_but_is_no_error(self, english: Console) -> None:
        code, document = run_json(english, "import", "-", typed=FLEET)
        assert (code, document["key_error"]) == (0, "KEY_MISSING")
        assert "merchant set --key-stdin" in english.errors
        assert english.run("merchant", "set", "--key-stdin", typed=KEY)[0] == 0
        code, document = run_json(english, "import", "-", typed=FLEET)
        assert (code, document["changed"], document["key_error"]) == (0, [], None)
        assert english.errors == ""

    def test_file_from_another_system_is_read_from_standard_input(
        self, console: Console, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Piped(io.StringIO):
            buffer = io.BytesIO(codecs.BOM_UTF16_LE + FLEET.encode("utf-16-le"))

        monkeypatch.setattr("tests.console.in_process.io.StringIO", Piped)
        assert console.run("settings", "import", "-")[0] == 0
        assert merchant_of(stored(console)).parking_name == "欢乐海岸停车场"

    def test_every_error_is_told_with_its_line(self, english: Console) -> None:
        text = f'{FLEET}key = "{KEY}"\nsub_appid = "{KEY}"\nfree_time = "900"\n[printer]\non = 1\n'
        assert english.run("settings", "import", "-", typed=text) == (2, "")
        secret = "Secrets are not taken here; enter the key with wxpark merchant set --key-stdin."
        assert english.errors.splitlines() == [
            "Nothing was changed. Not accepted:",
            f"  line 13: merchant.key: {secret}",
            f"  line 14: merchant.sub_appid: {secret}",
            '  line 15: merchant.free_time = "900": Please write a number from 0 to 604800.',
            "  line 17: printer.on = 1: No setting has this name.",
        ]
        assert not file_of(english).exists()

    @pytest.mark.parametrize(
        ("text", "code", "detail"),
        [
            ("", 2, "IMPORT_UNREADABLE: empty file"),
            (f'[booth]\nname = "{KEY}\n', 2, "IMPORT_UNREADABLE: line 2"),
            ("format = 3\n", 1, "SETTINGS_NEWER: format 3"),
        ],
    )
    def test_file_that_cannot_be_used_is_told(
        self, console: Console, text: str, code: int, detail: str
    ) -> None:
        assert console.run("settings", "import", "-", typed=text)[0] == code
        assert detail in console.errors
        assert KEY not in console.errors

    def test_missing_file_is_told(self, console: Console, tmp_path: Path) -> None:
        assert console.run("settings", "import", str(tmp_path / "none.toml"))[0] == 2
        assert "IMPORT_UNREADABLE" in console.errors

    def test_copy_of_settings_from_another_booth_is_taken_over(
        self, console: Console, tmp_path: Path
    ) -> None:
        TomlSettings(tmp_path / "settings.toml").save(SETTINGS)
        assert console.run("settings", "import", str(tmp_path / "settings.toml"))[0] == 0
        assert stored(console) == SETTINGS

    def test_open_window_is_named(self, console: Console) -> None:
        with window(console):
            assert console.run("settings", "import", "-", typed=FLEET)[0] == 7


class TestExport:
    def test_another_booth_takes_it_over(
        self, console: Console, tmp_path: Path, capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        save(console, SETTINGS)
        with window(console):
            code, text = console.run("settings", "export")
        assert code == 0
        other = Console(tmp_path / "other", capsys, monkeypatch)
        assert other.run("settings", "import", "-", typed=text)[0] == 0
        assert stored(other) == SETTINGS
        assert other.run("settings", "export") == (0, text)

    def test_key_is_not_in_it(self, live: Console) -> None:
        assert KEY not in live.run("settings", "export")[1]

    def test_it_is_ascii_in_a_pipe_on_windows(
        self, console: Console, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        save(console, SETTINGS)
        monkeypatch.setattr(sys, "platform", "win32")
        text = console.run("settings", "export")[1]
        monkeypatch.undo()
        assert text.isascii()


class TestMerchantSet:
    def test_every_error_is_told_in_one_go(self, english: Console) -> None:
        arguments = ["--mch-id=x", "--free-time=-1", "--booth=", "--plate-prefix=B"]
        assert english.run("merchant", "set", *arguments, typed=KEY)[0] == 2
        told = [line.partition(":")[0] for line in english.errors.splitlines()]
        assert sorted(told) == [
            "Free period",
            "Name of the booth",
            "Name of the car park",
            "Plates begin with",
            "Provider's APPID (appid)",
            "Provider's merchant number (mch_id)",
            "Sub-merchant's number (sub_mch_id)",
        ]

    def test_open_window_does_not_matter_where_nothing_changes(
        self, live: Console, vault: MemoryVault
    ) -> None:
        with window(live):
            assert live.run("merchant", "set", "--key-stdin", typed=KEY)[0] == 0
            assert live.run("merchant", "set", *IDS)[0] == 0
            assert live.run("merchant", "set", "--free-time=x")[0] == 2
            assert live.run("merchant", "set", "--key-stdin", typed=KEY[::-1])[0] == 7
            assert live.run("merchant", "set", "--free-time=9")[0] == 7
            vault.locked = True
            assert live.run("merchant", "set", "--key-stdin", typed=KEY)[0] == 7
        assert vault.keys == {"10000098": Secret(KEY)}

    def test_key_in_place_of_an_id_is_refused(self, console: Console) -> None:
        code, printed = console.run("merchant", "set", *IDS, f"--sub-appid={KEY}", typed=KEY)
        assert code == 2
        assert KEY not in printed + console.errors
        assert not file_of(console).exists()
