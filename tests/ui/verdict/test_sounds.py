"""Verdicts can be distinguished by the number and the rhythm of their beeps."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import combinations, pairwise

import pytest
from pytestqt.qtbot import QtBot

from tests.ui.conftest import RecordMaker
from wxpark_gui.domain.delivery import Cause, DeliveryState
from wxpark_gui.domain.verdict import Severity
from wxpark_gui.ui.verdict.sounds import PATTERNS, SoundPlayer

LONGEST = 2000
"""Longest duration of a pattern, in milliseconds."""

TELLABLE = 1.5
"""Smallest ratio of two pauses that can be distinguished."""


class Ear:
    """Records the time of each beep."""

    def __init__(self) -> None:
        self.beeps: list[float] = []

    def beep(self) -> None:
        self.beeps.append(time.monotonic())

    @property
    def gaps(self) -> list[float]:
        """Milliseconds between successive beeps."""
        return [1000 * (later - earlier) for earlier, later in pairwise(self.beeps)]


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
def sounder(qapp: object, ear: Ear) -> SoundPlayer:
    return SoundPlayer(ear.beep)


def test_each_class_has_a_pattern_that_ends_soon() -> None:
    assert set(PATTERNS) == set(Severity)
    assert max(sum(gaps) for gaps in PATTERNS.values()) < LONGEST


def test_a_free_passage_is_one_short_beep_and_nothing_else_is() -> None:
    assert [severity for severity, gaps in PATTERNS.items() if not gaps] == [Severity.OK]


@pytest.mark.parametrize(("one", "other"), list(combinations(Severity, 2)))
def test_no_two_classes_sound_alike(one: Severity, other: Severity) -> None:
    first, second = PATTERNS[one], PATTERNS[other]
    differing = [max(a, b) / min(a, b) for a, b in zip(first, second, strict=False)]
    assert len(first) != len(second) or max(differing) >= TELLABLE


@pytest.mark.parametrize("severity", [Severity.ARREARS, Severity.BLOCKED])
def test_what_costs_money_has_two_beeps_more_than_a_free_passage(severity: Severity) -> None:
    assert len(PATTERNS[severity]) >= len(PATTERNS[Severity.OK]) + 2


@pytest.mark.parametrize("severity", list(Severity))
def test_a_pattern_is_heard_as_it_is_written(
    sounder: SoundPlayer,
    ear: Ear,
    qtbot: QtBot,
    severity: Severity,
    record_property: Callable[[str, object], None],
) -> None:
    sounder.play(severity)
    assert len(ear.beeps) == 1
    qtbot.waitUntil(lambda: len(ear.gaps) == len(PATTERNS[severity]), timeout=LONGEST)
    late = [heard - gap for heard, gap in zip(ear.gaps, PATTERNS[severity], strict=True)]
    record_property("latest_beep_ms", max(late, default=0.0))
    # A timer may be a millisecond early, and is late on a busy machine.
    assert min(late, default=0.0) > -5
    qtbot.wait(max(PATTERNS[severity], default=100) + 50)
    assert len(ear.gaps) == len(PATTERNS[severity])


def test_a_new_verdict_breaks_off_the_one_before(
    sounder: SoundPlayer, ear: Ear, qtbot: QtBot
) -> None:
    sounder.play(Severity.BLOCKED)
    sounder.play(Severity.OK)
    qtbot.wait(500)
    assert len(ear.beeps) == 2


def test_switched_off_it_is_silent(sounder: SoundPlayer, ear: Ear, qtbot: QtBot) -> None:
    sounder.play(Severity.BLOCKED)
    sounder.enabled = False
    sounder.play(Severity.ARREARS)
    qtbot.wait(500)
    assert len(ear.beeps) == 1
    sounder.enabled = True
    sounder.play(Severity.OK)
    assert len(ear.beeps) == 2


def test_a_verdict_sounds_once_however_often_it_is_told(
    sounder: SoundPlayer, ear: Ear, make_record: RecordMaker
) -> None:
    sounder.play_news(make_record())
    sounder.play_news(make_record())
    assert len(ear.beeps) == 1


def test_an_entry_is_silent_until_something_is_known_of_it(
    sounder: SoundPlayer, ear: Ear, make_record: RecordMaker
) -> None:
    for state in (DeliveryState.SAVED, DeliveryState.SENDING, DeliveryState.VOIDED):
        sounder.play_news(make_record(state=state, cause=None))
    assert ear.beeps == []


def test_what_waits_is_heard_once_and_its_answer_when_it_comes(
    sounder: SoundPlayer, ear: Ear, make_record: RecordMaker
) -> None:
    for _ in range(3):
        sounder.play_news(make_record(state=DeliveryState.WAITING, cause=Cause.OFFLINE))
    assert len(ear.beeps) == 1
    sounder.play_news(make_record())
    assert len(ear.beeps) == 2


def test_the_next_car_with_the_same_verdict_is_heard_too(
    sounder: SoundPlayer, ear: Ear, make_record: RecordMaker
) -> None:
    sounder.play_news(make_record(sequence=1))
    sounder.play_news(make_record(sequence=2))
    assert len(ear.beeps) == 2
