"""Keys that reach the plate field otherwise than they were meant."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from tests.ui.conftest import FakeBooth
from wxpark_gui.ui.window.main_window import MainWindow

CONTROL = Qt.KeyboardModifier.ControlModifier
HELD = "{key} 键好像一直按着，别的键不起作用；请按一下 {key} 再松开。"


@pytest.fixture(autouse=True)
def _on_linux(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")


def hint(window: MainWindow) -> str:
    found = window.form.plate.findChild(QLabel, "plateLine")
    assert isinstance(found, QLabel)
    return found.text()


def control_key_at(window: MainWindow, milliseconds: int, key: Qt.Key, text: str) -> None:
    event = QKeyEvent(QEvent.Type.KeyPress, key, CONTROL, text)
    event.setTimestamp(milliseconds)
    QApplication.sendEvent(window.form.plate, event)


@pytest.mark.parametrize(
    ("key", "modifier", "text"),
    [
        (Qt.Key.Key_M, CONTROL, "\r"),
        (Qt.Key.Key_J, CONTROL, "\n"),
        (Qt.Key.Key_unknown, Qt.KeyboardModifier.NoModifier, "\n"),
    ],
)
def test_line_end_of_a_scanner_submits(
    window: MainWindow,
    booth: FakeBooth,
    key: Qt.Key,
    modifier: Qt.KeyboardModifier,
    text: str,
) -> None:
    for plate in ("12345", "23456"):
        QTest.keyClicks(window.form.plate, plate)
        event = QKeyEvent(QEvent.Type.KeyPress, key, modifier, text)
        QApplication.sendEvent(window.form.plate, event)
    assert [draft.plate for draft in booth.entries.drafts] == ["粤B12345", "粤B23456"]


def test_line_feed_behind_the_return_of_a_scanner_answers_no_question(
    window: MainWindow, booth: FakeBooth
) -> None:
    QTest.keyClicks(window.form.plate, "888888")
    control_key_at(window, 1000, Qt.Key.Key_M, "\r")
    control_key_at(window, 1010, Qt.Key.Key_J, "\n")
    assert booth.entries.drafts == []
    control_key_at(window, 3000, Qt.Key.Key_M, "\r")
    assert [draft.plate for draft in booth.entries.drafts] == ["粤B888888"]


@pytest.mark.parametrize(
    ("modifier", "name"),
    [
        (CONTROL, "Ctrl"),
        (Qt.KeyboardModifier.AltModifier, "Alt"),
        (Qt.KeyboardModifier.MetaModifier, "Win"),
    ],
)
def test_digit_with_a_key_that_is_held_or_stuck_is_explained(
    window: MainWindow, modifier: Qt.KeyboardModifier, name: str
) -> None:
    QTest.keyClick(window.form.plate, Qt.Key.Key_7, modifier)
    assert (window.form.plate.text(), hint(window)) == ("粤B", HELD.format(key=name))
    QTest.keyClick(window.form.plate, Qt.Key.Key_7)
    assert window.form.plate.text() == "粤B7"
    assert hint(window) != HELD.format(key=name)


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_enter_with_a_stuck_key_is_explained_and_sends_nothing(
    window: MainWindow, booth: FakeBooth, key: Qt.Key
) -> None:
    QTest.keyClicks(window.form.plate, "12345")
    QTest.keyClick(window.form.plate, key, CONTROL)
    assert (booth.entries.drafts, hint(window)) == ([], HELD.format(key="Ctrl"))
    QTest.keyClick(window.form.plate, key)
    assert [draft.plate for draft in booth.entries.drafts] == ["粤B12345"]


@pytest.mark.parametrize("key", [Qt.Key.Key_B, Qt.Key.Key_C, Qt.Key.Key_D])
def test_control_character_around_a_scanned_plate_changes_nothing(
    window: MainWindow, key: Qt.Key
) -> None:
    QTest.keyClicks(window.form.plate, "123")
    before = hint(window)
    QTest.keyClick(window.form.plate, key, CONTROL)
    assert (window.form.plate.text(), hint(window)) == ("粤B123", before)
