"""The help with colours and keys, and its sheet to print."""

from __future__ import annotations

import re
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton

from tests.settings import settings_of
from tests.ui.conftest import MERCHANT, FakeBooth
from tests.ui.window.test_room import settle
from wxpark_gui.domain.settings import LANGUAGES
from wxpark_gui.domain.shift_errors import DocumentNotSavedError
from wxpark_gui.domain.verdict import Severity
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.verdict.legend import SeverityBadge
from wxpark_gui.ui.window.help_sheet import HelpSheet, render_help
from wxpark_gui.ui.window.main_window import MainWindow
from wxpark_gui.ui.window.shortcuts import SHORTCUTS
from wxpark_gui.wording import Wording

CONTACT = "王工 13800000000"
CTRL = Qt.KeyboardModifier.ControlModifier


def press(
    window: MainWindow,
    key: Qt.Key,
    modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    QTest.keyClick(window, key, modifier)
    settle()


def foot(window: MainWindow) -> str:
    label = window.findChild(QLabel, "helpFoot")
    assert isinstance(label, QLabel)
    return label.text().replace("\u200b", "")


def test_help_shows_every_colour_and_every_key(window: MainWindow) -> None:
    press(window, Qt.Key.Key_F1)
    badges = [each for each in window.findChildren(SeverityBadge) if each.isVisibleTo(window)]
    assert {badge.severity for badge in badges} == set(Severity)
    shown = {label.text() for label in window._help.findChildren(QLabel)}
    assert shown >= {row.shown for row in SHORTCUTS if row.help}


@pytest.mark.parametrize("key", [Qt.Key.Key_F1, Qt.Key.Key_Escape])
def test_help_closes_by_key_and_keeps_what_was_typed(window: MainWindow, key: Qt.Key) -> None:
    QTest.keyClicks(window.form.plate, "123")
    press(window, Qt.Key.Key_F1)
    assert window.form.plate.hasFocus()
    press(window, key)
    assert not window._help.isVisible()
    assert window.form.plate.text() == "粤B123"


def test_help_closes_by_mouse(window: MainWindow) -> None:
    press(window, Qt.Key.Key_F1)
    close = window.findChild(QPushButton, "helpClose")
    assert isinstance(close, QPushButton)
    QTest.mouseClick(close, Qt.MouseButton.LeftButton)
    assert not window._help.isVisible()
    assert window.form.plate.hasFocus()


@pytest.mark.parametrize(("there", "back"), [("PageDown", "PageUp"), ("Down", "Up")])
def test_keys_scroll_the_help_to_its_end_and_back(
    window: MainWindow, appearance: Appearance, there: str, back: str
) -> None:
    appearance.follow(settings_of(theme="light", font_scale=200))
    window.resize(1024, 732)
    press(window, Qt.Key.Key_F1)
    bar = window._help._page.verticalScrollBar()
    assert bar.value() == 0
    assert bar.maximum() > 0
    press(window, Qt.Key[f"Key_{there}"])
    assert 0 < bar.value() < bar.maximum()
    for _ in range(60):
        press(window, Qt.Key[f"Key_{there}"])
    assert bar.value() == bar.maximum()
    for _ in range(60):
        press(window, Qt.Key[f"Key_{back}"])
    assert bar.value() == 0
    assert window._help.geometry().bottom() < window.height()


def test_arrow_keys_are_the_plates_own_while_the_help_is_hidden(window: MainWindow) -> None:
    window.form.plate.set_history(["粤B77777"])
    press(window, Qt.Key.Key_F1)
    QTest.keyClick(window.form.plate, Qt.Key.Key_Up)
    assert window.form.plate.text() == "粤B"
    press(window, Qt.Key.Key_F1)
    QTest.keyClick(window.form.plate, Qt.Key.Key_Up)
    assert window.form.plate.text() == "粤B77777"


def test_help_names_whom_to_ask(window: MainWindow, booth: FakeBooth) -> None:
    press(window, Qt.Key.Key_F1)
    label = window.findChild(QLabel, "helpAsk")
    assert isinstance(label, QLabel)
    assert not label.isVisibleTo(window._help)
    booth.settings.changed.emit(settings_of(MERCHANT, support_contact=CONTACT))
    assert label.isVisibleTo(window._help)
    assert label.text() == f"有问题找：{CONTACT}"


def test_contact_known_before_the_help_is_first_shown_is_in_it(
    window: MainWindow, booth: FakeBooth, appearance: Appearance
) -> None:
    booth.settings.changed.emit(settings_of(MERCHANT, support_contact=CONTACT))
    appearance.follow(settings_of(theme="light", language="en"))
    press(window, Qt.Key.Key_F1)
    label = window.findChild(QLabel, "helpAsk")
    assert isinstance(label, QLabel)
    assert label.text() == f"Questions? Ask {CONTACT}"


def test_ctrl_p_saves_the_sheet_and_says_where(window: MainWindow, booth: FakeBooth) -> None:
    press(window, Qt.Key.Key_P, CTRL)
    assert window._help.isVisible()
    assert [name for name, _ in booth.documents.documents] == ["颜色与按键.pdf"]
    assert booth.documents.documents[0][1]().startswith(b"%PDF-")
    saved = Path("/home/booth/文档/颜色与按键.pdf")
    booth.documents.saved.emit(saved)
    assert foot(window) == f"已保存，可打印：{saved}"


def test_sheet_that_was_not_saved_says_so(window: MainWindow, booth: FakeBooth) -> None:
    press(window, Qt.Key.Key_F1)
    sheet = window.findChild(QPushButton, "helpSheet")
    assert isinstance(sheet, QPushButton)
    QTest.mouseClick(sheet, Qt.MouseButton.LeftButton)
    assert len(booth.documents.documents) == 1
    error = DocumentNotSavedError("No space left on device")
    booth.documents.failed.emit(error)
    assert foot(window) == Wording.for_language("zh_CN").failure(error).sentences
    assert window.form.plate.hasFocus()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.usefixtures("qapp")
def test_sheet_is_one_page_of_a4_with_its_font_inside(language: str) -> None:
    document = render_help(HelpSheet("场" * 32, "人" * 60), Wording.for_language(language))
    assert len(re.findall(rb"/Type\s*/Page\b", document)) == 1
    assert b"/FontFile" in document
    box = re.search(rb"/MediaBox \[\s*0 0 ([\d.]+) ([\d.]+)", document)
    assert box is not None
    assert [round(float(edge)) for edge in box.groups()] == [595, 842]


@pytest.mark.usefixtures("qapp")
def test_sheet_can_be_rendered_by_another_thread() -> None:
    documents: list[bytes] = []
    wording = Wording.for_language("zh_CN")
    thread = threading.Thread(
        target=lambda: documents.append(render_help(HelpSheet(), wording)), daemon=True
    )
    thread.start()
    thread.join(60)
    assert documents[0].startswith(b"%PDF-")


def test_a_typed_character_closes_the_help_that_covers_the_plate(window: MainWindow) -> None:
    QTest.keyClick(window, Qt.Key.Key_F1)
    assert window._help.isVisible()
    QTest.keyClicks(window.form.plate, "1")
    assert not window._help.isVisible()
    assert window.form.plate.text() == "粤B1"
