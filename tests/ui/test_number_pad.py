"""The number pad types and chooses everywhere while Num Lock is off."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.conftest import FakeBooth, RecordMaker
from tests.ui.profile_states import PROFILES, SOUTH, profiles_dialog
from tests.ui.shift_states import LONG, NOBODY, open_dialog, relief
from wxpark_gui.domain.errors import Field
from wxpark_gui.ui.window.main_window import MainWindow

PAD = Qt.KeyboardModifier.KeypadModifier
KEYS = {
    "0": Qt.Key.Key_Insert,
    "1": Qt.Key.Key_End,
    "2": Qt.Key.Key_Down,
    "3": Qt.Key.Key_PageDown,
    "4": Qt.Key.Key_Left,
    "5": Qt.Key.Key_Clear,
    "6": Qt.Key.Key_Right,
    "7": Qt.Key.Key_Home,
    "8": Qt.Key.Key_Up,
    "9": Qt.Key.Key_PageUp,
}


@pytest.fixture(autouse=True)
def pad(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the tests run on macOS too, where the pad has no Num Lock."""
    monkeypatch.setattr("sys.platform", "linux")


def press_pad(
    qtbot: QtBot, window: QWidget, digits: str, modifier: Qt.KeyboardModifier = PAD
) -> None:
    """Press keys of the pad in a window, as the system delivers them."""
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    for digit in digits:
        QTest.keyClick(window.windowHandle(), KEYS[digit], modifier)


def shown_dialog(dialog: QDialog | None) -> QDialog:
    assert dialog is not None
    return dialog


def entry_time(window: MainWindow) -> QLineEdit:
    return window.form.details.entries[Field.START_TIME]


def paper_time(window: MainWindow) -> QLineEdit:
    window.backfill.open()
    assert window.backfill.window is not None
    return window.backfill.window.form.time.entry


def pin(window: MainWindow) -> QLineEdit:
    fields = shown_dialog(relief(window)).findChildren(QLineEdit)
    return next(
        each
        for each in fields
        if each.isVisible() and each.echoMode() is QLineEdit.EchoMode.Password
    )


def merchant_number(window: MainWindow) -> QLineEdit:
    window.dialogs.open_merchant()
    found = window.findChildren(QLineEdit)
    return next(each for each in found if each.isVisible() and each.text() == "1900000109")


class TestFields:
    @pytest.mark.parametrize("field_of", [entry_time, paper_time, pin, merchant_number])
    def test_take_the_digits(
        self, qtbot: QtBot, window: MainWindow, field_of: Callable[[MainWindow], QLineEdit]
    ) -> None:
        field = field_of(window)
        field.setFocus()
        field.clear()
        press_pad(qtbot, field.window(), "0725")
        assert field.text() == "0725"

    def test_arrow_key_beside_the_pad_moves_the_cursor(
        self, qtbot: QtBot, window: MainWindow
    ) -> None:
        field = entry_time(window)
        field.setFocus()
        press_pad(qtbot, window, "09")
        QTest.keyClick(window.windowHandle(), Qt.Key.Key_Left)
        assert (field.text(), field.cursorPosition()) == ("09", 1)


