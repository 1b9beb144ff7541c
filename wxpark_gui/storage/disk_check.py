"""Free space and write speed of the disk that the data directory is on."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import tempfile
import time
from pathlib import Path

from wxpark_gui.domain.errors import DiskFullError, ReadableError
from wxpark_gui.domain.health import DiskCheck
from wxpark_gui.storage.directory import existing, unusable
from wxpark_gui.storage.durable import sync_file

_PROBE = bytes(4096)
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def check_disk(root: Path) -> DiskCheck:
    """Measure the free space and, if `root` exists, a durable write there; no file is left.

    Raises:
        DiskFullError: the disk takes no more data.
        DataDirectoryUnusableError: the directory cannot be written for another reason.
    """
    try:
        free = shutil.disk_usage(existing(root)).free
        return DiskCheck(free, _write_ms(root) if root.is_dir() else None)
    except OSError as error:
        raise _readable(error) from error


def is_full(root: Path) -> bool:
    """Test if the disk of a directory takes no more data, by writing a small file; none is left.

    The result is False if the write fails for another reason.
    """
    return _refusal(root) in _FULL


def takes_no_data(root: Path) -> bool:
    """Test as `is_full`, but return True for a drive that became read-only too."""
    return _refusal(root) in {errno.EROFS, *_FULL}


def _refusal(root: Path) -> int | None:
    """Return the error number of a failed write; None if it succeeds."""
    try:
        _write_ms(root)
    except OSError as error:
        return error.errno
    return None


def _write_ms(root: Path) -> float:
    """Return the milliseconds of one durable write of a small file."""
    handle, name = tempfile.mkstemp(prefix=".probe-", dir=root)
    try:
        began = time.perf_counter()
        # A buffered file repeats a short write, so a full disk raises an error.
        with os.fdopen(handle, "wb") as file:
            file.write(_PROBE)
            file.flush()
            sync_file(handle)
        return (time.perf_counter() - began) * 1000
    finally:
        with contextlib.suppress(OSError):
            Path(name).unlink()


def _readable(error: OSError) -> ReadableError:
    if error.errno in _FULL:
        return DiskFullError(error.strerror or type(error).__name__)
    return unusable(error)
