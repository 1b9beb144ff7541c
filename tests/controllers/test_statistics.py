"""The statistics controller: reading in the background, one period at a time, and cancelling."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.storage.conftest import StillClock
from tests.storage.many_entries import make_rows, write_journal
from wxpark_gui.controllers.statistics import StatisticsController
from wxpark_gui.domain.errors import FileNotWrittenError, JournalDamagedError
from wxpark_gui.domain.statistics import Period, Report
from wxpark_gui.domain.tallies import Part, Slot, Sums
from wxpark_gui.runtime.runner import Worker
from wxpark_gui.service.statistics import Statistics
from wxpark_gui.storage.documents import DiskDocuments
from wxpark_gui.storage.statistics import JournalStatistics

NOW = datetime(2026, 3, 15, 3, 42, 7, tzinfo=timezone.utc)
PATIENCE_MS = 20_000


class Source:
    """Yields each part only after `go` was released once more."""

    def __init__(self, parts: int) -> None:
        self.go = threading.Semaphore(0)
        self.closed = threading.Event()
        self.taken = 0
        self.error: Exception | None = None
        self._parts = parts

    def parts(
        self, since: datetime, now: datetime, slot: Slot, is_cancelled: Callable[[], bool]
    ) -> Iterator[Part]:
        try:
            for number in range(1, self._parts + 1):
                self.go.acquire()
                self.taken += 1
                if self.error is not None:
                    raise self.error
                yield Part(Sums(), number / self._parts)
        finally:
            self.closed.set()


@pytest.fixture
def worker() -> Iterator[Worker]:
    worker = Worker("test-statistics")
    yield worker
    assert worker.stop(20.0)


@pytest.fixture
def source() -> Source:
    return Source(4)


@pytest.fixture
def controller(worker: Worker, source: Source, qtbot: QtBot) -> StatisticsController:
    return StatisticsController(Statistics(source, DiskDocuments(), StillClock(NOW)), worker)


def test_parts_are_followed_by_the_whole(
    controller: StatisticsController, source: Source, qtbot: QtBot
) -> None:
    partial: list[Report] = []
    controller.partial.connect(partial.append)
    source.go.release(4)
    with qtbot.waitSignal(controller.finished, timeout=PATIENCE_MS) as finished:
        controller.read(Period.WEEK)
    assert [report.read for report in partial] == [0.25, 0.5, 0.75]
    assert finished.args is not None
    assert finished.args[0].is_complete
    assert source.closed.wait(20)


def test_cancelled_reading_closes_its_files_and_emits_nothing_more(
    controller: StatisticsController, source: Source, qtbot: QtBot
) -> None:
    found: list[Report] = []
    controller.partial.connect(found.append)
    controller.finished.connect(found.append)
    controller.read(Period.YEAR)
    source.go.release()
    qtbot.waitUntil(lambda: len(found) == 1, timeout=PATIENCE_MS)
    controller.cancel()
    source.go.release(4)
    assert source.closed.wait(20)
    qtbot.wait(50)
    assert len(found) == 1


def test_another_period_replaces_the_one_that_is_read(
    controller: StatisticsController, source: Source, qtbot: QtBot
) -> None:
    found: list[Report] = []
    controller.partial.connect(found.append)
    controller.read(Period.YEAR)
    controller.read(Period.WEEK)
    source.go.release(12)
    with qtbot.waitSignal(controller.finished, timeout=PATIENCE_MS):
        pass
    assert {report.period for report in found} == {Period.WEEK}


def test_journal_that_cannot_be_read_is_reported(
    controller: StatisticsController, source: Source, qtbot: QtBot
) -> None:
    source.error = JournalDamagedError("torn")
    source.go.release()
    with qtbot.waitSignal(controller.failed, timeout=PATIENCE_MS):
        controller.read(Period.TODAY)


def test_bug_is_reported_as_a_crash(
    controller: StatisticsController, source: Source, qtbot: QtBot
) -> None:
    source.error = KeyError("slot")
    source.go.release()
    with qtbot.waitSignal(controller.crashed, timeout=PATIENCE_MS):
        controller.read(Period.TODAY)


def test_file_is_saved_or_the_error_is_reported(
    controller: StatisticsController, qtbot: QtBot, tmp_path: Path
) -> None:
    path = str(tmp_path / "a.csv")
    with qtbot.waitSignal(controller.saved, timeout=PATIENCE_MS) as saved:
        controller.save(path, b"content")
    assert saved.args == [path]
    assert (tmp_path / "a.csv").read_bytes() == b"content"
    with qtbot.waitSignal(controller.notSaved, timeout=PATIENCE_MS) as failed:
        controller.save(str(tmp_path / "missing" / "a.csv"), b"content")
    assert failed.args is not None
    assert isinstance(failed.args[0], FileNotWrittenError)


def test_each_of_two_files_is_reported_under_its_own_name(
    controller: StatisticsController, qtbot: QtBot, tmp_path: Path
) -> None:
    paths = [str(tmp_path / name) for name in ("a.csv", "b.csv")]
    saved: list[str] = []
    controller.saved.connect(saved.append)
    for path in paths:
        controller.save(path, b"content")
    qtbot.waitUntil(lambda: len(saved) == len(paths))
    assert saved == paths


def test_real_journal_is_read_on_the_thread(worker: Worker, qtbot: QtBot, tmp_path: Path) -> None:
    rows = list(make_rows(NOW - timedelta(days=2), NOW - timedelta(minutes=1), 300))
    write_journal(tmp_path / "journal.sqlite3", rows)
    source = JournalStatistics(tmp_path / "journal.sqlite3", tmp_path / "archive", training=False)
    statistics = Statistics(source, DiskDocuments(), StillClock(NOW))
    controller = StatisticsController(statistics, worker)
    for period in (Period.YEAR, Period.WEEK):
        with qtbot.waitSignal(controller.finished, timeout=PATIENCE_MS) as finished:
            controller.read(period)
        assert finished.args is not None
        assert finished.args[0].total.entries > 200
