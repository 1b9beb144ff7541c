"""Restore a backup: unpacked and checked while the program runs, completed at its next start.

The steps, each of which may be interrupted:

1. `prepare` unpacks the backup into the folder `restore-unfinished` and checks it.
2. `commit` renames the folder to `restore`. From here on every start completes the restore.
3. `finish_restore` copies missing archives, builds the new journal, keeps the present one under
   another name, renames the new one over it, and removes the folder's journal.
4. `finish_settings` replaces the settings file and removes the folder.

A start after an interruption repeats step 3, which changes nothing that is done already: then the
new journal has the backup's rows and counts as continued from it. Step 4 needs the end of step 3,
so a refused restore changes neither journal nor settings. The module exceeds the project's limit of
300 lines: the steps depend on what each leaves behind.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import sqlite3
from datetime import datetime, timezone
from pathlib import Path

from wxpark_gui.domain.backup import Restored
from wxpark_gui.domain.backup_errors import (
    BackupApartError,
    RestoreUnfinishedError,
    RestoreWaitingError,
)
from wxpark_gui.domain.errors import ReadableError, SettingsUnreadableError
from wxpark_gui.domain.settings import Settings
from wxpark_gui.service.ports import Clock, SettingsStore
from wxpark_gui.storage.archive_writer import copy_archive, hash_of, sync_file
from wxpark_gui.storage.archives import archive_files
from wxpark_gui.storage.backup_files import STAMP
from wxpark_gui.storage.database import open_database
from wxpark_gui.storage.directory import DataDirectory
from wxpark_gui.storage.durable import replace_file, restrict_to_owner, sync_directory
from wxpark_gui.storage.inspection import (
    beside,
    connect_by_mode,
    connect_copy,
    is_empty,
    is_whole,
    pragma,
    remark,
)
from wxpark_gui.storage.journal_comparison import compare, may_merge
from wxpark_gui.storage.salvage import salvage
from wxpark_gui.storage.settings import TomlSettings

STAGED = "restore"
"""Names of the folders of a restore that every start completes, and of one being prepared."""
JOURNAL, SETTINGS, ARCHIVE = "journal.sqlite3", "settings.toml", "archive"
"""Names in these folders."""

_NEW = "new.sqlite3"
_BUSY_TIMEOUT = 5.0
_BESIDE = ("-wal", "-shm", "-journal")
_COPY_NOTE = """
    INSERT INTO audit (run, at, what, detail)
    SELECT coalesce((SELECT run FROM runs WHERE run = ?1), max(run)), ?2, ?3, ?4 FROM runs
    WHERE NOT EXISTS (SELECT 1 FROM audit WHERE at = ?2 AND what = ?3 AND detail = ?4)
    HAVING max(run) IS NOT NULL
