"""Read-only connections to the active file and the archives, for the history."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from wxpark_gui.domain.errors import ReadableError
from wxpark_gui.storage.amendments import Amendment
from wxpark_gui.storage.archives import (
    ArchiveFile,
    archive_files,
    check_positions,
    open_archive,
)
from wxpark_gui.storage.history_query import AMENDED_STATE, NOTABLE_INDEX
from wxpark_gui.storage.inspection import beside, pragma, readable_errors
from wxpark_gui.storage.lost_files import JournalFiles
from wxpark_gui.storage.open_files import is_displaced
from wxpark_gui.storage.reading import open_tables

OPEN_ARCHIVES = 72
"""Most archives that stay open at a time: six years of months."""

_ARCHIVE_CACHE = 512
"""Kilobytes that SQLite caches of one archive."""

_FIRST_WITH_ARCHIVES = 4
"""First schema version with the tables `archives` and `amendments`."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class HistoryFile:
    """One file of the history, open for reading.

    Attributes:
        first, last: smallest and largest position; an empty file has 1 and 0.
        entries: approximate number of entries.
        month: `YYYY-MM` of an archive; empty for the active file.
        has_notable: True if it has the index `NOTABLE_INDEX`.
        amended: amendments in its temporary table; empty before `amend`.
    """

    connection: sqlite3.Connection
    first: int
    last: int
    entries: int
    month: str = ""
    has_notable: bool = False
    amended: Mapping[str, Amendment] = field(default_factory=dict)

    def amend(self, amendments: Mapping[str, Amendment]) -> None:
        """Fill the temporary table `amended` with ids and states.

        A no-op if it has these already.
        """
        if self.amended == amendments:
            return
        self.connection.execute(
            "CREATE TEMP TABLE IF NOT EXISTS amended (entry_id TEXT PRIMARY KEY, state TEXT)"
        )
        self.connection.execute("DELETE FROM temp.amended")
        self.connection.executemany(
            "INSERT INTO temp.amended VALUES (?, ?)",
            [(entry_id, each.state) for entry_id, each in amendments.items()],
        )
        self.amended = dict(amendments)


