"""`wxpark backup`: from one computer to another, without the key."""

from __future__ import annotations

import errno
import json
import os
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.console.in_process import KEY, Console
from wxpark_gui.assembly import Assembly
from wxpark_gui.runtime.system import SystemClock
from wxpark_gui.storage.backups import Backups

PLATE = "粤B12345"


@pytest.fixture
def saved(live: Console, tmp_path: Path) -> Path:
    """Backup of a booth with one answered entry."""
    live.notify(PLATE)
    target = tmp_path / "booth.zip"
    assert live.run("backup", "save", str(target))[0] == 0
    return target


def plates(console: Console) -> list[str]:
    code, printed = console.run("journal", "list", "--json")
    assert code == 0
    entries: list[dict[str, Any]] = json.loads(printed)
    return [entry["plate"] for entry in entries]


def test_new_computer_gets_entries_and_settings_and_asks_for_the_key(
    saved: Path, console: Console, tmp_path: Path, vault: Any
) -> None:
    vault.keys.clear()
    console.directory = tmp_path / "new"
    code, printed = console.run("backup", "restore", str(saved), "--json")
    assert code == 0
    document = json.loads(printed)
    assert (document["entries"], document["added"], document["merged"]) == (1, 1, True)
    assert plates(console) == [PLATE]
    code, printed = console.run("merchant", "show")
    assert code == 6
    assert "欢乐海岸停车场" in printed
    assert console.run("journal", "verify")[0] == 0


def test_backup_is_saved_and_restored_without_modes_and_hard_links(
    live: Console, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object, **_options: object) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    live.notify(PLATE)
    target = tmp_path / "booth.zip"
    monkeypatch.setattr(Path, "chmod", refuse)
    monkeypatch.setattr(os, "link", refuse)
    assert live.run("backup", "save", str(target))[0] == 0
    assert live.run("backup", "restore", str(target))[0] == 0
    assert plates(live) == [PLATE]


def test_backup_is_saved_under_the_longest_name(live: Console, tmp_path: Path) -> None:
    # 255 bytes, the most of Linux.
    target = tmp_path / f"{'停' * 83}ab.zip"
    assert live.run("backup", "save", str(target))[0] == 0
    assert target.stat().st_size > 0


@pytest.mark.parametrize("is_there", [False, True])
def test_directory_without_a_journal_is_told_from_a_damaged_one(
    console: Console, tmp_path: Path, *, is_there: bool
) -> None:
    console.directory = tmp_path / "other"
    if is_there:
        console.directory.mkdir()
    target = tmp_path / "booth.zip"
    assert console.run("backup", "save", str(target))[0] == 1
    assert "没有记录" in console.errors
    assert "JOURNAL_MISSING" in console.errors
    assert not target.exists()


def test_effect_is_told(saved: Path, live: Console) -> None:
    live.notify("粤B54321")
    code, printed = live.run("backup", "restore", str(saved))
    assert code == 0
    assert "欢乐海岸停车场" in printed
    assert "1 条不在备份中，会保留" in printed
    assert "journal-before-restore-" in printed
    assert plates(live) == [PLATE, "粤B54321"]


def test_no_key_is_in_a_backup(saved: Path) -> None:
    with zipfile.ZipFile(saved) as made:
        everything = b"".join(made.read(name) for name in made.namelist())
    assert KEY.encode() not in everything
    assert KEY.encode() not in saved.read_bytes()


def test_existing_file_is_kept_unless_forced(saved: Path, live: Console) -> None:
    before = saved.read_bytes()
    assert live.run("backup", "save", str(saved))[0] == 2
    assert "--force" in live.errors
    assert saved.read_bytes() == before
    code, printed = live.run("backup", "save", str(saved), "--force", "--json")
    assert code == 0
    assert json.loads(printed) == {"file": str(saved), "entries": 1}


def test_automatic_backups_are_listed_and_can_be_restored(live: Console) -> None:
    live.notify(PLATE)
    with Assembly(live.directory) as parts:
        made = Backups(parts.directory.backup, SystemClock()).make(parts.directory.journal)
    code, printed = live.run("backup", "list", "--json")
    assert code == 0
    (row,) = json.loads(printed)["backups"]
    assert (row["file"], row["entries"]) == (str(made), 1)
    assert str(made) in live.run("backup", "list")[1]
    assert live.run("backup", "restore", row["file"])[0] == 0


def test_window_that_is_open_keeps_a_backup_from_being_restored_but_not_saved(
    saved: Path, live: Console, tmp_path: Path
) -> None:
    with Assembly(live.directory) as parts:
        parts.claim()
        with closing(parts.open_journal()):
            assert live.run("backup", "restore", str(saved))[0] == 7
            assert live.run("backup", "save", str(tmp_path / "second.zip"))[0] == 0
            assert live.run("backup", "list")[0] == 0
    assert not (live.directory / "restore").exists()


@pytest.mark.parametrize("content", [b"", b"holiday pictures"])
def test_damaged_file_changes_nothing(live: Console, tmp_path: Path, content: bytes) -> None:
    live.notify(PLATE)
    source = tmp_path / "in.zip"
    source.write_bytes(content)
    assert live.run("backup", "restore", str(source))[0] == 1
    assert "没有作任何更改" in live.errors
    assert plates(live) == [PLATE]


def test_key_in_place_of_the_file_is_not_printed(console: Console) -> None:
    assert console.run("backup", "restore", KEY) == (1, "")
    assert KEY not in console.errors
