"""The dialog of the profiles, the header's menu, and what the window says of several profiles."""

from __future__ import annotations

import gc
from dataclasses import replace

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QListWidget, QListWidgetItem, QTableView
from pytestqt.qtbot import QtBot

from tests.settings import changed
from tests.ui.conftest import NOW, Desk, FakeBooth, RecordMaker
from tests.ui.keys import press_until
from tests.ui.manager_states import ONE
from tests.ui.profile_states import (
    EAST,
    PROFILES,
    SOUTH,
    WAITING,
    WEST,
    button,
    profiles_dialog,
)
from wxpark_gui.controllers.entries import Duplicate
from wxpark_gui.domain.delivery import Cause, DeliveryState
from wxpark_gui.domain.errors import (
    AccountInUseError,
    Field,
    KeyMissingError,
    KeyringLockedError,
    SettingsNotWrittenError,
)
from wxpark_gui.domain.manager import Act
from wxpark_gui.domain.record import AccountBacklog, Backlog, EntryRecord
from wxpark_gui.domain.settings import Account, Settings
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.profiles.dialog import ProfilesDialog
from wxpark_gui.ui.window.main_window import MainWindow
from wxpark_gui.ui.window.notice_strip import NoticeAction

SEVERAL = changed(PROFILES, plate_prefix="粤B")


@pytest.fixture
def dialog(desk: Desk, booth: FakeBooth, qtbot: QtBot) -> ProfilesDialog:
    """The dialog with three profiles."""
    booth.settings.changed.emit(SEVERAL)
    booth.journal.backlogChanged.emit(WAITING)
    dialog = profiles_dialog(desk)
    dialog.activateWindow()
    qtbot.waitUntil(dialog.profiles.hasFocus)
    return dialog


@pytest.fixture
def dialog_over_window(window: MainWindow, booth: FakeBooth, qtbot: QtBot) -> ProfilesDialog:
    """The dialog, opened by its key over a window with three profiles."""
    booth.settings.changed.emit(SEVERAL)
    booth.journal.backlogChanged.emit(WAITING)
    press_until(
        qtbot,
        window,
        Qt.Key.Key_F12,
        lambda: window.profiles.dialog is not None,
        Qt.KeyboardModifier.ShiftModifier,
    )
    dialog = window.profiles.dialog
    assert dialog is not None
    dialog.activateWindow()
    qtbot.waitUntil(dialog.profiles.hasFocus)
    return dialog


def rows(dialog: ProfilesDialog) -> list[str]:
    return [dialog.profiles.item(row).text() for row in range(dialog.profiles.count())]


def said(dialog: ProfilesDialog) -> str:
    label = dialog.findChild(QLabel, "profilesMessage")
    assert label is not None
    return label.text()


def text(window: MainWindow, name: str) -> str:
    label = window.findChild(QLabel, name)
    assert label is not None
    return label.text()


