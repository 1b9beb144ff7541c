"""The texts of the history window."""

from __future__ import annotations

from enum import Enum, unique

from wxpark_gui.wording.marking import mark


@unique
class HistoryLabel(Enum):
    """The fixed texts of the history window. Each value is the English text."""

    TITLE = mark("History")
    HELP = mark("History: find, send again, correct")
    PLATE_EMPTY = mark("Plate or part of it")
    MATCH = mark("Match")
    CONTAINS = mark("contains")
    PREFIX = mark("begins with")
    EXACT = mark("whole plate")
    LOOKALIKE = mark("look-alikes")
    PERIOD = mark("Days")
    ANY_DAY = mark("Any day")
    TODAY = mark("Today")
    YESTERDAY = mark("Yesterday")
    WEEK = mark("Last 7 days")
    MONTH = mark("Last 30 days")
    CHOSEN = mark("Chosen days")
    ANY_VERDICT = mark("Any verdict")
    MORE = mark("More …")
    MORE_SET = mark("More · {count}")
    MORE_TITLE = mark("More conditions")
    SEARCHES = mark("Searches")
    ALL_ENTRIES = mark("All entries")
    TODAYS_ENTRIES = mark("Entries of today")
    WAITING = mark("Waiting to be sent")
    ARREARS = mark("In arrears, 30 days")
    OWN_SEARCH = mark("This search")
    DELIVERY = mark("Delivery")
    ANY_DELIVERY = mark("Any delivery")
    ATTENDANT = mark("Attendant")
    ANY_ATTENDANT = mark("Any attendant")
    LOT = mark("Car park")
    ANY_LOT = mark("Any car park")
    KIND = mark("Kind")
    ANY_KIND = mark("Any kind")
    LIVE = mark("Live")
    TRAINING = mark("Training")
    BACKFILLED = mark("From paper")
    FIRST_DAY = mark("From")
    LAST_DAY = mark("To")
    DAY_EXAMPLE = mark("e.g. 2026-12-31")
    SEARCH_NAME = mark("Name of this search")
    SAVE_SEARCH = mark("Save search")
    REMOVE_SEARCH = mark("Remove search")
    RESET = mark("Reset all")
    COUNT = mark("{count} entries")
    COUNT_MORE = mark("{count} entries listed, more below")
    SEARCHING = mark("Searching … {count} found")
    STOPPED = mark("Stopped. {count} found")
    STOP = mark("Stop  Esc")
    GO_ON = mark("Go on")
    SHOW_NEW = mark("Show {count} new  F3")
    NOTHING_FOUND = mark("Nothing found")
    WIDEN = mark("Type fewer characters, or choose more days.")
    SKIPPED = mark("Cannot be read: {name}. All other months are shown.")
    INCOMPLETE = mark("Cannot be read: {name}. What was sent and done may be incomplete here.")
    RESEND = mark("Send again  F5")
    CORRECT = mark("Correct  F8")
    VOID = mark("Void  Shift F2")
    EXPORT = mark("Export")
    SENDING = mark("{plate} is being sent.")
    SELECT_ROW = mark("Select a row to see all about it.")
    GONE = mark("This entry is no longer stored.")
    REMARKS = mark("Remarks")
    EXCHANGES = mark("Exchanges")
    AUDIT = mark("Audit")
    CUT_OFF = mark("cut off")
    NO_AUDIT = mark("No changes")
    VOID_REASON = mark("Reason: {reason}")
    ENTERED_AT = mark("Entry: {time}")
    BY_ATTENDANT = mark("Attendant: {name}")
    ARCHIVED = mark("Archive {name}")


AUDIT_EVENTS = {
    "voided": mark("taken back"),
    "backfilled": mark("typed from paper"),
    "expired": mark("given up, too old"),
    "cut_off": mark("sending was cut off"),
    "entry_resent": mark("sent again"),
    "entry_corrected": mark("corrected"),
    "entry_reopened": mark("correction taken back, counts again"),
    "reply_not_trusted": mark("reply not trusted"),
    "account_held": mark("merchant held back"),
    "approved": mark("approved by a manager"),
    "manager_pin_wrong": mark("manager's PIN was wrong"),
    "restored": mark("backup restored"),
    "start_time_corrected": mark("entry time set right"),
}
"""Texts for the values of `AuditNote.what`; any other value is shown unchanged."""
