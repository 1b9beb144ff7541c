"""The appearance dialog has the switch of the start at login."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tests.settings import settings_of
from tests.ui.conftest import FakeBooth
from wxpark_gui.domain.errors import AutostartFailedError
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.settings.appearance_dialog import AppearanceDialog
from wxpark_gui.ui.widgets.fields import SegmentedChoice


@pytest.fixture
def dialog(qtbot: QtBot, booth: FakeBooth, appearance: Appearance) -> Iterator[AppearanceDialog]:
    dialog = AppearanceDialog(appearance, settings_of(theme="light"), booth.autostart)
    qtbot.addWidget(dialog)
    dialog.show()
    yield dialog
    dialog.close()


def choice_of(dialog: AppearanceDialog) -> SegmentedChoice[bool]:
    (choice,) = (
        part
        for part in dialog.findChildren(SegmentedChoice)
        if part.accessibleName() == "登录电脑后自动启动"
    )
    return choice


def test_state_is_read_from_the_system_first(dialog: AppearanceDialog, booth: FakeBooth) -> None:
    assert booth.autostart.loads == 1
    assert not choice_of(dialog).isEnabled()
    booth.autostart.read.emit(True)
    assert choice_of(dialog).isEnabled()
    assert choice_of(dialog).value is True
    assert booth.autostart.switches == []


def test_choice_by_keyboard_is_passed_on_once(dialog: AppearanceDialog, booth: FakeBooth) -> None:
    booth.autostart.read.emit(False)
    QTest.keyClick(choice_of(dialog).buttons[0], Qt.Key.Key_Space)
    assert booth.autostart.switches == [True]
    booth.autostart.read.emit(True)
    assert booth.autostart.switches == [True]


def test_failure_is_said_and_the_state_of_the_system_shown(
    dialog: AppearanceDialog, booth: FakeBooth
) -> None:
    booth.autostart.read.emit(False)
    choice_of(dialog).choose(True)
    booth.autostart.failed.emit(AutostartFailedError("Permission denied"))
    booth.autostart.read.emit(False)
    problem = dialog.findChild(QLabel, "loginProblem")
    assert problem is not None
    assert "自动启动" in problem.text()
    assert problem.isVisible()
    assert choice_of(dialog).value is False