class HistoryFiles:
    """The active file, and the archives it has rows for, each opened when it is first needed.

    Use it on one thread only.

    Attributes:
        skipped: months whose archive is missing, unreadable, newer than this program, or has other
            positions than its row in the journal says.
        amendments: amendments of archived entries by entry id, as of the last `refresh`.
    """

    def __init__(self, journal: Path, archive_directory: Path) -> None:
        """Open the active file.

        Raises:
            ReadableError: as `open_tables`.
        """
        self._journal = journal
        self._directory = archive_directory
        with readable_errors():
            self._place = JournalFiles(journal)
        self._active = open_tables(journal).connection
        self._has_archives = int(pragma(self._active, "user_version")) >= _FIRST_WITH_ARCHIVES
        self._has_notable = _has_notable(self._active)
        self._named: tuple[sqlite3.Row, ...] = ()
        self._archives: Sequence[ArchiveFile] = ()
        self._open: OrderedDict[str, tuple[ArchiveFile, HistoryFile]] = OrderedDict()
        self.skipped: set[str] = set()
        self.amendments: dict[str, Amendment] = {}

    @property
    def connection(self) -> sqlite3.Connection:
        """Connection to the active file."""
        return self._active

    @property
    def is_replaced(self) -> bool:
        """True if other files took the place of the active one or of its `-wal`.

        The open ones then get no further entries. False while a file is missing or a foreign one
        is in its place: the journal will put it back.
        """
        if self._place.are_in_place() or is_displaced(self._journal):
            return False
        return self._journal.exists() and beside(self._journal, "-wal").exists()

    def retry(self) -> None:
        """Try skipped archives again when they are next needed."""
        self.skipped.clear()

    def active(self) -> HistoryFile:
        """Return the active file with its present positions."""
        first, last = (
            self._active.execute(f"SELECT {end}(position) FROM entries").fetchone()[0]  # noqa: S608
            for end in ("min", "max")
        )
        if first is None:
            return HistoryFile(self._active, 1, 0, 0)
        return HistoryFile(
            self._active, first, last, last - first + 1, has_notable=self._has_notable
        )

    def archives(self) -> Sequence[ArchiveFile]:
        """Return the archives that the active file has rows for, the newest month first.

        A file older than schema 4 has none.
        """
        if self._has_archives:
            named = tuple(self._active.execute("SELECT * FROM archives").fetchall())
            if named != self._named:
                self._named = named
                self._archives = archive_files(self._active, self._directory)
        return self._archives

    def refresh(self) -> None:
        """Read the amendments again."""
        if self._has_archives:
            rows = self._active.execute(
                "SELECT entry_id, state, replaced_by, void_reason FROM amendments"
            )
            self.amendments = {row[0]: Amendment(*row[1:]) for row in rows}

    def open(self, archive: ArchiveFile | None) -> HistoryFile | None:
        """Return an archive, opened if necessary, or the active file for None.

        Return None if the archive cannot be read or is in `skipped`.
        """
        if archive is None:
            return self.active()
        if archive.month in self.skipped:
            return None
        known = self._open.get(archive.month)
        if known is None or known[0] != archive:
            self._drop(archive.month)
            opened = self._try_to_open(archive)
            if opened is None:
                return None
            known = self._open[archive.month] = (archive, opened)
            while len(self._open) > OPEN_ARCHIVES:
                self._drop(next(iter(self._open)))
        self._open.move_to_end(archive.month)
        return known[1]

    def state_in(self, file: HistoryFile) -> str:
        """Return SQL for the state of an entry; `file` is made ready for it if it is an archive.

        Raises:
            sqlite3.Error: the archive's temporary table could not be filled.
        """
        if not file.month or not any(each.state for each in self.amendments.values()):
            return "state"
        file.amend(self.amendments)
        return AMENDED_STATE

    def open_next(self) -> bool:
        """Open the newest archive that is not open, so that a search finds it open.

        Return False if there is none, or if as many are open as may be.
        """
        for archive in self.archives()[:OPEN_ARCHIVES]:
            if archive.month not in self._open and archive.month not in self.skipped:
                self.open(archive)
                return True
        return False

    def between(self, first: int, last: int) -> Iterator[HistoryFile]:
        """Yield the active file, and the readable archives that may have these positions."""
        yield self.active()
        for archive in self.archives():
            if archive.first_position <= last and archive.last_position >= first:
                file = self.open(archive)
                if file is not None:
                    yield file

    @contextlib.contextmanager
    def skipping(self, file: HistoryFile) -> Iterator[None]:
        """Skip an archive from now on if reading it fails; raise an error of the active file."""
        try:
            yield
        except sqlite3.Error:
            if not file.month:
                raise
            self._skip(file.month)

    def close(self) -> None:
        for month in list(self._open):
            self._drop(month)
        self._active.close()

    def _try_to_open(self, archive: ArchiveFile) -> HistoryFile | None:
        opened: sqlite3.Connection | None = None
        try:
            opened = open_archive(archive)
            opened.execute("PRAGMA temp_store = MEMORY")
            opened.execute(f"PRAGMA cache_size = -{_ARCHIVE_CACHE}")
            check_positions(opened, archive)
            return HistoryFile(
                opened,
                archive.first_position,
                archive.last_position,
                archive.entries,
                archive.month,
                _has_notable(opened),
            )
        except (ReadableError, sqlite3.Error, OSError):
            _log.info("archive %s was not opened", archive.month, exc_info=True)
        if opened is not None:
            opened.close()
        self._skip(archive.month)
        return None

    def _skip(self, month: str) -> None:
        self._drop(month)
        self.skipped.add(month)
        _log.warning("archive %s cannot be read and is skipped", month)

    def _drop(self, month: str) -> None:
        if month in self._open:
            _, file = self._open.pop(month)
            with contextlib.suppress(sqlite3.Error):
                file.connection.close()


def _has_notable(connection: sqlite3.Connection) -> bool:
    query = "SELECT 1 FROM sqlite_master WHERE type = 'index' AND name = ?"
    return connection.execute(query, (NOTABLE_INDEX,)).fetchone() is not None
