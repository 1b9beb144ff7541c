from __future__ import annotations

import ctypes
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path, PureWindowsPath
from typing import Any

import platformdirs
import pytest

from tests.systems import needs_posix_modes
from wxpark_gui.domain.errors import (
    DataDirectoryInUseError,
    DataDirectoryUnusableError,
)
from wxpark_gui.storage.directory import (
    DataDirectory,
    DirectoryLock,
    default_directory,
    locate_directory,
    prepare_directory,
)
from wxpark_gui.storage.file_system import share_type

HOLD_THE_LOCK = """
import sys
from pathlib import Path, PurePosixPath, PureWindowsPath
from wxpark_gui.storage.directory import DirectoryLock, prepare_directory
DirectoryLock(prepare_directory(Path(sys.argv[1]))).acquire()
print("held", flush=True)
sys.stdin.read()
"""


def test_everything_lies_below_the_root(tmp_path: Path) -> None:
    directory = prepare_directory(tmp_path)
    below = {
        directory.journal: "journal.sqlite3",
        directory.settings: "settings.toml",
        directory.logs: "logs",
        directory.backup: "backup",
        directory.training: "training",
    }
    assert below == {tmp_path / name: name for name in below.values()}


def test_the_default_is_the_systems_place_for_this_program() -> None:
    assert default_directory().name == "wxpark-gui"


def test_user_without_a_home_directory_has_no_default(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> Path:
        raise RuntimeError("could not determine the home directory")

    monkeypatch.setattr(platformdirs, "user_data_path", fail)
    for find in (locate_directory, prepare_directory):
        with pytest.raises(DataDirectoryUnusableError, match="no home directory"):
            find()


def test_a_name_that_is_too_long_is_unusable(tmp_path: Path) -> None:
    with pytest.raises(DataDirectoryUnusableError):
        prepare_directory(tmp_path / ("x" * 300) / "data")


@needs_posix_modes
def test_path_relative_to_a_removed_directory_is_unusable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    with pytest.raises(DataDirectoryUnusableError):
        prepare_directory(Path("data"))


@needs_posix_modes
def test_a_new_directory_is_its_owners_only(tmp_path: Path) -> None:
    directory = prepare_directory(tmp_path / "far" / "away")
    for path in (directory.root, directory.logs, directory.backup):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700


@needs_posix_modes
def test_a_directory_that_was_there_keeps_its_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o750)
    prepare_directory(tmp_path)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o750


SE_FILE_OBJECT, DACL_SECURITY_INFORMATION = 1, 4
OTHERS = ("WD", "AU", "BU", "BG", "IU")
"""SDDL names of everyone, authenticated users, users, guests and interactive users."""
OLD_PYTHON = sys.version_info < (3, 11, 10) or (3, 12) <= sys.version_info < (3, 12, 4)


def access_rights(path: Path) -> str:
    """Return the access control list of a file on Windows, in SDDL."""
    security: Any = getattr(ctypes, "WinDLL")("advapi32")  # noqa: B009 - unknown elsewhere
    descriptor, text = ctypes.c_void_p(), ctypes.c_wchar_p()
    code = security.GetNamedSecurityInfoW(
        *(ctypes.c_wchar_p(str(path)), SE_FILE_OBJECT, DACL_SECURITY_INFORMATION),
        *(None, None, None, None, ctypes.byref(descriptor)),
    )
    assert code == 0
    assert security.ConvertSecurityDescriptorToStringSecurityDescriptorW(
        descriptor, 1, DACL_SECURITY_INFORMATION, ctypes.byref(text), None
    )
    assert text.value
    return text.value


