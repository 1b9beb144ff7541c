"""Reads the fields of a row from paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wxpark_gui.domain.backfill import PaperNumber, is_too_old, read_paper_number
from wxpark_gui.domain.entry import EntryDraft, check_plate
from wxpark_gui.domain.errors import FieldError, InvalidInputError
from wxpark_gui.domain.plate import read_plate
from wxpark_gui.ui.backfill.form import PaperForm
from wxpark_gui.ui.backfill.paper_time import PaperDay, read_paper_time
from wxpark_gui.wording import BackfillLabel, Wording
from wxpark_gui.wording.shifts import since


@dataclass(frozen=True, slots=True)
class TypedRow:
    """A row as read from the fields; `written` is the text of the time field."""

    draft: EntryDraft
    number: PaperNumber | None
    written: str


def read_row(form: PaperForm, now: datetime, run: PaperDay, *, plate_only: bool) -> TypedRow:
    """Read the fields; with `plate_only`, do not read the time.

    Raises:
        InvalidInputError: one error for each invalid field.
    """
    text, number_text, written = form.content
    errors: list[FieldError] = []
    if plate_error := check_plate(read_plate(text), required=True):
        errors.append(plate_error)
    number, moment = None, None
    try:
        number = read_paper_number(number_text)
    except InvalidInputError as error:
        errors += error.errors
    if not plate_only:
        try:
            moment = read_paper_time(written, now, run)
        except InvalidInputError as error:
            errors += error.errors
    if errors:
        raise InvalidInputError(errors)
    draft = EntryDraft(text, car_type=form.car_type.value, start_time=moment)
    return TypedRow(draft, number, written)


def time_meaning(
    written: str, now: datetime, run: PaperDay, limit_hours: int, wording: Wording
) -> str:
    """Return the sentence under the time field: the time read, or the day of the next rows.

    It is empty for an invalid time, and for an empty one if `run` has no day.

    Args:
        limit_hours: age in hours from which an entry is saved but not sent.
    """
    try:
        moment = read_paper_time(written, now, run)
    except InvalidInputError:
        if run.day is None or written.strip():
            return ""
        return wording.label(BackfillLabel.DAY, day=run.day.strftime("%m-%d"))
    time = since(moment, now)
    if is_too_old(moment, now, limit_hours):
        return wording.label(BackfillLabel.MEANS_LATE, time=time, hours=limit_hours)
    return wording.label(BackfillLabel.MEANS, time=time)
