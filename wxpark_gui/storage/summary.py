"""Numbers about the journal and the files of the data directory, without any plate."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from wxpark_gui.storage.archives import archive_directory, archive_files
from wxpark_gui.storage.database import reading
from wxpark_gui.storage.inspection import pragma
from wxpark_gui.storage.reading import open_tables

_MOST_FILES = 500
_FOLDERS = ("", "backup", "archive", "logs")


def journal_numbers(path: Path) -> dict[str, Any]:
    """Return version, entries by state, range of days and archived months of a journal.

    Raises:
        ReadableError: the file is damaged, newer than this program, or cannot be read.
    """
    connection = open_tables(path).connection
    with contextlib.closing(connection), reading():
        states = connection.execute("SELECT state, count(*) FROM entries GROUP BY state ORDER BY 1")
        first, last = connection.execute(
            "SELECT min(saved_at), max(saved_at) FROM entries"
        ).fetchone()
        attempts = connection.execute("SELECT count(*) FROM attempts").fetchone()[0]
        archives = archive_files(connection, archive_directory(path))
        return {
            "version": pragma(connection, "user_version"),
            "journal_mode": pragma(connection, "journal_mode"),
            "entries": dict(states.fetchall()),
            "attempts": attempts,
            "first_saved_at": first,
            "last_saved_at": last,
            "archives": {file.month: file.entries for file in archives},
        }


def file_sizes(root: Path) -> dict[str, int]:
    """Return the size in bytes of each file below the data directory, by relative path."""
    return dict(_sizes(root))


def _sizes(root: Path) -> Iterator[tuple[str, int]]:
    for folder in _FOLDERS:
        place = root / folder
        if place.is_dir():
            for file in sorted(place.iterdir())[:_MOST_FILES]:
                if file.is_file():
                    yield file.relative_to(root).as_posix(), file.stat().st_size
