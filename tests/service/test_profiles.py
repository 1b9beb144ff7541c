"""Profiles of one booth: adding, switching and removing them, and the way of their entries."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.service.conftest import (
    ACCOUNT,
    BOTH_ACCOUNTS,
    KEY,
    MERCHANT,
    OTHER_ACCOUNT,
    OTHER_MERCHANT,
    SETTINGS,
    Booth,
)
from tests.service.test_merchants import NEW_KEY, FakeSettings, FakeUse
from tests.settings import merchant_of
from wxpark_gui.domain.delivery import Cause, DeliveryState, Outcome
from wxpark_gui.domain.entry import EntryDraft
from wxpark_gui.domain.errors import (
    AccountInUseError,
    Field,
    InvalidInputError,
    KeyMissingError,
    KeyringLockedError,
    Problem,
    ProfileCurrentError,
    ProfileUnknownError,
    SettingsNotWrittenError,
    SettingsUnreadableError,
)
from wxpark_gui.domain.history import HistoryFilter
from wxpark_gui.domain.merchant import MerchantProfile
from wxpark_gui.domain.setting_changes import read_assignments
from wxpark_gui.domain.settings import Settings, change_merchant
from wxpark_gui.service.merchants import Merchants
from wxpark_gui.service.outbox import Outbox
from wxpark_gui.service.submit import Submission
from wxpark_gui.storage.history import SqliteHistory
from wxpark_gui.storage.journal import SqliteJournal
from wxpark_gui.storage.settings import TomlSettings

FIRST, OTHER = ACCOUNT.account_id, OTHER_ACCOUNT.account_id
SHARED = replace(MERCHANT, sub_mch_id="1900000777", parking_name="南门停车场")
NORMAL = Outcome(Cause.ANSWERED, user_state="NORMAL")
OFFLINE = Outcome(Cause.OFFLINE)
WRONG_KEY = Outcome(Cause.SIGNATURE_REFUSED)


@pytest.fixture
def settings() -> FakeSettings:
    return FakeSettings(BOTH_ACCOUNTS)


@pytest.fixture
def use() -> FakeUse:
    return FakeUse()


@pytest.fixture
def merchants(booth: Booth, settings: FakeSettings, use: FakeUse) -> Merchants:
    booth.vault.keys[OTHER_MERCHANT.mch_id] = KEY
    return Merchants(settings, booth.vault, use)


def edited(settings: Settings, merchant: MerchantProfile, account_id: str = "") -> Settings:
    """Return the settings as the dialog of one profile passes them on."""
    return change_merchant(replace(settings, account_id=account_id), merchant, proven=False)


class TestMerchants:
    def test_added_profile_does_not_become_current(
        self, booth: Booth, merchants: Merchants, settings: FakeSettings
    ) -> None:
        new = replace(MERCHANT, mch_id="777", parking_name="南门停车场")
        kept = merchants.keep(edited(settings.settings, new), NEW_KEY, "")
        assert [a.account_id for a in kept.accounts] == [FIRST, OTHER, "777-1900000109"]
        assert (kept.account_id, kept.accounts[-1].merchant) == (FIRST, new)
        assert booth.vault.keys["777"] == NEW_KEY

    def test_first_profile_becomes_current(self, booth: Booth, use: FakeUse) -> None:
        merchants = Merchants(FakeSettings(Settings()), booth.vault, use)
        assert merchants.keep(edited(Settings(), MERCHANT), KEY, "") == SETTINGS

    def test_profile_that_shares_a_merchant_number_needs_no_key(
        self, booth: Booth, merchants: Merchants, settings: FakeSettings
    ) -> None:
        before = dict(booth.vault.keys)
        kept = merchants.keep(edited(settings.settings, SHARED), None, "")
        assert kept.accounts[-1].merchant == SHARED
        assert booth.vault.keys == before

    def test_two_lots_of_one_sub_merchant_are_two_profiles(
        self, merchants: Merchants, settings: FakeSettings
    ) -> None:
        lot = replace(MERCHANT, parking_name="南门停车场", free_time=900)
        kept = merchants.keep(edited(settings.settings, lot), None, "")
        assert [a.account_id for a in kept.accounts] == [FIRST, OTHER, f"{FIRST}-2"]
        assert kept.accounts[0].merchant == MERCHANT

    def test_new_profile_of_a_merchant_number_without_key_is_refused(
        self, merchants: Merchants, settings: FakeSettings
    ) -> None:
        new = replace(MERCHANT, mch_id="777", parking_name="南门停车场")
        with pytest.raises(KeyMissingError):
            merchants.keep(edited(settings.settings, new), None, "")
        assert settings.settings == BOTH_ACCOUNTS

    @pytest.mark.parametrize("profile", ["", OTHER], ids=["added", "renamed"])
    def test_name_of_another_profile_is_refused(
        self, merchants: Merchants, settings: FakeSettings, profile: str
    ) -> None:
        taken = replace(OTHER_MERCHANT, profile_name=MERCHANT.parking_name)
        with pytest.raises(InvalidInputError) as caught:
            merchants.keep(edited(settings.settings, taken, profile), None, profile)
        assert [(e.field, e.problem) for e in caught.value.errors] == [
            (Field.PROFILE_NAME, Problem.NAME_TAKEN)
        ]
        assert settings.settings == BOTH_ACCOUNTS

    def test_edit_of_another_profile_keeps_the_current_one(
        self, merchants: Merchants, settings: FakeSettings
    ) -> None:
        changed = replace(OTHER_MERCHANT, free_time=1200)
        kept = merchants.keep(edited(settings.settings, changed, OTHER), None, OTHER)
        assert kept == replace(
            BOTH_ACCOUNTS, accounts=(ACCOUNT, replace(OTHER_ACCOUNT, merchant=changed))
        )

    def test_edit_of_the_current_profile_leaves_the_others(
        self, booth: Booth, merchants: Merchants, settings: FakeSettings
    ) -> None:
        changed = replace(MERCHANT, free_time=1200)
        kept = merchants.keep(edited(settings.settings, changed, FIRST), None)
        assert [a.merchant for a in kept.accounts] == [changed, OTHER_MERCHANT]
        assert set(booth.vault.keys) == {MERCHANT.mch_id, OTHER_MERCHANT.mch_id}

    def test_profile_removed_while_its_dialog_was_open_is_not_saved(
        self, merchants: Merchants, settings: FakeSettings
    ) -> None:
        view = edited(settings.settings, OTHER_MERCHANT, OTHER)
        merchants.remove(OTHER)
        with pytest.raises(ProfileUnknownError):
            merchants.keep(view, None, OTHER)
        assert settings.settings == SETTINGS

    def test_unreadable_file_is_replaced_with_all_profiles(
        self, merchants: Merchants, settings: FakeSettings
    ) -> None:
        view = edited(BOTH_ACCOUNTS, SHARED)
        settings.unreadable = SettingsUnreadableError("booth.name")
        kept = merchants.keep(view, None, "")
        assert [a.merchant for a in kept.accounts] == [MERCHANT, OTHER_MERCHANT, SHARED]

    def test_switch_changes_the_current_profile_only(
        self, merchants: Merchants, settings: FakeSettings
    ) -> None:
        assert merchants.switch(OTHER) == replace(BOTH_ACCOUNTS, account_id=OTHER)
        assert settings.settings.account_id == OTHER

    def test_switch_to_a_profile_without_a_key_is_made(
        self, booth: Booth, merchants: Merchants
    ) -> None:
        del booth.vault.keys[OTHER_MERCHANT.mch_id]
        assert merchants.switch(OTHER).account_id == OTHER

    def test_switch_to_an_unknown_profile_is_refused(
        self, merchants: Merchants, settings: FakeSettings
    ) -> None:
        with pytest.raises(ProfileUnknownError):
            merchants.switch("777-1")
        assert settings.settings == BOTH_ACCOUNTS

    def test_full_disk_keeps_the_current_profile(
        self, merchants: Merchants, settings: FakeSettings
    ) -> None:
        settings.full = True
        with pytest.raises(SettingsNotWrittenError):
            merchants.switch(OTHER)
        assert settings.settings == BOTH_ACCOUNTS

    def test_removed_profile_goes_with_its_key(
        self, booth: Booth, merchants: Merchants, settings: FakeSettings
    ) -> None:
        assert merchants.remove(OTHER) == SETTINGS
        assert settings.settings == SETTINGS
        assert set(booth.vault.keys) == {MERCHANT.mch_id}

    def test_key_that_another_profile_uses_stays(
        self, booth: Booth, merchants: Merchants, settings: FakeSettings
    ) -> None:
        kept = merchants.keep(edited(settings.settings, SHARED), None, "")
        merchants.remove(kept.accounts[-1].account_id)
        assert MERCHANT.mch_id in booth.vault.keys

    def test_profile_with_waiting_entries_is_not_removed(
        self, booth: Booth, merchants: Merchants, settings: FakeSettings, use: FakeUse
    ) -> None:
        use.open[OTHER] = 3
        keys = dict(booth.vault.keys)
        with pytest.raises(AccountInUseError) as caught:
            merchants.remove(OTHER)
        assert caught.value.waiting == 3
        assert (settings.settings, booth.vault.keys) == (BOTH_ACCOUNTS, keys)

    def test_current_profile_is_not_removed_beside_others(
        self, merchants: Merchants, settings: FakeSettings
    ) -> None:
        with pytest.raises(ProfileCurrentError):
            merchants.remove(FIRST)
        assert settings.settings == BOTH_ACCOUNTS

    def test_last_profile_is_removed_and_none_is_current(
        self, booth: Booth, merchants: Merchants
    ) -> None:
        merchants.remove(OTHER)
        kept = merchants.remove(FIRST)
        assert (kept.accounts, kept.account_id, booth.vault.keys) == ((), "", {})

    def test_locked_keyring_keeps_the_profile(
        self, booth: Booth, merchants: Merchants, settings: FakeSettings
    ) -> None:
        booth.vault.failure = KeyringLockedError()
        with pytest.raises(KeyringLockedError):
            merchants.remove(OTHER)
        assert settings.settings == BOTH_ACCOUNTS

    def test_full_disk_leaves_the_profile_and_the_next_try_removes_it(
        self, booth: Booth, merchants: Merchants, settings: FakeSettings
    ) -> None:
        settings.full = True
        with pytest.raises(SettingsNotWrittenError):
            merchants.remove(OTHER)
        assert settings.settings == BOTH_ACCOUNTS
        settings.full = False
        assert merchants.remove(OTHER) == SETTINGS

    def test_forgetting_the_current_profile_leaves_the_others(
        self, booth: Booth, merchants: Merchants, settings: FakeSettings
    ) -> None:
        assert merchants.forget() == {OTHER_MERCHANT.mch_id}
        assert settings.settings == Settings((OTHER_ACCOUNT,), "")
        assert set(booth.vault.keys) == {OTHER_MERCHANT.mch_id}

    def test_named_settings_change_the_current_profile_only(
        self, merchants: Merchants, settings: FakeSettings
    ) -> None:
        merchants.switch(OTHER)
        merchants.keep_changes(read_assignments(["merchant.free_time=77"]))
        assert merchant_of(settings.settings) == replace(OTHER_MERCHANT, free_time=77)
        assert settings.settings.accounts[0] == ACCOUNT

    def test_named_settings_that_would_make_two_profiles_alike_are_refused(
        self, merchants: Merchants, settings: FakeSettings
    ) -> None:
        name = OTHER_MERCHANT.parking_name
        with pytest.raises(InvalidInputError):
            merchants.keep_changes(read_assignments([f"merchant.parking_name={name}"]))
        assert settings.settings == BOTH_ACCOUNTS


class TestEntries:
    @pytest.fixture(autouse=True)
    def both(self, booth: Booth) -> None:
        booth.settings.replace(BOTH_ACCOUNTS)
        booth.vault.keys[OTHER_MERCHANT.mch_id] = KEY

    def test_entry_under_way_goes_out_for_the_profile_it_was_entered_with(
        self, booth: Booth
    ) -> None:
        new = booth.submission.prepare(EntryDraft("粤B12345"))
        switch(booth, OTHER)
        booth.submission.deliver(booth.submission.save(new))
        booth.send("粤B12345", NORMAL)
        assert booth.gateway.merchants == [MERCHANT, OTHER_MERCHANT]

    def test_waiting_entries_go_out_with_the_ids_name_and_free_time_of_their_own(
        self, booth: Booth
    ) -> None:
        for number, account_id in enumerate((FIRST, OTHER, FIRST)):
            switch(booth, account_id)
            booth.send(f"粤B0000{number}", OFFLINE)
        booth.gateway.outcomes = [NORMAL]
        booth.gateway.merchants.clear()
        flush(booth)
        assert booth.gateway.merchants == [MERCHANT, OTHER_MERCHANT, MERCHANT]

    def test_settings_changed_after_the_switch_do_not_reach_waiting_entries(
        self, booth: Booth
    ) -> None:
        booth.send("粤B00001", OFFLINE)
        renamed = replace(MERCHANT, parking_name="新名停车场", free_time=99)
        booth.settings.replace(
            replace(BOTH_ACCOUNTS, accounts=(replace(ACCOUNT, merchant=renamed), OTHER_ACCOUNT))
        )
        switch(booth, OTHER)
        booth.gateway.outcomes = [NORMAL]
        flush(booth)
        assert booth.gateway.merchants[-1] == MERCHANT

    def test_verdict_is_of_the_entry_that_was_sent(self, booth: Booth) -> None:
        booth.gateway.by_plate = {
            "粤B00001": Outcome(Cause.ANSWERED, user_state="OVERDUE"),
            "粤B00002": NORMAL,
        }
        first = booth.save("粤B00001")
        switch(booth, OTHER)
        second = booth.submission.deliver(booth.save("粤B00002"))
        first = booth.submission.deliver(first)
        found = [(r.origin.account_id, r.outcome and r.outcome.user_state) for r in (first, second)]
        assert found == [(FIRST, "OVERDUE"), (OTHER, "NORMAL")]

    def test_wrong_key_of_one_profile_holds_no_entry_of_another(self, booth: Booth) -> None:
        outbox = Outbox(booth.journal, booth.submission, booth.clock)
        booth.gateway.by_plate = {"粤B00001": WRONG_KEY}
        outbox.note_outcome(booth.send("粤B00001"))
        switch(booth, OTHER)
        waiting = booth.send("粤B00002", OFFLINE)
        booth.gateway.outcomes = [NORMAL]
        for _ in range(20):
            booth.clock.advance(1)
            outbox.step()
        assert booth.state(waiting) is DeliveryState.ANSWERED
        backlog = booth.journal.backlog()
        assert (backlog.is_held(FIRST), backlog.waiting(FIRST), backlog.count) == (True, 1, 1)

    def test_missing_key_of_one_profile_holds_no_entry_of_another(self, booth: Booth) -> None:
        del booth.vault.keys[OTHER_MERCHANT.mch_id]
        switch(booth, OTHER)
        held = booth.send("粤B00001", NORMAL)
        switch(booth, FIRST)
        assert booth.send("粤B00002", NORMAL).state is DeliveryState.ANSWERED
        assert booth.state(held) is DeliveryState.WAITING
        backlog = booth.journal.backlog()
        assert (backlog.is_held(OTHER), backlog.is_held(FIRST)) == (True, False)

    def test_history_of_one_car_park_has_its_entries_of_all_times(
        self, booth: Booth, tmp_path: Path
    ) -> None:
        for number, account_id in enumerate((FIRST, OTHER, FIRST)):
            switch(booth, account_id)
            booth.send(f"粤B0000{number}", NORMAL)
        history = SqliteHistory(tmp_path / "journal.sqlite3", tmp_path / "archive", booth.clock)
        assert history.choices().lots == (OTHER_MERCHANT.parking_name, MERCHANT.parking_name)
        found = history.page(HistoryFilter(lot=MERCHANT.parking_name), 9).entries
        assert [each.record.entry.label for each in found] == ["粤B·00002", "粤B·00000"]
        history.close()

    def test_correction_and_resend_stay_with_the_profile_of_the_entry(self, booth: Booth) -> None:
        refused = booth.send("粤B00001", Outcome(Cause.CONTENT_REFUSED))
        switch(booth, OTHER)
        again = booth.submission.prepare_resend(refused)
        right = booth.submission.prepare_correction(refused, EntryDraft("粤B00002"))
        assert {again.origin.account_id, right.origin.account_id} == {FIRST}
        assert {again.origin.lot, right.origin.lot} == {MERCHANT.parking_name}

    def test_profile_with_a_real_waiting_entry_is_not_removed(self, booth: Booth) -> None:
        booth.send("粤B00001", OFFLINE)
        settings = FakeSettings(replace(BOTH_ACCOUNTS, account_id=OTHER))
        with pytest.raises(AccountInUseError) as caught:
            Merchants(settings, booth.vault, booth.journal).remove(FIRST)
        assert caught.value.waiting == 1

    def test_entry_of_a_killed_run_goes_out_for_its_own_profile_after_the_next_start(
        self, booth: Booth, tmp_path: Path
    ) -> None:
        file = TomlSettings(tmp_path / "settings.toml")
        file.save(BOTH_ACCOUNTS)
        booth.save("粤B00001")
        Merchants(file, booth.vault, booth.journal).switch(OTHER)
        booth.journal.close()
        journal = SqliteJournal(tmp_path / "journal.sqlite3", booth.clock)
        booth.settings.replace(file.load())
        submission: Submission = replace(booth.submission, journal=journal)
        submission.deliver(submission.save(submission.prepare(EntryDraft("粤B00002"))))
        Outbox(journal, submission, booth.clock).flush(booth.clock.advance)
        assert booth.gateway.merchants == [OTHER_MERCHANT, MERCHANT]
        assert journal.backlog().count == 0
        journal.close()


def switch(booth: Booth, account_id: str) -> None:
    booth.settings.replace(replace(booth.settings.value, account_id=account_id))


def flush(booth: Booth) -> None:
    booth.clock.advance(400)
    Outbox(booth.journal, booth.submission, booth.clock).flush(booth.clock.advance)
