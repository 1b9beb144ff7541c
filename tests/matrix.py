"""Parameters of tests that run some combinations in the suite, and all others in `prove`."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TypeVar

import pytest
from _pytest.mark import ParameterSet

Combination = TypeVar("Combination", bound=tuple[object, ...])


def sampled(
    combinations: Iterable[Combination], in_suite: Collection[Combination]
) -> list[ParameterSet]:
    """Return all combinations as parameters; those outside `in_suite` get the mark `matrix`.

    `packaging/dev.py test` runs those in `in_suite`, `packaging/dev.py prove` runs all others.

    Raises:
        ValueError: `in_suite` holds a value that is not among the combinations.
    """
    every = list(combinations)
    unknown = [combination for combination in in_suite if combination not in every]
    if unknown:
        raise ValueError(f"not among the combinations: {unknown}")
    return [
        pytest.param(*combination, marks=[] if combination in in_suite else [pytest.mark.matrix])
        for combination in every
    ]
