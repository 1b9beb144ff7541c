"""The window opens at its last position, if a screen is there."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication, QMainWindow
from pytestqt.qtbot import QtBot

from tests.settings import settings_of
from tests.ui.conftest import MERCHANT, FakeBooth, RecordMaker
from tests.ui.window.test_work_area import in_sight
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.verdict import panel
from wxpark_gui.ui.widgets.screen_room import FRAME
from wxpark_gui.ui.window import placement
from wxpark_gui.ui.window.main_window import MainWindow
from wxpark_gui.ui.window.placement import LEAST, WindowPlacement


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "window.ini"


def opened(qtbot: QtBot, appearance: Appearance, file: Path) -> tuple[QMainWindow, WindowPlacement]:
    window = QMainWindow()
    qtbot.addWidget(window)
    placed = WindowPlacement(window, appearance, file)
    placed.restore()
    return window, placed


@pytest.fixture
def screen_size(qapp: QApplication) -> QSize:
    return qapp.primaryScreen().availableGeometry().size()


def test_size_and_place_are_those_of_the_last_time(
    qtbot: QtBot, appearance: Appearance, file: Path
) -> None:
    place = QRect(50, 60, 610, 520)
    window, placed = opened(qtbot, appearance, file)
    window.showNormal()
    window.setMinimumSize(0, 0)
    window.setGeometry(place)
    placed.store()
    again, placed_again = opened(qtbot, appearance, file)
    again.setMinimumSize(0, 0)
    placed_again.restore()
    assert again.geometry().topLeft() == place.topLeft()
    assert again.windowState() is Qt.WindowState.WindowNoState


def test_maximised_window_is_maximised_again(
    qtbot: QtBot, appearance: Appearance, file: Path
) -> None:
    window, placed = opened(qtbot, appearance, file)
    window.showMaximized()
    placed.store()
    again, _ = opened(qtbot, appearance, file)
    assert again.windowState() & Qt.WindowState.WindowMaximized


def test_place_on_a_screen_that_is_gone_is_not_used(
    qtbot: QtBot, appearance: Appearance, file: Path, qapp: QApplication
) -> None:
    window, placed = opened(qtbot, appearance, file)
    window.showNormal()
    window.setGeometry(5000, 4000, 700, 600)
    placed.store()
    again, _ = opened(qtbot, appearance, file)
    again.show()
    assert qapp.primaryScreen().availableGeometry().intersects(again.geometry())


@pytest.mark.parametrize("content", ["", "garbage", "[window]\ngeometry=@ByteArray(x)\n"])
def test_unreadable_file_gives_the_first_place(
    qtbot: QtBot, appearance: Appearance, file: Path, content: str, screen_size: QSize
) -> None:
    file.write_text(content)
    window, _ = opened(qtbot, appearance, file)
    assert window.width() <= screen_size.width()
    assert window.height() <= screen_size.height()


def test_window_that_is_too_large_for_the_screen_opens_maximised(
    qtbot: QtBot,
    appearance: Appearance,
    file: Path,
    screen_size: QSize,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(placement, "DRAWN", screen_size)
    window, _ = opened(qtbot, appearance, file)
    assert window.windowState() & Qt.WindowState.WindowMaximized


def test_least_size_grows_with_the_text_and_stays_on_the_screen(
    qtbot: QtBot, appearance: Appearance, file: Path, screen_size: QSize
) -> None:
    window, _ = opened(qtbot, appearance, file)
    room = screen_size - FRAME
    assert window.minimumSize() == LEAST.boundedTo(room)
    appearance.follow(settings_of(theme="light", font_scale=200))
    assert window.minimumSize() == (LEAST * 2).boundedTo(room)


def test_least_size_follows_the_window_to_a_smaller_screen(
    qtbot: QtBot, appearance: Appearance, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A laptop of 1366×768 pixels at 150 % beside a larger screen."""
    window, _ = opened(qtbot, appearance, file)
    window.showNormal()
    monkeypatch.setattr(placement, "screen_room", lambda _window: QSize(894, 472))
    handle = window.windowHandle()
    assert handle is not None
    handle.screenChanged.emit(handle.screen())
    assert window.minimumSize() == QSize(800, 472)


def test_least_size_follows_a_lower_resolution(
    qtbot: QtBot, appearance: Appearance, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when a display that was off falls back to 640×480 pixels."""
    window, _ = opened(qtbot, appearance, file)
    window.showNormal()
    monkeypatch.setattr(placement, "screen_room", lambda _window: QSize(624, 440))
    window.screen().geometryChanged.emit(QRect(0, 0, 640, 480))
    assert window.minimumSize() == QSize(624, 440)


def test_window_on_a_screen_that_is_unplugged_comes_into_sight(
    qtbot: QtBot, appearance: Appearance, file: Path, qapp: QApplication
) -> None:
    window, _ = opened(qtbot, appearance, file)
    window.showNormal()
    window.setMinimumSize(0, 0)
    window.setGeometry(5000, 4000, 600, 500)
    screen = qapp.primaryScreen()
    screen.geometryChanged.emit(screen.geometry())
    qtbot.waitUntil(lambda: screen.geometry().contains(window.frameGeometry()))


def test_pictures_are_drawn_again_on_a_screen_with_another_scale_factor(
    appearance: Appearance, file: Path, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    WindowPlacement(window, appearance, file)
    ratios: list[float] = []

    def note_ratio(name: str, colour: str, size: int, ratio: float) -> QPixmap:
        ratios.append(ratio)
        return QPixmap()

    monkeypatch.setattr(panel, "icon_pixmap", note_ratio)
    monkeypatch.setattr(window._panel, "devicePixelRatioF", lambda: 1.5)
    QApplication.sendEvent(window, QEvent(QEvent.Type.DevicePixelRatioChange))
    assert ratios[-1] == 1.5


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_least_size_shows_plate_and_verdict(
    qtbot: QtBot,
    appearance: Appearance,
    booth: FakeBooth,
    make_record: RecordMaker,
    language: str,
) -> None:
    appearance.follow(settings_of(theme="light", language=language))
    window = MainWindow(booth.controllers, appearance, training=True)
    qtbot.addWidget(window)
    booth.settings.changed.emit(settings_of(MERCHANT, plate_prefix="粤B", language=language))
    window.resize(LEAST)
    window.show()
    QApplication.processEvents()
    booth.entries.saved.emit(make_record())
    QApplication.processEvents()
    assert window.size() == LEAST
    for name in ("plateEdit", "sendButton", "verdictPanel"):
        assert in_sight(window, name)
