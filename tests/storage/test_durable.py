"""A file is replaced as a whole, even if another program holds it open for a moment."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.systems import not_on_windows
from wxpark_gui.storage import durable
from wxpark_gui.storage.durable import (
    replace_file,
    restrict_to_owner,
    sync_directory,
    write_file,
)

HOLD = """
import sys, time
with open(sys.argv[1], "rb"):
    print("held", flush=True)
    time.sleep(float(sys.argv[2]))
"""


class HeldOpenError(PermissionError):
    """The PermissionError of Windows for a file that is held open, on every system."""

    def __init__(self, winerror: int) -> None:
        super().__init__(13, "Permission denied")
        self.winerror = winerror


@pytest.fixture
def refusals(monkeypatch: pytest.MonkeyPatch) -> list[OSError]:
    """Errors that renaming raises, one per call, in order; then renaming works."""
    left: list[OSError] = []
    rename = Path.replace

    def refuse(self: Path, target: Path) -> Path:
        if left:
            raise left.pop(0)
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", refuse)
    return left


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    new, old = tmp_path / "new", tmp_path / "old"
    new.write_bytes(b"new")
    old.write_bytes(b"old")
    return new, old


@pytest.mark.parametrize("number", [5, 32])
def test_replacing_a_file_held_open_is_retried(
    files: tuple[Path, Path], refusals: list[OSError], number: int
) -> None:
    refusals += [HeldOpenError(number), HeldOpenError(number)]
    replace_file(*files)
    assert files[1].read_bytes() == b"new"


@not_on_windows("fcntl is of POSIX")
class TestOnAMac:
    """On macOS fsync leaves the data in the drive's cache, so that `F_FULLFSYNC` is needed."""

    @pytest.fixture
    def asked(self, monkeypatch: pytest.MonkeyPatch) -> list[int]:
        """Commands passed to fcntl, in order. The number of `F_FULLFSYNC` is that of macOS."""
        asked: list[int] = []
        monkeypatch.setattr(durable, "_FULL_SYNC", 51)
        monkeypatch.setattr("fcntl.fcntl", lambda _, command: asked.append(command))
        return asked

    def test_written_file_and_its_directory_leave_the_cache_of_the_drive(
        self, tmp_path: Path, asked: list[int], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(os, "fsync", lambda _: pytest.fail("fsync alone"))
        write_file(tmp_path / "settings.toml", b"new")
        assert asked == [51, 51]

    def test_file_system_that_does_not_know_the_call_is_synced_by_fsync(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_: object) -> None:
            raise OSError(45, "Operation not supported")

        synced: list[int] = []
        monkeypatch.setattr(durable, "_FULL_SYNC", 51)
        monkeypatch.setattr("fcntl.fcntl", refuse)
        monkeypatch.setattr(os, "fsync", synced.append)
        write_file(tmp_path / "settings.toml", b"new")
        assert len(synced) == 2


def test_replacing_a_file_held_open_for_too_long_is_reported(
    files: tuple[Path, Path], refusals: list[OSError], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(durable, "REPLACE_SECONDS", 0.1)
    refusals += [HeldOpenError(32)] * 100
    with pytest.raises(HeldOpenError):
        replace_file(*files)
    assert files[1].read_bytes() == b"old"


@pytest.mark.parametrize("error", [PermissionError(13, "no"), OSError(28, "full")])
def test_replacing_a_file_refused_otherwise_is_reported_at_once(
    files: tuple[Path, Path], refusals: list[OSError], error: OSError
) -> None:
    refusals += [error, error]
    with pytest.raises(type(error)):
        replace_file(*files)
    assert refusals == [error]


@pytest.mark.parametrize("seconds", ["0.7", "2"])
def test_writing_a_file_another_process_reads_replaces_it(tmp_path: Path, seconds: str) -> None:
    file = tmp_path / "settings.toml"
    write_file(file, b"old")
    command = [sys.executable, "-c", HOLD, str(file), seconds]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as reader:
        assert reader.stdout
        assert reader.stdout.readline().strip() == b"held"
        write_file(file, b"new")
    assert file.read_bytes() == b"new"
    assert [path.name for path in tmp_path.iterdir()] == ["settings.toml"]


@pytest.fixture
def fail_directory_flush(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Function that sets the error number with which flushing a directory fails from now on."""
    flush = os.fsync

    def set_number(number: int) -> None:
        def refuse(handle: int) -> None:
            if stat.S_ISDIR(os.fstat(handle).st_mode):
                raise OSError(number, os.strerror(number))
            flush(handle)

        monkeypatch.setattr(os, "fsync", refuse)

    return set_number


@not_on_windows("directories are not flushed")
@pytest.mark.parametrize("number", [errno.EINVAL, errno.ENOTSUP, errno.ENOSYS])
def test_file_is_written_where_directories_cannot_be_flushed(
    tmp_path: Path, fail_directory_flush: Callable[[int], None], number: int
) -> None:
    fail_directory_flush(number)
    write_file(tmp_path / "file", b"new")
    assert (tmp_path / "file").read_bytes() == b"new"


@not_on_windows("directories are not flushed")
@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC])
def test_failed_flush_of_a_directory_is_reported(
    tmp_path: Path, fail_directory_flush: Callable[[int], None], number: int
) -> None:
    fail_directory_flush(number)
    with pytest.raises(OSError, match=os.strerror(number)):
        sync_directory(tmp_path)


def test_file_with_the_longest_name_is_written(tmp_path: Path) -> None:
    # 255 bytes, the most of Linux.
    path = tmp_path / f"{'停' * 83}ab.csv"
    write_file(path, b"new")
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS, errno.EIO])
def test_failed_change_of_a_mode_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuse(_path: Path, _mode: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "chmod", refuse)
    with pytest.raises(OSError, match=os.strerror(number)):
        restrict_to_owner(tmp_path)
