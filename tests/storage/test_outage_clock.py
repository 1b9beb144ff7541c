"""Outages while the wall clock is set: each keeps its length in the statistics."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from tests.service.conftest import FakeClock
from tests.storage.test_shift_clock import OPENED
from tests.storage.test_shifts import entry
from wxpark_gui.domain.delivery import Cause, DeliveryState, NextStep, Outcome
from wxpark_gui.domain.record import SentAs
from wxpark_gui.domain.tallies import outages
from wxpark_gui.storage.journal import SqliteJournal
from wxpark_gui.storage.outage_queries import EVERYTHING, read_turns

OFFLINE = Outcome(Cause.OFFLINE, code="CONNECT")
ANSWERED = Outcome(Cause.ANSWERED, user_state="NORMAL", fingerprint="f")
MINUTE = 60.0


class Line:
    """A journal, and attempts to send its entries."""

    def __init__(self, path: Path) -> None:
        self.clock = FakeClock(OPENED)
        self.journal = SqliteJournal(path, self.clock)
        self.number = 0

    def attempt(self, outcome: Outcome) -> None:
        self.number += 1
        saved = self.journal.append(entry(self.number), self.clock.now())
        self.journal.start_attempt(saved.entry_id, self.clock.now(), SentAs())
        is_over = outcome is ANSWERED
        step = (
            NextStep(DeliveryState.ANSWERED) if is_over else NextStep(DeliveryState.WAITING, 30.0)
        )
        self.journal.finish_attempt(saved.entry_id, outcome, step, self.clock.now())
        self.clock.advance(MINUTE)

    def set_clock(self, ahead: timedelta) -> None:
        self.clock.offset = ahead.total_seconds()

    def lengths(self) -> list[float]:
        """Return the lengths of the outages up to now, in minutes."""
        turns = list(read_turns(self.journal._connection, EVERYTHING))
        now = self.clock.now().timestamp()
        return [(each.end - each.start) / MINUTE for each in outages(turns, now)]


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    line = Line(tmp_path / "journal.sqlite3")
    with closing(line.journal):
        yield line


@pytest.mark.parametrize("ahead", [timedelta(hours=2), timedelta(minutes=-90)], ids=str)
@pytest.mark.parametrize("ends", [True, False], ids=["over", "still lasts"])
def test_outage_keeps_its_length_when_the_clock_is_set_during_it(
    line: Line, ahead: timedelta, *, ends: bool
) -> None:
    line.clock.advance(120 * MINUTE)
    line.attempt(OFFLINE)
    line.attempt(OFFLINE)
    line.set_clock(ahead)
    line.attempt(OFFLINE)
    if ends:
        line.attempt(ANSWERED)
    assert line.lengths() == [3.0]


def test_outage_that_was_over_when_the_clock_was_set_stays_as_it_was(line: Line) -> None:
    line.attempt(OFFLINE)
    line.attempt(ANSWERED)
    line.set_clock(timedelta(hours=2))
    line.attempt(OFFLINE)
    line.attempt(OFFLINE)
    line.attempt(ANSWERED)
    assert line.lengths() == [1.0, 2.0]


def test_attempt_with_an_invalid_time_hinders_no_entry(
    line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    line.attempt(OFFLINE)
    line.journal._connection.execute("UPDATE attempts SET started_at = 'x'")
    line.set_clock(timedelta(hours=2))
    line.attempt(ANSWERED)
    assert "the times of attempt 1 cannot be read" in caplog.text
    assert line.lengths() == []
