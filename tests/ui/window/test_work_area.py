"""With large text on a small display, the area in use is scrolled into view."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from tests.settings import settings_of
from tests.ui.conftest import FakeBooth, RecordMaker
from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.window.main_window import MainWindow


def in_sight(window: MainWindow, name: str) -> bool:
    """Test if a widget lies completely inside the viewport of the window's scroll area."""
    part = window.findChild(QWidget, name)
    assert isinstance(part, QWidget)
    room = window._work_area.viewport()
    return room.rect().contains(QRect(part.mapTo(room, part.rect().topLeft()), part.size()))


def test_an_answer_is_shown_and_the_next_key_shows_the_plate_again(
    window: MainWindow, appearance: Appearance, booth: FakeBooth, make_record: RecordMaker
) -> None:
    appearance.follow(settings_of(theme="light", font_scale=200))
    window.resize(1024, 768)
    QApplication.processEvents()
    booth.entries.saved.emit(make_record())
    QApplication.processEvents()
    assert in_sight(window, "verdictTitle")
    QTest.keyClicks(window.form.plate, "1")
    QApplication.processEvents()
    assert in_sight(window, "plateEdit")


def test_an_answer_does_not_hide_what_is_being_typed(
    window: MainWindow, appearance: Appearance, booth: FakeBooth, make_record: RecordMaker
) -> None:
    appearance.follow(settings_of(theme="light", font_scale=200))
    window.resize(1024, 768)
    QTest.keyClicks(window.form.plate, "1")
    QApplication.processEvents()
    booth.entries.saved.emit(make_record())
    assert in_sight(window, "plateEdit")


def test_at_the_size_drawn_everything_is_in_sight(
    window: MainWindow, booth: FakeBooth, make_record: RecordMaker
) -> None:
    window.resize(1024, 768)
    booth.entries.saved.emit(make_record())
    QApplication.processEvents()
    for name in ("plateEdit", "sendButton", "verdictPanel", "recentTable"):
        assert in_sight(window, name)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_verdict_is_shown_whole_on_a_small_screen_at_150_percent(
    window: MainWindow,
    appearance: Appearance,
    booth: FakeBooth,
    make_record: RecordMaker,
    language: str,
) -> None:
    """At this scale 1366×768 pixels are 910×512 points, less the frame.

    The text may take two lines.
    """
    appearance.follow(settings_of(theme="light", language=language))
    window.resize(910, 480)
    QApplication.processEvents()
    QTest.keyClicks(window.form.plate, "12345\r")
    record = make_record(state=DeliveryState.SAVED, cause=None)
    booth.entries.saved.emit(record)
    QApplication.processEvents()
    booth.entries.changed.emit(make_record())
    QApplication.processEvents()
    assert in_sight(window, "verdictPanel")


def test_window_may_be_deleted_right_after_an_answer(
    appearance: Appearance, booth: FakeBooth, make_record: RecordMaker, qtbot: QtBot
) -> None:
    window = MainWindow(booth.controllers, appearance, training=False)
    with qtbot.captureExceptions() as raised:
        booth.entries.saved.emit(make_record())
        delete(window)
        QApplication.processEvents()
    assert raised == []
