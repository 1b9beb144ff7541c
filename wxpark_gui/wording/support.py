"""Texts of the dialogs for a support call."""

from __future__ import annotations

from enum import Enum, unique

from wxpark_gui.wording.marking import mark


@unique
class SupportLabel(Enum):
    """The fixed texts of the dialogs for a support call. Each value is the English text."""

    HELP = mark("Check this booth; save diagnostics")
    CHECK_TITLE = mark("Check this booth")
    CHECKING = mark("Checking: {count} without a result yet")
    ALL_GOOD = mark("Everything is good.")
    CHECKED = mark("Problems: {bad}. Warnings: {warnings}.")
    CHECK_CANCELLED = mark("Cancelled: {count} without a result.")
    WAITING = mark("{subject}: checking …")
    CHECK_AGAIN = mark("Check again")
    COPY = mark("Copy")
    COPIED = mark("Copied.")
    OPEN_DIAGNOSTICS = mark("Diagnostics …")
    DIAGNOSTICS_TITLE = mark("Save diagnostics")
    DIAGNOSTICS_NOTE = mark(
        "For a support call. Keys are not in it, plates are masked, and nothing is sent."
        " Read it here, then save it."
    )
    COLLECTING = mark("Collecting; this takes up to half a minute …")
    FILES = mark("Files of the diagnostics")
    CONTENT = mark("Content of {name}")
    FILE_SIZE = mark("{size} KB · {name}")
    ONLY_THE_END = mark("The end of the file; the ZIP file has {size} KB of it.")
    SAVED = mark("Saved in {name}. Nothing was sent.")
    FILE_NAME = mark("diagnostics-{day}")
    CRASH_TITLE = mark("Crash report")
    CRASHED = mark("The program failed. What was saved is safe.")
    CRASHED_BEFORE = mark("The program failed last time. What was saved is safe.")
    CRASH_NOTE = mark(
        "This report is on this computer only; nothing is sent. Copy it for a support call."
    )
    RESTART_NOTE = mark("Restart when no car waits.")
    REPORT = mark("Report")
    RESTART = mark("Restart")