"""

_log = logging.getLogger(__name__)


def finish_settings(directory: DataDirectory, store: SettingsStore, now: datetime) -> bool:
    """Complete the settings' part of a committed restore; return True if they were replaced.

    A no-op without one, and until `finish_restore` has completed the journal's part. The present
    file is kept as `settings-before-restore-….toml`. Accounts that only the present
    settings have are kept, because they may have open entries. A failure is logged; then the
    settings stay, and the next start tries again. Call it with the directory's lock held.
    """
    staged = directory.root / STAGED / SETTINGS
    if not staged.exists() or (staged.parent / JOURNAL).exists():
        return False
    try:
        found = TomlSettings(staged).load()
        try:
            present = store.load()
        except SettingsUnreadableError:
            present = Settings()
        _keep_settings(directory.settings, now)
        store.save(_joined(found, present))
        staged.unlink()
        sync_directory(staged.parent)
    except OSError as error:
        _log.error("settings not restored: %s", remark(error))
        return False
    except ReadableError as error:
        _log.error("settings not restored: %s", error)
        return False
    shutil.rmtree(staged.parent, ignore_errors=True)
    return True


def drop(folder: Path) -> None:
    """Remove a committed restore, its settings first, so that none are replaced without a journal.

    Raises:
        OSError: it is not removed.
    """
    for name in (SETTINGS, JOURNAL):
        (folder / name).unlink(missing_ok=True)
        sync_directory(folder)
    shutil.rmtree(folder)


def finish_restore(directory: DataDirectory, clock: Clock) -> Restored | None:
    """Complete the journal's part of a committed restore; None if there is none.

    Call it with the directory's lock held, while the journal is closed. No error is raised: after a
    failure the present journal stays in use.
    """
    shutil.rmtree(directory.unfinished_restore, ignore_errors=True)
    folder = directory.root / STAGED
    if not (folder / JOURNAL).exists():
        if folder.is_dir() and not (folder / SETTINGS).exists():
            shutil.rmtree(folder, ignore_errors=True)
        return None
    try:
        done = _finish(directory, folder, clock.now())
    except (RestoreWaitingError, BackupApartError) as error:
        _log.error("nothing restored: %s", error)
        with contextlib.suppress(OSError):
            drop(folder)
        return Restored(failure=error)
    except (OSError, sqlite3.Error) as error:
        _log.error("restore not completed: %s", remark(error))
        return Restored(failure=RestoreUnfinishedError(remark(error)))
    except ReadableError as error:
        _log.error("restore not completed: %s", error)
        return Restored(failure=RestoreUnfinishedError(error.detail or error.code))
    _log.warning("restored: %d entries, earlier journal kept as %r", done.entries, done.kept_as)
    return done


def _joined(found: Settings, present: Settings) -> Settings:
    """Return the backup's settings with the accounts that only the present ones have."""
    known = {account.account_id for account in found.accounts}
    current = found.account_id or present.account_id
    for account in present.accounts:
        if account.account_id not in known:
            found = found.with_account(account)
    chosen = found.find_account(current)
    return found.with_account(chosen) if chosen else found


def _keep_settings(path: Path, now: datetime) -> None:
    """Copy the settings file to `settings-before-restore-….toml`, unless a copy is like it.

    Raises:
        OSError: it cannot be copied.
    """
    if not path.exists():
        return
    content = path.read_bytes()
    earlier = path.parent.glob("settings-before-restore-*.toml")
    if any(copy.read_bytes() == content for copy in earlier):
        return
    copy = path.with_name(f"settings-before-restore-{_stamp(now)}.toml")
    shutil.copyfile(path, copy)
    restrict_to_owner(copy)
    sync_file(copy)
    sync_directory(copy.parent)


def _finish(directory: DataDirectory, folder: Path, now: datetime) -> Restored:
    """Complete the restore.

    Raises:
        OSError, sqlite3.Error, ReadableError: it is not complete; the present journal is unchanged.
    """
    backup, journal = folder / JOURNAL, directory.journal
    found = compare(backup, folder / ARCHIVE, journal, directory.archive)
    is_merged = may_merge(found)
    has_journal = not is_empty(journal)
    if has_journal:
        _close_log(journal)
    _copy_archives(directory, folder / ARCHIVE, now)
    present = journal if has_journal and is_merged else None
    noted = _last_note(journal) if has_journal else 0
    entries = _build(folder / _NEW, present, backup, directory.archive, now)
    kept = _keep_journal(journal, now) if has_journal else ""
    if has_journal:
        # A console command may have written a row to the audit meanwhile.
        _close_log(journal)
        _copy_notes(journal, folder / _NEW, noted)
    replace_file(folder / _NEW, journal)
    sync_directory(directory.root)
    _remove(folder)
    return Restored(entries, kept)


def _close_log(journal: Path) -> None:
    """Move the content of the `-wal` into the file and delete the `-wal`.

    SQLite would apply one that is left to the new file.

    Raises:
        OSError, sqlite3.Error: another program has the journal open.
    """
    with contextlib.closing(connect_by_mode(journal, "rw", _BUSY_TIMEOUT)) as connection:
        if pragma(connection, "journal_mode = DELETE") != "delete":
            raise sqlite3.OperationalError("database is locked")
    if any(beside(journal, ending).exists() for ending in ("-wal", "-journal")):
        raise sqlite3.OperationalError("database is locked")