class TestDialog:
    def test_rows_have_name_queue_and_numbers_and_mark_the_current_one(
        self, dialog: ProfilesDialog
    ) -> None:
        assert rows(dialog) == [
            "1  欢乐海岸停车场（使用中） · 待发送 1\n商户 1900000109 / 1900000110",
            "2  东门 · 待发送 2\n欢乐海岸购物中心地下停车场二期 · 商户 1900000109 / 1900000120",
            "3  南门停车场 · 待发送 0\n商户 1900000777 / 1900000778",
        ]
        assert dialog.profiles.account_id == WEST.account_id

    def test_queue_and_missing_key_are_kept_up_to_date(
        self, dialog: ProfilesDialog, booth: FakeBooth
    ) -> None:
        booth.journal.backlogChanged.emit(Backlog())
        booth.keys.failures["1900000777"] = KeyMissingError()
        booth.keys.failures["1900000109"] = KeyringLockedError()
        booth.keys.changed.emit(None)
        firsts = [row.splitlines()[0] for row in rows(dialog)]
        assert firsts == [
            "1  欢乐海岸停车场（使用中） · 待发送 0 · 密钥读不出",
            "2  东门 · 待发送 0 · 密钥读不出",
            "3  南门停车场 · 待发送 0 · 缺少密钥",
        ]

    def test_digit_switches_and_the_dialog_closes_when_it_is_done(
        self, dialog_over_window: ProfilesDialog, booth: FakeBooth, window: MainWindow
    ) -> None:
        dialog = dialog_over_window
        QTest.keyClick(dialog.profiles, Qt.Key.Key_2)
        assert booth.settings.switches == [EAST.account_id]
        assert (dialog.isVisible(), said(dialog)) == (True, "正在切换…")
        booth.settings.changed.emit(replace(SEVERAL, account_id=EAST.account_id))
        booth.settings.switched.emit(EAST.account_id)
        assert window.profiles.dialog is None
        assert text(window, "headerLot") == "东门 ▾"

    def test_enter_switches_to_the_selected_row(
        self, dialog: ProfilesDialog, booth: FakeBooth
    ) -> None:
        QTest.keyClick(dialog.profiles, Qt.Key.Key_Down)
        QTest.keyClick(dialog.profiles, Qt.Key.Key_Down)
        QTest.keyClick(dialog.profiles, Qt.Key.Key_Return)
        assert booth.settings.switches == [SOUTH.account_id]

    def test_double_click_switches_to_its_row(
        self, dialog: ProfilesDialog, booth: FakeBooth
    ) -> None:
        rows = dialog.profiles
        place = rows.visualRect(rows.model().index(1, 0)).center()
        QTest.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=place)
        QTest.mouseDClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=place)
        assert booth.settings.switches == [EAST.account_id]

    def test_rows_that_are_shown_anew_leave_no_item_to_python(
        self, dialog: ProfilesDialog, booth: FakeBooth
    ) -> None:
        """PySide may know the address of an item that `clear` has destroyed."""
        booth.settings.changed.emit(SEVERAL)
        dialog.resize(dialog.width() + 20, dialog.height())
        booth.settings.changed.emit(SEVERAL)
        assert [each for each in gc.get_objects() if isinstance(each, QListWidgetItem)] == []

    def test_digit_switches_from_a_button_too(
        self, dialog: ProfilesDialog, booth: FakeBooth
    ) -> None:
        QTest.keyClick(button(dialog, "profilesLeave"), Qt.Key.Key_3)
        assert booth.settings.switches == [SOUTH.account_id]

    def test_second_press_during_a_switch_is_dropped(
        self, dialog: ProfilesDialog, booth: FakeBooth
    ) -> None:
        for key in (Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_Return):
            QTest.keyClick(dialog.profiles, key)
        assert booth.settings.switches == [EAST.account_id]

    def test_current_profile_is_not_switched_to(
        self, dialog: ProfilesDialog, booth: FakeBooth, desk: Desk
    ) -> None:
        QTest.keyClick(dialog.profiles, Qt.Key.Key_1)
        assert booth.settings.switches == []
        assert desk.profiles.dialog is None

    @pytest.mark.parametrize("key", [Qt.Key.Key_4, Qt.Key.Key_9, Qt.Key.Key_0])
    def test_digit_without_a_row_does_nothing(
        self, dialog: ProfilesDialog, booth: FakeBooth, key: Qt.Key
    ) -> None:
        QTest.keyClick(dialog.profiles, key)
        assert booth.settings.switches == []
        assert dialog.isVisible()

    def test_failed_switch_is_told_and_may_be_repeated(
        self, dialog: ProfilesDialog, booth: FakeBooth
    ) -> None:
        QTest.keyClick(dialog.profiles, Qt.Key.Key_2)
        booth.settings.refused.emit(SettingsNotWrittenError())
        assert "SETTINGS_NOT_WRITTEN" in said(dialog)
        QTest.keyClick(dialog.profiles, Qt.Key.Key_2)
        assert booth.settings.switches == [EAST.account_id, EAST.account_id]

    def test_profile_is_removed_at_the_second_press(
        self, dialog: ProfilesDialog, booth: FakeBooth
    ) -> None:
        QTest.keyClick(dialog.profiles, Qt.Key.Key_Down)
        QTest.keyClick(dialog.profiles, Qt.Key.Key_Delete)
        assert "“东门”" in said(dialog)
        assert booth.settings.removals == []
        QTest.keyClick(dialog.profiles, Qt.Key.Key_Delete)
        assert booth.settings.removals == [EAST.account_id]
        booth.settings.changed.emit(SEVERAL.without_account(EAST.account_id))
        booth.settings.removed.emit(EAST.account_id)
        assert said(dialog) == "已删除“东门”。"
        assert len(rows(dialog)) == 2

    def test_removal_waits_for_a_manager(self, dialog: ProfilesDialog, booth: FakeBooth) -> None:
        booth.approvals.set(ONE)
        QTest.keyClick(dialog.profiles, Qt.Key.Key_Down)
        QTest.keyClick(dialog.profiles, Qt.Key.Key_Delete)
        QTest.keyClick(dialog.profiles, Qt.Key.Key_Delete)
        assert booth.approvals.acts[-1] is Act.PROFILES
        assert booth.settings.removals == []
        booth.approvals.approved()
        assert booth.settings.removals == [EAST.account_id]

    def test_switch_needs_no_manager(self, dialog: ProfilesDialog, booth: FakeBooth) -> None:
        booth.approvals.set(ONE)
        QTest.keyClick(dialog.profiles, Qt.Key.Key_2)
        assert booth.settings.switches == [EAST.account_id]

    @pytest.mark.parametrize("between", [Qt.Key.Key_Up, Qt.Key.Key_Down])
    def test_question_is_taken_back_by_another_row(
        self, dialog: ProfilesDialog, booth: FakeBooth, between: Qt.Key
    ) -> None:
        QTest.keyClick(dialog.profiles, Qt.Key.Key_Down)
        QTest.keyClick(dialog.profiles, Qt.Key.Key_Delete)
        QTest.keyClick(dialog.profiles, between)
        assert said(dialog) == ""
        QTest.keyClick(dialog.profiles, Qt.Key.Key_Delete)
        assert booth.settings.removals == []

    def test_question_survives_a_change_of_the_queue(
        self, dialog: ProfilesDialog, booth: FakeBooth
    ) -> None:
        QTest.keyClick(dialog.profiles, Qt.Key.Key_Down)
        QTest.keyClick(dialog.profiles, Qt.Key.Key_Delete)
        booth.journal.backlogChanged.emit(Backlog())
        QTest.keyClick(dialog.profiles, Qt.Key.Key_Delete)
        assert booth.settings.removals == [EAST.account_id]

    def test_refused_removal_has_the_number_of_entries(
        self, dialog: ProfilesDialog, booth: FakeBooth
    ) -> None:
        QTest.keyClick(dialog.profiles, Qt.Key.Key_Delete)
        QTest.keyClick(dialog.profiles, Qt.Key.Key_Delete)
        booth.settings.refused.emit(AccountInUseError(2))
        assert said(dialog).startswith("该商户还有 2 条记录待发送，没有删除。")
        assert len(rows(dialog)) == 3

    def test_add_opens_an_empty_merchant_dialog_and_closing_it_leads_back(
        self, dialog: ProfilesDialog, booth: FakeBooth, desk: Desk, qtbot: QtBot
    ) -> None:
        button(dialog, "profilesAdd").click()
        merchant = desk.dialogs.merchant
        assert merchant is not None
        assert merchant.windowTitle() == "增加车场"
        values = {
            Field.APPID: "wx1", Field.MCH_ID: "1900000109", Field.SUB_MCH_ID: "5",
            Field.PARKING_NAME: "北门停车场",
        }  # fmt: skip
        for field, value in values.items():
            merchant.field(field).entry.setText(value)
        button(merchant, "saveButton").click()
        ((saved, key),) = booth.settings.kept
        assert booth.settings.edited == [""]
        assert (saved.account and saved.account.merchant.parking_name, key) == ("北门停车场", None)
        merchant.saved()
        merchant.accept()
        assert desk.dialogs.merchant is None
        qtbot.waitUntil(dialog.isActiveWindow)

    def test_values_typed_for_a_profile_stay_when_another_one_is_chosen(
        self, dialog: ProfilesDialog, booth: FakeBooth, desk: Desk
    ) -> None:
        button(dialog, "profilesAdd").click()
        merchant = desk.dialogs.merchant
        assert merchant is not None
        merchant.field(Field.PARKING_NAME).entry.setText("北门停车场")
        booth.settings.switched.emit(EAST.account_id)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        assert desk.profiles.dialog is None
        assert merchant.isVisible()
        assert merchant.field(Field.PARKING_NAME).entry.text() == "北门停车场"
        merchant.reject()

    def test_profile_approved_after_the_dialog_was_closed_opens_over_the_window(
        self, dialog: ProfilesDialog, booth: FakeBooth, desk: Desk, qtbot: QtBot
    ) -> None:
        booth.approvals.set(ONE)
        button(dialog, "profilesAdd").click()
        with qtbot.waitSignal(dialog.destroyed):
            dialog.reject()
        booth.approvals.approved()
        merchant = desk.dialogs.merchant
        assert merchant is not None
        assert merchant.parentWidget() is desk
        merchant.reject()

    def test_change_opens_the_selected_profile_and_saves_it_by_its_id(
        self, dialog: ProfilesDialog, booth: FakeBooth, desk: Desk
    ) -> None:
        QTest.keyClick(dialog.profiles, Qt.Key.Key_Down)
        button(dialog, "profilesEdit").click()
        merchant = desk.dialogs.merchant
        assert merchant is not None
        assert merchant.windowTitle() == "设置 · 东门"
        assert merchant.field(Field.FREE_TIME).entry.text() == "600"
        merchant.field(Field.FREE_TIME).entry.setText("900")
        button(merchant, "saveButton").click()
        assert booth.settings.edited == [EAST.account_id]
        ((saved, _),) = booth.settings.kept
        assert saved.account_id == EAST.account_id
        merchant.saved()
        merchant.accept()

    def test_escape_closes_and_the_plate_has_the_focus(
        self, dialog_over_window: ProfilesDialog, window: MainWindow, qtbot: QtBot
    ) -> None:
        dialog = dialog_over_window
        QTest.keyClick(dialog.profiles, Qt.Key.Key_Escape)
        assert window.profiles.dialog is None
        window.activateWindow()
        qtbot.waitUntil(window.form.plate.hasFocus)

    def test_booth_without_a_profile_offers_to_add_one(self, desk: Desk, booth: FakeBooth) -> None:
        booth.settings.changed.emit(Settings())
        dialog = profiles_dialog(desk)
        enabled = {
            name: button(dialog, name).isEnabled()
            for name in ("profilesAdd", "profilesEdit", "profilesRemove", "profilesSwitch")
        }
        assert enabled == {
            "profilesAdd": True, "profilesEdit": False, "profilesRemove": False,
            "profilesSwitch": False,
        }  # fmt: skip
        dialog.reject()


