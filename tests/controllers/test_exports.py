"""The export controller with its thread, a real journal and real files."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from wxpark_gui.controllers.exports import Exports
from wxpark_gui.domain.entry import EntryDraft, check_draft
from wxpark_gui.domain.errors import ExportExistsError, JournalBusyError
from wxpark_gui.domain.export import (
    Cell,
    ExportCancelledError,
    ExportFormat,
    ExportProgress,
    ExportResult,
    ExportRow,
)
from wxpark_gui.domain.record import NewEntry, Origin
from wxpark_gui.runtime import time_slices
from wxpark_gui.runtime.runner import Worker
from wxpark_gui.runtime.system import SystemClock
from wxpark_gui.service.export import Export, ExportRequest, RowWords
from wxpark_gui.storage import export_files, unfinished_file
from wxpark_gui.storage.export_files import ExportFiles
from wxpark_gui.storage.export_rows import ExportRows
from wxpark_gui.storage.journal import SqliteJournal
from wxpark_gui.storage.shared import SharedJournal

NOW = datetime(2026, 3, 15, 4, 0, tzinfo=timezone.utc)


class Words:
    """Row of one cell, the plate; `before` is called for each row."""

    sheet_name = "entries"
    headings = ("plate",)

    def __init__(self, before: Callable[[], object] = lambda: None) -> None:
        self._before = before

    def cells(self, row: ExportRow, *, whole_plates: bool) -> Sequence[Cell]:
        self._before()
        return [row.record.entry.label]


@pytest.fixture
def exports(qtbot: QtBot, tmp_path: Path) -> Iterator[Exports]:
    path = tmp_path / "journal.sqlite3"
    entry = check_draft(EntryDraft("粤B12345"), NOW)
    with closing(SqliteJournal(path, SystemClock())) as journal:
        for _ in range(3):
            new = NewEntry(str(uuid.uuid4()), entry, Origin("1-2", "1", "2", "lot", "booth"))
            journal.append(new, NOW)
    worker = Worker("test-export")
    export = Export(
        lambda: ExportRows(path, tmp_path / "archive"),
        ExportFiles(),
        SharedJournal(path),
        SystemClock(),
    )
    exports = Exports(export, worker)
    yield exports
    exports.stop()
    assert worker.stop(5)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    folder.mkdir()
    return folder / "out.csv"


def test_finished_export_is_reported_in_the_thread_of_the_window(
    qtbot: QtBot, exports: Exports, target: Path
) -> None:
    threads: list[threading.Thread] = []
    exports.progressed.connect(lambda _: threads.append(threading.current_thread()))
    with qtbot.waitSignal(exports.finished) as finished:
        assert exports.start(ExportRequest(target, ExportFormat.CSV), Words())
    assert finished.args == [ExportResult(3)]
    assert not exports.running
    assert target.exists()
    assert set(threads) == {threading.main_thread()}


def test_cancel_is_answered_at_once_and_another_export_may_follow(
    qtbot: QtBot, exports: Exports, target: Path
) -> None:
    writing, go_on, gone = threading.Event(), threading.Event(), threading.Event()
    answers: list[str] = []
    exports.cancelled.connect(lambda: answers.append("cancelled"))
    exports.progressed.connect(lambda _: answers.append("progressed"))
    request = ExportRequest(target, ExportFormat.CSV)

    def pause() -> None:
        writing.set()
        assert go_on.wait(20)

    exports.start(request, Words(pause))
    assert writing.wait(20)
    exports.cancel()
    # The worker still writes the row.
    assert answers == ["cancelled"]
    assert not exports.running
    exports.start(replace(request, path=target.with_name("other.csv")), Words(gone.set))
    assert not gone.is_set()
    with qtbot.waitSignal(exports.finished):
        go_on.set()
    assert [path.name for path in target.parent.iterdir()] == ["other.csv"]
    assert answers.count("cancelled") == 1


def test_cancelled_export_tells_neither_progress_nor_its_end(
    qtbot: QtBot, exports: Exports, target: Path
) -> None:
    writing, go_on = threading.Event(), threading.Event()
    told: list[object] = []
    for signal in (exports.progressed, exports.finished, exports.failed, exports.crashed):
        signal.connect(told.append)

    def fail() -> None:
        writing.set()
        assert go_on.wait(20)
        raise KeyError

    exports.start(ExportRequest(target, ExportFormat.CSV), Words(fail))
    assert writing.wait(20)
    exports.cancel()
    exports.cancel()
    done: list[object] = []
    exports._worker.submit(lambda: None, done.append, done.append)
    go_on.set()
    qtbot.waitUntil(lambda: done == [None])
    assert told == []
    assert list(target.parent.iterdir()) == []


def test_export_that_is_getting_its_name_is_finished_in_spite_of_a_cancel(
    qtbot: QtBot, exports: Exports, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    naming, go_on = threading.Event(), threading.Event()
    publish = unfinished_file.publish

    def wait(*paths: Path, overwrite: bool) -> None:
        naming.set()
        assert go_on.wait(20)
        publish(*paths, overwrite=overwrite)

    monkeypatch.setattr(export_files, "publish", wait)
    answers: list[str] = []
    exports.cancelled.connect(lambda: answers.append("cancelled"))
    with qtbot.waitSignal(exports.finished):
        exports.start(ExportRequest(target, ExportFormat.CSV), Words())
        assert naming.wait(20)
        exports.cancel()
        assert exports.running
        go_on.set()
    assert answers == []
    assert target.exists()


class SlowExport:
    """Use case that ignores a cancel until `go_on`, then reports its rows and ends."""

    def __init__(self) -> None:
        self.rows = 0
        self.go_on = threading.Event()

    def run(
        self,
        _request: ExportRequest,
        _words: RowWords,
        report: Callable[[ExportProgress], object],
        _is_cancelled: Callable[[], bool],
        may_complete: Callable[[], bool],
    ) -> ExportResult:
        assert self.go_on.wait(20)
        self.rows += 1
        report(ExportProgress(self.rows, 1.0, finishing=True))
        if not may_complete():
            raise ExportCancelledError
        return ExportResult(self.rows)


def test_export_that_was_cancelled_after_its_last_check_is_not_completed(qtbot: QtBot) -> None:
    worker, slow = Worker("test-export"), SlowExport()
    exports = Exports(slow, worker)  # type: ignore[arg-type]
    told: list[object] = []
    exports.progressed.connect(told.append)
    exports.finished.connect(told.append)
    request = ExportRequest(Path("x.csv"), ExportFormat.CSV)
    exports.start(request, Words())
    exports.cancel()
    exports.start(request, Words())
    slow.go_on.set()
    qtbot.waitUntil(lambda: not exports.running)
    # Of the cancelled one neither progress nor an end is told.
    assert told == [ExportProgress(2, 1.0, finishing=True), ExportResult(2)]
    assert worker.stop(5)


@pytest.mark.parametrize(
    ("error", "has_traceback"), [(JournalBusyError(), False), (OSError("no such file"), True)]
)
def test_error_of_a_cancelled_export_is_logged_with_a_traceback_unless_it_is_expected(
    qtbot: QtBot, caplog: pytest.LogCaptureFixture, error: Exception, has_traceback: bool
) -> None:
    class FailingExport(SlowExport):
        def run(self, *_: object) -> ExportResult:
            assert self.go_on.wait(20)
            raise error

    worker, failing = Worker("test-export"), FailingExport()
    exports = Exports(failing, worker)  # type: ignore[arg-type]
    caplog.set_level("INFO", exports.__module__)
    exports.start(ExportRequest(Path("x.csv"), ExportFormat.CSV), Words())
    exports.cancel()
    failing.go_on.set()
    qtbot.waitUntil(lambda: bool(caplog.records))
    assert [bool(record.exc_info) for record in caplog.records] == [has_traceback]
    assert worker.stop(5)


def test_second_export_is_refused_while_one_runs(
    qtbot: QtBot, exports: Exports, target: Path
) -> None:
    request = ExportRequest(target, ExportFormat.CSV)
    with qtbot.waitSignal(exports.finished):
        assert exports.start(request, Words())
        assert not exports.start(request, Words())


def test_failure_is_told_from_a_bug(qtbot: QtBot, exports: Exports, target: Path) -> None:
    target.write_text("before")
    request = ExportRequest(target, ExportFormat.CSV)
    with qtbot.waitSignal(exports.failed) as failed:
        exports.start(request, Words())
    assert isinstance(failed.args[0], ExportExistsError)

    def fail() -> None:
        raise KeyError

    with qtbot.waitSignal(exports.crashed) as crashed:
        exports.start(ExportRequest(target, ExportFormat.CSV, overwrite=True), Words(fail))
    assert isinstance(crashed.args[0], KeyError)
    assert target.read_text() == "before"
    assert not exports.running


def test_rows_are_written_while_the_thread_of_the_window_has_nothing_to_do(
    qtbot: QtBot, exports: Exports, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time_slices, "SLICE", 0.0)
    monkeypatch.setattr(time_slices, "LONGEST_WAIT", 20.0)
    asked, written = threading.Event(), []
    clear = exports._slices._granted.clear

    def ask() -> None:
        clear()
        asked.set()

    monkeypatch.setattr(exports._slices._granted, "clear", ask)
    exports.start(ExportRequest(target, ExportFormat.CSV), Words(lambda: written.append(1)))
    # No event is handled meanwhile.
    assert asked.wait(20)
    assert written == []
    with qtbot.waitSignal(exports.finished):
        pass
    assert len(written) == 3
