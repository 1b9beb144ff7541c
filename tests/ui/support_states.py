"""Opens the dialogs for a support call in their states, for the tests of layout and names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QDialog

from tests.ui.conftest import DialogParent, FakeCheckup, FakeDiagnostics
from wxpark_gui.domain.connectivity import ConnectionFailure
from wxpark_gui.domain.diagnostics import DiagnosticFile
from wxpark_gui.domain.errors import FileNotWrittenError, KeyringLockedError
from wxpark_gui.domain.health import Finding, Health, Subject, Trouble
from wxpark_gui.runtime.crash_reports import CrashReport
from wxpark_gui.service.examination import Check, Checked

STEPS = (("dns", 2), ("tcp", 11), ("proxy", 12), ("tls", 30), ("answer", 41))
FINDINGS = (
    Finding(Subject.DATA_DIRECTORY, Health.GOOD, "/home/booth/.local/share/wxpark-gui"),
    *(
        Finding(Subject.DISK, Health.WARNING, "0.1 GB, 41 ms", trouble=trouble)
        for trouble in Trouble
    ),
    Finding(Subject.KEYRING, Health.BAD, "SecretService", KeyringLockedError()),
    *(
        Finding(Subject.GATEWAY, Health.BAD, "api.mch.weixin.qq.com", failure=failure, steps=STEPS)
        for failure in ConnectionFailure
    ),
    Finding(Subject.CLOCK, Health.WARNING, "+86400 s", clock_offset=86400.0),
)
FILES = (
    DiagnosticFile("doctor.txt", "good     data directory: /data\n" * 99),
    DiagnosticFile("logs/wxpark.log", "x" * 150_000),
)
REPORT = CrashReport("crash-1.txt", "Traceback (most recent call last):\nValueError: private")


def open_running_check(window: DialogParent) -> QDialog | None:
    checkup = window._controllers.checkup
    assert isinstance(checkup, FakeCheckup)
    checkup.checks = [Check(subject, 5, list) for subject in (Subject.DISK, Subject.KEYRING)]
    window.support.open_check()
    checkup.found.emit(Checked(checkup.checks[0], FINDINGS))
    return window.support.check


def open_ended_check(window: DialogParent) -> QDialog | None:
    dialog = open_running_check(window)
    checkup = window._controllers.checkup
    assert isinstance(checkup, FakeCheckup)
    checkup.end()
    return dialog


def open_collecting_diagnostics(window: DialogParent) -> QDialog | None:
    window.support.open_diagnostics()
    return window.support.diagnostics


def open_saved_diagnostics(window: DialogParent) -> QDialog | None:
    dialog = open_collecting_diagnostics(window)
    diagnostics = window._controllers.diagnostics
    assert isinstance(diagnostics, FakeDiagnostics)
    diagnostics.collected.emit(FILES)
    diagnostics.saved.emit(Path("/tmp/out.zip"))
    return dialog


def open_failed_diagnostics(window: DialogParent) -> QDialog | None:
    dialog = open_saved_diagnostics(window)
    window._controllers.diagnostics.failed.emit(FileNotWrittenError("No space left on device"))
    return dialog


def open_crash(window: DialogParent) -> QDialog | None:
    window.support.note_crash(REPORT)
    window.support.open_crash()
    return window.support.crash


def open_crash_before(window: DialogParent) -> QDialog | None:
    window.support.note_crash_before(REPORT)
    window.support.open_crash()
    return window.support.crash


OPENERS: tuple[Callable[[DialogParent], QDialog | None], ...] = (
    open_ended_check,
    open_collecting_diagnostics,
    open_saved_diagnostics,
    open_failed_diagnostics,
    open_crash,
    open_crash_before,
)
