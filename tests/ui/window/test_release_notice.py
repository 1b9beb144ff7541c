"""A newer version is announced in the status line, without a dialog or a change of focus."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QAccessible, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from tests.settings import settings_of
from tests.ui.conftest import FakeBooth
from wxpark_gui.domain.release import Release, Version
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.window.main_window import MainWindow

RELEASE = Release(Version(1, 2, 0), r"\\server\apps\wxpark")
SENTENCE = r"有新版本 1.2.0，请管理员安装：\\server\apps\wxpark"


@pytest.fixture
def label(window: MainWindow) -> QLabel:
    found = window.findChild(QLabel, "statusVersion")
    assert isinstance(found, QLabel)
    return found


def test_without_one_the_line_is_as_ever(label: QLabel) -> None:
    assert not label.isVisible()


def test_it_is_told_in_two_words_and_where_on_asking(booth: FakeBooth, label: QLabel) -> None:
    booth.updates.found.emit(RELEASE)
    assert (label.isVisible(), label.text()) == (True, "新版本 1.2.0")
    assert plain(label.toolTip()) == SENTENCE
    spoken = QAccessible.queryAccessibleInterface(label)
    assert spoken.text(QAccessible.Text.Name) == SENTENCE


def test_it_goes_when_there_is_none_any_more(booth: FakeBooth, label: QLabel) -> None:
    booth.updates.found.emit(RELEASE)
    booth.updates.found.emit(None)
    assert not label.isVisible()


def test_it_speaks_the_language_in_use(
    booth: FakeBooth, label: QLabel, appearance: Appearance
) -> None:
    booth.updates.found.emit(RELEASE)
    appearance.follow(settings_of(theme="light", language="en"))
    assert label.text() == "New version 1.2.0"
    assert plain(label.toolTip()).startswith("Version 1.2.0 is out.")


def test_a_place_is_no_mark_up(booth: FakeBooth, label: QLabel) -> None:
    place = "<img src='http://127.0.0.1/x'><b>&lt;"
    booth.updates.found.emit(Release(Version(1, 2, 0), place))
    assert plain(label.toolTip()).endswith(place)


def test_nobody_is_disturbed(
    qtbot: QtBot, window: MainWindow, booth: FakeBooth, label: QLabel
) -> None:
    QTest.keyClicks(window.form.plate, "123")
    booth.updates.found.emit(RELEASE)
    QTest.keyClicks(window.form.plate, "45")
    assert window.form.plate.hasFocus()
    assert window.form.plate.text() == "粤B12345"
    assert booth.beeps == 0
    assert QApplication.activeModalWidget() is None
    strip = window.findChild(QLabel, "noticeMessage")
    assert isinstance(strip, QLabel)
    assert not strip.isVisible()


def plain(tool_tip: str) -> str:
    """Return the text of a tool tip without HTML."""
    document = QTextDocument()
    document.setHtml(tool_tip)
    return document.toPlainText()
