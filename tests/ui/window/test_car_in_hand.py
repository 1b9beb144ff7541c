"""The verdict panel never shows an old verdict next to newer input."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.settings import changed, settings_of
from tests.ui.conftest import MERCHANT, NOW, FakeBooth, RecordMaker
from wxpark_gui.controllers.entries import Duplicate, Refused
from wxpark_gui.domain.delivery import Cause, DeliveryState
from wxpark_gui.domain.errors import (
    Field,
    FieldError,
    InvalidInputError,
    JournalWriteError,
    NothingToResendError,
    Problem,
)
from wxpark_gui.domain.settings import Settings
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.verdict.presenter import MOST_UNSAVED
from wxpark_gui.ui.window.main_window import MainWindow

TOO_SHORT = Refused(
    InvalidInputError([FieldError(Field.PLATE, Problem.NOT_A_PLATE, found="too_short")])
)
SETTINGS = settings_of(MERCHANT, plate_prefix="粤B")


class Clock:
    """A wall clock that moves only when a test moves it."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def window(
    qtbot: QtBot, booth: FakeBooth, appearance: Appearance, clock: Clock
) -> Iterator[MainWindow]:
    window = MainWindow(booth.controllers, appearance, training=False, now=clock, beep=booth.beep)
    qtbot.addWidget(window)
    booth.settings.changed.emit(SETTINGS)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    qtbot.waitUntil(window.form.plate.hasFocus)
    yield window
    window.close()


def said(window: MainWindow, name: str) -> str:
    label = window.findChild(QLabel, name)
    assert isinstance(label, QLabel)
    return label.text()


def panel_of(window: MainWindow) -> QWidget:
    panel = window.findChild(QWidget, "verdictPanel")
    assert isinstance(panel, QWidget)
    return panel


def headline(window: MainWindow) -> tuple[object, str, str]:
    """Return severity, title and plate that the panel shows."""
    severity = panel_of(window).property("severity")
    return severity, said(window, "verdictTitle"), said(window, "verdictPlate")


def enter(window: MainWindow, keys: str) -> None:
    QTest.keyClicks(window.form.plate, f"{keys}\r")


def answer(booth: FakeBooth, make_record: RecordMaker, user_state: str = "NORMAL") -> None:
    record = make_record(user_state=user_state)
    booth.entries.saved.emit(replace(record, saved_at=NOW, outcome_at=NOW))


class TestAge:
    @pytest.mark.parametrize(
        ("seconds", "dimmed", "small"),
        [
            (0, False, "截至 11:42:07"),
            (59, False, "截至 11:42:07"),
            (60, False, "截至 11:42:07 · 1 分钟前"),
            (89, False, "截至 11:42:07 · 1 分钟前"),
            (90, True, "截至 11:42:07 · 1 分钟前"),
            (130, True, "截至 11:42:07 · 2 分钟前"),
            (7300, True, "截至 11:42:07 · 2 小时前"),
        ],
    )
    def test_verdict_dims_after_90_seconds_and_its_age_grows(
        self,
        window: MainWindow,
        booth: FakeBooth,
        make_record: RecordMaker,
        clock: Clock,
        seconds: int,
        dimmed: bool,
        small: str,
    ) -> None:
        answer(booth, make_record)
        clock.now = NOW + timedelta(seconds=seconds)
        window._tick()
        assert panel_of(window).property("dimmed") is dimmed
        assert said(window, "verdictSmall") == small
        assert headline(window) == ("ok", "正常", "粤B·12345")

    def test_dimmed_verdict_has_lost_its_colour(
        self, window: MainWindow, booth: FakeBooth, make_record: RecordMaker, clock: Clock
    ) -> None:
        answer(booth, make_record)
        green = panel_of(window).grab().toImage().pixelColor(40, 20)
        clock.now = NOW + timedelta(seconds=91)
        window._tick()
        dim = panel_of(window).grab().toImage().pixelColor(40, 20)
        assert (green.name(), dim.name()) == ("#00695c", "#ffffff")

    @pytest.mark.parametrize(("seconds", "dimmed"), [(1, False), (10, False), (11, True)])
    def test_verdict_dims_when_the_clock_is_set_back_because_its_age_is_unknown(
        self,
        window: MainWindow,
        booth: FakeBooth,
        make_record: RecordMaker,
        clock: Clock,
        seconds: int,
        dimmed: bool,
    ) -> None:
        answer(booth, make_record)
        clock.now = NOW - timedelta(seconds=seconds)
        window._tick()
        assert panel_of(window).property("dimmed") is dimmed
        assert said(window, "verdictSmall") == "截至 11:42:07"

    @pytest.mark.parametrize("back", [timedelta(minutes=10), timedelta(seconds=120)])
    def test_verdict_that_was_dim_stays_so_when_the_clock_is_set_back(
        self,
        window: MainWindow,
        booth: FakeBooth,
        make_record: RecordMaker,
        clock: Clock,
        back: timedelta,
    ) -> None:
        """Its age is that of a new one when the clock reaches the time of the answer again."""
        answer(booth, make_record)
        for moment in (NOW + timedelta(seconds=120), NOW + timedelta(seconds=120) - back, NOW):
            clock.now = moment
            window._tick()
        assert panel_of(window).property("dimmed") is True
        answer(booth, make_record)
        assert panel_of(window).property("dimmed") is True

    def test_entry_that_waits_does_not_dim(
        self, window: MainWindow, booth: FakeBooth, make_record: RecordMaker, clock: Clock
    ) -> None:
        record = make_record(state=DeliveryState.WAITING, cause=Cause.OFFLINE)
        booth.entries.saved.emit(replace(record, saved_at=NOW))
        clock.now = NOW + timedelta(minutes=5)
        window._tick()
        assert panel_of(window).property("dimmed") is False
        assert "5 分钟前" in said(window, "verdictSmall")

    def test_next_verdict_is_in_full_colour(
        self, window: MainWindow, booth: FakeBooth, make_record: RecordMaker, clock: Clock
    ) -> None:
        answer(booth, make_record)
        clock.now = NOW + timedelta(seconds=100)
        window._tick()
        record = make_record("粤B67890", 2)
        booth.entries.saved.emit(replace(record, saved_at=clock.now, outcome_at=clock.now))
        assert panel_of(window).property("dimmed") is False


