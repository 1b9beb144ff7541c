"""A crash leaves a local report without secrets; the next start offers it once."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import NoReturn

import pytest

from wxpark_gui.runtime import crash_reports
from wxpark_gui.runtime.crash_reports import FAULTS, CrashReports

KEY = "CanaryCanaryCanaryCanaryCanary09"

CRASH = """
import ctypes, sys
from pathlib import Path
from wxpark_gui.runtime.crash_reports import CrashReports
CrashReports(Path(sys.argv[1]), lambda: "about").start_faulthandler()
ctypes.string_at(0)
"""


def raised(error: Exception) -> Exception:
    try:
        raise error
    except Exception as caught:  # noqa: BLE001 - with its traceback
        return caught


def test_report_has_head_and_traceback_and_no_secret(tmp_path: Path) -> None:
    reports = CrashReports(tmp_path / "logs", lambda: "wxpark-gui 0.1.0")
    report = reports.write(raised(ValueError(f"{KEY} of 粤B12345")))
    text = (tmp_path / "logs" / report.name).read_text(encoding="utf-8")
    assert text == report.text
    assert text.startswith("wxpark-gui 0.1.0\n")
    assert "Traceback (most recent call last)" in text
    assert "ValueError: [redacted] of 粤B1***5" in text


def test_crash_is_offered_once_by_the_next_start(tmp_path: Path) -> None:
    assert CrashReports(tmp_path).take_unseen() is None
    CrashReports(tmp_path).write(raised(ValueError("first")))
    CrashReports(tmp_path).write(raised(ValueError("second")))
    offered = CrashReports(tmp_path).take_unseen()
    assert offered is not None
    assert "second" in offered.text
    assert CrashReports(tmp_path).take_unseen() is None
    assert len(list(CrashReports(tmp_path).all())) == 2


def test_same_crash_is_written_once_in_a_run(tmp_path: Path) -> None:
    reports, error = CrashReports(tmp_path), raised(ValueError("each second"))
    first, second = reports.write(error), reports.write(error)
    assert first.name
    assert second.name == ""
    assert "each second" in second.text
    assert len(list(tmp_path.iterdir())) == 1


def test_only_the_newest_reports_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crash_reports, "_MOST_KEPT", 2)
    for number in range(4):
        CrashReports(tmp_path).write(raised(ValueError(f"crash {number}")))
    kept = [report.text for report in CrashReports(tmp_path).all()]
    assert ["crash 3" in kept[0], "crash 2" in kept[1], len(kept)] == [True, True, 2]


def test_report_that_cannot_be_written_is_still_returned(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "logs").write_text("in the way")
    report = CrashReports(tmp_path / "logs").write(raised(ValueError("shown")))
    assert report.name == ""
    assert "shown" in report.text
    assert len(caplog.records) == 1


def test_fault_of_the_interpreter_is_offered_by_the_next_start(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", CRASH, str(tmp_path)], check=False)
    assert done.returncode != 0
    reports = CrashReports(tmp_path)
    reports.start_faulthandler()
    try:
        offered = reports.take_unseen()
    finally:
        reports.stop_faulthandler()
    assert offered is not None
    assert "string_at" in offered.text
    assert not (tmp_path / FAULTS).exists()


@pytest.mark.parametrize("trouble", [ValueError, OverflowError])
def test_time_that_cannot_be_read_keeps_no_fault_from_being_offered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trouble: type[Exception]
) -> None:
    """A damaged file system may tell any time, as the year 3170843."""

    class Calendar(datetime):
        @classmethod
        def fromtimestamp(cls, *_: object) -> NoReturn:
            raise trouble

    monkeypatch.setattr("wxpark_gui.runtime.crash_reports.datetime", Calendar)
    (tmp_path / FAULTS).write_text("Fatal Python error")
    reports = CrashReports(tmp_path)
    reports.start_faulthandler()
    try:
        offered = reports.take_unseen()
    finally:
        reports.stop_faulthandler()
    assert offered is not None
    assert "Fatal Python error" in offered.text


def test_orderly_end_leaves_nothing_to_offer(tmp_path: Path) -> None:
    reports = CrashReports(tmp_path)
    reports.start_faulthandler()
    reports.stop_faulthandler()
    assert list(tmp_path.iterdir()) == []
