"""The ZIP file of a support call: complete, readable, and without keys and whole plates."""

from __future__ import annotations

import errno
import json
import os
import zipfile
from pathlib import Path

import pytest

from tests.console.in_process import KEY, Console
from wxpark_gui.runtime.crash_reports import CrashReports
from wxpark_gui.storage import durable

PLATE = "粤B12345"
OPENID = "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"


@pytest.fixture
def used(live: Console) -> Console:
    """A booth with entries, a log that contains a key and a plate, and a crash report."""
    live.notify(PLATE)
    live.notify("粤B12391")
    log = live.directory / "logs" / "wxpark.log"
    with log.open("a", encoding="utf-8") as file:
        file.write(f"appid=wx&key={KEY} {OPENID} {PLATE}\n")
    try:
        raise ValueError(f"{KEY} of {PLATE}")
    except ValueError as error:
        CrashReports(live.directory / "logs").write(error)
    return live


def contents(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_holds_what_a_support_call_needs_and_nothing_secret(used: Console, tmp_path: Path) -> None:
    target = tmp_path / "out.zip"
    code, printed = used.run("diagnostics", str(target))
    assert code == 0
    assert str(target) in printed
    files = contents(target)
    crash = next(name for name in files if name.startswith("crashes/crash-"))
    assert set(files) == {
        "doctor.txt",
        "doctor.json",
        "about.json",
        "settings.toml",
        "journal.json",
        "files.json",
        "logs/wxpark.log",
        crash,
    }
    everything = "".join(files.values())
    home = str(Path.home())
    in_json = json.dumps(home)[1:-1]
    for secret in (KEY, OPENID, PLATE, "粤B12391", f"{home}{os.sep}", f"{in_json}{os.sep}"):
        assert secret not in everything
    assert "粤B1***5" in files["logs/wxpark.log"]
    assert "ValueError: [redacted] of 粤B1***5" in files[crash]
    assert json.loads(files["journal.json"])["entries"] == {"answered": 1, "waiting": 1}
    assert json.loads(files["about.json"])["sqlite"]
    subjects = {found["subject"] for found in json.loads(files["doctor.json"])["findings"]}
    assert {"disk", "journal", "keyring", "gateway"} <= subjects
    assert 'mch_id = "10000098"' in files["settings.toml"]
    assert json.loads(files["files.json"])["journal.sqlite3"] > 0


def test_leaves_out_what_the_log_has_too_much(
    used: Console, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wxpark_gui.support.LOG_BYTES", 500)
    log = used.directory / "logs" / "wxpark.log"
    log.with_name("wxpark.log.1").write_text("older\n" * 100, encoding="utf-8")
    log.write_bytes(b"newest line\n")
    used.run("diagnostics", str(tmp_path / "out.zip"))
    files = contents(tmp_path / "out.zip")
    assert files["logs/wxpark.log"].startswith("newest line\n")
    assert sum(len(text) for name, text in files.items() if name.startswith("logs/")) <= 500


def test_without_a_file_everything_is_printed_and_nothing_saved(
    used: Console, tmp_path: Path
) -> None:
    code, printed = used.run("diagnostics")
    assert code == 0
    assert "settings.toml" in printed
    assert 'mch_id = "10000098"' in printed
    assert KEY not in printed
    assert list(tmp_path.glob("*.zip")) == []


def test_lists_its_files_as_json(used: Console, tmp_path: Path) -> None:
    target = tmp_path / "out.zip"
    _, printed = used.run("diagnostics", str(target), "--json")
    document = json.loads(printed)
    assert document["file"] == str(target)
    sizes = {file["name"]: file["bytes"] for file in document["files"]}
    assert sizes["settings.toml"] == len(contents(target)["settings.toml"].encode())


def test_existing_file_is_replaced_only_on_request(used: Console, tmp_path: Path) -> None:
    target = tmp_path / "out.zip"
    target.write_text("mine")
    assert used.run("diagnostics", str(target))[0] == 2
    assert "已有同名文件" in used.errors
    assert target.read_text() == "mine"
    assert used.run("diagnostics", str(target), "--force")[0] == 0
    assert "doctor.txt" in contents(target)


@pytest.mark.parametrize("name", ["out.txt", "zip"])
def test_other_ending_is_refused(used: Console, name: str) -> None:
    with pytest.raises(SystemExit) as ended:
        used.run("diagnostics", name)
    assert ended.value.code == 2


def test_full_disk_is_said_in_words_and_leaves_no_file(
    used: Console, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(durable, "sync_file", full)
    folder = tmp_path / "full"
    folder.mkdir()
    assert used.run("diagnostics", str(folder / "out.zip"))[0] == 1
    assert "没有写成" in used.errors
    assert list(folder.iterdir()) == []


def test_folder_that_does_not_exist_is_said_in_words(used: Console, tmp_path: Path) -> None:
    assert used.run("diagnostics", str(tmp_path / "nowhere" / "out.zip"))[0] == 1
    assert "没有写成" in used.errors


def test_part_that_fails_does_not_hide_the_others(used: Console, tmp_path: Path) -> None:
    (used.directory / "journal.sqlite3").write_bytes(b"something else")
    (used.directory / "settings.toml").write_text("[", encoding="utf-8")
    target = tmp_path / "out.zip"
    assert used.run("diagnostics", str(target))[0] == 0
    files = contents(target)
    assert "JOURNAL_DAMAGED" in files["errors.txt"]
    assert "SETTINGS_UNREADABLE" in files["errors.txt"]
    assert files["logs/wxpark.log"]


def test_changes_nothing_in_the_data_directory(used: Console, tmp_path: Path) -> None:
    def kept() -> dict[str, bytes]:
        # Every reader of a journal leaves `-wal` and `-shm`.
        return {
            path.name: path.read_bytes()
            for path in used.directory.rglob("*")
            if path.is_file() and not path.name.endswith((".log", "-shm", "-wal"))
        }

    before = kept()
    used.run("diagnostics", str(tmp_path / "out.zip"))
    assert kept() == before
