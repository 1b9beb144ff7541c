"""The work area takes the roomiest density that shows plate and verdict."""

from __future__ import annotations

import pytest

from wxpark_gui.ui.window.fit import Fit, choose, fits


def test_the_first_density_that_fits_is_chosen() -> None:
    candidates = fits(1.0)
    heights = {fit: 500 - 50 * index for index, fit in enumerate(candidates)}
    assert choose(candidates, 450, heights.__getitem__) == 1
    assert choose(candidates, 449, heights.__getitem__) == 2


def test_the_search_begins_at_the_density_in_force() -> None:
    candidates = fits(1.0)
    assert choose(candidates, 450, lambda _: 1, first=2) == 2


def test_the_tightest_density_is_chosen_if_none_fits() -> None:
    candidates = fits(2.0)
    assert choose(candidates, 10, lambda _: 11) == len(candidates) - 1


@pytest.mark.parametrize("scale", [1.0, 1.25, 1.5, 2.0])
def test_only_the_tightest_densities_shrink_the_plate_below_its_size_at_100_percent(
    scale: float,
) -> None:
    smaller = [fit for fit in fits(scale) if fit.shrink * scale < 0.999]
    assert smaller == list(fits(scale)[-len(smaller) :])
    assert all(fit.verdict_first for fit in smaller)
    assert min(fit.shrink * scale for fit in smaller) == pytest.approx(0.75)


def test_the_plate_shrinks_before_the_header_scrolls_and_this_before_the_inputs_move() -> None:
    steps = fits(2.0)
    assert steps[0] == Fit()
    moved = [(fit.header_scrolls, fit.verdict_first) for fit in steps]
    assert moved == sorted(moved)
    assert steps[5] == Fit(compact=True, shrink=0.5)
