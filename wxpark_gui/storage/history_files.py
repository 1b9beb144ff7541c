"""Read-only connections to the active file and the archives, for the history."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from wxpark_gui.domain.errors import ReadableError
from wxpark_gui.storage.amendments import Amendment
from wxpark_gui.storage.archives import ArchiveFile, archive_files
from wxpark_gui.storage.inspection import pragma
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
        amended: amendments in its temporary table; empty before `amend`.
    """

    connection: sqlite3.Connection
    first: int
    last: int
    entries: int
    month: str = ""
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
        self._directory = archive_directory
        self._active = open_tables(journal).connection
        self._has_archives = int(pragma(self._active, "user_version")) >= _FIRST_WITH_ARCHIVES
        self._open: OrderedDict[str, tuple[ArchiveFile, HistoryFile]] = OrderedDict()
        self.skipped: set[str] = set()
        self.amendments: dict[str, Amendment] = {}

    @property
    def connection(self) -> sqlite3.Connection:
        """Connection to the active file."""
        return self._active

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
        return HistoryFile(self._active, first, last, last - first + 1)

    def archives(self) -> Sequence[ArchiveFile]:
        """Return the archives that the active file has rows for, the newest month first.

        A file older than schema 4 has none.
        """
        if not self._has_archives:
            return []
        return archive_files(self._active, self._directory)

    def refresh(self) -> None:
        """Read the amendments again."""
        if self._has_archives:
            rows = self._active.execute(
                "SELECT entry_id, state, replaced_by, void_reason FROM amendments"
            )
            self.amendments = {row[0]: Amendment(*row[1:]) for row in rows}

    def open(self, archive: ArchiveFile) -> HistoryFile | None:
        """Return an archive, opened if necessary; None if it cannot be read or is in `skipped`."""
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

    def skip(self, month: str) -> None:
        """Skip an archive that failed while it was read."""
        self._drop(month)
        self.skipped.add(month)
        _log.warning("archive %s cannot be read and is skipped", month)

    def close(self) -> None:
        for month in list(self._open):
            self._drop(month)
        self._active.close()

    def _try_to_open(self, archive: ArchiveFile) -> HistoryFile | None:
        opened: sqlite3.Connection | None = None
        try:
            if not archive.path.is_file():
                raise FileNotFoundError(archive.month)
            opened = open_tables(archive.path).connection
            opened.execute(f"PRAGMA cache_size = -{_ARCHIVE_CACHE}")
            found = [
                opened.execute(f"SELECT {end}(position) FROM entries").fetchone()[0]  # noqa: S608
                for end in ("min", "max")
            ]
            if found == [archive.first_position, archive.last_position]:
                return HistoryFile(opened, found[0], found[1], archive.entries, archive.month)
        except (ReadableError, sqlite3.Error, OSError):
            _log.info("archive %s was not opened", archive.month, exc_info=True)
        if opened is not None:
            opened.close()
        self.skip(archive.month)
        return None

    def _drop(self, month: str) -> None:
        if month in self._open:
            _, file = self._open.pop(month)
            with contextlib.suppress(sqlite3.Error):
                file.connection.close()
