"""Stops of the tour with attendants: header, sign-in, X-reading, hand-over, an overdue shift."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

from wxpark_gui.controllers import Controllers
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.domain.shift import Person, Shift, Stint
from wxpark_gui.domain.shift_report import ShiftItem, ShiftReport, ShiftSummary
from wxpark_gui.domain.shift_state import ShiftState

_PEOPLE = tuple(Person(name, name, name) for name in ("李师傅", "王师傅", "陈小明"))
_HOURS = timedelta(hours=3, minutes=42)
_DAY = timedelta(days=1)
_ID = "00000000-0000-4000-8000-000000000001"
_MESSAGE = "2号道闸抬得慢，已报修。"


def attendant(booth: Controllers, _last: EntryRecord) -> None:
    """Show the first attendant who signed in 3 h 42 min ago."""
    booth.shifts.note_state(_at_work(_now() - _HOURS))


def signed_out(booth: Controllers, _last: EntryRecord) -> None:
    """Show a booth with attendants, none of them signed in."""
    booth.shifts.note_state(ShiftState(_PEOPLE))


def overdue(booth: Controllers, _last: EntryRecord) -> None:
    """Show a locked shift that was opened a day ago and never closed."""
    state = _at_work(_now() - _DAY)
    locked = replace(state.shift, is_locked=True) if state.shift else None
    booth.shifts.note_state(replace(state, shift=locked))


def reading(booth: Controllers, last: EntryRecord) -> None:
    """Sign the first attendant in and show an X-reading."""
    attendant(booth, last)
    booth.shifts.reported.emit(_report(last))


def handed_over(booth: Controllers, last: EntryRecord) -> None:
    """Sign the first attendant in and show a hand-over to the second."""
    attendant(booth, last)
    names = [person.label for person in _PEOPLE]
    closing = replace(_report(last), closed_by=names[0], acknowledged_by=names[1], message=_MESSAGE)
    booth.shifts.handedOver.emit(closing)


def nobody(booth: Controllers) -> None:
    """Undo the events of these stops: no attendants and no shift."""
    booth.shifts.note_state(ShiftState())


def _now() -> datetime:
    return datetime.now(timezone.utc)


def _at_work(opened_at: datetime) -> ShiftState:
    first = _PEOPLE[0]
    return ShiftState(_PEOPLE, Shift(_ID, 37, opened_at, first, first))


def _report(last: EntryRecord) -> ShiftReport:
    until = _now()
    first, second, _ = (person.label for person in _PEOPLE)
    waiting = [
        ShiftItem("1", last.entry.label, until - timedelta(hours=5), second, is_earlier=True),
        ShiftItem("2", last.entry.label, until - timedelta(minutes=18), first),
        ShiftItem("3", last.entry.label, until - timedelta(minutes=9), first),
    ]
    summary = ShiftSummary(
        entered=212,
        cars=209,
        normal=180,
        owing=12,
        other=13,
        waiting=2,
        failed=3,
        voided=2,
        corrected=1,
        resent=1,
        unsigned=4,
        by_person=((first, 150), (second, 58)),
        carried=tuple(waiting),
    )
    opened_at = until - _HOURS
    return ShiftReport(
        shift_id=_ID,
        number=37,
        lot=last.origin.lot,
        booth=last.origin.booth,
        main=first,
        opened_at=opened_at,
        until=until,
        stints=(Stint(first, opened_at),),
        summary=summary,
    )
