"""The set-up wizard: nothing is assumed, nothing typed is lost, nothing is half saved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.settings import merchant_of, settings_of
from tests.ui import setup_states
from tests.ui.conftest import MERCHANT, Desk, DialogParent, FakeBooth
from tests.ui.hand import close_by_hand
from tests.ui.keys import press_until
from tests.ui.setup_states import TEXTS, activate, end_test, fill, forward
from wxpark_gui.domain.errors import (
    Field,
    FieldError,
    InvalidInputError,
    KeyringLockedError,
    KeyringSilentError,
    Problem,
    ReadableError,
    SettingsNotWrittenError,
)
from wxpark_gui.domain.health import Finding, Health, Subject, Trouble
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.domain.settings import Settings
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.setup.steps import Step
from wxpark_gui.ui.setup.wizard import SetupWizard
from wxpark_gui.ui.window.main_window import MainWindow
from wxpark_gui.ui.window.shortcuts import Action

KEY = TEXTS[Field.KEY]
PROVEN = Finding(Subject.SIGNED_QUERY, Health.GOOD)
KEY_REFUSED = Finding(Subject.SIGNED_QUERY, Health.BAD, trouble=Trouble.KEY_REFUSED)
MERCHANT_REFUSED = Finding(Subject.SIGNED_QUERY, Health.BAD, trouble=Trouble.MERCHANT_REFUSED)
NO_PERMISSION = Finding(Subject.SIGNED_QUERY, Health.BAD, trouble=Trouble.PERMISSION_REFUSED)

Open = Callable[[DialogParent], SetupWizard]


@pytest.fixture
def fresh(desk: Desk, booth: FakeBooth) -> Desk:
    """The parent of the wizard at a first start: without merchant and settings."""
    booth.settings.changed.emit(Settings())
    return desk


def problems(wizard: SetupWizard) -> dict[Field, str]:
    """Return the problems shown on the present page."""
    inputs = wizard._field_pages[wizard.step].inputs
    return {field: box.problem() for field, (box, _) in inputs.items() if box.problem()}


def texts(wizard: SetupWizard) -> list[str]:
    """Return the texts of all input fields, from the first page to the last."""
    return [edit.text() for edit in wizard.findChildren(QLineEdit)]


def edit(wizard: SetupWizard, field: Field) -> QLineEdit:
    found = wizard.findChild(QLineEdit, f"field_{field.value}")
    assert isinstance(found, QLineEdit)
    return found


def button(wizard: SetupWizard, name: str) -> QPushButton:
    return wizard._bar.button(name)


def press(wizard: SetupWizard, key: Qt.Key) -> None:
    """Press a key in the widget of the wizard that has the focus."""
    activate(wizard)
    focused = wizard.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, key)


def esc(wizard: SetupWizard) -> None:
    activate(wizard)
    QTest.keyClick(wizard, Qt.Key.Key_Escape)


def door(wizard: SetupWizard, name: str) -> QPushButton:
    found = wizard.findChild(QPushButton, name)
    assert isinstance(found, QPushButton)
    return found


class TestDoors:
    def test_training_starts_the_program_again_and_saves_nothing(
        self, qtbot: QtBot, fresh: Desk, booth: FakeBooth
    ) -> None:
        wizard = setup_states.open_doors(fresh)
        with qtbot.waitSignal(fresh.setup.trainingRequested):
            press(wizard, Qt.Key.Key_Return)
        assert (booth.settings.kept, booth.setup.tries) == ([], [])

    def test_in_training_the_live_door_starts_the_program_again(
        self, qtbot: QtBot, booth: FakeBooth, appearance: Appearance
    ) -> None:
        wizard = SetupWizard(booth.controllers, appearance, training=True)
        qtbot.addWidget(wizard)
        with qtbot.waitSignal(wizard.liveRequested):
            door(wizard, "setupLive").click()
        assert wizard.step is Step.DOORS
        assert booth.setup.tries == []

    def test_in_training_the_door_to_training_closes_the_wizard(
        self, qtbot: QtBot, booth: FakeBooth, appearance: Appearance
    ) -> None:
        wizard = SetupWizard(booth.controllers, appearance, training=True)
        qtbot.addWidget(wizard)
        with qtbot.waitSignal(wizard.rejected), qtbot.assertNotEmitted(wizard.trainingRequested):
            door(wizard, "setupTraining").click()

    def test_language_is_applied_and_saved_at_once(self, fresh: Desk, booth: FakeBooth) -> None:
        wizard = setup_states.open_doors(fresh)
        door_before = door(wizard, "setupLive").text()
        (english,) = [b for b in wizard.findChildren(QPushButton) if b.text() == "English"]
        english.click()
        assert door(wizard, "setupLive").text() == "Live use" != door_before
        assert [s.appearance.language for s in booth.settings.appearances] == ["en"]


class TestKeyring:
    def test_is_tried_without_a_prompt_before_anything_is_typed(
        self, fresh: Desk, booth: FakeBooth
    ) -> None:
        wizard = setup_states.open_keyring(fresh)
        assert (wizard.step, booth.setup.tries) == (Step.KEYRING, [False])
        assert not button(wizard, "forward").isEnabled()

    def test_locked_one_is_named_and_the_next_try_may_prompt(
        self, fresh: Desk, booth: FakeBooth
    ) -> None:
        wizard = setup_states.open_keyring(fresh)
        booth.setup.keyringTried.emit(KeyringLockedError())
        assert wizard.step is Step.KEYRING
        assert "密钥环已锁定" in wizard._keyring._said.text()
        assert button(wizard, "forward").text() == "解锁并重试"
        press(wizard, Qt.Key.Key_Return)
        assert booth.setup.tries == [False, True]

    def test_that_works_leads_to_the_first_fields(self, fresh: Desk, booth: FakeBooth) -> None:
        wizard = setup_states.open_silent_keyring(fresh)
        forward(wizard)
        booth.setup.keyringTried.emit(None)
        assert wizard.step is Step.BOOTH
        assert wizard.focusWidget() is edit(wizard, Field.PARKING_NAME)
        assert wizard.windowTitle() == "设置本岗亭 · 第 1 步，共 4 步：车场与岗亭"

    def test_late_answer_leads_nowhere_after_the_page_was_left(
        self, fresh: Desk, booth: FakeBooth
    ) -> None:
        wizard = setup_states.open_keyring(fresh)
        button(wizard, "back").click()
        booth.setup.keyringTried.emit(None)
        assert wizard.step is Step.DOORS

    def test_bug_while_it_is_tried_can_be_retried(self, fresh: Desk, booth: FakeBooth) -> None:
        wizard = setup_states.open_keyring(fresh)
        booth.setup.crashed.emit(ValueError())
        forward(wizard)
        assert booth.setup.tries == [False, True]


class TestFields:
    def test_nothing_is_filled_in_and_everything_needed_is_asked_for(self, fresh: Desk) -> None:
        wizard = setup_states.open_booth(fresh)
        assert set(texts(wizard)) == {""}
        forward(wizard)
        assert set(problems(wizard)) == {
            Field.PARKING_NAME,
            Field.BOOTH,
            Field.FREE_TIME,
            Field.PLATE_PREFIX,
        }
        assert wizard.focusWidget() is edit(wizard, Field.PARKING_NAME)
        fill(wizard)
        forward(wizard)
        forward(wizard)
        assert set(problems(wizard)) == {Field.APPID, Field.MCH_ID, Field.SUB_MCH_ID}
        fill(wizard)
        forward(wizard)
        forward(wizard)
        assert set(problems(wizard)) == {Field.KEY}

    @pytest.mark.parametrize("prefix", ["", "粤"])
    def test_province_without_letter_is_not_enough(self, fresh: Desk, prefix: str) -> None:
        wizard = setup_states.open_booth(fresh)
        fill(wizard)
        wizard._booth.prefix.fill(prefix)
        forward(wizard)
        assert problems(wizard) == {Field.PLATE_PREFIX: "请选择本地车牌的省份和字母。"}
        assert wizard.focusWidget() is wizard._booth.prefix.province

    def test_province_is_found_by_its_pinyin(self, fresh: Desk) -> None:
        wizard = setup_states.open_booth(fresh)
        province, letter = wizard._booth.prefix.province, wizard._booth.prefix.letter
        QTest.keyClick(province, Qt.Key.Key_E)
        QTest.keyClick(letter, Qt.Key.Key_A)
        assert wizard.prefix == "鄂A"

    def test_values_survive_back_next_and_a_change_of_language(
        self, fresh: Desk, appearance: Appearance
    ) -> None:
        wizard = setup_states.open_key(fresh)
        fill(wizard)
        before = texts(wizard), wizard.prefix
        assert KEY in before[0]
        button(wizard, "back").click()
        button(wizard, "back").click()
        appearance.follow(settings_of(theme="light", language="en"))
        forward(wizard)
        forward(wizard)
        assert wizard.step is Step.KEY
        assert (texts(wizard), wizard.prefix) == before

    def test_stored_values_are_shown_and_an_empty_key_keeps_the_stored_one(
        self, desk: Desk, booth: FakeBooth
    ) -> None:
        wizard = setup_states.open_booth(desk)
        assert edit(wizard, Field.MCH_ID).text() == MERCHANT.mch_id
        for _ in (Step.BOOTH, Step.MERCHANT, Step.KEY):
            forward(wizard)
        (settings, key) = booth.settings.kept[-1]
        assert (merchant_of(settings), key) == (MERCHANT, None)

    def test_other_merchant_number_needs_its_key(self, desk: Desk, booth: FakeBooth) -> None:
        wizard = setup_states.open_booth(desk)
        forward(wizard)
        edit(wizard, Field.MCH_ID).setText("1900000999")
        forward(wizard)
        forward(wizard)
        assert set(problems(wizard)) == {Field.KEY}
        assert booth.settings.kept == []


class TestKey:
    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            (KEY[:-1], "31"),
            (f"{KEY[:16]} {KEY[16:]}", "33"),
            ("Ａ１" * 16, "只能"),
            (KEY[:-1] + "·", "只能"),
        ],
    )
    def test_malformed_one_is_refused_and_nothing_is_saved(
        self, fresh: Desk, booth: FakeBooth, typed: str, said: str
    ) -> None:
        wizard = setup_states.open_key(fresh)
        edit(wizard, Field.KEY).setText(typed)
        forward(wizard)
        assert said in problems(wizard)[Field.KEY]
        assert typed not in problems(wizard)[Field.KEY]
        assert (wizard.step, booth.settings.kept) == (Step.KEY, [])

    def test_pasted_one_may_have_a_line_end(self, fresh: Desk, booth: FakeBooth) -> None:
        wizard = setup_states.open_key(fresh)
        QGuiApplication.clipboard().setText(f"  {KEY}\n")
        QTest.keyClick(edit(wizard, Field.KEY), Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
        QGuiApplication.clipboard().clear()
        forward(wizard)
        assert booth.settings.kept[-1][1] == Secret(KEY)

    def test_is_shown_only_while_the_button_is_pressed(self, fresh: Desk) -> None:
        wizard = setup_states.open_key(fresh)
        fill(wizard)
        field = edit(wizard, Field.KEY)
        masked = field.displayText()
        QTest.keyPress(wizard._key._eye, Qt.Key.Key_Space)
        assert (KEY in masked, field.displayText()) == (False, KEY)
        QTest.keyRelease(wizard._key._eye, Qt.Key.Key_Space)
        assert field.displayText() == masked

    def test_is_dropped_once_the_booth_is_ready(self, fresh: Desk) -> None:
        wizard = setup_states.open_ready(fresh)
        assert edit(wizard, Field.KEY).text() == ""
        esc(wizard)
        assert fresh.setup.wizard is None

    def test_is_dropped_when_the_wizard_closes(self, fresh: Desk) -> None:
        wizard = setup_states.open_key(fresh)
        fill(wizard)
        field = edit(wizard, Field.KEY)
        wizard.reject()
        field.undo()
        assert field.text() == ""


class TestSaving:
    def test_all_values_and_the_key_are_saved_in_one_step(
        self, fresh: Desk, booth: FakeBooth
    ) -> None:
        wizard = setup_states.open_key(fresh)
        fill(wizard)
        assert booth.settings.kept == []
        press(wizard, Qt.Key.Key_Return)
        ((settings, key),) = booth.settings.kept
        assert key == Secret(KEY)
        merchant = merchant_of(settings)
        assert merchant.ids == (TEXTS[Field.MCH_ID], TEXTS[Field.SUB_MCH_ID])
        assert (merchant.parking_name, merchant.free_time) == (TEXTS[Field.PARKING_NAME], 1200)
        assert (settings.booth.name, settings.booth.plate_prefix) == (TEXTS[Field.BOOTH], "粤B")
        assert wizard.busy
        assert not button(wizard, "forward").isEnabled()

    def test_esc_does_nothing_while_it_runs(self, fresh: Desk) -> None:
        wizard = setup_states.open_key(fresh)
        fill(wizard)
        forward(wizard)
        esc(wizard)
        esc(wizard)
        assert wizard.isVisible()

    @pytest.mark.parametrize("error", [KeyringSilentError("10 s"), SettingsNotWrittenError()])
    def test_failure_is_named_and_all_values_stay(
        self, fresh: Desk, booth: FakeBooth, error: ReadableError
    ) -> None:
        wizard = setup_states.open_key(fresh)
        fill(wizard)
        before = texts(wizard)
        forward(wizard)
        booth.settings.notSaved.emit(error)
        assert error.code in wizard.message
        assert (wizard.step, texts(wizard)) == (Step.KEY, before)
        assert wizard.focusWidget() is edit(wizard, Field.KEY)
        forward(wizard)
        assert len(booth.settings.kept) == 2

    def test_refused_value_leads_back_to_its_page(self, fresh: Desk, booth: FakeBooth) -> None:
        wizard = setup_states.open_key(fresh)
        fill(wizard)
        forward(wizard)
        errors = [FieldError(Field.NOTIFY_URL, Problem.URL_HAS_QUERY)]
        booth.settings.notSaved.emit(InvalidInputError(errors))
        assert wizard.step is Step.MERCHANT
        assert set(problems(wizard)) == {Field.NOTIFY_URL}
        assert wizard.focusWidget() is edit(wizard, Field.NOTIFY_URL)

    def test_success_of_another_dialog_is_not_taken_for_its_own(
        self, fresh: Desk, booth: FakeBooth
    ) -> None:
        wizard = setup_states.open_key(fresh)
        fresh.dialogs.open_merchant()
        booth.settings.saved.emit()
        assert (wizard.step, booth.setup.tested) == (Step.KEY, [])

    def test_success_of_the_wizard_leaves_the_open_settings_dialog_alone(self, fresh: Desk) -> None:
        fresh.dialogs.open_merchant()
        dialog = fresh.dialogs.merchant
        assert dialog is not None
        wizard = setup_states.open_connection(fresh)
        assert wizard.step is Step.CONNECTION
        message = dialog.findChild(QLabel, "dialogMessage")
        assert isinstance(message, QLabel)
        assert (message.text(), dialog.isVisible()) == ("", True)


class TestConnection:
    def test_starts_by_itself_with_the_saved_settings(self, fresh: Desk, booth: FakeBooth) -> None:
        wizard = setup_states.open_connection(fresh)
        assert wizard.connection.is_running
        assert [merchant_of(s).mch_id for s in booth.setup.tested] == [TEXTS[Field.MCH_ID]]

    def test_second_enter_does_not_cancel_it(self, fresh: Desk) -> None:
        wizard = setup_states.open_connection(fresh)
        press(wizard, Qt.Key.Key_Return)
        assert wizard.connection.is_running

    def test_passed_one_leads_on(self, fresh: Desk) -> None:
        wizard = setup_states.open_connection(fresh)
        end_test(fresh, PROVEN)
        press(wizard, Qt.Key.Key_Return)
        assert wizard.step is Step.READY
        assert wizard._ready._warning.isHidden()

    @pytest.mark.parametrize(
        ("finding", "step", "caption"),
        [
            (KEY_REFUSED, Step.KEY, "更正密钥"),
            (MERCHANT_REFUSED, Step.MERCHANT, "更正商户参数"),
            (Finding(Subject.KEY, Health.BAD, error=KeyringLockedError()), Step.KEY, "更正密钥"),
        ],
    )
    def test_refused_one_leads_by_enter_to_the_wrong_value(
        self, fresh: Desk, finding: Finding, step: Step, caption: str
    ) -> None:
        wizard = setup_states.open_connection(fresh)
        end_test(fresh, finding)
        assert button(wizard, "back").text() == caption
        press(wizard, Qt.Key.Key_Return)
        assert wizard.step is step

    def test_failure_of_no_value_is_tested_again_by_enter(
        self, fresh: Desk, booth: FakeBooth
    ) -> None:
        wizard = setup_states.open_connection(fresh)
        end_test(fresh, NO_PERMISSION)
        press(wizard, Qt.Key.Key_Return)
        assert len(booth.setup.tested) == 2
        assert wizard.connection.is_running

    def test_corrected_value_is_saved_and_tested_anew(self, fresh: Desk, booth: FakeBooth) -> None:
        wizard = setup_states.open_connection(fresh)
        end_test(fresh, MERCHANT_REFUSED)
        press(wizard, Qt.Key.Key_Return)
        edit(wizard, Field.APPID).setText("wx999")
        forward(wizard)
        forward(wizard)
        settings, key = booth.settings.kept[-1]
        assert (merchant_of(settings).appid, key) == ("wx999", Secret(KEY))
        booth.settings.changed.emit(settings)
        booth.settings.saved.emit()
        assert merchant_of(booth.setup.tested[-1]).appid == "wx999"

    def test_esc_cancels_it_and_then_closes(self, fresh: Desk, booth: FakeBooth) -> None:
        wizard = setup_states.open_connection(fresh)
        esc(wizard)
        assert (wizard.connection.is_running, booth.setup.connection.running) == (False, False)
        assert "已取消" in wizard.connection._summary.text()
        esc(wizard)
        assert fresh.setup.wizard is None

    def test_program_that_ends_cancels_it(self, fresh: Desk, booth: FakeBooth) -> None:
        wizard = setup_states.open_connection(fresh)
        assert wizard.close()
        assert not booth.setup.connection.running

    def test_bug_in_it_can_be_retried(self, fresh: Desk, booth: FakeBooth) -> None:
        wizard = setup_states.open_connection(fresh)
        booth.setup.connection.goes_on = False
        booth.setup.connection.crashed.emit(ValueError())
        assert not wizard.connection.is_running
        button(wizard, "again").click()
        assert len(booth.setup.tested) == 2

    def test_booth_without_a_line_can_go_on_and_is_warned(self, fresh: Desk) -> None:
        wizard = setup_states.open_connection(fresh)
        end_test(fresh, NO_PERMISSION)
        forward(wizard)
        assert wizard.step is Step.READY
        assert not wizard._ready._warning.isHidden()


class TestLeaving:
    @pytest.mark.parametrize("opens", [setup_states.open_doors, setup_states.open_booth])
    def test_esc_closes_at_once_while_nothing_is_typed(self, fresh: Desk, opens: Open) -> None:
        esc(opens(fresh))
        assert fresh.setup.wizard is None

    @pytest.mark.parametrize("typed", [Field.PARKING_NAME, Field.KEY])
    def test_esc_asks_before_typed_values_are_lost(self, fresh: Desk, typed: Field) -> None:
        wizard = setup_states.open_booth(fresh)
        edit(wizard, typed).setText("x")
        esc(wizard)
        assert wizard.message == "尚未保存。再按一次 Esc 将放弃已填内容。"
        edit(wizard, typed).setText("xy")
        assert wizard.message == ""
        esc(wizard)
        assert wizard.isVisible()
        esc(wizard)
        assert fresh.setup.wizard is None

    def test_title_bar_asks_as_esc_does(self, fresh: Desk) -> None:
        wizard = setup_states.open_booth(fresh)
        fill(wizard)
        close_by_hand(wizard)
        assert wizard.isVisible()
        close_by_hand(wizard)
        assert fresh.setup.wizard is None

    def test_program_that_ends_asks_nothing(self, fresh: Desk) -> None:
        wizard = setup_states.open_booth(fresh)
        fill(wizard)
        assert wizard.close()

    def test_saved_values_are_not_asked_about(self, fresh: Desk) -> None:
        wizard = setup_states.open_connection(fresh)
        end_test(fresh, PROVEN)
        esc(wizard)
        assert fresh.setup.wizard is None

    def test_end_gives_the_keyboard_to_the_plate(
        self, qtbot: QtBot, window: MainWindow, booth: FakeBooth
    ) -> None:
        booth.settings.changed.emit(Settings())
        wizard = setup_states.open_ready(window)
        press(wizard, Qt.Key.Key_Return)
        assert window.setup.wizard is None
        qtbot.waitUntil(window.form.plate.hasFocus)


class TestOpening:
    def test_key_opens_one_wizard_however_often_it_is_pressed(
        self, qtbot: QtBot, window: MainWindow
    ) -> None:
        press_until(
            qtbot,
            window,
            Qt.Key.Key_F12,
            lambda: window.setup.wizard is not None,
            Qt.KeyboardModifier.ControlModifier,
        )
        first = window.setup.wizard
        assert first is not None
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        window._commands.run(Action.SET_UP_WIZARD)
        assert window.setup.wizard is first
        qtbot.waitUntil(first.isActiveWindow)

    def test_is_offered_only_without_a_merchant(self, desk: Desk, booth: FakeBooth) -> None:
        desk.setup.offer()
        assert desk.setup.wizard is None
        booth.settings.changed.emit(Settings())
        desk.setup.offer()
        assert desk.setup.wizard is not None

    def test_plates_can_be_typed_meanwhile(self, qtbot: QtBot, window: MainWindow) -> None:
        setup_states.open_booth(window)
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        QTest.keyClicks(window.form.plate, "12345")
        assert window.form.plate.text() == "粤B12345"

    def test_name_of_the_booth_from_a_settings_file_is_kept(
        self, desk: Desk, booth: FakeBooth
    ) -> None:
        booth.settings.changed.emit(settings_of(name="3号岗", plate_prefix="川A"))
        wizard = setup_states.open_booth(desk)
        assert edit(wizard, Field.BOOTH).text() == "3号岗"
        assert wizard.prefix == "川A"


def test_tab_reaches_each_field_of_the_page_in_its_order(fresh: Desk) -> None:
    wizard = setup_states.open_merchant(fresh)
    seen: list[QWidget] = []
    for _ in range(7):
        focused = wizard.focusWidget()
        seen.append(focused)
        press(wizard, Qt.Key.Key_Tab)
    assert seen == [entry for _, entry in wizard._merchant.inputs.values()]


def test_other_settings_of_the_booth_stay_as_they_are(desk: Desk, booth: FakeBooth) -> None:
    kept = settings_of(MERCHANT, plate_prefix="粤B", expiry_hours=7, version_file="/x")
    booth.settings.changed.emit(kept)
    wizard = setup_states.open_booth(desk)
    edit(wizard, Field.BOOTH).setText("9号岗")
    for _ in (Step.BOOTH, Step.MERCHANT, Step.KEY):
        forward(wizard)
    expected = replace(kept, booth=replace(kept.booth, name="9号岗"))
    assert booth.settings.kept[-1][0] == expected
