"""Journals that this process has open through SQLite, which it must not open in another way.

Closing any descriptor of a file ends all POSIX locks of the process on it, SQLite's too
(sqlite.org/howtocorrupt.html, section 2.2). The next process that closes the journal then finds it
unused and deletes the `-wal`, and entries committed after that are lost if this process is killed.
"""

from __future__ import annotations

import threading
from collections import Counter
from pathlib import Path

_lock = threading.Lock()
_open: Counter[Path] = Counter()
_places: dict[Path, tuple[int, int]] = {}
"""Device and inode of each file that is open for writing."""


def note_opened(path: Path) -> None:
    """Count one more SQLite connection that writes the file."""
    with _lock:
        _open[path.absolute()] += 1


def note_place(path: Path) -> None:
    """Note which file the connections to `path` have open; call it after the file was opened."""
    found = path.stat()
    with _lock:
        _places[path.absolute()] = found.st_dev, found.st_ino


def note_closed(path: Path) -> None:
    """Count one connection less, after it was closed."""
    with _lock:
        _open[path.absolute()] -= 1
        if not _open[path.absolute()]:
            _places.pop(path.absolute(), None)


def is_open(path: Path) -> bool:
    """Test if a connection of this process writes the file. Thread-safe."""
    with _lock:
        return _open[path.absolute()] > 0


def is_displaced(path: Path) -> bool:
    """Test if another file is in the place of one that this process writes. Thread-safe.

    SQLite must not open it: it would take the `-shm` of the open file for its own and truncate it,
    and this process would end by SIGBUS. False if there is no file.
    """
    with _lock:
        known = _places.get(path.absolute())
    if known is None:
        return False
    try:
        found = path.stat()
    except OSError:
        return False
    return (found.st_dev, found.st_ino) != known
