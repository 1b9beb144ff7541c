"""Write a small file so that a power cut leaves either the old one or the new one."""

from __future__ import annotations

import contextlib
import errno
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
    """`F_FULLFSYNC`; None except on macOS."""

REPLACE_SECONDS = 4.0
"""Seconds to retry replacing a file that another program, such as a scanner, holds open."""
_PAUSE = 0.05
_PREFIX_LENGTH = 20
_OWNER_ONLY = 0o600
_NOT_SUPPORTED = frozenset({errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS})
"""Error numbers of a file system that does not support a call, as some network drives."""

# ERROR_ACCESS_DENIED and ERROR_SHARING_VIOLATION: a virus scanner or an indexer has the file open.
_HELD_OPEN = frozenset({5, 32})


def write_file(path: Path, content: bytes) -> None:
    """Create or replace a file atomically, readable by its owner only.

    Raises:
        OSError: nothing was replaced, unless only `sync_directory` failed. Then the file is
            replaced, but a power cut may bring back the old one.
    """
    handle, temporary = make_temporary(path)
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


def make_temporary(path: Path) -> tuple[int, Path]:
    """Create an empty file beside `path`, to be renamed to it; return its open handle and path.

    Its name has the first characters of that of `path` only: file systems limit names in bytes, and
    a longer name than that of `path` could exceed the limit.

    Raises:
        OSError: it cannot be created.
    """
    prefix = f".{path.name[:_PREFIX_LENGTH]}-"
    handle, name = tempfile.mkstemp(prefix=prefix, dir=path.parent)
    return handle, Path(name)


def restrict_to_owner(path: Path) -> None:
    """Let only the owner read and write a file of this user.

    A no-op on a file system that has no modes, such as CIFS and some FUSE drives: it refuses the
    change.

    Raises:
        OSError: the change failed otherwise.
    """
    try:
        path.chmod(_OWNER_ONLY)
    except OSError as error:
        if error.errno not in {errno.EPERM, *_NOT_SUPPORTED}:
            raise


def copy_aside(path: Path) -> None:
    """Copy a damaged file to `NAME.unreadable` beside it, before it is replaced.

    A name that another content has gets a number, `.unreadable2` to `.unreadable9`; the last one is
    replaced. An equal copy is not repeated.

    Raises:
        OSError: the file cannot be read, or the copy not written.
    """
    content = path.read_bytes()
    for number in ("", *range(2, 10)):
        copy = path.with_name(f"{path.name}.unreadable{number}")
        if not copy.exists():
            break
        if copy.read_bytes() == content:
            return
    write_file(copy, content)


def replace_file(source: Path, target: Path) -> None:
    """Rename `source` to `target`, replacing it; on Windows retry while either is held open.

    Raises:
        OSError: a file was held open for `REPLACE_SECONDS`, or renaming failed otherwise.
    """
    give_up_at = time.monotonic() + REPLACE_SECONDS
    while time.monotonic() < give_up_at:
        if _replaced(source, target):
            return
        time.sleep(_PAUSE)
    source.replace(target)


def _replaced(source: Path, target: Path) -> bool:
    """Try the rename once; return False if a program holds one of the files open.

    Raises:
        OSError: the rename failed for another reason.
    """
    try:
        source.replace(target)
    except OSError as error:
        if getattr(error, "winerror", None) in _HELD_OPEN:
            return False
        raise
    return True


def sync_file(handle: int) -> None:
    """Flush an open file to disk; on macOS also flush the drive's cache, which `fsync` does not.

    Raises:
        OSError: flushing failed.
    """
    if _FULL_SYNC is not None:
        # Some file systems, such as those of network drives, do not support it.
        with contextlib.suppress(OSError):
            fcntl.fcntl(handle, _FULL_SYNC)
            return
    os.fsync(handle)


def sync_directory(path: Path) -> None:
    """Flush a directory's entries to disk.

    A no-op on Windows, which has no call for it, and on a file system that does not support it.

    Raises:
        OSError: the directory cannot be opened or flushed.
    """
    if sys.platform == "win32":
        return
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        sync_file(handle)
    except OSError as error:
        if error.errno not in _NOT_SUPPORTED:
            raise
    finally:
        os.close(handle)
