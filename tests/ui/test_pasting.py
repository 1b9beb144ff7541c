"""Pasting into a field never waits for more than one answer of a program that hangs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from tests.ui.keys import make_active
from wxpark_gui.domain.errors import Field
from wxpark_gui.ui.window.main_window import MainWindow

CONTROL = Qt.KeyboardModifier.ControlModifier


class HangingContent(QMimeData):
    """Content of a program that hangs: it names no format, and each request for data waits."""

    requests = 0

    def formats(self) -> list[str]:
        return []

    def retrieveData(self, mimetype: str, preferred_type: Any) -> Any:  # noqa: N802
        type(self).requests += 1
        return super().retrieveData(mimetype, preferred_type)


@pytest.fixture
def field(qtbot: QtBot, window: MainWindow) -> Iterator[QLineEdit]:
    make_active(qtbot, window)
    field = window.form.details.entries[Field.START_TIME]
    field.setFocus()
    yield field
    QGuiApplication.clipboard().clear()


def paste(window: MainWindow) -> None:
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_V, CONTROL)


def test_text_replaces_the_selection_and_can_be_undone(
    window: MainWindow, field: QLineEdit
) -> None:
    QGuiApplication.clipboard().setText("09:30")
    field.setText("0815")
    field.selectAll()
    edited: list[str] = []
    field.textEdited.connect(edited.append)
    paste(window)
    assert field.text() == "09:30"
    assert edited == ["09:30"]
    field.undo()
    assert field.text() == "0815"


def test_program_that_hangs_is_not_asked_again(window: MainWindow, field: QLineEdit) -> None:
    QGuiApplication.clipboard().setMimeData(HangingContent())
    HangingContent.requests = 0
    paste(window)
    assert HangingContent.requests == 0
    assert field.text() == ""


def test_read_only_field_takes_no_paste(window: MainWindow, field: QLineEdit) -> None:
    QGuiApplication.clipboard().setText("09:30")
    field.setReadOnly(True)
    paste(window)
    assert field.text() == ""
    field.setReadOnly(False)
