"""The data directory, and the lock that only one process can hold on it."""

from __future__ import annotations

import contextlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import final

import platformdirs

from wxpark_gui.domain.errors import (
    DataDirectoryInUseError,
    DataDirectoryUnusableError,
    NetworkDriveError,
)
from wxpark_gui.storage.file_lock import is_lock_conflict, is_open_at, lock_directory, lock_file
from wxpark_gui.storage.file_system import network_type

_OWNER_ONLY_DIRECTORY = 0o700
_OWNER_ONLY_FILE = 0o600


@dataclass(frozen=True, slots=True)
class DataDirectory:
    """Paths in one data directory. It contains personal data (plates)."""

    root: Path

    @property
    def journal(self) -> Path:
        return self.root / "journal.sqlite3"

    @property
    def settings(self) -> Path:
        return self.root / "settings.toml"

    @property
    def restore(self) -> Path:
        """Folder of a backup that the next start restores; it is missing most of the time."""
        return self.root / "restore"

    @property
    def unfinished_restore(self) -> Path:
        """Folder of a backup whose preparation was interrupted; the next start removes it."""
        return self.root / "restore-unfinished"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def backup(self) -> Path:
        return self.root / "backup"

    @property
    def archive(self) -> Path:
        """Folder of the archives, one file for each month moved out of the journal.

        May not exist.
        """
        return self.root / "archive"

    @property
    def searches(self) -> Path:
        """File with the saved searches of the history."""
        return self.root / "searches.json"

    @property
    def managers(self) -> Path:
        """File with the managers and the hashes of their PINs; missing without managers."""
        return self.root / "managers.json"

    @property
    def window(self) -> Path:
        """File with the size and position of the window."""
        return self.root / "window.ini"

    @property
    def door_token(self) -> Path:
        """File with the token of the local port for offered plates; missing while it is off."""
        return self.root / "door.token"

    @property
    def lock(self) -> Path:
        return self.root / "lock"

    @property
    def training(self) -> Path:
        """Root of the training mode's data directory; this property does not create it."""
        return self.root / "training"


def default_directory() -> Path:
    """Return the platform's user data directory for this program.

    Raises:
        DataDirectoryUnusableError: neither the environment nor the system names a home directory.
    """
    try:
        return platformdirs.user_data_path("wxpark-gui", appauthor=False)
    except RuntimeError as error:
        raise DataDirectoryUnusableError("no home directory") from error


def locate_directory(root: Path | None = None) -> DataDirectory:
    """Return the data directory without creating it. `root` None means `default_directory`.

    Raises:
        DataDirectoryUnusableError: there is no home directory, or the path is relative to a
            directory that was removed.
    """
    try:
        return DataDirectory((root or default_directory()).absolute())
    except OSError as error:
        raise unusable(error) from error


def prepare_directory(root: Path | None = None) -> DataDirectory:
    """Create the data directory with `backup` and `logs`, for its owner only, and return it.

    An existing directory keeps its mode, which may be deliberate. Failure to create `logs` is
    ignored.

    Args:
        root: None for `default_directory`.

    Raises:
        NetworkDriveError: it is on a network file system; nothing was created.
        DataDirectoryUnusableError: it cannot be created.
    """
    directory = locate_directory(root)
    if found := network_type(existing(directory.root)):
        raise NetworkDriveError(found)
    try:
        for path in (directory.root, directory.backup):
            path.mkdir(mode=_OWNER_ONLY_DIRECTORY, parents=True, exist_ok=True)
    except OSError as error:
        raise unusable(error) from error
    # The program works without a log.
    with contextlib.suppress(OSError):
        directory.logs.mkdir(mode=_OWNER_ONLY_DIRECTORY, exist_ok=True)
    return directory


def existing(path: Path) -> Path:
    """Return the path if it exists, else its nearest existing parent that can be looked at."""
    return next((each for each in (path, *path.parents) if _exists(each)), path)


def _exists(path: Path) -> bool:
    """Test if a path exists; False if its name is too long or a parent cannot be searched."""
    try:
        return path.exists()
    except OSError:
        return False


@final
class DirectoryLock:
    """Lock on a data directory that only one process can hold.

    The operating system locks an open file and unlocks it when the process ends. The file stays,
    and its existence alone means nothing. The directory itself is locked too, because a person may
    delete the file while the program runs; Windows refuses that. `renew` locks files that were made
    in place of the locked ones.
    """

    def __init__(self, directory: DataDirectory) -> None:
        self._path = directory.lock
        self._handle: int | None = None
        self._directory_handle: int | None = None

    def acquire(self) -> None:
        """Lock the directory.

        Raises:
            DataDirectoryInUseError: another process, or this one, already holds the lock.
            DataDirectoryUnusableError: the lock file cannot be created or locked.
        """
        if self._handle is not None:
            raise DataDirectoryInUseError
        try:
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT, _OWNER_ONLY_FILE)
        except OSError as error:
            raise unusable(error) from error
        try:
            lock_file(handle)
            self._directory_handle = lock_directory(self._path.parent)
        except OSError as error:
            os.close(handle)
            if is_lock_conflict(error):
                raise DataDirectoryInUseError from error
            raise unusable(error) from error
        self._handle = handle

    def renew(self) -> None:
        """Lock the present directory and file if they are not those that were locked.

        A no-op if the lock is not held. A missing directory is made again. What cannot be made,
        locked or looked at for another reason than a lock is tried again by the next call.

        Raises:
            DataDirectoryInUseError: another process has locked the present ones.
        """
        if self._handle is None or sys.platform == "win32":
            return
        try:
            if not self._is_in_place(self._handle):
                self._path.parent.mkdir(mode=_OWNER_ONLY_DIRECTORY, exist_ok=True)
                self._renew_directory()
                self._renew_file(self._handle)
        except OSError as error:
            if is_lock_conflict(error):
                raise DataDirectoryInUseError from error

    def _is_in_place(self, handle: int) -> bool:
        directory = self._directory_handle
        is_kept = directory is None or is_open_at(directory, self._path.parent)
        return is_kept and is_open_at(handle, self._path)

    def _renew_directory(self) -> None:
        held = self._directory_handle
        if held is not None and not is_open_at(held, self._path.parent):
            self._directory_handle = lock_directory(self._path.parent)
            os.close(held)

    def _renew_file(self, held: int) -> None:
        if is_open_at(held, self._path):
            return
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT, _OWNER_ONLY_FILE)
        try:
            lock_file(handle)
        except OSError:
            os.close(handle)
            if self._directory_handle is not None:
                # A second start, which the lock on the directory is about to refuse.
                return
            raise
        self._handle = handle
        os.close(held)

    def release(self) -> None:
        """Release the lock; a no-op if it is not held."""
        if self._handle is None:
            return
        # Closing ends the lock. The file stays: removing it would let two processes lock two files.
        os.close(self._handle)
        self._handle = None
        if self._directory_handle is not None:
            os.close(self._directory_handle)
            self._directory_handle = None

    def __enter__(self) -> DirectoryLock:
        self.acquire()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.release()


def unusable(error: OSError) -> DataDirectoryUnusableError:
    """Return a readable error with the system's message, without the path."""
    return DataDirectoryUnusableError(error.strerror or type(error).__name__)
