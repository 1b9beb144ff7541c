"""A key that is held counts once, although X11 repeats it as releases and presses."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.ui.conftest import FakeBooth, RecordMaker
from tests.ui.keys import make_active
from wxpark_gui.controllers.entries import Duplicate
from wxpark_gui.domain.errors import Field
from wxpark_gui.ui.widgets.held_keys import SHORTEST_DELAY
from wxpark_gui.ui.window.main_window import MainWindow

ONE, ENTER = (Qt.Key.Key_1, "1"), (Qt.Key.Key_Return, "\r")
PRESS, RELEASE = QEvent.Type.KeyPress, QEvent.Type.KeyRelease
Keys = tuple[Qt.Key, str]


def send(window: QWidget, kind: QEvent.Type, key: Keys, at: int) -> None:
    """Deliver a key to a window as the platform plug-in does, at a time in milliseconds."""
    event = QKeyEvent(kind, key[0], Qt.KeyboardModifier.NoModifier, key[1])
    event.setTimestamp(at)
    QCoreApplication.sendEvent(window.windowHandle(), event)


def repeat(window: QWidget, key: Keys, first: int, count: int = 20) -> None:
    """Deliver the unmarked repeats of a held key, one each 40 ms."""
    for number in range(count):
        send(window, RELEASE, key, first + 40 * number)
        send(window, PRESS, key, first + 40 * number)


@pytest.fixture
def active(qtbot: QtBot, window: MainWindow) -> MainWindow:
    make_active(qtbot, window)
    return window


def test_held_digit_is_typed_once(active: MainWindow) -> None:
    send(active, PRESS, ONE, 1_000)
    repeat(active, ONE, 1_660)
    assert active.form.plate.text() == "粤B1"


def test_held_enter_asks_about_a_duplicate_and_does_not_confirm_it(
    active: MainWindow, booth: FakeBooth, make_record: RecordMaker
) -> None:
    booth.entries.answer = Duplicate("粤B12345", 2, 1)
    active.form.plate.insert("粤B12345")
    send(active, PRESS, ENTER, 1_000)
    repeat(active, ENTER, 1_660)
    assert booth.entries.confirmed == [False]
    send(active, RELEASE, ENTER, 2_500)
    send(active, PRESS, ENTER, 2_900)
    assert booth.entries.confirmed == [False, True]


def test_digit_held_in_a_dialog_that_it_closes_is_not_typed_into_the_plate(
    qtbot: QtBot, active: MainWindow, booth: FakeBooth, make_record: RecordMaker
) -> None:
    active.void_flow.ask(make_record())
    dialog = active.void_flow.dialog
    assert dialog is not None
    make_active(qtbot, dialog)
    send(dialog, PRESS, ONE, 1_000)
    assert len(booth.entries.voided) == 1
    make_active(qtbot, active)
    repeat(active, ONE, 1_660)
    assert active.form.plate.text() == "粤B"


@pytest.mark.parametrize(
    "times",
    [
        pytest.param(lambda number: (1_000 + 300 * number, 1_120 + 300 * number), id="finger"),
        pytest.param(lambda number: (1_000 + 4 * number, 1_004 + 4 * number), id="fast scanner"),
        pytest.param(lambda _number: (1_000, 1_000), id="program that sends keys"),
        pytest.param(lambda _number: (0, 0), id="keys without a time"),
    ],
)
def test_key_that_is_pressed_again_counts_again(
    active: MainWindow, times: Callable[[int], tuple[int, int]]
) -> None:
    for number in range(3):
        pressed, released = times(number)
        send(active, PRESS, ONE, pressed)
        send(active, RELEASE, ONE, released)
    assert active.form.plate.text() == "粤B111"


def test_held_key_goes_on_in_a_text_field(active: MainWindow) -> None:
    field = active.form.details.entries[Field.START_TIME]
    field.setFocus()
    send(active, PRESS, ONE, 1_000)
    repeat(active, ONE, 1_000 + SHORTEST_DELAY, count=4)
    assert field.text() == "11111"
