"""Fields for digits take the number pad while Num Lock is off."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from tests.ui.shift_states import relief
from wxpark_gui.domain.errors import Field
from wxpark_gui.ui.window.main_window import MainWindow

PAD = Qt.KeyboardModifier.KeypadModifier


def entry_time(window: MainWindow) -> QLineEdit:
    return window.form.details.entries[Field.START_TIME]


def paper_time(window: MainWindow) -> QLineEdit:
    window.backfill.open()
    assert window.backfill.window is not None
    return window.backfill.window.form.time.entry


def pin(window: MainWindow) -> QLineEdit:
    dialog = relief(window)
    assert dialog is not None
    fields = dialog.findChildren(QLineEdit)
    return next(
        each
        for each in fields
        if each.isVisible() and each.echoMode() is QLineEdit.EchoMode.Password
    )


@pytest.mark.parametrize("field_of", [entry_time, paper_time, pin])
def test_digits_of_the_pad_are_typed_while_num_lock_is_off(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, field_of: Callable[[MainWindow], QLineEdit]
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    field = field_of(window)
    field.clear()
    for key in (Qt.Key.Key_Insert, Qt.Key.Key_Home, Qt.Key.Key_Down, Qt.Key.Key_Clear):
        QTest.keyClick(field, key, PAD)
    assert field.text() == "0725"


def test_arrow_key_without_the_pad_moves_the_cursor(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    field = entry_time(window)
    QTest.keyClicks(field, "09")
    QTest.keyClick(field, Qt.Key.Key_Left)
    assert (field.text(), field.cursorPosition()) == ("09", 1)
