from __future__ import annotations

from tests.faults.power_cut import cut_power, record_work


def test_nothing_reported_as_saved_is_lost() -> None:
    figures = cut_power(record_work(runs=2), images=200)
    assert (figures.images, figures.lost, figures.damaged) == (200, 0, 0), figures.examples
    assert figures.doubled == 0
    assert figures.moving > 5
    assert figures.promised > 10_000


def test_the_simulation_bites_a_journal_that_does_not_sync_each_entry() -> None:
    figures = cut_power(record_work(runs=2, synchronous_normal=True), images=30)
    assert figures.lost > 0
    assert figures.damaged == 0


def test_the_simulation_bites_an_archive_that_is_not_synced() -> None:
    figures = cut_power(record_work(runs=2, archives_synced=False), images=60)
    assert figures.damaged > 0
