"""The months that left the journal, each in one file of its own that is never written again."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ArchiveFile:
    """One archived month.

    Attributes:
        month: `YYYY-MM`, of `saved_at` in UTC.
        path: the file; it may be missing.
        first_position, last_position: smallest and largest `position` in it. Ranges of two months
            overlap if the clock was set back.
        entries: number of entries.
        sha256: of the file's bytes, 64 hex digits.
    """

    month: str
    path: Path
    first_position: int
    last_position: int
    entries: int
    sha256: str


def archive_files(connection: sqlite3.Connection, directory: Path) -> Sequence[ArchiveFile]:
    """Return the finished archives that the journal names, the newest month first.

    Args:
        connection: of the journal, schema 4 or newer.
        directory: the folder of the archives.
    """
    rows = connection.execute(
        "SELECT month, first_position, last_position, entries, sha256 FROM archives"
        " ORDER BY month DESC"
    )
    return [
        ArchiveFile(month, directory / f"{month}.sqlite3", first, last, entries, sha256)
        for month, first, last, entries, sha256 in rows
    ]
