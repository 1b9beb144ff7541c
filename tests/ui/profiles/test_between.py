"""Profiles together with the set-up wizard, the key change and the manager's guard."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QLineEdit, QPushButton

from tests.settings import changed, merchant_of
from tests.ui import setup_states
from tests.ui.conftest import Desk, FakeBooth
from tests.ui.manager_states import ONE
from tests.ui.profile_states import EAST, PROFILES, SOUTH, WEST
from tests.ui.setup_states import forward
from wxpark_gui.domain.errors import Field, KeyMissingError, KeyUnavailableError
from wxpark_gui.domain.settings import (
    EXPLICIT,
    NO_PROXY,
    SYSTEM_PROXY,
    Account,
    NetworkSettings,
    Settings,
)
from wxpark_gui.ui.manager.key_change_dialog import KeyChangeDialog
from wxpark_gui.ui.settings.merchant_dialog import MerchantDialog
from wxpark_gui.ui.setup.steps import Step
from wxpark_gui.ui.setup.wizard import SetupWizard

SEVERAL = changed(PROFILES, plate_prefix="粤B")
ON_SOUTH = replace(SEVERAL, account_id=SOUTH.account_id)
PROXY = "http://10.0.0.1:3128"


@pytest.fixture
def several(desk: Desk, booth: FakeBooth) -> Desk:
    """The parent of the dialogs, with three profiles; the first one is current."""
    booth.settings.changed.emit(SEVERAL)
    return desk


def settings_dialog(desk: Desk, account_id: str) -> MerchantDialog:
    desk.dialogs.open_profile(account_id)
    dialog = desk.dialogs.merchant
    assert dialog is not None
    return dialog


def key_button(dialog: MerchantDialog) -> QPushButton:
    button = dialog.findChild(QPushButton, "changeKey")
    assert button is not None
    return button


def type_into(wizard: SetupWizard, field: Field, text: str) -> None:
    edit = wizard.findChild(QLineEdit, f"field_{field.value}")
    assert isinstance(edit, QLineEdit)
    edit.setText(text)


def go_through(wizard: SetupWizard) -> None:
    """Leave all pages of values with Enter's button, which saves them."""
    for _ in (Step.BOOTH, Step.MERCHANT, Step.KEY):
        forward(wizard)


class TestKeyChange:
    def test_is_that_of_the_profile_whose_settings_are_open(
        self, several: Desk, booth: FakeBooth
    ) -> None:
        dialog = settings_dialog(several, SOUTH.account_id)
        key_button(dialog).click()
        change = dialog.findChild(KeyChangeDialog)
        assert change is not None
        change.page.key.entry.setText("k1" * 16)
        change.page.main.click()
        assert booth.key_changer.accounts == [SOUTH.account_id]

    @pytest.mark.parametrize("mch_id", [SOUTH.merchant.mch_id, "1900000999"])
    def test_is_not_offered_for_a_number_that_is_not_stored_in_the_profile(
        self, several: Desk, mch_id: str
    ) -> None:
        dialog = settings_dialog(several, WEST.account_id)
        assert key_button(dialog).isVisible()
        dialog.field(Field.MCH_ID).entry.setText(mch_id)
        assert not key_button(dialog).isVisible()

    def test_is_not_offered_for_a_new_profile(self, several: Desk) -> None:
        dialog = settings_dialog(several, "")
        dialog.field(Field.MCH_ID).entry.setText(WEST.merchant.mch_id)
        assert not key_button(dialog).isVisible()


class TestLostKey:
    @pytest.mark.parametrize(
        ("failures", "opened", "is_asked_for"),
        [
            ({SOUTH.merchant.mch_id: KeyMissingError()}, SOUTH, True),
            ({SOUTH.merchant.mch_id: KeyMissingError()}, WEST, False),
            ({WEST.merchant.mch_id: KeyMissingError()}, SOUTH, False),
            ({WEST.merchant.mch_id: KeyMissingError()}, EAST, True),
        ],
    )
    def test_is_asked_for_in_the_settings_of_its_profiles_only(
        self,
        several: Desk,
        booth: FakeBooth,
        failures: dict[str, KeyUnavailableError],
        opened: Account,
        *,
        is_asked_for: bool,
    ) -> None:
        booth.keys.failures = failures
        dialog = settings_dialog(several, opened.account_id)
        assert (dialog.focusWidget() is dialog.field(Field.KEY).entry) is is_asked_for


