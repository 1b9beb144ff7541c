"""Write a small file so that a power cut leaves either the old one or the new one."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from pathlib import Path


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
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    sync_directory(path.parent)


def sync_directory(path: Path) -> None:
    """Put the names in a directory on disk; Windows does so by itself and offers no call."""
    if sys.platform == "win32":
        return
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
