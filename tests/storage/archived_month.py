"""Moves entries of a closed journal to archives with plain SQL, independently of the program."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path


def archive_month(journal: Path, folder: Path, month: str, positions: tuple[int, int]) -> Path:
    """Move the entries in a range of positions from a closed journal to the archive of a month.

    Args:
        folder: of the archives; made if it does not exist.
        month: as "2026-03".
        positions: first and last position, both included.

    Returns:
        The archive's path.
    """
    folder.mkdir(exist_ok=True)
    target = folder / f"{month}.sqlite3"
    shutil.copyfile(journal, target)
    first, last = positions
    with closing(sqlite3.connect(target, isolation_level=None)) as archive:
        archive.execute("PRAGMA journal_mode = DELETE")
        archive.execute("DELETE FROM entries WHERE position NOT BETWEEN ? AND ?", positions)
        count = archive.execute("SELECT count(*) FROM entries").fetchone()[0]
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    with closing(sqlite3.connect(journal, isolation_level=None)) as active:
        active.execute("BEGIN")
        active.execute("DELETE FROM entries WHERE position BETWEEN ? AND ?", positions)
        active.execute(
            "INSERT INTO archives VALUES (?, ?, ?, ?, ?, '2026-03-01T00:00:00.000+00:00')",
            (month, first, last, count, digest),
        )
        active.execute("COMMIT")
    return target


def amend(journal: Path, entry_id: str, **values: str) -> None:
    """Add a row to `amendments` for an archived entry.

    Args:
        values: any of `state`, `replaced_by` and `void_reason`; the others become NULL.
    """
    row = {"state": None, "replaced_by": None, "void_reason": None} | values
    with closing(sqlite3.connect(journal, isolation_level=None)) as active:
        active.execute(
            "INSERT INTO amendments VALUES (?, ?, ?, ?, '2026-03-01T00:00:00.000+00:00')",
            (entry_id, row["state"], row["replaced_by"], row["void_reason"]),
        )
