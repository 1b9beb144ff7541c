"""Unhandled exceptions reach the log and the registered listener, in every thread."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import qWarning
from pytestqt.qtbot import QtBot

from wxpark_gui.runtime.crash import CrashReporter
from wxpark_gui.runtime.crash_reports import CrashReports


@pytest.fixture
def reporter(qapp: object) -> Iterator[CrashReporter]:
    before = sys.excepthook, threading.excepthook
    reporter = CrashReporter()
    reporter.install()
    yield reporter
    reporter.uninstall()
    sys.excepthook, threading.excepthook = before


def test_an_uncaught_exception_is_logged_with_its_traceback_and_told_by_name_only(
    reporter: CrashReporter, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    with qtbot.waitSignal(reporter.crashed) as told:
        reporter.report(ValueError("private"))
    assert told.args == ["ValueError"]
    assert caplog.records[0].exc_info is not None


def test_an_exception_in_a_thread_is_told_too(
    reporter: CrashReporter, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise LookupError

    thread = threading.Thread(target=fail)
    with qtbot.waitSignal(reporter.crashed) as told:
        thread.start()
    thread.join()
    assert told.args == ["LookupError"]
    assert [record.levelno for record in caplog.records] == [logging.CRITICAL]


def test_report_is_told_before_the_crash(qtbot: QtBot, tmp_path: Path) -> None:
    reporter = CrashReporter(CrashReports(tmp_path))
    with qtbot.waitSignals([reporter.reported, reporter.crashed], order="strict"):
        reporter.report(ValueError("private"))
    (file,) = tmp_path.iterdir()
    assert "ValueError: private" in file.read_text(encoding="utf-8")


@pytest.mark.qt_no_exception_capture
def test_what_qt_complains_of_is_logged(
    reporter: CrashReporter, caplog: pytest.LogCaptureFixture
) -> None:
    qWarning("something is amiss")
    assert ("qt", logging.WARNING, "something is amiss") in caplog.record_tuples