class TestPlate:
    @pytest.mark.parametrize("digit", KEYS)
    def test_takes_the_digits(self, qtbot: QtBot, window: MainWindow, digit: str) -> None:
        window.form.plate.set_history(["粤B77777"])
        press_pad(qtbot, window, digit)
        assert window.form.plate.text() == f"粤B{digit}"

    @pytest.mark.parametrize("digit", KEYS)
    def test_takes_the_digits_while_shift_is_held(
        self, qtbot: QtBot, window: MainWindow, digit: str
    ) -> None:
        QGuiApplication.clipboard().setText("京A99999")
        window.form.plate.set_history(["粤B77777"])
        press_pad(qtbot, window, digit, PAD | Qt.KeyboardModifier.ShiftModifier)
        assert window.form.plate.text() == f"粤B{digit}"

    def test_digit_chooses_among_provinces(self, qtbot: QtBot, window: MainWindow) -> None:
        window.form.plate.choose_province()
        QTest.keyClick(window.form.plate, Qt.Key.Key_Y)
        second = window.form.plate.state.candidates[1]
        press_pad(qtbot, window, "2")
        assert window.form.plate.text().startswith(second)

    def test_arrow_key_of_a_mac_browses_earlier_plates(
        self, qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("sys.platform", "darwin")
        window.form.plate.set_history(["粤B77777"])
        press_pad(qtbot, window, "8")
        assert window.form.plate.text() == "粤B77777"

    def test_0_takes_no_offered_plate(self, qtbot: QtBot, window: MainWindow) -> None:
        press_pad(qtbot, window, "0")
        assert window.form.plate.text() == "粤B0"
        assert window._panel._parts.title.text() != "未执行"

    @pytest.mark.parametrize("name", ["sendButton", "recentTable"])
    def test_gets_a_digit_that_is_pressed_beside_it(
        self, qtbot: QtBot, window: MainWindow, name: str
    ) -> None:
        beside = window.findChild(QWidget, name)
        assert isinstance(beside, QWidget)
        beside.setFocus()
        press_pad(qtbot, window, "10")
        assert window.form.plate.text() == "粤B10"
        assert window.form.plate.hasFocus()

    def test_gets_a_digit_that_is_pressed_in_the_history(
        self, qtbot: QtBot, window: MainWindow
    ) -> None:
        window.history.open()
        history = window.history.window
        assert history is not None
        history._table.setFocus()
        press_pad(qtbot, history, "2")
        assert history.plate.text() == "2"
        history.reject()


class TestChoices:
    def test_digit_chooses_a_reason(
        self, qtbot: QtBot, window: MainWindow, booth: FakeBooth, make_record: RecordMaker
    ) -> None:
        booth.entries.saved.emit(make_record())
        QTest.keyClick(window.form.plate, Qt.Key.Key_F2, Qt.KeyboardModifier.ShiftModifier)
        press_pad(qtbot, shown_dialog(window.void_flow.dialog), "2")
        assert [why for _, why in booth.entries.voided] == ["没有入场"]

    def test_digit_in_own_words_chooses_no_reason(
        self, qtbot: QtBot, window: MainWindow, booth: FakeBooth, make_record: RecordMaker
    ) -> None:
        booth.entries.saved.emit(make_record())
        QTest.keyClick(window.form.plate, Qt.Key.Key_F2, Qt.KeyboardModifier.ShiftModifier)
        dialog = shown_dialog(window.void_flow.dialog)
        press_pad(qtbot, dialog, "028")
        field = dialog.findChild(QLineEdit)
        assert field is not None
        assert field.text() == "28"
        assert booth.entries.voided == []
        field.clear()

    def test_digit_chooses_a_person(self, qtbot: QtBot, window: MainWindow) -> None:
        dialog = open_dialog(window, NOBODY)
        press_pad(qtbot, dialog, "3")
        assert dialog.sign_in.picker.person == LONG

    @pytest.mark.parametrize("name", ["profileList", "profilesLeave"])
    def test_digit_switches_to_a_profile(
        self, qtbot: QtBot, window: MainWindow, booth: FakeBooth, name: str
    ) -> None:
        booth.settings.changed.emit(PROFILES)
        dialog = profiles_dialog(window)
        focused = dialog.findChild(QWidget, name)
        assert isinstance(focused, QWidget)
        focused.setFocus()
        press_pad(qtbot, dialog, "3")
        assert booth.settings.switches == [SOUTH.account_id]

    @pytest.mark.qt_log_ignore("does not support (raise|grabbing the keyboard)", extend=True)
    @pytest.mark.parametrize("key", [Qt.Key.Key_3, KEYS["3"]], ids=["Num Lock", "no Num Lock"])
    def test_digit_chooses_in_a_menu(
        self, qtbot: QtBot, window: MainWindow, booth: FakeBooth, key: Qt.Key
    ) -> None:
        booth.settings.changed.emit(PROFILES)
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        window.profiles.open_menu(QPoint(0, 0))
        QTest.keyClick(window.windowHandle(), key, PAD)
        assert booth.settings.switches == [SOUTH.account_id]


def test_key_whose_digit_nothing_takes_stays_a_cursor_key(qtbot: QtBot, window: MainWindow) -> None:
    window.dialogs.open_about()
    dialog = shown_dialog(next(each for each in window.findChildren(QDialog) if each.isVisible()))
    buttons = [each for each in dialog.findChildren(QPushButton) if each.isVisible()]
    buttons[0].setFocus()
    press_pad(qtbot, dialog, "2")
    assert not buttons[0].hasFocus()
