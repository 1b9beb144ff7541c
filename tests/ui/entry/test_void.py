"""Shift+F2 voids an entry with a reason."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from tests.settings import settings_of
from tests.ui.conftest import MERCHANT, FakeBooth, RecordMaker
from tests.ui.test_accessibility import unspoken
from tests.ui.window.room import cramped
from tests.ui.window.test_room import settle
from wxpark_gui.domain.delivery import Cause, DeliveryState
from wxpark_gui.domain.settings import LANGUAGES
from wxpark_gui.ui.entry.void_dialog import VoidDialog
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.widgets.screen_room import screen_room
from wxpark_gui.ui.window.main_window import MainWindow


def open_dialog(window: MainWindow) -> VoidDialog:
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_F2, Qt.KeyboardModifier.ShiftModifier)
    assert window.void_flow.dialog is not None
    return window.void_flow.dialog


@pytest.fixture
def dialog(window: MainWindow, booth: FakeBooth, make_record: RecordMaker) -> VoidDialog:
    booth.entries.saved.emit(make_record())
    return open_dialog(window)


def text(window: MainWindow, name: str) -> str:
    label = window.findChild(QLabel, name)
    assert isinstance(label, QLabel)
    return label.text()


def own_words(dialog: VoidDialog) -> QLineEdit:
    field = dialog.findChild(QLineEdit)
    assert field is not None
    return field


def test_pasted_reason_becomes_one_line(dialog: VoidDialog, booth: FakeBooth) -> None:
    own_words(dialog).insert("司机\r\n\t\u202e换车\u2028了")
    QTest.keyClick(own_words(dialog), Qt.Key.Key_Return)
    assert [why for _record, why in booth.entries.voided] == ["司机 换车 了"]


def test_pasted_reason_without_visible_characters_is_none(
    dialog: VoidDialog, booth: FakeBooth
) -> None:
    own_words(dialog).insert("\u200b\ufeff\u2060")
    assert not dialog.has_input()
    QTest.keyClick(own_words(dialog), Qt.Key.Key_Return)
    assert booth.entries.voided == []


def test_digit_chooses_a_reason_of_the_operator(
    qtbot: QtBot, dialog: VoidDialog, window: MainWindow, booth: FakeBooth
) -> None:
    QTest.keyClick(dialog, Qt.Key.Key_2)
    assert [(record.entry.label, why) for record, why in booth.entries.voided] == [
        ("粤B·12345", "没有入场")
    ]
    assert window.void_flow.dialog is None
    qtbot.waitUntil(window.form.plate.hasFocus)


def test_own_words_are_written_after_0(dialog: VoidDialog, booth: FakeBooth) -> None:
    QTest.keyClick(dialog, Qt.Key.Key_0)
    QTest.keyClicks(own_words(dialog), " 2 cars, 1 plate ")
    QTest.keyClick(own_words(dialog), Qt.Key.Key_Return)
    assert [why for _, why in booth.entries.voided] == ["2 cars, 1 plate"]


def test_empty_words_void_nothing(dialog: VoidDialog, booth: FakeBooth) -> None:
    QTest.keyClick(own_words(dialog), Qt.Key.Key_Return)
    assert booth.entries.voided == []
    assert dialog.isVisible()


@pytest.mark.parametrize(
    "leave",
    [
        lambda dialog: QTest.keyClick(dialog, Qt.Key.Key_Escape),
        lambda dialog: QTest.keyClick(dialog, Qt.Key.Key_9),
    ],
)
def test_escape_and_a_digit_without_a_reason_void_nothing(
    dialog: VoidDialog, booth: FakeBooth, leave: Callable[[VoidDialog], None]
) -> None:
    leave(dialog)
    assert booth.entries.voided == []


def test_without_reasons_of_the_operator_there_are_own_words(
    window: MainWindow, booth: FakeBooth, make_record: RecordMaker
) -> None:
    booth.settings.changed.emit(settings_of(MERCHANT, void_reasons=" ; ；"))
    booth.entries.saved.emit(make_record())
    dialog = open_dialog(window)
    QTest.keyClicks(own_words(dialog), "x")
    buttons = [button for button in dialog.findChildren(QPushButton) if button.text() == "作废"]
    buttons[0].click()
    assert [why for _, why in booth.entries.voided] == ["x"]


def test_the_next_plate_is_entered_and_its_verdict_shown_while_the_dialog_is_open(
    window: MainWindow,
    dialog: VoidDialog,
    booth: FakeBooth,
    make_record: RecordMaker,
    qtbot: QtBot,
) -> None:
    assert not dialog.isModal()
    window.activateWindow()
    qtbot.waitUntil(window.form.plate.hasFocus)
    QTest.keyClicks(window.form.plate, "67890\r")
    assert [draft.plate for draft in booth.entries.drafts] == ["粤B67890"]
    booth.entries.saved.emit(make_record("粤B67890", 1, state=DeliveryState.SAVED, cause=None))
    assert text(window, "verdictPlate") == "粤B·67890"
    assert dialog.isVisible()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert booth.entries.voided == []
    qtbot.waitUntil(window.form.plate.hasFocus)


def test_dialog_covers_neither_plate_nor_verdict(
    window: MainWindow, dialog: VoidDialog, appearance: Appearance
) -> None:
    covered = dialog.frameGeometry()
    for part in (window.form.plate, window._panel):
        shown = QRect(part.mapToGlobal(QPoint()), part.size())
        assert not shown.intersects(covered)


def test_the_key_again_replaces_the_question_about_another_entry(
    window: MainWindow, dialog: VoidDialog, booth: FakeBooth, make_record: RecordMaker
) -> None:
    window.void_flow.ask(make_record("粤B67890", 2))
    now_open = window.void_flow.dialog
    assert now_open is not None
    assert now_open is not dialog
    QTest.keyClick(now_open, Qt.Key.Key_2)
    assert [record.entry.label for record, _ in booth.entries.voided] == ["粤B·67890"]


def test_the_key_again_keeps_the_question_about_the_same_entry(
    window: MainWindow, dialog: VoidDialog, make_record: RecordMaker
) -> None:
    window.activateWindow()
    window.void_flow.ask(make_record())
    assert window.void_flow.dialog is dialog
    assert dialog.isActiveWindow()


def test_typed_words_are_not_lost_to_a_question_about_another_entry(
    window: MainWindow, dialog: VoidDialog, make_record: RecordMaker
) -> None:
    QTest.keyClicks(own_words(dialog), "two cars")
    window.activateWindow()
    window.void_flow.ask(make_record("粤B67890", 2))
    assert window.void_flow.dialog is dialog
    assert own_words(dialog).hasFocus()


def test_dialog_closes_when_its_entry_is_taken_back(
    window: MainWindow, dialog: VoidDialog, booth: FakeBooth, make_record: RecordMaker
) -> None:
    booth.entries.changed.emit(make_record("粤B67890", 2, state=DeliveryState.VOIDED, cause=None))
    assert dialog.isVisible()
    booth.entries.changed.emit(make_record(state=DeliveryState.VOIDED, cause=None))
    assert window.void_flow.dialog is None


@pytest.mark.parametrize("state", [None, DeliveryState.VOIDED])
def test_nothing_to_void_is_said(
    window: MainWindow,
    booth: FakeBooth,
    make_record: RecordMaker,
    state: DeliveryState | None,
) -> None:
    if state:
        booth.entries.saved.emit(make_record(state=state, cause=None))
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_F2, Qt.KeyboardModifier.ShiftModifier)
    assert window.void_flow.dialog is None
    assert text(window, "verdictAdvice") == "没有可作废的记录：请先选中一条。"


@pytest.mark.parametrize(
    ("cause", "code"),
    [(Cause.ANSWERED, ""), (Cause.CONTENT_REFUSED, "PARAM_ERROR"), (Cause.OFFLINE, "TIMEOUT")],
)
def test_voided_entry_that_wechat_may_have_is_not_called_unsent(
    window: MainWindow, booth: FakeBooth, make_record: RecordMaker, cause: Cause, code: str
) -> None:
    voided = make_record(cause=cause, code=code, state=DeliveryState.VOIDED)
    booth.entries.saved.emit(voided)
    booth.entries.changed.emit(voided)
    assert window._panel.property("severity") != "ok"
    assert text(window, "verdictTitle") == "已作废"
    assert text(window, "verdictAdvice") == "仅本机作废；微信已收到的不会撤回"


def test_voided_entry_that_never_reached_wechat_is_called_taken_back(
    window: MainWindow, booth: FakeBooth, make_record: RecordMaker
) -> None:
    voided = make_record(cause=Cause.OFFLINE, code="DNS", state=DeliveryState.VOIDED)
    booth.entries.saved.emit(voided)
    booth.entries.changed.emit(voided)
    assert text(window, "verdictTitle") == "已撤回"
    assert text(window, "verdictAdvice") == "发送前已撤回"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scale", [100, 200])
def test_dialog_shows_every_text_whole_and_names_its_parts(
    window: MainWindow,
    booth: FakeBooth,
    appearance: Appearance,
    make_record: RecordMaker,
    language: str,
    scale: int,
) -> None:
    appearance.follow(settings_of(theme="light", language=language, font_scale=scale))
    reasons = ";".join(["车牌有误" * 10] * 3)
    booth.settings.changed.emit(settings_of(MERCHANT, void_reasons=reasons))
    booth.entries.saved.emit(make_record())
    dialog = open_dialog(window)
    settle()
    assert cramped(dialog) == []
    assert unspoken(dialog) == []
    dialog.reject()


def test_nine_reasons_in_large_text_leave_every_button_on_the_screen(
    window: MainWindow, booth: FakeBooth, appearance: Appearance, make_record: RecordMaker
) -> None:
    appearance.follow(settings_of(theme="light", font_scale=200))
    booth.settings.changed.emit(settings_of(MERCHANT, void_reasons=";".join(["车牌有误" * 5] * 9)))
    booth.entries.saved.emit(make_record())
    dialog = open_dialog(window)
    settle()
    assert dialog.height() <= screen_room(dialog).height()
    cancel = dialog.findChildren(QPushButton)[-1]
    assert cancel.mapTo(dialog, cancel.rect().bottomLeft()).y() < dialog.height()
    dialog._reasons[-2].setFocus()
    QTest.keyClick(dialog._reasons[-2], Qt.Key.Key_Tab)
    assert dialog._reasons[-1].hasFocus()
    assert dialog._reasons[-1].visibleRegion().boundingRect().height() > 20
    QTest.keyClick(dialog, Qt.Key.Key_9)
    assert len(booth.entries.voided) == 1


def test_open_dialog_follows_the_language(
    window: MainWindow, dialog: VoidDialog, booth: FakeBooth, appearance: Appearance
) -> None:
    appearance.follow(settings_of(theme="light", language="en", font_scale=200))
    renewed = window.void_flow.dialog
    assert renewed is not None
    assert renewed.windowTitle().startswith("Void")
    QTest.keyClick(renewed, Qt.Key.Key_1)
    assert len(booth.entries.voided) == 1


def test_words_typed_into_the_dialog_survive_a_change_of_the_language(
    window: MainWindow, dialog: VoidDialog, appearance: Appearance
) -> None:
    QTest.keyClicks(own_words(dialog), "two cars")
    appearance.follow(settings_of(theme="light", language="en"))
    assert window.void_flow.dialog is dialog
    assert own_words(dialog).text() == "two cars"


@pytest.mark.parametrize("typed", ["", "2 cars"])
def test_question_of_the_history_ends_with_its_window(
    window: MainWindow, booth: FakeBooth, make_record: RecordMaker, typed: str
) -> None:
    booth.entries.saved.emit(make_record())
    window.history.open()
    history = window.history.window
    assert history is not None
    window.void_flow.ask(make_record("粤B67890", 2), history)
    dialog = window.void_flow.dialog
    assert dialog is not None
    assert dialog.parentWidget() is history
    QTest.keyClicks(own_words(dialog), typed)
    history.close()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert window.void_flow.dialog is None
    open_dialog(window)
    assert booth.entries.voided == []
