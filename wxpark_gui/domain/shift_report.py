"""The sum of a shift: one computation for the X-reading in mid-shift and for the closing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.record import EntryRecord, Link
from wxpark_gui.domain.shift import OVERDUE_AFTER, Person, Shift, Stint
from wxpark_gui.domain.verdict import UserState


@dataclass(frozen=True, slots=True)
class ShiftItem:
    """One entry in a list of a report.

    Attributes:
        label: plate, or bay number of an entry without one.
        entered_at: entry time, aware.
        attendant: label of the person; empty for none.
        was: label of the entry that this one corrected; empty for none or an unknown one.
        is_earlier: True for an entry that an earlier shift left open.
    """

    entry_id: str
    label: str
    entered_at: datetime
    attendant: str
    was: str = ""
    is_earlier: bool = False


@dataclass(frozen=True, slots=True)
class ShiftSummary:
    """Sums and lists of a shift's entries.

    `entered` is `answered + waiting + failed + voided`; `answered` is `normal + owing + other`; the
    numbers of `by_person` and `unsigned` add up to `entered` too.

    Attributes:
        entered: entries saved.
        cars: entries neither voided nor replaced.
        normal, owing, other: answered entries by the owner's state.
        waiting: entries of this shift that are open.
        failed: entries refused, untrusted or expired.
        voided, corrected, resent: `corrected` and `resent` count the new entries.
        unsigned: entries made while nobody was signed in.
        by_person: label and number of entries of each person, most entries first.
        carried: open entries of this shift and of earlier ones, which the next shift takes over.
        owing_list, failed_list, voided_list, corrected_list: the entries themselves.
    """

    entered: int = 0
    cars: int = 0
    normal: int = 0
    owing: int = 0
    other: int = 0
    waiting: int = 0
    failed: int = 0
    voided: int = 0
    corrected: int = 0
    resent: int = 0
    unsigned: int = 0
    by_person: tuple[tuple[str, int], ...] = ()
    carried: tuple[ShiftItem, ...] = ()
    owing_list: tuple[ShiftItem, ...] = ()
    failed_list: tuple[ShiftItem, ...] = ()
    voided_list: tuple[ShiftItem, ...] = ()
    corrected_list: tuple[ShiftItem, ...] = ()

    @property
    def answered(self) -> int:
        return self.normal + self.owing + self.other


@dataclass(frozen=True, slots=True)
class ShiftReport:
    """X-reading or closing of a shift.

    Attributes:
        lot, booth: names when the shift was opened.
        main: label of the person whose shift it is.
        stints: the people signed in, in order.
        until: time of the reading or closing, aware.
        closed_by: label of the person who closed it; empty for an X-reading.
        message: for the next shift; may be empty.
        acknowledged_by, acknowledged_at: the person who took over; empty and None until then.
    """

    shift_id: str
    number: int
    lot: str
    booth: str
    main: str
    opened_at: datetime
    until: datetime
    stints: tuple[Stint, ...]
    summary: ShiftSummary
    closed_by: str = ""
    message: str = ""
    acknowledged_by: str = ""
    acknowledged_at: datetime | None = None

    @property
    def is_closed(self) -> bool:
        return bool(self.closed_by)

    @property
    def is_late(self) -> bool:
        """True if the shift was closed, or read, long after it should have been."""
        return self.until - self.opened_at >= OVERDUE_AFTER


@dataclass(frozen=True, slots=True)
class ShiftState:
    """People and shift of a booth.

    Attributes:
        people: everyone, in the order of adding; retired people too.
        shift: the open shift; None without one.
        handed_over: the last closed shift if nobody has acknowledged it yet; None otherwise.
    """

    people: tuple[Person, ...] = ()
    shift: Shift | None = None
    handed_over: ShiftReport | None = None

    @property
    def active(self) -> tuple[Person, ...]:
        """People who can sign in."""
        return tuple(person for person in self.people if not person.is_retired)

    @property
    def is_signed_in(self) -> bool:
        """True if a person is signed in and the shift is not locked."""
        return self.shift is not None and not self.shift.is_locked


_FAILED = frozenset({DeliveryState.REFUSED, DeliveryState.UNTRUSTED, DeliveryState.EXPIRED})


def summarise(records: Iterable[EntryRecord], earlier: Iterable[EntryRecord] = ()) -> ShiftSummary:
    """Add up a shift's entries.

    Args:
        records: all entries saved during the shift, in order of saving.
        earlier: open entries saved before it, in order of saving.
    """
    entries = tuple(records)
    labels = {record.entry_id: record.entry.label for record in entries}
    answered = [record for record in entries if record.state is DeliveryState.ANSWERED]
    states = Counter(record.verdict.state for record in answered)
    normal, owing = states[UserState.NORMAL], states[UserState.OVERDUE]
    people = Counter(record.origin.attendant for record in entries)
    unsigned = people.pop("", 0)
    waiting = [record for record in entries if record.state.is_open]
    failed = [record for record in entries if record.state in _FAILED]
    voided = [record for record in entries if record.state is DeliveryState.VOIDED]
    corrections = [record for record in entries if record.link is Link.CORRECTED]
    return ShiftSummary(
        entered=len(entries),
        cars=sum(not r.replaced_by and r.state is not DeliveryState.VOIDED for r in entries),
        normal=normal,
        owing=owing,
        other=len(answered) - normal - owing,
        waiting=len(waiting),
        failed=len(failed),
        voided=len(voided),
        corrected=len(corrections),
        resent=sum(record.link is Link.RESENT for record in entries),
        unsigned=unsigned,
        by_person=tuple(people.most_common()),
        carried=(
            *(_item(record, is_earlier=True) for record in earlier),
            *map(_item, waiting),
        ),
        owing_list=tuple(_item(r) for r in answered if r.verdict.state is UserState.OVERDUE),
        failed_list=tuple(map(_item, failed)),
        voided_list=tuple(map(_item, voided)),
        corrected_list=tuple(_item(r, labels.get(r.replaces, "")) for r in corrections),
    )


def _item(record: EntryRecord, was: str = "", *, is_earlier: bool = False) -> ShiftItem:
    return ShiftItem(
        entry_id=record.entry_id,
        label=record.entry.label,
        entered_at=record.entry.start_time,
        attendant=record.origin.attendant,
        was=was,
        is_earlier=is_earlier,
    )
