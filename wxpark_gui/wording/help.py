"""Texts of the menu, of the help and of the dialog about the program."""

from __future__ import annotations

from enum import Enum, unique

from wxpark_gui.wording.marking import mark


@unique
class HelpLabel(Enum):
    """The fixed texts of menu and help. Each value is the English text."""

    MENU = mark("Menu")
    HELP_MENU = mark("Menu of everything, for the mouse")
    GROUP_ENTRY = mark("This entry")
    GROUP_RECORDS = mark("Records")
    GROUP_SHIFT = mark("Shifts and people")
    GROUP_BOOTH = mark("Booth and display")
    GROUP_HELP = mark("Help")
    ENLARGE = mark("Larger text")
    REDUCE = mark("Smaller text")
    RESTORE_SCALE = mark("Text as drawn")
    DIAGNOSTICS = mark("Diagnostics for a support call")
    CRASH = mark("Report of the last failure")
    NO_CRASH = mark("No report of a failure")
    PASTE_CHINESE = mark("No Chinese input method found. Write it elsewhere and paste it: Ctrl V.")
    COLOURS = mark("Colours and what to do")
    FOOT = mark("PgUp and PgDn turn the pages")
    ASK = mark("Questions? Ask {contact}")
    SHEET_KEY = mark("As PDF  Ctrl P")
    DATA_FOLDER = mark("Data folder")
    SETTINGS_FILE = mark("Settings file")
    LOG_FOLDER = mark("Log folder")
    COPY_ALL = mark("Copy all for a support call")
    SHEET_TITLE = mark("Colours and keys")
    SHEET_SAVING = mark("Being written …")
    SHEET_SAVED = mark("Saved, to be printed: {path}")
    HELP_SHEET = mark("Sheet of colours and keys to print")
