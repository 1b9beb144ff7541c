"""Operation of the window without a mouse and with a screen reader."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QWidget
from pytestqt.qtbot import QtBot

from tests.matrix import sampled
from tests.settings import settings_of
from tests.ui import (
    backfill_states,
    care_states,
    manager_states,
    profile_states,
    setup_states,
    shift_states,
    support_states,
)
from tests.ui.conftest import MERCHANT, NOW, Desk, DialogParent, FakeBooth, RecordMaker
from tests.ui.look.test_colours import icon_shape
from tests.ui.window.test_room import (
    ask_about_closing,
    dialog_parent,
    open_about,
    open_display,
    open_export,
    open_finished_export,
    open_merchant,
    open_merchant_that_was_not_saved,
    open_statistics,
    settle,
)
from wxpark_gui.domain.delivery import Cause, DeliveryState
from wxpark_gui.domain.door import OfferedPlate
from wxpark_gui.domain.errors import JournalWriteError
from wxpark_gui.domain.record import Backlog
from wxpark_gui.domain.release import Release, Version
from wxpark_gui.domain.verdict import Severity
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.plate import accessible as plate_accessible
from wxpark_gui.ui.plate.keypad import KeypadKey, ProvinceKeypad
from wxpark_gui.ui.window.main_window import MainWindow
from wxpark_gui.wording import Wording

__all__ = ["dialog_parent"]

NO_ROLE = {QAccessible.Role.Client, QAccessible.Role.NoRole}
RecordProperty = Callable[[str, object], None]


@pytest.fixture(autouse=True, scope="module")
def readers() -> None:
    plate_accessible.install()


def focusable(window: QWidget) -> list[QWidget]:
    return [
        part
        for part in window.findChildren(QWidget)
        if part.isVisibleTo(window)
        and part.window() is window
        and part.focusPolicy() is not Qt.FocusPolicy.NoFocus
    ]


def unspoken(window: QWidget) -> list[str]:
    """Return the focusable widgets without an accessible name or role."""
    found = []
    for part in focusable(window):
        spoken = QAccessible.queryAccessibleInterface(part)
        name = spoken.text(QAccessible.Text.Name).strip()
        if not name or spoken.role() in NO_ROLE:
            found.append(f"{part.objectName() or type(part).__name__}: {name!r} {spoken.role()}")
    return found


def states(window: MainWindow, booth: FakeBooth, make_record: RecordMaker) -> Iterator[str]:
    """Bring the window into each state that shows other widgets, and yield the state's name."""
    yield "ready"
    QTest.keyClick(window, Qt.Key.Key_F4)
    QTest.keyClick(window.form.plate, Qt.Key.Key_Down)
    yield "keypad"
    window.form.clear()
    QTest.keyClick(window, Qt.Key.Key_F7)
    yield "bay"
    waiting = make_record(state=DeliveryState.WAITING, cause=Cause.OFFLINE)
    booth.entries.saved.emit(waiting)
    booth.entries.changed.emit(waiting)
    booth.journal.backlogChanged.emit(Backlog(1, waiting.saved_at))
    yield "offline"
    booth.journal.failed.emit(JournalWriteError())
    yield "error"
    booth.updates.found.emit(Release(Version(1, 2, 0)))
    yield "new version"
    QTest.keyClicks(window.form.plate, "1")
    booth.door.offered.emit(OfferedPlate("粤B12345", NOW))
    yield "offered plate"
    QTest.keyClick(window, Qt.Key.Key_F1)
    yield "help"


def test_whatever_takes_the_keyboard_says_what_it_is(
    window: MainWindow, booth: FakeBooth, make_record: RecordMaker, record_property: RecordProperty
) -> None:
    checked = 0
    for state in states(window, booth, make_record):
        settle()
        assert unspoken(window) == [], state
        checked += len(focusable(window))
    record_property("parts checked", checked)
    assert checked > 50


