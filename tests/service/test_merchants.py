"""Changes of a merchant keep settings and keyring consistent, and are undone after an error."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from tests.service.conftest import Booth
from tests.settings import changed, merchant_of, settings_of
from wxpark_gui.domain.errors import (
    AccountInUseError,
    InvalidInputError,
    KeyMissingError,
    KeyringLockedError,
    NotSetUpError,
    OtherKeyMissingError,
    ProfileUnknownError,
    SettingsNewerError,
    SettingsNotWrittenError,
    SettingsUnreadableError,
)
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.domain.setting_changes import SettingsRefusedError, read_assignments
from wxpark_gui.domain.settings import Settings, change_merchant
from wxpark_gui.service.merchants import Merchants

NEW_KEY = Secret("n" * 32)


@dataclass
class FakeSettings:
    """A settings file in memory that fails on request."""

    settings: Settings
    full: bool = False
    unreadable: SettingsUnreadableError | None = None

    def load(self) -> Settings:
        if self.unreadable:
            raise self.unreadable
        return self.settings

    def save(self, settings: Settings) -> None:
        if self.full:
            raise SettingsNotWrittenError
        self.settings, self.unreadable = settings, None


@dataclass
class FakeUse:
    """Number of waiting entries of each account, and accounts with an answer, without a journal.

    An entry of each account in `entered_while_asked` is entered after the first question for it.
    """

    open: dict[str, int] = field(default_factory=dict)
    answered: set[str] = field(default_factory=set)
    entered_while_asked: list[str] = field(default_factory=list)

    def waiting(self, account_id: str) -> int:
        count = self.open.get(account_id, 0)
        if account_id in self.entered_while_asked:
            self.open[account_id] = count + 1
            self.entered_while_asked.remove(account_id)
        return count

    def was_answered(self, account_id: str) -> bool:
        return account_id in self.answered


@pytest.fixture
def use() -> FakeUse:
    return FakeUse()


@pytest.fixture
def settings(booth: Booth) -> FakeSettings:
    return FakeSettings(booth.settings.value)


@pytest.fixture
def merchants(booth: Booth, settings: FakeSettings, use: FakeUse) -> Merchants:
    return Merchants(settings, booth.vault, use)


def _with(settings: Settings, **changes: Any) -> Settings:
    """Return the settings with changes of the merchant, as the dialog passes them on."""
    edited = replace(merchant_of(settings), **changes)
    return change_merchant(settings, edited, proven=False)


def test_ids_and_key_are_saved_together(
    booth: Booth, merchants: Merchants, settings: FakeSettings
) -> None:
    merchants.keep(_with(settings.settings, sub_mch_id=" 42 "), NEW_KEY)
    assert settings.settings == _with(booth.settings.value, sub_mch_id="42")
    assert booth.vault.keys == {"10000098": NEW_KEY}


def test_saving_without_a_key_keeps_the_stored_one(
    booth: Booth, merchants: Merchants, settings: FakeSettings
) -> None:
    before = dict(booth.vault.keys)
    merchants.keep(_with(settings.settings, parking_name="新名"), None)
    assert booth.vault.keys == before


def test_other_merchant_number_without_a_key_is_refused(
    merchants: Merchants, settings: FakeSettings
) -> None:
    before = settings.settings
    with pytest.raises(KeyMissingError):
        merchants.keep(_with(before, mch_id="777"), None)
    assert settings.settings == before


def test_key_of_a_corrected_merchant_number_is_removed(
    booth: Booth, merchants: Merchants, settings: FakeSettings
) -> None:
    merchants.keep(_with(settings.settings, mch_id="777"), NEW_KEY)
    assert booth.vault.keys == {"777": NEW_KEY}


def test_full_disk_restores_the_old_key(
    booth: Booth, merchants: Merchants, settings: FakeSettings
) -> None:
    before = dict(booth.vault.keys)
    settings.full = True
    with pytest.raises(SettingsNotWrittenError):
        merchants.keep(settings.settings, NEW_KEY)
    assert booth.vault.keys == before


def test_full_disk_leaves_no_key_where_there_was_none(
    booth: Booth, merchants: Merchants, settings: FakeSettings
) -> None:
    booth.vault.keys.clear()
    settings.full = True
    with pytest.raises(SettingsNotWrittenError):
        merchants.keep(settings.settings, NEW_KEY)
    assert booth.vault.keys == {}


def test_a_locked_keyring_changes_nothing(
    booth: Booth, merchants: Merchants, settings: FakeSettings
) -> None:
    before = settings.settings
    booth.vault.failure = KeyringLockedError()
    with pytest.raises(KeyringLockedError):
        merchants.keep(_with(before, parking_name="新名"), NEW_KEY)
    assert settings.settings == before


def test_invalid_merchant_is_not_saved(
    booth: Booth, merchants: Merchants, settings: FakeSettings
) -> None:
    with pytest.raises(InvalidInputError):
        merchants.keep(_with(settings.settings, notify_url="http://park.example"), NEW_KEY)
    assert NEW_KEY not in booth.vault.keys.values()


def test_forget_removes_account_and_key(
    booth: Booth, merchants: Merchants, settings: FakeSettings
) -> None:
    assert merchants.forget() == frozenset()
    assert merchants.forget() == frozenset()
    assert (settings.settings.accounts, settings.settings.account_id) == ((), "")
    assert booth.vault.keys == {}


def test_appearance_is_saved_and_nothing_else_is_changed(
    booth: Booth, merchants: Merchants, settings: FakeSettings
) -> None:
    before, keys = settings.settings, dict(booth.vault.keys)
    stale = settings_of(language="en", theme="dark", font_scale=150, sounds=False, name="old")
    kept = merchants.keep_appearance(stale)
    expected = changed(before, language="en", theme="dark", font_scale=150, sounds=False)
    assert kept == settings.settings == expected
    assert booth.vault.keys == keys


def test_appearance_is_saved_without_a_merchant(booth: Booth, use: FakeUse) -> None:
    settings = FakeSettings(Settings())
    Merchants(settings, booth.vault, use).keep_appearance(settings_of(theme="light"))
    assert settings.settings == settings_of(theme="light")


def test_invalid_appearance_is_not_saved(merchants: Merchants, settings: FakeSettings) -> None:
    before = settings.settings
    with pytest.raises(InvalidInputError):
        merchants.keep_appearance(settings_of(theme="pink"))
    assert settings.settings == before


FIRST = "10000098-1900000109"


class TestLostFile:
    """The settings file was moved away or quarantined while the window was open."""

    @pytest.fixture
    def in_force(self, settings: FakeSettings) -> Settings:
        known, settings.settings = settings.settings, Settings()
        assert known.accounts
        return known

    def test_appearance_is_saved_with_all_that_is_in_force(
        self, merchants: Merchants, in_force: Settings
    ) -> None:
        dark = changed(in_force, theme="dark")
        assert merchants.keep_appearance(dark) == dark

    def test_prefix_is_saved_with_all_that_is_in_force(
        self, merchants: Merchants, in_force: Settings
    ) -> None:
        kept = merchants.keep_prefix("粤C", in_force)
        assert kept == changed(in_force, plate_prefix="粤C")

    def test_switch_is_saved_with_all_that_is_in_force(
        self, merchants: Merchants, in_force: Settings
    ) -> None:
        assert merchants.switch(FIRST, in_force) == in_force

    def test_edit_is_saved_with_all_that_is_in_force(
        self, merchants: Merchants, in_force: Settings
    ) -> None:
        known = changed(in_force, name="3号岗", duplicate_minutes=7)
        edited = changed(_with(known, free_time=1200), support_contact="13800000000")
        kept = merchants.keep(edited, None, FIRST, seen=known, in_force=known)
        assert kept == edited

    def test_edit_of_other_ids_keeps_the_account_that_entries_wait_for(
        self, merchants: Merchants, in_force: Settings, use: FakeUse
    ) -> None:
        use.open[FIRST] = 1
        use.answered.add(FIRST)
        edited = _with(in_force, sub_mch_id="1900000777")
        kept = merchants.keep(edited, None, FIRST, seen=in_force, in_force=in_force)
        assert kept.find_account(FIRST) == in_force.account
        assert merchant_of(kept).sub_mch_id == "1900000777"

    def test_added_profile_is_saved_with_all_that_is_in_force(
        self, merchants: Merchants, in_force: Settings
    ) -> None:
        added = replace(merchant_of(in_force), parking_name="南门停车场")
        edited = change_merchant(replace(in_force, account_id=""), added, proven=False)
        kept = merchants.keep(edited, None, "", seen=in_force, in_force=in_force)
        assert [account.merchant for account in kept.accounts] == [merchant_of(in_force), added]
        assert kept.account_id == in_force.account_id

    def test_last_profile_is_removed(self, merchants: Merchants, in_force: Settings) -> None:
        assert merchants.remove(FIRST, in_force) == replace(in_force, accounts=(), account_id="")

    def test_removed_account_with_an_entry_is_added_to_all_that_is_in_force(
        self, merchants: Merchants, in_force: Settings, use: FakeUse
    ) -> None:
        removed = replace(in_force.accounts[0], account_id="10000098-1900000777")
        use.open[removed.account_id] = 1
        kept = merchants.keep_used([removed], in_force)
        assert kept is not None
        assert set(kept.accounts) == {*in_force.accounts, removed}
        assert kept.account_id == in_force.account_id


def _other_lot(settings: Settings) -> Settings:
    return _with(settings, mch_id="777", parking_name="东门停车场")


def test_booth_network_and_updates_are_kept_and_appearance_is_not(
    merchants: Merchants, settings: FakeSettings
) -> None:
    before = settings.settings
    edited = changed(before, name="2号岗", proxy_url="http://10.0.0.1:3128", theme="dark")
    kept = merchants.keep(edited, None)
    assert kept == changed(before, name="2号岗", proxy_url="http://10.0.0.1:3128")


def test_merchant_without_an_account_cannot_be_kept(merchants: Merchants) -> None:
    with pytest.raises(NotSetUpError):
        merchants.keep(Settings(), NEW_KEY)


def test_another_lot_keeps_the_account_and_key_of_waiting_entries(
    booth: Booth, merchants: Merchants, settings: FakeSettings, use: FakeUse
) -> None:
    use.open[FIRST] = 3
    old_key = booth.vault.keys["10000098"]
    kept = merchants.keep(_other_lot(settings.settings), NEW_KEY)
    assert kept.account_id == "777-1900000109"
    assert [account.account_id for account in kept.accounts] == [FIRST, "777-1900000109"]
    assert merchant_of(kept).mch_id == "777"
    assert booth.vault.keys == {"10000098": old_key, "777": NEW_KEY}


def test_replaced_account_without_waiting_entries_goes_with_its_key(
    booth: Booth, merchants: Merchants, settings: FakeSettings
) -> None:
    kept = merchants.keep(_other_lot(settings.settings), NEW_KEY)
    assert [account.account_id for account in kept.accounts] == ["777-1900000109"]
    assert booth.vault.keys == {"777": NEW_KEY}


def test_entry_that_was_entered_while_its_account_was_replaced_keeps_account_and_key(
    booth: Booth, merchants: Merchants, settings: FakeSettings, use: FakeUse
) -> None:
    """The keyring may take seconds, in which the attendant goes on."""
    old_key = booth.vault.keys["10000098"]
    use.entered_while_asked.append(FIRST)
    kept = merchants.keep(_other_lot(settings.settings), NEW_KEY)
    assert kept.account_id == "777-1900000109"
    assert {account.account_id for account in kept.accounts} == {FIRST, "777-1900000109"}
    assert kept.find_account(FIRST) == booth.settings.value.account
    assert booth.vault.keys == {"10000098": old_key, "777": NEW_KEY}


def test_removed_account_that_has_entries_is_added_again_without_becoming_current(
    booth: Booth, merchants: Merchants, settings: FakeSettings, use: FakeUse
) -> None:
    removed = [account for account in settings.settings.accounts if account.account_id == FIRST]
    merchants.keep(_other_lot(settings.settings), NEW_KEY)
    assert merchants.keep_used(removed) is None
    assert settings.settings.find_account(FIRST) is None
    use.open[FIRST] = 1
    kept = merchants.keep_used(removed)
    assert kept == settings.settings
    assert kept.find_account(FIRST) == removed[0]
    assert kept.account_id == "777-1900000109"


def test_dropped_account_leaves_the_key_that_another_account_uses(
    booth: Booth, merchants: Merchants, settings: FakeSettings
) -> None:
    before = dict(booth.vault.keys)
    kept = merchants.keep(_with(settings.settings, sub_mch_id="42", parking_name="东门"), None)
    assert [account.account_id for account in kept.accounts] == ["10000098-42"]
    assert booth.vault.keys == before


def test_correction_of_an_unproven_merchant_keeps_its_account(
    merchants: Merchants, settings: FakeSettings, use: FakeUse
) -> None:
    use.open[FIRST] = 3
    kept = merchants.keep(_with(settings.settings, mch_id="777"), NEW_KEY)
    assert (kept.account_id, merchant_of(kept).mch_id) == (FIRST, "777")
    assert len(kept.accounts) == 1


def test_other_ids_after_an_answer_open_an_account(
    merchants: Merchants, settings: FakeSettings, use: FakeUse
) -> None:
    use.open[FIRST] = 3
    use.answered.add(FIRST)
    kept = merchants.keep(_with(settings.settings, mch_id="777"), NEW_KEY)
    assert (kept.account_id, len(kept.accounts)) == ("777-1900000109", 2)


def test_full_disk_leaves_accounts_and_keys_as_they_were(
    booth: Booth, merchants: Merchants, settings: FakeSettings
) -> None:
    before, keys = settings.settings, dict(booth.vault.keys)
    settings.full = True
    with pytest.raises(SettingsNotWrittenError):
        merchants.keep(_other_lot(before), NEW_KEY)
    assert (settings.settings, booth.vault.keys) == (before, keys)


def test_unreadable_settings_are_replaced_by_what_was_entered(
    merchants: Merchants, settings: FakeSettings
) -> None:
    entered = changed(settings.settings, theme="dark")
    settings.unreadable = SettingsUnreadableError("booth.name")
    assert merchants.keep(entered, NEW_KEY) == entered


def test_settings_of_a_newer_version_are_not_replaced(
    booth: Booth, merchants: Merchants, settings: FakeSettings
) -> None:
    settings.unreadable = SettingsNewerError("format 3")
    with pytest.raises(SettingsNewerError):
        merchants.keep(settings.settings, NEW_KEY)
    assert NEW_KEY not in booth.vault.keys.values()


def test_account_with_waiting_entries_is_not_forgotten(
    booth: Booth, merchants: Merchants, settings: FakeSettings, use: FakeUse
) -> None:
    use.open[FIRST] = 3
    before, keys = settings.settings, dict(booth.vault.keys)
    with pytest.raises(AccountInUseError) as caught:
        merchants.forget()
    assert caught.value.waiting == 3
    assert (settings.settings, booth.vault.keys) == (before, keys)


def test_forgetting_leaves_an_old_account_whose_entries_wait(
    booth: Booth, merchants: Merchants, settings: FakeSettings, use: FakeUse
) -> None:
    use.open[FIRST] = 3
    old_key = booth.vault.keys["10000098"]
    merchants.keep(_other_lot(settings.settings), NEW_KEY)
    assert merchants.forget() == {"10000098"}
    assert [account.account_id for account in settings.settings.accounts] == [FIRST]
    assert settings.settings.account is None
    assert booth.vault.keys == {"10000098": old_key}


def test_locked_keyring_keeps_the_merchant_from_being_forgotten(
    booth: Booth, merchants: Merchants, settings: FakeSettings
) -> None:
    before = settings.settings
    booth.vault.failure = KeyringLockedError()
    with pytest.raises(KeyringLockedError):
        merchants.forget()
    assert settings.settings == before


def change(merchants: Merchants, *assignments: str) -> dict[str, tuple[Any, Any]]:
    """Return the changed settings with their values before and after."""
    made = merchants.keep_changes(read_assignments(assignments))
    return {difference.name: (difference.before, difference.after) for difference in made}


def test_only_named_settings_are_changed(merchants: Merchants, settings: FakeSettings) -> None:
    before = settings.settings
    made = change(merchants, "booth.name=3号岗", "appearance.theme=dark", "booth.expiry_hours=24")
    assert made == {"booth.name": ("1号岗", "3号岗"), "appearance.theme": ("system", "dark")}
    assert settings.settings == changed(before, name="3号岗", theme="dark")


def test_refused_setting_leaves_all_others_unchanged(
    merchants: Merchants, settings: FakeSettings
) -> None:
    before = settings.settings
    with pytest.raises(SettingsRefusedError):
        change(merchants, "booth.name=3号岗", "booth.expiry_hours=0")
    assert settings.settings == before


def test_settings_that_have_their_values_are_not_written(
    merchants: Merchants, settings: FakeSettings
) -> None:
    settings.full = True
    assert change(merchants, "booth.name=1号岗", "merchant.free_time=0") == {}


def test_merchant_of_a_new_booth_needs_no_key_yet(booth: Booth, use: FakeUse) -> None:
    booth.vault.keys.clear()
    merchants = Merchants(FakeSettings(Settings()), booth.vault, use)
    names = ("appid=wx1", "mch_id=7", "sub_mch_id=8", "parking_name=东门")
    assert len(change(merchants, *(f"merchant.{name}" for name in names))) == len(names)
    assert merchant_of(merchants.load()).ids == ("7", "8")


def test_other_merchant_number_of_a_booth_needs_its_key(
    booth: Booth, merchants: Merchants, settings: FakeSettings
) -> None:
    before = settings.settings
    with pytest.raises(OtherKeyMissingError, match="777"):
        change(merchants, "merchant.mch_id=777", "booth.name=3号岗")
    assert settings.settings == before
    booth.vault.keys["777"] = NEW_KEY
    assert list(change(merchants, "merchant.mch_id=777")) == ["merchant.mch_id"]
    assert list(booth.vault.keys) == ["777"]


def test_named_car_park_is_another_account_while_entries_wait(
    merchants: Merchants, settings: FakeSettings, use: FakeUse
) -> None:
    first = settings.settings.account_id
    use.open[first] = 1
    change(merchants, "merchant.sub_mch_id=42", "merchant.parking_name=东门停车场")
    assert settings.settings.accounts[0].account_id == first
    assert settings.settings.account_id != first


def test_full_disk_is_told_and_changes_no_setting(
    merchants: Merchants, settings: FakeSettings
) -> None:
    settings.full = True
    with pytest.raises(SettingsNotWrittenError):
        change(merchants, "booth.name=3号岗")


def test_changes_do_not_replace_an_unreadable_file(
    merchants: Merchants, settings: FakeSettings
) -> None:
    settings.unreadable = SettingsUnreadableError("booth.name")
    with pytest.raises(SettingsUnreadableError):
        change(merchants, "booth.name=3号岗")
    assert settings.unreadable is not None


class TestSecondEditor:
    """An editor that was opened before another one saved."""

    @pytest.fixture
    def seen(self, settings: FakeSettings) -> Settings:
        return settings.settings

    def test_newer_values_stay_where_the_editor_changed_nothing(
        self, merchants: Merchants, settings: FakeSettings, seen: Settings
    ) -> None:
        newer = changed(_with(seen, free_time=77, notify_url="https://a.example/x"), proxy="none")
        settings.settings = changed(newer, plate_prefix="粤B", font_scale=150)
        edited = changed(_with(seen, free_time=88), expiry_hours=5)
        kept = merchants.keep(edited, None, seen=seen)
        merchant = merchant_of(kept)
        assert (merchant.free_time, merchant.notify_url) == (88, "https://a.example/x")
        assert (kept.booth.plate_prefix, kept.booth.expiry_hours) == ("粤B", 5)
        assert (kept.network.proxy, kept.appearance.font_scale) == ("none", 150)

    def test_value_set_back_by_the_editor_counts_as_unchanged(
        self, merchants: Merchants, settings: FakeSettings, seen: Settings
    ) -> None:
        settings.settings = changed(seen, name="2号岗")
        assert merchants.keep(seen, None, seen=seen) == changed(seen, name="2号岗")

    def test_typed_key_is_stored_for_the_ids_that_the_editor_shows(
        self, booth: Booth, merchants: Merchants, settings: FakeSettings, seen: Settings
    ) -> None:
        number = merchant_of(seen).mch_id
        settings.settings = _with(seen, mch_id="777", free_time=77)
        booth.vault.keys["777"] = Secret("7" * 31 + "a")
        kept = merchants.keep(seen, NEW_KEY, seen=seen)
        assert booth.vault.keys[number] == NEW_KEY
        assert (merchant_of(kept).mch_id, merchant_of(kept).free_time) == (number, 77)

    def test_newer_ids_stay_if_no_key_was_typed(
        self, booth: Booth, merchants: Merchants, settings: FakeSettings, seen: Settings
    ) -> None:
        settings.settings = _with(seen, mch_id="777")
        booth.vault.keys["777"] = Secret("7" * 31 + "a")
        kept = merchants.keep(changed(seen, expiry_hours=5), None, seen=seen)
        assert (merchant_of(kept).mch_id, kept.booth.expiry_hours) == ("777", 5)
        assert booth.vault.keys["777"] == Secret("7" * 31 + "a")

    def test_values_that_do_not_go_together_are_refused(
        self, merchants: Merchants, settings: FakeSettings, seen: Settings
    ) -> None:
        key = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3"
        shown = changed(seen, version_file="/srv/version", version_key=key)
        edited = changed(shown, version_file="/srv/other")
        settings.settings = seen
        with pytest.raises(InvalidInputError):
            merchants.keep(edited, None, seen=shown)
        assert settings.settings == seen

    def test_profile_removed_meanwhile_is_refused(
        self, merchants: Merchants, settings: FakeSettings, seen: Settings
    ) -> None:
        settings.settings = seen.without_account(seen.account_id)
        with pytest.raises(ProfileUnknownError):
            merchants.keep(_with(seen, free_time=88), None, seen.account_id, seen=seen)
