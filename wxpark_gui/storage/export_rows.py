"""Rows of the journal and its archives in order of saving, for exports and lists of any length.

Every page is one short read transaction. A longer one would keep SQLite from truncating the `-wal`
of the window's journal.
"""

from __future__ import annotations

import contextlib
import heapq
import logging
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice
from pathlib import Path

from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.entry_filter import EVERY_ENTRY, EntryFilter
from wxpark_gui.domain.errors import JournalDamagedError, ReadableError
from wxpark_gui.domain.export import ExportPage, ExportRow
from wxpark_gui.storage.amendments import Amendment, amended
from wxpark_gui.storage.archives import ArchiveFile, archive_files, check_positions
from wxpark_gui.storage.database import reading
from wxpark_gui.storage.inspection import is_empty
from wxpark_gui.storage.reading import filter_conditions, open_tables
from wxpark_gui.storage.rows import SELECT_RECORDS, moment_text, read_record
from wxpark_gui.storage.tables import Tables

MOST_ROWS = 16
"""Largest number of rows of a page. An export is cancelled, or waits, between two pages."""
SHORTEST_SPAN = 64
"""Fewest positions read for a page; doubled up to `LONGEST_SPAN` while few entries match."""
LONGEST_SPAN = 2048

_log = logging.getLogger(__name__)


