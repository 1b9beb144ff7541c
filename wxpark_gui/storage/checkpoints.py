"""Copy committed changes from the `-wal` into the journal's file, on a thread of its own.

SQLite itself would copy within the commit that makes the `-wal` too long. In a large journal, one
commit in a hundred would then write some hundred scattered pages before its entry is shown as
saved.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

from wxpark_gui.concurrency import start_thread
from wxpark_gui.domain.errors import DataDirectoryUnusableError
from wxpark_gui.storage.database import Connect, make_durable
from wxpark_gui.storage.inspection import remark

COMMITS = 100
"""Number of commits after which they are copied; so many write some 900 pages to the `-wal`."""

_MOST_PAGES = 8_000
"""Pages in the `-wal` from which a commit copies them itself, because the thread is late."""

_BUSY_TIMEOUT = 5.0

_log = logging.getLogger(__name__)


class Checkpoints:
    """Runs the checkpoints of one journal. Call the methods on the journal's thread."""

    def __init__(self, connection: sqlite3.Connection, journal: Path, connect: Connect) -> None:
        """Let SQLite copy within a commit of `connection` only from `_MOST_PAGES` pages on.

        Args:
            connection: the journal's own connection.
            connect: opens the connection of the copying thread.
        """
        connection.execute(f"PRAGMA wal_autocheckpoint = {_MOST_PAGES}")
        self._journal = journal
        self._connect = connect
        self._commits = 0
        self._thread: threading.Thread | None = None

    def note_commit(self) -> None:
        """Count a commit; after `COMMITS` of them start a copy, unless one runs; do not wait.

        Without room for a thread the copy is left to a later commit.
        """
        self._commits += 1
        if self._commits < COMMITS or (self._thread and self._thread.is_alive()):
            return
        self._commits = 0
        thread = threading.Thread(target=self._copy, name="journal-checkpoint", daemon=True)
        self._thread = thread if start_thread(thread) else None

    def stop(self) -> None:
        """Wait until a running copy has ended."""
        if self._thread:
            self._thread.join()
            self._thread = None

    def _copy(self) -> None:
        """Copy and flush; only log a failure, as the next copy includes these changes.

        A passive checkpoint waits for no other connection, and entries are saved meanwhile.
        """
        try:
            with closing(self._connect(self._journal, _BUSY_TIMEOUT)) as connection:
                make_durable(connection, _BUSY_TIMEOUT)
                connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        except sqlite3.Error as error:
            _log.warning("the changes of the journal were not copied: %s", remark(error))
        except DataDirectoryUnusableError as error:
            _log.warning("the changes of the journal were not copied: %s", error.detail)
