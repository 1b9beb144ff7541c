"""Message and action for each failure, by `ReadableError.code`."""

from __future__ import annotations

from wxpark_gui.wording.backfill import BACKFILL_FAILURES
from wxpark_gui.wording.care import CARE_FAILURES
from wxpark_gui.wording.door import DOOR_FAILURES
from wxpark_gui.wording.key_change import KEY_CHANGE_FAILURES
from wxpark_gui.wording.managers import MANAGER_FAILURES
from wxpark_gui.wording.marking import mark
from wxpark_gui.wording.shifts import SHIFT_FAILURES

FAILURES = {
    "": (mark("Something went wrong."), mark("Please tell the manager.")),
    "INVALID_INPUT": (
        mark("Something typed cannot be sent."),
        mark("Please correct the marked fields."),
    ),
    "NOT_SET_UP": (mark("No merchant has been entered."), mark("Enter the merchant's data.")),
    "KEY_MISSING": (
        mark("The keyring holds no key for this merchant."),
        mark("Enter the key again in the settings (F12)."),
    ),
    "OTHER_KEY_MISSING": (
        mark("The keyring holds no key for the other merchant number; nothing was changed."),
        mark("Enter the number and its key together."),
    ),
    "KEYRING_MISSING": (
        mark("No keyring can be reached: the key can be neither read nor stored."),
        mark("Log in to the desktop, or have the manager install one (GNOME Keyring, KWallet)."),
    ),
    "KEYRING_UNSAFE": (
        mark("The only keyring found would not keep the key safe; it is not used."),
        mark("Have the manager install the system's own keyring."),
    ),
    "KEYRING_LOCKED": (
        mark("The keyring is locked."),
        mark("Unlock it with the computer's password, then retry."),
    ),
    "KEYRING_SILENT": (
        mark("The keyring does not answer; it may be asking for a password."),
        mark("Look for its window and unlock it, then retry."),
    ),
    "KEYRING_MISMATCH": (
        mark("The keyring did not give the key back as it was stored."),
        mark("Store it once more; if it happens again, tell the manager."),
    ),
    "KEYRING_FAILED": (
        mark("The keyring reported a failure."),
        mark("Retry; if it stays, tell the manager."),
    ),
    "KEYRING_ITEM_LEFT": (
        mark("The key was not removed: the keyring still holds it."),
        mark("Have the manager delete wxpark-gui in the system's own keyring program."),
    ),
    "DATA_DIRECTORY_IN_USE": (
        mark("The program is already running on this data."),
        mark("Use the window that is open, or close it first."),
    ),
    "NOT_RESTARTED": (
        mark("The program has ended, but did not start again."),
        mark("Open it again by hand; what was saved is kept."),
    ),
    "DATA_DIRECTORY_UNUSABLE": (
        mark("The data directory cannot be used."),
        mark("Have the manager check its rights and the disk."),
    ),
    "DISK_FULL": (
        mark("Nothing more can be written to the disk."),
        mark("Have the manager free space on the disk."),
    ),
    "NETWORK_DRIVE": (
        mark("The data directory is on a network drive, where entries can be lost."),
        mark("Have the manager choose a directory on this computer."),
    ),
    "JOURNAL_LOCKED": (
        mark("Another program holds the file of records."),
        mark("Wait a moment and try again; if this stays, tell the manager."),
    ),
    "LOG_NOT_WRITTEN": (
        mark("The log cannot be written; entries are saved and sent all the same."),
        mark("Have the manager check the directory of the log and its rights."),
    ),
    "ENTRY_REPLACED": (
        mark("This entry was sent again or corrected before."),
        mark("Use the newer entry in the list."),
    ),
    "NOTHING_TO_RESEND": (
        mark("This entry has its answer or was taken back."),
        mark("There is nothing to send again."),
    ),
    "ACCOUNT_MISSING": (
        mark("The merchant of this entry is no longer in the settings."),
        mark("Have the manager enter it again (F12)."),
    ),
    "JOURNAL_NOT_WRITTEN": (
        mark("Not saved: the disk is full or cannot be written."),
        mark("Write it down on paper and tell the manager."),
    ),
    "JOURNAL_BUSY": (
        mark("Not saved: another program holds the file of records."),
        mark("Please try again. If it fails again, use paper and tell the manager."),
    ),
    "JOURNAL_TAKEN": (
        mark("Not saved: another program now works on this data."),
        mark("Close this window, and enter the car in the other one."),
    ),
    "JOURNAL_DISK_FAULT": (
        mark("Not saved: the disk reported a fault."),
        mark("Please try again. If it fails again, use paper and tell the manager."),
    ),
    "JOURNAL_DAMAGE_FOUND": (
        mark("Not saved: the file of records is damaged and is being repaired."),
        mark("Please try again. If it fails again, use paper and tell the manager."),
    ),
    "JOURNAL_FAULT": (
        mark("Not saved: the program or its file of records has a fault."),
        mark("Write it down on paper and tell the manager."),
    ),
    "JOURNAL_NOT_READ": (
        mark("The file of records cannot be read just now."),
        mark("Nothing was deleted. If this stays, tell the manager."),
    ),
    "JOURNAL_MISSING": (
        mark("There are no records in this data directory."),
        mark("Check the name of the directory. Each one begins with the first start on it."),
    ),
    "ENTRY_FAULT": (
        mark("Not saved: the program failed."),
        mark("Write it down on paper and tell the manager."),
    ),
    "ENTRY_NOT_OPEN": (
        mark("Being sent or answered."),
        mark("It can no longer be taken back."),
    ),
    "ALREADY_VOIDED": (
        mark("This entry was taken back or voided before."),
        mark("There is nothing more to do."),
    ),
    "STILL_SENDING": (
        mark("This entry is being sent."),
        mark("Wait for its answer, then try again."),
    ),
    "JOURNAL_NEWER": (
        mark("The records need a newer version of this program; nothing is saved."),
        mark("Have the manager install it; write the plates down until then."),
    ),
    "JOURNAL_DAMAGED": (
        mark("The file of records is damaged."),
        mark("Nothing was deleted; please tell the manager."),
    ),
    "SETTINGS_UNREADABLE": (
        mark("The settings cannot be read; the file was left as it is."),
        mark("Enter them again (F12), or have the manager restore the file."),
    ),
    "INVALID_SETTINGS": (
        mark("Nothing was changed: some settings are not accepted."),
        mark("Correct them and repeat the command."),
    ),
    "IMPORT_UNREADABLE": (
        mark("The file to import cannot be read or is no TOML; nothing was changed."),
        mark("Correct the file and repeat the command."),
    ),
    "SETTINGS_NEWER": (
        mark("The settings were written by a newer version; the file was left as it is."),
        mark("Have the manager install the newer version."),
    ),
    "ACCOUNT_IN_USE": (
        mark("{count} entries of this merchant still wait to be sent; it was not removed."),
        mark("Send them or take them back first, then remove it."),
    ),
    "PROFILE_CURRENT": (
        mark("This car park is in use; it was not removed."),
        mark("Switch to another one first, then remove it."),
    ),
    "PROFILE_UNKNOWN": (
        mark("This booth has no such car park, or several of that name."),
        mark("Choose one from the list (Shift F12)."),
    ),
    "SETTINGS_NOT_WRITTEN": (
        mark("The settings could not be saved; the old ones still hold."),
        mark("Have the manager check the disk, then save again."),
    ),
    "TOO_MANY_SEARCHES": (
        mark("50 searches are saved already; this one was not saved."),
        mark("Type the name of one that is not needed and remove it first."),
    ),
    "SEARCHES_UNREADABLE": (
        mark("Not all saved searches can be read; their file is kept."),
        mark("Save the missing ones again, or have the manager look at the file."),
    ),
    "SEARCH_UNKNOWN": (
        mark("No saved search has this name."),
        mark("Type the name as it is in the list of searches."),
    ),
    "EXPORT_EXISTS": (
        mark("There is a file of that name already; it was left as it is."),
        mark("Choose another name."),
    ),
    "ENTRY_NOT_FOUND": (
        mark("No such entry is stored, or no longer."),
        mark("Look for it in the list of entries."),
    ),
    "FILE_NOT_WRITTEN": (
        mark("The file could not be written; no new file was made."),
        mark("See if the stick is in and not full, or choose another folder."),
    ),
    "VERSION_FILE_UNREACHABLE": (
        mark("The version file or its signature cannot be read."),
        mark("Have the manager check its address and the network."),
    ),
    "VERSION_FILE_UNTRUSTED": (
        mark(
            "The version file is not what was signed with the key in the settings; it is not used."
        ),
        mark("Have the manager sign it again, or correct the key (F12)."),
    ),
    "VERSION_FILE_NOT_UNDERSTOOD": (
        mark("The version file makes no sense; it is not used."),
        mark('It holds a line like: version = "1.2.0".'),
    ),
    **SHIFT_FAILURES,
    **MANAGER_FAILURES,
    **KEY_CHANGE_FAILURES,
    **BACKFILL_FAILURES,
    **DOOR_FAILURES,
    **CARE_FAILURES,
}

NEWER_PROGRAM = mark("Have the manager install {program} or newer; write the plates down.")
"""Action for `JOURNAL_NEWER` if the file has the version of the program that wrote it."""
