"""The one directory everything is kept in, and the lock that gives it to one process."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import final

import platformdirs

from wxpark_gui.domain.errors import DataDirectoryInUseError, DataDirectoryUnusableError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_OWNER_ONLY_DIRECTORY = 0o700
_OWNER_ONLY_FILE = 0o600


@dataclass(frozen=True, slots=True)
class DataDirectory:
    """Where things are kept. Made by `prepare_directory`; plates in it are personal data."""

    root: Path

    @property
    def journal(self) -> Path:
        return self.root / "journal.sqlite3"

    @property
    def settings(self) -> Path:
        return self.root / "settings.toml"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def backup(self) -> Path:
        return self.root / "backup"

    @property
    def window(self) -> Path:
        """Size and place of the window."""
        return self.root / "window.ini"

    @property
    def lock(self) -> Path:
        return self.root / "lock"

    @property
    def training(self) -> Path:
        """Root of the training mode's own data directory; not prepared yet."""
        return self.root / "training"


def default_directory() -> Path:
    """The place the system reserves for a person's data of this program."""
    return platformdirs.user_data_path("wxpark-gui", appauthor=False)


def prepare_directory(root: Path | None = None) -> DataDirectory:
    """Create what is missing of a data directory, for its owner only.

    A directory that was there keeps its mode: it may have been given on purpose.

    Args:
        root: None for `default_directory`.

    Raises:
        DataDirectoryUnusableError: it cannot be made.
    """
    directory = DataDirectory((root or default_directory()).absolute())
    try:
        for path in (directory.root, directory.logs, directory.backup):
            path.mkdir(mode=_OWNER_ONLY_DIRECTORY, parents=True, exist_ok=True)
    except OSError as error:
        raise unusable(error) from error
    return directory


@final
class DirectoryLock:
    """Gives a data directory to one process at a time.

    The system holds the lock, on an open file: it goes with the process, however that ends, and
    the file that stays behind means nothing.
    """

    def __init__(self, directory: DataDirectory) -> None:
        self._path = directory.lock
        self._handle: int | None = None

    def acquire(self) -> None:
        """Take the directory.

        Raises:
            DataDirectoryInUseError: another process has it, or another lock in this one.
            DataDirectoryUnusableError: the lock file cannot be made or locked.
        """
        if self._handle is not None:
            raise DataDirectoryInUseError
        try:
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT, _OWNER_ONLY_FILE)
        except OSError as error:
            raise unusable(error) from error
        try:
            _lock(handle)
        except (BlockingIOError, PermissionError) as error:
            os.close(handle)
            raise DataDirectoryInUseError from error
        except OSError as error:
            os.close(handle)
            raise unusable(error) from error
        self._handle = handle

    def release(self) -> None:
        """Give it back; nothing happens when it was not held."""
        if self._handle is None:
            return
        # Closing ends the lock. The file stays: removing it would let two processes lock two files.
        os.close(self._handle)
        self._handle = None

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
    """The readable form of a file system's failure: its own words, without the path."""
    return DataDirectoryUnusableError(error.strerror or type(error).__name__)


if sys.platform == "win32":

    def _lock(handle: int) -> None:
        """Lock the first byte; Windows answers at once with a PermissionError when it is taken."""
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:

    def _lock(handle: int) -> None:
        """Lock the file without waiting.

        `flock` and not `lockf`: the latter is lost when any handle of the file is closed.
        """
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
