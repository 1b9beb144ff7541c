"""`wxpark journal export` and `show`: files, exit codes, output."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.console.in_process import (
    KEY,
    MCH_ID,
    Console,
    MemoryVault,
    copy_set_up,
    run_quietly,
)
from tests.spreadsheet import read_sheets
from tests.storage.archived_month import archive_month
from wxpark_gui.assembly import Assembly
from wxpark_gui.domain.entry import BEIJING
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.runtime.system import SystemClock
from wxpark_gui.storage.directory import DirectoryLock, prepare_directory
from wxpark_gui.storage.journal import SqliteJournal
from wxpark_gui.training.gateway import TrainingGateway

PLATES = ("粤B00001", "粤B00002", "京A00003")


@pytest.fixture(scope="module")
def filled(set_up: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Journal with three answered entries; tests work on copies."""
    directory, vault = tmp_path_factory.mktemp("filled") / "data", MemoryVault()
    vault.keys[MCH_ID] = Secret(KEY)
    with TrainingGateway(Secret(KEY)) as gateway:
        copy_set_up(set_up, directory, gateway.url)
        for plate in PLATES:
            assert run_quietly(directory, vault, "notify", "--plate", plate) == 0
    return directory / "journal.sqlite3"


@pytest.fixture
def booth(live: Console, filled: Path) -> Console:
    """A console whose journal has three answered entries."""
    shutil.copyfile(filled, live.directory / "journal.sqlite3")
    return live


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


