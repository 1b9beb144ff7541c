"""A start while another process holds the data directory: it waits, says so, and then opens."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from wxpark_gui import app
from wxpark_gui.app import _claim
from wxpark_gui.assembly import Assembly
from wxpark_gui.domain.errors import DataDirectoryInUseError
from wxpark_gui.runtime import instance
from wxpark_gui.storage.directory import DirectoryLock, prepare_directory
from wxpark_gui.ui.look.appearance import Appearance


@pytest.fixture
def no_window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(instance, "raise_first_window", lambda _: False)


def test_waits_for_a_window_that_is_being_closed(
    tmp_path: Path, appearance: Appearance, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = DirectoryLock(prepare_directory(tmp_path))
    closed.acquire()

    def find_no_window(_: Path) -> bool:
        closed.release()
        return False

    monkeypatch.setattr(instance, "raise_first_window", find_no_window)
    with Assembly(tmp_path) as parts:
        assert _claim(parts, appearance)
        with pytest.raises(DataDirectoryInUseError):
            closed.acquire()


def test_shows_a_window_while_it_waits_and_starts_by_itself(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance, no_window: None
) -> None:
    closing = DirectoryLock(prepare_directory(tmp_path))
    closing.acquire()
    shown: list[str] = []

    def note_window() -> None:
        window = _waiting_window()
        if window is not None and window.isVisible():
            shown.append(_said_by(window))
            closing.release()
            looks.stop()

    looks = QTimer()
    looks.timeout.connect(note_window)
    looks.start(10)
    with Assembly(tmp_path) as parts, qtbot.assertNotEmitted(_application().lastWindowClosed):
        assert _claim(parts, appearance)
        QApplication.processEvents()
    assert shown == ["程序还在打开或关闭，稍后自动打开。"]
    assert _waiting_window() is None


def test_closing_the_window_that_waits_gives_the_start_up(
    tmp_path: Path, appearance: Appearance, no_window: None
) -> None:
    def close() -> None:
        window = _waiting_window()
        if window is not None and window.isVisible():
            window.close()

    looks = QTimer()
    looks.timeout.connect(close)
    looks.start(10)
    with DirectoryLock(prepare_directory(tmp_path)), Assembly(tmp_path) as parts:
        assert not _claim(parts, appearance)
    looks.stop()


def test_raises_a_window_that_is_open(
    tmp_path: Path, appearance: Appearance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(instance, "raise_first_window", lambda _: True)
    with DirectoryLock(prepare_directory(tmp_path)), Assembly(tmp_path) as parts:
        assert not _claim(parts, appearance)


def test_raises_a_window_that_is_starting(
    tmp_path: Path, appearance: Appearance, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([False, False, True])
    monkeypatch.setattr(instance, "raise_first_window", lambda _: next(answers))
    with DirectoryLock(prepare_directory(tmp_path)), Assembly(tmp_path) as parts:
        assert not _claim(parts, appearance)


@pytest.mark.parametrize("seconds", [0.0, 0.1])
def test_gives_up_on_a_process_without_a_window(
    tmp_path: Path,
    appearance: Appearance,
    monkeypatch: pytest.MonkeyPatch,
    no_window: None,
    seconds: float,
) -> None:
    monkeypatch.setattr(app, "ENDING_SECONDS", seconds)
    with (
        DirectoryLock(prepare_directory(tmp_path)),
        Assembly(tmp_path) as parts,
        pytest.raises(DataDirectoryInUseError),
    ):
        _claim(parts, appearance)


def _application() -> QApplication:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    return application


def _waiting_window() -> QWidget | None:
    windows = QApplication.topLevelWidgets()
    return next((each for each in windows if each.objectName() == "waitingWindow"), None)


def _said_by(window: QWidget) -> str:
    label = window.findChild(QLabel)
    assert label is not None
    return label.accessibleName()
