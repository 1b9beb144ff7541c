"""Export files are complete or absent after any failure, and safe in spreadsheet programs."""

from __future__ import annotations

import contextlib
import csv
import gc
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timezone
from itertools import pairwise
from pathlib import Path

import pytest

from tests.spreadsheet import formulas, read_sheets
from wxpark_gui.domain.errors import ExportExistsError, FileNotWrittenError
from wxpark_gui.domain.export import Cell, ExportCancelledError, ExportFormat
from wxpark_gui.storage import export_xlsx, flushed_file, unfinished_file
from wxpark_gui.storage.export_files import ExportFiles
from wxpark_gui.storage.unfinished_file import PREFIX

CSV, XLSX = ExportFormat.CSV, ExportFormat.XLSX
MOMENT = datetime(2026, 3, 1, 4, 5, 6, 789000, tzinfo=timezone.utc)
HEADINGS = ("时间", "车牌", "编号", "备注")
ROW: tuple[Cell, ...] = (MOMENT, "粤B12345", 42, "=1+1")

each_format = pytest.mark.parametrize("kind", ExportFormat, ids=lambda kind: kind.value)


def never() -> None:
    """Never cancel: return without raising."""


class Stop:
    """Check function that raises `ExportCancelledError` after `calls` calls."""

    def __init__(self, calls: int) -> None:
        self.left = calls

    def __call__(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise ExportCancelledError


def write(
    target: Path,
    kind: ExportFormat,
    rows: Sequence[Sequence[Cell]] = (ROW,),
    *,
    overwrite: bool = False,
    check: Callable[[], None] = never,
    settle: Callable[[], None] = never,
) -> None:
    files = ExportFiles()
    with files.create(
        target, kind, "记录", overwrite=overwrite, check=check, settle=settle
    ) as table:
        table.write_headings(HEADINGS)
        for row in rows:
            table.write_row(row)
            check()


def target_of(folder: Path, kind: ExportFormat) -> Path:
    return folder / f"记录.{kind.value}"


class TestCsv:
    def test_has_a_byte_order_mark_and_lines_of_windows(self, tmp_path: Path) -> None:
        target = target_of(tmp_path, CSV)
        write(target, CSV)
        assert target.read_bytes() == (
            "\ufeff时间,车牌,编号,备注\r\n2026-03-01 12:05:06,粤B12345,42,'=1+1\r\n".encode()
        )

    def test_is_read_back_as_it_was_written(self, tmp_path: Path) -> None:
        target = target_of(tmp_path, CSV)
        texts = ['say "x"', "a,b", "two\r\nlines", "", "\x00z", "1900000001234567890"]
        write(target, CSV, [texts])
        with target.open(encoding="utf-8-sig", newline="") as file:
            _, row = csv.reader(file)
        assert row == ['say "x"', "a,b", "two\r\nlines", "", "z", "'1900000001234567890"]


class TestXlsx:
    def test_is_read_back_as_it_was_written(self, tmp_path: Path) -> None:
        target = target_of(tmp_path, XLSX)
        write(target, XLSX, [(MOMENT, "a & <b>", 42, "\x07z"), (None, "", 0, "𠮷")])
        (sheet,) = read_sheets(target).values()
        assert sheet[0] == list(HEADINGS)
        assert sheet[1][1:] == ["a & <b>", "42", "z"]
        # Days since 1899-12-30, in Beijing.
        noon = 46082 + 12 / 24
        assert float(sheet[1][0]) == pytest.approx(noon + (5 * 60 + 6) / 86400, abs=1e-4)
        assert sheet[2] == ["", "", "0", "𠮷"]

    @pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@a", "\t=1", "http://x.example", "007"])
    def test_holds_no_formula_and_no_link(self, tmp_path: Path, text: str) -> None:
        target = target_of(tmp_path, XLSX)
        write(target, XLSX, [[text]])
        (sheet,) = read_sheets(target).values()
        assert sheet[1] == [text]
        assert formulas(target) == 0

    def test_goes_on_in_a_further_sheet(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(export_xlsx.XlsxTable.__init__, "__defaults__", (3,))
        target = target_of(tmp_path, XLSX)
        write(target, XLSX, [[str(number)] for number in range(7)])
        sheets = read_sheets(target)
        assert list(sheets) == ["记录", "记录 2", "记录 3"]
        assert [len(rows) - 1 for rows in sheets.values()] == [3, 3, 1]
        assert all(rows[0] == list(HEADINGS) for rows in sheets.values())

    def test_fills_a_sheet_to_the_last_row_of_the_format(self) -> None:
        assert export_xlsx.MOST_ROWS == 2**20 - 1

    @pytest.mark.skipif(sys.platform == "win32", reason="counts names of files as POSIX does")
    def test_large_temporary_files_are_not_deleted_while_the_export_can_be_cancelled(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        deleted: list[tuple[int, int]] = []

        def note(path: str) -> None:
            found = Path(path).stat()
            deleted.append((found.st_size, found.st_nlink))

        monkeypatch.setattr(os, "unlink", note)
        monkeypatch.setattr(os, "remove", note)
        with (tmp_path / "a.xlsx").open("wb") as file:
            table = export_xlsx.XlsxTable(file, tmp_path, "记录", never)
            table.write_headings(HEADINGS)
            for _ in range(1000):
                table.write_row(ROW)
            table.finish()
            table.close()
        assert [names for size, names in deleted if size > 100_000] == [2, 2]

    def test_copying_of_rows_at_the_end_can_be_stopped(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked = []
        read = export_xlsx._StoppableReader.read

        def note(reader: export_xlsx._StoppableReader, size: int) -> object:
            asked.append(size)
            return read(reader, size)

        monkeypatch.setattr(export_xlsx._StoppableReader, "read", note)
        write(target_of(tmp_path, XLSX), XLSX)
        assert asked


class TestFile:
    @each_format
    def test_is_alone_in_its_folder_and_readable_by_its_owner_only(
        self, tmp_path: Path, kind: ExportFormat
    ) -> None:
        target = target_of(tmp_path, kind)
        write(target, kind)
        assert list(tmp_path.iterdir()) == [target]
        if sys.platform != "win32":
            assert target.stat().st_mode & 0o777 == 0o600

    @each_format
    def test_that_exists_is_left_alone(self, tmp_path: Path, kind: ExportFormat) -> None:
        target = target_of(tmp_path, kind)
        target.write_text("before")
        with pytest.raises(ExportExistsError):
            write(target, kind)
        assert target.read_text() == "before"
        assert list(tmp_path.iterdir()) == [target]

    @each_format
    def test_that_appears_meanwhile_is_left_alone(self, tmp_path: Path, kind: ExportFormat) -> None:
        target = target_of(tmp_path, kind)

        def appear() -> None:
            target.write_text("before")

        with pytest.raises(ExportExistsError):
            write(target, kind, check=appear)
        assert target.read_text() == "before"
        assert list(tmp_path.iterdir()) == [target]

    @each_format
    def test_that_exists_is_replaced_on_request_when_the_new_one_is_whole(
        self, tmp_path: Path, kind: ExportFormat
    ) -> None:
        target = target_of(tmp_path, kind)
        target.write_text("before")
        with pytest.raises(ExportCancelledError):
            write(target, kind, overwrite=True, check=Stop(1))
        assert target.read_text() == "before"
        write(target, kind, overwrite=True)
        assert target.read_bytes() != b"before"
        assert list(tmp_path.iterdir()) == [target]

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names")
    def test_replaces_nothing_but_files(self, tmp_path: Path) -> None:
        target = target_of(tmp_path, CSV)
        os.mkfifo(target)
        with pytest.raises(FileNotWrittenError):
            write(target, CSV, overwrite=True)
        assert target.is_fifo()

    def test_is_written_where_the_disk_knows_no_second_names(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_: object) -> None:
            raise PermissionError

        monkeypatch.setattr(os, "link", refuse)
        target = target_of(tmp_path, CSV)
        write(target, CSV)
        with pytest.raises(ExportExistsError):
            write(target, CSV)
        assert list(tmp_path.iterdir()) == [target]

    @each_format
    @pytest.mark.parametrize("calls", [0, 1, 2])
    def test_of_a_cancelled_export_is_not_there(
        self, tmp_path: Path, kind: ExportFormat, calls: int
    ) -> None:
        with pytest.raises(ExportCancelledError):
            write(target_of(tmp_path, kind), kind, [ROW, ROW], check=Stop(calls))
        assert list(tmp_path.iterdir()) == []

    @each_format
    def test_of_an_export_that_is_cancelled_at_any_step_is_closed_without_an_error(
        self, tmp_path: Path, kind: ExportFormat, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """An unfinished ZIP file writes its directory when it is collected."""
        unraisable: list[object] = []
        monkeypatch.setattr(sys, "unraisablehook", unraisable.append)
        target, calls = target_of(tmp_path, kind), 0
        while not target.exists():
            with contextlib.suppress(ExportCancelledError):
                write(target, kind, check=Stop(calls))
            gc.collect()
            assert unraisable == [], f"cancelled after {calls} steps"
            calls += 1
        assert calls > 2

    @each_format
    def test_that_is_complete_gets_no_name_if_it_was_decided_to_cancel(
        self, tmp_path: Path, kind: ExportFormat
    ) -> None:
        with pytest.raises(ExportCancelledError):
            write(target_of(tmp_path, kind), kind, settle=Stop(0))
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize(("kind", "files"), [(CSV, 1), (XLSX, 3)])
    def test_and_large_temporary_files_are_flushed_to_disk_while_they_are_written(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: ExportFormat, files: int
    ) -> None:
        """No flush and no closing is left with more than a small part of a file."""
        sizes: dict[int, list[int]] = {}

        def note(handle: int) -> None:
            found = os.fstat(handle)
            sizes.setdefault(found.st_ino, [0]).append(found.st_size)

        def close(file: flushed_file.FlushedFile) -> None:
            if not file.closed:
                note(file.fileno())
            super(flushed_file.FlushedFile, file).close()

        # On a slow machine a flush takes long, and the next step is the fewest bytes.
        for limit in ("FEWEST_BYTES", "MOST_BYTES"):
            monkeypatch.setattr(flushed_file, limit, 10_000)
        monkeypatch.setattr(flushed_file.FlushedFile, "_step", 10_000)
        monkeypatch.setattr(flushed_file.FlushedFile, "close", close)
        monkeypatch.setattr(os, "fsync", note)
        rows = [[f"{number:x}" * 40 for number in range(line, line + 5)] for line in range(5000)]
        write(target_of(tmp_path, kind), kind, rows)
        large = [steps for steps in sizes.values() if steps[-1] > 100_000]
        assert len(large) == files
        for steps in large:
            assert max(later - earlier for earlier, later in pairwise(steps)) < 100_000

    def test_of_a_cancelled_export_is_removed_on_a_thread_if_it_is_large(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(unfinished_file, "_QUICKLY_REMOVED", -1)
        with pytest.raises(ExportCancelledError):
            write(target_of(tmp_path, CSV), CSV, check=Stop(0))
        for thread in threading.enumerate():
            if thread.name == "wxpark-remove":
                thread.join()
        assert list(tmp_path.iterdir()) == []

    @each_format
    def test_in_a_missing_folder_is_said_so(self, tmp_path: Path, kind: ExportFormat) -> None:
        with pytest.raises(FileNotWrittenError, match=r"No such file|not found"):
            write(tmp_path / "missing" / "x", kind)

    @each_format
    def test_in_a_read_only_folder_is_said_so(
        self,
        readable_only: Callable[[], AbstractContextManager[Path]],
        kind: ExportFormat,
    ) -> None:
        with readable_only() as root, pytest.raises(FileNotWrittenError, match="denied"):
            write(target_of(root, kind), kind)
        assert list(root.iterdir()) == []


_CANCEL_AND_END = """
import shutil, sys, threading, time
from pathlib import Path
from wxpark_gui.domain.export import ExportFormat
from wxpark_gui.storage import unfinished_file
from wxpark_gui.storage.export_files import ExportFiles

remove, none = shutil.rmtree, lambda: None

def remove_slowly(*arguments, **options):
    time.sleep(float(sys.argv[2]))
    remove(*arguments, **options)

def export():
    csv = ExportFormat.CSV
    with ExportFiles().create(Path(sys.argv[1]), csv, "x", overwrite=True, check=none, settle=none):
        raise SystemExit

shutil.rmtree = remove_slowly
unfinished_file._QUICKLY_REMOVED = -1
unfinished_file._REMOVAL_SECONDS = 2.0
exporting = threading.Thread(target=export, daemon=True)
exporting.start()
exporting.join()
"""
"""Source of a program that ends while the folder of a cancelled export is being removed."""


@pytest.mark.parametrize(("seconds", "is_removed"), [(0.5, True), (60, False)])
def test_end_of_the_program_waits_a_while_for_the_folder_of_a_cancelled_export(
    tmp_path: Path, seconds: float, is_removed: bool
) -> None:
    subprocess.run(
        [sys.executable, "-c", _CANCEL_AND_END, target_of(tmp_path, CSV), str(seconds)],
        check=True,
        timeout=30,
    )
    assert (list(tmp_path.iterdir()) == []) is is_removed


_FILL_THE_DISK = """
import os, resource, sys
from pathlib import Path
from wxpark_gui.domain.errors import FileNotWrittenError
from wxpark_gui.domain.export import ExportFormat
from wxpark_gui.storage.export_files import ExportFiles

kind = ExportFormat(sys.argv[1])
for name in sys.argv[2:]:
    target = Path(name)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(target.parent.name), resource.RLIM_INFINITY))
    try:
        files, none = ExportFiles(), lambda: None
        with files.create(target, kind, "x", overwrite=False, check=none, settle=none) as table:
            table.write_headings(["x"])
            for number in range(20_000):
                table.write_row([os.urandom(20).hex()])
    except FileNotWrittenError as error:
        print(error)
    else:
        print("written")
"""
"""Source of a program that exports to each file; the size of a disk is the name of its folder."""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows limits no sizes of files")
@each_format
def test_full_disk_leaves_no_file(tmp_path: Path, kind: ExportFormat) -> None:
    disks = [tmp_path / str(size) for size in (1000, 200_000, 850_000)]
    for disk in disks:
        disk.mkdir()
    targets = [target_of(disk, kind) for disk in disks]
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-c", _FILL_THE_DISK, kind.value, *targets],
        check=True, capture_output=True, encoding="utf-8", env={**os.environ, "PYTHONUTF8": "1"},
    )  # fmt: skip
    ends = ["FILE_NOT_WRITTEN: File too large"] * 3
    if kind is CSV:
        ends[-1] = "written"
    assert [line[: len(end)] for line, end in zip(done.stdout.splitlines(), ends, strict=True)] == (
        ends
    )
    left = [file for disk in disks for file in disk.iterdir()]
    assert left == (targets[-1:] if kind is CSV else [])
    assert done.stderr == ""


_NEVER_END = """
import sys, time
from pathlib import Path
from wxpark_gui.domain.export import ExportFormat
from wxpark_gui.storage.export_files import ExportFiles

kind = ExportFormat(sys.argv[2])
files, none = ExportFiles(), lambda: None
with files.create(Path(sys.argv[1]), kind, "x", overwrite=True, check=none, settle=none) as table:
    table.write_headings(["x"])
    table.write_row(["x" * 100_000])
    print("ready", flush=True)
    time.sleep(60)
"""


@each_format
def test_killed_export_leaves_no_file_and_the_next_one_removes_its_folder(
    tmp_path: Path, kind: ExportFormat
) -> None:
    target = target_of(tmp_path, kind)
    with subprocess.Popen(
        [sys.executable, "-c", _NEVER_END, target, kind.value],
        stdout=subprocess.PIPE, encoding="utf-8",
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        (left,) = tmp_path.iterdir()
        long_ago = time.time() - 3600
        os.utime(left, (long_ago, long_ago))
        write(tmp_path / "other.csv", CSV)
        assert left.is_dir(), "the folder of a running export was removed"
        process.kill()
    assert not target.exists()
    os.utime(left, (long_ago, long_ago))
    write(target, kind)
    assert not list(tmp_path.glob(f"{PREFIX}*"))
