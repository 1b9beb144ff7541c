"""The update checker: times of its checks, and checks that never end."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from pytestqt.qtbot import QtBot

from tests.settings import changed, settings_of
from wxpark_gui.controllers.updates import INTERVAL_MS, UpdateChecker
from wxpark_gui.domain.errors import VersionFileUnreachableError
from wxpark_gui.domain.release import Release, Version
from wxpark_gui.domain.release_source import ReleaseSource
from wxpark_gui.domain.settings import Settings
from wxpark_gui.runtime.runner import Worker
from wxpark_gui.service.releases import Upgrades

SETTINGS = settings_of(version_file="/mnt/one.toml", version_key="key")
ELSEWHERE = changed(SETTINGS, version_file="/mnt/two.toml")
NEWER = Release(Version(1, 2, 0))


@dataclass
class Operator:
    """Returns one release for every source, raises an error, or blocks until released."""

    answer: Release | Exception = NEWER
    asked: list[str] = field(default_factory=list)
    threads: set[str] = field(default_factory=set)
    let_go: threading.Event = field(default_factory=threading.Event)

    def announced(self, source: ReleaseSource) -> Release:
        self.asked.append(source.place)
        self.threads.add(threading.current_thread().name)
        self.let_go.wait(20)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def operator() -> Iterator[Operator]:
    operator = Operator()
    operator.let_go.set()
    yield operator
    operator.let_go.set()


@pytest.fixture
def watch(qapp: object, operator: Operator) -> Iterator[UpdateChecker]:
    watch = UpdateChecker(Upgrades(operator, Version(1, 0, 0)), Worker("test-releases"))
    yield watch
    watch.stop()


def found(watch: UpdateChecker) -> list[Release | None]:
    """Return a list to which releases emitted from now on are appended."""
    told: list[Release | None] = []
    watch.found.connect(told.append)
    return told


def test_a_newer_version_is_found_on_a_thread_of_its_own(
    watch: UpdateChecker, operator: Operator, qtbot: QtBot
) -> None:
    told = found(watch)
    watch.apply_settings(SETTINGS)
    qtbot.waitUntil(lambda: told == [None, NEWER])
    assert operator.threads == {"test-releases"}


def test_by_itself_nobody_is_asked(watch: UpdateChecker, operator: Operator, qtbot: QtBot) -> None:
    watch.apply_settings(Settings())
    watch._timer.timeout.emit()
    qtbot.wait(50)
    assert operator.asked == []


def test_settings_that_say_the_same_ask_nobody_again(
    watch: UpdateChecker, operator: Operator, qtbot: QtBot
) -> None:
    told = found(watch)
    watch.apply_settings(SETTINGS)
    qtbot.waitUntil(lambda: NEWER in told)
    watch.apply_settings(changed(SETTINGS, name="2", theme="dark", font_scale=150))
    qtbot.wait(50)
    assert operator.asked == ["/mnt/one.toml"]


@pytest.mark.parametrize(
    "change",
    [
        {"version_file": "/mnt/two.toml"},
        {"version_key": "another"},
        {"proxy_url": "http://10.0.0.1:3128"},
    ],
)
def test_another_place_key_or_proxy_is_asked_at_once(
    watch: UpdateChecker, operator: Operator, qtbot: QtBot, change: dict[str, str]
) -> None:
    told = found(watch)
    watch.apply_settings(SETTINGS)
    qtbot.waitUntil(lambda: told == [None, NEWER])
    watch.apply_settings(changed(SETTINGS, **change))
    qtbot.waitUntil(lambda: told == [None, NEWER, None, NEWER])


def test_without_a_place_what_was_found_is_taken_back(watch: UpdateChecker, qtbot: QtBot) -> None:
    told = found(watch)
    watch.apply_settings(SETTINGS)
    qtbot.waitUntil(lambda: told == [None, NEWER])
    watch.apply_settings(Settings())
    assert told == [None, NEWER, None]


def test_it_is_asked_again_every_twelve_hours(
    watch: UpdateChecker, operator: Operator, qtbot: QtBot
) -> None:
    assert INTERVAL_MS == 12 * 60 * 60 * 1000
    told = found(watch)
    watch.apply_settings(SETTINGS)
    qtbot.waitUntil(lambda: NEWER in told)
    assert watch._timer.isActive()
    watch._timer.timeout.emit()
    qtbot.waitUntil(lambda: len(operator.asked) == 2)


def test_a_failure_is_logged_and_nothing_is_taken_back(
    watch: UpdateChecker, operator: Operator, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    told = found(watch)
    watch.apply_settings(SETTINGS)
    qtbot.waitUntil(lambda: told == [None, NEWER])
    operator.answer = VersionFileUnreachableError("HTTP 404")
    with caplog.at_level(logging.WARNING), qtbot.assertNotEmitted(watch.crashed):
        watch._timer.timeout.emit()
        qtbot.waitUntil(lambda: "VERSION_FILE_UNREACHABLE: HTTP 404" in caplog.text)
    assert told == [None, NEWER]


def test_a_bug_is_told_as_one(watch: UpdateChecker, operator: Operator, qtbot: QtBot) -> None:
    operator.answer = ZeroDivisionError()
    with qtbot.waitSignal(watch.crashed):
        watch.apply_settings(SETTINGS)


class TestHanging:
    @pytest.fixture(autouse=True)
    def hang(self, operator: Operator) -> None:
        operator.let_go.clear()

    def test_a_question_that_hangs_is_not_repeated(
        self, watch: UpdateChecker, operator: Operator, qtbot: QtBot
    ) -> None:
        watch.apply_settings(SETTINGS)
        qtbot.waitUntil(lambda: operator.asked == ["/mnt/one.toml"])
        for _ in range(5):
            watch._timer.timeout.emit()
        operator.let_go.set()
        with qtbot.waitSignal(watch.found):
            pass
        assert operator.asked == ["/mnt/one.toml"]

    @pytest.mark.parametrize("answer", [NEWER, VersionFileUnreachableError("TIMEOUT")], ids=str)
    def test_its_late_answer_is_not_taken_for_that_of_another_place(
        self,
        watch: UpdateChecker,
        operator: Operator,
        qtbot: QtBot,
        answer: Release | VersionFileUnreachableError,
    ) -> None:
        operator.answer = answer
        told = found(watch)
        watch.apply_settings(SETTINGS)
        qtbot.waitUntil(lambda: operator.asked == ["/mnt/one.toml"])
        watch.apply_settings(ELSEWHERE)
        operator.let_go.set()
        qtbot.waitUntil(lambda: operator.asked == ["/mnt/one.toml", "/mnt/two.toml"])
        qtbot.wait(50)
        assert told.count(NEWER) == (1 if answer == NEWER else 0)

    def test_to_quit_does_not_wait_for_it(
        self, watch: UpdateChecker, operator: Operator, qtbot: QtBot
    ) -> None:
        watch.apply_settings(SETTINGS)
        qtbot.waitUntil(lambda: operator.asked == ["/mnt/one.toml"])
        began = time.monotonic()
        watch.stop()
        assert time.monotonic() - began < 2
        with qtbot.assertNotEmitted(watch.found, wait=50):
            operator.let_go.set()