@pytest.mark.parametrize(
    "open_dialog",
    [
        open_merchant,
        open_merchant_that_was_not_saved,
        open_display,
        open_about,
        open_statistics,
        ask_about_closing,
        open_export,
        open_finished_export,
        *shift_states.OPENERS,
        *manager_states.OPENERS,
        *support_states.OPENERS,
        *backfill_states.OPENERS,
        *profile_states.OPENERS,
        *setup_states.OPENERS,
        *care_states.OPENERS,
    ],
)
def test_whatever_takes_the_keyboard_in_a_dialog_says_what_it_is(
    dialog_parent: Desk,
    appearance: Appearance,
    open_dialog: Callable[[DialogParent], QDialog | None],
) -> None:
    dialog_parent._controllers.settings.changed.emit(settings_of(MERCHANT))
    dialog = open_dialog(dialog_parent)
    assert dialog is not None
    settle()
    assert focusable(dialog)
    assert unspoken(dialog) == []
    dialog.close()


def test_a_screen_reader_finds_the_plate_in_its_field(window: MainWindow) -> None:
    QTest.keyClicks(window.form.plate, "12345")
    spoken = QAccessible.queryAccessibleInterface(window.form.plate)
    assert spoken.role() is QAccessible.Role.EditableText
    assert spoken.text(QAccessible.Text.Value) == "粤B12345"
    assert "蓝牌" in spoken.text(QAccessible.Text.Description)


