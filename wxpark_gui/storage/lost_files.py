"""Write an open journal again whose files another program removed or replaced.

The connection still reads and writes the removed files, so its commits would succeed, and be lost
when it is closed. Windows refuses to remove a file that SQLite has open.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import sqlite3
from datetime import datetime, timezone
from pathlib import Path
from typing import TypeAlias, final

from wxpark_gui.domain.errors import JournalWriteError
from wxpark_gui.storage.backup_files import STAMP
from wxpark_gui.storage.durable import replace_file, sync_directory, sync_file
from wxpark_gui.storage.inspection import beside, remark
from wxpark_gui.storage.sqlite_errors import write_error

Identity: TypeAlias = tuple[int, int] | None
"""Device and inode of a file; None if there is no file."""

_BESIDE = ("-wal", "-shm")
_UNFINISHED = "journal-rewritten.sqlite3"
_OWNER_ONLY = 0o600

_log = logging.getLogger(__name__)


@final
class JournalFiles:
    """The files of an open journal, known by device and inode."""

    def __init__(self, journal: Path) -> None:
        """Note the present files. Call it after the first commit, which creates the `-wal`."""
        self._journal = journal
        self._journal_is = _identify(journal)
        self._beside_are = {ending: _identify(beside(journal, ending)) for ending in _BESIDE}

    def are_in_place(self) -> bool:
        """Test if journal and `-wal` still are the files that were opened.

        Files in a directory that cannot be searched count as those; SQLite has them open.
        """
        try:
            return (
                _identify(self._journal) == self._journal_is
                and _identify(beside(self._journal, "-wal")) == self._beside_are["-wal"]
            )
        except OSError:
            return True

    def put_back(self, connection: sqlite3.Connection, now: datetime) -> None:
        """Write all that the connection reads to the journal's place, and make it durable.

        A file that is in that place now is kept as `journal-replaced-TIME.sqlite3`. The connection
        must be closed after this, and the journal opened anew.

        Raises:
            JournalWriteError: the files could not be written.
        """
        try:
            if _identify(self._journal) != self._journal_is:
                self._write_copy(connection, now)
            elif not _is_copied(connection):
                raise JournalWriteError("the log is missing")
        except OSError as error:
            raise JournalWriteError(remark(error)) from error
        except sqlite3.Error as error:
            raise write_error(error) from error
        _log.error("another program removed files of the journal; they were written again")

    def keep_aside(self, connection: sqlite3.Connection, now: datetime) -> None:
        """Write all that the connection reads to `journal-removed-TIME.sqlite3`, if it is removed.

        For a journal in whose place another process writes another one. The connection must be
        closed after this.

        Raises:
            JournalWriteError: the file could not be written.
        """
        if self.are_in_place():
            return
        kept = self._journal.with_name(f"journal-removed-{_stamp(now)}.sqlite3")
        try:
            replace_file(_copy_to(self._journal.parent, connection), kept)
            sync_directory(kept.parent)
        except OSError as error:
            raise JournalWriteError(remark(error)) from error
        except sqlite3.Error as error:
            raise write_error(error) from error
        _log.error(
            "another program took the journal's place; its entries are kept as %r", kept.name
        )

    def _write_copy(self, connection: sqlite3.Connection, now: datetime) -> None:
        folder = self._journal.parent
        folder.mkdir(mode=0o700, exist_ok=True)
        unfinished = _copy_to(folder, connection)
        replaced = folder / f"journal-replaced-{_stamp(now)}.sqlite3"
        if self._journal.exists():
            shutil.copyfile(self._journal, replaced)
        self._move_log_of_other(replaced)
        replace_file(unfinished, self._journal)
        for ending in _BESIDE:
            beside(self._journal, ending).unlink(missing_ok=True)
        sync_directory(folder)

    def _move_log_of_other(self, replaced: Path) -> None:
        """Keep the `-wal` of a file in the journal's place beside that file's copy.

        SQLite would apply it to the file that is put back.
        """
        log = beside(self._journal, "-wal")
        if _identify(log) not in (None, self._beside_are["-wal"]):
            replace_file(log, beside(replaced, "-wal"))


def _copy_to(folder: Path, connection: sqlite3.Connection) -> Path:
    """Write all that the connection reads to a file in the folder, flush it and return its path."""
    unfinished = folder / _UNFINISHED
    unfinished.unlink(missing_ok=True)
    handle = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
    try:
        with contextlib.closing(sqlite3.connect(unfinished, isolation_level=None)) as target:
            connection.backup(target)
            # So that the copy is one file.
            target.execute("PRAGMA journal_mode = DELETE")
        sync_file(handle)
    finally:
        os.close(handle)
    return unfinished


def _stamp(now: datetime) -> str:
    return now.astimezone(timezone.utc).strftime(STAMP)


def _is_copied(connection: sqlite3.Connection) -> bool:
    """Copy the changes in the removed `-wal` into the journal; return True if all were copied."""
    busy, pages, copied = connection.execute("PRAGMA wal_checkpoint(FULL)").fetchone()
    return not busy and pages == copied


def _identify(path: Path) -> Identity:
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return found.st_dev, found.st_ino
