"""Large files outside the data directory, which get their name once they are complete.

Until then such a file is in a temporary folder beside its target. A drive that is pulled out keeps
that folder; the next file that is written beside it removes it.
"""

from __future__ import annotations

import atexit
import contextlib
import io
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO

from wxpark_gui.concurrency import start_thread
from wxpark_gui.domain.errors import ExportExistsError, FileNotWrittenError, ReadableError
from wxpark_gui.storage.directory import DataDirectory, DirectoryLock
from wxpark_gui.storage.durable import replace_file, sync_directory
from wxpark_gui.storage.flushed_file import FlushedFile

PREFIX = ".wxpark-export-"
"""Start of the name of the temporary folder, next to the target, with the unfinished file."""

_STALE_SECONDS = 60.0
"""Age in seconds from which an unlocked folder is assumed to be that of a killed process."""
_QUICKLY_REMOVED = 32_000_000
"""Size of a folder's files, in bytes, up to which it is removed without a thread."""
_REMOVAL_SECONDS = 5.0
"""Seconds that the end of the program waits for a folder that is being removed."""
_OWNER_ONLY = 0o600
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


@contextlib.contextmanager
def folder_beside(target: Path, *, overwrite: bool) -> Iterator[Path]:
    """Make a folder next to the target, for its owner only, and remove it at the end.

    Folders that killed processes left there are removed too. A lock in the new folder tells other
    processes that it is in use.

    Raises:
        ExportExistsError: `overwrite` is False, and the target exists.
        FileNotWrittenError: the target is no file.
        OSError: the folder cannot be made.
    """
    _check_target(target, overwrite=overwrite)
    _remove_stale(target.parent)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=target.parent))
    lock = DirectoryLock(DataDirectory(folder))
    # Some network drives have no locks.
    with contextlib.suppress(ReadableError):
        lock.acquire()
    try:
        yield folder
    finally:
        lock.release()
        _remove(folder)


def _remove(folder: Path) -> None:
    """Remove a folder; use a thread if its files are large, as that takes a second per gigabyte.

    The program waits for the thread when it ends, for `_REMOVAL_SECONDS` at most: a drive that does
    not answer would keep the process for good.
    """
    remove = partial(shutil.rmtree, folder, ignore_errors=True)
    try:
        size = sum(file.stat().st_size for file in folder.iterdir())
    except OSError:
        size = 0
    thread = threading.Thread(target=remove, name="wxpark-remove", daemon=True)
    if size <= _QUICKLY_REMOVED or not start_thread(thread):
        remove()
    else:
        atexit.register(thread.join, _REMOVAL_SECONDS)


def _check_target(target: Path, *, overwrite: bool) -> None:
    if target.is_symlink() or target.exists():
        if not overwrite:
            raise ExportExistsError
        if not target.is_file():
            raise FileNotWrittenError("not a file")


def _remove_stale(parent: Path) -> None:
    for folder in parent.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError, ReadableError):
            if time.time() - folder.stat().st_mtime > _STALE_SECONDS:
                with DirectoryLock(DataDirectory(folder)):
                    pass
                shutil.rmtree(folder, ignore_errors=True)


def publish(unfinished: Path, target: Path, *, overwrite: bool) -> None:
    """Give the file its final name.

    Raises:
        ExportExistsError: `overwrite` is False, and a file of that name has appeared meanwhile.
        OSError: the file cannot be renamed.
    """
    if overwrite:
        replace_file(unfinished, target)
    else:
        try:
            os.link(unfinished, target)
        except FileExistsError as error:
            raise ExportExistsError from error
        except OSError as error:
            # FAT and some network drives have no hard links.
            if target.exists():
                raise ExportExistsError from error
            replace_file(unfinished, target)
    with contextlib.suppress(OSError):
        sync_directory(target.parent)


def create_for_owner(path: Path) -> BinaryIO:
    """Create a file that only its owner can read; return it, open for writing.

    Raises:
        OSError: it exists, or cannot be created.
    """
    return io.BufferedWriter(FlushedFile(os.open(path, _CREATE, _OWNER_ONLY), "wb"))