@pytest.mark.parametrize("fields", sampled([(100,), (300,)], [(100,)]))
def test_what_is_made_for_screen_readers_goes_with_its_field(fields: int) -> None:
    """Make and delete the fields in a separate process, because an error would crash it."""
    program = """
import sys
import shiboken6
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication
from wxpark_gui.domain.settings import Settings
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.plate import accessible as plate_accessible
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.plate.edit import PlateEdit
application = QApplication([])
appearance = Appearance(Settings())
plate_accessible.install()
for _ in range(int(sys.argv[1])):
    plate = PlateEdit(appearance)
    assert QAccessible.queryAccessibleInterface(plate).role() is QAccessible.Role.EditableText
    shiboken6.delete(plate)
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(fields)],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")


def walk(window: MainWindow, key: Qt.Key) -> list[QWidget]:
    """Return the widgets that Tab visits from the plate until it returns there."""
    stops: list[QWidget] = []
    for _ in range(60):
        here = QApplication.focusWidget()
        assert here is not None
        QTest.keyClick(here, key)
        here = QApplication.focusWidget()
        assert here is not None
        if here is window.form.plate:
            return stops
        stops.append(here)
    raise AssertionError("the keyboard does not come back to the plate")


def test_tab_leads_through_everything_in_reading_order_and_back(
    qtbot: QtBot, window: MainWindow, booth: FakeBooth
) -> None:
    QTest.keyClick(window, Qt.Key.Key_F7)
    booth.journal.failed.emit(JournalWriteError())
    settle()
    stops = walk(window, Qt.Key.Key_Tab)
    assert {*stops, window.form.plate} == set(focusable(window))
    regions = [window.form, window._panel, window._recent, window._notice_strip]
    order = [next(i for i, r in enumerate(regions) if r.isAncestorOf(stop)) for stop in stops]
    assert order == sorted(order)
    assert {0, 2, 3} <= set(order)
    form = [
        stop.mapTo(window, QPoint(0, stop.height() // 2))
        for stop in stops
        if window.form.isAncestorOf(stop)
    ]
    rows = [place.y() // 40 for place in form]
    assert rows == sorted(rows)
    for (one, other), (row, next_row) in zip(pairwise(form), pairwise(rows), strict=True):
        assert row < next_row or one.x() < other.x()


def test_shift_tab_leads_the_other_way(window: MainWindow) -> None:
    forward = walk(window, Qt.Key.Key_Tab)
    backward = walk(window, Qt.Key.Key_Backtab)
    assert backward == forward[::-1]


KEYS = {
    *("F1", "F2", "F3", "F4", "F5", "F6", "F7", "F9", "F11", "F12"),
    *("Esc", "Shift+F1", "Ctrl++", "Ctrl+-", "Ctrl+0"),
}


def test_each_action_has_a_key(window: MainWindow) -> None:
    assert {each.key().toString() for each in window.findChildren(QShortcut)} >= KEYS


@pytest.mark.parametrize(
    ("keys", "word"),
    [
        ((Qt.Key.Key_Space,), "京"),
        ((Qt.Key.Key_Right, Qt.Key.Key_Return), "沪"),
        ((Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Return), "鄂"),
        ((Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Return), "京"),
    ],
)
def test_a_province_is_chosen_by_arrow_keys(
    window: MainWindow, keys: tuple[Qt.Key, ...], word: str
) -> None:
    QTest.keyClick(window, Qt.Key.Key_F4)
    QTest.keyClick(window.form.plate, Qt.Key.Key_Down)
    for key in keys:
        focused = QApplication.focusWidget()
        assert focused is not None
        QTest.keyClick(focused, key)
    assert window.form.plate.text() == f"{word}B"
    assert window.form.plate.hasFocus()


@pytest.mark.parametrize(
    ("key", "text"), [(Qt.Key.Key_Up, "粤B"), (Qt.Key.Key_Escape, "粤B"), (Qt.Key.Key_Y, "粤B")]
)
def test_the_keypad_gives_the_keyboard_back(window: MainWindow, key: Qt.Key, text: str) -> None:
    QTest.keyClick(window, Qt.Key.Key_F4)
    QTest.keyClick(window.form.plate, Qt.Key.Key_Down)
    focused = QApplication.focusWidget()
    assert focused is not None
    assert focused is not window.form.plate
    QTest.keyClick(focused, key)
    assert window.form.plate.hasFocus()
    assert window.form.plate.text() == text


def test_keypad_stands_between_the_plate_and_the_rest_of_the_form(window: MainWindow) -> None:
    QTest.keyClick(window, Qt.Key.Key_F4)
    QTest.keyClick(window.form.plate, Qt.Key.Key_Down)
    key = QApplication.focusWidget()
    assert isinstance(key, KeypadKey)
    QTest.keyClick(key, Qt.Key.Key_Backtab)
    assert window.form.plate.hasFocus()
    stops = walk(window, Qt.Key.Key_Tab)
    assert stops[0] is key
    assert window.form.isAncestorOf(stops[1])


def test_a_key_of_the_keypad_says_what_it_is(window: MainWindow) -> None:
    keypad = window.findChild(ProvinceKeypad)
    assert isinstance(keypad, ProvinceKeypad)
    assert keypad.key("粤").accessibleName() == "省份 粤"
    assert keypad.key("学").accessibleName() == "车牌用字 学"


def test_a_row_of_the_list_can_be_read_out(
    window: MainWindow, booth: FakeBooth, make_record: RecordMaker
) -> None:
    booth.entries.saved.emit(make_record(user_state="OVERDUE"))
    window._recent.refresh()
    table = QAccessible.queryAccessibleInterface(window._recent._table)
    cells = [table.child(index) for index in range(table.childCount())]
    spoken = [cell.text(QAccessible.Text.Name) for cell in cells]
    assert [text for text in spoken if text][-3:] == ["11:43", "粤B·12345", "欠费"]


def test_no_severity_is_told_by_its_colour_alone(wording: Wording) -> None:
    shapes = {icon_shape(severity) for severity in Severity}
    words = {wording.severity(severity) for severity in Severity}
    assert (len(shapes), len(words)) == (len(Severity), len(Severity))


def test_the_level_of_a_notice_is_told_by_its_shape(
    window: MainWindow, booth: FakeBooth, make_record: RecordMaker
) -> None:
    def shape() -> bytes:
        icon = window._notice_strip._icon.pixmap().toImage()
        return bytes(
            icon.pixelColor(x, y).alpha() > 127
            for y in range(icon.height())
            for x in range(icon.width())
        )

    waiting = make_record(state=DeliveryState.WAITING, cause=Cause.OFFLINE)
    booth.entries.changed.emit(waiting)
    booth.journal.backlogChanged.emit(Backlog(1, waiting.saved_at))
    warning = shape()
    booth.journal.failed.emit(JournalWriteError())
    assert any(warning)
    assert shape() != warning


def test_the_state_of_the_line_stands_in_words_beside_its_colour(window: MainWindow) -> None:
    link = window.findChild(QLabel, "statusLink")
    assert isinstance(link, QLabel)
    assert link.text() == "就绪"
