"""The export dialog by keyboard: choices, progress, cancel, result and errors."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QFileDialog,
    QLabel,
    QProgressBar,
    QPushButton,
)
from pytestqt.qtbot import QtBot

from tests.ui.conftest import FakeBooth
from tests.ui.folders import FakeFolders
from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.entry_filter import EVERY_ENTRY, EntryFilter
from wxpark_gui.domain.errors import FileNotWrittenError
from wxpark_gui.domain.export import ExportFormat, ExportProgress, ExportResult
from wxpark_gui.ui.export import export_dialog
from wxpark_gui.ui.export.export_dialog import ExportDialog
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.window.main_window import MainWindow
from wxpark_gui.wording import Wording, filter_words

NOON = datetime(2026, 3, 15, 4, 0, tzinfo=timezone.utc)
WANTED = EntryFilter(since=NOON, plate="粤B", states=frozenset({DeliveryState.REFUSED}))


class Shown:
    """The open dialog, with functions to operate and read it."""

    def __init__(self, dialog: ExportDialog) -> None:
        self.dialog = dialog

    def text(self, name: str) -> str:
        label = self.dialog.findChild(QLabel, name)
        assert isinstance(label, QLabel)
        return label.text().replace("\u200b", "") if label.isVisible() else ""

    def button(self, name: str) -> QPushButton:
        button = self.dialog.findChild(QPushButton, name)
        assert isinstance(button, QPushButton)
        return button

    @property
    def bar(self) -> QProgressBar:
        bar = self.dialog.findChild(QProgressBar)
        assert isinstance(bar, QProgressBar)
        return bar


@pytest.fixture
def folders(qapp: QApplication) -> FakeFolders:
    return FakeFolders()


@pytest.fixture
def shown(
    qtbot: QtBot, booth: FakeBooth, appearance: Appearance, folders: FakeFolders
) -> Iterator[Shown]:
    dialog = ExportDialog(
        booth.exports, appearance, WANTED, guard=lambda then: then(), folders=folders
    )
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.show()
    yield Shown(dialog)
    booth.exports.running = False
    dialog.close()


def test_conditions_are_told_in_words(shown: Shown) -> None:
    assert shown.text("exportFilter") == "2026-03-15 12:00 起 · 车牌含 粤B · 未受理"


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (EVERY_ENTRY, "全部记录"),
        (EntryFilter(until=NOON), "2026-03-15 12:00 之前"),
        (EntryFilter(states=frozenset({DeliveryState.ANSWERED})), "已应答"),
    ],
)
def test_each_condition_has_words(wording: Wording, wanted: EntryFilter, words: str) -> None:
    assert filter_words(wording, wanted) == words


def test_chosen_file_is_asked_for_in_the_documents(
    shown: Shown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_dialog, "_documents", lambda: str(tmp_path))
    QTest.keyClick(shown.dialog, Qt.Key.Key_Return)
    files = shown.dialog.findChild(QFileDialog)
    assert isinstance(files, QFileDialog)
    assert Path(files.directory().absolutePath()) == tmp_path
    assert files.defaultSuffix() == "csv"
    files.reject()


def test_request_holds_format_plates_and_conditions(
    booth: FakeBooth, shown: Shown, tmp_path: Path
) -> None:
    box = shown.dialog.findChild(QCheckBox)
    assert isinstance(box, QCheckBox)
    assert not box.isChecked()
    QTest.keyClick(box, Qt.Key.Key_Space)
    shown.dialog._format.choose(ExportFormat.XLSX)
    shown.dialog.export_to(str(tmp_path / "out.xlsx"))
    (request,) = booth.exports.requests
    assert (request.path, request.format) == (tmp_path / "out.xlsx", ExportFormat.XLSX)
    assert (request.wanted, request.whole_plates, request.overwrite) == (WANTED, True, True)


def test_name_with_another_ending_gets_the_right_one_and_replaces_nothing(
    booth: FakeBooth, shown: Shown, tmp_path: Path
) -> None:
    shown.dialog.export_to(str(tmp_path / "out.txt"))
    (request,) = booth.exports.requests
    assert (request.path.name, request.overwrite) == ("out.txt.csv", False)


def test_progress_is_shown_and_escape_cancels(
    booth: FakeBooth, shown: Shown, tmp_path: Path
) -> None:
    shown.dialog.export_to(str(tmp_path / "out.csv"))
    booth.exports.progressed.emit(ExportProgress(12_000, 0.3))
    assert (shown.text("exportSaid"), shown.bar.value()) == ("已写入 12,000 条", 30)
    assert not shown.button("exportChoose").isEnabled()
    QTest.keyClick(shown.dialog, Qt.Key.Key_Escape)
    assert booth.exports.cancels == 1
    assert shown.dialog.isVisible()
    booth.exports.end(None)
    assert shown.text("exportSaid") == "已取消，没有生成文件。"
    QTest.keyClick(shown.dialog, Qt.Key.Key_Escape)
    assert not shown.dialog.isVisible()


def test_finished_export_tells_file_and_gaps_and_opens_its_folder(
    booth: FakeBooth, shown: Shown, tmp_path: Path, folders: FakeFolders
) -> None:
    shown.dialog.export_to(str(tmp_path / "out.csv"))
    booth.exports.end(ExportResult(12_345, ("2026-01",), 2))
    assert shown.text("exportSaid") == "已导出 12,345 条：out.csv"
    assert "2026-01 的归档无法读取" in shown.text("exportProblem")
    assert not shown.bar.isVisible()
    QTest.keyClick(shown.button("exportFolder"), Qt.Key.Key_Return)
    assert folders.opened == [tmp_path]
    assert shown.text("exportProblem").count("\n") == 1


def test_folder_that_does_not_open_is_told_and_its_path_copied(
    booth: FakeBooth, shown: Shown, tmp_path: Path, folders: FakeFolders
) -> None:
    folders.is_missing = True
    shown.dialog.export_to(str(tmp_path / "out.csv"))
    booth.exports.end(ExportResult(3))
    QTest.keyClick(shown.button("exportFolder"), Qt.Key.Key_Return)
    assert shown.text("exportSaid") == "已导出 3 条：out.csv"
    assert shown.text("exportProblem") == f"文件夹没能打开。请复制路径，自己打开：{tmp_path}"
    assert shown.button("exportFolder").text() == "复制路径"
    QTest.keyClick(shown.button("exportFolder"), Qt.Key.Key_Return)
    assert QGuiApplication.clipboard().text() == str(tmp_path)
    assert shown.button("exportFolder").text() == "已复制。"
    assert folders.opened == [tmp_path]


def test_next_export_offers_its_folder_again(
    booth: FakeBooth, shown: Shown, tmp_path: Path, folders: FakeFolders
) -> None:
    folders.is_missing = True
    shown.dialog.export_to(str(tmp_path / "out.csv"))
    booth.exports.end(ExportResult(3))
    shown.button("exportFolder").click()
    shown.dialog.export_to(str(tmp_path / "other.csv"))
    booth.exports.end(ExportResult(4))
    assert shown.text("exportProblem") == ""
    assert shown.button("exportFolder").text() == "打开文件夹"


def test_failure_tells_cause_and_action_and_another_place_can_be_chosen(
    booth: FakeBooth, shown: Shown, tmp_path: Path
) -> None:
    shown.dialog.export_to(str(tmp_path / "out.csv"))
    booth.exports.end(FileNotWrittenError("No space left on device"))
    problem = shown.text("exportProblem")
    assert problem.startswith("文件没有写成，没有生成新文件。")
    assert "No space left on device" in problem
    assert shown.button("exportChoose").isEnabled()
    assert not shown.button("exportFolder").isVisible()


class TestWindow:
    def test_opens_one_dialog_and_gets_the_keyboard_back(
        self, qtbot: QtBot, window: MainWindow
    ) -> None:
        for _ in range(2):
            window.export.open_export(EntryFilter(since=NOON - timedelta(days=1)))
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        assert len(window.findChildren(ExportDialog)) == 1
        dialog = window.export.dialog
        assert dialog is not None
        dialog.reject()
        assert window.export.dialog is None
        window.activateWindow()
        qtbot.waitUntil(window.form.plate.hasFocus)

    def test_another_search_replaces_the_dialog_unless_an_export_runs(
        self, window: MainWindow, booth: FakeBooth, tmp_path: Path
    ) -> None:
        window.export.open_export(EntryFilter(plate="粤A"))
        window.export.open_export(EntryFilter(plate="粤B"))
        dialog = window.export.dialog
        assert dialog is not None
        dialog.export_to(str(tmp_path / "out.csv"))
        window.export.open_export(EntryFilter(plate="粤C"))
        assert window.export.dialog is dialog
        assert [request.wanted.plate for request in booth.exports.requests] == ["粤B"]
