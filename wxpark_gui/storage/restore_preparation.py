"""Unpack a backup, check it, and compare it with the present data before it is restored."""

from __future__ import annotations

import gzip
import shutil
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from wxpark_gui.domain.backup import BackupContent, RestorePreview
from wxpark_gui.domain.backup_errors import (
    BackupCancelledError,
    BackupDamagedError,
    BackupNewerError,
    OtherBoothError,
)
from wxpark_gui.domain.errors import (
    DiskFullError,
    JournalNewerError,
    ReadableError,
    SettingsNewerError,
)
from wxpark_gui.domain.settings import Settings
from wxpark_gui.storage import backup_zip
from wxpark_gui.storage.backup_zip import About, disk_error, open_backup
from wxpark_gui.storage.database import open_database
from wxpark_gui.storage.directory import DataDirectory
from wxpark_gui.storage.durable import sync_directory, sync_file
from wxpark_gui.storage.inspection import is_empty, is_whole, remark
from wxpark_gui.storage.journal_comparison import Comparison, compare, may_merge
from wxpark_gui.storage.restoring import ARCHIVE, JOURNAL, SETTINGS, STAGED, drop
from wxpark_gui.storage.settings import TomlSettings

_PIECE = 1 << 20


def prepare(
    directory: DataDirectory,
    source: Path,
    settings: Settings,
    *,
    training: bool,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> RestorePreview:
    """Unpack a backup, check it and compare it with the present data; replaces nothing.

    Args:
        source: a saved backup, or the file of an automatic one.
        settings: the present settings.
        training: True if the data directory is that of the training mode.

    Raises:
        BackupCancelledError: `is_cancelled` returned True.
        BackupDamagedError, BackupNewerError, OtherBoothError: the backup cannot be used.
        RestoreWaitingError, BackupApartError: restoring would lose entries.
        DiskFullError, FileNotWrittenError: it cannot be unpacked.
        JournalDamagedError, DataDirectoryUnusableError: the present journal cannot be read.
    """
    discard(directory)
    folder = directory.unfinished_restore
    try:
        try:
            (folder / ARCHIVE).mkdir(mode=0o700, parents=True)
            about = _unpack(source, folder, is_cancelled)
        except OSError as error:
            raise disk_error(error) from error
        has_settings = _check(folder) and not training
        found = compare(
            folder / JOURNAL,
            folder / ARCHIVE,
            directory.journal,
            directory.archive,
            is_cancelled,
        )
        if about and about.entries != found.entries:
            # The directory of a ZIP file has no checksum; a member with another name is not found.
            raise BackupDamagedError(f"{found.entries} of {about.entries} entries")
        _check_booth(found, about, settings, training=training)
        is_merged = may_merge(found)
    except BaseException:
        discard(directory)
        raise
    lot, booth = _place(found, about)
    return RestorePreview(
        BackupContent(
            about.made_at if about else None,
            lot,
            booth,
            found.entries,
            found.waiting,
            has_settings,
        ),
        found.added,
        found.only_here,
        is_merged or not found.only_here,
        has_settings and settings.account is None,
    )


def discard(directory: DataDirectory) -> None:
    """Remove what `prepare` unpacked; a committed restore stays."""
    shutil.rmtree(directory.unfinished_restore, ignore_errors=True)


def commit(directory: DataDirectory, *, with_settings: bool) -> None:
    """Make the next start of the program complete the prepared restore.

    An earlier restore that was not completed is dropped.

    Raises:
        DiskFullError, FileNotWrittenError: nothing was changed.
    """
    folder = directory.unfinished_restore
    try:
        if not with_settings:
            (folder / SETTINGS).unlink(missing_ok=True)
        for place in (folder / ARCHIVE, folder):
            sync_directory(place)
        if (directory.root / STAGED).exists():
            drop(directory.root / STAGED)
        folder.rename(directory.root / STAGED)
        sync_directory(directory.root)
    except OSError as error:
        raise disk_error(error) from error


def _unpack(source: Path, folder: Path, is_cancelled: Callable[[], bool]) -> About | None:
    """Unpack a backup; return its description, None for an automatic backup.

    Raises:
        OSError: a file cannot be written.
        BackupDamagedError, BackupNewerError: the source cannot be used.
    """

    def go_on() -> None:
        if is_cancelled():
            raise BackupCancelledError

    if source.suffix in (".gz", ".sqlite3"):
        _unpack_automatic(source, folder / JOURNAL, go_on)
        return None
    with open_backup(source) as backup:
        # Once unpacked, once in the new journal.
        if shutil.disk_usage(folder).free < 2 * backup.size:
            raise DiskFullError
        backup.unpack(backup_zip.JOURNAL, folder / JOURNAL, go_on)
        for name in backup.months:
            backup.unpack(f"{backup_zip.ARCHIVES}{name}", folder / ARCHIVE / name, go_on)
        if backup.has_settings:
            backup.unpack(backup_zip.SETTINGS, folder / SETTINGS, go_on)
        return backup.about


def _unpack_automatic(source: Path, target: Path, go_on: Callable[[], None]) -> None:
    with target.open("xb") as written:
        for piece in _pieces(source):
            go_on()
            written.write(piece)
        written.flush()
        sync_file(written.fileno())


def _pieces(source: Path) -> Iterator[bytes]:
    """Yield the unpacked content of an automatic backup.

    Raises:
        BackupDamagedError: it is damaged or cannot be read.
    """
    try:
        with source.open("rb") as file, _unpacking(file, source) as packed:
            while piece := packed.read(_PIECE):
                yield piece
    except gzip.BadGzipFile as error:
        raise BackupDamagedError("not packed with gzip") from error
    except OSError as error:
        raise BackupDamagedError(remark(error)) from error
    except (EOFError, zlib.error) as error:
        raise BackupDamagedError(type(error).__name__) from error


def _unpacking(file: IO[bytes], source: Path) -> IO[bytes]:
    return gzip.GzipFile(fileobj=file, mode="rb") if source.suffix == ".gz" else file  # type: ignore[return-value]


def _check(folder: Path) -> bool:
    """Check the unpacked files, and bring the journal to the present schema.

    Return True if there are settings of a merchant.

    Raises:
        BackupDamagedError, BackupNewerError: a file is damaged, or of a newer version.
    """
    try:
        if is_empty(folder / JOURNAL):
            raise BackupDamagedError("no journal")
        open_database(folder / JOURNAL, 0).close()
        for archive in sorted((folder / ARCHIVE).iterdir()):
            if not is_whole(archive):
                raise BackupDamagedError(archive.stem)
        settings = TomlSettings(folder / SETTINGS).load()
        return settings.account is not None
    except BackupDamagedError:
        raise
    except JournalNewerError as error:
        raise BackupNewerError(error.program) from error
    except SettingsNewerError as error:
        raise BackupNewerError from error
    except ReadableError as error:
        raise BackupDamagedError(error.detail) from error


def _place(found: Comparison, about: About | None) -> tuple[str, str]:
    """Return lot and booth of a backup; empty texts if unknown."""
    return (about.lot, about.booth) if about and about.lot else found.last_place


def _check_booth(
    found: Comparison, about: About | None, settings: Settings, *, training: bool
) -> None:
    """Raise an error if the backup is that of another booth.

    A backup that the present journal continues is accepted even if the booth was renamed since.

    Raises:
        OtherBoothError: names of lot and booth differ, or one is from the training mode.
    """
    if found.same_origin:
        return
    lot, booth = _place(found, about)
    was_training = about.training if about else found.training
    if found.entries and was_training != training:
        raise OtherBoothError(f"{lot} {booth}")
    if settings.account is None or not lot:
        return
    if (lot, booth) != (settings.account.merchant.parking_name, settings.booth.name):
        raise OtherBoothError(f"{lot} {booth}")
