"""Access to the journal from a console command while the window may have it open."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path

from wxpark_gui.domain.delivery import Outcome
from wxpark_gui.storage.archives import Archives, archive_directory
from wxpark_gui.storage.database import open_shared, reading, writing
from wxpark_gui.storage.inspection import is_empty
from wxpark_gui.storage.queries import QUERY, query_detail, read_fingerprints
from wxpark_gui.storage.rows import moment_text

BUSY_TIMEOUT = 5.0
"""Seconds to wait for the window's process to end a transaction."""

EXPORT = "export"
"""Value of the column `what` in the audit row of an export with whole plates."""

_NOTE = """
    INSERT INTO audit (run, at, what, detail) SELECT max(run), ?, ?, ? FROM runs
"""

# `+note` makes SQLite use the index of `detail`.
_GUARD_MARK = """
    SELECT what FROM audit WHERE detail >= 'guard' AND detail < 'guare'
    ORDER BY +note DESC LIMIT 1
"""


class SharedJournal:
    """Reads reply fingerprints and adds lines to the audit; each call opens a connection.

    WAL lets a second process read at any time and write between the window's transactions. This
    class starts no run, requeues and migrates nothing, and does not lock the data directory.
    """

    def __init__(self, path: Path, busy_timeout: float = BUSY_TIMEOUT) -> None:
        self._path = path
        self._busy_timeout = busy_timeout

    def note_query(
        self, plate: str, account_id: str, outcome: Outcome, now: datetime, by: str = ""
    ) -> None:
        """Add a query by the person `by` and its result to the audit, with the plate masked.

        The row belongs to the newest run.

        Raises:
            JournalWriteError: nothing was added.
            DataDirectoryUnusableError: there is no journal, or it cannot be opened.
            JournalDamagedError: the file is no journal.
            JournalNewerError: a newer version of the program wrote it.
        """
        self._note(QUERY, query_detail(plate, account_id, outcome, by), now)

    def note_export(self, detail: str, now: datetime) -> None:
        """Add an export to the audit, under the newest run; a no-op if there is no journal.

        Raises:
            ReadableError: as `note_query`; nothing was added.
        """
        if not is_empty(self._path):
            self._note(EXPORT, detail, now)

    def note_guard(self, what: str, detail: str, now: datetime) -> None:
        """Add a row about managers to the audit; a no-op if there is no journal.

        Raises:
            ReadableError: as `note_query`; nothing was added.
        """
        if not is_empty(self._path):
            self._note(what, detail, now)

    def guard_mark(self) -> str:
        """Return the kind of the newest audit row whose detail begins with `guard`; else empty.

        Raises:
            DataDirectoryUnusableError: the journal cannot be opened.
            JournalDamagedError: the file is no journal, or a damaged one.
            JournalNewerError: a newer version of the program wrote it.
        """
        if is_empty(self._path):
            return ""
        with closing(open_shared(self._path, self._busy_timeout)) as connection, reading():
            row = connection.execute(_GUARD_MARK).fetchone()
        return str(row["what"]) if row else ""

    def fingerprints(self, limit: int) -> Sequence[str]:
        """Return fingerprints as `read_fingerprints` does; none if there is no journal.

        Raises:
            DataDirectoryUnusableError: the journal cannot be opened.
            JournalDamagedError: the file is no journal, or a damaged one.
            JournalNewerError: a newer version of the program wrote it.
        """
        if is_empty(self._path):
            return []
        with closing(open_shared(self._path, self._busy_timeout)) as connection, reading():
            archives = Archives(connection, archive_directory(self._path))
            return read_fingerprints(connection, limit, archives)

    def _note(self, what: str, detail: str, now: datetime) -> None:
        with (
            closing(open_shared(self._path, self._busy_timeout)) as connection,
            writing(connection),
        ):
            connection.execute(_NOTE, (moment_text(now), what, detail))
