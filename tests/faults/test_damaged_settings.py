"""Short form of `damaged_settings`."""

from __future__ import annotations

from tests.faults import damaged_settings


def test_changed_settings_file_is_loaded_as_valid_or_refused_in_words() -> None:
    figures = damaged_settings.run(files=400, seed=2)
    assert (figures.raised, figures.invalid, figures.touched) == (0, 0, 0), figures.examples
    assert figures.loaded > 20
    assert figures.refused > 200
