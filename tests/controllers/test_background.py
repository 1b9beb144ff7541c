"""Background work of the window: listening for a second start."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.booths import Booth, make_booth
from wxpark_gui.controllers.background import Background
from wxpark_gui.runtime import garbage
from wxpark_gui.runtime.instance import raise_first_window
from wxpark_gui.training.booth import TrainingVault, make_training_key

STOP_SECONDS = 10.0


@pytest.fixture
def booth(qtbot: QtBot, tmp_path: Path) -> Iterator[Booth]:
    booth = make_booth(tmp_path, "http://127.0.0.1:9", TrainingVault(make_training_key()))
    yield booth
    assert booth.stop(STOP_SECONDS)
    # Background work pauses it when it stops.
    garbage.resume()


@pytest.fixture
def background(booth: Booth, tmp_path: Path) -> Background:
    return Background(booth.controllers, booth.workers.live, [], tmp_path)


def test_second_start_reaches_a_window_that_listens(
    background: Background, tmp_path: Path, qtbot: QtBot
) -> None:
    background.listen()
    with qtbot.waitSignal(background.raiseRequested):
        assert raise_first_window(tmp_path)
    background.stop()


def test_window_that_was_closed_during_the_import_listens_no_more(
    background: Background, tmp_path: Path
) -> None:
    background.stop()
    background.listen()
    assert not raise_first_window(tmp_path, patience=0.0)
