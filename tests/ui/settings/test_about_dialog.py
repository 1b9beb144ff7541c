"""The dialog that shows version, licences and components of the program."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPlainTextEdit
from pytestqt.qtbot import QtBot

from tests.ui.conftest import FakeBooth
from wxpark_gui import __version__
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