def test_training_mode_allows_no_changes(
    qtbot: QtBot, booth: FakeBooth, appearance: Appearance
) -> None:
    booth.settings.changed.emit(SEVERAL)
    dialog = ProfilesDialog(
        booth.settings,
        booth.keys,
        appearance,
        Backlog(),
        approvals=booth.approvals,
        training=True,
    )
    qtbot.addWidget(dialog)
    for name in ("profilesAdd", "profilesEdit", "profilesRemove"):
        assert not button(dialog, name).isEnabled()
    QTest.keyClick(dialog.profiles, Qt.Key.Key_Delete)
    QTest.keyClick(dialog.profiles, Qt.Key.Key_Delete)
    assert booth.settings.removals == []


@pytest.mark.parametrize("scale", [100, 200])
def test_no_row_is_cut_off(
    desk: Desk, booth: FakeBooth, appearance: Appearance, qtbot: QtBot, scale: int
) -> None:
    long = replace(SOUTH.merchant, parking_name="长" * 32, profile_name="名" * 32)
    settings = changed(
        replace(SEVERAL, accounts=(WEST, EAST, Account("long", long))), font_scale=scale
    )
    appearance.follow(settings)
    booth.settings.changed.emit(settings)
    dialog = profiles_dialog(desk)
    qtbot.waitExposed(dialog)
    listing = dialog.profiles
    for row in range(listing.count()):
        item = listing.item(row)
        place = listing.visualItemRect(item)
        needed = listing.fontMetrics().boundingRect(
            0, 0, place.width() - 28, 1 << 20, Qt.TextFlag.TextWordWrap.value, item.text()
        )
        assert needed.height() <= place.height()
        assert needed.width() <= place.width() - 28
    assert listing.horizontalScrollBar().maximum() == 0
    dialog.reject()
    appearance.follow(changed(settings, font_scale=100))


