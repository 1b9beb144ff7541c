"""Add the archives to a journal that is being salvaged."""

from __future__ import annotations

import logging
import re
import sqlite3
from collections.abc import Callable, Collection, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

from wxpark_gui.domain.errors import ReadableError
from wxpark_gui.storage.archive_writer import has_its_hash, hash_of
from wxpark_gui.storage.archives import ArchiveFile, archive_files, month_range, open_archive
from wxpark_gui.storage.inspection import is_whole
from wxpark_gui.storage.rows import moment_text

_NAME = re.compile(r"(\d{4}-(?:0[1-9]|1[0-2]))\.sqlite3")

_log = logging.getLogger(__name__)


def has_archives(directory: Path) -> bool:
    """Test if a folder, which may be missing, contains the file of a month."""
    return any(_months_in(directory))


def adopt_archives(
    target: sqlite3.Connection,
    directory: Path,
    now: datetime,
    copy: Callable[[sqlite3.Connection], None],
) -> None:
    """Insert a row into `archives` for each undamaged archive in the folder that has none.

    If an entry of its month was salvaged, the move was interrupted. Then `copy` copies the
    archive's rows instead, because the damaged file may lack some, and the month is moved again
    later. Needs an open transaction.
    """
    named = {file.month for file in archive_files(target, directory)}
    for month, path in _months_in(directory):
        if month in named:
            continue
        found = _examine(month, path)
        if found is None:
            continue
        if _rows_of(target, found):
            with closing(open_archive(found)) as archive:
                copy(archive)
            continue
        target.execute(
            "INSERT INTO archives VALUES (?, ?, ?, ?, ?, ?)",
            (
                month,
                found.first_position,
                found.last_position,
                found.entries,
                found.sha256,
                moment_text(now),
            ),
        )
        _log.warning("archive %s was found and is named again", month)


def forget_dropped(target: sqlite3.Connection, directory: Path, named: Collection[str]) -> None:
    """Delete rows of `archives` that only a backup has, and whose file is gone.

    They were dropped after the backup was made.

    Args:
        named: months, `YYYY-MM`, that had a row before the backup's rows were added.
    """
    for file in archive_files(target, directory):
        if file.month not in named and not file.path.exists():
            target.execute("DELETE FROM archives WHERE month = ?", (file.month,))


def remove_archived(target: sqlite3.Connection, directory: Path) -> None:
    """Delete salvaged rows that an undamaged archive has, and reserve the archives' row ids.

    A backup that was made before a move still has the month's rows. Needs an open transaction, with
    foreign keys off.
    """
    for file in archive_files(target, directory):
        values = (*month_range(file.month), file.last_position)
        condition = "saved_at >= ? AND saved_at < ? AND position <= ?"
        if _rows_of(target, file) and has_its_hash(file):
            target.execute(
                "DELETE FROM attempts WHERE entry_id IN"  # noqa: S608 - our own condition
                f" (SELECT entry_id FROM entries WHERE {condition})",
                values,
            )
            target.execute(f"DELETE FROM entries WHERE {condition}", values)  # noqa: S608
        _reserve(target, "entries", file.last_position)
        _count_on(target, file)


def _months_in(directory: Path) -> Iterator[tuple[str, Path]]:
    if directory.is_dir():
        for path in sorted(directory.iterdir()):
            if match := _NAME.fullmatch(path.name):
                yield match[1], path


def _examine(month: str, path: Path) -> ArchiveFile | None:
    """Return the description of an archive's file; None if it is damaged or of another month."""
    file = ArchiveFile(month, path, 0, 0, 0, "")
    if not is_whole(path):
        _log.error("archive %s is damaged and not named again", month)
        return None
    try:
        with closing(open_archive(file)) as archive:
            first, last, count, earliest, latest = archive.execute(
                "SELECT min(position), max(position), count(*), min(saved_at), max(saved_at)"
                " FROM entries"
            ).fetchone()
        if not count or earliest[:7] != month or latest[:7] != month:
            return None
        return ArchiveFile(month, path, first, last, count, hash_of(path, lambda: None))
    except (ReadableError, sqlite3.Error, OSError, TypeError):
        return None


def _rows_of(target: sqlite3.Connection, file: ArchiveFile) -> bool:
    query = "SELECT 1 FROM entries WHERE saved_at >= ? AND saved_at < ? AND position <= ? LIMIT 1"
    values = (*month_range(file.month), file.last_position)
    return target.execute(query, values).fetchone() is not None


def _count_on(target: sqlite3.Connection, file: ArchiveFile) -> None:
    """Store the last sequence number of each booth, and reserve the attempts' row ids.

    An archive that cannot be read is logged and skipped.
    """
    try:
        with closing(open_archive(file)) as archive:
            counters = archive.execute(
                "SELECT lot, booth, max(sequence) AS last FROM entries GROUP BY lot, booth"
            ).fetchall()
            attempt = archive.execute("SELECT max(attempt) FROM attempts").fetchone()[0]
    except (ReadableError, sqlite3.Error) as error:
        _log.error("archive %s cannot be read: %s", file.month, error)
        return
    for row in counters:
        target.execute(
            "INSERT INTO counters VALUES (?, ?, ?) ON CONFLICT (lot, booth) DO UPDATE"
            " SET last_sequence = max(last_sequence, excluded.last_sequence)",
            tuple(row),
        )
    _reserve(target, "attempts", attempt or 0)


def _reserve(target: sqlite3.Connection, table: str, last: int) -> None:
    """Make the next row id of a table larger than `last`."""
    changed = target.execute(
        "UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?", (last, table)
    ).rowcount
    if not changed:
        target.execute("INSERT INTO sqlite_sequence VALUES (?, ?)", (table, last))
