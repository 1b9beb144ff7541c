"""Reads the history: pages of a search and details of an entry, from active file and archives.

The module exceeds the project's limit of 300 lines: its reads share open files and a snapshot.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

from wxpark_gui.domain.history import (
    Attempt,
    AuditNote,
    HistoryChoices,
    HistoryDetail,
    HistoryEntry,
    HistoryFilter,
    HistoryPage,
)
from wxpark_gui.service.ports import Clock
from wxpark_gui.storage.database import reading
from wxpark_gui.storage.history_detail import read_attempts, read_choices, read_entry, read_notes
from wxpark_gui.storage.history_files import HistoryFile, HistoryFiles
from wxpark_gui.storage.history_query import Plan, Query, build_query, choose_plan
from wxpark_gui.storage.history_windows import (
    Source,
    days_within,
    earliest_position,
    has_days,
    newest_position,
    newest_window,
    oldest_position,
    text_range,
)
from wxpark_gui.storage.rows import SELECT_RECORDS

BUDGET = 0.03
"""Seconds after which a page is returned even if it is not full."""

_FIRST_SPAN = 4_000
_SLOW_QUERY = BUDGET / 4
"""Seconds of a query after which the next one covers fewer positions."""

_MOST_COUNTED = 1_000


class SqliteHistory:
    """The history in SQLite files, on connections of its own. Use it on one thread only.

    A page is read from ranges of positions, newest first. A range has positions of the active file
    and of at most one archive, unless the clock was set back over the end of a month.
    """

    def __init__(self, journal: Path, archive_directory: Path, clock: Clock) -> None:
        """Open the active file; a missing one reads as empty.

        Raises:
            ReadableError: it is damaged, newer than this program, or cannot be read.
        """
        self._journal, self._archives = journal, archive_directory
        self._files = HistoryFiles(journal, archive_directory)
        self._clock = clock
        self._wanted: HistoryFilter | None = None
        self._queries: dict[str, Query] = {}
        self._bounds: dict[str, tuple[int | None, int | None]] = {}

    def page(self, wanted: HistoryFilter, limit: int, before: int | None = None) -> HistoryPage:
        """Return the next part of the entries that meet `wanted`, newest first.

        It has at most `limit` entries, and fewer, perhaps none, if `BUDGET` is spent.

        Args:
            before: `before` of the part returned last; None starts at the newest entry.

        Raises:
            JournalDamagedError: the active file cannot be read.
        """
        with self._snapshot():
            if before is None:
                self._files.retry()
            if before is None or wanted != self._wanted:
                self._begin(wanted)
            give_up_at = self._clock.monotonic() + BUDGET
            found: list[HistoryEntry] = []
            span = _FIRST_SPAN
            sources = self._sources(wanted, limit, before)
            while len(found) < limit:
                window = newest_window(sources, before)
                if window is None:
                    return self._page(found, None)
                began_at = self._clock.monotonic()
                entries, before = self._read_window(wanted, window, span, limit - len(found))
                found += entries
                if wanted.since is not None and any(each.tests_days for each in window[2]):
                    # The bounds of a file that is partly within the days become narrower.
                    sources = self._sources(wanted, limit, before)
                now = self._clock.monotonic()
                span = span * 2 if now - began_at < _SLOW_QUERY else max(_FIRST_SPAN, span // 2)
                if now >= give_up_at:
                    break
            return self._page(found, before)

    def entries_at(self, positions: Sequence[int]) -> Sequence[HistoryEntry]:
        """Return the entries that have these positions, newest first; missing ones are left out.

        Raises:
            JournalDamagedError: the active file cannot be read.
        """
        if not positions:
            return []
        marks = ", ".join("?" for _ in positions)
        query = f"{SELECT_RECORDS} WHERE position IN ({marks})"
        with self._snapshot():
            found: dict[int, HistoryEntry] = {}
            for file in self._files.between(min(positions), max(positions)):
                with self._files.skipping(file):
                    for row in file.connection.execute(query, tuple(positions)):
                        if entry := self._read_row(row, file):
                            found.setdefault(entry.record.position, entry)
        return [found[position] for position in sorted(found, reverse=True)]

    def count_newer(self, wanted: HistoryFilter, after: int) -> int:
        """Return the number of matches with a larger position than `after`, at most 1000.

        Only the active file is searched.

        Raises:
            JournalDamagedError: the active file cannot be read.
        """
        query = build_query(Plan.POSITIONS, wanted)
        with self._snapshot():
            last = self._files.active().last
            count: int = self._files.connection.execute(
                f"SELECT count(*) FROM (SELECT position FROM {query.condition})",  # noqa: S608
                (after + 1, last, *query.values, _MOST_COUNTED),
            ).fetchone()[0]
        return count

    def detail(self, entry_id: str) -> HistoryDetail | None:
        """Return everything about an entry; None if no file that can be read has it.

        Raises:
            JournalDamagedError: the active file cannot be read.
        """
        with self._snapshot():
            self._files.refresh()
            held = self._find(entry_id)
            if held is None:
                return None
            found, file = held
            linked = found.record.replaces, found.record.replaced_by
            older, newer = (self._find(other) if other else None for other in linked)
            attempts: list[Attempt] = []
            notes: list[AuditNote] = []
            with self._files.skipping(file):
                attempts += read_attempts(file.connection, entry_id)
            for each in {file.month: file, "": self._files.active()}.values():
                with self._files.skipping(each):
                    notes += read_notes(each.connection, found.record)
            lacks_link = any(
                other and not held for other, held in zip(linked, (older, newer), strict=True)
            )
            is_whole = not lacks_link and file.month not in self._files.skipped
            return HistoryDetail(
                found,
                tuple(attempts),
                tuple(sorted(notes, key=lambda note: note.at)),
                older[0] if older else None,
                newer[0] if newer else None,
                () if is_whole else tuple(sorted(self._files.skipped, reverse=True)),
            )

    def choices(self) -> HistoryChoices:
        """Return the attendants and car parks of the active file's newest entries.

        Raises:
            JournalDamagedError: the active file cannot be read.
        """
        with self._snapshot():
            return read_choices(self._files.connection)

    def prepare(self) -> bool:
        """Open one more archive; return False if no more need be open.

        Raises:
            JournalDamagedError: the active file cannot be read.
        """
        with self._snapshot():
            return self._files.open_next()

    def close(self) -> None:
        self._files.close()

    @contextlib.contextmanager
    def _snapshot(self) -> Iterator[None]:
        """Run the block in one read transaction of the active file, in which no month is moved."""
        if self._files.is_replaced:
            self._reopen()
        with reading():
            self._files.connection.execute("BEGIN")
            try:
                yield
            finally:
                self._files.connection.execute("COMMIT")

    def _reopen(self) -> None:
        """Open the file that took the place of the active one, and forget what was known of that.

        The journal writes its files again if another program removed them.
        """
        files = HistoryFiles(self._journal, self._archives)
        self._files.close()
        self._files, self._wanted = files, None

    def _begin(self, wanted: HistoryFilter) -> None:
        """Begin a search: read the amendments, and forget queries and bounds of the last one."""
        self._files.refresh()
        self._wanted = wanted
        self._queries.clear()
        self._bounds.clear()

    def _page(self, found: list[HistoryEntry], before: int | None) -> HistoryPage:
        return HistoryPage(tuple(found), before, tuple(sorted(self._files.skipped, reverse=True)))

    def _sources(self, wanted: HistoryFilter, limit: int, before: int | None) -> list[Source]:
        """Return the files that can have matches, those with the largest positions first."""
        active = self._files.active()
        found = [Source(None, *self._within_days(active, wanted, limit, before), tests_days=True)]
        days = text_range(wanted)
        for archive in self._files.archives():
            is_inside = days_within(archive.month, days)
            if is_inside is None or archive.month in self._files.skipped:
                continue
            bounds = archive.first_position, archive.last_position
            # At most two months are partly within the days.
            if not is_inside and (file := self._files.open(archive)) is not None:
                with self._files.skipping(file):
                    bounds = self._within_days(file, wanted, limit, before)
            found.append(Source(archive, *bounds, tests_days=not is_inside))
        inside = (source for source in found if source.first <= source.last)
        return sorted(inside, key=lambda source: source.last, reverse=True)

    def _within_days(
        self, file: HistoryFile, wanted: HistoryFilter, limit: int, before: int | None
    ) -> tuple[int, int]:
        """Return the smallest and the largest position that an entry within the days can have.

        For a query that finds the days without reading by position they are those of the file, and
        empty if the file has no entry within the days. To keep a page fast, the lower bound is
        `file.first` until the search, whose upper limit is `before`, has come near it. Both are
        kept, so the search does not find entries saved later.
        """
        if self._query(wanted, file, limit, tests_days=True).plan.reads_all:
            return (file.first, file.last) if has_days(file, wanted) else (file.first, 0)
        first, last = self._bounds.get(file.month, (None, None))
        if last is None:
            first, last = newest_position(file, wanted)
        elif first is None and before is not None and before <= earliest_position(file, wanted):
            first = oldest_position(file, wanted)
        self._bounds[file.month] = first, last
        return file.first if first is None else first, last

    def _read_window(
        self, wanted: HistoryFilter, window: tuple[int, int, list[Source]], span: int, limit: int
    ) -> tuple[list[HistoryEntry], int]:
        """Return the newest matches of a window, at most `limit`, and the lowest position read."""
        first, last, sources = window
        files: list[tuple[HistoryFile, Query]] = []
        for source in sources:
            if (file := self._files.open(source.archive)) is not None:
                with self._files.skipping(file):
                    query = self._query(wanted, file, limit, tests_days=source.tests_days)
                    files.append((file, query))
        if any(not query.plan.reads_all for _, query in files):
            first = max(first, last - span + 1)
        found: dict[int, HistoryEntry] = {}
        for file, query in files:
            with self._files.skipping(file):
                rows = file.connection.execute(
                    query.text, (first, last, *query.values, limit)
                ).fetchall()
                if len(rows) == limit:
                    first = max(first, rows[-1]["position"])
                for row in rows:
                    if entry := self._read_row(row, file):
                        found.setdefault(entry.record.position, entry)
        reached = sorted((each for each in found if each >= first), reverse=True)[:limit]
        if len(reached) == limit:
            first = reached[-1]
        return [found[position] for position in reached], first

    def _query(
        self, wanted: HistoryFilter, file: HistoryFile, limit: int, *, tests_days: bool
    ) -> Query:
        if file.month not in self._queries:
            plan = choose_plan(
                file.connection, wanted, limit, file.entries, has_notable=file.has_notable
            )
            state = self._files.state_in(file)
            query = build_query(plan, wanted, tests_days=tests_days, state=state)
            self._queries[file.month] = query
        return self._queries[file.month]

    def _find(self, entry_id: str) -> tuple[HistoryEntry, HistoryFile] | None:
        query = f"{SELECT_RECORDS} WHERE entries.entry_id = ?"
        for file in self._files.between(0, 1 << 62):
            with self._files.skipping(file):
                row = file.connection.execute(query, (entry_id,)).fetchone()
                entry = self._read_row(row, file) if row else None
                if entry is not None:
                    return entry, file
        return None

    def _read_row(self, row: sqlite3.Row, file: HistoryFile) -> HistoryEntry | None:
        """Return the entry of a row, amended if it is archived; None if a value is invalid."""
        amendment = self._files.amendments.get(row["entry_id"]) if file.month else None
        return read_entry(row, file.month, amendment)