class ExportRows:
    """Read-only access to all entries, on connections of its own. Not thread-safe.

    Entries saved after `pages` began are left out. A month that is archived meanwhile is read from
    its archive, as each page looks for new archives in its transaction.

    Attributes:
        skipped: archived months whose file is missing, unreadable or of another month, found so
            far.
        unreadable: number of rows with an invalid value, found so far.
    """

    def __init__(self, journal: Path, archives: Path) -> None:
        """Open the active file; the archives in the folder `archives` are opened when needed.

        Raises:
            JournalDamagedError: the active file is no journal.
            JournalNewerError: a newer version of the program wrote it.
            DataDirectoryUnusableError: it cannot be read.
        """
        self._folder = archives
        self._active = open_tables(journal)
        self._opened: dict[str, Tables] = {}
        self._files: Sequence[ArchiveFile] = ()
        self._amendments: dict[str, Amendment] = {}
        self._seen_version = -1
        self.skipped: list[str] = []
        self.unreadable = 0
        with reading():
            self._has_archives = self._has_table("archives")
            self._refresh()

    def pages(self, wanted: EntryFilter = EVERY_ENTRY) -> Iterator[ExportPage]:
        """Yield the wanted entries, oldest first; some pages may be empty.

        Raises:
            JournalDamagedError: the active file is damaged.
        """
        with reading():
            spans = self._spans(wanted)
        first = min((first for first, _ in spans), default=1)
        last = max((last for _, last in spans), default=0)
        after, span = first - 1, SHORTEST_SPAN
        while after < last:
            upto = min(after + span, last)
            rows, count = self._read(after, upto, wanted), 0
            while True:
                with reading():
                    page = list(islice(rows, MOST_ROWS))
                count += len(page)
                yield ExportPage(page, (upto - first + 1) / (last - first + 1))
                if len(page) < MOST_ROWS:
                    break
            # Conditions of a search are tested row by row, which must not delay a cancellation.
            longest = SHORTEST_SPAN if wanted.search else LONGEST_SPAN
            span = SHORTEST_SPAN if count * 2 > span else min(span * 2, longest)
            after = self._skip_gap(upto, spans)
            self._close_passed(after)

    def find(self, entry_id: str) -> tuple[ExportRow, Tables] | None:
        """Return an entry and the tables of its file; None if no readable file has it.

        Raises:
            JournalDamagedError: the active file is damaged, or the entry has an invalid value.
        """
        condition = "WHERE entries.entry_id = ?"
        with reading():
            row = self._active.connection.execute(
                f"{SELECT_RECORDS} {condition}", (entry_id,)
            ).fetchone()
        if row is not None:
            return _read_row(row, None), self._active
        with reading():
            self._refresh()
        for file in self._files:
            rows = self._archived(file, condition, (entry_id,))
            if rows:
                amendment = self._amendments.get(entry_id)
                return _read_row(rows[0], amendment), self._opened[file.month]
        return None

    @property
    def active(self) -> Tables:
        """The tables of the active file."""
        return self._active

    def close(self) -> None:
        for tables in (self._active, *self._opened.values()):
            tables.connection.close()
        self._opened.clear()

    def _read(self, after: int, upto: int, wanted: EntryFilter) -> Iterator[ExportRow]:
        """Yield the wanted entries with positions above `after`, up to `upto`."""
        condition, values = _where(after, upto, wanted)
        with self._snapshot() as connection:
            active = connection.execute(f"{SELECT_RECORDS} {condition}", values).fetchall()
        # An archived entry's state may have changed since, so it is tested after the overlay.
        condition, values = _where(after, upto, replace(wanted, states=frozenset()))
        archived = [
            self._archived(file, condition, values)
            for file in _wanted_months(self._files, wanted)
            if file.first_position <= upto and file.last_position > after
        ]
        for found in self._merge(active, archived, wanted.states):
            if wanted.search is None or wanted.search.accepts(found.searched):
                yield found

    def _merge(
        self,
        active: Sequence[sqlite3.Row],
        archived: Sequence[Sequence[sqlite3.Row]],
        states: frozenset[DeliveryState],
    ) -> Iterator[ExportRow]:
        """Yield the rows that have one of `states`, by position; all rows if `states` is empty.

        Of an entry in two files, the active file's row is used. Invalid rows are counted and
        skipped.
        """
        accepted = {state.value for state in states}
        positions = {row["position"] for row in active} if archived else set()
        last = None
        for row in heapq.merge(active, *archived, key=lambda row: int(row["position"])):
            amendment = None
            if archived:
                # The active file's row comes first among equals.
                if row["position"] == last:
                    continue
                last = row["position"]
                if last not in positions:
                    amendment = self._amendments.get(row["entry_id"])
            state = amendment.state if amendment and amendment.state else row["state"]
            if accepted and state not in accepted:
                continue
            try:
                yield _read_row(row, amendment)
            except JournalDamagedError:
                self.unreadable += 1
                _log.error("row %d of the journal cannot be read and is left out", row["position"])

    def _archived(
        self, file: ArchiveFile, condition: str, values: Sequence[object]
    ) -> Sequence[sqlite3.Row]:
        """Return rows of one archive.

        If it cannot be read, return none and add its month to `skipped`.
        """
        if file.month in self.skipped:
            return []
        try:
            tables = self._open(file)
            return tables.connection.execute(f"{SELECT_RECORDS} {condition}", values).fetchall()
        except (ReadableError, OSError, sqlite3.Error) as error:
            _log.error("the archive of %s cannot be read: %s", file.month, error)
            self.skipped.append(file.month)
            return []

    def _open(self, file: ArchiveFile) -> Tables:
        if file.month not in self._opened:
            # An empty file would read as a journal without entries.
            if is_empty(file.path):
                raise JournalDamagedError("the file is missing or empty")
            tables = open_tables(file.path)
            try:
                check_positions(tables.connection, file)
            except BaseException:
                tables.connection.close()
                raise
            self._opened[file.month] = tables
        return self._opened[file.month]

    def _close_passed(self, after: int) -> None:
        """Close the archives whose positions have all been read."""
        for file in self._files:
            if file.last_position <= after and file.month in self._opened:
                self._opened.pop(file.month).connection.close()

    def _spans(self, wanted: EntryFilter) -> list[tuple[int, int]]:
        """Return the first and last position of the active file and of each wanted archive.

        A month may have been moved since the active file was opened.
        """
        with self._snapshot() as connection:
            first, last = connection.execute(
                "SELECT (SELECT min(position) FROM entries), (SELECT max(position) FROM entries)"
            ).fetchone()
        files = _wanted_months(self._files, wanted)
        spans = [(file.first_position, file.last_position) for file in files]
        return [*spans, (first, last)] if last else spans

    def _skip_gap(self, after: int, spans: Sequence[tuple[int, int]]) -> int:
        """Return the position after which the next page starts; gaps between files are skipped."""
        starts = [max(first - 1, after) for first, last in spans if last > after]
        return min(starts, default=after)

    @contextlib.contextmanager
    def _snapshot(self) -> Iterator[sqlite3.Connection]:
        """Run the block in one read transaction of the active file, with the archives it names."""
        connection = self._active.connection
        connection.execute("BEGIN")
        try:
            self._refresh()
            yield connection
        finally:
            if connection.in_transaction:
                connection.execute("COMMIT")

    def _refresh(self) -> None:
        """Read archives and amendments again if another connection has written since."""
        if not self._has_archives:
            return
        connection = self._active.connection
        version = connection.execute("PRAGMA data_version").fetchone()[0]
        if version == self._seen_version:
            return
        self._seen_version = version
        self._files = archive_files(connection, self._folder)
        self._amendments = {
            row["entry_id"]: Amendment(row["state"], row["replaced_by"], row["void_reason"])
            for row in connection.execute("SELECT * FROM amendments")
        }

    def _has_table(self, name: str) -> bool:
        query = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
        return self._active.connection.execute(query, (name,)).fetchone() is not None


def _read_row(row: sqlite3.Row, amendment: Amendment | None) -> ExportRow:
    """Convert a row of `SELECT_RECORDS`, and apply the amendment, if it is not None.

    Raises:
        JournalDamagedError: a value is invalid.
    """
    record, reason = amended(read_record(row), amendment), str(row["void_reason"])
    if amendment is not None:
        reason = amendment.void_reason or reason
    return ExportRow(record, str(row["shift_id"]), reason)


def _where(after: int, upto: int, wanted: EntryFilter) -> tuple[str, list[object]]:
    conditions, values = filter_conditions(wanted)
    conditions = ["position > ?", "position <= ?", *conditions]
    return f"WHERE {' AND '.join(conditions)} ORDER BY position", [after, upto, *values]


def _wanted_months(files: Sequence[ArchiveFile], wanted: EntryFilter) -> list[ArchiveFile]:
    """Return the archives that may hold entries saved in the wanted period."""
    first, last = _month(wanted.since), _month(wanted.until)
    return [
        file
        for file in files
        if (first is None or file.month >= first) and (last is None or file.month <= last)
    ]


def _month(moment: datetime | None) -> str | None:
    return moment_text(moment)[: len("2026-03")] if moment else None
