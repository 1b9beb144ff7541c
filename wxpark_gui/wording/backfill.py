"""Texts about entries from paper: window, printed sheet, marks and failures."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, unique
from typing import TYPE_CHECKING

from wxpark_gui.wording.marking import mark
from wxpark_gui.wording.shifts import since

if TYPE_CHECKING:
    from wxpark_gui.domain.backfill import BackfillRepeatedError
    from wxpark_gui.domain.record import EntryRecord

BACKFILL_FAILURES = {
    "BACKFILL_REPEATED": (
        mark("This row was typed before; it was not saved."),
        mark("Compare number, plate and time with the paper."),
    ),
    "BACKFILL_TOO_OLD": (
        mark("From paper, older than {limit} hours: it is not sent."),
        mark("The manager sets the limit (F12)."),
    ),
}
"""Message and action of each failure, by its code."""


@unique
class BackfillLabel(Enum):
    """The fixed texts about entries from paper. Each value is the English text."""

    TITLE = mark("Back-fill from paper")
    KEY = mark("Back-fill")
    HELP = mark("Back-fill from paper; print sheets")
    MARK = mark("From paper")
    ENTERED = mark("From paper, entered {time}")
    WITHHELD = mark("From paper, {hours} h late, not sent")
    LATE = mark("{hours} h late, not sent")
    NUMBER = mark("No. on paper")
    NUMBER_EMPTY = mark("may stay empty")
    TIME = mark("Time on paper")
    TIME_EMPTY = mark("0812 or 11-28 0812")
    MEANS = mark("Entered {time}")
    MEANS_LATE = mark("Entered {time}: over {hours} h ago, saved but not sent")
    DAY = mark("Next rows: {day}")
    SAVE = mark("Save  Enter")
    SAVING = mark("Being saved …")
    NOT_SAVED = mark("Not saved")
    REPEATED = mark("Typed before, not saved")
    NUMBER_USED = mark("No. {number} was typed before.")
    PLATE_NEAR = mark("{plate} is recorded at {time} already.")
    ASK_AGAIN = mark("{reason} Enter again saves it all the same.")
    LEFT = mark("{plate} was not saved: {reason} F8 brings it back into the fields.")
    UNUSUAL = mark("Unusual format. Press Enter once more to save it.")
    CORRECT = mark("Correct  F8")
    VOID = mark("Void  F2")
    CLOSE = mark("Close  Esc")
    CORRECTING = mark("Correct {plate} and press Enter. Esc leaves it as it is.")
    UNCHANGED = mark("Nothing was changed; {plate} stays as it was.")
    NO_ROW = mark("No row yet.")
    STILL_SAVING = mark("{plate} is still being saved. Try again in a moment.")
    NOT_CORRECTED = mark("{plate} was voided or replaced.")
    VOID_REASON = mark("Typed wrongly from paper")
    COUNT = mark("{saved} saved")
    COUNT_UNSAVED = mark("{saved} saved, {unsaved} not saved")
    ROWS = mark("Rows typed")
    COLUMN_NUMBER = mark("No.")
    COLUMN_TIME = mark("Time")
    COLUMN_PLATE = mark("Plate")
    COLUMN_STATE = mark("State")
    SHEETS = mark("{count} sheets to print  Ctrl P")
    SHEETS_MADE = mark("Being written …")
    SHEETS_SAVED = mark("Sheets saved, to be printed: {path}")
    SHEETS_FILE = mark("Entry sheets {first}-{last}")
    SHEET_TITLE = mark("Entries on paper")
    SHEET_NUMBER = mark("Sheet {number}")
    SHEET_PLACE = mark("Car park and booth")
    SHEET_DATE = mark("Date")
    SHEET_WRITER = mark("Written by")
    SHEET_TYPIST = mark("Typed by, on")
    SHEET_HELP = mark(
        "While the computer is down, write down each car. Later type the rows: Shift F8."
    )
    SHEET_COLOUR = mark("Colour")
    SHEET_COLOURS = mark("□ blue  □ green  □ yellow")
    SHEET_KIND = mark("Car")
    SHEET_KINDS = mark("□ small  □ large")
    SHEET_NOTE = mark("Note")


class BackfillWords:
    """The sentences about entries from paper, in one language."""

    def __init__(self, translate: Callable[[str], str]) -> None:
        self._translate = translate

    def label(self, label: BackfillLabel, **values: object) -> str:
        """Return a fixed text; `values` fill its placeholders."""
        return self._translate(label.value).format(**values)

    def mark(self, record: EntryRecord) -> str:
        """Return the mark of an entry from paper, with the hours late if it was too old to send.

        It is empty for a live entry.
        """
        if not record.backfilled:
            return ""
        if record.was_withheld:
            return self.label(BackfillLabel.WITHHELD, hours=record.hours_late)
        return self.label(BackfillLabel.MARK)

    def remark(self, record: EntryRecord) -> str:
        """Return the mark of an entry from paper with its entry time; empty for a live entry.

        For an entry that was too old to send it is the same as `mark`.
        """
        if not record.backfilled or record.was_withheld:
            return self.mark(record)
        time = since(record.entry.start_time, record.saved_at)
        return self.label(BackfillLabel.ENTERED, time=time)

    def state(self, record: EntryRecord) -> str:
        """Return the state of an entry from paper that was too old to send, with its hours late."""
        return self.label(BackfillLabel.LATE, hours=record.hours_late)

    def states(self) -> tuple[str, ...]:
        """Return the states that only rows from paper have, for the width of their column."""
        late = self.label(BackfillLabel.LATE, hours=999)
        labels = (BackfillLabel.SAVING, BackfillLabel.NOT_SAVED, BackfillLabel.REPEATED)
        return (late, *map(self.label, labels))

    def repeated(self, error: BackfillRepeatedError, plate: str) -> str:
        """Return a sentence each about the number and the plate that were typed before."""
        parts = []
        if error.number:
            parts.append(self.label(BackfillLabel.NUMBER_USED, number=error.number))
        if error.entered_at is not None:
            time = since(error.entered_at, error.entered_at)
            parts.append(self.label(BackfillLabel.PLATE_NEAR, plate=plate, time=time))
        return " ".join(parts)
