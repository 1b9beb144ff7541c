"""Compare a backup's journal with the present one before it is restored."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from wxpark_gui.domain.backup_errors import (
    BackupApartError,
    BackupCancelledError,
    RestoreWaitingError,
)
from wxpark_gui.storage.inspection import is_empty, readable_errors
from wxpark_gui.storage.waiting import OPEN

_STEPS = 20_000
"""Number of SQLite's instructions between two calls of `is_cancelled`."""
_HERE, _THERE = "here", "there"
_CONTRADICTION = """
    SELECT 1 FROM here.{table} AS own JOIN there.{table} AS other USING ({key})
    WHERE own.{value} <> other.{value} LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Differences of two journals, archives included.

    Attributes:
        entries: number of entries of the backup.
        waiting: number of open entries of the backup.
        added: number of entries that only the backup has.
        only_here: number of entries that only the present journal has.
        only_here_open: number of those that are open.
        here: number of entries of the present journal.
        same_origin: True if one journal continues the other, so that a row id means the same row
            in both.
        here_months: number of archived months of the present journal.
        last_place: lot and booth of the backup's newest entry; empty texts without one.
        training: True if the backup's newest entry was made in training.
    """

    entries: int
    waiting: int
    added: int
    only_here: int
    only_here_open: int
    here: int
    same_origin: bool
    here_months: int
    last_place: tuple[str, str]
    training: bool


def compare(
    backup: Path,
    backup_archives: Path,
    journal: Path,
    archives: Path,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Comparison:
    """Compare an undamaged backup of the current schema with the present journal.

    Args:
        journal: the present journal; it may be missing, and another thread may write it.

    Raises:
        BackupCancelledError: `is_cancelled` returned True.
        JournalDamagedError: the present journal is damaged.
        DataDirectoryUnusableError: a file cannot be read.
    """
    # An empty name is a temporary database on disk.
    with contextlib.closing(sqlite3.connect("", isolation_level=None, uri=True)) as connection:
        connection.set_progress_handler(is_cancelled, _STEPS)
        with _cancellable(is_cancelled), readable_errors():
            return _compare(connection, backup, backup_archives, journal, archives)


def may_merge(found: Comparison) -> bool:
    """Return True to merge both journals, False to replace the present one by the backup.

    Raises:
        RestoreWaitingError: they cannot be merged, and open entries would be replaced.
        BackupApartError: they cannot be merged, and archived months would be mixed.
    """
    if found.same_origin:
        return True
    if found.only_here_open:
        raise RestoreWaitingError(found.only_here_open)
    if found.here_months:
        raise BackupApartError
    return False


def _compare(
    connection: sqlite3.Connection,
    backup: Path,
    backup_archives: Path,
    journal: Path,
    archives: Path,
) -> Comparison:
    connection.execute(f"ATTACH ? AS {_THERE}", (_uri(backup, "immutable=1"),))
    _collect(connection, _THERE, backup_archives)
    here_months = 0
    has_journal = not is_empty(journal)
    if has_journal:
        connection.execute(f"ATTACH ? AS {_HERE}", (_uri(journal, "mode=ro"),))
        here_months = _collect(connection, _HERE, archives)
    else:
        _make_table(connection, _HERE)
    last = connection.execute(
        f"SELECT lot, booth, training FROM {_THERE}.entries ORDER BY position DESC LIMIT 1"  # noqa: S608
    ).fetchone()
    only_here = "NOT IN (SELECT entry_id FROM there_ids)"
    return Comparison(
        entries=_count(connection, "SELECT count(*) FROM there_ids"),
        waiting=_count(connection, "SELECT count(*) FROM there_ids WHERE is_open"),
        added=_count(
            connection,
            "SELECT count(*) FROM there_ids WHERE entry_id NOT IN (SELECT entry_id FROM here_ids)",
        ),
        only_here=_count(
            connection,
            f"SELECT count(*) FROM here_ids WHERE entry_id {only_here}",  # noqa: S608
        ),
        only_here_open=_count(
            connection,
            f"SELECT count(*) FROM here_ids WHERE is_open AND entry_id {only_here}",  # noqa: S608
        ),
        here=_count(connection, "SELECT count(*) FROM here_ids"),
        same_origin=has_journal and _have_same_origin(connection),
        here_months=here_months,
        last_place=(last[0], last[1]) if last else ("", ""),
        training=bool(last and last[2]),
    )


def _have_same_origin(connection: sqlite3.Connection) -> bool:
    """Test if both journals have a run in common and no run, entry or shift that contradicts.

    Runs that a salvage invented have no program, and are left out.
    """
    shared = """
        FROM here.runs AS own JOIN there.runs AS other USING (run)
        WHERE own.program <> '' AND other.program <> ''
    """
    same = "own.opened_at = other.opened_at AND own.opened_monotonic = other.opened_monotonic"
    if connection.execute(f"SELECT 1 {shared} AND {same} LIMIT 1").fetchone() is None:
        return False
    contradictions = (
        f"SELECT 1 {shared} AND NOT ({same}) LIMIT 1",
        _CONTRADICTION.format(table="entries", key="position", value="entry_id"),
        _CONTRADICTION.format(table="entries", key="entry_id", value="position"),
        _CONTRADICTION.format(table="shifts", key="shift", value="shift_id"),
    )
    return all(connection.execute(query).fetchone() is None for query in contradictions)


def _make_table(connection: sqlite3.Connection, side: str) -> None:
    connection.execute(
        f"CREATE TABLE {side}_ids (entry_id TEXT PRIMARY KEY, is_open INTEGER) WITHOUT ROWID"
    )


def _collect(connection: sqlite3.Connection, side: str, archives: Path) -> int:
    """Collect the entries of an attached journal and its archives; return the number of archives.

    An archive that is missing or damaged is left out; a month that is being moved counts once.
    """
    _make_table(connection, side)
    connection.execute(
        f"INSERT INTO {side}_ids SELECT entry_id, {OPEN} FROM {side}.entries"  # noqa: S608
    )
    if not connection.execute(f"PRAGMA {side}.table_info(archives)").fetchall():
        return 0
    months = [
        row[0]
        for row in connection.execute(f"SELECT month FROM {side}.archives")  # noqa: S608
    ]
    for month in months:
        path = archives / f"{month}.sqlite3"
        if is_empty(path):
            continue
        # The archives of a backup were checked before; a damaged one is of the present journal.
        with contextlib.suppress(sqlite3.Error):
            _collect_month(connection, side, path)
    return len(months)


def _collect_month(connection: sqlite3.Connection, side: str, path: Path) -> None:
    connection.execute("ATTACH ? AS month", (_uri(path, "immutable=1"),))
    try:
        connection.execute(
            f"INSERT OR IGNORE INTO {side}_ids SELECT entry_id, 0 FROM month.entries"  # noqa: S608
        )
    finally:
        connection.execute("DETACH month")


def _count(connection: sqlite3.Connection, query: str) -> int:
    number: int = connection.execute(query).fetchone()[0]
    return number


def _uri(path: Path, how: str) -> str:
    return f"{path.absolute().as_uri()}?{how}"


@contextlib.contextmanager
def _cancellable(is_cancelled: Callable[[], bool]) -> Iterator[None]:
    """Raise any error as `BackupCancelledError` if the work was cancelled.

    SQLite ends an interrupted statement with an error like that of a locked file.
    """
    try:
        yield
    except Exception as error:
        if is_cancelled():
            raise BackupCancelledError from error
        raise
