"""Archives: files with one month each, moved out of the journal and never written again."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.errors import JournalDamagedError, ReadableError
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.storage.amendments import amended, read_amendment
from wxpark_gui.storage.inspection import (
    check_columns,
    check_first_bytes,
    check_header,
    connect_copy,
    is_empty,
    readable_errors,
)
from wxpark_gui.storage.rows import SELECT_RECORDS, moment_text, read_record
from wxpark_gui.storage.schema import MIGRATIONS, add_missing_columns

READ_TABLES = ("entries", "attempts", "audit")
"""Tables of a journal or an archive that are read without its being checked."""

_log = logging.getLogger(__name__)


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


def archive_directory(journal: Path) -> Path:
    """Return the folder of a journal's archives, which may not exist."""
    return journal.with_name("archive")


def archive_files(connection: sqlite3.Connection, directory: Path) -> Sequence[ArchiveFile]:
    """Return the archives that have a row in the journal, the newest month first.

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


def open_archive(file: ArchiveFile) -> sqlite3.Connection:
    """Connect to an archive for reading; rows are `sqlite3.Row`.

    An archive of an older schema gets views that add its missing columns. The content is not
    checked: that reads the whole file and is done in idle time.

    Raises:
        JournalDamagedError: it is missing, no journal, or lacks a column.
        JournalNewerError: a newer version of the program wrote it.
        DataDirectoryUnusableError: it cannot be read.
    """
    with readable_errors():
        if is_empty(file.path):
            raise JournalDamagedError("the file is missing")
        check_first_bytes(file.path)
        connection = connect_copy(file.path)
        try:
            connection.row_factory = sqlite3.Row
            version = check_header(connection, len(MIGRATIONS))
            if not version:
                raise JournalDamagedError("no tables")
            check_columns(connection, MIGRATIONS[:version], READ_TABLES)
            if version < len(MIGRATIONS):
                add_missing_columns(connection)
        except BaseException:
            connection.close()
            raise
    return connection


def check_positions(connection: sqlite3.Connection, file: ArchiveFile) -> None:
    """Check that an archive's first and last position are those of its row in the journal.

    Call it before reading by position: the file of another month, which someone gave this one's
    name, has others.

    Args:
        connection: of the archive.

    Raises:
        JournalDamagedError: they differ.
    """
    # Each needs one look into the table; asked for together they need all rows.
    found = [
        connection.execute(f"SELECT {end}(position) FROM entries").fetchone()[0]  # noqa: S608
        for end in ("min", "max")
    ]
    if found != [file.first_position, file.last_position]:
        raise JournalDamagedError(f"positions {found[0]} to {found[1]}")


def shared_from(connection: sqlite3.Connection, file: ArchiveFile) -> int:
    """Return the position from which on an archive's entries are in the journal too.

    A month's rows are deleted from the journal by and by, smallest positions first. Meanwhile the
    month's last entries are in both files, and the journal's rows are the valid ones. If no entry
    is in both, the result is one more than the archive's last position.

    Args:
        connection: of the journal.
    """
    first: int | None = connection.execute(
        "SELECT min(+position) FROM entries WHERE saved_at >= ? AND saved_at < ? AND position <= ?",
        (*month_range(file.month), file.last_position),
    ).fetchone()[0]
    return file.last_position + 1 if first is None else first


def count_shared(connection: sqlite3.Connection, file: ArchiveFile) -> int:
    """Return the number of an archive's entries that are in the journal too.

    Args:
        connection: of the journal.
    """
    count: int = connection.execute(
        "SELECT count(*) FROM entries WHERE saved_at >= ? AND saved_at < ? AND position <= ?",
        (*month_range(file.month), file.last_position),
    ).fetchone()[0]
    return count


def month_range(month: str) -> tuple[str, str]:
    """Return the bounds of `saved_at` for a month `YYYY-MM`: first included, second excluded."""
    return month, next_month(month)


def next_month(month: str) -> str:
    """Return the month after `YYYY-MM`."""
    year, number = divmod(int(month[:4]) * 12 + int(month[5:]), 12)
    return f"{year:04}-{number + 1:02}"


def amend(
    connection: sqlite3.Connection,
    entry_id: str,
    now: datetime,
    *,
    state: DeliveryState | None = None,
    replaced_by: str | None = None,
    void_reason: str | None = None,
) -> None:
    """Store changes of an archived entry; None leaves a value as it is.

    Needs an open transaction.
    """
    connection.execute(
        "INSERT INTO amendments (entry_id, state, replaced_by, void_reason, at)"
        " VALUES (:entry_id, :state, :replaced_by, :void_reason, :at)"
        " ON CONFLICT (entry_id) DO UPDATE SET state = coalesce(:state, state),"
        " replaced_by = coalesce(:replaced_by, replaced_by),"
        " void_reason = coalesce(:void_reason, void_reason), at = :at",
        {
            "entry_id": entry_id,
            "state": state and state.value,
            "replaced_by": replaced_by,
            "void_reason": void_reason,
            "at": moment_text(now),
        },
    )


class Archives:
    """The archives that a journal has rows for. A missing or damaged one is skipped and logged."""

    def __init__(self, connection: sqlite3.Connection, directory: Path) -> None:
        """Keep the journal's connection, which may be of any schema, and the archives' folder."""
        self._connection = connection
        self._directory = directory

    def files(self) -> Sequence[ArchiveFile]:
        """Return the archives, the newest month first; none for an older schema."""
        if not self._connection.execute("PRAGMA table_info(archives)").fetchall():
            return ()
        return archive_files(self._connection, self._directory)

    def each(self, since: str = "") -> Iterator[tuple[ArchiveFile, sqlite3.Connection]]:
        """Yield each readable archive with a connection, the newest month first.

        The connection is closed when the next archive is asked for.

        Args:
            since: `YYYY-MM` of the oldest; empty for all.
        """
        for file in self.files():
            if file.month < since:
                return
            try:
                connection = open_archive(file)
            except ReadableError as error:
                _log.warning("archive %s is passed over: %s", file.month, error.detail)
                continue
            with closing(connection):
                yield file, connection

    def find(self, entry_id: str) -> EntryRecord | None:
        """Return an archived entry with its amendment; None if no readable archive has it.

        Every archive is asked, at about half a millisecond each.

        Raises:
            JournalDamagedError: its row has an invalid value.
        """
        for file, connection in self.each():
            try:
                row = connection.execute(
                    f"{SELECT_RECORDS} WHERE entries.entry_id = ?", (entry_id,)
                ).fetchone()
            except sqlite3.Error as error:
                _log.warning("archive %s is passed over: %s", file.month, error)
                continue
            if row is not None:
                return amended(read_record(row), read_amendment(self._connection, entry_id))
        return None
