"""Values of backups: the automatic ones, saved files, and restoring."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wxpark_gui.domain.errors import ReadableError


@dataclass(frozen=True, slots=True)
class AutomaticBackup:
    """One of the backups that the program makes by itself.

    Attributes:
        name: name of its file, without the folder.
        made_at: aware, in UTC.
        size: size of the packed file in bytes.
        entries: number of entries in it, without archived ones; None if it cannot be read.
    """

    name: str
    made_at: datetime
    size: int
    entries: int | None = None


@dataclass(frozen=True, slots=True)
class BackupContent:
    """Content of a backup.

    Attributes:
        made_at: aware; None if unknown.
        lot, booth: names of the car park and the booth; empty if unknown.
        entries: number of entries, archived ones included.
        waiting: number of open entries.
        has_settings: True if it contains the settings of a merchant.
    """

    made_at: datetime | None
    lot: str
    booth: str
    entries: int
    waiting: int = 0
    has_settings: bool = False


@dataclass(frozen=True, slots=True)
class RestorePreview:
    """Effect of restoring a checked backup.

    Attributes:
        content: content of the backup.
        added: number of entries of the backup that the present journal lacks.
        only_here: number of entries of the present journal that the backup lacks.
        is_merged: True if the entries that are `only_here` stay in the journal; False if they stay
            only in the file in which the present journal is kept.
        settings_needed: True if this computer has no merchant, so the settings should be restored.
    """

    content: BackupContent
    added: int
    only_here: int
    is_merged: bool
    settings_needed: bool


@dataclass(frozen=True, slots=True)
class Restored:
    """Result of a restore at the start of the program.

    Attributes:
        entries: number of entries in the journal afterwards, without archived ones.
        kept_as: name of the file in which the earlier journal is kept; empty if there was none.
        failure: error that kept the journal from being restored; the next start tries again unless
            it is a `RestoreWaitingError` or a `BackupApartError`. None after a success.
    """

    entries: int = 0
    kept_as: str = ""
    failure: ReadableError | None = None
