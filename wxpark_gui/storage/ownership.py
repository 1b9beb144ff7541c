"""Owner of the files in a data directory after a run as root, as with `sudo`."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from pathlib import Path

_ROOT = 0
_OF_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def give_back(root: Path) -> None:
    """Give the private files and folders of root to the owner of their data directory.

    Otherwise that user could not read them, nor start the program. A data directory that belongs to
    root gets the owner of its parent. A no-op for other users than root, and on Windows. Left alone
    are links, files with a second name, which may be in another directory, and files on which root
    gave rights to others. Failures are ignored.
    """
    if sys.platform == "win32" or os.geteuid() != _ROOT:
        return
    with contextlib.suppress(OSError):
        place = Path(os.path.realpath(root))
        owner = place.stat() if place.stat().st_uid != _ROOT else place.parent.stat()
        if owner.st_uid == _ROOT:
            return
        for _, _, names, folder in os.fwalk(place):
            _give(folder, owner)
            for name in names:
                with contextlib.suppress(OSError):
                    _give_file(name, folder, owner)


def _give_file(name: str, folder: int, owner: os.stat_result) -> None:
    if not stat.S_ISREG(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
        return
    # The user could replace the name by a link meanwhile, but not the open file.
    handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    try:
        if os.fstat(handle).st_nlink == 1:
            _give(handle, owner)
    finally:
        os.close(handle)


def _give(handle: int, owner: os.stat_result) -> None:
    found = os.fstat(handle)
    if found.st_uid == _ROOT and not found.st_mode & _OF_OTHERS:
        os.fchown(handle, owner.st_uid, owner.st_gid)
