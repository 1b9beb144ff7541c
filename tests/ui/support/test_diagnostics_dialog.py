"""The dialog shows the diagnostics before it saves them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QListWidget, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from tests.ui.conftest import FakeBooth
from wxpark_gui.controllers.diagnostics import DiagnosticsSaver
from wxpark_gui.domain.diagnostics import DiagnosticFile
from wxpark_gui.domain.errors import ExportExistsError, FileNotWrittenError
from wxpark_gui.domain.health import Finding, Health, Subject
from wxpark_gui.runtime.runner import Worker
from wxpark_gui.service.diagnostics import Diagnostics
from wxpark_gui.service.examination import Check, Checked
from wxpark_gui.storage.zip_file import write_zip
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.support.diagnostics_dialog import DiagnosticsDialog
from wxpark_gui.ui.window.main_window import MainWindow
from wxpark_gui.wording import FindingReport, Wording

FILES = (
    DiagnosticFile("doctor.txt", "good\n"),
    DiagnosticFile("logs/wxpark.log", "x" * 150_000 + "the last line"),
)


@pytest.fixture
def dialog(qtbot: QtBot, booth: FakeBooth, appearance: Appearance) -> Iterator[DiagnosticsDialog]:
    dialog = DiagnosticsDialog(booth.diagnostics, appearance)
    qtbot.addWidget(dialog)
    dialog.show()
    yield dialog
    dialog.close()


def said(dialog: DiagnosticsDialog, name: str) -> str:
    label = dialog.findChild(QLabel, name)
    assert isinstance(label, QLabel)
    return label.text().replace("\u200b", "") if label.isVisible() else ""


def choose(dialog: DiagnosticsDialog) -> QPushButton:
    button = dialog.findChild(QPushButton, "diagnosticsChoose")
    assert isinstance(button, QPushButton)
    return button


def test_files_are_listed_with_their_sizes_and_can_be_read_before_saving(
    dialog: DiagnosticsDialog, booth: FakeBooth
) -> None:
    assert not choose(dialog).isEnabled()
    assert "正在收集" in said(dialog, "diagnosticsSaid")
    booth.diagnostics.collected.emit(FILES)
    listed = dialog.findChild(QListWidget)
    text = dialog.findChild(QPlainTextEdit)
    assert listed is not None
    assert text is not None
    assert [listed.item(row).text() for row in range(listed.count())] == [
        "0.0 KB　doctor.txt",
        "150.0 KB　logs/wxpark.log",
    ]
    assert text.toPlainText() == "good\n"
    listed.setCurrentRow(1)
    assert text.toPlainText().endswith("the last line")
    assert len(text.toPlainText()) < 150_000
    assert "150.0 KB" in said(dialog, "diagnosticsCut")
    assert choose(dialog).isEnabled()
    assert booth.diagnostics.saves == []


def leave(dialog: DiagnosticsDialog) -> QPushButton:
    button = dialog.findChild(QPushButton, "diagnosticsLeave")
    assert isinstance(button, QPushButton)
    return button


def test_collecting_is_cancelled_by_its_button_and_by_closing_the_dialog(
    dialog: DiagnosticsDialog, booth: FakeBooth
) -> None:
    assert leave(dialog).text() == "取消"
    booth.diagnostics.collected.emit(FILES)
    assert leave(dialog).text() == "关闭"
    assert booth.diagnostics.cancels == 0
    leave(dialog).click()
    assert not dialog.isVisible()
    assert booth.diagnostics.cancels == 1


def test_saved_file_is_named(dialog: DiagnosticsDialog, booth: FakeBooth) -> None:
    booth.diagnostics.collected.emit(FILES)
    dialog.save_to("/tmp/out.zip")
    assert booth.diagnostics.saves == [(Path("/tmp/out.zip"), True)]
    assert not choose(dialog).isEnabled()
    booth.diagnostics.saved.emit(Path("/tmp/out.zip"))
    assert said(dialog, "diagnosticsSaid") == "已保存到 out.zip。没有发送任何内容。"


def test_missing_ending_is_added_and_replaces_nothing(
    dialog: DiagnosticsDialog, booth: FakeBooth
) -> None:
    booth.diagnostics.collected.emit(FILES)
    dialog.save_to("/tmp/out")
    assert booth.diagnostics.saves == [(Path("/tmp/out.zip"), False)]


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (FileNotWrittenError("No space left on device"), "[No space left on device]"),
        (ExportExistsError(), "已有同名文件"),
    ],
)
def test_failure_is_said_and_another_file_can_be_chosen(
    dialog: DiagnosticsDialog, booth: FakeBooth, error: Exception, sentence: str
) -> None:
    booth.diagnostics.collected.emit(FILES)
    dialog.save_to("/tmp/out.zip")
    booth.diagnostics.failed.emit(error)
    assert sentence in said(dialog, "diagnosticsProblem")
    assert choose(dialog).isEnabled()


def test_findings_of_a_complete_check_are_taken_over(window: MainWindow, booth: FakeBooth) -> None:
    booth.checkup.checks = [Check(Subject.JOURNAL, 5, list)]
    window.support.open_check()
    window.support.open_diagnostics()
    assert booth.diagnostics.asked == [None]
    assert window.support.diagnostics is not None
    window.support.diagnostics.close()
    finding = Finding(Subject.JOURNAL, Health.GOOD, "0")
    booth.checkup.found.emit(Checked(booth.checkup.checks[0], (finding,)))
    booth.checkup.end()
    window.support.open_diagnostics()
    asked = booth.diagnostics.asked[-1]
    assert asked is not None
    assert asked[0] == finding


def test_controller_collects_and_saves_off_the_gui_thread(
    qtbot: QtBot, tmp_path: Path, wording: Wording
) -> None:
    worker = Worker("test-diagnostics")
    diagnostics = Diagnostics(checks=tuple, sources=(), mask=str.upper, write=write_zip)
    saver = DiagnosticsSaver(diagnostics, worker)
    try:
        with qtbot.waitSignal(saver.collected) as collected:
            saver.collect(FindingReport(wording), [])
        files = collected.args[0]
        assert [file.name for file in files] == ["doctor.txt", "doctor.json"]
        with qtbot.waitSignal(saver.saved) as saved:
            saver.save(tmp_path / "out.zip", files, overwrite=False)
        assert saved.args == [tmp_path / "out.zip"]
        with qtbot.waitSignal(saver.failed) as failed:
            saver.save(tmp_path / "out.zip", files, overwrite=False)
        assert isinstance(failed.args[0], ExportExistsError)
    finally:
        worker.stop(2)


def test_cancelled_collecting_frees_its_thread_and_gives_no_files(
    qtbot: QtBot, wording: Wording
) -> None:
    released = threading.Event()

    def hang() -> list[Finding]:
        released.wait(30)
        return []

    checks = [Check(Subject.GATEWAY, 60, hang)]
    worker = Worker("test-diagnostics")
    diagnostics = Diagnostics(
        checks=lambda: checks,
        sources=[lambda: [DiagnosticFile("logs/wxpark.log", "")]],
        mask=str,
        write=write_zip,
    )
    saver = DiagnosticsSaver(diagnostics, worker)
    collected: list[object] = []
    saver.collected.connect(collected.append)
    try:
        saver.collect(FindingReport(wording))
        saver.cancel()
        with qtbot.waitSignal(saver.collected, timeout=5_000):
            saver.collect(FindingReport(wording), [])
    finally:
        released.set()
        worker.stop(2)
    assert len(collected) == 1


def test_file_saved_for_a_closed_dialog_is_not_told_to_the_next_one(
    qtbot: QtBot, tmp_path: Path, wording: Wording
) -> None:
    worker = Worker("test-diagnostics")
    diagnostics = Diagnostics(checks=tuple, sources=(), mask=str, write=write_zip)
    saver = DiagnosticsSaver(diagnostics, worker)
    saved: list[object] = []
    saver.saved.connect(saved.append)
    try:
        saver.save(tmp_path / "out.zip", FILES, overwrite=False)
        saver.cancel()
        with qtbot.waitSignal(saver.collected):
            saver.collect(FindingReport(wording), [])
    finally:
        worker.stop(2)
    assert (tmp_path / "out.zip").exists()
    assert saved == []
