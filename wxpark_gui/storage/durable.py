"""Write a small file so that a power cut leaves either the old one or the new one."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import time
from pathlib import Path

if sys.platform == "win32":
    _FULL_SYNC = None
else:
    import fcntl

    _FULL_SYNC = getattr(fcntl, "F_FULLFSYNC", None)
    """None except on macOS."""

REPLACE_SECONDS = 4.0
"""Timeout of `replace_file`; a virus scanner may hold a new file for about two seconds."""
_PAUSE = 0.05
# ERROR_ACCESS_DENIED and ERROR_SHARING_VIOLATION: a virus scanner or an indexer has the file open.
_HELD_OPEN = frozenset({5, 32})


def write_file(path: Path, content: bytes) -> None:
    """Replace a file as a whole, readable by its owner only.

    Raises:
        OSError: nothing was replaced; only when the directory itself fails to reach the disk may
            either file be found after a power cut.
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            sync_file(file.fileno())
        replace_file(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    sync_directory(path.parent)


def replace_file(source: Path, target: Path) -> None:
    """Rename a file over another one. Windows refuses while a program holds either open: retry.

    Raises:
        OSError: it was refused for `REPLACE_SECONDS`, or for another reason.
    """
    give_up_at = time.monotonic() + REPLACE_SECONDS
    while time.monotonic() < give_up_at:
        if _replaced(source, target):
            return
        time.sleep(_PAUSE)
    source.replace(target)


def _replaced(source: Path, target: Path) -> bool:
    """Try once; False when a program holds one of the files open."""
    try:
        source.replace(target)
    except OSError as error:
        if getattr(error, "winerror", None) in _HELD_OPEN:
            return False
        raise
    return True


def sync_file(handle: int) -> None:
    """Put an open file on disk; on macOS out of the drive's cache too, which `fsync` leaves alone.

    Raises:
        OSError: the disk did not take it.
    """
    if _FULL_SYNC is not None:
        # Only file systems of macOS itself know it.
        with contextlib.suppress(OSError):
            fcntl.fcntl(handle, _FULL_SYNC)
            return
    os.fsync(handle)


def sync_directory(path: Path) -> None:
    """Put the names in a directory on disk; Windows does so by itself and offers no call."""
    if sys.platform == "win32":
        return
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        sync_file(handle)
    finally:
        os.close(handle)
