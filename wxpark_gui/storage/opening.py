"""Open the journal whether its file is intact, damaged, missing or half salvaged.

A damaged file is renamed and kept. Its readable rows, and the missing ones from the newest good
backup, are copied into a new file, which becomes the journal when it is complete. After a power cut
during this, the next start finds a renamed file but no journal, and repeats the salvage.

The module exceeds the project's limit of 300 lines: the steps of a salvage, which may end after any
of them, are read together.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from wxpark_gui.domain.errors import DataDirectoryUnusableError, JournalDamagedError
from wxpark_gui.domain.record import Salvage
from wxpark_gui.service.ports import Clock
from wxpark_gui.storage.archives import archive_directory
from wxpark_gui.storage.backup_files import STAMP, unpacked
from wxpark_gui.storage.backups import Backups
from wxpark_gui.storage.database import open_database
from wxpark_gui.storage.directory import DataDirectory
from wxpark_gui.storage.durable import replace_file, sync_directory, sync_file
from wxpark_gui.storage.inspection import beside, connect_by_mode, connect_copy, is_empty, remark
from wxpark_gui.storage.journal import BUSY_TIMEOUT, SqliteJournal
from wxpark_gui.storage.reading import JournalReader
from wxpark_gui.storage.salvage import salvage
from wxpark_gui.storage.salvaged_archives import has_archives
from wxpark_gui.storage.schema import migrate

if TYPE_CHECKING:
    from wxpark_gui.storage.export_rows import ExportRows

_BESIDE = ("-wal", "-shm", "-journal")
_ASIDE = re.compile(r"journal-damaged-(\d{8}T\d{6})(?:-(\d+))?\.sqlite3")
_PAGE = 4096
_UUID_LENGTH = 36
_PAGE_COUNT = slice(28, 32)
_UNFINISHED = "journal-unfinished.sqlite3"

_log = logging.getLogger(__name__)


def open_journal(
    directory: DataDirectory,
    clock: Clock,
    busy_timeout: float = BUSY_TIMEOUT,
    keep_lock: Callable[[], None] = lambda: None,
) -> tuple[SqliteJournal, Salvage | None]:
    """Open or create the journal of a data directory; salvage a damaged one.

    Return the journal and the result of the salvage; None if there was none. A journal that is
    missing or empty although backups or archives exist counts as damaged. The archives themselves
    are not read unless the journal is damaged. `keep_lock` is called first; see `SqliteJournal`.

    Raises:
        JournalTakenError: another process has locked the directory.
        JournalNewerError: a newer version of the program wrote it; it was not touched.
        JournalWriteError: it could be opened, but not written.
        DataDirectoryUnusableError: the directory cannot be read or written, or commits would not
            survive a power cut. An interrupted salvage is repeated at the next start.
    """
    keep_lock()
    backups = Backups(directory.backup, clock)
    path = directory.journal

    def open_it() -> SqliteJournal:
        return SqliteJournal(path, clock, busy_timeout, backups=backups, keep_lock=keep_lock)

    try:
        interrupted = _newest_aside(path) if not path.exists() else None
        if interrupted:
            _move_files_beside(path, interrupted)
        if not interrupted and not _is_lost(path, backups):
            with contextlib.suppress(JournalDamagedError):
                return open_it(), None
        kept = interrupted or _set_aside(path, clock.now())
        entries = _build(path, kept, backups, busy_timeout, clock.now())
    except (OSError, sqlite3.Error) as error:
        raise DataDirectoryUnusableError(remark(error)) from error
    done = Salvage(kept.name if kept else "", entries)
    _log.error("journal damaged: kept as %r, %d entries salvaged", done.kept_as, entries)
    journal = open_it()
    journal.note("salvaged", f"{done.kept_as} {entries}".strip(), clock.now())
    return journal, done


def read_journal(directory: DataDirectory, clock: Clock) -> JournalReader:
    """Open the journal of a data directory for reading only; nothing is repaired.

    Raises:
        JournalDamagedError: it is no journal, or missing although there is a backup, an archive or
            a renamed damaged file. Other damage is found when it is read.
        JournalNewerError: a newer version of the program wrote it.
        DataDirectoryUnusableError: it cannot be read.
    """
    _refuse_lost(directory, clock)
    return JournalReader(directory.journal, clock)


def read_entries(directory: DataDirectory, clock: Clock) -> ExportRows:
    """Open the journal and the archives of a data directory for reading only.

    Raises:
        ReadableError: as `read_journal`. Archives are opened later, and raise nothing.
    """
    from wxpark_gui.storage.export_rows import ExportRows  # noqa: PLC0415 - for exports only

    _refuse_lost(directory, clock)
    return ExportRows(directory.journal, directory.archive)


def _refuse_lost(directory: DataDirectory, clock: Clock) -> None:
    """Raise an error if the journal is lost: missing although there are files that replace it.

    Such files are a backup, an archive and a renamed damaged file.

    Raises:
        JournalDamagedError: the journal is lost.
        DataDirectoryUnusableError: the directory cannot be read.
    """
    path = directory.journal
    try:
        # An interrupted salvage leaves only the file it moved aside.
        interrupted = directory.root.is_dir() and is_empty(path) and _newest_aside(path)
        is_lost = directory.root.is_dir() and _is_lost(path, Backups(directory.backup, clock))
        if interrupted or is_lost:
            raise JournalDamagedError("the file is missing")
    except OSError as error:
        raise DataDirectoryUnusableError(remark(error)) from error


def _is_lost(path: Path, backups: Backups) -> bool:
    """Test if the journal is missing or empty although backups or archives exist."""
    return is_empty(path) and (bool(backups.found()) or has_archives(archive_directory(path)))


def _newest_aside(path: Path) -> Path | None:
    """Return the renamed damaged file whose name comes last; None if there is none."""
    aside = _find_aside(path)
    return aside[max(aside)] if aside else None


def _find_aside(path: Path) -> Mapping[tuple[str, int], Path]:
    """Return the renamed damaged files by the time and the number in their names."""
    return {
        (match[1], int(match[2] or 1)): file
        for file in path.parent.iterdir()
        if (match := _ASIDE.fullmatch(file.name))
    }


def _set_aside(path: Path, now: datetime) -> Path | None:
    """Rename the journal with its `-wal`, `-shm` and `-journal`; return the journal's new path.

    Return None if there is no journal and no `-wal` with content; a `-wal` alone gets an empty file
    as its journal. The journal is renamed first: its absence tells the next start of an interrupted
    salvage.

    The new name comes after those of earlier files. After the clock was set back it has the time of
    the last one: an interrupted salvage would be repeated with the older file, and lose entries.
    """
    stamp, number = now.astimezone(timezone.utc).strftime(STAMP), 1
    newest = max(_find_aside(path), default=("", 0))
    if newest[0] >= stamp:
        stamp, number = newest[0], newest[1] + 1
    suffix = f"-{number}" if number > 1 else ""
    kept = path.with_name(f"journal-damaged-{stamp}{suffix}.sqlite3")
    while any(beside(kept, ending).exists() for ending in ("", *_BESIDE)):
        number += 1
        kept = path.with_name(f"journal-damaged-{stamp}-{number}.sqlite3")
    if path.exists():
        replace_file(path, kept)
    elif not is_empty(beside(path, "-wal")):
        kept.touch(mode=0o600)
    else:
        return None
    sync_directory(path.parent)
    _move_files_beside(path, kept)
    return kept


def _move_files_beside(path: Path, kept: Path) -> None:
    for ending in _BESIDE:
        source, target = beside(path, ending), beside(kept, ending)
        number = 1
        while source.exists() and target.exists():
            number += 1
            target = beside(kept, f"{ending}-{number}")
        if source.exists():
            replace_file(source, target)
    sync_directory(path.parent)


def _build(
    path: Path, kept: Path | None, backups: Backups, busy_timeout: float, now: datetime
) -> int:
    """Build the new journal and move it into place; return its number of entries.

    Raises:
        OSError, sqlite3.Error: the new journal could not be completed or moved.
    """
    unfinished = path.with_name(_UNFINISHED)
    for ending in ("", *_BESIDE):
        beside(unfinished, ending).unlink(missing_ok=True)
    backup = backups.newest_good()
    with contextlib.ExitStack() as stack:
        # Closed once, so that the tables are in the file itself and not only in its `-wal`.
        open_database(unfinished, busy_timeout).close()
        damaged = list(_views(kept, unfinished, stack)) if kept else []
        target = stack.enter_context(contextlib.closing(open_database(unfinished, busy_timeout)))
        older = []
        if backup:
            plain = stack.enter_context(unpacked(backup))
            older.append(stack.enter_context(contextlib.closing(connect_copy(plain))))
        entries = salvage(target, damaged, older, archive_directory(path), now)
    # Closing checkpoints and deletes the `-wal`; one that is left means an incomplete file.
    if beside(unfinished, "-wal").exists():
        raise OSError("the new journal could not be finished")
    handle = os.open(unfinished, os.O_RDWR)
    try:
        sync_file(handle)
    finally:
        os.close(handle)
    replace_file(unfinished, path)
    sync_directory(path.parent)
    return entries


def _views(kept: Path, fresh: Path, stack: contextlib.ExitStack) -> Iterator[sqlite3.Connection]:
    """Yield connections to the damaged file: with its `-wal` and without it.

    The `-wal` itself may be damaged. If SQLite finds no tables, the file is copied with the first
    page of a new journal, for each of `_first_pages`, and the first copy in which an entry is found
    is yielded too. The first page contains where each table begins, which is the same in all
    journals that were created alike.
    """
    if is_empty(kept):
        # SQLite deletes the `-wal` of an empty file, even on a read-only connection.
        return
    with contextlib.suppress(sqlite3.Error):
        yield stack.enter_context(contextlib.closing(connect_by_mode(kept, "ro", 0)))
    with contextlib.suppress(sqlite3.Error):
        yield stack.enter_context(contextlib.closing(connect_copy(kept)))
    if not _has_a_first_page(kept):
        mended = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=kept.parent)))
        for number, first_page in enumerate(_first_pages(fresh, mended)):
            copy = mended / f"{number}.sqlite3"
            shutil.copyfile(kept, copy)
            with copy.open("r+b") as file:
                file.write(first_page)
            if _finds_an_entry(copy):
                yield stack.enter_context(contextlib.closing(connect_copy(copy)))
                return
            copy.unlink()


def _first_pages(fresh: Path, directory: Path) -> Iterator[bytes]:
    """Yield the first page of a new journal for each way in which a file may have been created.

    These are: created by this version, rewritten by it, and created before schema 4.

    Args:
        fresh: a journal just created.
        directory: folder for temporary files.
    """
    yield _first_page(fresh)
    path = directory / "template.sqlite3"
    for auto_vacuum in (2, 0):
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute(f"PRAGMA auto_vacuum = {auto_vacuum}")
            migrate(connection)
            if auto_vacuum:
                connection.execute("VACUUM")
        yield _first_page(path)
        path.unlink()


def _first_page(path: Path) -> bytes:
    with path.open("rb") as file:
        page = bytearray(file.read(_PAGE))
    # With a page count of 0 SQLite uses the size of the file.
    page[_PAGE_COUNT] = bytes(4)
    return bytes(page)


def _finds_an_entry(copy: Path) -> bool:
    """Test if the table `entries` begins where the first page of a copy says."""
    try:
        with contextlib.closing(connect_copy(copy)) as connection:
            row = connection.execute("SELECT length(entry_id) FROM entries LIMIT 1").fetchone()
        return row is not None and row[0] == _UUID_LENGTH
    except (sqlite3.Error, UnicodeError):
        return False


def _has_a_first_page(kept: Path) -> bool:
    """Test if SQLite finds the table `entries` in a file."""
    try:
        with contextlib.closing(connect_copy(kept)) as connection:
            return bool(connection.execute("PRAGMA table_info(entries)").fetchall())
    except (sqlite3.Error, UnicodeError):
        return False
