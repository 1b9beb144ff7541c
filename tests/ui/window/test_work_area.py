"""Plate and verdict stay in sight in a low window, with large text and with a notice."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from tests.settings import settings_of
from tests.ui.conftest import MERCHANT, NOW, FakeBooth, RecordMaker
from wxpark_gui.domain.delivery import Cause, DeliveryState
from wxpark_gui.domain.errors import Field, JournalNewerError, JournalWriteError
from wxpark_gui.domain.record import Backlog, Salvage
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.look.theme import PLATE_POINTS
from wxpark_gui.ui.verdict.layout import SMALL_ADVICE_POINTS
from wxpark_gui.ui.verdict.message import not_saved, of_record
from wxpark_gui.ui.window.main_window import MainWindow

SMALL_ROOMS = {
    "1366x768 at 150 %": (910, 480),
    "1280x720 at 125 %": (1024, 540),
    "1024x600": (1024, 564),
    "800x600": (800, 564),
}
"""Room of a maximised window in points, without title bar and panel of the desktop."""


def in_sight(window: MainWindow, part: QWidget | str) -> bool:
    """Test if a widget lies completely inside the viewport of the window's scroll area."""
    if isinstance(part, str):
        found = window.findChild(QWidget, part)
        assert isinstance(found, QWidget)
        part = found
    room = window._work_area.viewport()
    return room.rect().contains(QRect(part.mapTo(room, part.rect().topLeft()), part.size()))


def settle() -> None:
    """Let layouts, the choice of the density and the moved header follow."""
    for _ in range(6):
        QApplication.processEvents()


def shown(window: MainWindow) -> tuple[bool, bool]:
    """Return if the cells of the plate and the verdict are in sight."""
    settle()
    return in_sight(window, window.form.plate._cells), in_sight(window, "verdictPanel")


@pytest.fixture
def trained(booth: FakeBooth, appearance: Appearance, qtbot: QtBot) -> MainWindow:
    """The window of the training mode, whose band takes room."""
    booth.settings.changed.emit(settings_of(MERCHANT, plate_prefix="粤B"))
    window = MainWindow(booth.controllers, appearance, training=True, now=lambda: NOW)
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    return window


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("scale", [100, 150, 200])
@pytest.mark.parametrize("size", SMALL_ROOMS.values(), ids=SMALL_ROOMS)
def test_plate_and_verdict_are_both_in_sight_in_a_small_window(
    trained: MainWindow,
    appearance: Appearance,
    booth: FakeBooth,
    make_record: RecordMaker,
    size: tuple[int, int],
    scale: int,
    language: str,
) -> None:
    appearance.follow(settings_of(theme="light", font_scale=scale, language=language))
    trained.resize(*size)
    QTest.keyClicks(trained.form.plate, "12345\r")
    booth.entries.saved.emit(make_record(state=DeliveryState.SAVED, cause=None))
    settle()
    booth.entries.changed.emit(make_record(user_state="OVERDUE", deduct_mode="PROACTIVE"))
    assert shown(trained) == (True, True)
    QTest.keyClicks(trained.form.plate, "678")
    assert shown(trained) == (True, True)


@pytest.mark.parametrize("scale", [100, 150])
@pytest.mark.parametrize("size", SMALL_ROOMS.values(), ids=SMALL_ROOMS)
def test_a_notice_hides_neither_plate_nor_verdict(
    window: MainWindow,
    appearance: Appearance,
    booth: FakeBooth,
    make_record: RecordMaker,
    size: tuple[int, int],
    scale: int,
) -> None:
    appearance.follow(settings_of(theme="light", font_scale=scale))
    window.resize(*size)
    booth.entries.saved.emit(make_record())
    settle()
    booth.journal.salvaged.emit(Salvage("journal-damaged-20260315T034207.sqlite3", 23_817))
    assert window._notice_strip.isVisible()
    assert shown(window) == (True, True)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("scale", [125, 150])
