"""The dialog that shows version, licences and components of the program."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from tests.settings import settings_of
from tests.ui.conftest import MERCHANT, FakeBooth
from tests.ui.folders import FakeFolders
from wxpark_gui import __version__
from wxpark_gui.domain.about import ProgramFacts
from wxpark_gui.domain.release import Release, Version
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.settings import about_dialog
from wxpark_gui.ui.settings.about_dialog import AboutDialog
from wxpark_gui.ui.window.main_window import MainWindow


def test_shift_f1_opens_it_once_and_escape_gives_the_keyboard_back(
    qtbot: QtBot, window: MainWindow
) -> None:
    for _ in range(2):
        QTest.keyClick(window, Qt.Key.Key_F1, Qt.KeyboardModifier.ShiftModifier)
    dialog = window.dialogs.about
    assert dialog is not None
    assert len(window.findChildren(AboutDialog)) == 1
    dialog.reject()
    assert window.dialogs.about is None
    window.activateWindow()
    qtbot.waitUntil(window.form.plate.hasFocus)


@pytest.mark.parametrize("text", ["", "Qt 6\nLGPL-3.0"])
def test_it_says_the_version_and_the_licences_that_were_shipped(
    qtbot: QtBot, appearance: Appearance, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setattr(about_dialog, "notice", lambda: text)
    dialog = AboutDialog(appearance)
    qtbot.addWidget(dialog)
    dialog.show()
    shown = dialog.findChild(QPlainTextEdit)
    assert isinstance(shown, QPlainTextEdit)
    assert (shown.toPlainText(), shown.isVisible()) == (text, bool(text))
    assert __version__ in dialog._name.text()


class TestNewerVersion:
    SENTENCE = r"有新版本 1.2.0，请管理员安装：\\server\apps\<b>wxpark"
    RELEASE = Release(Version(1, 2, 0), r"\\server\apps\<b>wxpark")

    @staticmethod
    def label(window: MainWindow) -> QLabel:
        dialog = window.dialogs.about
        assert dialog is not None
        label = dialog.findChild(QLabel, "aboutRelease")
        assert isinstance(label, QLabel)
        return label

    def test_is_told_with_its_place_as_plain_text(
        self, window: MainWindow, booth: FakeBooth
    ) -> None:
        booth.updates.found.emit(self.RELEASE)
        window.dialogs.open_about()
        label = self.label(window)
        assert label.isVisible()
        assert label.text().replace("\u200b", "") == self.SENTENCE
        assert label.accessibleName() == self.SENTENCE
        assert label.textFormat() is Qt.TextFormat.PlainText
        assert not label.openExternalLinks()

    def test_is_told_while_the_dialog_is_open_and_taken_back(
        self, window: MainWindow, booth: FakeBooth
    ) -> None:
        window.dialogs.open_about()
        label = self.label(window)
        assert not label.isVisible()
        booth.updates.found.emit(Release(Version(1, 2, 0)))
        assert label.text() == "有新版本 1.2.0，请管理员安装。"
        booth.updates.found.emit(None)
        assert not label.isVisible()


def test_a_line_of_a_licence_stays_one_line(
    qtbot: QtBot, appearance: Appearance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(about_dialog, "notice", lambda: "m" * 78 + "\n" * 100)
    dialog = AboutDialog(appearance)
    qtbot.addWidget(dialog)
    # As it is on a screen that is large enough.
    dialog.resize(dialog._wanted())
    dialog.show()
    dialog.grab()
    shown = dialog.findChild(QPlainTextEdit)
    assert isinstance(shown, QPlainTextEdit)
    # The other lines bring a scroll bar, which takes room.
    assert shown.verticalScrollBar().isVisible()
    assert shown.document().firstBlock().layout().lineCount() == 1


FACTS = ProgramFacts(
    "/home/booth/data.d",
    "/home/booth/data.d/settings.toml",
    "/home/booth/data.d/logs",
    (("Qt", "6.8.3"), ("SQLite", "3.50.4")),
)


class TestFacts:
    @pytest.fixture
    def folders(self, qapp: QApplication) -> FakeFolders:
        return FakeFolders()

    @pytest.fixture
    def dialog(self, qtbot: QtBot, appearance: Appearance, folders: FakeFolders) -> AboutDialog:
        dialog = AboutDialog(appearance, facts=FACTS, contact="王工 138", folders=folders)
        qtbot.addWidget(dialog)
        dialog.show()
        return dialog

    @staticmethod
    def buttons(dialog: AboutDialog, text: str) -> list[QPushButton]:
        return [each for each in dialog.findChildren(QPushButton) if each.text() == text]

    def test_folders_versions_and_whom_to_ask_are_shown(self, dialog: AboutDialog) -> None:
        texts = [
            label.text().replace("\u200b", "")
            for label in dialog.findChildren(QLabel)
            if label.isVisible()
        ]
        assert "有问题找：王工 138" in texts
        assert "数据文件夹：/home/booth/data.d" in texts
        assert "设置文件：/home/booth/data.d/settings.toml" in texts
        assert "日志文件夹：/home/booth/data.d/logs" in texts
        assert "Qt 6.8.3 · SQLite 3.50.4" in texts

    def test_folders_are_opened_and_the_settings_file_by_its_folder(
        self, dialog: AboutDialog, folders: FakeFolders
    ) -> None:
        for button in self.buttons(dialog, "打开文件夹"):
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        data = Path("/home/booth/data.d")
        assert folders.opened == [data, data, data / "logs"]

    def test_folder_that_does_not_open_is_told_with_its_path(
        self, dialog: AboutDialog, folders: FakeFolders
    ) -> None:
        def told() -> list[str]:
            labels = dialog.findChildren(QLabel, "aboutNotOpened")
            return [each.text().replace("\u200b", "") for each in labels if each.isVisible()]

        assert told() == []
        folders.is_missing = True
        QTest.mouseClick(self.buttons(dialog, "打开文件夹")[2], Qt.MouseButton.LeftButton)
        assert told() == ["文件夹没能打开。请复制路径，自己打开：/home/booth/data.d/logs"]
        QTest.mouseClick(self.buttons(dialog, "打开文件夹")[0], Qt.MouseButton.LeftButton)
        assert told() == [
            "文件夹没能打开。请复制路径，自己打开：/home/booth/data.d",
            "文件夹没能打开。请复制路径，自己打开：/home/booth/data.d/logs",
        ]
        folders.is_missing = False
        QTest.mouseClick(self.buttons(dialog, "打开文件夹")[2], Qt.MouseButton.LeftButton)
        assert told() == ["文件夹没能打开。请复制路径，自己打开：/home/booth/data.d"]

    def test_path_is_copied_by_keyboard(self, dialog: AboutDialog) -> None:
        button = self.buttons(dialog, "复制")[2]
        button.setFocus()
        QTest.keyClick(button, Qt.Key.Key_Space)
        assert QGuiApplication.clipboard().text() == "/home/booth/data.d/logs"
        done = dialog.findChild(QLabel, "aboutCopied")
        assert isinstance(done, QLabel)
        assert done.text() == "已复制。"

    def test_everything_is_copied_as_text(self, dialog: AboutDialog) -> None:
        button = dialog.findChild(QPushButton, "aboutCopy")
        assert isinstance(button, QPushButton)
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        assert QGuiApplication.clipboard().text().splitlines() == [
            f"停车入场 {__version__}",
            "数据文件夹：/home/booth/data.d",
            "设置文件：/home/booth/data.d/settings.toml",
            "日志文件夹：/home/booth/data.d/logs",
            "Qt 6.8.3",
            "SQLite 3.50.4",
            "有问题找：王工 138",
        ]

    def test_contact_of_the_settings_is_shown(self, window: MainWindow, booth: FakeBooth) -> None:
        booth.settings.changed.emit(settings_of(MERCHANT, support_contact="李姐 139"))
        window.dialogs.open_about()
        assert window.dialogs.about is not None
        label = window.dialogs.about.findChild(QLabel, "aboutContact")
        assert isinstance(label, QLabel)
        assert label.isVisible()
        assert label.text() == "有问题找：李姐 139"
