"""Offered plates in the window: filled, waiting, taken, dismissed, and never sent by themselves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel
from pytestqt.qtbot import QtBot

from tests.ui.conftest import NOW, FakeBooth, RecordMaker
from wxpark_gui.domain.delivery import Cause, DeliveryState
from wxpark_gui.domain.door import DoorPortTakenError, OfferedPlate
from wxpark_gui.ui.entry.offer_flow import OfferFlow
from wxpark_gui.ui.entry.offers import LIFETIME, MOST_OFFERS
from wxpark_gui.ui.plate import accessible as plate_accessible
from wxpark_gui.ui.window.main_window import MainWindow
from wxpark_gui.ui.window.notice_strip import NoticeAction
from wxpark_gui.ui.window.work_area import WorkArea

Offer = Callable[..., None]


@pytest.fixture
def flow(window: MainWindow) -> OfferFlow:
    """The flow, with no input for a while."""
    found = window.form.findChild(OfferFlow)
    assert isinstance(found, OfferFlow)
    let_quiet_pass(found)
    return found


@pytest.fixture
def offer(booth: FakeBooth, flow: OfferFlow) -> Offer:
    """Function that offers a plate, some seconds after `NOW`."""

    def emit(plate: str, seconds: int = 0) -> None:
        booth.door.offered.emit(OfferedPlate(plate, NOW + timedelta(seconds=seconds)))

    return emit


def let_quiet_pass(flow: OfferFlow) -> None:
    """Let the time without an input end now."""
    flow._quiet.stop()
    flow._quiet.timeout.emit()


def source(window: MainWindow) -> str:
    label = window.form.offers.findChild(QLabel, "offerSource")
    assert isinstance(label, QLabel)
    return label.text() if label.isVisible() else ""


def waiting(window: MainWindow) -> str:
    """Return button and remark of the newest waiting offer; empty for none."""
    row = window.form.offers
    remark = row.findChild(QLabel, "offerTime")
    assert isinstance(remark, QLabel)
    return f"{row.button.text()} | {remark.text()}" if row.button.isVisible() else ""


def press(window: MainWindow, *keys: Qt.Key) -> None:
    for key in keys:
        QTest.keyClick(window.form.plate, key)


def type_plate(window: MainWindow, typed: str) -> None:
    QTest.keyClicks(window.form.plate, typed)


def test_offer_fills_an_empty_field_and_names_its_source(
    window: MainWindow, offer: Offer, booth: FakeBooth
) -> None:
    offer("粤B12345")
    assert window.form.plate.text() == "粤B12345"
    assert source(window) == "来自识别设备 11:42:07 · 回车发送，Esc 清除"
    assert (booth.entries.drafts, booth.beeps) == ([], 0)


def test_enter_sends_the_offered_plate(window: MainWindow, offer: Offer, booth: FakeBooth) -> None:
    offer("粤B12345")
    press(window, Qt.Key.Key_Return)
    assert [draft.plate for draft in booth.entries.drafts] == ["粤B12345"]
    assert (window.form.plate.text(), source(window), waiting(window)) == ("粤B", "", "")


def test_escape_clears_the_offered_plate_and_ignores_its_repetitions(
    window: MainWindow, offer: Offer, flow: OfferFlow
) -> None:
    offer("粤B12345")
    press(window, Qt.Key.Key_Escape)
    let_quiet_pass(flow)
    offer("粤B12345", 1)
    assert (window.form.plate.text(), source(window), waiting(window)) == ("粤B", "", "")
    offer("粤B12345", 60)
    assert window.form.plate.text() == "粤B12345"


def test_dismissed_plate_comes_back_by_undo(window: MainWindow, offer: Offer) -> None:
    offer("粤B12345")
    press(window, Qt.Key.Key_Escape)
    QTest.keyClick(window.form.plate, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert window.form.plate.text() == "粤B12345"


def test_plate_entered_last_is_not_offered_again(
    window: MainWindow, offer: Offer, flow: OfferFlow, booth: FakeBooth
) -> None:
    type_plate(window, "12345")
    press(window, Qt.Key.Key_Return)
    let_quiet_pass(flow)
    offer("粤B12345")
    assert (window.form.plate.text(), waiting(window)) == ("粤B", "")
    assert len(booth.entries.drafts) == 1


def test_offer_while_typing_waits_and_touches_nothing(
    window: MainWindow, offer: Offer, flow: OfferFlow, booth: FakeBooth
) -> None:
    type_plate(window, "678")
    offer("粤B12345")
    let_quiet_pass(flow)
    assert window.form.plate.text() == "粤B678"
    assert waiting(window) == "采用 粤B·12345  Ins | 识别设备 11:42:07 送来"
    type_plate(window, "90")
    press(window, Qt.Key.Key_Return)
    assert [draft.plate for draft in booth.entries.drafts] == ["粤B67890"]
    let_quiet_pass(flow)
    assert window.form.plate.text() == "粤B"
    assert waiting(window).startswith("采用 粤B·12345")


def test_one_key_takes_the_waiting_offer_and_undo_brings_the_typed_plate_back(
    window: MainWindow, offer: Offer
) -> None:
    type_plate(window, "678")
    offer("粤B12345")
    press(window, Qt.Key.Key_Insert)
    assert (window.form.plate.text(), waiting(window)) == ("粤B12345", "")
    assert source(window)
    QTest.keyClick(window.form.plate, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert window.form.plate.text() == "粤B678"


def test_button_takes_the_offer_by_mouse(window: MainWindow, offer: Offer) -> None:
    type_plate(window, "1")
    offer("粤B12345")
    QTest.mouseClick(window.form.offers.button, Qt.MouseButton.LeftButton)
    assert window.form.plate.text() == "粤B12345"
    assert window.form.plate.hasFocus()


def test_button_takes_the_offer_by_keyboard(window: MainWindow, offer: Offer) -> None:
    type_plate(window, "1")
    offer("粤B12345")
    press(window, Qt.Key.Key_Tab)
    assert window.form.offers.button.hasFocus()
    QTest.keyClick(window.form.offers.button, Qt.Key.Key_Space)
    assert window.form.plate.text() == "粤B12345"
    assert window.form.plate.hasFocus()


def test_key_without_an_offer_says_that_there_is_none(window: MainWindow) -> None:
    press(window, Qt.Key.Key_Insert)
    shown = [label.text() for label in window.findChildren(QLabel) if label.isVisible()]
    assert any("没有识别设备送来的车牌" in text for text in shown)


def test_several_offers_show_the_newest_and_count_the_others(
    window: MainWindow, offer: Offer
) -> None:
    type_plate(window, "6")
    for second, plate in enumerate(("粤B11111", "粤B22222", "粤B33333")):
        offer(plate, second)
    assert waiting(window) == "采用 粤B·33333  Ins | 识别设备 11:42:09 送来 · 之前还有 2 个"


def test_thousand_offers_while_typing_lose_no_key_and_stay_bounded(
    window: MainWindow, offer: Offer, booth: FakeBooth
) -> None:
    for number in range(1000):
        offer(f"粤A{number:05}")
        if number % 200 == 0:
            # The first offer fills the field; typing replaces it.
            type_plate(window, str(number // 200))
    assert window.form.plate.text() == "粤B01234"
    assert f"之前还有 {MOST_OFFERS - 1} 个" in waiting(window)
    press(window, Qt.Key.Key_Return)
    assert [draft.plate for draft in booth.entries.drafts] == ["粤B01234"]


def test_typing_over_an_offered_plate_starts_a_new_one_and_keeps_the_offer(
    window: MainWindow, offer: Offer, flow: OfferFlow
) -> None:
    offer("粤B12345")
    type_plate(window, "67890")
    let_quiet_pass(flow)
    assert (window.form.plate.text(), source(window)) == ("粤B67890", "")
    assert waiting(window).startswith("采用 粤B·12345")


def test_correcting_an_offered_plate_keeps_the_other_characters(
    window: MainWindow, offer: Offer, booth: FakeBooth
) -> None:
    offer("粤B12345")
    press(window, Qt.Key.Key_Backspace)
    type_plate(window, "6")
    assert (window.form.plate.text(), source(window), waiting(window)) == ("粤B12346", "", "")


def test_moving_the_cursor_makes_the_next_key_correct_the_offered_plate(
    window: MainWindow, offer: Offer
) -> None:
    offer("粤B12345")
    press(window, Qt.Key.Key_Left, Qt.Key.Key_Left)
    type_plate(window, "9")
    assert window.form.plate.text() == "粤B12395"
    assert waiting(window) == ""


def test_next_car_waits_until_the_offered_one_is_sent(
    window: MainWindow, offer: Offer, flow: OfferFlow, booth: FakeBooth
) -> None:
    offer("粤B11111")
    offer("粤B22222", 1)
    assert window.form.plate.text() == "粤B11111"
    assert waiting(window).startswith("采用 粤B·22222")
    # The second press, as of a bouncing key, meets an empty field.
    press(window, Qt.Key.Key_Return, Qt.Key.Key_Return)
    assert [draft.plate for draft in booth.entries.drafts] == ["粤B11111", "粤B"]
    flow._poll.timeout.emit()
    assert window.form.plate.text() == "粤B"
    let_quiet_pass(flow)
    assert (window.form.plate.text(), waiting(window)) == ("粤B22222", "")


def test_repeated_offer_of_the_plate_in_the_field_changes_nothing(
    window: MainWindow, offer: Offer
) -> None:
    offer("粤B12345")
    offer("粤B12345", 5)
    assert (window.form.plate.text(), waiting(window)) == ("粤B12345", "")


def test_offer_that_was_typed_by_hand_is_dropped_when_saved(
    window: MainWindow, offer: Offer, booth: FakeBooth, make_record: RecordMaker
) -> None:
    type_plate(window, "1")
    offer("粤B12345")
    type_plate(window, "2345")
    press(window, Qt.Key.Key_Return)
    booth.entries.saved.emit(make_record("粤B12345"))
    assert waiting(window) == ""


@pytest.mark.parametrize("key", [Qt.Key.Key_F11, Qt.Key.Key_F3, Qt.Key.Key_F1])
def test_offer_waits_while_a_dialog_or_the_help_is_open(
    window: MainWindow, offer: Offer, flow: OfferFlow, qtbot: QtBot, key: Qt.Key
) -> None:
    press(window, key)
    opened = [each for each in window.findChildren(QDialog) if each.isVisible()]
    qtbot.waitUntil(lambda: all(each.isActiveWindow() for each in opened))
    offer("粤B12345")
    flow._poll.timeout.emit()
    assert window.form.plate.text() == "粤B"
    assert all(each.isActiveWindow() for each in opened)
    for each in opened:
        each.close()
    if not opened:
        press(window, key)
    flow._poll.timeout.emit()
    assert window.form.plate.text() == "粤B12345"


def test_offer_waits_while_a_province_is_chosen_or_text_is_composed(
    window: MainWindow, offer: Offer, flow: OfferFlow
) -> None:
    press(window, Qt.Key.Key_F4)
    let_quiet_pass(flow)
    offer("粤B12345")
    assert window.form.plate.text() == "粤B"
    press(window, Qt.Key.Key_F4)
    QApplication.sendEvent(window.form.plate, QInputMethodEvent("yue", []))
    flow._poll.timeout.emit()
    assert window.form.plate.text() == "粤B"
    QApplication.sendEvent(window.form.plate, QInputMethodEvent("", []))
    flow._poll.timeout.emit()
    assert window.form.plate.text() == "粤B12345"


def test_offer_waits_while_another_field_is_typed_in(
    window: MainWindow, offer: Offer, flow: OfferFlow
) -> None:
    time = next(iter(window.form.details.entries.values()))
    time.setFocus()
    QTest.keyClicks(time, "09")
    offer("粤B12345")
    assert (window.form.plate.text(), time.text()) == ("粤B", "09")
    assert time.hasFocus()
    assert waiting(window)


def test_offer_takes_no_focus(window: MainWindow, offer: Offer) -> None:
    time = next(iter(window.form.details.entries.values()))
    time.setFocus()
    offer("粤B12345")
    assert window.form.plate.text() == "粤B12345"
    assert time.hasFocus()


def test_offer_leaves_the_verdict_of_the_last_car_on_the_panel(
    window: MainWindow, offer: Offer, flow: OfferFlow, booth: FakeBooth, make_record: RecordMaker
) -> None:
    type_plate(window, "12345")
    press(window, Qt.Key.Key_Return)
    record = make_record("粤B12345", user_state="OVERDUE")
    booth.entries.saved.emit(record)
    booth.entries.changed.emit(record)
    title = window.findChild(QLabel, "verdictTitle")
    assert title is not None
    let_quiet_pass(flow)
    offer("粤B67890")
    assert window.form.plate.text() == "粤B67890"
    assert title.text() == "欠费"


def test_answer_that_comes_after_the_next_offer_is_shown(
    window: MainWindow, offer: Offer, flow: OfferFlow, booth: FakeBooth, make_record: RecordMaker
) -> None:
    type_plate(window, "12345")
    press(window, Qt.Key.Key_Return)
    let_quiet_pass(flow)
    offer("粤B67890")
    booth.entries.saved.emit(make_record("粤B12345", state=DeliveryState.SAVED, cause=None))
    booth.entries.changed.emit(make_record("粤B12345", user_state="OVERDUE"))
    title = window.findChild(QLabel, "verdictTitle")
    assert title is not None
    assert title.text() == "欠费"


def test_entry_that_was_not_saved_comes_back_in_place_of_an_offer(
    window: MainWindow, offer: Offer, flow: OfferFlow, booth: FakeBooth
) -> None:
    type_plate(window, "12345")
    press(window, Qt.Key.Key_Return)
    let_quiet_pass(flow)
    offer("粤B67890")
    booth.entries.notSaved.emit(booth.entries.last_id, DoorPortTakenError())
    assert window.form.plate.text() == "粤B12345"
    assert waiting(window).startswith("采用 粤B·67890")


def test_escape_in_an_empty_field_drops_the_waiting_offers(
    window: MainWindow, offer: Offer, flow: OfferFlow
) -> None:
    type_plate(window, "6")
    offer("粤B12345")
    press(window, Qt.Key.Key_Escape)
    let_quiet_pass(flow)
    assert window.form.plate.text() == "粤B"
    assert waiting(window)
    press(window, Qt.Key.Key_Escape)
    assert waiting(window) == ""
    assert window.form.plate.hasFocus()
    let_quiet_pass(flow)
    assert window.form.plate.text() == "粤B"


def test_button_that_vanishes_leaves_the_focus_in_the_plate(
    window: MainWindow, offer: Offer, flow: OfferFlow, monkeypatch: pytest.MonkeyPatch
) -> None:
    type_plate(window, "6")
    offer("粤B12345")
    press(window, Qt.Key.Key_Tab)
    assert window.form.offers.button.hasFocus()
    monkeypatch.setattr(flow, "_now", lambda: NOW + LIFETIME)
    flow._poll.timeout.emit()
    assert waiting(window) == ""
    assert window.form.plate.hasFocus()
    assert not flow._poll.isActive()


def test_lot_without_a_prefix_gets_the_offer_too(
    window: MainWindow, offer: Offer, flow: OfferFlow, booth: FakeBooth
) -> None:
    window.form.plate.set_prefix("")
    let_quiet_pass(flow)
    offer("粤B12345")
    press(window, Qt.Key.Key_Return)
    assert [draft.plate for draft in booth.entries.drafts] == ["粤B12345"]


def test_odd_plate_from_a_device_is_confirmed_as_a_typed_one(
    window: MainWindow, offer: Offer, booth: FakeBooth
) -> None:
    offer("粤B888888")
    press(window, Qt.Key.Key_Return)
    assert booth.entries.drafts == []
    press(window, Qt.Key.Key_Return)
    assert [draft.plate for draft in booth.entries.drafts] == ["粤B888888"]


def test_question_about_an_offered_plate_stays_until_it_is_answered(
    window: MainWindow, offer: Offer, flow: OfferFlow, booth: FakeBooth, make_record: RecordMaker
) -> None:
    type_plate(window, "12345")
    press(window, Qt.Key.Key_Return)
    let_quiet_pass(flow)
    offer("粤B888888")
    press(window, Qt.Key.Key_Return)
    booth.entries.saved.emit(make_record("粤B12345"))
    title = window.findChild(QLabel, "verdictTitle")
    assert title is not None
    assert title.text() == "确认发送？"
    assert window.form.plate.text() == "粤B888888"
    assert source(window)


def test_offer_waits_while_a_small_window_shows_the_verdict_in_place_of_the_form(
    window: MainWindow, offer: Offer, flow: OfferFlow
) -> None:
    window.resize(700, 560)
    area = window.findChild(WorkArea)
    assert area is not None
    area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())
    offer("粤B12345")
    for _ in range(9):
        flow._poll.timeout.emit()
    assert window.form.plate.visibleRegion().isEmpty()
    assert window.form.plate.text() == "粤B"
    flow._poll.timeout.emit()
    assert window.form.plate.text() == "粤B12345"
    assert not window.form.plate.visibleRegion().isEmpty()


def test_screen_reader_finds_the_offered_plate_and_the_button(
    window: MainWindow, offer: Offer
) -> None:
    plate_accessible.install()
    offer("粤B12345")
    offer("粤B67890", 1)
    plate = QAccessible.queryAccessibleInterface(window.form.plate)
    assert plate.text(QAccessible.Text.Value) == "粤B12345"
    button = QAccessible.queryAccessibleInterface(window.form.offers.button)
    assert button.text(QAccessible.Text.Name) == "采用 粤B·67890  Ins"


def test_door_that_cannot_be_opened_is_a_notice_with_the_settings_as_its_action(
    window: MainWindow, booth: FakeBooth
) -> None:
    booth.door.changed.emit(DoorPortTakenError("18765"))
    notice = window.notices.notice(NOW)
    assert notice is not None
    assert notice.message.startswith("识别设备的端口被别的程序占用，车牌请手工输入。")
    assert notice.action is NoticeAction.OPEN_SETTINGS
    booth.door.changed.emit(None)
    assert window.notices.notice(NOW) is None


def test_entries_that_wait_are_more_urgent_than_a_closed_door(
    window: MainWindow, booth: FakeBooth, make_record: RecordMaker
) -> None:
    booth.door.changed.emit(DoorPortTakenError("18765"))
    booth.journal.failed.emit(DoorPortTakenError("1"))
    waiting_record = make_record(state=DeliveryState.WAITING, cause=Cause.OFFLINE)
    booth.entries.changed.emit(waiting_record)
    notice = window.notices.notice(NOW)
    assert notice is not None
    assert notice.action is not NoticeAction.OPEN_SETTINGS
