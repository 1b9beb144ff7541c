"""Names in Chinese on a computer without an input method for this program."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tests.ui.conftest import NOW, FakeBooth
from wxpark_gui.domain.about import ProgramFacts
from wxpark_gui.domain.errors import Field
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.window.main_window import MainWindow

REMARK = "没有找到中文输入法。可在别处打好字，再按 Ctrl V 粘贴。"


@pytest.mark.parametrize(("can_type_chinese", "shown"), [(False, 2), (True, 0)])
def test_names_say_how_to_enter_chinese_if_no_input_method_was_found(
    qtbot: QtBot,
    booth: FakeBooth,
    appearance: Appearance,
    can_type_chinese: bool,
    shown: int,
) -> None:
    window = MainWindow(
        booth.controllers,
        appearance,
        training=False,
        now=lambda: NOW,
        facts=ProgramFacts(can_type_chinese=can_type_chinese),
    )
    qtbot.addWidget(window)
    window.show()
    window.dialogs.open_merchant()
    dialog = window.dialogs.merchant
    assert dialog is not None
    remarks = [
        label
        for field in (Field.PARKING_NAME, Field.BOOTH)
        for label in dialog.field(field).findChildren(QLabel)
        if label.isVisibleTo(dialog) and label.text() == REMARK
    ]
    assert len(remarks) == shown
    QGuiApplication.clipboard().setText("欢乐海岸停车场")
    entry = dialog.field(Field.PARKING_NAME).entry
    QTest.keyClick(entry, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert entry.text() == "欢乐海岸停车场"
