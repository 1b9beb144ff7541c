"""Sums over entries and attempts, by slot: an hour or a day of Beijing.

An entry belongs to the slot of its entry time. It counts unless it was voided or replaced, so a car
whose plate was corrected, or whose entry was sent again, is one entry. Entries from paper count
like others, and are also counted separately. Training entries count in the training mode only.

Sums of parts of a journal can be added in any order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from wxpark_gui.domain.entry import BEIJING
from wxpark_gui.domain.verdict import Severity

CARS_IN_A_ROW = 20
"""Number of the latest gaps between cars whose mean is the seconds per car."""

LONGEST_GAP = 60.0
"""Longest gap that counts, in seconds; a longer one means that no car was waiting."""

ANSWER_STEPS: tuple[tuple[int | None, int], ...] = ((100, 1), (500, 5), (2000, 20), (None, 100))
"""Steps for answer times: upper bound and width, in ms. A time is stored as its step's middle."""

_FIRST_START = datetime(1970, 1, 1, tzinfo=BEIJING)
_BEIJING_OFFSET = 8 * 3600


class Slot(Enum):
    """Unit of the sums; the value is its length in seconds."""

    HOUR = 3600
    DAY = 86_400


def slot_of(moment: datetime, slot: Slot) -> int:
    """Return the number of the slot that contains `moment`, counted from 1970 in Beijing."""
    return int((moment.timestamp() + _BEIJING_OFFSET) // slot.value)


def slot_second(number: int, slot: Slot) -> float:
    """Return the start of a slot, in seconds since 1970."""
    return float(number * slot.value - _BEIJING_OFFSET)


def slot_start(number: int, slot: Slot) -> datetime:
    """Return the start of a slot, in Beijing time."""
    # Windows refuses negative timestamps, and a clock that lost its time begins at 1970.
    return _FIRST_START + timedelta(seconds=number * slot.value)


def answer_step(milliseconds: int) -> int:
    """Return the middle of the step that contains an answer time, in ms.

    It differs by at most 3 %.
    """
    known = max(0, milliseconds)
    for bound, width in ANSWER_STEPS:
        if bound is None or known < bound:
            return known // width * width + width // 2
    raise ValueError("the last step has no bound")


@dataclass(frozen=True, slots=True)
class Gap:
    """Time between two live entries that were saved one after the other in a booth.

    Replacements do not count.

    Attributes:
        at: time at which the later entry was saved, in seconds since 1970.
        seconds: from 0 to `LONGEST_GAP`.
    """

    at: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Turn:
    """Attempt at which an outage may begin or end. Attempts between two turns are not needed.

    Attributes:
        at: start of the attempt, in seconds since 1970.
        reached: True if the attempt reached the gateway.
    """

    at: float
    reached: bool


@dataclass(frozen=True, slots=True)
class Tally:
    """Sums of one slot.

    Attributes:
        severities: number of entries that count, by the severity of their verdict.
        answers: number of answered entries, by the step of their answer time.
        gaps: the latest gaps, at most `CARS_IN_A_ROW`, the latest last.
        voided: number of voided entries.
        backfilled: number of entries from paper among those that count.
    """

    severities: Mapping[Severity, int] = field(default_factory=Counter)
    answers: Mapping[int, int] = field(default_factory=Counter)
    gaps: tuple[Gap, ...] = ()
    voided: int = 0
    backfilled: int = 0

    def __add__(self, other: Tally) -> Tally:
        return sum_tallies((self, other))

    def without(self, other: Tally) -> Tally:
        """Return the tally less the entries of `other`, which it includes; gaps are unchanged."""
        return Tally(
            Counter(self.severities) - Counter(other.severities),
            Counter(self.answers) - Counter(other.answers),
            self.gaps,
            self.voided - other.voided,
            self.backfilled - other.backfilled,
        )


def sum_tallies(tallies: Sequence[Tally]) -> Tally:
    """Return the sum of any number of tallies, with the latest `CARS_IN_A_ROW` gaps."""
    if len(tallies) == 1:
        return tallies[0]
    severities, answers = Counter[Severity](), Counter[int]()
    for tally in tallies:
        severities.update(tally.severities)
        answers.update(tally.answers)
    gaps = sorted(
        (gap for tally in tallies for gap in tally.gaps), key=lambda gap: (gap.at, gap.seconds)
    )
    return Tally(
        severities,
        answers,
        tuple(gaps[-CARS_IN_A_ROW:]),
        sum(tally.voided for tally in tallies),
        sum(tally.backfilled for tally in tallies),
    )


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums of a part of the journal.

    Attributes:
        tallies: by number of the slot; slots without anything are missing.
        turns: in no particular order.
    """

    tallies: Mapping[int, Tally] = field(default_factory=dict)
    turns: tuple[Turn, ...] = ()

    def __add__(self, other: Sums) -> Sums:
        tallies = dict(self.tallies)
        for number, tally in other.tallies.items():
            tallies[number] = tallies[number] + tally if number in tallies else tally
        return Sums(tallies, (*self.turns, *other.turns))

    def without(self, other: Sums) -> Sums:
        """Return the sums less the entries of `other`, which they include; turns are unchanged."""
        tallies = dict(self.tallies)
        for number, tally in other.tallies.items():
            tallies[number] = tallies.get(number, Tally()).without(tally)
        return Sums(tallies, self.turns)


@dataclass(frozen=True, slots=True)
class Part:
    """Sums of one step of reading the journal.

    Attributes:
        read: share of the steps that are done, this one included; 1 at the end.
        skipped: archived month that could not be read, `YYYY-MM`; empty if the part was read.
    """

    sums: Sums
    read: float
    skipped: str = ""


@dataclass(frozen=True, slots=True)
class Outage:
    """Time from an attempt that did not reach the gateway to the next one that did.

    Attributes:
        start, end: seconds since 1970.
    """

    start: float
    end: float


def outages(turns: Iterable[Turn], now: float) -> list[Outage]:
    """Return the outages in order; one that has not ended ends at `now`.

    Args:
        now: seconds since 1970.
    """
    found: list[Outage] = []
    start: float | None = None
    for turn in sorted(turns, key=lambda each: (each.at, each.reached)):
        if turn.reached and start is not None:
            found.append(Outage(start, turn.at))
            start = None
        elif not turn.reached and start is None:
            start = turn.at
    if start is not None:
        found.append(Outage(start, max(start, now)))
    return found
