"""After a downgrade the window names the version that is needed, and saves nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from tests.booths import Booth, make_booth
from tests.storage.released import make_newer
from wxpark_gui.domain.errors import JournalNewerError
from wxpark_gui.runtime.system import SystemClock
from wxpark_gui.storage.journal import SqliteJournal
from wxpark_gui.training.booth import TrainingVault, make_training_key
from wxpark_gui.training.gateway import TrainingGateway
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.window.main_window import MainWindow


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    path = tmp_path / "journal.sqlite3"
    with closing(SqliteJournal(path, SystemClock())):
        pass
    make_newer(path, program="0.99.0")
    return path


@pytest.fixture
def booth(qapp: object, journal: Path) -> Iterator[Booth]:
    key = make_training_key()
    with TrainingGateway(key) as gateway:
        booth = make_booth(journal.parent, gateway.url, TrainingVault(key))
        yield booth
        assert gateway.received == ()
        assert booth.stop(5)


def test_it_says_which_version_is_needed_and_saves_nothing(
    booth: Booth, qtbot: QtBot, appearance: Appearance, journal: Path
) -> None:
    before = journal.read_bytes()
    window = MainWindow(booth.controllers, appearance, training=True)
    qtbot.addWidget(window)
    with qtbot.waitExposed(window), qtbot.waitSignal(booth.journal.failed):
        window.show()
        booth.start()
    assert "请管理员安装 0.99.0 或更新版本" in text_of(window, "noticeMessage")
    button = window.findChild(QPushButton, "noticeAction")
    assert isinstance(button, QPushButton)
    assert not button.isVisible(), "no key that would not help"
    with (
        qtbot.waitSignal(booth.entries.notSaved) as told,
        qtbot.assertNotEmitted(booth.entries.saved),
    ):
        QTest.keyClicks(window.form.plate, "12345\r")
    assert told.args is not None
    assert isinstance(told.args[1], JournalNewerError)
    assert text_of(window, "verdictTitle") == "未保存"
    assert "0.99.0" in text_of(window, "verdictAdvice")
    assert window.form.plate.text() == "粤B12345", "it stands there to be written down"
    assert journal.read_bytes() == before
    window.close()


def text_of(window: MainWindow, name: str) -> str:
    label = window.findChild(QLabel, name)
    assert isinstance(label, QLabel)
    return label.text()
