"""Combinations of sizes, text scales, languages and colours that are too many for every run."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TypeVar

import pytest
from _pytest.mark import ParameterSet

Combination = TypeVar("Combination", bound=tuple[object, ...])


def sampled(
    combinations: Iterable[Combination], in_suite: Collection[Combination]
) -> list[ParameterSet]:
    """Return parameters of which `test` runs those in `in_suite`, and `prove` all others."""
    every = list(combinations)
    unknown = [combination for combination in in_suite if combination not in every]
    if unknown:
        raise ValueError(f"not among the combinations: {unknown}")
    return [
        pytest.param(*combination, marks=[] if combination in in_suite else [pytest.mark.matrix])
        for combination in every
    ]
