"""Rows of the table of benchmarks: figures, their floor and their goal."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """Figures of one benchmark, and those of its floor from the same run, measured in turns.

    Attributes:
        name: what is measured.
        floor: what it is compared with; empty if the goal is a figure of its own.
        unit: unit of the figures, such as `ms`.
        figures: one figure for each run.
        floors: one figure for each run of the floor; empty without a floor.
        most: largest ratio of the medians, or largest median without a floor; None if the row is
            printed for information.
        percent: percentile of the figures that is compared; 50 is the median.
    """

    name: str
    floor: str
    unit: str
    figures: Sequence[float]
    floors: Sequence[float] = ()
    most: float | None = None
    percent: float = 50.0

    @property
    def result(self) -> float:
        """Ratio of the compared figures; the figure itself without a floor."""
        return self._compared(self.figures) / (self._compared(self.floors) if self.floors else 1.0)

    @property
    def is_met(self) -> bool:
        return self.most is None or self.result <= self.most

    def _compared(self, figures: Sequence[float]) -> float:
        return median(figures) if self.percent == 50 else percentile(figures, self.percent)

    def as_json(self) -> dict[str, Any]:
        """Return the row with its summaries, for `json`."""
        floors = {"floor_summary": summary(self.floors)} if self.floors else {}
        result = {"summary": summary(self.figures), "result": self.result, "met": self.is_met}
        return {**asdict(self), **floors, **result}


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row that could not be measured on this machine, and the reason."""

    name: str
    reason: str


def summary(figures: Sequence[float]) -> dict[str, float]:
    """Return median, 99th percentile and spread: the distance of the quartiles."""
    return {
        "median": median(figures),
        "p99": percentile(figures, 99),
        "spread": percentile(figures, 75) - percentile(figures, 25),
    }


def percentile(figures: Sequence[float], percent: float) -> float:
    """Return the smallest figure that is not below `percent` of all figures (nearest rank)."""
    ordered = sorted(figures)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def table(rows: Sequence[Row]) -> str:
    """Return the rows as a table in Markdown, with the medians whatever is compared."""
    lines = [
        "| row | median | p99 | spread | floor | its median | result | goal | met |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        own = summary(row.figures)
        cells = (
            row.name,
            figure(own["median"], row.unit),
            figure(own["p99"], row.unit),
            figure(own["spread"], row.unit),
            row.floor or "none",
            figure(median(row.floors), row.unit) if row.floors else "",
            f"{row.result:.2f} ×" if row.floors else figure(row.result, row.unit),
            "" if row.most is None else f"≤ {row.most:g}",
            "" if row.most is None else ("yes" if row.is_met else "no"),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def judge(made: Iterable[Row | LeftOut], say: Callable[[str], object] = print) -> int:
    """Print the table and the rows left out; return 1 if a goal is missed, else 0."""
    made = list(made)
    rows = [row for row in made if isinstance(row, Row)]
    say(table(rows))
    for row in made:
        if isinstance(row, LeftOut):
            say(f"left out: {row.name}: {row.reason}")
    return int(not all(row.is_met for row in rows))


def figure(value: float, unit: str) -> str:
    """Return a figure with its unit, with two decimals below 10."""
    return f"{value:.2f} {unit}" if value < 10 else f"{value:.0f} {unit}"