@pytest.mark.skipif(sys.platform != "win32", reason="access rights are of Windows")
@pytest.mark.skipif(OLD_PYTHON, reason="os.mkdir sets access rights from Python 3.11.10 on")
def test_a_new_directory_of_windows_is_its_owners_only(tmp_path: Path) -> None:
    directory = prepare_directory(tmp_path / "far" / "away")
    for path in (directory.root, directory.logs, directory.backup):
        rights = access_rights(path)
        assert rights.startswith("D:")
        assert not [who for who in OTHERS if f";;;{who})" in rights], rights


def test_a_directory_that_cannot_be_made_is_unusable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DataDirectoryUnusableError) as caught:
        prepare_directory(tmp_path / "file" / "data")
    assert caught.value.detail
    assert str(tmp_path) not in str(caught.value)


def test_a_directory_that_cannot_be_written_is_unusable(
    readable_only: Callable[[], AbstractContextManager[Path]],
) -> None:
    with readable_only() as root, pytest.raises(DataDirectoryUnusableError):
        prepare_directory(root)


def test_a_directory_below_one_that_cannot_be_searched_is_unusable(
    readable_only: Callable[[], AbstractContextManager[Path]], tmp_path: Path
) -> None:
    tmp_path.chmod(0)
    with readable_only(), pytest.raises(DataDirectoryUnusableError):
        prepare_directory(tmp_path / "data")
    tmp_path.chmod(0o700)


def test_a_second_lock_finds_the_directory_in_use(tmp_path: Path) -> None:
    directory = prepare_directory(tmp_path)
    with DirectoryLock(directory), pytest.raises(DataDirectoryInUseError):
        DirectoryLock(directory).acquire()


@needs_posix_modes
def test_deleted_lock_file_lets_no_second_process_in(tmp_path: Path) -> None:
    directory = prepare_directory(tmp_path)
    with DirectoryLock(directory):
        directory.lock.unlink()
        with pytest.raises(DataDirectoryInUseError):
            DirectoryLock(directory).acquire()
    with DirectoryLock(directory):
        assert directory.lock.exists()


