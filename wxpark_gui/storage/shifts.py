"""The book of people and shifts, in the journal's file and on the journal's connection."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from wxpark_gui.domain.errors import JournalWriteError
from wxpark_gui.domain.pin import PinHash, PinState
from wxpark_gui.domain.shift import NewShift, Shift
from wxpark_gui.domain.shift_errors import PersonAtWorkError, ShiftClosedError
from wxpark_gui.domain.shift_report import ShiftReport, summarise
from wxpark_gui.domain.shift_state import ShiftState
from wxpark_gui.service.ports import Clock
from wxpark_gui.storage import people, shift_log
from wxpark_gui.storage.database import reading, writing
from wxpark_gui.storage.rows import moment_text
from wxpark_gui.storage.shift_entries import newest_position, open_before, shift_entries
from wxpark_gui.storage.shift_rows import pin_values, report_text
from wxpark_gui.storage.tables import Tables

NOBODY = "-"
"""Name in the audit while nobody is signed in or the shift is locked."""


class SqliteShifts:
    """The `ShiftBook` port. Use it only on the journal's thread.

    Each change is one transaction. It includes a line in the audit, except for changes of the count
    of wrong PINs.
    """

    def __init__(
        self, tables: Tables, clock: Clock, archives: Path, *, follow_clock: Callable[[], None]
    ) -> None:
        """Keep the given parts.

        Args:
            archives: folder of the archived months.
            follow_clock: moves the open shift's times if the wall clock was set; may raise
                `JournalWriteError`.
        """
        self._follow_clock = follow_clock
        self._tables = tables
        self._connection = tables.connection
        self._clock = clock
        self._archives = archives

    def state(self) -> ShiftState:
        self._try_to_follow_clock()
        with reading():
            return self._state()

    def pin_state(self, person_id: str) -> PinState:
        with reading():
            return people.read_pin_state(self._tables, self._clock, person_id)

    def note_try(self, person_id: str) -> None:
        with writing(self._connection):
            people.count_try(self._tables, self._clock, person_id)

    def note_wrong_pin(self, person_id: str, now: datetime) -> None:
        with writing(self._connection):
            row = people.person_row(self._tables, person_id)
            detail = f"person={row['label']} failures={row['failures']}"
            self._tables.note("pin_wrong", detail, now)

    def forget_tries(self, person_id: str) -> None:
        with writing(self._connection):
            people.update_person(self._tables, person_id, {"failures": 0})

    def add_person(self, person_id: str, name: str, pin: PinHash, now: datetime) -> str:
        with writing(self._connection):
            label = people.insert_person(self._tables, person_id, name, pin, now)
            self._note("person_added", f"person={label}", now)
        return label

    def rename_person(self, person_id: str, name: str, now: datetime) -> None:
        with writing(self._connection):
            self._note("person_renamed", people.change_name(self._tables, person_id, name), now)

    def set_pin(self, person_id: str, pin: PinHash, now: datetime) -> None:
        with writing(self._connection):
            row = people.person_row(self._tables, person_id)
            people.update_person(self._tables, person_id, pin_values(pin))
            what = "pin_changed" if row["retired_at"] is None else "person_readded"
            self._note(what, f"person={row['label']}", now)

    def retire_person(self, person_id: str, now: datetime) -> None:
        with writing(self._connection):
            person = people.active_person(self._tables, person_id)
            shift = self._shift()
            if shift and person_id in (shift.main.person_id, shift.present.person_id):
                raise PersonAtWorkError
            people.update_person(self._tables, person_id, {"retired_at": moment_text(now)})
            self._note("person_retired", f"person={person.label}", now)

    def sign_in(self, new: NewShift, now: datetime) -> ShiftState:
        self._follow_clock()
        with writing(self._connection):
            person = people.active_person(self._tables, new.person_id)
            shift = self._shift()
            if shift is None:
                shift_log.insert_shift(self._tables, new, person, now)
                return self._state()
            if person != shift.present:
                shift_log.end_stint(self._tables, shift.shift_id, now)
                shift_log.begin_stint(self._tables, shift.shift_id, person, now)
            shift_log.update_shift(self._tables, shift.shift_id, {"locked": 0})
            detail = f"shift={shift.shift_id} by={person.label} was={shift.present.label}"
            self._tables.note("signed_in", detail, now)
            return self._state()

    def lock(self, now: datetime, why: str) -> ShiftState:
        self._follow_clock()
        with writing(self._connection):
            shift = self._shift()
            if shift is not None and not shift.is_locked:
                self._note("shift_locked", f"shift={shift.shift_id} why={why}", now)
                shift_log.update_shift(self._tables, shift.shift_id, {"locked": 1})
            return self._state()

    def report(self, now: datetime) -> ShiftReport:
        self._try_to_follow_clock()
        with reading():
            return self._report(shift_log.open_row(self._tables), now)

    def close(
        self, shift_id: str, message: str, now: datetime, successor: NewShift | None = None
    ) -> ShiftReport:
        self._follow_clock()
        with writing(self._connection):
            row = shift_log.open_row(self._tables)
            if row["shift_id"] != shift_id:
                raise ShiftClosedError
            now = max(now, shift_log.opened_at(row))
            shift = self._shift()
            closed_by = (shift.present.label if shift else "") or NOBODY
            shift_log.end_stint(self._tables, shift_id, now)
            report = self._report(row, now, closed_by)
            shift_log.update_shift(
                self._tables,
                shift_id,
                {
                    "closed_at": moment_text(now),
                    "closed_by": closed_by,
                    "last_position": newest_position(self._tables),
                    "report": report_text(report),
                    "message": message,
                },
            )
            counts = f"entered={report.summary.entered} carried={len(report.summary.carried)}"
            late = " late" if report.is_late else ""
            detail = f"shift={shift_id} by={closed_by} {counts}{late}"
            self._tables.note("shift_closed", detail, now)
            if successor is not None:
                person = people.active_person(self._tables, successor.person_id)
                shift_log.acknowledge_last(self._tables, person, now)
                shift_log.insert_shift(self._tables, successor, person, now)
            return shift_log.last_report(self._tables)

    def acknowledge(self, now: datetime) -> ShiftState:
        with writing(self._connection):
            shift = self._shift()
            if shift is not None:
                shift_log.acknowledge_last(self._tables, shift.present, now)
            return self._state()

    def _state(self) -> ShiftState:
        everyone = people.all_people(self._tables)
        shift = shift_log.open_shift(self._tables, everyone)
        return ShiftState(everyone, shift, shift_log.handed_over(self._tables))

    def _shift(self) -> Shift | None:
        return shift_log.open_shift(self._tables, people.all_people(self._tables))

    def _report(self, row: sqlite3.Row, now: datetime, closed_by: str = "") -> ShiftReport:
        """Return the report of the open shift up to `now`, without a message.

        Args:
            row: of the table `shifts`.
            closed_by: label of the person who closes it; empty for an X-reading.
        """
        after, last = row["after_position"], newest_position(self._tables)
        records = shift_entries(self._tables, self._clock, self._archives, after, last)
        shift = self._shift()
        opened_at = shift_log.opened_at(row)
        return ShiftReport(
            shift_id=row["shift_id"],
            number=row["shift"],
            lot=row["lot"],
            booth=row["booth"],
            main=shift.main.label if shift else "",
            opened_at=opened_at,
            # A change of the clock below the tolerance is not followed.
            until=max(now, opened_at),
            stints=shift_log.stints_of(self._tables, row["shift_id"]),
            summary=summarise(records, open_before(self._tables, after, now)),
            closed_by=closed_by,
        )

    def _try_to_follow_clock(self) -> None:
        # What only reads works on a full disk too.
        with contextlib.suppress(JournalWriteError):
            self._follow_clock()

    def _note(self, what: str, detail: str, now: datetime) -> None:
        """Add a line to the audit, with the label of the person signed in."""
        shift = self._shift()
        by = shift.stamp.attendant if shift else ""
        self._tables.note(what, f"{detail} by={by or NOBODY}", now)
