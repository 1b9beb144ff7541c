"""A journal that another process may own, for a command that runs beside the window."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path

from wxpark_gui.domain.delivery import Outcome
from wxpark_gui.storage.database import open_shared, reading, writing
from wxpark_gui.storage.inspection import is_empty
from wxpark_gui.storage.queries import QUERY, query_detail, read_fingerprints
from wxpark_gui.storage.rows import moment_text

BUSY_TIMEOUT = 5.0
"""Seconds to wait for the owner to end a transaction."""

_NOTE = """
    INSERT INTO audit (run, at, what, detail) SELECT max(run), ?, ?, ? FROM runs
"""


class SharedJournal:
    """Reads the journal and adds to its audit, over a connection for each call.

    WAL lets a second process read and write between the owner's transactions. It starts no run,
    requeues nothing, migrates nothing and takes no lock of the data directory.
    """

    def __init__(self, path: Path, busy_timeout: float = BUSY_TIMEOUT) -> None:
        self._path = path
        self._busy_timeout = busy_timeout

    def note_query(self, plate: str, account_id: str, outcome: Outcome, now: datetime) -> None:
        """Add a query and its result to the audit, under the newest run.

        Raises:
            JournalWriteError: nothing was added.
            DataDirectoryUnusableError: there is no journal, or it cannot be opened.
            JournalDamagedError, JournalNewerError: it is not a journal of this version or older.
        """
        detail = query_detail(plate, account_id, outcome)
        with (
            closing(open_shared(self._path, self._busy_timeout)) as connection,
            writing(connection),
        ):
            connection.execute(_NOTE, (moment_text(now), QUERY, detail))

    def fingerprints(self, limit: int) -> Sequence[str]:
        """Fingerprints of the newest signed replies; none where there is no journal.

        Raises:
            DataDirectoryUnusableError: it cannot be opened.
            JournalDamagedError, JournalNewerError: it is not a journal of this version or older.
        """
        if is_empty(self._path):
            return []
        with closing(open_shared(self._path, self._busy_timeout)) as connection, reading():
            return read_fingerprints(connection, limit)