@needs_posix_modes
class TestRenewal:
    """The lock is taken again if its files were replaced while it was held."""

    @pytest.fixture
    def directory(self, tmp_path: Path) -> DataDirectory:
        return prepare_directory(tmp_path / "data")

    @pytest.fixture
    def lock(self, directory: DataDirectory) -> Iterator[DirectoryLock]:
        with DirectoryLock(directory) as lock:
            yield lock

    def test_missing_directory_is_made_and_locked(
        self, directory: DataDirectory, lock: DirectoryLock
    ) -> None:
        shutil.rmtree(directory.root)
        lock.renew()
        assert directory.root.stat().st_mode & 0o777 == 0o700
        with pytest.raises(DataDirectoryInUseError):
            DirectoryLock(directory).acquire()

    def test_deleted_file_is_made_again(
        self, directory: DataDirectory, lock: DirectoryLock
    ) -> None:
        directory.lock.unlink()
        lock.renew()
        assert directory.lock.exists()

    def test_deleted_file_is_enough_where_directories_cannot_be_locked(
        self, directory: DataDirectory, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("wxpark_gui.storage.directory.lock_directory", lambda _path: None)
        with DirectoryLock(directory) as lock:
            directory.lock.unlink()
            with DirectoryLock(directory), pytest.raises(DataDirectoryInUseError):
                lock.renew()
            lock.renew()
            with pytest.raises(DataDirectoryInUseError):
                DirectoryLock(directory).acquire()

    def test_directory_of_another_process_is_in_use_until_that_ends(
        self, directory: DataDirectory, lock: DirectoryLock
    ) -> None:
        shutil.rmtree(directory.root)
        with DirectoryLock(prepare_directory(directory.root)):
            for _ in range(2):
                with pytest.raises(DataDirectoryInUseError):
                    lock.renew()
        lock.renew()

    def test_second_start_that_is_about_to_be_refused_does_no_harm(
        self, directory: DataDirectory, lock: DirectoryLock
    ) -> None:
        fcntl = pytest.importorskip("fcntl")
        directory.lock.unlink()
        second = os.open(directory.lock, os.O_RDWR | os.O_CREAT)
        fcntl.flock(second, fcntl.LOCK_EX)
        lock.renew()
        os.close(second)

    def test_directory_that_cannot_be_made_is_tried_again(
        self, directory: DataDirectory, lock: DirectoryLock
    ) -> None:
        shutil.rmtree(directory.root)
        directory.root.write_bytes(b"a file")
        lock.renew()
        directory.root.unlink()
        lock.renew()
        with pytest.raises(DataDirectoryInUseError):
            DirectoryLock(directory).acquire()

    def test_lock_in_place_opens_nothing(
        self, directory: DataDirectory, lock: DirectoryLock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(os, "open", None)
        lock.renew()

    def test_lock_that_is_not_held_makes_nothing(self, directory: DataDirectory) -> None:
        DirectoryLock(directory).renew()
        assert not directory.lock.exists()


def test_a_lock_is_taken_once_only(tmp_path: Path) -> None:
    with DirectoryLock(prepare_directory(tmp_path)) as lock, pytest.raises(DataDirectoryInUseError):
        lock.acquire()


def test_a_released_lock_can_be_taken_again(tmp_path: Path) -> None:
    directory = prepare_directory(tmp_path)
    first = DirectoryLock(directory)
    first.acquire()
    first.release()
    first.release()
    with DirectoryLock(directory):
        pass


def test_a_second_process_finds_the_directory_in_use_until_the_first_is_killed(
    tmp_path: Path,
) -> None:
    command = [sys.executable, "-c", HOLD_THE_LOCK, str(tmp_path)]
    lock = DirectoryLock(prepare_directory(tmp_path))
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout
        assert holder.stdout.readline().strip() == b"held"
        with pytest.raises(DataDirectoryInUseError):
            lock.acquire()
        holder.kill()
    lock.acquire()
    lock.release()


def test_a_lock_file_that_cannot_be_made_is_unusable(tmp_path: Path) -> None:
    directory = prepare_directory(tmp_path)
    directory.lock.mkdir()
    with pytest.raises(DataDirectoryUnusableError):
        DirectoryLock(directory).acquire()


class WindowsRefusalError(PermissionError):
    """PermissionError with the attribute `winerror`, on every system."""

    def __init__(self, winerror: int) -> None:
        super().__init__(13, "Permission denied")
        self.winerror = winerror


@pytest.mark.parametrize(
    ("cause", "expected"),
    [
        (BlockingIOError(11, "Resource temporarily unavailable"), DataDirectoryInUseError),
        (WindowsRefusalError(33), DataDirectoryInUseError),
        (WindowsRefusalError(5), DataDirectoryUnusableError),
        (OSError(37, "No locks available"), DataDirectoryUnusableError),
    ],
    ids=["POSIX: locked", "Windows: lock violation", "Windows: access denied", "no locks"],
)
def test_lock_refused_by_the_system_tells_a_conflict_from_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cause: OSError, expected: type[Exception]
) -> None:
    def refuse(_handle: int) -> None:
        raise cause

    monkeypatch.setattr("wxpark_gui.storage.directory.lock_file", refuse)
    with pytest.raises(expected):
        DirectoryLock(prepare_directory(tmp_path)).acquire()


@pytest.mark.parametrize(
    ("path", "drive_type", "expected"),
    [
        (r"\\server\share\wxpark", 1, "UNC"),
        (r"\\?\UNC\server\share\wxpark", 1, "UNC"),
        (r"N:\wxpark", 4, "network drive"),
        (r"C:\Users\张三\wxpark", 3, ""),
        (r"\\?\C:\wxpark", 3, ""),
    ],
)
def test_share_of_windows_is_told_from_a_local_disk(
    path: str, drive_type: int, expected: str
) -> None:
    assert share_type(PureWindowsPath(path), lambda _anchor: drive_type) == expected
