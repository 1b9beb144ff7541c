"""Texts of people and of WeChat are shown as they are, on buttons and in tooltips."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from tests.settings import settings_of
from tests.ui.conftest import MERCHANT, FakeBooth, RecordMaker
from tests.ui.entry.test_void import open_dialog
from tests.ui.window.test_release_notice import plain
from wxpark_gui.domain.delivery import Cause, DeliveryState
from wxpark_gui.domain.history import HistoryEntry
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.domain.shift import Person
from wxpark_gui.ui.history.model import HistoryModel
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.recent.model import RecentModel
from wxpark_gui.ui.shift.person_picker import PersonPicker
from wxpark_gui.ui.window.main_window import MainWindow

MARKUP = "<img src='//192.0.2.1/share/x.png'><b>X</b> &lt;"
STATE = "<b>X</b> &lt;"
COMPANY = "A&B 换班"


def caption(button: QPushButton) -> str:
    """Return the text that Qt shows on a button: a single `&` marks the key of a letter."""
    return button.text().replace("&&", "\0").replace("&", "").replace("\0", "&")


def recent_tooltip(record: EntryRecord, appearance: Appearance) -> str:
    model = RecentModel(appearance)
    model.load([record])
    return str(model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole))


def history_tooltip(record: EntryRecord, appearance: Appearance) -> str:
    model = HistoryModel(appearance)
    model.add([HistoryEntry(record)])
    return str(model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole))


def test_code_of_an_unsigned_failure_is_no_markup_in_the_tooltip(
    appearance: Appearance, make_record: RecordMaker
) -> None:
    record = make_record(state=DeliveryState.WAITING, cause=Cause.OTHER_REFUSAL, code=MARKUP)
    lines = plain(recent_tooltip(record, appearance)).splitlines()
    assert len(lines) > 1
    assert lines[-1].endswith(MARKUP)


@pytest.mark.parametrize("tooltip_of", [recent_tooltip, history_tooltip])
def test_unknown_state_is_no_markup_in_the_tooltip(
    appearance: Appearance,
    make_record: RecordMaker,
    tooltip_of: Callable[[EntryRecord, Appearance], str],
) -> None:
    record = make_record(user_state=STATE)
    assert STATE in plain(tooltip_of(record, appearance))


def test_ampersand_in_a_reason_to_void_is_plain(
    window: MainWindow, booth: FakeBooth, make_record: RecordMaker
) -> None:
    booth.settings.changed.emit(settings_of(MERCHANT, void_reasons=COMPANY))
    booth.entries.saved.emit(make_record())
    dialog = open_dialog(window)
    assert caption(dialog._reasons[0]) == f"1 · {COMPANY}"
    dialog._reasons[0].click()
    assert [why for _, why in booth.entries.voided] == [COMPANY]


def test_ampersand_in_the_name_of_an_attendant_is_plain(qtbot: QtBot) -> None:
    picker = PersonPicker()
    qtbot.addWidget(picker)
    picker.show_people([Person("p1", COMPANY, COMPANY)], [COMPANY], "值班员")
    assert [caption(button) for button in picker.buttons] == [f"1  {COMPANY}"]
