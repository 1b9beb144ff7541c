"""Densities of the work area, from which a low window takes the first that shows plate and verdict.

A cashier looks at the plate and the verdict of every car, so neither may be scrolled away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

_STEPS = 5
_LEAST = 0.75
"""Least size of plate and title, as a factor of that at a text size of 100 %."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A density.

    Attributes:
        compact: smaller margins and spacing.
        header_scrolls: the header is part of the scrolling content, above the form.
        verdict_first: the verdict is directly below the plate, above the form's other inputs.
        shrink: factor of the size of plate and title, at most 1; texts keep their size.
    """

    compact: bool = False
    header_scrolls: bool = False
    verdict_first: bool = False
    shrink: float = 1.0


@cache
def fits(scale: float) -> tuple[Fit, ...]:
    """Return the densities for a text size, 1.0 to 2.0, from the roomiest to the tightest.

    Plate and title keep at least their size at 100 %, but in the tightest ones.
    """
    return tuple(_fits(scale))


def choose(
    candidates: Sequence[Fit], room: int, needed: Callable[[Fit], int], *, first: int = 0
) -> int:
    """Return the index of the first density that needs at most `room` pixels, else of the last.

    Args:
        first: index from which to search.
        needed: returns the height in pixels of header (unless it scrolls), plate and verdict.
    """
    for index in range(first, len(candidates)):
        if needed(candidates[index]) <= room:
            return index
    return len(candidates) - 1


def _fits(scale: float) -> Iterator[Fit]:
    yield Fit()
    shrinks = _between(1.0, 1.0 / scale) if scale > 1 else [1.0]
    for header_scrolls, verdict_first in ((False, False), (True, False), (True, True)):
        for shrink in shrinks:
            yield Fit(True, header_scrolls, verdict_first, shrink)
    for shrink in _between(1.0 / scale, _LEAST / scale)[1:]:
        yield Fit(True, True, True, shrink)


def _between(first: float, last: float) -> list[float]:
    step = (first - last) / (_STEPS - 1)
    return [first - number * step for number in range(_STEPS)]
