"""The mouse wheel scrolls pages and changes no value under the mouse."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QComboBox, QSlider, QWidget

from tests.ui.conftest import NOW, FakeBooth
from tests.ui.statistics.busy_report import make_busy_report
from wxpark_gui.domain.statistics import Period
from wxpark_gui.ui.window.main_window import MainWindow

DOWN, UP = -120, 120


def turn(widget: QWidget, by: int) -> QWheelEvent:
    """Turn the wheel by one notch above a widget."""
    middle = QPointF(widget.rect().center())
    event = QWheelEvent(
        middle,
        QPointF(widget.mapToGlobal(middle)),
        QPoint(),
        QPoint(0, by),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)
    return event


def open_history(window: MainWindow, booth: FakeBooth) -> None:
    window.history.open()


def open_wizard(window: MainWindow, booth: FakeBooth) -> None:
    window.setup.open()


def open_statistics(window: MainWindow, booth: FakeBooth) -> None:
    window.statistics.open()
    booth.statistics.finished.emit(make_busy_report(Period.TODAY, NOW))


def values(inputs: list[QComboBox | QSlider]) -> list[int]:
    return [each.value() if isinstance(each, QSlider) else each.currentIndex() for each in inputs]


@pytest.mark.parametrize("opened", [open_history, open_wizard, open_statistics])
def test_wheel_changes_no_value_and_takes_no_focus(
    window: MainWindow,
    booth: FakeBooth,
    opened: Callable[[MainWindow, FakeBooth], None],
) -> None:
    opened(window, booth)
    inputs: list[QComboBox | QSlider] = [
        *window.findChildren(QComboBox),
        *window.findChildren(QSlider),
    ]
    before, focused = values(inputs), QApplication.focusWidget()
    assert before
    events = [turn(each, by) for each in inputs for by in (DOWN, UP, UP)]
    assert values(inputs) == before
    assert QApplication.focusWidget() is focused
    assert not any(event.isAccepted() for event in events)