class TestQuestions:
    def test_duplicate_question_takes_the_verdict_away_and_has_no_severity(
        self, window: MainWindow, booth: FakeBooth, make_record: RecordMaker
    ) -> None:
        answer(booth, make_record)
        booth.entries.answer = Duplicate("粤B·12345", 3, 1)
        enter(window, "12345")
        assert headline(window) == ("", "重复？", "粤B·12345")
        assert window._panel.icon_name == "unknown"
        assert said(window, "plateLine") != said(window, "verdictAdvice")

    def test_unusual_plate_question_stands_in_the_panel(
        self, window: MainWindow, booth: FakeBooth, make_record: RecordMaker
    ) -> None:
        answer(booth, make_record)
        enter(window, "888888")
        assert headline(window) == ("", "确认发送？", "粤B·888888")

    def test_unusual_duplicate_needs_three_enters(
        self, window: MainWindow, booth: FakeBooth
    ) -> None:
        booth.entries.answer = Duplicate("粤B·888888", 3, 1)
        enter(window, "888888")
        QTest.keyClick(window.form.plate, Qt.Key.Key_Return)
        booth.entries.answer = None
        QTest.keyClick(window.form.plate, Qt.Key.Key_Return)
        assert booth.entries.confirmed == [False, True]

    def test_prefix_question_stands_in_the_panel(
        self, window: MainWindow, booth: FakeBooth
    ) -> None:
        booth.settings.changed.emit(changed(SETTINGS, plate_prefix=""))
        assert headline(window) == ("", "本地车牌？", "")
        question = "首次使用：本场车牌多以什么开头？选省份、按字母，再按回车。"
        assert said(window, "verdictAdvice") == question
        QTest.keyClicks(window.form.plate, "y1")
        assert said(window, "verdictAdvice") == "本场车牌多以 粤 开头？请按字母，再按回车。"
        QTest.keyClicks(window.form.plate, "b")
        assert "粤B 开头就按回车" in said(window, "verdictAdvice")
        QTest.keyClicks(window.form.plate, "1")
        assert headline(window) == ("", "就绪", "")

    @pytest.mark.parametrize("typed", ["6", "67", "应急", "WJ"])
    def test_prefix_question_names_nothing_that_is_no_prefix(
        self, window: MainWindow, booth: FakeBooth, typed: str
    ) -> None:
        booth.settings.changed.emit(changed(SETTINGS, plate_prefix=""))
        window.form.plate.insert(typed)
        assert headline(window) == ("", "就绪", "")

    def test_escape_takes_the_question_away(self, window: MainWindow, booth: FakeBooth) -> None:
        booth.entries.answer = Duplicate("粤B·12345", 3, 1)
        enter(window, "12345")
        QTest.keyClick(window.form.plate, Qt.Key.Key_Escape)
        assert headline(window) == ("", "就绪", "")
        booth.entries.answer = None
        enter(window, "12345")
        assert booth.entries.confirmed == [False, False]

    def test_question_follows_the_language(
        self, window: MainWindow, booth: FakeBooth, appearance: Appearance
    ) -> None:
        booth.entries.answer = Duplicate("粤B·12345", 3, 1)
        enter(window, "12345")
        appearance.follow(changed(SETTINGS, language="en"))
        assert said(window, "verdictTitle") == "Again?"

    def test_f2_drops_the_question(self, window: MainWindow, booth: FakeBooth) -> None:
        booth.entries.answer = Duplicate("粤B·12345", 3, 1)
        enter(window, "12345")
        QTest.keyClick(window.form.plate, Qt.Key.Key_F2)
        assert said(window, "verdictTitle") == "未执行"
        QTest.keyClick(window.form.plate, Qt.Key.Key_Return)
        assert booth.entries.confirmed == [False, False]


