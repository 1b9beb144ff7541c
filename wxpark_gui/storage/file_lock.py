"""Locks of the operating system on files and directories, which end with the process."""

from __future__ import annotations

import os
import sys
from pathlib import Path

if sys.platform == "win32":
    import ctypes
    import msvcrt
    from ctypes import wintypes
else:
    import fcntl

_ERROR_LOCK_VIOLATION = 33


def is_lock_conflict(error: OSError) -> bool:
    """Test if another handle holds the lock. On Windows, denied access has the same `errno`."""
    return (
        isinstance(error, BlockingIOError)
        or getattr(error, "winerror", None) == _ERROR_LOCK_VIOLATION
    )


def is_open_at(handle: int, path: Path) -> bool:
    """Test if the file at a path is the one that is open.

    Raises:
        OSError: the path cannot be looked at.
    """
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except (FileNotFoundError, NotADirectoryError):
        return False


if sys.platform == "win32":
    _kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
    _kernel32.LockFile.argtypes = (wintypes.HANDLE, *[wintypes.DWORD] * 4)
    _kernel32.LockFile.restype = wintypes.BOOL

    def lock_file(handle: int) -> None:
        """Lock the first byte without waiting.

        Uses `LockFile`, because `msvcrt.locking` reports only an `errno`.

        Raises:
            OSError: the file is locked, or cannot be locked.
        """
        if not _kernel32.LockFile(msvcrt.get_osfhandle(handle), 0, 0, 1, 0):
            raise ctypes.WinError(ctypes.get_last_error())

    def lock_directory(_path: Path) -> int | None:
        """Return None: Windows locks no directory, and lets nobody delete a locked file."""
        return None

else:

    def lock_file(handle: int) -> None:
        """Lock the file without waiting.

        Uses `flock`, because a `lockf` lock is lost when any handle of the file is closed.

        Raises:
            OSError: the file is locked, or cannot be locked.
        """
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def lock_directory(path: Path) -> int | None:
        """Lock a directory without waiting; return None on file systems that cannot lock one.

        Raises:
            OSError: it is locked.
        """
        handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(handle)
            if is_lock_conflict(error):
                raise
            return None
        return handle