@pytest.mark.qt_log_ignore("does not support (raise|grabbing the keyboard)", extend=True)
class TestHeader:
    def test_single_profile_has_no_menu(self, window: MainWindow) -> None:
        lot = window.findChild(QLabel, "headerLot")
        assert lot is not None
        assert lot.text() == "欢乐海岸停车场"
        QTest.mouseClick(lot, Qt.MouseButton.LeftButton)
        assert window.profiles.menu is None

    def test_click_opens_a_menu_that_switches(
        self, window: MainWindow, booth: FakeBooth, qtbot: QtBot
    ) -> None:
        booth.settings.changed.emit(SEVERAL)
        lot = window.findChild(QLabel, "headerLot")
        assert lot is not None
        QTest.mousePress(lot, Qt.MouseButton.LeftButton)
        menu = window.profiles.menu
        assert menu is not None
        qtbot.waitUntil(menu.isVisible)
        texts = [action.text() for action in menu.actions() if not action.isSeparator()]
        assert texts == ["&1  欢乐海岸停车场（使用中）", "&2  东门", "&3  南门停车场", "管理车场…"]
        QTest.keyClick(menu, Qt.Key.Key_3)
        assert booth.settings.switches == [SOUTH.account_id]
        assert not menu.isVisible()
        qtbot.waitUntil(window.form.plate.hasFocus)

    def test_current_profile_in_the_menu_does_nothing(
        self, window: MainWindow, booth: FakeBooth
    ) -> None:
        booth.settings.changed.emit(SEVERAL)
        window.profiles.open_menu(QPoint(0, 0))
        menu = window.profiles.menu
        assert menu is not None
        menu.actions()[0].trigger()
        assert booth.settings.switches == []
        menu.close()

    def test_menu_leads_to_the_dialog(self, window: MainWindow, booth: FakeBooth) -> None:
        booth.settings.changed.emit(SEVERAL)
        window.profiles.open_menu(QPoint(0, 0))
        menu = window.profiles.menu
        assert menu is not None
        menu.actions()[-1].trigger()
        menu.close()
        dialog = window.profiles.dialog
        assert dialog is not None
        assert dialog.findChild(QListWidget, "profileList") is not None
        dialog.reject()

    def test_failed_switch_from_the_menu_is_in_the_notice(
        self, window: MainWindow, booth: FakeBooth
    ) -> None:
        booth.settings.changed.emit(SEVERAL)
        booth.settings.refused.emit(SettingsNotWrittenError())
        assert "设置没有存下来" in text(window, "noticeMessage")