class TestSecondEnter:
    """Enter on the empty form: the key bounced, or the scanner ends a plate with two of them."""

    def test_leaves_the_entry_on_the_panel_and_its_verdict_comes(
        self, window: MainWindow, booth: FakeBooth, make_record: RecordMaker
    ) -> None:
        enter(window, "12345")
        booth.entries.saved.emit(make_record(state=DeliveryState.SAVED, cause=None))
        booth.entries.answer = TOO_SHORT
        QTest.keyClick(window.form.plate, Qt.Key.Key_Return)
        assert headline(window) == ("pending", "未查询", "粤B·12345")
        assert said(window, "plateLine") == "车牌位数不够，请补全。"
        booth.entries.changed.emit(make_record())
        assert headline(window) == ("ok", "正常", "粤B·12345")

    def test_while_the_entry_is_being_saved_leaves_it_on_the_panel(
        self, window: MainWindow, booth: FakeBooth
    ) -> None:
        enter(window, "12345")
        booth.entries.answer = TOO_SHORT
        QTest.keyClick(window.form.plate, Qt.Key.Key_Return)
        assert headline(window) == ("pending", "未查询", "粤B·12345")

    def test_does_not_hide_that_the_entry_was_not_saved(
        self, window: MainWindow, booth: FakeBooth
    ) -> None:
        enter(window, "12345")
        QTest.keyClicks(window.form.plate, "6")
        booth.entries.notSaved.emit(booth.entries.last_id, JournalWriteError())
        QTest.keyClick(window.form.plate, Qt.Key.Key_Backspace)
        enter(window, "12346")
        booth.entries.answer = TOO_SHORT
        QTest.keyClick(window.form.plate, Qt.Key.Key_Return)
        assert headline(window) == ("pending", "未查询", "粤B·12346")

    def test_sentence_leaves_with_the_next_key(
        self, window: MainWindow, booth: FakeBooth, make_record: RecordMaker
    ) -> None:
        answer(booth, make_record)
        booth.entries.answer = TOO_SHORT
        QTest.keyClick(window.form.plate, Qt.Key.Key_Return)
        QTest.keyClicks(window.form.plate, "6")
        assert said(window, "plateLine") == ""

    def test_on_an_empty_form_without_an_entry_says_so_in_the_panel(
        self, window: MainWindow, booth: FakeBooth
    ) -> None:
        booth.entries.answer = TOO_SHORT
        QTest.keyClick(window.form.plate, Qt.Key.Key_Return)
        assert said(window, "verdictAdvice") == "车牌位数不够，请补全。"


