"""Texts about shifts and attendants: window, PDF report and failures."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import Enum, unique
from typing import TYPE_CHECKING

from wxpark_gui.domain.entry import BEIJING
from wxpark_gui.wording.marking import mark

if TYPE_CHECKING:
    from wxpark_gui.domain.shift_report import ShiftItem, ShiftReport, ShiftSummary
    from wxpark_gui.domain.shift_state import ShiftState

SHIFT_FAILURES = {
    "PIN_FORMAT": (mark("A PIN is 4 to 8 digits."), mark("Type it again.")),
    "WRONG_PIN": (mark("Wrong PIN."), mark("Try again.")),
    "PIN_WAIT": (
        mark("Too many wrong PINs."),
        mark("Wait a little, or have the manager set a new one."),
    ),
    "NAME_FORMAT": (mark("A name is 1 to 12 characters."), mark("Type it anew.")),
    "PERSON_UNKNOWN": (
        mark("This person can no longer sign in."),
        mark("Have the manager set a new PIN."),
    ),
    "PERSON_AT_WORK": (
        mark("This person works the present shift."),
        mark("Hand over first, then retire the person."),
    ),
    "SHIFT_CLOSED": (
        mark("This shift was closed already."),
        mark("Close this window and open it again."),
    ),
    "DOCUMENT_NOT_SAVED": (
        mark("The PDF could not be saved: the folder cannot be written or is full."),
        mark("Nothing is lost; save it again later."),
    ),
}
"""Message and action of each failure, by `ReadableError.code`."""


@unique
class ShiftLabel(Enum):
    """The fixed texts about shifts. Each value is the English text."""

    TITLE = mark("Shift change")
    SIGN_IN_TITLE = mark("Sign in")
    SIGN_IN = mark("Sign in  Enter")
    SWITCH_TITLE = mark("Relief: who takes over for now?")
    PERSON = mark("Name: press its number")
    PIN = mark("PIN")
    PIN_AGAIN = mark("PIN again")
    PIN_HINT = mark("4 to 8 digits")
    NAME = mark("Name")
    NAME_HINT = mark("1 to 12 characters")
    NO_PEOPLE_TITLE = mark("No attendants yet")
    NO_PEOPLE = mark(
        "Entries work without signing in. With names, each entry tells who made it,"
        " and a shift is handed over with its sums."
    )
    FIRST_PERSON = mark("Add the first one  Enter")
    LOCKED_NOTE = mark("Locked: {name}. Entries are taken, without a name.")
    OVERDUE_NOTE = mark("The shift of {name} since {time} was never handed over. Close it now.")
    PENDING_NOTE = mark("The last shift left a hand-over for you.")
    PEOPLE = mark("People")
    CLOSE = mark("Close  Esc")
    BACK = mark("Go back  Esc")
    LOCK = mark("1 Lock")
    SWITCH = mark("2 Relief")
    HAND_OVER = mark("3 Hand over")
    SAVE_PDF = mark("4 Save PDF")
    PDF_SAVED = mark("PDF saved: {path}")
    WORKING = mark("One moment …")
    READING = mark("X-reading at {time}")
    HAND_OVER_TITLE = mark("Hand over")
    MESSAGE = mark("For the next shift (may stay empty)")
    SUCCESSOR = mark("The next one has read this and types the PIN")
    HAND_OVER_NOW = mark("Hand over  Enter")
    NOBODY_FOLLOWS = mark("Nobody follows")
    NOBODY_CONFIRM = mark("Nobody takes over now? Press it again to close the shift.")
    CLOSED_TITLE = mark("{name} has handed over")
    CLOSED_TO = mark("{name} has handed over to {next}")
    ACKNOWLEDGE = mark("Read, taken over  Enter")
    FINISH = mark("Done  Enter")
    MESSAGE_OF = mark("Message: {message}")
    LATE = mark("Handed over late")
    CARRIED = mark("Not sent yet, carried over: {count}")
    CARRIED_NONE = mark("Everything is sent; nothing is carried over.")
    OWING_LIST = mark("Owing: {count}")
    FAILED_LIST = mark("Not accepted: {count}")
    VOIDED_LIST = mark("Voided: {count}")
    CORRECTED_LIST = mark("Corrected: {count}")
    MORE = mark("{count} more; the PDF has all.")
    EARLIER = mark("from an earlier shift")
    WAS = mark("was {plate}")
    UNSIGNED = mark("nobody signed in")
    BY_PERSON = mark("Entries by person")
    ENTERED = mark("Entries made")
    CARS = mark("Cars")
    ANSWERED = mark("Answered")
    NORMAL = mark("Normal")
    OWING = mark("Owing")
    OTHER = mark("Other answers")
    WAITING = mark("Not sent")
    FAILED = mark("Not accepted")
    VOIDED = mark("Voided")
    CORRECTED = mark("Corrected")
    RESENT = mark("Sent twice")
    BACKFILLED = mark("From paper")
    ADD = mark("New")
    RENAME = mark("Rename")
    NEW_PIN = mark("New PIN")
    RETIRE = mark("Retire")
    SAVE = mark("Save  Enter")
    RETIRED = mark("{name} (retired)")
    PINS_DIFFER = mark("The two PINs differ.")
    CHOOSE_PERSON = mark("Choose a person first.")
    PERSON_SAVED = mark("Saved: {name}.")
    PERSON_NUMBERED = mark("There is a {name} already; this one is called {other}.")
    NEW_PIN_NOTE = mark("For a forgotten PIN. A retired person can sign in again.")
    RETIRE_NOTE = mark("Can no longer sign in; stays in the records.")
    HEADER = mark("{name} (since {time})")
    HEADER_RELIEF = mark("{name} for {main} (since {time})")
    HEADER_LOCKED = mark("{name}: locked  F10")
    HEADER_OVERDUE = mark("{name} since {time}: not handed over  F10")
    HEADER_NOBODY = mark("Not signed in  F10")
    HEADER_CHANGING = mark("Saving the shift…")
    REPORT_READING = mark("Shift · X-reading")
    REPORT_CLOSING = mark("Shift · hand-over")
    REPORT_TRAINING = mark("Training: not a real record")
    REPORT_NUMBER = mark("No. {number}")
    REPORT_PLACE = mark("Place")
    REPORT_TIME = mark("Time")
    REPORT_MAIN = mark("On duty")
    REPORT_STINTS = mark("At work")
    REPORT_CLOSED_BY = mark("Closed by")
    REPORT_ACKNOWLEDGED = mark("Taken over by")
    REPORT_MESSAGE = mark("For the next shift")
    REPORT_NO_MESSAGE = mark("None")
    REPORT_SUMS = mark("Sums")
    REPORT_PAGE = mark("Page {page} of {pages}")
    REPORT_SIGNED_BY = mark("Handed over (signature)")
    REPORT_TAKEN_BY = mark("Taken over (signature)")
    FILE_READING = mark("X-reading {day} {name}")
    FILE_CLOSING = mark("Hand-over {day} {name}")
    WAIT_SECONDS = mark("Too many wrong PINs. Try again in {seconds} s.")


class ShiftWords:
    """The sentences about shifts, in one language."""

    def __init__(self, translate: Callable[[str], str]) -> None:
        self._translate = translate

    def label(self, label: ShiftLabel, **values: object) -> str:
        """Return a fixed text; `values` fill its placeholders."""
        return self._translate(label.value).format(**values)

    def wait(self, seconds: int) -> str:
        """Return the message after too many wrong PINs, with the seconds to wait."""
        return self.label(ShiftLabel.WAIT_SECONDS, seconds=seconds)

    def header(self, state: ShiftState, now: datetime, *, is_changing: bool = False) -> str:
        """Return the text of the window's header: attendant and start of the shift, or its state.

        The states are overdue, locked and nobody signed in. Without active people the text is
        empty.

        Args:
            is_changing: True while another attendant or state is being saved.
        """
        shift = state.shift
        if is_changing and (shift or state.active):
            return self.label(ShiftLabel.HEADER_CHANGING)
        if shift is None:
            return self.label(ShiftLabel.HEADER_NOBODY) if state.active else ""
        values = {
            "name": shift.present.label,
            "main": shift.main.label,
            "time": since(shift.opened_at, now),
        }
        if shift.is_overdue(now):
            return self.label(ShiftLabel.HEADER_OVERDUE, **values | {"name": shift.main.label})
        if shift.is_locked:
            return self.label(ShiftLabel.HEADER_LOCKED, **values)
        label = ShiftLabel.HEADER_RELIEF if shift.is_relief else ShiftLabel.HEADER
        return self.label(label, **values)

    def sums(self, summary: ShiftSummary) -> list[tuple[str, int]]:
        """Return name and value of each sum, in the order of the report."""
        return [
            (self.label(label), number)
            for label, number in (
                (ShiftLabel.CARS, summary.cars),
                (ShiftLabel.ENTERED, summary.entered),
                (ShiftLabel.ANSWERED, summary.answered),
                (ShiftLabel.NORMAL, summary.normal),
                (ShiftLabel.OWING, summary.owing),
                (ShiftLabel.OTHER, summary.other),
                (ShiftLabel.WAITING, summary.waiting),
                (ShiftLabel.FAILED, summary.failed),
                (ShiftLabel.VOIDED, summary.voided),
                (ShiftLabel.CORRECTED, summary.corrected),
                (ShiftLabel.RESENT, summary.resent),
                (ShiftLabel.BACKFILLED, summary.backfilled),
            )
        ]

    def people(self, summary: ShiftSummary) -> list[tuple[str, int]]:
        """Return the name and the number of entries of each person.

        Entries made while nobody was signed in come last, if there are any.
        """
        unsigned = [(self.label(ShiftLabel.UNSIGNED), summary.unsigned)] if summary.unsigned else []
        return [*summary.by_person, *unsigned]

    def lists(self, summary: ShiftSummary) -> list[tuple[str, tuple[ShiftItem, ...]]]:
        """Return heading and entries of each list that is not empty."""
        return [
            (self.label(label, count=len(items)), items)
            for label, items in (
                (ShiftLabel.CARRIED, summary.carried),
                (ShiftLabel.OWING_LIST, summary.owing_list),
                (ShiftLabel.FAILED_LIST, summary.failed_list),
                (ShiftLabel.VOIDED_LIST, summary.voided_list),
                (ShiftLabel.CORRECTED_LIST, summary.corrected_list),
            )
            if items
        ]

    def item(self, item: ShiftItem, until: datetime) -> tuple[str, str, str]:
        """Return plate, entry time and remark of an entry listed in a report made at `until`."""
        remarks = [item.attendant or self.label(ShiftLabel.UNSIGNED)]
        if item.was:
            remarks.append(self.label(ShiftLabel.WAS, plate=item.was))
        if item.is_earlier:
            remarks.append(self.label(ShiftLabel.EARLIER))
        return item.label, since(item.entered_at, until), " · ".join(remarks)

    def closed_title(self, report: ShiftReport) -> str:
        """Return the heading for a closed shift: who handed it over and, if known, to whom."""
        if report.acknowledged_by:
            return self.label(
                ShiftLabel.CLOSED_TO, name=report.closed_by, next=report.acknowledged_by
            )
        return self.label(ShiftLabel.CLOSED_TITLE, name=report.closed_by)

    def file_name(self, report: ShiftReport) -> str:
        """Return the name of the PDF file: kind, Beijing time `YYYY-MM-DD HHMM`, main attendant."""
        label = ShiftLabel.FILE_CLOSING if report.is_closed else ShiftLabel.FILE_READING
        day = report.until.astimezone(BEIJING).strftime("%Y-%m-%d %H%M")
        return f"{self.label(label, day=day, name=report.main)}.pdf"


def since(moment: datetime, now: datetime) -> str:
    """Return the Beijing time as `08:00`, or as `03-15 08:00` on another day than `now`."""
    there, here = moment.astimezone(BEIJING), now.astimezone(BEIJING)
    return there.strftime("%H:%M" if there.date() == here.date() else "%m-%d %H:%M")


def full_time(moment: datetime) -> str:
    """Return the Beijing time with its date, such as `2026-03-15 08:00`."""
    return moment.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M")
