"""Types rows from paper for the tour: answered, waiting, too old and repeated ones."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from wxpark_gui.domain.backfill import PaperNumber
from wxpark_gui.domain.entry import BEIJING
from wxpark_gui.training.booth import TRAINING_PREFIX
from wxpark_gui.ui.backfill.window import BackfillWindow

_ROWS = (
    ("66601", timedelta(hours=31)),
    ("12345", timedelta(hours=3, minutes=20)),
    ("8K9Z2", timedelta(hours=3, minutes=12)),
    ("4K804", timedelta(hours=2, minutes=55)),
    ("F49883", timedelta(hours=2, minutes=31)),
)
_REPEATED = ("90207", timedelta(hours=2))


def type_paper(window: BackfillWindow, sheet: int, *, repeated: bool) -> None:
    """Type the rows of a sheet, or if `repeated` one row with a number that was used."""
    if repeated:
        _repeat_row(window, sheet)
    else:
        _type_rows(window, sheet)


def _type_rows(window: BackfillWindow, sheet: int) -> None:
    """Submit the rows of a sheet, and fill in the next one without submitting it."""
    for row, (plate, ago) in enumerate(_ROWS, start=1):
        _fill(window, plate, ago, PaperNumber(sheet, row))
        window.form.submitted.emit()
    _fill(window, "5560", timedelta(hours=2, minutes=8), PaperNumber(sheet, len(_ROWS) + 1))


def _repeat_row(window: BackfillWindow, sheet: int) -> None:
    """Submit another plate under a number of the sheet that was used before."""
    _fill(window, *_REPEATED, PaperNumber(sheet, 1))
    window.form.submitted.emit()


def _fill(window: BackfillWindow, plate: str, ago: timedelta, number: PaperNumber) -> None:
    moment = (datetime.now(timezone.utc) - ago).astimezone(BEIJING)
    form = window.form
    form.fill(f"{TRAINING_PREFIX}{plate}", number.text, moment.strftime("%Y-%m-%d %H:%M"), None)
    # With the plate focused, Enter only leads to the time.
    form.time.entry.setFocus()
    window.flow.changed.emit()