class TestRefusals:
    def test_sentence_stands_once(self, window: MainWindow, booth: FakeBooth) -> None:
        booth.entries.answer = TOO_SHORT
        enter(window, "123")
        assert said(window, "verdictAdvice") == "车牌位数不够，请补全。"
        assert said(window, "plateLine") == ""

    def test_time_that_cannot_be_read_is_refused_in_the_panel_too(
        self, window: MainWindow, booth: FakeBooth, make_record: RecordMaker
    ) -> None:
        answer(booth, make_record)
        window.form.details.entries[Field.START_TIME].setText("9 o'clock")
        enter(window, "12345")
        assert headline(window) == ("failed", "未发送", "粤B·12345")
        assert said(window, "verdictAdvice") == "请改正标出的各项。"

    def test_refused_correction_leaves_the_panel_with_the_next_key(
        self, window: MainWindow, booth: FakeBooth, make_record: RecordMaker
    ) -> None:
        answer(booth, make_record)
        QTest.keyClick(window.form.plate, Qt.Key.Key_F8)
        booth.entries.answer = TOO_SHORT
        QTest.keyClicks(window.form.plate, "\b\r")
        assert said(window, "verdictTitle") == "未发送"
        QTest.keyClick(window.form.plate, Qt.Key.Key_Backspace)
        assert headline(window) == ("", "更正", "粤B·12345")

    def test_f5_on_another_row_takes_the_verdict_away_and_says_why(
        self, window: MainWindow, booth: FakeBooth, make_record: RecordMaker
    ) -> None:
        answer(booth, make_record)
        booth.entries.answer = Refused(NothingToResendError())
        window._flow.resend(make_record("粤B67890", 2))
        assert headline(window) == ("", "未执行", "粤B·67890")
        assert said(window, "verdictSmall") == "上一辆：粤B·12345 · 正常"

    def test_small_line_beside_a_remark_follows_the_last_entry(
        self, window: MainWindow, booth: FakeBooth, make_record: RecordMaker
    ) -> None:
        booth.entries.saved.emit(make_record(state=DeliveryState.SAVED, cause=None))
        QTest.keyClicks(window.form.plate, "6")
        booth.entries.answer = Refused(NothingToResendError())
        window._flow.resend(make_record("粤B67890", 2))
        assert said(window, "verdictSmall") == "上一辆：粤B·12345 · 已存"
        booth.entries.changed.emit(make_record(user_state="OVERDUE"))
        assert headline(window) == ("", "未执行", "粤B·67890")
        assert said(window, "verdictSmall") == "上一辆：粤B·12345 · 欠费"

    def test_draft_that_is_lost_while_the_next_is_typed_stays_named(
        self, window: MainWindow, booth: FakeBooth
    ) -> None:
        enter(window, "12345")
        QTest.keyClicks(window.form.plate, "6")
        booth.entries.notSaved.emit(booth.entries.last_id, JournalWriteError())
        assert headline(window) == ("failed", "未保存", "粤B·12345")
        QTest.keyClicks(window.form.plate, "7")
        assert said(window, "verdictSmall") == "未保存：粤B·12345，请重新录入"

    @pytest.mark.parametrize("typed_before", ["", "5"])
    def test_every_draft_that_is_lost_in_a_row_stays_named_until_it_is_entered_again(
        self, window: MainWindow, booth: FakeBooth, typed_before: str
    ) -> None:
        """The disk hung, and then refused what was entered meanwhile."""
        ids = []
        for plate in ("11111", "22222", "33333"):
            enter(window, plate)
            ids.append(booth.entries.last_id)
        QTest.keyClicks(window.form.plate, typed_before)
        for entry_id in ids:
            booth.entries.notSaved.emit(entry_id, JournalWriteError())
        assert headline(window) == ("failed", "未保存", "粤B·33333")
        named = ["粤B·11111", "粤B·22222"] if typed_before else ["粤B·22222"]
        assert said(window, "verdictSmall") == (
            f"JOURNAL_NOT_WRITTEN · 未保存：{'、'.join(named)}，请重新录入"
        )
        QTest.keyClick(window.form.plate, Qt.Key.Key_Escape)
        named.append("粤B·33333")
        assert said(window, "verdictSmall") == f"未保存：{'、'.join(named)}，请重新录入"
        enter(window, "22222")
        QTest.keyClicks(window.form.plate, "6")
        named.remove("粤B·22222")
        assert said(window, "verdictSmall") == (
            f"未保存：{'、'.join(named)}，请重新录入 · 还在存入本机：粤B·22222"
        )

    def test_drafts_that_are_lost_are_named_until_escape_in_the_empty_form(
        self, window: MainWindow, booth: FakeBooth
    ) -> None:
        enter(window, "12345")
        QTest.keyClicks(window.form.plate, "6")
        booth.entries.notSaved.emit(booth.entries.last_id, JournalWriteError())
        for small in ("未保存：粤B·12345，请重新录入", ""):
            QTest.keyClick(window.form.plate, Qt.Key.Key_Escape)
            assert said(window, "verdictSmall") == small

    def test_number_of_lost_drafts_that_are_named_is_bounded(
        self, window: MainWindow, booth: FakeBooth
    ) -> None:
        for number in range(10, 10 + MOST_UNSAVED + 1):
            enter(window, f"123{number}")
            QTest.keyClicks(window.form.plate, "6")
            booth.entries.notSaved.emit(booth.entries.last_id, JournalWriteError())
            QTest.keyClick(window.form.plate, Qt.Key.Key_Escape)
        small = said(window, "verdictSmall")
        assert "粤B·12310" not in small
        assert small.count("粤B") == MOST_UNSAVED

    def test_duplicate_found_late_is_asked_about_and_enter_sends_it(
        self, window: MainWindow, booth: FakeBooth
    ) -> None:
        enter(window, "12345")
        found = Duplicate("粤B·12345", minutes_ago=2, count=1)
        booth.entries.questioned.emit(booth.entries.last_id, found)
        assert window.form.plate.text() == "粤B12345"
        assert headline(window)[2] == "粤B·12345"
        QTest.keyClick(window.form.plate, Qt.Key.Key_Return)
        assert booth.entries.confirmed == [False, True]

    def test_duplicate_found_late_while_the_next_is_typed_stays_named(
        self, window: MainWindow, booth: FakeBooth
    ) -> None:
        enter(window, "12345")
        QTest.keyClicks(window.form.plate, "6")
        found = Duplicate("粤B·12345", minutes_ago=2, count=1)
        booth.entries.questioned.emit(booth.entries.last_id, found)
        assert window.form.plate.text() == "粤B6"
        assert headline(window)[2] == "粤B·12345"
        QTest.keyClicks(window.form.plate, "7")
        assert said(window, "verdictSmall") == "未保存：粤B·12345，请重新录入"


