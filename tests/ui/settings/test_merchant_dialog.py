"""The merchant dialog: checks, key handling, failed saves, closing with unsaved changes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import shiboken6
from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from tests.settings import settings_of
from tests.ui.hand import close_by_hand
from wxpark_gui.domain.errors import (
    Field,
    FieldError,
    InvalidInputError,
    KeyringLockedError,
    Problem,
)
from wxpark_gui.domain.merchant import MerchantProfile, Secret
from wxpark_gui.domain.settings import Settings
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.settings.merchant_dialog import MerchantDialog
from wxpark_gui.ui.widgets.fields import SegmentedChoice

KEY = "0123456789abcdefghijABCDEFGHIJ01"
MERCHANT = MerchantProfile(
    "wx0123456789", "1900000109", "1900000110", "欢乐海岸停车场", "wxsub", 900
)

Kept = list[tuple[Settings, Secret | None]]


class Opened:
    """An open dialog and the values that it has saved."""

    def __init__(
        self, appearance: Appearance, settings: Settings, *, key_lost: bool = False
    ) -> None:
        self.kept: Kept = []
        self.dialog = MerchantDialog(appearance, settings, self.keep, key_lost=key_lost)
        self.dialog.show()

    def keep(self, settings: Settings, key: Secret | None) -> None:
        self.kept.append((settings, key))

    def write(self, field: Field, value: str) -> None:
        entry = self.dialog.field(field).entry
        entry.clear()
        QTest.keyClicks(entry, value)

    def save(self) -> None:
        QTest.mouseClick(self.button, Qt.MouseButton.LeftButton)

    @property
    def button(self) -> QPushButton:
        button = self.dialog.findChild(QPushButton, "saveButton")
        assert isinstance(button, QPushButton)
        return button

    @property
    def message(self) -> str:
        label = self.dialog.findChild(QLabel, "dialogMessage")
        assert isinstance(label, QLabel)
        return label.text()


@pytest.fixture
def first(appearance: Appearance) -> Iterator[Opened]:
    """Dialog while no merchant is set up."""
    yield from opened(appearance, Settings())


@pytest.fixture
def again(appearance: Appearance) -> Iterator[Opened]:
    """Dialog while a merchant is set up and its key is in the keyring."""
    yield from opened(appearance, settings_of(MERCHANT))


def opened(appearance: Appearance, settings: Settings) -> Iterator[Opened]:
    opened = Opened(appearance, settings)
    yield opened
    # Deleted at once: a remaining dialog would restyle itself in every later test.
    shiboken6.delete(opened.dialog)


def fill(opened: Opened) -> None:
    for field, value in (
        (Field.APPID, "wx0123456789"),
        (Field.MCH_ID, " 1900000109 "),
        (Field.SUB_APPID, "wxsub"),
        (Field.SUB_MCH_ID, "1900000110"),
        (Field.FREE_TIME, "900"),
        (Field.KEY, KEY),
        (Field.PLATE_PREFIX, ""),
    ):
        opened.write(field, value)
    opened.dialog.field(Field.PARKING_NAME).entry.setText("欢乐海岸停车场")
    opened.dialog.field(Field.PLATE_PREFIX).entry.setText("京a")


def test_complete_merchant_is_saved_once(first: Opened) -> None:
    fill(first)
    first.save()
    first.save()
    assert first.kept == [(settings_of(MERCHANT, plate_prefix="京A"), Secret(KEY))]
    assert first.dialog.busy
    assert first.button.text() == "正在保存…"


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        (Field.APPID, "", "请填写。"),
        (Field.MCH_ID, "19x", "有不能用的字符，请改正。"),
        (Field.SUB_MCH_ID, "1" * 33, "太长：最多 32 个字符，现在 33 个。"),
        (Field.PARKING_NAME, "x" * 33, "太长：最多 32 个字符，现在 33 个。"),
        (Field.FREE_TIME, "abc", "请填 0 到 604800 的数字。"),
        (Field.FREE_TIME, "9" * 400, "请填 0 到 604800 的数字。"),
        (Field.NOTIFY_URL, "https://a.example/x?y=1", "不能带“?”或“#”。"),
        (Field.NOTIFY_URL, "http://a.example/x", "公网地址必须以 https:// 开头。"),
        (Field.GATEWAY_URL, "http://a.example", "公网地址必须以 https:// 开头。"),
        (Field.PROXY_URL, "ftp://x", "不是完整地址，应以 https:// 开头。"),
        (Field.BOOTH, "", "请填写。"),
        (Field.PLATE_PREFIX, "B", "不像车牌，请核对。"),
        (Field.KEY, KEY[:-1], "密钥应为 32 位字母或数字，现在是 31 位。"),
        (Field.KEY, KEY[:-1] + "!", "密钥只能含字母和数字。"),
        (Field.KEY, "", "请填写。"),
    ],
)
def test_invalid_field_shows_its_error_and_nothing_is_saved(
    first: Opened, field: Field, value: str, sentence: str
) -> None:
    fill(first)
    first.write(field, value)
    first.save()
    assert first.dialog.field(field).problem() == sentence
    assert first.dialog.field(field).entry.hasFocus()
    assert first.kept == []
    others = set(Field) & set(first.dialog.boxes) - {field}
    assert [other for other in others if first.dialog.field(other).problem()] == []


def test_all_invalid_fields_are_shown_together(first: Opened) -> None:
    first.save()
    problems = {field for field, box in first.dialog.boxes.items() if box.problem()}
    assert problems == {
        Field.APPID, Field.MCH_ID, Field.SUB_MCH_ID, Field.PARKING_NAME, Field.KEY,
    }  # fmt: skip


def test_key_is_masked_and_a_stored_one_is_not_shown(again: Opened) -> None:
    entry = again.dialog.field(Field.KEY).entry
    assert entry.echoMode() is QLineEdit.EchoMode.Password
    assert entry.text() == ""
    assert entry.placeholderText() == "已保存；不改请留空"


def test_empty_key_keeps_the_stored_one(again: Opened) -> None:
    again.save()
    assert again.kept == [(settings_of(MERCHANT), None)]


def test_other_merchant_number_requires_a_key(again: Opened) -> None:
    again.write(Field.MCH_ID, "1900000999")
    again.save()
    assert again.kept == []
    assert again.dialog.field(Field.KEY).problem() == "请填写。"


def test_failed_save_keeps_the_typed_values(first: Opened) -> None:
    fill(first)
    first.save()
    first.dialog.saving_failed(KeyringLockedError())
    assert first.dialog.isVisible()
    assert not first.dialog.busy
    assert "系统密钥环已锁定。" in first.message
    assert "KEYRING_LOCKED" in first.message
    assert first.dialog.field(Field.KEY).entry.text() == KEY
    first.save()
    assert len(first.kept) == 2


def test_field_refused_while_saving_shows_its_error(first: Opened) -> None:
    fill(first)
    first.save()
    first.dialog.saving_failed(InvalidInputError([FieldError(Field.BOOTH, Problem.MISSING)]))
    assert first.dialog.field(Field.BOOTH).problem() == "请填写。"


def test_saved_dialog_says_so_forgets_the_key_and_closes(first: Opened, qtbot: QtBot) -> None:
    fill(first)
    first.save()
    first.dialog.saved()
    assert first.dialog.field(Field.KEY).entry.text() == ""
    assert (first.message, first.button.text()) == ("已保存。", "已保存。")
    qtbot.waitUntil(lambda: not first.dialog.isVisible())


def test_cancel_clears_the_key_and_is_refused_while_saving(first: Opened) -> None:
    fill(first)
    first.save()
    first.dialog.reject()
    assert first.dialog.isVisible()
    first.dialog.saving_failed(KeyringLockedError())
    first.dialog.reject()
    assert not first.dialog.isVisible()
    assert first.dialog.field(Field.KEY).entry.text() == ""


def test_empty_sub_appid_is_accepted_with_a_warning(first: Opened) -> None:
    fill(first)
    first.write(Field.SUB_APPID, "")
    remark = "留空可以保存，但有的商户必须填写，请向服务商确认。"
    shown = [
        label.text()
        for label in first.dialog.field(Field.SUB_APPID).findChildren(QLabel)
        if label.isVisible()
    ]
    assert remark in shown
    first.save()
    assert len(first.kept) == 1


def test_dialog_has_no_signal_that_could_carry_the_key() -> None:
    assert [value for value in vars(MerchantDialog).values() if isinstance(value, Signal)] == []


def test_expiry_and_duplicate_window_are_saved(again: Opened) -> None:
    again.dialog.field(Field.DUPLICATE_MINUTES).entry.setText("0")
    again.dialog.field(Field.EXPIRY_HOURS).entry.setText("48")
    again.save()
    settings, _ = again.kept[-1]
    assert (settings.booth.duplicate_minutes, settings.booth.expiry_hours) == (0, 48)


@pytest.mark.parametrize(
    ("field", "typed", "least"),
    [
        (Field.DUPLICATE_MINUTES, "ten", "0"),
        (Field.DUPLICATE_MINUTES, "1441", "0"),
        (Field.EXPIRY_HOURS, "0", "1"),
        (Field.EXPIRY_HOURS, "721", "1"),
    ],
)
def test_time_out_of_range_names_the_range(
    again: Opened, field: Field, typed: str, least: str
) -> None:
    again.dialog.field(field).entry.setText(typed)
    again.save()
    assert f" {least} " in again.dialog.field(field).problem()
    assert again.kept == []


PUBLIC = "RWR4+hyKqsk8qOvjY9eLh+QE/8HbcSyOYgTPPJGHnDQ44birIasOFyAt"


def test_version_file_and_key_are_saved(again: Opened) -> None:
    again.write(Field.VERSION_FILE, r" \\server\apps\wxpark.toml ")
    again.write(Field.VERSION_KEY, PUBLIC)
    again.save()
    settings, _ = again.kept[-1]
    assert settings.updates.version_file == r"\\server\apps\wxpark.toml"
    assert settings.updates.version_key == PUBLIC


@pytest.mark.parametrize(
    ("place", "key", "problems"),
    [
        ("/mnt/wxpark.toml", "", {Field.VERSION_KEY: "请填写。"}),
        ("", PUBLIC, {Field.VERSION_FILE: "请填写。"}),
        (
            "wxpark.toml",
            PUBLIC,
            {Field.VERSION_FILE: r"请填 https://… 或完整路径，如 \\server\share\wxpark.toml。"},
        ),
        (
            "/mnt/wxpark.toml",
            PUBLIC[:-1],
            {Field.VERSION_KEY: "不是 minisign 公钥：应为 RW 开头的一行，共 56 个字符。"},
        ),
    ],
)
def test_version_file_without_a_usable_key_is_not_saved(
    again: Opened, place: str, key: str, problems: dict[Field, str]
) -> None:
    again.write(Field.VERSION_FILE, place)
    again.write(Field.VERSION_KEY, key)
    again.save()
    boxes = again.dialog.boxes
    assert {f: box.problem() for f, box in boxes.items() if box.problem()} == problems
    assert again.kept == []


def test_version_file_has_a_remark_on_its_use(again: Opened) -> None:
    box = again.dialog.field(Field.VERSION_FILE)
    shown = [label.text() for label in box.findChildren(QLabel) if label.text()]
    assert shown == ["版本文件", "用来提示新版本。每天查看两次，训练模式下不查看。"]
    assert box.entry.accessibleName() == "版本文件"
    assert box.entry.placeholderText() == "留空：不查看"


def press(opened: Opened, key: Qt.Key) -> None:
    QTest.keyClick(opened.dialog, key)


def test_esc_without_edits_closes_at_once(again: Opened) -> None:
    press(again, Qt.Key.Key_Escape)
    assert not again.dialog.isVisible()


@pytest.mark.parametrize("field", [Field.APPID, Field.KEY, Field.BOOTH, Field.VERSION_FILE])
def test_esc_after_an_edit_asks_once_and_discards_at_the_second(
    again: Opened, field: Field
) -> None:
    again.write(field, "x")
    press(again, Qt.Key.Key_Escape)
    assert again.dialog.isVisible()
    assert again.message == "还没有保存。再按一次 Esc 放弃修改。"
    press(again, Qt.Key.Key_Escape)
    assert not again.dialog.isVisible()
    assert again.dialog.field(Field.KEY).entry.text() == ""
    assert again.kept == []


def test_edit_after_the_question_takes_it_back(again: Opened) -> None:
    again.write(Field.APPID, "x")
    press(again, Qt.Key.Key_Escape)
    again.write(Field.APPID, "xy")
    assert again.message == ""
    press(again, Qt.Key.Key_Escape)
    assert again.dialog.isVisible()


def test_repeated_esc_does_not_answer_the_question(again: Opened) -> None:
    again.write(Field.APPID, "x")
    press(again, Qt.Key.Key_Escape)
    held = QKeyEvent(
        QEvent.Type.KeyPress, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier, "", True
    )
    QApplication.sendEvent(again.dialog, held)
    assert again.dialog.isVisible()


def test_edit_that_was_undone_is_not_asked_about(again: Opened) -> None:
    again.write(Field.APPID, "x")
    again.write(Field.APPID, MERCHANT.appid)
    press(again, Qt.Key.Key_Escape)
    assert not again.dialog.isVisible()


def test_closing_the_dialog_asks_as_esc_does(again: Opened) -> None:
    again.write(Field.APPID, "x")
    close_by_hand(again.dialog)
    assert again.dialog.isVisible()
    close_by_hand(again.dialog)
    assert not again.dialog.isVisible()


def test_program_that_ends_closes_an_edited_dialog_at_once(qtbot: QtBot, again: Opened) -> None:
    again.write(Field.APPID, "x")
    with qtbot.waitSignal(again.dialog.finished):
        assert again.dialog.close()
    assert not again.dialog.isVisible()


def test_cancel_discards_without_a_question(again: Opened) -> None:
    again.write(Field.APPID, "x")
    (cancel,) = [b for b in again.dialog.findChildren(QPushButton) if b.text() == "取消"]
    QTest.mouseClick(cancel, Qt.MouseButton.LeftButton)
    assert not again.dialog.isVisible()


def test_required_fields_are_marked(first: Opened) -> None:
    marked = {
        field
        for field, box in first.dialog.boxes.items()
        if box.entry.accessibleName().endswith("（必填）")
    }
    assert marked == {
        Field.APPID, Field.MCH_ID, Field.SUB_MCH_ID, Field.PARKING_NAME, Field.KEY, Field.BOOTH,
    }  # fmt: skip


def test_key_is_required_once_another_merchant_number_is_typed(again: Opened) -> None:
    entry = again.dialog.field(Field.KEY).entry
    assert (entry.accessibleName(), entry.placeholderText()) == ("APIv2 密钥", "已保存；不改请留空")
    again.write(Field.MCH_ID, "1900000999")
    assert entry.accessibleName() == "APIv2 密钥（必填）"
    assert entry.placeholderText() == "32 位字母或数字"


def test_first_wrong_field_has_the_focus_and_is_in_view(again: Opened, qtbot: QtBot) -> None:
    again.dialog.resize(again.dialog.width(), 420)
    again.write(Field.VERSION_FILE, "wxpark.toml")
    again.write(Field.VERSION_KEY, "RW")
    again.dialog.field(Field.APPID).entry.setFocus()
    again.save()
    box = again.dialog.field(Field.VERSION_FILE)
    assert box.entry.hasFocus()
    qtbot.waitUntil(lambda: box.visibleRegion().boundingRect() == box.rect())


def test_all_invalid_advanced_fields_are_shown_together(again: Opened) -> None:
    wrong = {
        Field.GATEWAY_URL: "ftp://x",
        Field.PROXY_URL: "x",
        Field.VERSION_FILE: "x",
        Field.VERSION_KEY: "x",
    }
    for field, value in wrong.items():
        again.write(field, value)
    again.save()
    assert {f for f, box in again.dialog.boxes.items() if box.problem()} == set(wrong)


def test_door_is_switched_on_with_its_port(again: Opened) -> None:
    QTest.keyClick(again.dialog._door.switch.buttons[1], Qt.Key.Key_Space)
    again.write(Field.DOOR_PORT, "20000")
    again.save()
    ((settings, _),) = again.kept
    assert settings == settings_of(MERCHANT, enabled=True, port=20000)


def test_door_port_out_of_range_is_not_saved(again: Opened) -> None:
    again.write(Field.DOOR_PORT, "80")
    again.save()
    assert again.kept == []
    assert again.dialog.field(Field.DOOR_PORT).problem() == "请填 1024 到 65535 的数字。"


def test_esc_after_the_door_was_switched_asks_first(again: Opened) -> None:
    again.dialog._door.switch.choose_next()
    QTest.keyClick(again.dialog, Qt.Key.Key_Escape)
    assert again.dialog.isVisible()
    assert again.message
    again.dialog._door.switch.choose_next()
    QTest.keyClick(again.dialog, Qt.Key.Key_Escape)
    assert not again.dialog.isVisible()


def proxy_of(opened: Opened) -> SegmentedChoice[str]:
    choice = opened.dialog.field(Field.PROXY_URL).findChild(SegmentedChoice)
    assert isinstance(choice, SegmentedChoice)
    return choice


def test_typed_address_of_a_proxy_is_used_and_a_deleted_one_is_not(again: Opened) -> None:
    assert proxy_of(again).value == "none"
    again.write(Field.PROXY_URL, "http://10.0.0.1:3128")
    assert proxy_of(again).value == "explicit"
    entry = again.dialog.field(Field.PROXY_URL).entry
    entry.selectAll()
    QTest.keyClick(entry, Qt.Key.Key_Delete)
    assert proxy_of(again).value == "none"


@pytest.mark.parametrize(("mode", "wanted"), [("system", "system"), ("none", "")])
def test_chosen_mode_of_the_proxy_is_saved_and_the_address_kept(
    again: Opened, mode: str, wanted: str
) -> None:
    again.write(Field.PROXY_URL, "http://10.0.0.1:3128")
    proxy_of(again).choose(mode)
    again.save()
    ((settings, _),) = again.kept
    assert settings.network.wanted_proxy == wanted
    assert settings.network.proxy_url == "http://10.0.0.1:3128"


def test_mode_with_an_address_needs_one(again: Opened) -> None:
    proxy_of(again).choose("explicit")
    again.save()
    assert again.kept == []
    assert again.dialog.field(Field.PROXY_URL).problem()


def test_unchanged_dialog_saves_the_settings_as_they_are(again: Opened) -> None:
    again.save()
    ((settings, _),) = again.kept
    assert settings == settings_of(MERCHANT)


def test_changed_mode_is_not_discarded_without_being_asked(again: Opened) -> None:
    proxy_of(again).choose("system")
    QTest.keyClick(again.dialog, Qt.Key.Key_Escape)
    assert again.dialog.isVisible()


class TestLostKey:
    """The keyring was emptied or replaced by another one."""

    @pytest.fixture
    def lost(self, appearance: Appearance) -> Iterator[Opened]:
        opened = Opened(appearance, settings_of(MERCHANT), key_lost=True)
        yield opened
        shiboken6.delete(opened.dialog)

    def test_key_has_the_focus_and_is_asked_for(self, lost: Opened) -> None:
        entry = lost.dialog.field(Field.KEY).entry
        assert lost.dialog.focusWidget() is entry
        assert "留空" not in entry.placeholderText()
        lost.save()
        assert lost.kept == []
        assert lost.dialog.field(Field.KEY).problem()

    def test_only_the_key_needs_to_be_typed(self, lost: Opened) -> None:
        lost.write(Field.KEY, KEY)
        lost.save()
        assert lost.kept == [(settings_of(MERCHANT), Secret(KEY))]