def _copy_archives(directory: DataDirectory, staged: Path, now: datetime) -> None:
    """Copy the archives that the data directory lacks or has damaged.

    A month that the present journal has with another hash is left as it is. A damaged file is kept
    under another name.

    Raises:
        OSError, ReadableError: an archive cannot be copied.
    """
    hashes: dict[str, str] = {}
    if not is_empty(directory.journal):
        with contextlib.closing(connect_by_mode(directory.journal, "ro", 0)) as connection:
            files = archive_files(connection, directory.archive)
            hashes = {file.path.name: file.sha256 for file in files}
    for source in sorted(staged.iterdir()):
        target, sha256 = directory.archive / source.name, hash_of(source, lambda: None)
        if hashes.get(source.name, sha256) != sha256:
            continue
        if target.exists():
            if source.name not in hashes and is_whole(target):
                continue
            if hash_of(target, lambda: None) == sha256:
                continue
            name = f"{target.stem}-damaged-{_stamp(now)}{target.suffix}"
            replace_file(target, target.with_name(name))
        copy_archive(source, target, sha256, lambda: None)


def _build(new: Path, present: Path | None, backup: Path, archives: Path, now: datetime) -> int:
    """Build the new journal from both; return its number of entries.

    Args:
        present: the journal whose rows come first; None for the backup's rows alone.

    Raises:
        OSError, sqlite3.Error, ReadableError: it could not be built.
    """
    for ending in ("", *_BESIDE):
        beside(new, ending).unlink(missing_ok=True)
    with contextlib.ExitStack() as stack:
        target = stack.enter_context(contextlib.closing(open_database(new, 0)))
        first = []
        if present:
            first.append(stack.enter_context(contextlib.closing(connect_by_mode(present, "ro", 0))))
        older = stack.enter_context(contextlib.closing(connect_copy(backup)))
        entries = salvage(target, first, [older], archives, now)
    # Closing deletes the `-wal`; one that is left means an incomplete file.
    if beside(new, "-wal").exists():
        raise OSError("the new journal could not be finished")
    sync_file(new)
    return entries


def _last_note(journal: Path) -> int:
    """Return the row id of the newest row of the audit; 0 without one."""
    with contextlib.closing(connect_by_mode(journal, "ro", _BUSY_TIMEOUT)) as connection:
        number: int = connection.execute("SELECT coalesce(max(note), 0) FROM audit").fetchone()[0]
        return number


def _copy_notes(journal: Path, new: Path, after: int) -> None:
    """Copy the rows of the audit after a row id that the new journal lacks; they get new ids.

    A row of a run that the new journal lacks gets the newest run.

    Raises:
        OSError, sqlite3.Error: they could not be copied.
    """
    with contextlib.closing(connect_by_mode(journal, "ro", _BUSY_TIMEOUT)) as connection:
        query = "SELECT run, at, what, detail FROM audit WHERE note > ? ORDER BY note"
        rows = connection.execute(query, (after,)).fetchall()
    if not rows:
        return
    with contextlib.closing(open_database(new, 0)) as target, target:
        target.executemany(_COPY_NOTE, [tuple(row) for row in rows])
    if beside(new, "-wal").exists():
        raise OSError("the new journal could not be finished")
    sync_file(new)


def _keep_journal(journal: Path, now: datetime) -> str:
    """Give the present journal a second name, under which it stays; return the name.

    Raises:
        OSError: it has none.
    """
    for earlier in journal.parent.glob("journal-before-restore-*.sqlite3"):
        if earlier.samefile(journal):
            return earlier.name
    kept = journal.with_name(f"journal-before-restore-{_stamp(now)}.sqlite3")
    number = 1
    while kept.exists():
        number += 1
        kept = journal.with_name(f"journal-before-restore-{_stamp(now)}-{number}.sqlite3")
    try:
        os.link(journal, kept)
    except OSError:
        # A file system without hard links.
        unfinished = beside(kept, ".unfinished")
        shutil.copyfile(journal, unfinished)
        restrict_to_owner(unfinished)
        sync_file(unfinished)
        unfinished.rename(kept)
    sync_directory(kept.parent)
    return kept.name


def _remove(folder: Path) -> None:
    """Remove the folder of a restore, its journal first, without which nothing is repeated."""
    with contextlib.suppress(OSError):
        (folder / JOURNAL).unlink()
        sync_directory(folder)
    if not (folder / SETTINGS).exists():
        shutil.rmtree(folder, ignore_errors=True)


def _stamp(now: datetime) -> str:
    return now.astimezone(timezone.utc).strftime(STAMP)
