"""The script of a booth's day: cars, trouble of the line, clocks that are set, restarts."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from enum import Enum

SETTLING = 2400.0
"""Seconds of a good line at the end of the day."""

NEVER_ENDING = 0.01
"""Share of the entries that WeChat answers with SYSTEMERROR for ever."""

RETURNING = 0.4
"""Share of the cars that come again."""


class Trouble(Enum):
    """The state of the line in one episode."""

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
"""Seconds by which the wall clock is wrong while it has lost its time."""


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
    """A stretch of trouble, in seconds of the monotonic clock."""

    begin: float
    end: float
    trouble: Trouble


@dataclass(frozen=True)
class Script:
    """The day as planned.

    Attributes:
        begin, end: first and last moment at which a car comes.
        episodes: stretches of trouble, in order, none overlapping.
        cars: arrivals, in order, with the plate.
        poison: plates that WeChat answers with SYSTEMERROR for ever.
        steps: moments at which the wall clock is set, with the seconds.
        restarts: moments at which the program ends and starts; in every third one the wall
            clock is set meanwhile, in others it is killed during the next exchange.
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
        """Begin and end of each time without trouble, the settling at the end included."""
        begin = self.begin
        for episode in self.episodes:
            yield begin, episode.begin
            begin = episode.end
        yield begin, self.end + SETTLING


def plan(entries: int, hours: float, source: random.Random) -> Script:
    """Draw up a day; a shorter one has shorter episodes of every kind."""
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
