"""Random plan of one booth's day: cars, faults of the network, clock changes and restarts."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from enum import Enum

SETTLING = 2400.0
"""Seconds of working network after the last car, in which the rest is sent."""

NEVER_ENDING = 0.01
"""Share of the entries that WeChat answers with SYSTEMERROR at each try."""

RETURNING = 0.4
"""Probability that a car is drawn from a small pool of plates, so that plates repeat."""


class Trouble(Enum):
    """Kind of fault during one episode."""

    OUTAGE = "outage"
    TIMEOUT = "timeout"
    RATE_LIMIT = "rate_limit"
    FORGED_SIGNATURE_ERROR = "forged_signature_error"
    FORGED_UNKNOWN_FAIL = "forged_unknown_fail"
    PORTAL = "portal"
    UNTRUSTED = "untrusted"
    DISK_FULL = "disk_full"
    SUSPEND = "suspend"
    LOST_CLOCK = "lost_clock"


_LENGTHS: dict[Trouble, tuple[float, ...]] = {
    Trouble.OUTAGE: (6, 45, 400, 1500, 5400),
    Trouble.TIMEOUT: (30, 300),
    Trouble.RATE_LIMIT: (30, 240, 900),
    Trouble.FORGED_SIGNATURE_ERROR: (20, 120, 1200),
    Trouble.FORGED_UNKNOWN_FAIL: (20, 300, 900),
    Trouble.PORTAL: (60, 900),
    Trouble.UNTRUSTED: (30, 240),
    Trouble.DISK_FULL: (20, 180, 420),
    Trouble.SUSPEND: (90, 1800),
    Trouble.LOST_CLOCK: (200, 1500),
}
"""Seconds; each kind has one episode of each length in twelve hours."""

_CLOCK_STEPS = (-3 * 86_400, 86_400 + 30, -90, 300, 2 * 3600, -3600, 3 * 86_400, 7)
STEPS_WHILE_OFF = (-2 * 86_400, 3600, -1800, 86_400)
_RESTARTS = 12
LOST_YEARS = 11 * 365 * 86_400.0
"""Seconds by which the wall clock is wrong while it is reset to the past."""


@dataclass
class Clock:
    """A wall clock that the script changes, and a monotonic clock that includes suspended time."""

    ticks: float = 1000.0
    offset: float = datetime(2026, 3, 1, tzinfo=timezone.utc).timestamp()

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.ticks + self.offset, timezone.utc)

    def monotonic(self) -> float:
        return self.ticks


@dataclass(frozen=True)
class Episode:
    """Period with one fault; `begin` and `end` in seconds of the monotonic clock."""

    begin: float
    end: float
    trouble: Trouble


@dataclass(frozen=True)
class Script:
    """The plan of one day; all times are in seconds of the monotonic clock.

    Attributes:
        begin, end: times of the start of the day and of its last possible arrival.
        episodes: periods with a fault, in order and without overlap.
        cars: time of arrival and plate of each car, in order.
        poison: plates that WeChat answers with SYSTEMERROR at each try.
        steps: times at which the wall clock is changed, each with the seconds added.
        restarts: times at which the program ends and starts again. At every third the wall clock is
            changed meanwhile. Of the others, odd ones are ordinary restarts, and at even ones the
            program is killed during its next exchange.
    """

    begin: float
    end: float
    episodes: tuple[Episode, ...]
    cars: tuple[tuple[float, str], ...]
    poison: frozenset[str]
    steps: tuple[tuple[float, float], ...]
    restarts: tuple[float, ...]

    def trouble_at(self, moment: float) -> Trouble | None:
        return next((e.trouble for e in self.episodes if e.begin <= moment < e.end), None)

    def good_stretches(self) -> Iterator[tuple[float, float]]:
        """Yield begin and end of each period without a fault, including `SETTLING` at the end."""
        begin = self.begin
        for episode in self.episodes:
            yield begin, episode.begin
            begin = episode.end
        yield begin, self.end + SETTLING


def plan(entries: int, hours: float, source: random.Random) -> Script:
    """Draw a random plan of `hours` with `entries` cars.

    A day below twelve hours has the same episodes, each proportionally shorter.
    """
    begin, length = Clock().ticks, hours * 3600
    scale = min(1.0, hours / 12)
    wanted = [(kind, each * scale) for kind, lengths in _LENGTHS.items() for each in lengths]
    source.shuffle(wanted)
    free = length - sum(each for _, each in wanted)
    cuts = sorted(source.uniform(0, free) for _ in wanted)
    episodes, used = [], 0.0
    for cut, (kind, each) in zip(cuts, wanted, strict=True):
        episodes.append(Episode(begin + cut + used, begin + cut + used + each, kind))
        used += each
    poison = frozenset(f"粤B9{number:04}" for number in range(round(entries * NEVER_ENDING)))
    plates = list(poison)
    while len(plates) < entries:
        returning = source.random() < RETURNING
        number = source.randrange(entries // 20 + 1) if returning else 1000 + len(plates)
        plates.append(f"粤B{number:05}")
    source.shuffle(plates)
    moments = sorted(begin + source.uniform(0, length) for _ in plates)
    steps: list[tuple[float, float]] = [
        (begin + source.uniform(0, length), each) for each in _CLOCK_STEPS
    ]
    for episode in episodes:
        if episode.trouble is Trouble.LOST_CLOCK:
            steps += [(episode.begin, -LOST_YEARS), (episode.end, LOST_YEARS)]
    restarts = [begin + source.uniform(0, length) for _ in range(_RESTARTS)]
    return Script(
        begin=begin,
        end=begin + length,
        episodes=tuple(episodes),
        cars=tuple(zip(moments, plates, strict=True)),
        poison=poison,
        steps=tuple(sorted(steps)),
        restarts=tuple(sorted(restarts)),
    )
