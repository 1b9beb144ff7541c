"""Statistics report with every severity, network failures and large numbers."""

from __future__ import annotations

from datetime import datetime, timedelta

from wxpark_gui.domain.statistics import Period, Report, make_report
from wxpark_gui.domain.tallies import CARS_IN_A_ROW, Gap, Slot, Sums, Tally, Turn, slot_of
from wxpark_gui.domain.verdict import Severity


def make_busy_report(period: Period, now: datetime, *, read: float = 1.0) -> Report:
    """Return a report of a large car park with frequent network failures."""
    first, last = slot_of(period.start(now), period.slot), slot_of(now, period.slot)
    scale = 1 if period.slot is Slot.HOUR else 24
    tallies = {}
    for number in range(first, last + 1):
        busy = scale * (40 + number * 7 % 60)
        tallies[number] = Tally(
            {severity: busy // (1 + 2 * place) for place, severity in enumerate(Severity)},
            {217: busy, 4850: busy // 9},
            tuple(Gap(number + each, 23.0 + each) for each in range(CARS_IN_A_ROW)),
            voided=3,
            backfilled=2,
        )
    broken = now - timedelta(hours=2)
    turns = (
        Turn((broken - timedelta(minutes=1)).timestamp(), reached=True),
        Turn(broken.timestamp(), reached=False),
        Turn((broken + timedelta(minutes=47)).timestamp(), reached=True),
    )
    return make_report(period, Sums(tallies, turns), now, read=read)
