"""Texts of backups, of the start at login and of the proxy's mode."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, unique

from wxpark_gui.wording.marking import mark

CARE_FAILURES = {
    "BACKUP_DAMAGED": (
        mark("This file is no backup, is damaged or cannot be read; nothing was changed."),
        mark("Choose another backup."),
    ),
    "BACKUP_NEWER": (
        mark("A newer version of this program made the backup; nothing was changed."),
        mark("Have the manager install the newer version first."),
    ),
    "OTHER_BOOTH": (
        mark("This is the backup of another booth: {name}. Nothing was changed."),
        mark("Choose the backup of this booth."),
    ),
    "BACKUP_APART": (
        mark("Backup and present records have gone different ways; nothing was changed."),
        mark("Have the manager restore it in an empty data directory."),
    ),
    "RESTORE_WAITING": (
        mark("{count} entries here still wait and are not in the backup; nothing was changed."),
        mark("Send them or take them back first, then restore."),
    ),
    "RESTORE_UNFINISHED": (
        mark("The backup is not restored yet; the present records are in use."),
        mark("Close other programs, have space on the disk, and start again."),
    ),
    "AUTOSTART_FAILED": (
        mark("The start at login could not be read or changed."),
        mark("Have the manager set it in the system's settings."),
    ),
}
"""Message and action of each failure, by its code."""


@unique
class CareLabel(Enum):
    """The fixed texts of backups and of the start at login. Each value is the English text."""

    HELP = mark("Backups: save, restore")
    TITLE = mark("Backups")
    NOTE = mark(
        "The program backs up by itself, on this computer. Save a backup to a USB drive too."
        " Keys and managers are in none."
    )
    AUTOMATIC = mark("Automatic backups")
    NO_AUTOMATIC = mark("No automatic backup yet. The first one is made within half an hour.")
    ROW = mark("{time}  ·  {size} MB")
    ROW_COUNTED = mark("{time}  ·  {size} MB  ·  {count} entries")
    SAVE = mark("Save a backup …")
    RESTORE_ROW = mark("Restore this one …")
    RESTORE_FILE = mark("Restore a file …")
    RESTORE_TITLE = mark("Choose a backup")
    FILE_NAME = mark("wxpark-backup-{day}")
    SAVING = mark("Saving …")
    CHECKING = mark("Checking the backup …")
    STAGING = mark("Preparing; the program restarts …")
    CANCELLED = mark("Cancelled; nothing was changed.")
    SAVED = mark("Saved in {name}: {count} entries. It has plates; keep it safe.")
    PREVIEW = mark("Backup of {name}, {time}")
    PREVIEW_UNDATED = mark("Backup of {name}")
    CONTENT = mark("It has {count} entries; {waiting} of them wait.")
    ADDED = mark("{count} of them are missing here and come back.")
    NONE_ADDED = mark("All of them are here already.")
    KEPT = mark("{count} entries here are not in it; they stay.")
    SET_ASIDE = mark("{count} entries here are not in it; they stay only in the file kept aside.")
    WAITING_RISK = mark("Waiting ones may have been sent already; they are sent once more.")
    ASIDE = mark(
        "The present records are kept as a file. The program restarts. A new computer needs the key"
        " and its managers anew."
    )
    WITH_SETTINGS = mark("Restore the settings too")
    RESTORE = mark("Restore and restart")
    BACK = mark("Back")
    AUTOSTART = mark("Start when this computer's user logs in")
    RESTORED = mark("Backup restored: {count} entries.")
    RESTORED_KEPT = mark("Backup restored: {count} entries. The earlier records are in {name}.")


class BackupConsoleWords:
    """Help and sentences of `wxpark backup`, in one language."""

    def __init__(self, translate: Callable[[str], str]) -> None:
        _ = translate
        self.backup = _("save, list and restore backups")
        self.save = _("save journal, archives and settings as one file, without keys")
        self.list = _("list the automatic backups: time, bytes, entries, file")
        self.restore = _("restore a backup; the window must be closed")
        self.file = _("the ZIP file to write")
        self.source = _("a saved backup, or the file of an automatic one")
        self.settings = _("restore the settings too; always done where there are none")
        self.source_missing = _("Name the backup to restore.")
        self.saved = _("Saved in {name}: {count} entries. It has whole plates.")
