"""Errors of backups and of restoring them."""

from __future__ import annotations

from wxpark_gui.domain.errors import ReadableError


class BackupCancelledError(Exception):
    """Saving or checking a backup was cancelled; nothing was left behind."""


class BackupDamagedError(ReadableError):
    """The file is no backup, is damaged or cannot be read; nothing was changed."""

    code = "BACKUP_DAMAGED"


class BackupNewerError(ReadableError):
    """A newer version of the program made the backup; nothing was changed."""

    code = "BACKUP_NEWER"


class OtherBoothError(ReadableError):
    """The backup is that of another booth, merchant or mode; the detail names lot and booth."""

    code = "OTHER_BOOTH"


class BackupApartError(ReadableError):
    """Backup and present journal have different entries under the same numbers.

    Archived months of the present journal keep it from being replaced.
    """

    code = "BACKUP_APART"


class RestoreWaitingError(ReadableError):
    """Open entries of the present journal are not in the backup and cannot be merged.

    Attributes:
        waiting: number of open entries.
    """

    code = "RESTORE_WAITING"
    waiting = 0

    def __init__(self, waiting: int) -> None:
        super().__init__(f"{waiting} waiting")
        self.waiting = waiting


class RestoreUnfinishedError(ReadableError):
    """The restore could not be completed; the present journal stays, and the next start retries."""

    code = "RESTORE_UNFINISHED"
