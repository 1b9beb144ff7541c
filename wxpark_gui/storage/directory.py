"""The one directory everything is kept in, and the lock that gives it to one process."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path, PurePath
from types import TracebackType
from typing import final

import platformdirs

from wxpark_gui.domain.errors import (
    DataDirectoryInUseError,
    DataDirectoryOnShareError,
    DataDirectoryUnusableError,
)

if sys.platform == "win32":
    import ctypes
    import msvcrt
    from ctypes import wintypes
else:
    import fcntl

_OWNER_ONLY_DIRECTORY = 0o700
_OWNER_ONLY_FILE = 0o600
_ERROR_LOCK_VIOLATION = 33
_DRIVE_REMOTE = 4


@dataclass(frozen=True, slots=True)
class DataDirectory:
    """Where things are kept. Made by `prepare_directory`; plates in it are personal data."""

    root: Path

    @property
    def journal(self) -> Path:
        return self.root / "journal.sqlite3"

    @property
    def settings(self) -> Path:
        return self.root / "settings.toml"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def backup(self) -> Path:
        return self.root / "backup"

    @property
    def lock(self) -> Path:
        return self.root / "lock"

    @property
    def training(self) -> Path:
        """Root of the training mode's own data directory; not prepared yet."""
        return self.root / "training"


def default_directory() -> Path:
    """The place the system reserves for a person's data of this program."""
    return platformdirs.user_data_path("wxpark-gui", appauthor=False)


def locate_directory(root: Path | None = None) -> DataDirectory:
    """The data directory as it is; nothing is created. None for `default_directory`."""
    return DataDirectory((root or default_directory()).absolute())


def prepare_directory(root: Path | None = None) -> DataDirectory:
    """Create what is missing of a data directory, for its owner only.

    A directory that was there keeps its mode: it may have been given on purpose.

    Args:
        root: None for `default_directory`.

    Raises:
        DataDirectoryOnShareError: it is on a network share of Windows.
        DataDirectoryUnusableError: it cannot be made.
    """
    directory = locate_directory(root)
    if is_on_share(directory.root):
        raise DataDirectoryOnShareError(directory.root.anchor)
    try:
        for path in (directory.root, directory.logs, directory.backup):
            path.mkdir(mode=_OWNER_ONLY_DIRECTORY, parents=True, exist_ok=True)
    except OSError as error:
        raise unusable(error) from error
    return directory


def is_on_share(path: PurePath) -> bool:
    r"""Windows reaches the path over the network: `\\server\share`, or a drive that stands for one.

    Elsewhere SQLite itself refuses what a network file system cannot do.
    """
    anchor = path.anchor
    if anchor.startswith(("\\\\?\\", "\\\\.\\")):
        return anchor[4:].upper().startswith("UNC\\")
    return anchor.startswith("\\\\") or _drive_type(anchor) == _DRIVE_REMOTE


@final
class DirectoryLock:
    """Gives a data directory to one process at a time.

    The system holds the lock, on an open file: it goes with the process, however that ends, and
    the file that stays behind means nothing.
    """

    def __init__(self, directory: DataDirectory) -> None:
        self._path = directory.lock
        self._handle: int | None = None

    def acquire(self) -> None:
        """Take the directory.

        Raises:
            DataDirectoryInUseError: another process has it, or another lock in this one.
            DataDirectoryUnusableError: the lock file cannot be made or locked.
        """
        if self._handle is not None:
            raise DataDirectoryInUseError
        try:
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT, _OWNER_ONLY_FILE)
        except OSError as error:
            raise unusable(error) from error
        try:
            _lock(handle)
        except OSError as error:
            os.close(handle)
            if _is_lock_conflict(error):
                raise DataDirectoryInUseError from error
            raise unusable(error) from error
        self._handle = handle

    def release(self) -> None:
        """Give it back; nothing happens when it was not held."""
        if self._handle is None:
            return
        # Closing ends the lock. The file stays: removing it would let two processes lock two files.
        os.close(self._handle)
        self._handle = None

    def __enter__(self) -> DirectoryLock:
        self.acquire()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.release()


def unusable(error: OSError) -> DataDirectoryUnusableError:
    """The readable form of a file system's failure: its own words, without the path."""
    return DataDirectoryUnusableError(error.strerror or type(error).__name__)


def _is_lock_conflict(error: OSError) -> bool:
    """Another handle holds the lock. On Windows, a denied access has the same `errno`."""
    return (
        isinstance(error, BlockingIOError)
        or getattr(error, "winerror", None) == _ERROR_LOCK_VIOLATION
    )


if sys.platform == "win32":
    _kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
    _kernel32.LockFile.argtypes = (wintypes.HANDLE, *[wintypes.DWORD] * 4)
    _kernel32.LockFile.restype = wintypes.BOOL
    _kernel32.GetDriveTypeW.argtypes = (wintypes.LPCWSTR,)
    _kernel32.GetDriveTypeW.restype = wintypes.UINT

    def _drive_type(root: str) -> int:
        return int(_kernel32.GetDriveTypeW(root))

    def _lock(handle: int) -> None:
        """Lock the first byte without waiting.

        `LockFile` and not `msvcrt.locking`: the latter reports an `errno` alone.
        """
        if not _kernel32.LockFile(msvcrt.get_osfhandle(handle), 0, 0, 1, 0):
            raise ctypes.WinError(ctypes.get_last_error())

else:

    def _drive_type(_root: str) -> int:
        return 0

    def _lock(handle: int) -> None:
        """Lock the file without waiting.

        `flock` and not `lockf`: the latter is lost when any handle of the file is closed.
        """
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
