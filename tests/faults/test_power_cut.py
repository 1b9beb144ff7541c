from __future__ import annotations

import pytest

from tests.faults.power_cut import cut_power, record_work
from tests.matrix import sampled


@pytest.mark.parametrize("images", sampled([(60,), (200,)], [(60,)]))
def test_nothing_reported_as_saved_is_lost(images: int) -> None:
    figures = cut_power(record_work(runs=2), images)
    assert (figures.images, figures.lost, figures.damaged) == (images, 0, 0), figures.examples
    assert figures.doubled == 0
    assert figures.moving > images / 40
    assert figures.promised > images * 50


def test_the_simulation_bites_a_journal_that_does_not_sync_each_entry() -> None:
    figures = cut_power(record_work(runs=2, synchronous_normal=True), images=10)
    assert figures.lost > 0
    assert figures.damaged == 0


def test_the_simulation_bites_an_archive_that_is_not_synced() -> None:
    figures = cut_power(record_work(runs=2, archives_synced=False), images=10)
    assert figures.damaged > 0