class TestSettings:
    def test_verdict_of_another_account_leaves_the_panel(
        self, window: MainWindow, booth: FakeBooth, make_record: RecordMaker
    ) -> None:
        answer(booth, make_record)
        other = replace(MERCHANT, gateway_url="https://gateway.example")
        booth.settings.changed.emit(settings_of(other, plate_prefix="粤B"))
        assert headline(window) == ("", "就绪", "")
        assert said(window, "verdictSmall") == "上一辆：粤B·12345 · 正常"

    def test_verdict_stays_when_only_the_look_changes(
        self, window: MainWindow, booth: FakeBooth, make_record: RecordMaker
    ) -> None:
        answer(booth, make_record)
        booth.settings.changed.emit(changed(SETTINGS, sounds=False))
        assert headline(window)[:2] == ("ok", "正常")

    def test_missing_merchant_is_said_instead_of_ready(
        self, window: MainWindow, booth: FakeBooth
    ) -> None:
        booth.settings.changed.emit(Settings())
        assert said(window, "verdictTitle") in ("未设置", "本地车牌？")
        booth.settings.changed.emit(changed(Settings(), plate_prefix="粤B"))
        assert headline(window) == ("", "未设置", "")


def test_send_button_does_nothing_while_pinyin_is_typed(
    window: MainWindow, booth: FakeBooth
) -> None:
    QTest.keyClicks(window.form.plate, "12345")
    QTest.keyClick(window.form.plate, Qt.Key.Key_F4)
    QTest.keyClicks(window.form.plate, "y")
    button = window.findChild(QPushButton, "sendButton")
    assert isinstance(button, QPushButton)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert booth.entries.drafts == []


def test_entry_saved_late_does_not_replace_a_newer_one_that_is_being_saved(
    window: MainWindow, booth: FakeBooth, make_record: RecordMaker
) -> None:
    enter(window, "12345")
    enter(window, "67890")
    booth.entries.saved.emit(make_record(state=DeliveryState.SAVED, cause=None))
    assert headline(window) == ("pending", "未查询", "粤B·67890")


class TestOtherGateway:
    def test_green_of_another_gateway_is_marked_on_the_panel(
        self, window: MainWindow, booth: FakeBooth, make_record: RecordMaker
    ) -> None:
        record = make_record()
        assert record.outcome is not None
        outcome = replace(record.outcome, host="gateway.example")
        booth.entries.saved.emit(replace(record, outcome=outcome))
        assert said(window, "verdictSmall").startswith("其他网关 · 截至")
        assert window._panel._fill.dashed

    def test_band_and_title_say_so(self, window: MainWindow, booth: FakeBooth) -> None:
        band = window.findChild(QLabel, "gatewayBand")
        assert band is not None
        assert not band.isVisible()
        other = replace(MERCHANT, gateway_url="https://gateway.example")
        booth.settings.changed.emit(settings_of(other, plate_prefix="粤B"))
        assert band.isVisible()
        assert (band.text(), window.windowTitle()) == (
            "其他网关 · 应答不是来自微信支付",
            "停车入场 · 其他网关",
        )
        booth.settings.changed.emit(SETTINGS)
        assert not band.isVisible()
        assert window.windowTitle() == "停车入场"