class TestApproval:
    def test_opens_nothing_for_a_profile_that_was_removed_meanwhile(
        self, several: Desk, booth: FakeBooth
    ) -> None:
        booth.approvals.set(ONE)
        several.dialogs.open_profile(SOUTH.account_id)
        booth.settings.changed.emit(SEVERAL.without_account(SOUTH.account_id))
        booth.approvals._on_approved(None)
        assert several.dialogs.merchant is None

    def test_opens_the_profile_that_was_asked_for_after_a_switch(
        self, several: Desk, booth: FakeBooth
    ) -> None:
        booth.approvals.set(ONE)
        several.dialogs.open_merchant()
        booth.settings.changed.emit(ON_SOUTH)
        booth.approvals._on_approved(None)
        dialog = several.dialogs.merchant
        assert dialog is not None
        assert dialog.field(Field.SUB_MCH_ID).entry.text() == WEST.merchant.sub_mch_id


class TestWizard:
    def test_saves_and_tests_the_profile_it_was_opened_with_after_a_switch(
        self, several: Desk, booth: FakeBooth
    ) -> None:
        wizard = setup_states.open_booth(several)
        type_into(wizard, Field.FREE_TIME, "1200")
        booth.settings.changed.emit(ON_SOUTH)
        go_through(wizard)
        saved, key = booth.settings.kept[-1]
        edited = replace(WEST.merchant, free_time=1200)
        assert (merchant_of(saved), key) == (edited, None)
        assert booth.settings.edited == [WEST.account_id]
        kept = ON_SOUTH.with_account(replace(WEST, merchant=edited))
        booth.settings.changed.emit(replace(kept, account_id=SOUTH.account_id))
        booth.settings.saved.emit()
        assert [merchant_of(tested) for tested in booth.setup.tested] == [edited]

    def test_first_set_up_makes_its_profile_the_current_one(
        self, desk: Desk, booth: FakeBooth
    ) -> None:
        booth.settings.changed.emit(Settings())
        setup_states.open_connection(desk)
        assert booth.settings.edited == [None]

    def test_keeps_the_name_of_the_profile(self, several: Desk, booth: FakeBooth) -> None:
        booth.settings.changed.emit(replace(SEVERAL, account_id=EAST.account_id))
        go_through(setup_states.open_booth(several))
        assert merchant_of(booth.settings.kept[-1][0]) == EAST.merchant

    @pytest.mark.parametrize(
        "network",
        [NetworkSettings(SYSTEM_PROXY), NetworkSettings(NO_PROXY, PROXY), NetworkSettings()],
    )
    def test_keeps_the_mode_of_the_proxy(
        self, several: Desk, booth: FakeBooth, network: NetworkSettings
    ) -> None:
        booth.settings.changed.emit(replace(SEVERAL, network=network))
        go_through(setup_states.open_booth(several))
        assert booth.settings.kept[-1][0].network == network

    def test_typed_address_of_a_proxy_selects_its_use(
        self, several: Desk, booth: FakeBooth
    ) -> None:
        booth.settings.changed.emit(replace(SEVERAL, network=NetworkSettings(SYSTEM_PROXY)))
        wizard = setup_states.open_booth(several)
        type_into(wizard, Field.PROXY_URL, PROXY)
        go_through(wizard)
        assert booth.settings.kept[-1][0].network == NetworkSettings(EXPLICIT, PROXY)


class TestSaving:
    def test_end_with_a_bug_leaves_the_settings_dialog_usable(
        self, several: Desk, booth: FakeBooth
    ) -> None:
        dialog = settings_dialog(several, WEST.account_id)
        dialog._save_button.click()
        booth.settings.crashed.emit(ValueError())
        assert not dialog.busy
        dialog.reject()
        assert several.dialogs.merchant is None

    def test_end_with_a_bug_leaves_the_wizard_usable(self, several: Desk, booth: FakeBooth) -> None:
        wizard = setup_states.open_booth(several)
        go_through(wizard)
        booth.settings.crashed.emit(ValueError())
        assert (wizard.step, wizard.busy) == (Step.KEY, False)
