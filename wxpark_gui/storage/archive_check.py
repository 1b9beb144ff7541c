"""Check an archive against its hash; set a damaged one aside and restore it from its backup."""

from __future__ import annotations

import errno
import logging
from collections.abc import Callable
from datetime import datetime, timezone
from enum import Enum
from pathlib import Path

from wxpark_gui.domain.errors import DataDirectoryUnusableError, JournalDamagedError
from wxpark_gui.storage.archive_writer import copy_archive, hash_of
from wxpark_gui.storage.archives import ArchiveFile
from wxpark_gui.storage.backup_files import STAMP
from wxpark_gui.storage.durable import replace_file, sync_directory
from wxpark_gui.storage.inspection import remark

_log = logging.getLogger(__name__)


class Condition(Enum):
    """Result of a check.

    - `GOOD`: the file has the hash that the journal stores for it.
    - `RESTORED`: the file had another hash or was missing; a copy of its backup has replaced it.
    - `LOST`: the file has another hash or is missing, and no good backup could replace it.
    """

    GOOD = "good"
    RESTORED = "restored"
    LOST = "lost"


def check_archive(
    file: ArchiveFile, backup: Path | None, now: datetime, go_on: Callable[[], None]
) -> Condition:
    """Check the hash of an archive's file; restore a damaged or missing file from its backup.

    A file with another hash is renamed to `YYYY-MM-damaged-….sqlite3` and kept. For a good file
    without a backup, the backup is made. Errors are logged.

    Args:
        backup: the folder of the archives' backups; None for none.
        now: time in the new name.
        go_on: called for each piece that is read; may wait, and raise `StoppedError`.
    """
    copy = backup / file.path.name if backup else None
    if _is_good(file, go_on):
        if copy and not copy.exists():
            _copy_quietly(file.path, copy, file.sha256, go_on)
        return Condition.GOOD
    try:
        _set_aside(file, now)
    except OSError as error:
        _log.error("archive %s cannot be moved aside: %s", file.month, remark(error))
        return Condition.LOST
    if copy and copy.exists() and _copy_quietly(copy, file.path, file.sha256, go_on):
        _log.error("archive %s was damaged or missing and is restored", file.month)
        return Condition.RESTORED
    _log.error("archive %s is damaged or missing", file.month)
    return Condition.LOST


def _is_good(file: ArchiveFile, go_on: Callable[[], None]) -> bool:
    try:
        return hash_of(file.path, go_on) == file.sha256
    except OSError as error:
        if error.errno not in (errno.ENOENT, errno.EIO):
            _log.error("archive %s cannot be read: %s", file.month, remark(error))
        return False


def _set_aside(file: ArchiveFile, now: datetime) -> None:
    """Rename a damaged archive's file; a no-op if it is missing."""
    if not file.path.exists():
        return
    stamp = now.astimezone(timezone.utc).strftime(STAMP)
    kept = file.path.with_name(f"{file.month}-damaged-{stamp}.sqlite3")
    number = 1
    while kept.exists():
        number += 1
        kept = file.path.with_name(f"{file.month}-damaged-{stamp}-{number}.sqlite3")
    replace_file(file.path, kept)
    sync_directory(kept.parent)


def _copy_quietly(source: Path, target: Path, sha256: str, go_on: Callable[[], None]) -> bool:
    try:
        copy_archive(source, target, sha256, go_on)
    except (DataDirectoryUnusableError, JournalDamagedError) as error:
        _log.warning("archive %s was not copied: %s", target.stem, error.detail)
        return False
    return True
