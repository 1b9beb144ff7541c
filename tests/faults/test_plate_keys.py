"""Short form of `plate_keys`."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QApplication

from tests.faults import plate_keys


def test_random_keys_are_neither_swallowed_nor_raise(
    qapp: QApplication, record_property: Callable[[str, object], None]
) -> None:
    figures = plate_keys.run(keys=2000, seed=2)
    record_property("figures", str(figures))
    assert (figures.swallowed, figures.raised, figures.empty) == (0, 0, 0), figures.examples
    assert figures.events["pastes"] > 20
    assert figures.events["input-method events"] > 20
