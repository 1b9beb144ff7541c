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


def note_opened(path: Path) -> None:
    """Count one more SQLite connection that writes the file."""
    with _lock:
        _open[path.absolute()] += 1


def note_closed(path: Path) -> None:
    """Count one connection less, after it was closed."""
    with _lock:
        _open[path.absolute()] -= 1


def is_open(path: Path) -> bool:
    """Test if a connection of this process writes the file. Thread-safe."""
    with _lock:
        return _open[path.absolute()] > 0
