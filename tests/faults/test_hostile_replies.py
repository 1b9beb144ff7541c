"""Short form of `hostile_replies`."""

from __future__ import annotations

from collections.abc import Callable

from tests.faults import hostile_replies


def test_only_new_replies_signed_for_the_merchant_are_believed(
    record_property: Callable[[str, object], None],
) -> None:
    figures = hostile_replies.run(replies=1500, signatures=500, seed=2)
    record_property("figures", str(figures))
    assert (figures.believed, figures.refused, figures.raised) == (0, 0, 0), figures.examples
    assert figures.read["genuine"] > 200
    assert len(figures.read) == 23
