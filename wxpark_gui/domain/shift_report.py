"""Sums of a shift, computed alike for the X-reading during the shift and for its closing.

An X-reading is the interim report of a cash register; here it lists the sums of the shift so far.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.plate import read_plate
from wxpark_gui.domain.record import EntryRecord, Link
from wxpark_gui.domain.shift import OVERDUE_AFTER, Stint
from wxpark_gui.domain.verdict import UserState


@dataclass(frozen=True, slots=True)
class ShiftEntry:
    """The values of an entry that `summarise` needs; cheaper to read than a whole record.

    Attributes:
        plate: text of the plate; empty for none.
        entered_at: entry time, aware.
        user_state: the owner's state; `NONE` unless the entry was answered.
        attendant: label of the person; empty for none.
        replaces, link, replaced_by, backfilled: as in `EntryRecord`.
    """

    entry_id: str
    plate: str
    space_number: str
    entered_at: datetime
    state: DeliveryState
    user_state: UserState
    attendant: str = ""
    replaces: str = ""
    link: Link | None = None
    replaced_by: str = ""
    backfilled: bool = False

    @classmethod
    def of(cls, record: EntryRecord) -> ShiftEntry:
        """Return the values of a record."""
        return cls(
            entry_id=record.entry_id,
            plate=record.entry.plate.text if record.entry.plate else "",
            space_number=record.entry.space_number,
            entered_at=record.entry.start_time,
            state=record.state,
            user_state=record.verdict.state,
            attendant=record.origin.attendant,
            replaces=record.replaces,
            link=record.link,
            replaced_by=record.replaced_by,
            backfilled=record.backfilled,
        )

    @property
    def label(self) -> str:
        """The plate, spaced for display, or the bay number of an entry without one."""
        return read_plate(self.plate).spaced if self.plate else self.space_number


@dataclass(frozen=True, slots=True)
class ShiftItem:
    """One entry in a list of a report.

    Attributes:
        label: plate, or bay number of an entry without one.
        entered_at: entry time, aware.
        attendant: label of the person; empty for none.
        was: label of the entry that this one corrected; empty for none or one of an earlier shift.
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
        voided: entries voided.
        corrected, resent: entries that replace another one, by kind of the replacement.
        backfilled: entries typed from paper; the other sums include them.
        unsigned: entries without an attendant, made while nobody was signed in.
        by_person: label and number of entries of each person, most entries first.
        carried: open entries of earlier shifts, then of this one; the next shift takes them over.
        owing_list, failed_list, voided_list, corrected_list: the entries that the sums of these
            names count.
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
    backfilled: int = 0
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
    """X-reading of an open shift, or report of a closed one.

    Attributes:
        shift_id: UUID, 36 characters.
        number: counter of the booth, from 1.
        lot, booth: names when the shift was opened.
        main: label of the person that the shift was opened for.
        opened_at: aware.
        stints: the people signed in, in order.
        until: time of the X-reading or end of the shift, aware.
        closed_by: label of the person who closed it, `-` if unknown; empty for an X-reading.
        message: for the next shift; may be empty.
        acknowledged_by: label of the person who took over; empty until then.
        acknowledged_at: aware; None until then.
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
        """True if the shift had been open for `OVERDUE_AFTER` or longer at `until`."""
        return self.until - self.opened_at >= OVERDUE_AFTER


_FAILED = frozenset({DeliveryState.REFUSED, DeliveryState.UNTRUSTED, DeliveryState.EXPIRED})


def summarise(entries: Iterable[ShiftEntry], earlier: Iterable[ShiftEntry] = ()) -> ShiftSummary:
    """Add up a shift's entries.

    Args:
        entries: all entries saved during the shift, in order of saving.
        earlier: open entries saved before it, in order of saving.
    """
    entered = tuple(entries)
    answered = [entry for entry in entered if entry.state is DeliveryState.ANSWERED]
    owing = [entry for entry in answered if entry.user_state is UserState.OVERDUE]
    normal = sum(entry.user_state is UserState.NORMAL for entry in answered)
    waiting = [entry for entry in entered if entry.state.is_open]
    failed = [entry for entry in entered if entry.state in _FAILED]
    voided = [entry for entry in entered if entry.state is DeliveryState.VOIDED]
    corrections = [entry for entry in entered if entry.link is Link.CORRECTED]
    people = Counter(entry.attendant for entry in entered)
    unsigned = people.pop("", 0)
    return ShiftSummary(
        entered=len(entered),
        cars=sum(not e.replaced_by and e.state is not DeliveryState.VOIDED for e in entered),
        normal=normal,
        owing=len(owing),
        other=len(answered) - normal - len(owing),
        waiting=len(waiting),
        failed=len(failed),
        voided=len(voided),
        corrected=len(corrections),
        resent=sum(entry.link is Link.RESENT for entry in entered),
        backfilled=sum(entry.backfilled for entry in entered),
        unsigned=unsigned,
        by_person=tuple(people.most_common()),
        carried=(*(_item(entry, is_earlier=True) for entry in earlier), *map(_item, waiting)),
        owing_list=tuple(map(_item, owing)),
        failed_list=tuple(map(_item, failed)),
        voided_list=tuple(map(_item, voided)),
        corrected_list=_corrected(corrections, entered),
    )


def _corrected(
    corrections: Iterable[ShiftEntry], entered: Iterable[ShiftEntry]
) -> tuple[ShiftItem, ...]:
    """Return the corrections with the labels of the entries that they correct."""
    wanted = {entry.replaces for entry in corrections}
    labels = {entry.entry_id: entry.label for entry in entered if entry.entry_id in wanted}
    return tuple(_item(entry, labels.get(entry.replaces, "")) for entry in corrections)


def _item(entry: ShiftEntry, was: str = "", *, is_earlier: bool = False) -> ShiftItem:
    return ShiftItem(
        entry_id=entry.entry_id,
        label=entry.label,
        entered_at=entry.entered_at,
        attendant=entry.attendant,
        was=was,
        is_earlier=is_earlier,
    )
