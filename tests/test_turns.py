"""Turns of tests: exclusive, or together with others."""

from __future__ import annotations

import sys
from pathlib import Path
from threading import Event, Thread

import pytest

from tests.turns import turn

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no parallel tests on Windows")

A_MOMENT, PATIENCE = 0.1, 10.0


class Neighbour:
    """Takes a turn on a thread of its own, in place of another process.

    `flock` locks belong to the opened file, so that two threads exclude each other like two
    processes.
    """

    def __init__(self, folder: Path, *, alone: bool) -> None:
        self._has_turn, self._may_end = Event(), Event()
        self._thread = Thread(target=self._work, args=(folder, alone))
        self._thread.start()

    def has_turn(self, seconds: float) -> bool:
        return self._has_turn.wait(seconds)

    def end(self) -> None:
        self._may_end.set()
        self._thread.join(PATIENCE)

    def _work(self, folder: Path, alone: bool) -> None:
        with turn(folder, alone=alone):
            self._has_turn.set()
            self._may_end.wait(PATIENCE)


def test_ordinary_tests_have_turns_at_the_same_time(tmp_path: Path) -> None:
    with turn(tmp_path, alone=False):
        neighbour = Neighbour(tmp_path, alone=False)
        assert neighbour.has_turn(PATIENCE)
    neighbour.end()


@pytest.mark.parametrize(("mine", "its"), [(True, False), (False, True), (True, True)])
def test_a_turn_alone_and_any_other_wait_for_each_other(
    tmp_path: Path, *, mine: bool, its: bool
) -> None:
    with turn(tmp_path, alone=mine):
        neighbour = Neighbour(tmp_path, alone=its)
        assert not neighbour.has_turn(A_MOMENT)
    assert neighbour.has_turn(PATIENCE)
    neighbour.end()


def test_a_test_that_wants_to_be_alone_is_not_kept_waiting_by_later_ones(tmp_path: Path) -> None:
    with turn(tmp_path, alone=False):
        alone = Neighbour(tmp_path, alone=True)
        assert not alone.has_turn(A_MOMENT)
        later = Neighbour(tmp_path, alone=False)
        assert not later.has_turn(A_MOMENT)
    assert alone.has_turn(PATIENCE)
    assert not later.has_turn(A_MOMENT)
    alone.end()
    assert later.has_turn(PATIENCE)
    later.end()


def test_a_turn_ends_with_a_failure_too(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="failed"), turn(tmp_path, alone=True):
        raise ValueError("failed")
    with turn(tmp_path, alone=True):
        pass
