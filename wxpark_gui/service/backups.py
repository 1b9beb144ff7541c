"""Port of the backups that a person saves and restores."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from wxpark_gui.domain.backup import AutomaticBackup, RestorePreview


class BackupStore(Protocol):
    """The backups of the data directory. Every method may block on the disk for long.

    All methods may raise subclasses of `ReadableError`; those with `is_cancelled` raise
    `BackupCancelledError` soon after it returns True.
    """

    def automatic(self) -> Sequence[AutomaticBackup]:
        """Return the automatic backups, the newest first, without their numbers of entries."""
        ...

    def count(self, backup: AutomaticBackup, is_cancelled: Callable[[], bool]) -> AutomaticBackup:
        """Return the backup with its number of entries, None for a damaged one."""
        ...

    def path_of(self, backup: AutomaticBackup) -> Path:
        """Return the path of an automatic backup's file. Does not block."""
        ...

    def save(
        self,
        target: Path,
        *,
        overwrite: bool,
        report: Callable[[float], object],
        is_cancelled: Callable[[], bool],
        settle: Callable[[], bool] = ...,
    ) -> int:
        """Save journal, archives and settings as one file; return its number of entries.

        The file gets its name when it is complete. `report` takes the share that is done, from 0 to
        1. `settle` is called just before the file gets its name; if it returns False,
        `BackupCancelledError` is raised instead. Raises `ExportExistsError`, `DiskFullError` or
        `FileNotWrittenError`.
        """
        ...

    def prepare(self, source: Path, is_cancelled: Callable[[], bool]) -> RestorePreview:
        """Unpack and check a backup; replaces nothing.

        Raises `BackupDamagedError`, `BackupNewerError`, `OtherBoothError`, `RestoreWaitingError` or
        `BackupApartError`.
        """
        ...

    def commit(self, *, with_settings: bool) -> None:
        """Make the next start of the program complete the prepared restore."""
        ...

    def discard(self) -> None:
        """Remove what `prepare` unpacked."""
        ...
