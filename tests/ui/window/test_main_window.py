"""The main window with real key events and fake controllers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any, TypeVar

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QTableView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.settings import settings_of
from tests.ui.conftest import MERCHANT, FakeBooth, entry_id
from tests.ui.window.test_work_area import settle
from wxpark_gui.controllers.entries import Refused
from wxpark_gui.domain.delivery import Cause, DeliveryState
from wxpark_gui.domain.entry import BEIJING, CarType, EntryDraft, Scene
from wxpark_gui.domain.errors import (
    EntryFaultError,
    EntryNotFoundError,
    Field,
    FieldError,
    InvalidInputError,
    JournalWriteError,
    KeyringLockedError,
    NothingToResendError,
    NotSetUpError,
    Problem,
    SettingsNewerError,
)
from wxpark_gui.domain.merchant import MerchantProfile
from wxpark_gui.domain.record import Backlog, EntryRecord, Salvage
from wxpark_gui.domain.settings import Settings
from wxpark_gui.service.link_status import LinkState, LinkStatus
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.plate.keypad import ProvinceKeypad
from wxpark_gui.ui.window.main_window import MainWindow

NOW = datetime(2026, 3, 15, 3, 42, 7, tzinfo=timezone.utc)

RecordMaker = Callable[..., EntryRecord]
Part = TypeVar("Part", bound=QWidget)


def part(window: QWidget, kind: type[Part], name: str) -> Part:
    found = window.findChild(kind, name)
    assert isinstance(found, kind), name
    return found


def text(window: QWidget, name: str) -> str:
    return part(window, QLabel, name).text()


def severity(window: MainWindow) -> object:
    return part(window, QWidget, "verdictPanel").property("severity")


def press(window: MainWindow, key: Qt.Key) -> None:
    QTest.keyClick(window.focusWidget(), key)


def enter(window: MainWindow, keys: str) -> None:
    QTest.keyClicks(window.form.plate, keys)
    QTest.keyClick(window.form.plate, Qt.Key.Key_Return)


def test_a_local_plate_is_six_keys(window: MainWindow, booth: FakeBooth) -> None:
    enter(window, "12345")
    assert booth.entries.drafts == [EntryDraft("粤B12345", Scene.PARKING, CarType.SMALL)]


def test_the_form_is_free_for_the_next_car_at_once(window: MainWindow) -> None:
    enter(window, "12345")
    assert window.form.plate.text() == "粤B"
    assert window.form.plate.hasFocus()
    assert severity(window) == "pending"
    assert "已存" not in text(window, "verdictAdvice")


def test_saved_is_said_once_it_is_then_the_verdict(
    window: MainWindow, booth: FakeBooth, make_record: RecordMaker
) -> None:
    enter(window, "12345")
    booth.entries.saved.emit(make_record(state=DeliveryState.SAVED, cause=None))
    assert text(window, "verdictAdvice") == "已存本机，正在发送"
    booth.entries.changed.emit(make_record())
    assert severity(window) == "ok"
    assert text(window, "verdictTitle") == "正常"


class _Paints(QObject):
    """Notes the paint events of some widgets, in their order."""

    def __init__(self, **widgets: QWidget) -> None:
        super().__init__()
        self.painted: list[str] = []
        self._names = {id(widget): name for name, widget in widgets.items()}
        for widget in widgets.values():
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint:
            self.painted.append(self._names[id(watched)])
        return super().eventFilter(watched, event)


def test_verdict_is_painted_before_the_list_which_is_painted_once(
    window: MainWindow, booth: FakeBooth, make_record: RecordMaker, qtbot: QtBot
) -> None:
    table = part(window, QTableView, "recentTable")
    with qtbot.waitSignal(window._recent.refreshed):
        booth.entries.saved.emit(make_record(sequence=1))
    qtbot.wait(50)
    paints = _Paints(panel=part(window, QWidget, "verdictPanel"), table=table.viewport())
    booth.entries.saved.emit(make_record(sequence=2, state=DeliveryState.SAVED, cause=None))
    assert window._recent._refresh_timer.isActive()
    # A busy machine may take longer than the timer.
    window._recent._refresh_timer.stop()
    QApplication.processEvents()
    booth.entries.changed.emit(make_record(sequence=2))
    window._recent._refresh_timer.stop()
    QApplication.processEvents()
    window._recent.refresh()
    qtbot.waitUntil(lambda: "table" in paints.painted)
    qtbot.wait(50)
    assert paints.painted == ["panel", "panel", "table"]


def test_plate_entered_last_comes_back_by_the_arrow_key_before_the_list_shows_it(
    window: MainWindow, booth: FakeBooth, make_record: RecordMaker
) -> None:
    booth.entries.saved.emit(make_record(sequence=2, plate="粤B54321"))
    assert window._recent._refresh_timer.isActive()
    QTest.keyClick(window.form.plate, Qt.Key.Key_Up)
    assert window.form.plate.text() == "粤B54321"


def test_a_late_answer_never_replaces_what_is_shown_for_a_newer_car(
    window: MainWindow, booth: FakeBooth, make_record: RecordMaker
) -> None:
    booth.entries.saved.emit(make_record(sequence=1, state=DeliveryState.SAVED, cause=None))
    booth.entries.saved.emit(make_record("粤A8K9Z2", 2, state=DeliveryState.SAVED, cause=None))
    booth.entries.changed.emit(make_record(sequence=1))
    assert severity(window) == "pending"
    assert text(window, "verdictPlate") == "粤A·8K9Z2"
    model = window._recent.model
    assert [model.index(row, 2).data() for row in range(2)] == ["已存", "正常"]


def test_while_the_next_car_is_being_saved_an_earlier_answer_stays_in_the_list(
    window: MainWindow, booth: FakeBooth, make_record: RecordMaker
) -> None:
    booth.entries.saved.emit(make_record(sequence=7, state=DeliveryState.SAVED, cause=None))
    enter(window, "67890")
    booth.entries.changed.emit(make_record(sequence=7))
    assert severity(window) == "pending"
    assert text(window, "verdictPlate") == "粤B·67890"


def test_an_odd_plate_asks_once(window: MainWindow, booth: FakeBooth) -> None:
    enter(window, "888888")
    assert booth.entries.drafts == []
    assert text(window, "verdictTitle") == "确认发送？"
    assert text(window, "verdictAdvice") == "格式少见，再按一次回车发送"
    press(window, Qt.Key.Key_Return)
    assert [draft.plate for draft in booth.entries.drafts] == ["粤B888888"]


def test_a_look_alike_letter_is_asked_about_not_changed(
    window: MainWindow, booth: FakeBooth
) -> None:
    enter(window, "I2345")
    assert (
        text(window, "verdictAdvice") == "序号不用 I、O。空格：改为 粤B·12345；再按回车按原样发送"
    )
    press(window, Qt.Key.Key_Return)
    assert [draft.plate for draft in booth.entries.drafts] == ["粤BI2345"]


def test_a_change_after_the_question_asks_anew(window: MainWindow, booth: FakeBooth) -> None:
    enter(window, "888888")
    press(window, Qt.Key.Key_Backspace)
    enter(window, "7")
    assert booth.entries.drafts == []


def test_plate_that_cannot_be_sent_stays_and_the_panel_says_why(
    booth: FakeBooth, window: MainWindow
) -> None:
    error = FieldError(Field.PLATE, Problem.NOT_A_PLATE, found="too_short")
    booth.entries.answer = Refused(InvalidInputError([error]))
    enter(window, "123")
    assert window.form.plate.text() == "粤B123"
    assert (severity(window), text(window, "verdictTitle")) == ("failed", "未发送")
    assert text(window, "verdictAdvice") == "车牌位数不够，请补全。"


def test_an_entry_that_was_not_saved_comes_back_and_is_not_called_saved(
    window: MainWindow, booth: FakeBooth
) -> None:
    enter(window, "12345")
    booth.entries.notSaved.emit(booth.entries.last_id, JournalWriteError())
    assert severity(window) == "failed"
    assert text(window, "verdictTitle") == "未保存"
    assert text(window, "verdictPlate") == "粤B·12345"
    assert window.form.plate.text() == "粤B12345"
    assert text(window, "noticeCode") == "JOURNAL_NOT_WRITTEN"


def test_a_refused_entry_does_not_overwrite_the_next_one(
    window: MainWindow, booth: FakeBooth
) -> None:
    enter(window, "12345")
    QTest.keyClicks(window.form.plate, "67")
    booth.entries.notSaved.emit(booth.entries.last_id, JournalWriteError())
    assert window.form.plate.text() == "粤B67"


def test_an_entry_without_a_merchant_keeps_its_plate(window: MainWindow, booth: FakeBooth) -> None:
    booth.entries.answer = Refused(NotSetUpError())
    enter(window, "12345")
    assert window.form.plate.text() == "粤B12345"
    assert severity(window) == "failed"
    assert part(window, QPushButton, "noticeAction").text() == "填写商户资料"


def test_entry_refused_for_settings_of_a_newer_version_names_them_and_no_other_remedy(
    window: MainWindow, booth: FakeBooth
) -> None:
    window.settings_unreadable(SettingsNewerError("format 3"))
    booth.entries.answer = Refused(NotSetUpError())
    enter(window, "12345")
    assert window.form.plate.text() == "粤B12345"
    advice = part(window, QLabel, "verdictAdvice").text().replace("\u200b", "")
    assert "设置由更新的版本写成" in advice
    assert "商户资料" not in advice
    assert not part(window, QPushButton, "noticeAction").isVisible()
    booth.settings.changed.emit(settings_of(MERCHANT))
    enter(window, "")
    assert "商户资料" in part(window, QLabel, "verdictAdvice").text().replace("\u200b", "")


def test_a_bay_takes_its_number_and_the_drivers_id(window: MainWindow, booth: FakeBooth) -> None:
    press(window, Qt.Key.Key_F7)
    for name, value in (("spaceNumber", "D6666"), ("subOpenid", "oWx_1")):
        field = part(window, QLineEdit, name)
        assert field.isVisible()
        QTest.keyClicks(field, value)
    QTest.keyClick(part(window, QLineEdit, "subOpenid"), Qt.Key.Key_Return)
    assert booth.entries.drafts == [
        EntryDraft("", Scene.PARKING_SPACE, space_number="D6666", sub_openid="oWx_1")
    ]


def test_the_fields_of_a_bay_are_hidden_in_a_car_park(window: MainWindow) -> None:
    assert not part(window, QLineEdit, "spaceNumber").isVisible()


def test_each_sentence_stands_beside_its_field(window: MainWindow) -> None:
    press(window, Qt.Key.Key_F7)
    window.form.show_errors(
        [
            FieldError(Field.SPACE_NUMBER, Problem.MISSING),
            FieldError(Field.SUB_OPENID, Problem.NEEDS_A_DRIVER_ID),
            FieldError(Field.START_TIME, Problem.IN_THE_FUTURE, 5),
        ]
    )
    assert window.form.problem(Field.SPACE_NUMBER) == "请填写。"
    assert window.form.problem(Field.OPENID) == ""
    assert window.form.problem(Field.SUB_OPENID) == "openid 和 sub_openid 至少填一个。"
    assert window.form.problem(Field.START_TIME) == "比现在晚 5 分钟以上，请核对。"
    assert part(window, QLineEdit, "spaceNumber").hasFocus()


@pytest.mark.parametrize(
    ("appearance_change", "problem"),
    [
        ({"font_scale": 150}, "请填写。"),
        ({"theme": "dark"}, "请填写。"),
        ({"language": "en"}, ""),
    ],
)
def test_change_of_appearance_removes_a_problem_only_with_its_language(
    window: MainWindow,
    appearance: Appearance,
    appearance_change: dict[str, Any],
    problem: str,
) -> None:
    press(window, Qt.Key.Key_F7)
    window.form.show_errors([FieldError(Field.SPACE_NUMBER, Problem.MISSING)])
    appearance.follow(settings_of(**{"theme": "light", **appearance_change}))
    assert window.form.problem(Field.SPACE_NUMBER) == problem


def test_an_error_of_no_field_on_screen_is_named_in_the_panel(
    window: MainWindow, booth: FakeBooth
) -> None:
    error = FieldError(Field.PARKING_NAME, Problem.TOO_MANY_BYTES, 1024)
    booth.entries.answer = Refused(InvalidInputError([error]))
    enter(window, "12345")
    assert text(window, "verdictAdvice") == "车场名称：与其他内容合计超过微信的长度限制，请缩短。"


def test_the_time_of_entry_is_now_unless_written(window: MainWindow, booth: FakeBooth) -> None:
    field = part(window, QLineEdit, "entryTime")
    assert "11:42" in field.placeholderText()
    QTest.keyClicks(field, "09:30")
    enter(window, "12345")
    assert booth.entries.drafts[0].start_time == datetime(2026, 3, 15, 9, 30, tzinfo=BEIJING)
    assert field.text() == ""


def test_a_time_that_cannot_be_read_is_said_beside_it(window: MainWindow, booth: FakeBooth) -> None:
    QTest.keyClicks(part(window, QLineEdit, "entryTime"), "9 o'clock")
    enter(window, "12345")
    assert booth.entries.drafts == []
    assert window.form.problem(Field.START_TIME) == "看不懂，请写成 09:30 或 03-15 09:30。"


def test_function_keys(window: MainWindow, booth: FakeBooth) -> None:
    press(window, Qt.Key.Key_F6)
    assert window.form.draft().car_type is CarType.LARGE
    press(window, Qt.Key.Key_F4)
    assert part(window, ProvinceKeypad, "provinceKeypad").isVisible()
    press(window, Qt.Key.Key_Escape)
    assert window.form.draft().car_type is CarType.SMALL
    assert window.form.plate.text() == "粤B"
    press(window, Qt.Key.Key_F1)
    assert part(window, QFrame, "helpOverlay").isVisible()
    press(window, Qt.Key.Key_Escape)
    assert not part(window, QFrame, "helpOverlay").isVisible()


def test_f5_sends_the_selected_entry_again(
    window: MainWindow, booth: FakeBooth, make_record: RecordMaker
) -> None:
    press(window, Qt.Key.Key_F5)
    assert booth.entries.resent == []
    records = tuple(make_record(sequence=number) for number in (2, 1))
    booth.entries.recentLoaded.emit(records)
    part(window, QTableView, "recentTable").selectRow(1)
    press(window, Qt.Key.Key_F5)
    assert booth.entries.resent == [records[1]]
    assert window.form.plate.hasFocus()


def test_the_send_button_does_what_enter_does(window: MainWindow, booth: FakeBooth) -> None:
    QTest.keyClicks(window.form.plate, "12345")
    QTest.mouseClick(part(window, QPushButton, "sendButton"), Qt.MouseButton.LeftButton)
    assert [draft.plate for draft in booth.entries.drafts] == ["粤B12345"]
    assert window.form.plate.hasFocus()


def test_keys_typed_into_the_list_go_to_the_plate(
    window: MainWindow, booth: FakeBooth, make_record: RecordMaker
) -> None:
    booth.entries.recentLoaded.emit((make_record(),))
    table = part(window, QTableView, "recentTable")
    table.setFocus()
    QTest.keyClicks(table, "1")
    assert window.form.plate.text() == "粤B1"
    assert window.form.plate.hasFocus()


def test_each_tick_of_the_clock_asks_whether_the_day_is_another_one(
    qtbot: QtBot, window: MainWindow, booth: FakeBooth
) -> None:
    before = booth.journal.looks
    qtbot.waitUntil(lambda: booth.journal.looks > before, timeout=3_000)


def test_the_status_strip_tells_line_backlog_and_count(
    window: MainWindow, booth: FakeBooth
) -> None:
    booth.link.changed.emit(LinkStatus(LinkState.UP, 41, "api.mch.weixin.qq.com"))
    booth.journal.backlogChanged.emit(Backlog(3, NOW - timedelta(minutes=4)))
    booth.journal.todayChanged.emit(212)
    assert text(window, "statusLink") == "已连接 41 毫秒"
    assert text(window, "statusPending") == "待发送 3 · 最早 4 分钟"
    assert text(window, "statusToday") == "今日 212"
    booth.link.changed.emit(LinkStatus(LinkState.DOWN))
    assert text(window, "statusLink") == "离线"


def test_the_header_tells_where_and_when(window: MainWindow) -> None:
    assert text(window, "headerLot") == "欢乐海岸停车场"
    assert text(window, "headerBooth") == "1号岗"
    assert text(window, "headerClock") == "11:42:07"


def test_a_bad_line_is_a_strip_with_one_action(
    window: MainWindow, booth: FakeBooth, make_record: RecordMaker
) -> None:
    strip = part(window, QFrame, "noticeStrip")
    assert not strip.isVisible()
    booth.entries.changed.emit(make_record(state=DeliveryState.WAITING, cause=Cause.OFFLINE))
    booth.journal.backlogChanged.emit(Backlog(1, NOW))
    assert strip.isVisible()
    QTest.mouseClick(part(window, QPushButton, "noticeAction"), Qt.MouseButton.LeftButton)
    assert booth.backlog.released == 1
    booth.entries.changed.emit(make_record())
    assert not strip.isVisible()


def test_locked_keyring_is_unlocked_by_one_button(window: MainWindow, booth: FakeBooth) -> None:
    booth.keys.changed.emit(KeyringLockedError())
    button = part(window, QPushButton, "noticeAction")
    assert (button.isVisible(), button.text()) == (True, "解锁")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert (booth.keys.unlocks, booth.backlog.released) == (1, 0)
    booth.keys.changed.emit(None)
    assert not part(window, QFrame, "noticeStrip").isVisible()


def test_notice_without_a_merchant_leads_to_the_set_up_wizard(
    qtbot: QtBot, window: MainWindow, booth: FakeBooth
) -> None:
    booth.settings.changed.emit(Settings())
    button = part(window, QPushButton, "noticeAction")
    assert button.text() == "填写商户资料"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    wizard = window.setup.wizard
    assert wizard is not None
    wizard.reject()
    assert window.setup.wizard is None
    qtbot.waitUntil(window.form.plate.hasFocus)


def test_a_bug_is_a_strip_that_can_be_put_away(window: MainWindow) -> None:
    window.notices.bug("KeyError")
    assert "KeyError" in text(window, "noticeMessage")
    QTest.mouseClick(part(window, QPushButton, "noticeAction"), Qt.MouseButton.LeftButton)
    assert not part(window, QFrame, "noticeStrip").isVisible()


@pytest.mark.qt_log_ignore("does not support (raise|grabbing the keyboard)", extend=True)
class TestSeveralNotices:
    """The strip shows the worst notice and counts the others, which a popup shows."""

    @pytest.fixture
    def others(self, window: MainWindow) -> QPushButton:
        """The button with the number of the others."""
        button = part(window, QPushButton, "noticeList")
        window.notices.crashed_before()
        assert not button.isVisible()
        window.notices.bug("KeyError")
        window.notices.archives_lost(("2026-01",))
        return button

    @staticmethod
    def popup() -> QMenu:
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        return menu

    def test_others_are_counted(self, window: MainWindow, others: QPushButton) -> None:
        assert text(window, "noticeMessage").startswith("程序出错（KeyError）")
        assert (others.isVisible(), others.text()) == (True, "另有 2 条")
        window.notices.dismiss()
        assert others.text() == "另有 1 条"
        window.notices.dismiss()
        assert not others.isVisible()

    def test_click_shows_them_and_escape_returns_to_the_plate(
        self, window: MainWindow, others: QPushButton, qtbot: QtBot
    ) -> None:
        QTest.mouseClick(others, Qt.MouseButton.LeftButton)
        menu = self.popup()
        shown = [each.text() for each in menu.findChildren(QLabel)]
        assert shown == [notice.message for notice in window.notices.notices(NOW)[1:]]
        assert menu.accessibleDescription().splitlines() == shown
        QTest.keyClick(menu, Qt.Key.Key_Escape)
        assert QApplication.activePopupWidget() is None
        assert window.form.plate.hasFocus()

    def test_enter_shows_them_and_a_plate_closes_them(
        self, window: MainWindow, others: QPushButton, qtbot: QtBot
    ) -> None:
        others.setFocus()
        QTest.keyClick(others, Qt.Key.Key_Return)
        QTest.keyClick(self.popup(), Qt.Key.Key_5)
        qtbot.waitUntil(lambda: window.form.plate.text() == "粤B5")
        assert QApplication.activePopupWidget() is None

    @pytest.mark.parametrize("size", [(1024, 768), (910, 480)])
    def test_low_window_shows_one_line_of_the_first_and_the_whole_on_request(
        self, window: MainWindow, appearance: Appearance, size: tuple[int, int]
    ) -> None:
        button = part(window, QPushButton, "noticeList")
        message = part(window, QLabel, "noticeMessage")
        window.notices.failed(JournalWriteError())
        notice = window.notices.notice(NOW)
        assert notice is not None
        assert (message.text(), button.isVisible()) == (notice.message, False)
        appearance.follow(settings_of(MERCHANT, theme="light", font_scale=200))
        window.resize(*size)
        settle()
        assert message.text().endswith("…")
        assert message.height() < 2 * message.fontMetrics().height()
        assert window._notice_strip.accessibleName() == notice.message
        assert (button.isVisible(), button.text()) == (True, "全文")
        button.click()
        shown = [each.text() for each in self.popup().findChildren(QLabel)]
        assert shown == [f"{notice.message}  {notice.code}"]
        self.popup().close()
        appearance.follow(settings_of(MERCHANT, theme="light"))
        window.resize(1280, 800)
        settle()
        assert (message.text(), button.isVisible()) == (notice.message, False)

    def test_notice_of_one_line_is_whole_in_a_low_window(
        self, window: MainWindow, appearance: Appearance
    ) -> None:
        window.resize(1024, 360)
        window.notices.crashed_before()
        settle()
        message = part(window, QLabel, "noticeMessage")
        assert message.text() == "上次运行时程序出错。已存的记录都安全。"
        assert not part(window, QPushButton, "noticeList").isVisible()

    @pytest.mark.parametrize("scale", [100, 200])
    def test_long_texts_wrap_in_a_narrow_window(
        self, window: MainWindow, others: QPushButton, appearance: Appearance, scale: int
    ) -> None:
        window.resize(910, 480)
        appearance.follow(settings_of(MERCHANT, theme="light", font_scale=scale))
        window.notices.archives_lost(tuple(f"2026-{month:02}" for month in range(1, 13)))
        others.click()
        menu = self.popup()
        for label in menu.findChildren(QLabel):
            assert label.width() <= window.width()
            assert label.height() >= label.heightForWidth(label.width())
        menu.close()


@pytest.mark.parametrize("training", [True, False])
def test_training_cannot_be_mistaken_for_live(
    qtbot: QtBot, booth: FakeBooth, appearance: Appearance, training: bool
) -> None:
    window = MainWindow(booth.controllers, appearance, training=training)
    qtbot.addWidget(window)
    band = part(window, QLabel, "gatewayBand")
    assert (not band.isHidden()) == training
    assert ("训练模式" in window.windowTitle()) == training


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_window_fits_the_smallest_screen(
    qtbot: QtBot,
    booth: FakeBooth,
    appearance: Appearance,
    make_record: RecordMaker,
    language: str,
) -> None:
    """The display has 1024×768 pixels, and every part that needs space is shown."""
    appearance.follow(settings_of(language=language))
    window = MainWindow(booth.controllers, appearance, training=True)
    qtbot.addWidget(window)
    window.show()
    booth.settings.changed.emit(settings_of(MerchantProfile("a", "1", "2", "场" * 32)))
    booth.entries.changed.emit(make_record(state=DeliveryState.WAITING, cause=Cause.OFFLINE))
    booth.journal.backlogChanged.emit(Backlog(1, NOW))
    window.form.scene.choose_next()
    window.form.plate.choose_province()
    size = window.minimumSizeHint()
    assert (size.width() <= 1024, size.height() <= 768) == (True, True)


def test_whatever_takes_the_keyboard_has_a_name_for_screen_readers(window: MainWindow) -> None:
    press(window, Qt.Key.Key_F7)
    nameless = [
        widget.objectName() or type(widget).__name__
        for widget in window.findChildren(QWidget)
        if widget.isVisible()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not (widget.accessibleName() or (isinstance(widget, QPushButton) and widget.text()))
    ]
    assert nameless == []


def test_chosen_prefix_is_saved(window: MainWindow, booth: FakeBooth) -> None:
    window.form.plate.prefixChosen.emit("湘A")
    assert booth.settings.prefixes == ["湘A"]


def test_last_verdict_shrinks_to_a_line_with_the_first_key_of_the_next_plate(
    window: MainWindow, booth: FakeBooth, make_record: RecordMaker
) -> None:
    booth.entries.saved.emit(make_record())
    assert severity(window) == "ok"
    QTest.keyClicks(window.form.plate, "6")
    assert (severity(window), text(window, "verdictPlate")) == ("", "")
    assert text(window, "verdictSmall") == "上一辆：粤B·12345 · 正常"


def test_answer_that_comes_while_the_next_plate_is_typed_changes_the_line_only(
    window: MainWindow, booth: FakeBooth, make_record: RecordMaker
) -> None:
    booth.entries.saved.emit(make_record(state=DeliveryState.SAVED, cause=None))
    QTest.keyClicks(window.form.plate, "6")
    booth.entries.changed.emit(make_record(user_state="OVERDUE"))
    assert severity(window) == ""
    assert text(window, "verdictSmall") == "上一辆：粤B·12345 · 欠费"
    assert booth.beeps == 1


def test_cars_that_are_still_being_saved_are_named_while_the_next_plate_is_typed(
    window: MainWindow, booth: FakeBooth, make_record: RecordMaker
) -> None:
    booth.entries.saved.emit(make_record("粤A8K9Z2", 1, state=DeliveryState.SAVED, cause=None))
    entered = []
    for plate in ("12345", "67890"):
        enter(window, plate)
        entered.append(booth.entries.last_id)
    assert text(window, "verdictPlate") == "粤B·67890"
    QTest.keyClicks(window.form.plate, "6")
    named, earlier = "还在存入本机：粤B·12345、粤B·67890", "上一辆：粤A·8K9Z2"
    assert text(window, "verdictSmall") == f"{named} · {earlier} · 已存"
    booth.entries.changed.emit(make_record("粤A8K9Z2", 1, user_state="OVERDUE"))
    assert text(window, "verdictSmall") == f"{named} · {earlier} · 欠费"
    saved = make_record(state=DeliveryState.SAVED, cause=None)
    booth.entries.saved.emit(replace(saved, entry_id=entered[0]))
    assert text(window, "verdictSmall") == "还在存入本机：粤B·67890 · 上一辆：粤B·12345 · 已存"
    booth.entries.notSaved.emit(entered[1], JournalWriteError())
    assert text(window, "verdictTitle") == "未保存"
    QTest.keyClicks(window.form.plate, "7")
    assert text(window, "verdictSmall") == "未保存：粤B·67890，请重新录入"


def test_car_that_is_still_being_saved_is_named_beside_the_empty_form(
    window: MainWindow, booth: FakeBooth, make_record: RecordMaker
) -> None:
    enter(window, "12345")
    QTest.keyClicks(window.form.plate, "6")
    QTest.keyClick(window.form.plate, Qt.Key.Key_Escape)
    assert text(window, "verdictSmall") == "还在存入本机：粤B·12345"
    saved = make_record(state=DeliveryState.SAVED, cause=None)
    booth.entries.saved.emit(replace(saved, entry_id=booth.entries.last_id))
    assert text(window, "verdictPlate") == "粤B·12345"


def test_refusal_stands_in_the_panel_instead_of_the_last_verdict(
    window: MainWindow, booth: FakeBooth, make_record: RecordMaker
) -> None:
    booth.entries.saved.emit(make_record())
    error = FieldError(Field.PLATE, Problem.NOT_A_PLATE, found="too_short")
    booth.entries.answer = Refused(InvalidInputError([error]))
    enter(window, "123")
    assert (severity(window), text(window, "verdictTitle")) == ("failed", "未发送")
    assert text(window, "verdictPlate") == "粤B·123"


class TestSecondEntries:
    def test_f5_sends_the_entry_on_the_panel_where_no_row_is_selected(
        self, window: MainWindow, booth: FakeBooth, make_record: RecordMaker
    ) -> None:
        record = make_record(state=DeliveryState.REFUSED, cause=Cause.CONTENT_REFUSED)
        booth.entries.saved.emit(record)
        press(window, Qt.Key.Key_F5)
        assert booth.entries.resent == [record]

    def test_f5_with_nothing_to_send_says_so(self, window: MainWindow, booth: FakeBooth) -> None:
        press(window, Qt.Key.Key_F5)
        assert text(window, "verdictAdvice") == "没有可重发的记录，请先选中一条。"

    def test_f5_that_cannot_help_says_why(
        self, window: MainWindow, booth: FakeBooth, make_record: RecordMaker
    ) -> None:
        booth.entries.saved.emit(make_record())
        booth.entries.answer = Refused(NothingToResendError())
        press(window, Qt.Key.Key_F5)
        assert text(window, "verdictAdvice") == "这一条已有应答或已撤回。无需重发。"
        assert text(window, "verdictTitle") == "正常"

    def test_f8_puts_the_plate_into_the_form_and_enter_replaces_the_entry(
        self, window: MainWindow, booth: FakeBooth, make_record: RecordMaker
    ) -> None:
        record = make_record()
        booth.entries.saved.emit(record)
        press(window, Qt.Key.Key_F8)
        assert window.form.plate.text() == "粤B12345"
        assert text(window, "verdictTitle") == "更正"
        press(window, Qt.Key.Key_Backspace)
        enter(window, "6")
        ((old, draft),) = booth.entries.corrected
        assert (old, draft.plate) == (record, "粤B12346")
        assert booth.entries.drafts == []
        assert severity(window) == "pending"

    @pytest.mark.parametrize("end", [Qt.Key.Key_Return, Qt.Key.Key_Escape])
    def test_plate_typed_before_a_correction_comes_back_after_it(
        self, window: MainWindow, booth: FakeBooth, make_record: RecordMaker, end: Qt.Key
    ) -> None:
        record = make_record()
        window._recent.upsert(record)
        QTest.keyClicks(window.form.plate, "67")
        window._flow.correct(record)
        assert window.form.plate.text() == "粤B12345"
        press(window, Qt.Key.Key_Backspace)
        QTest.keyClicks(window.form.plate, "6")
        press(window, end)
        assert window.form.plate.text() == "粤B67"
        enter(window, "890")
        assert [draft.plate for draft in booth.entries.drafts] == ["粤B67890"]
        plates = [draft.plate for _, draft in booth.entries.corrected]
        assert plates == (["粤B12346"] if end == Qt.Key.Key_Return else [])
        assert window.form.untouched

    def test_correction_that_changes_nothing_saves_nothing(
        self, window: MainWindow, booth: FakeBooth, make_record: RecordMaker
    ) -> None:
        """The car would be registered twice."""
        booth.entries.saved.emit(make_record())
        press(window, Qt.Key.Key_F8)
        press(window, Qt.Key.Key_Return)
        assert booth.entries.corrected == []
        assert booth.entries.drafts == []
        assert text(window, "verdictAdvice") == "没有改动，原记录不变"
        assert window.form.untouched
        press(window, Qt.Key.Key_Return)
        assert booth.entries.drafts == [EntryDraft("粤B", Scene.PARKING, CarType.SMALL)]

    def test_scene_of_a_corrected_entry_does_not_stay_for_the_next_car(
        self, window: MainWindow, booth: FakeBooth, make_record: RecordMaker
    ) -> None:
        record = make_record()
        record = replace(record, entry=replace(record.entry, scene=Scene.PARKING_SPACE))
        booth.entries.saved.emit(record)
        press(window, Qt.Key.Key_F8)
        meanwhile = window.form.scene.value
        press(window, Qt.Key.Key_Escape)
        assert (meanwhile, window.form.scene.value) == (Scene.PARKING_SPACE, Scene.PARKING)

    def test_correction_that_was_not_saved_behind_the_next_plate_says_what_stays(
        self, window: MainWindow, booth: FakeBooth, make_record: RecordMaker
    ) -> None:
        """Entered again, the car would be registered twice."""
        booth.entries.saved.emit(make_record())
        press(window, Qt.Key.Key_F8)
        press(window, Qt.Key.Key_Backspace)
        enter(window, "6")
        QTest.keyClicks(window.form.plate, "9")
        booth.entries.notSaved.emit(entry_id(901), JournalWriteError())
        QTest.keyClicks(window.form.plate, "8")
        assert window.form.plate.text() == "粤B98"
        assert text(window, "verdictSmall") == "未更正：粤B·12345 仍按原样，请选中后再按 F8"

    def test_correction_of_a_lost_entry_is_told_behind_the_next_plate_which_stays(
        self, window: MainWindow, booth: FakeBooth, make_record: RecordMaker
    ) -> None:
        booth.entries.saved.emit(make_record())
        press(window, Qt.Key.Key_F8)
        press(window, Qt.Key.Key_Backspace)
        enter(window, "6")
        QTest.keyClicks(window.form.plate, "9")
        booth.entries.notSaved.emit(entry_id(901), EntryNotFoundError())
        assert text(window, "verdictTitle") == "未更正"
        QTest.keyClicks(window.form.plate, "8")
        assert window.form.plate.text() == "粤B98"
        # F8 would be of no use.
        assert "F8" not in text(window, "verdictSmall")

    def test_bug_in_saving_is_no_full_disk_and_brings_the_plate_back(
        self, window: MainWindow, booth: FakeBooth
    ) -> None:
        enter(window, "12345")
        booth.entries.notSaved.emit(booth.entries.last_id, EntryFaultError("KeyError"))
        window.notices.bug("KeyError")
        assert text(window, "verdictAdvice") == (
            "没有存下来：程序出错。\n请先用笔记下，并联系管理员。"
        )
        assert text(window, "noticeMessage").startswith("程序出错（KeyError）")
        assert window.form.plate.text() == "粤B12345"

    def test_draft_taken_back_ends_the_correction_of_another_entry(
        self, window: MainWindow, booth: FakeBooth, make_record: RecordMaker
    ) -> None:
        """Enter would replace that entry by this car."""
        enter(window, "54321")
        waiting = make_record("粤B54321", state=DeliveryState.WAITING, cause=Cause.OFFLINE)
        booth.entries.saved.emit(waiting)
        window._flow.correct(make_record(sequence=7))
        for _ in range(5):
            press(window, Qt.Key.Key_Backspace)
        window.form.details.entries[Field.START_TIME].clear()
        press(window, Qt.Key.Key_F2)
        voided = replace(waiting, state=DeliveryState.VOIDED)
        booth.entries.changed.emit(voided)
        booth.entries.takenBack.emit(voided)
        assert window.form.plate.text() == "粤B54321"
        press(window, Qt.Key.Key_Return)
        assert booth.entries.corrected == []
        assert [draft.plate for draft in booth.entries.drafts] == ["粤B54321"] * 2

    def test_escape_leaves_the_correction(
        self, window: MainWindow, booth: FakeBooth, make_record: RecordMaker
    ) -> None:
        booth.entries.saved.emit(make_record())
        press(window, Qt.Key.Key_F8)
        press(window, Qt.Key.Key_Escape)
        enter(window, "54321")
        assert booth.entries.corrected == []
        assert [draft.plate for draft in booth.entries.drafts] == ["粤B54321"]


def test_held_key_of_the_window_acts_once(window: MainWindow) -> None:
    shortcuts = [each for each in window.children() if isinstance(each, QShortcut)]
    assert len(shortcuts) > 20
    assert [each.key().toString() for each in shortcuts if each.autoRepeat()] == []


def test_enter_presses_the_undo_button(
    window: MainWindow, booth: FakeBooth, make_record: RecordMaker, qtbot: QtBot
) -> None:
    QTest.keyClicks(window.form.plate, "12345\r")
    booth.entries.saved.emit(make_record(state=DeliveryState.WAITING, cause=Cause.OFFLINE))
    qtbot.waitUntil(window._undo_button.isVisible)
    window._undo_button.setFocus()
    QTest.keyClick(window._undo_button, Qt.Key.Key_Return)
    assert booth.entries.unwanted == [booth.entries.last_id]
    assert len(booth.entries.drafts) == 1


def test_enter_presses_the_button_of_a_notice_and_of_the_details(
    window: MainWindow, booth: FakeBooth, make_record: RecordMaker, qtbot: QtBot
) -> None:
    booth.journal.salvaged.emit(Salvage("journal-damaged-20260315T034207.sqlite3", 2))
    button = window.findChild(QPushButton, "noticeAction")
    assert isinstance(button, QPushButton)
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Return)
    assert window._notice_strip.isHidden()
    booth.entries.recentLoaded.emit((make_record(),))
    window._recent.setFocus()
    table = QApplication.focusWidget()
    assert table is not None
    QTest.keyClick(table, Qt.Key.Key_Return)
    assert window._recent.shows_detail
    back = QApplication.focusWidget()
    assert back is not None
    QTest.keyClick(back, Qt.Key.Key_Return)
    assert not window._recent.shows_detail
