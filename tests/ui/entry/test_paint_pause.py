"""Pause of painting after Enter, in which the entry leaves."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.conftest import FakeBooth, RecordMaker
from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.ui.entry import paint_pause
from wxpark_gui.ui.window.main_window import MainWindow

NEVER_MS = 600_000


@pytest.fixture
def _lasts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pause does not end by its time."""
    monkeypatch.setattr(paint_pause, "PAUSE_MS", NEVER_MS)


lasts = pytest.mark.usefixtures("_lasts")


def _enter(window: MainWindow) -> None:
    QTest.keyClicks(window.form.plate, "12345\r")


def _pauses(window: MainWindow) -> list[bool]:
    """Return whether plate field and panel pause."""
    panel = window.findChild(QWidget, "verdictPanel")
    assert panel is not None
    return [not widget.updatesEnabled() for widget in (window.form.plate, panel)]


@lasts
def test_begins_with_enter_and_changes_no_state(window: MainWindow) -> None:
    _enter(window)
    title = window.findChild(QLabel, "verdictPlate")
    assert _pauses(window) == [True, True]
    assert title is not None
    assert (window.form.plate.text(), title.text()) == ("粤B", "粤B·12345")


def test_ends_by_itself_within_a_frame(window: MainWindow, qtbot: QtBot) -> None:
    assert paint_pause.PAUSE_MS < 1000 / 60
    _enter(window)
    qtbot.waitUntil(lambda: _pauses(window) == [False, False])


@lasts
def test_ends_with_the_next_key(window: MainWindow) -> None:
    _enter(window)
    QTest.keyClick(window.form.plate, Qt.Key.Key_6)
    assert _pauses(window) == [False, False]


@lasts
@pytest.mark.parametrize("signal", ["started", "changed"])
def test_ends_when_the_exchange_starts_or_ends_not_when_the_entry_is_saved(
    window: MainWindow, booth: FakeBooth, make_record: RecordMaker, signal: str
) -> None:
    _enter(window)
    booth.entries.saved.emit(make_record(state=DeliveryState.SAVED, cause=None))
    assert _pauses(window) == [True, True]
    getattr(booth.entries, signal).emit(make_record())
    assert _pauses(window) == [False, False]
