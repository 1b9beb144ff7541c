"""Pause of the panel's painting after Enter, in which the entry leaves."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.conftest import FakeBooth, RecordMaker
from wxpark_gui.controllers.entries import Refused
from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.errors import NotSetUpError
from wxpark_gui.ui.entry import paint_pause
from wxpark_gui.ui.plate.cells import PlateCells
from wxpark_gui.ui.window.main_window import MainWindow

NEVER_MS = 600_000


@pytest.fixture
def _lasts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pause does not end by its time."""
    monkeypatch.setattr(paint_pause, "PAUSE_MS", NEVER_MS)


lasts = pytest.mark.usefixtures("_lasts")


class _Paints(QObject):
    """Counts the paint events of a widget."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        self.count += event.type() is QEvent.Type.Paint
        return False


def _enter(window: MainWindow) -> None:
    QTest.keyClicks(window.form.plate, "12345\r")


def _pauses(window: MainWindow) -> bool:
    """Test if the panel pauses."""
    panel = window.findChild(QWidget, "verdictPanel")
    assert panel is not None
    return not panel.updatesEnabled()


@lasts
def test_begins_with_enter_and_changes_no_state(window: MainWindow) -> None:
    _enter(window)
    title = window.findChild(QLabel, "verdictPlate")
    assert _pauses(window)
    assert title is not None
    assert (window.form.plate.text(), title.text()) == ("粤B", "粤B·12345")


@lasts
def test_refusal_is_painted_at_once(window: MainWindow, booth: FakeBooth) -> None:
    booth.entries.answer = Refused(NotSetUpError())
    _enter(window)
    assert not _pauses(window)


def test_ends_by_itself_within_a_frame(window: MainWindow, qtbot: QtBot) -> None:
    assert paint_pause.PAUSE_MS < 1000 / 60
    _enter(window)
    qtbot.waitUntil(lambda: not _pauses(window))


@lasts
def test_the_plate_field_is_painted_meanwhile(window: MainWindow, qtbot: QtBot) -> None:
    cells = window.form.plate.findChild(PlateCells)
    assert cells is not None
    paints = _Paints(cells)
    _enter(window)
    qtbot.waitUntil(lambda: paints.count > 0)
    assert _pauses(window)


@lasts
def test_ends_with_the_next_key(window: MainWindow) -> None:
    _enter(window)
    QTest.keyClick(window.form.plate, Qt.Key.Key_6)
    assert not _pauses(window)


@lasts
@pytest.mark.parametrize("signal", ["started", "changed"])
def test_ends_when_the_exchange_starts_or_ends_not_when_the_entry_is_saved(
    window: MainWindow, booth: FakeBooth, make_record: RecordMaker, signal: str
) -> None:
    _enter(window)
    booth.entries.saved.emit(make_record(state=DeliveryState.SAVED, cause=None))
    assert _pauses(window)
    getattr(booth.entries, signal).emit(make_record())
    assert not _pauses(window)