class TestSeveralProfiles:
    def test_status_strip_names_the_profiles_of_waiting_entries(
        self, window: MainWindow, booth: FakeBooth
    ) -> None:
        booth.settings.changed.emit(SEVERAL)
        booth.journal.backlogChanged.emit(WAITING)
        assert text(window, "statusPending") == (
            "待发送 3 · 最早 4 分钟（东门 2 · 欢乐海岸停车场 1）"
        )

    def test_status_strip_names_at_most_two(self, window: MainWindow, booth: FakeBooth) -> None:
        booth.settings.changed.emit(SEVERAL)
        third = AccountBacklog(SOUTH.account_id, 1, NOW)
        backlog = replace(WAITING, count=4, accounts=(*WAITING.accounts, third))
        booth.journal.backlogChanged.emit(backlog)
        assert text(window, "statusPending").endswith("（东门 2 · 欢乐海岸停车场 1 · …）")

    def test_status_strip_names_no_single_profile(
        self, window: MainWindow, booth: FakeBooth
    ) -> None:
        booth.settings.changed.emit(SEVERAL)
        booth.journal.backlogChanged.emit(replace(WAITING, accounts=WAITING.accounts[1:], count=1))
        booth.settings.changed.emit(changed(Settings((WEST,), WEST.account_id), plate_prefix="粤B"))
        assert text(window, "statusPending") == "待发送 1 · 最早 4 分钟"

    def test_notice_names_the_held_profile_and_opens_its_settings(
        self, window: MainWindow, booth: FakeBooth, make_record: RecordMaker
    ) -> None:
        booth.settings.changed.emit(SEVERAL)
        held = of(EAST, make_record(state=DeliveryState.WAITING, cause=Cause.SIGNATURE_REFUSED))
        booth.journal.backlogChanged.emit(replace(WAITING, held=(held,)))
        message = text(window, "noticeMessage")
        assert message.startswith("东门：密钥或商户参数不对")
        assert "待发送 2" in message
        window._on_notice_action(NoticeAction.OPEN_SETTINGS)
        merchant = window.dialogs.merchant
        assert merchant is not None
        assert merchant.windowTitle() == "设置 · 东门"
        merchant.reject()

    def test_switch_to_a_profile_without_a_key_says_so_and_opens_its_settings(
        self, window: MainWindow, booth: FakeBooth
    ) -> None:
        booth.settings.changed.emit(replace(SEVERAL, account_id=SOUTH.account_id))
        booth.keys.changed.emit(KeyMissingError())
        assert text(window, "noticeMessage").startswith("南门停车场：")
        window._on_notice_action(NoticeAction.OPEN_SETTINGS)
        merchant = window.dialogs.merchant
        assert merchant is not None
        assert merchant.windowTitle() == "设置 · 南门停车场"
        merchant.reject()

    def test_booth_whose_profile_was_forgotten_offers_the_others(
        self, window: MainWindow, booth: FakeBooth
    ) -> None:
        booth.settings.changed.emit(replace(SEVERAL, account_id=""))
        assert text(window, "headerLot") == "尚未设置车场 ▾"
        window._on_notice_action(NoticeAction.SET_UP)
        assert window.dialogs.merchant is None
        dialog = window.profiles.dialog
        assert dialog is not None
        QTest.keyClick(dialog.profiles, Qt.Key.Key_1)
        assert booth.settings.switches == [WEST.account_id]
        dialog.reject()

    def test_locked_keyring_names_no_profile(self, window: MainWindow, booth: FakeBooth) -> None:
        booth.settings.changed.emit(SEVERAL)
        booth.keys.changed.emit(KeyringLockedError())
        assert "欢乐海岸" not in text(window, "noticeMessage")

    def test_duplicate_question_of_one_profile_is_not_answered_for_another(
        self, window: MainWindow, booth: FakeBooth
    ) -> None:
        booth.settings.changed.emit(SEVERAL)
        booth.entries.answer = Duplicate("粤B·12345", 1, 1)
        QTest.keyClicks(window.form.plate, "12345\r")
        booth.settings.changed.emit(replace(SEVERAL, account_id=EAST.account_id))
        booth.entries.answer = None
        QTest.keyClick(window.form.plate, Qt.Key.Key_Return)
        assert booth.entries.confirmed == [False, False]

    def test_answer_after_the_switch_is_told_with_its_plate_and_does_not_colour_the_panel(
        self, window: MainWindow, booth: FakeBooth, make_record: RecordMaker
    ) -> None:
        booth.settings.changed.emit(SEVERAL)
        QTest.keyClicks(window.form.plate, "12345\r")
        sent = make_record(state=DeliveryState.SENDING, cause=None)
        booth.entries.saved.emit(sent)
        booth.settings.changed.emit(replace(SEVERAL, account_id=EAST.account_id))
        booth.entries.changed.emit(make_record(user_state="OVERDUE"))
        assert window._panel.property("severity") != "arrears"
        assert "粤B·12345 · 欠费" in text(window, "verdictSmall")


def of(account: Account, record: EntryRecord) -> EntryRecord:
    """Return the record as one of an account."""
    origin = replace(
        record.origin, account_id=account.account_id, lot=account.merchant.parking_name
    )
    return replace(record, origin=origin)


def test_window_for_paper_names_the_car_park_that_rows_are_saved_for(
    window: MainWindow, booth: FakeBooth
) -> None:
    window.backfill.open()
    paper = window.backfill.window
    assert paper is not None
    assert paper.windowTitle() == "补录纸上记录"
    booth.settings.changed.emit(replace(SEVERAL, account_id=EAST.account_id))
    assert paper.windowTitle() == "补录纸上记录 · 东门"
    paper.reject()


def test_details_of_a_listed_entry_name_its_car_park(
    window: MainWindow, booth: FakeBooth, make_record: RecordMaker
) -> None:
    booth.settings.changed.emit(SEVERAL)
    booth.entries.recentLoaded.emit((of(EAST, make_record()),))
    table = window.findChild(QTableView, "recentTable")
    assert table is not None
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Return)
    shown = [label.text() for label in window.findChildren(QLabel) if label.isVisible()]
    assert any(f"车场：{EAST.merchant.parking_name}" in text for text in shown)