class TestExport:
    def test_writes_every_entry_with_its_plate_masked(self, booth: Console, tmp_path: Path) -> None:
        target = tmp_path / "out.csv"
        code, printed = booth.run("journal", "export", str(target))
        assert (code, printed) == (0, f"已导出 3 条：{target}\n")
        rows = rows_of(target)
        assert [row["车牌"] for row in rows] == ["粤B0***1", "粤B0***2", "京A0***3"]
        assert [row["状态"] for row in rows] == ["欠费", "受限", "已暂停"]

    @pytest.mark.parametrize("ending", ["csv", "xlsx"])
    def test_masks_a_plate_in_the_reason_of_a_void(
        self, booth: Console, tmp_path: Path, ending: str
    ) -> None:
        with closing(sqlite3.connect(booth.directory / "journal.sqlite3")) as journal, journal:
            journal.execute(
                "UPDATE entries SET state = 'voided', void_reason = '看错了，应为京A 88888'"
                " WHERE position = 2"
            )
        for name, options, reason in (
            ("masked", (), "看错了，应为京A8***8"),
            ("whole", ("--unmasked",), "看错了，应为京A 88888"),
        ):
            target = tmp_path / f"{name}.{ending}"
            assert booth.run("journal", "export", str(target), *options)[0] == 0
            if ending == "csv":
                cells = [list(row.values()) for row in rows_of(target)][1]
            else:
                (sheet,) = read_sheets(target).values()
                cells = sheet[2]
            assert reason in cells

    def test_writes_a_spreadsheet_in_english(self, booth: Console, tmp_path: Path) -> None:
        target = tmp_path / "out.xlsx"
        assert booth.run("journal", "export", str(target), "--lang", "en")[0] == 0
        (sheet,) = read_sheets(target).values()
        assert sheet[0][:3] == ["Entry time", "Saved at", "Car park"]
        assert len(sheet) == 4

    def test_prints_its_result_as_json(self, booth: Console, tmp_path: Path) -> None:
        target = tmp_path / "out.csv"
        code, printed = booth.run("journal", "export", str(target), "--json")
        assert code == 0
        assert json.loads(printed) == {
            "file": str(target), "format": "csv", "entries": 3, "skipped_archives": [],
            "unreadable": 0,
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("options", "count"),
        [
            (["--plate", "粤B"], 2),
            (["--plate", "粤B\udcff"], 0),
            (["--state", "answered"], 3),
            (["--state", "refused"], 0),
            (["--since", "1h"], 3),
            (["--until", "1h"], 0),
            (["--until", "2020-01-01"], 0),
            (["--until", "2099-01-01"], 3),
            (["--since", "0001-01-01", "--until", "9999-12-31"], 3),
            (["--since", "9999-12-31", "--until", "0001-01-01"], 0),
        ],
    )
    def test_writes_what_was_asked_for(
        self, booth: Console, tmp_path: Path, options: list[str], count: int
    ) -> None:
        target = tmp_path / "out.csv"
        assert booth.run("journal", "export", str(target), *options)[0] == 0
        assert len(rows_of(target)) == count

    def test_until_a_day_is_until_its_end(self, booth: Console, tmp_path: Path) -> None:
        with Assembly(booth.directory, read_only=True) as parts:
            today = parts.clock.now().astimezone(BEIJING).strftime("%Y-%m-%d")
        booth.run("journal", "export", str(tmp_path / "out.csv"), "--until", today)
        assert len(rows_of(tmp_path / "out.csv")) == 3

    def test_of_whole_plates_is_noted_in_the_audit(self, booth: Console, tmp_path: Path) -> None:
        target = tmp_path / "out.csv"
        assert booth.run("journal", "export", str(target), "--unmasked")[0] == 0
        assert [row["车牌"] for row in rows_of(target)] == list(PLATES)
        with closing(sqlite3.connect(booth.directory / "journal.sqlite3")) as journal:
            notes = journal.execute("SELECT detail FROM audit WHERE what = 'export'").fetchall()
        assert notes == [("csv plates=whole since=- until=-",)]

    def test_replaces_a_file_only_when_forced(self, booth: Console, tmp_path: Path) -> None:
        target = tmp_path / "out.csv"
        target.write_text("before")
        assert booth.run("journal", "export", str(target))[0] == 2
        assert "--force" in booth.errors
        assert target.read_text() == "before"
        assert booth.run("journal", "export", str(target), "--force")[0] == 0
        assert len(rows_of(target)) == 3

    def test_into_a_missing_folder_fails(self, booth: Console, tmp_path: Path) -> None:
        assert booth.run("journal", "export", str(tmp_path / "no" / "out.csv"))[0] == 1
        assert "FILE_NOT_WRITTEN" in booth.errors

    @pytest.mark.parametrize("name", ["out.xls", "out", "", None])
    def test_needs_a_file_of_a_known_format(
        self, booth: Console, name: str | None, tmp_path: Path
    ) -> None:
        names = [] if name is None else [name and str(tmp_path / name)]
        with pytest.raises(SystemExit) as end:
            booth.run("journal", "export", *names)
        assert end.value.code == 2

    def test_names_an_archive_that_is_missing(self, booth: Console, tmp_path: Path) -> None:
        folder = booth.directory / "archive"
        archive_month(booth.directory / "journal.sqlite3", folder, "2026-01", (1, 1)).unlink()
        target = tmp_path / "out.csv"
        assert booth.run("journal", "export", str(target))[0] == 1
        assert "2026-01" in booth.errors
        assert len(rows_of(target)) == 2

    def test_shows_its_progress_on_a_terminal(
        self, booth: Console, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Terminal(io.StringIO):
            def isatty(self) -> bool:
                return True

        terminal = Terminal()
        monkeypatch.setattr(sys, "stderr", terminal)
        assert booth.run("journal", "export", str(tmp_path / "out.csv"))[0] == 0
        assert "3 条，100 %" in terminal.getvalue()
        assert terminal.getvalue().endswith("\r\x1b[K")

    def test_works_beside_the_open_window(self, booth: Console, tmp_path: Path) -> None:
        journal = booth.directory / "journal.sqlite3"
        target = tmp_path / "out.csv"
        with (
            DirectoryLock(prepare_directory(booth.directory)),
            closing(SqliteJournal(journal, SystemClock())) as window,
        ):
            assert booth.run("journal", "export", str(target), "--unmasked")[0] == 0
            assert window.verify() == len(rows_of(target)) == len(PLATES)

    def test_of_an_empty_directory_has_headings_only(
        self, console: Console, tmp_path: Path
    ) -> None:
        target = tmp_path / "out.csv"
        assert console.run("journal", "export", str(target), "--unmasked")[0] == 0
        assert rows_of(target) == []
        assert not console.directory.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGINT to one process")
def test_ctrl_c_leaves_no_file(booth: Console, tmp_path: Path) -> None:
    grow(booth.directory / "journal.sqlite3", 40_000)
    target = tmp_path / "out" / "big.xlsx"
    target.parent.mkdir()
    with subprocess.Popen(
        [sys.executable, "-m", "wxpark_gui.cli", "journal", "export", target,
         "--data-dir", booth.directory],
        stderr=subprocess.PIPE, encoding="utf-8", env={**os.environ, "PYTHONUTF8": "1"},
    ) as process:  # fmt: skip
        while not any(target.parent.iterdir()):
            time.sleep(0.02)
        time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert errors == "已取消，没有生成文件。\n"
    assert list(target.parent.iterdir()) == []


def grow(journal: Path, count: int) -> None:
    """Add `count` copies of the first entry to the journal."""
    with closing(sqlite3.connect(journal, isolation_level=None)) as connection:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(entries)")][1:]
        values = ", ".join(
            {"entry_id": "printf('%036d', value)", "sequence": "1000 + value"}.get(name, name)
            for name in columns
        )
        connection.execute(
            f"INSERT INTO entries ({', '.join(columns)})"
            " WITH RECURSIVE numbers (value) AS"
            f" (VALUES (1) UNION ALL SELECT value + 1 FROM numbers WHERE value < {count})"
            f" SELECT {values} FROM numbers, (SELECT * FROM entries WHERE position = 1)"
        )


class TestShow:
    def test_prints_all_about_an_entry(self, booth: Console) -> None:
        entry = json.loads(booth.run("journal", "list", "--json")[1])[1]
        code, printed = booth.run("journal", "show", entry["entry_id"], "--json")
        assert code == 0
        shown = json.loads(printed)
        assert shown.items() >= entry.items()
        (exchange,) = shown["exchanges"]
        assert (exchange["cause"], exchange["user_state"]) == ("answered", "BLOCKED")

    def test_prints_text_in_the_language_asked_for(self, booth: Console) -> None:
        entry = json.loads(booth.run("journal", "list", "--json")[1])[0]
        code, printed = booth.run("journal", "show", entry["entry_id"].upper())
        assert code == 0
        assert "车牌: 粤B00001\n" in printed
        assert "尝试: 20" in printed

    @pytest.mark.parametrize(
        "entry_id", ["00000000-0000-0000-0000-000000000000", "x", "%", "'", "\udcff"]
    )
    def test_of_an_unknown_id_is_refused(self, booth: Console, entry_id: str) -> None:
        assert booth.run("journal", "show", entry_id) == (2, "")
        assert "没有这条记录" in booth.errors

    def test_needs_an_id(self, booth: Console) -> None:
        with pytest.raises(SystemExit):
            booth.run("journal", "show")


def test_list_holds_archived_entries(booth: Console) -> None:
    journal = booth.directory / "journal.sqlite3"
    archive_month(journal, booth.directory / "archive", "2026-01", (1, 2))
    listed = json.loads(booth.run("journal", "list", "--json")[1])
    assert [entry["plate"] for entry in listed] == list(PLATES)


@pytest.mark.parametrize("action", [["list"], ["export", "out.csv"]])
def test_a_plate_of_separators_alone_matches_no_entry(booth: Console, action: list[str]) -> None:
    assert booth.run("journal", *action, "--plate", "·'_") == (2, "")
    assert "请输入车牌" in booth.errors
