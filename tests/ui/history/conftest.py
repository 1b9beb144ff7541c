"""Fixtures: the history window, and entries for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.ui.conftest import Desk, DialogParent, FakeBooth, RecordMaker
from wxpark_gui.domain.delivery import Cause, DeliveryState
from wxpark_gui.domain.history import HistoryEntry, HistoryPage
from wxpark_gui.ui.history.window import HistoryWindow
from wxpark_gui.ui.window.main_window import MainWindow

EntryMaker = Callable[..., HistoryEntry]


@pytest.fixture
def make_entry(make_record: RecordMaker) -> EntryMaker:
    """Function that makes an entry with a plate and a position in the journal."""

    def make(plate: str = "粤B12345", position: int = 1, **values: object) -> HistoryEntry:
        return HistoryEntry(make_record(plate, position, **values))

    return make


@pytest.fixture
def history(qtbot: QtBot, desk: Desk) -> Iterator[HistoryWindow]:
    desk.history.open()
    yield _active(desk, qtbot)
    _close(desk)


@pytest.fixture
def history_over_window(qtbot: QtBot, window: MainWindow) -> Iterator[HistoryWindow]:
    """The history window, opened by its key over the main window."""
    QTest.keyClick(window, Qt.Key.Key_F3)
    yield _active(window, qtbot)
    _close(window)


def _active(parent: DialogParent, qtbot: QtBot) -> HistoryWindow:
    history = parent.history.window
    assert history is not None
    history.activateWindow()
    qtbot.waitUntil(history.plate.hasFocus)
    return history


def _close(parent: DialogParent) -> None:
    if parent.history.window is not None:
        parent.history.window.reject()


@pytest.fixture
def entries(make_entry: EntryMaker) -> list[HistoryEntry]:
    """Five entries, newest first; the last one was refused."""
    refused = make_entry(
        "粤B77777", 1, state=DeliveryState.REFUSED, cause=Cause.OTHER_REFUSAL, code="X"
    )
    answered = [make_entry(f"粤B1234{number}", number) for number in (5, 4, 3, 2)]
    return [*answered, refused]


def show(booth: FakeBooth, entries: list[HistoryEntry], *, more: bool = False) -> None:
    """Emit the result of the current search."""
    booth.history.found.emit(HistoryPage(tuple(entries), 1 if more else None))
    booth.history.ended.emit(more)
