"""Attendants and the shifts they work."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from wxpark_gui.domain.shift_errors import NameFormatError
from wxpark_gui.domain.stamp import Stamp

NAME_LENGTH = 12
"""Longest name of a person, in characters."""

MESSAGE_LENGTH = 200
"""Longest message for the next shift, in characters."""

OVERDUE_AFTER = timedelta(hours=16)
"""Length from which on a shift is overdue: closing it was probably forgotten."""


@dataclass(frozen=True, slots=True)
class Person:
    """An attendant or a manager.

    Attributes:
        person_id: UUID, 36 characters.
        name: as returned by `read_name`; several people may have the same.
        label: the name, with a number if another person has that name; unique, and stored with
            entries.
        is_retired: True if the person can no longer sign in; the person stays in the records.
    """

    person_id: str
    name: str
    label: str
    is_retired: bool = False


@dataclass(frozen=True, slots=True)
class Stint:
    """Time that one person was signed in during a shift.

    Attributes:
        label: label of the person at that time.
        began_at, ended_at: aware; `ended_at` is None while the person is signed in.
    """

    label: str
    began_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Shift:
    """The open shift.

    Attributes:
        shift_id: UUID, 36 characters.
        number: counter of the booth, from 1.
        opened_at: aware.
        main: the person that the shift was opened for.
        present: the person who signed in last: `main`, or a relief, which is another person.
        is_locked: True from locking to the next sign-in; entries then have no attendant.
    """

    shift_id: str
    number: int
    opened_at: datetime
    main: Person
    present: Person
    is_locked: bool = False

    @property
    def is_relief(self) -> bool:
        """True while another person than the shift's own is signed in."""
        return self.present.person_id != self.main.person_id

    @property
    def stamp(self) -> Stamp:
        return Stamp(self.shift_id, "" if self.is_locked else self.present.label)

    def is_overdue(self, now: datetime) -> bool:
        """Test if the shift has been open for `OVERDUE_AFTER` or longer."""
        return now - self.opened_at >= OVERDUE_AFTER


@dataclass(frozen=True, slots=True)
class NewShift:
    """A shift that is not on disk yet.

    Attributes:
        shift_id: UUID, 36 characters.
        person_id: UUID of the person that it is opened for.
        lot, booth: names of car park and booth.
    """

    shift_id: str
    person_id: str
    lot: str
    booth: str


def read_name(typed: str) -> str:
    """Convert typed text to a person's name: strip it, and replace runs of white space by a blank.

    Raises:
        NameFormatError: it is empty, longer than `NAME_LENGTH`, or not printable.
    """
    name = " ".join(typed.split())
    if not name or len(name) > NAME_LENGTH or not name.isprintable():
        raise NameFormatError
    return name


def free_label(name: str, taken: Collection[str]) -> str:
    """Return `name`; if that is in `taken`, append the smallest free number from 2 on."""
    if name not in taken:
        return name
    number = 2
    while f"{name} {number}" in taken:
        number += 1
    return f"{name} {number}"


def read_message(typed: str) -> str:
    """Return typed text as a message of one line, cut to `MESSAGE_LENGTH` characters."""
    line = " ".join("".join(c if c.isprintable() else " " for c in typed).split())
    return line[:MESSAGE_LENGTH]
