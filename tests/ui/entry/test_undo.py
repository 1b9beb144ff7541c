"""F2 and its button void the window's last entry as long as it waits to be sent."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from tests.settings import settings_of
from tests.ui.conftest import FakeBooth, RecordMaker, entry_id
from wxpark_gui.domain.delivery import Cause, DeliveryState
from wxpark_gui.domain.errors import EntryNotOpenError
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.ui.entry import undo_button
from wxpark_gui.ui.entry.undo_button import GRACE_MS, SECONDS, UndoButton
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.verdict.message import of_record
from wxpark_gui.ui.verdict.panel import VerdictPanel
from wxpark_gui.ui.window.main_window import MainWindow

NOTHING = "没有可以撤回的记录。"
TOO_LATE = "这一条正在发送或已有应答。不能再撤回。"


def _text(window: QWidget, name: str) -> str:
    label = window.findChild(QLabel, name)
    assert isinstance(label, QLabel)
    return label.text()


def _offer(window: QWidget) -> UndoButton:
    offer = window.findChild(UndoButton)
    assert isinstance(offer, UndoButton)
    return offer


def _enter(window: MainWindow, keys: str) -> None:
    QTest.keyClicks(window.form.plate, keys)
    QTest.keyClick(window.form.plate, Qt.Key.Key_Return)


def _press_f2(window: MainWindow) -> None:
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_F2)


def _saved(make_record: RecordMaker, plate: str = "粤B12345", sequence: int = 1) -> EntryRecord:
    return make_record(plate, sequence, state=DeliveryState.SAVED, cause=None)


def _waiting(make_record: RecordMaker) -> EntryRecord:
    return make_record(state=DeliveryState.WAITING, cause=Cause.OFFLINE)


def _taken_back(booth: FakeBooth, make_record: RecordMaker) -> None:
    """Emit the signals of an entry that was voided."""
    record = make_record(state=DeliveryState.VOIDED, cause=None)
    booth.entries.changed.emit(record)
    booth.entries.takenBack.emit(record)


class TestF2:
    def test_takes_the_last_entry_back_and_brings_its_draft_for_correction(
        self, window: MainWindow, booth: FakeBooth, make_record: RecordMaker
    ) -> None:
        _enter(window, "12345")
        record = _saved(make_record)
        booth.entries.saved.emit(record)
        _press_f2(window)
        assert booth.entries.unwanted == [record.entry_id]
        _taken_back(booth, make_record)
        assert _text(window, "verdictTitle") == "已撤回"
        assert _text(window, "verdictPlate") == "粤B·12345"
        assert _text(window, "verdictAdvice") == "发送前已撤回"
        assert window.form.plate.text() == "粤B12345"
        assert window.form.plate.hasFocus()
        assert window._recent.model.index(0, 2).data() == "已撤回"

    def test_leaves_the_next_car_in_the_form_alone(
        self, window: MainWindow, booth: FakeBooth, make_record: RecordMaker
    ) -> None:
        _enter(window, "12345")
        booth.entries.saved.emit(_saved(make_record))
        QTest.keyClicks(window.form.plate, "67")
        _press_f2(window)
        _taken_back(booth, make_record)
        assert window.form.plate.text() == "粤B67"

    def test_means_the_entry_that_is_still_being_saved(
        self, window: MainWindow, booth: FakeBooth, make_record: RecordMaker
    ) -> None:
        """If F2 is pressed before the entry is saved, the previous entry must not be voided."""
        _enter(window, "12345")
        booth.entries.saved.emit(_saved(make_record))
        _enter(window, "67890")
        _press_f2(window)
        assert booth.entries.unwanted == [entry_id(2)]

    def test_too_late_is_a_passing_remark(
        self, window: MainWindow, booth: FakeBooth, make_record: RecordMaker
    ) -> None:
        _enter(window, "12345")
        booth.entries.saved.emit(_saved(make_record))
        booth.entries.changed.emit(make_record())
        _press_f2(window)
        booth.entries.notTakenBack.emit(entry_id(1), EntryNotOpenError("answered"))
        assert _text(window, "verdictAdvice") == TOO_LATE
        assert _text(window, "verdictTitle") == "正常"
        notice = window.findChild(QWidget, "noticeStrip")
        assert isinstance(notice, QWidget)
        assert not notice.isVisible()
        QTest.keyClicks(window.form.plate, "1")
        assert _text(window, "verdictAdvice") != TOO_LATE

    def test_with_nothing_to_take_back_says_so(self, window: MainWindow, booth: FakeBooth) -> None:
        _press_f2(window)
        assert _text(window, "verdictAdvice") == NOTHING
        assert booth.entries.unwanted == []

    def test_a_second_time_has_nothing_left_to_take_back(
        self, window: MainWindow, booth: FakeBooth, make_record: RecordMaker
    ) -> None:
        _enter(window, "12345")
        booth.entries.saved.emit(_saved(make_record))
        _press_f2(window)
        _taken_back(booth, make_record)
        _press_f2(window)
        assert _text(window, "verdictAdvice") == NOTHING
        assert len(booth.entries.unwanted) == 1

    def test_still_works_when_the_offer_is_gone(
        self, window: MainWindow, booth: FakeBooth, make_record: RecordMaker
    ) -> None:
        booth.entries.saved.emit(_waiting(make_record))
        _offer(window).withdraw()
        _press_f2(window)
        assert booth.entries.unwanted == [_waiting(make_record).entry_id]

    def test_after_f5_of_another_entry_brings_back_neither_draft_nor_correction(
        self, window: MainWindow, booth: FakeBooth, make_record: RecordMaker
    ) -> None:
        """Enter would save the wrong car, or correct the wrong entry."""
        _enter(window, "12345")
        booth.entries.saved.emit(_saved(make_record))
        waiting = make_record("粤B54321", 7, state=DeliveryState.WAITING, cause=Cause.OFFLINE)
        window._flow.resend(waiting)
        _press_f2(window)
        assert booth.entries.unwanted == [waiting.entry_id]
        voided = replace(waiting, state=DeliveryState.VOIDED)
        booth.entries.changed.emit(voided)
        booth.entries.takenBack.emit(voided)
        assert window.form.untouched
        assert window._flow._correcting is None


class TestOffer:
    def test_counts_five_seconds_down_and_goes(
        self, qtbot: QtBot, appearance: Appearance, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert undo_button._SECOND_MS == 1000
        monkeypatch.setattr(undo_button, "_SECOND_MS", 20)
        parent = QWidget()
        qtbot.addWidget(parent)
        offer = UndoButton(appearance, parent)
        counted: list[int] = []
        offer.visibilityChanged.connect(lambda: counted.append(offer.seconds_left))
        parent.show()
        offer.offer()
        qtbot.waitUntil(lambda: counted[-1:] == [0], timeout=(SECONDS + 2) * 1000)
        assert list(dict.fromkeys(counted)) == [5, 4, 3, 2, 1, 0]
        assert not offer.isVisible()

    def test_says_its_key_and_the_seconds(
        self, window: MainWindow, booth: FakeBooth, make_record: RecordMaker, qtbot: QtBot
    ) -> None:
        booth.entries.saved.emit(_waiting(make_record))
        qtbot.waitUntil(_offer(window).isVisible)
        assert _offer(window).text() == "撤回 F2 · 5"
        assert _offer(window).accessibleName() == "撤回最近一条（尚未发送时）"

    def test_does_not_flicker_for_an_entry_that_goes_out_at_once(
        self, window: MainWindow, booth: FakeBooth, make_record: RecordMaker, qtbot: QtBot
    ) -> None:
        record = _saved(make_record)
        booth.entries.saved.emit(record)
        booth.entries.started.emit(record)
        qtbot.wait(2 * GRACE_MS)
        assert not _offer(window).isVisible()

    @pytest.mark.parametrize("what", ["sending", "answered", "next car", "taken back"])
    def test_goes_when_there_is_nothing_to_take_back(
        self,
        window: MainWindow,
        booth: FakeBooth,
        make_record: RecordMaker,
        qtbot: QtBot,
        what: str,
    ) -> None:
        booth.entries.saved.emit(_saved(make_record))
        qtbot.waitUntil(_offer(window).isVisible)
        if what == "sending":
            booth.entries.started.emit(_saved(make_record))
        elif what == "answered":
            booth.entries.changed.emit(make_record())
        elif what == "next car":
            _enter(window, "67890")
        else:
            _press_f2(window)
        assert not _offer(window).isVisible()

    def test_comes_back_once_when_the_line_fails(
        self, window: MainWindow, booth: FakeBooth, make_record: RecordMaker, qtbot: QtBot
    ) -> None:
        record = _saved(make_record)
        booth.entries.saved.emit(record)
        booth.entries.started.emit(record)
        booth.entries.changed.emit(_waiting(make_record))
        qtbot.waitUntil(_offer(window).isVisible)
        _offer(window).withdraw()
        booth.entries.changed.emit(_waiting(make_record))
        qtbot.wait(2 * GRACE_MS)
        assert not _offer(window).isVisible()

    def test_a_row_of_the_backlog_offers_nothing(
        self, window: MainWindow, booth: FakeBooth, make_record: RecordMaker, qtbot: QtBot
    ) -> None:
        booth.entries.changed.emit(_waiting(make_record))
        qtbot.wait(2 * GRACE_MS)
        assert not _offer(window).isVisible()

    def test_a_click_takes_back_and_gives_the_keyboard_to_the_plate(
        self, window: MainWindow, booth: FakeBooth, make_record: RecordMaker, qtbot: QtBot
    ) -> None:
        booth.entries.saved.emit(_waiting(make_record))
        qtbot.waitUntil(_offer(window).isVisible)
        QTest.mouseClick(_offer(window), Qt.MouseButton.LeftButton)
        assert booth.entries.unwanted == [_waiting(make_record).entry_id]
        assert window.form.plate.hasFocus()

    def test_gives_the_keyboard_to_the_plate_when_it_goes(
        self, window: MainWindow, booth: FakeBooth, make_record: RecordMaker, qtbot: QtBot
    ) -> None:
        booth.entries.saved.emit(_waiting(make_record))
        qtbot.waitUntil(_offer(window).isVisible)
        _offer(window).setFocus(Qt.FocusReason.TabFocusReason)
        booth.entries.changed.emit(make_record())
        assert window.form.plate.hasFocus()

    @pytest.mark.parametrize("scale", [100, 150, 200])
    @pytest.mark.parametrize("language", ["zh_CN", "en"])
    def test_covers_no_text_and_cuts_none_off(
        self,
        qtbot: QtBot,
        appearance: Appearance,
        make_record: RecordMaker,
        scale: int,
        language: str,
    ) -> None:
        appearance.follow(settings_of(theme="light", language=language, font_scale=scale))
        panel = VerdictPanel(appearance)
        qtbot.addWidget(panel)
        offer = UndoButton(appearance, panel)
        panel.set_corner(offer)
        offer.visibilityChanged.connect(panel.make_room)
        panel.show_message(of_record(_waiting(make_record)))
        offer.offer()
        panel.show()
        qtbot.waitUntil(offer.isVisible)
        for width, spare in product((440, 620, 760), (0, 60, 300)):
            wide = width * scale // 100
            panel.resize(wide, panel.heightForWidth(wide) + spare)
            assert panel.rect().contains(offer.geometry())
            assert offer.size() == offer.sizeHint()
            for label in panel.findChildren(QLabel):
                assert label.isHidden() or not label.geometry().intersects(offer.geometry())
            for name in ("verdictAdvice", "verdictSmall"):
                text = panel.findChild(QLabel, name)
                assert isinstance(text, QLabel)
                assert text.heightForWidth(text.width()) <= text.height() + 1, name


class TestSounds:
    def test_the_verdict_of_the_car_shown_is_heard_once(
        self, window: MainWindow, booth: FakeBooth, make_record: RecordMaker
    ) -> None:
        booth.entries.saved.emit(_saved(make_record))
        assert booth.beeps == 0
        booth.entries.changed.emit(make_record())
        booth.entries.changed.emit(make_record())
        assert booth.beeps == 1

    def test_the_backlog_works_in_silence(
        self, window: MainWindow, booth: FakeBooth, make_record: RecordMaker
    ) -> None:
        booth.entries.saved.emit(_saved(make_record, sequence=2))
        booth.entries.changed.emit(make_record(sequence=1, user_state="OVERDUE"))
        assert booth.beeps == 0

    def test_an_entry_that_was_not_saved_is_heard(
        self, window: MainWindow, booth: FakeBooth
    ) -> None:
        _enter(window, "12345")
        booth.entries.notSaved.emit(booth.entries.last_id, EntryNotOpenError())
        assert booth.beeps == 1

    def test_an_entry_sent_again_elsewhere_that_was_not_saved_leaves_the_panel(
        self, window: MainWindow, booth: FakeBooth, make_record: RecordMaker
    ) -> None:
        booth.entries.saved.emit(make_record())
        before = _text(window, "verdictTitle")
        booth.entries.notSaved.emit(entry_id(99), EntryNotOpenError())
        assert _text(window, "verdictTitle") == before

    def test_switched_off_in_the_settings_nothing_is_heard(
        self, window: MainWindow, booth: FakeBooth, make_record: RecordMaker
    ) -> None:
        booth.settings.changed.emit(settings_of(sounds=False))
        booth.entries.saved.emit(_saved(make_record))
        booth.entries.changed.emit(make_record())
        assert booth.beeps == 0