def test_a_long_notice_hides_no_line_of_the_verdict(
    trained: MainWindow,
    appearance: Appearance,
    booth: FakeBooth,
    make_record: RecordMaker,
    scale: int,
    language: str,
) -> None:
    appearance.follow(settings_of(theme="light", font_scale=scale, language=language))
    trained.resize(910, 480)
    booth.entries.saved.emit(make_record(state=DeliveryState.SAVED, cause=None))
    booth.entries.changed.emit(make_record(user_state="OVERDUE", deduct_mode="PROACTIVE"))
    settle()
    trained.notices.failed(JournalWriteError())
    assert trained._notice_strip.isVisible()
    assert shown(trained) == (True, True)


def test_first_notice_does_not_widen_the_window(
    window: MainWindow, appearance: Appearance, booth: FakeBooth, make_record: RecordMaker
) -> None:
    appearance.follow(settings_of(theme="light", font_scale=200))
    window.resize(1024, 732)
    settle()
    waiting = make_record(state=DeliveryState.WAITING, cause=Cause.OFFLINE)
    booth.entries.saved.emit(waiting)
    booth.journal.backlogChanged.emit(Backlog(2_381, NOW, (waiting,)))
    settle()
    assert window._notice_strip.isVisible()
    assert window.width() == 1024


def test_texts_stay_large_and_the_plate_keeps_its_size_at_100_percent_in_a_low_window(
    window: MainWindow, appearance: Appearance, booth: FakeBooth, make_record: RecordMaker
) -> None:
    appearance.follow(settings_of(theme="light", font_scale=200))
    window.resize(1024, 768)
    booth.entries.saved.emit(make_record())
    settle()
    assert window.form.plate._cells.points >= PLATE_POINTS
    advice = window.findChild(QLabel, "verdictAdvice")
    assert isinstance(advice, QLabel)
    assert advice.font().pointSizeF() == 2 * SMALL_ADVICE_POINTS


def test_inputs_return_above_the_verdict_and_the_header_above_all_when_the_window_grows(
    window: MainWindow, booth: FakeBooth, make_record: RecordMaker
) -> None:
    window.resize(910, 360)
    booth.entries.saved.emit(make_record())
    settle()
    send, panel = window.form._send, window._panel
    assert window.form.isAncestorOf(panel)
    assert window._work_area.isAncestorOf(window._header)
    window.resize(1280, 800)
    settle()
    assert not window.form.isAncestorOf(panel)
    assert not window._work_area.isAncestorOf(window._header)
    assert send.mapTo(window, QPoint()).y() < panel.mapTo(window, QPoint()).y()
    assert in_sight(window, "plateEdit")
    assert in_sight(window, "recentTable")


def test_a_shorter_message_does_not_move_the_inputs_back(
    window: MainWindow, booth: FakeBooth, make_record: RecordMaker
) -> None:
    window.resize(910, 480)
    settle()
    booth.entries.saved.emit(make_record())
    window._panel.show_message(not_saved(JournalNewerError("version 3", "10.20.30"), "粤B·12345"))
    settle()
    density = window._work_area._fit
    assert density.verdict_first
    window._panel.show_message(of_record(make_record()))
    settle()
    assert window._work_area._fit == density


def test_an_answer_does_not_scroll_away_the_field_being_typed_into(
    window: MainWindow, appearance: Appearance, booth: FakeBooth, make_record: RecordMaker
) -> None:
    appearance.follow(settings_of(theme="light", font_scale=200))
    window.resize(910, 480)
    settle()
    QTest.keyClicks(window.form.plate, "12345\r")
    booth.entries.saved.emit(make_record(state=DeliveryState.SAVED, cause=None))
    settle()
    time = window.form.details.entries[Field.START_TIME]
    time.setFocus()
    QTest.keyClicks(time, "0930")
    booth.entries.changed.emit(make_record())
    settle()
    assert in_sight(window, time)


def test_content_of_a_very_wide_window_is_centred_and_no_wider_than_a_screen(
    trained: MainWindow,
) -> None:
    trained.resize(3440, 1404)
    settle()
    left = trained._header.mapTo(trained, QPoint()).x()
    assert trained._header.width() == trained._work_area.width() == 1920
    assert left == 3440 - 1920 - left
    assert trained._band.width() == trained._status.width() == 3440


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
    settle()
    QTest.keyClicks(window.form.plate, "12345\r")
    record = make_record(state=DeliveryState.SAVED, cause=None)
    booth.entries.saved.emit(record)
    settle()
    booth.entries.changed.emit(make_record())
    settle()
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
