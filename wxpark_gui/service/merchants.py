"""Changes of the settings and of the merchant keys that belong to them.

The module exceeds the project's limit of 300 lines: the one writer of settings and keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from wxpark_gui.domain.errors import (
    AccountInUseError,
    KeyMissingError,
    KeyringMismatchError,
    KeyUnavailableError,
    NotSetUpError,
    OtherKeyMissingError,
    ProfileCurrentError,
    ProfileUnknownError,
    SettingsNewerError,
    SettingsNotWrittenError,
    SettingsUnreadableError,
)
from wxpark_gui.domain.merchant import MerchantProfile, Secret, check_merchant
from wxpark_gui.domain.profiles import check_label, has_profiles, removed_accounts, switched
from wxpark_gui.domain.setting_changes import (
    Difference,
    SettingChanges,
    apply_changes,
    differences,
)
from wxpark_gui.domain.setting_merge import merge_merchant, merge_sections
from wxpark_gui.domain.settings import (
    Account,
    Settings,
    check_settings,
    edited_account,
    new_account,
)

if TYPE_CHECKING:
    from wxpark_gui.service.ports import AccountUse, SettingsStore, Vault


@dataclass(frozen=True, slots=True)
class Merchants:
    """The only writer of settings and keys. Every method may block, so the GUI thread calls none.

    Attributes:
        vault: must read the keyring on every call of `load`, without a cache.
        use: counts the open entries of accounts; its errors are raised by `keep` and `forget`.
    """

    settings: SettingsStore
    vault: Vault
    use: AccountUse

    def load(self) -> Settings:
        """Read the settings from disk; the defaults if there is no file.

        Raises:
            SettingsUnreadableError: the file cannot be read or is invalid.
        """
        return self.settings.load()

    def keep(
        self,
        settings: Settings,
        key: Secret | None,
        profile: str | None = None,
        *,
        seen: Settings | None = None,
        in_force: Settings | None = None,
    ) -> Settings:
        """Save edited settings and, if given, a new key; return the settings as stored.

        The edited profile is changed by the rules of `edited_account`. If the merchant gets another
        account, the former one is removed with its key, unless it has open entries. Other profiles
        and the appearance on disk are not changed. An unreadable file is replaced.

        Args:
            settings: their current account has the edited merchant.
            key: None if the keyring already has the key of this merchant.
            profile: id of the edited account; empty to add a profile, which does not become the
                current one; None for the current account.
            seen: the settings that the editor showed when it was opened, with the edited account as
                the current one. Values that it did not change are those on disk, which another
                editor may have saved since then. None saves all values.
            in_force: takes the place of the file if that was lost while the program ran.

        Raises:
            NotSetUpError: the settings have no current account.
            ProfileUnknownError: the edited account was removed.
            InvalidInputError: a field is invalid, or another profile has this name.
            KeyUnavailableError: the key could not be stored, or `key` is None and none can be read.
            SettingsNewerError: a newer version wrote the file, which is not replaced.
            SettingsNotWrittenError: the file could not be written; the keyring is as before.
        """
        if settings.account is None:
            raise NotSetUpError
        merchant = check_merchant(settings.account.merchant)
        check_settings(settings)
        stored = self._stored(settings, profile, in_force)
        if seen is not None:
            merchant = _newest_merchant(merchant, seen, stored, has_key=key is not None)
            settings = check_settings(merge_sections(settings, seen, stored))
        edited = replace(
            settings,
            accounts=stored.accounts,
            account_id=stored.account_id,
            appearance=stored.appearance,
        )
        kept = self._with_merchant(edited, merchant, profile)
        if key is None:
            self.vault.load(merchant.mch_id)
            self.settings.save(kept)
        else:
            self._keep_both(kept, merchant.mch_id, key)
        kept = self.keep_used(removed_accounts(stored, kept)) or kept
        self._forget_quietly(_mch_ids(stored.accounts) - _mch_ids(kept.accounts))
        # Read back, because the training mode does not store the account.
        return self.settings.load()

    def keep_used(
        self, removed: Sequence[Account], in_force: Settings | None = None
    ) -> Settings | None:
        """Add the removed accounts again that have open entries; return the settings as stored.

        An entry may have been entered while its account was being removed. The result is None if
        no account has one. The current account stays. `in_force` is as in `keep`.

        Raises:
            SettingsUnreadableError: the file cannot be read or is invalid; it is not changed.
            SettingsNotWrittenError: the file could not be written.
        """
        used = [account for account in removed if self.use.waiting(account.account_id)]
        if not used:
            return None
        stored = self._load(in_force)
        accounts = {account.account_id: account for account in (*used, *stored.accounts)}
        self.settings.save(replace(stored, accounts=tuple(accounts.values())))
        return self.settings.load()

    def keep_appearance(self, settings: Settings) -> Settings:
        """Save only the appearance of `settings`; return the settings as stored.

        If the file was lost while the program ran, all of `settings` is saved.

        Raises:
            InvalidInputError: a value is invalid.
            SettingsUnreadableError: the file cannot be read or is invalid; it is not changed.
            SettingsNotWrittenError: the file could not be written.
        """
        kept = replace(self._load(settings), appearance=settings.appearance)
        self.settings.save(check_settings(kept))
        return self.settings.load()

    def keep_prefix(self, prefix: str, in_force: Settings | None = None) -> Settings:
        """Save only the booth's `plate_prefix`; return the settings as stored.

        Args:
            in_force: saved too if the file was lost while the program ran.

        Raises:
            InvalidInputError: the prefix is invalid.
            SettingsUnreadableError: the file cannot be read or is invalid; it is not changed.
            SettingsNotWrittenError: the file could not be written.
        """
        stored = self._load(in_force)
        kept = replace(stored, booth=replace(stored.booth, plate_prefix=prefix))
        self.settings.save(check_settings(kept))
        return self.settings.load()

    def keep_changes(self, changes: SettingChanges) -> tuple[Difference, ...]:
        """Save the settings that `changes` names and no others; return those that differ.

        The merchant is changed as by `keep`, but a key is needed only if the current account gets
        another `mch_id`, because a new booth gets its key later. Nothing is written if nothing
        differs.

        Raises:
            SettingsRefusedError: a name or value is refused; nothing was changed.
            InvalidInputError: another profile has the name that the current one would get.
            OtherKeyMissingError: the keyring holds no key for the other `mch_id`.
            KeyUnavailableError: another subclass, if the keyring cannot be used.
            SettingsUnreadableError: the file cannot be read or is invalid; it is not changed.
            SettingsNotWrittenError: the file could not be written.
        """
        stored = self.settings.load()
        kept, merchant = apply_changes(stored, changes)
        current = stored.account.merchant if stored.account else None
        if merchant is not None and merchant != current:
            if current is not None and current.mch_id != merchant.mch_id:
                self._require_key(merchant.mch_id)
            kept = self._with_merchant(kept, merchant)
        if kept == stored:
            return ()
        self.settings.save(kept)
        self._forget_quietly(_mch_ids(stored.accounts) - _mch_ids(kept.accounts))
        return differences(stored, kept)

    def forget(self) -> frozenset[str]:
        """Remove the current profile, and its key if no other one needs it; then none is current.

        A no-op without a current account.

        Returns:
            The `mch_id` of each key left in the keyring, because another profile needs it.

        Raises:
            SettingsUnreadableError: the file cannot be read or is invalid; nothing was changed.
            AccountInUseError: the account has open entries; nothing was changed.
            KeyUnavailableError: the key could not be removed; the settings were not changed.
            SettingsNotWrittenError: the settings were not changed, but the key may be removed.
        """
        stored = self.settings.load()
        if stored.account is not None:
            self._remove(stored, stored.account)
        return frozenset(_mch_ids(self.settings.load().accounts))

    def switch(self, account_id: str, in_force: Settings | None = None) -> Settings:
        """Make another profile the current one; return the settings as stored.

        Args:
            in_force: saved too if the file was lost while the program ran.

        Raises:
            ProfileUnknownError: there is no such profile.
            SettingsUnreadableError: the file cannot be read or is invalid; it is not changed.
            SettingsNotWrittenError: the file could not be written.
        """
        self.settings.save(switched(self._load(in_force), account_id))
        return self.settings.load()

    def remove(self, account_id: str, in_force: Settings | None = None) -> Settings:
        """Remove a profile, and its key if no other one needs it; return the settings as stored.

        The current profile can be removed only if it is the last one; then none is current.

        Args:
            in_force: saved too if the file was lost while the program ran.

        Raises:
            ProfileUnknownError: there is no such profile.
            ProfileCurrentError: it is the current one of several; nothing was changed.
            AccountInUseError, KeyUnavailableError, SettingsNotWrittenError: as `forget`.
        """
        stored = self._load(in_force)
        account = stored.find_account(account_id)
        if account is None:
            raise ProfileUnknownError(account_id)
        if account_id == stored.account_id and has_profiles(stored):
            raise ProfileCurrentError
        self._remove(stored, account)
        return self.settings.load()

    def _remove(self, stored: Settings, account: Account) -> None:
        """Remove an account, its key first, so that no key is left without an account."""
        if waiting := self.use.waiting(account.account_id):
            raise AccountInUseError(waiting)
        kept = stored.without_account(account.account_id)
        if account.merchant.mch_id not in _mch_ids(kept.accounts):
            self.vault.forget(account.merchant.mch_id)
        self.settings.save(kept)

    def _stored(
        self, settings: Settings, profile: str | None, in_force: Settings | None
    ) -> Settings:
        """Return the settings as by `_load`, or `settings` if the file is unreadable.

        A profile that is to be added is removed from the latter.

        Raises:
            SettingsNewerError: a newer version of the program wrote the file.
        """
        try:
            return self._load(in_force)
        except SettingsNewerError:
            raise
        except SettingsUnreadableError:
            return settings.without_account(settings.account_id) if profile == "" else settings

    def _load(self, in_force: Settings | None) -> Settings:
        """Return the settings on disk, or those in force if the file has lost all accounts."""
        stored = self.settings.load()
        if in_force is not None and in_force.accounts and not stored.accounts:
            return in_force
        return stored

    def _with_merchant(
        self, settings: Settings, merchant: MerchantProfile, profile: str | None = None
    ) -> Settings:
        """Return the settings with an edited or added profile; `profile` is as in `keep`.

        An account that the edit left without open entries is removed.
        """
        before = settings.account if profile is None else settings.find_account(profile)
        if profile and before is None:
            raise ProfileUnknownError(profile)
        if profile == "":
            after = new_account(settings, merchant)
        else:
            proven = before is not None and self.use.was_answered(before.account_id)
            after = edited_account(settings, before, merchant, proven=proven)
        check_label(settings, before, after)
        current = settings.account_id
        if before is None or before.account_id == current:
            # The first profile becomes the current one, too.
            current = current if current and before is None else after.account_id
        kept = replace(settings.with_account(after), account_id=current)
        is_replaced = before is not None and before.account_id != after.account_id
        if before is not None and is_replaced and not self.use.waiting(before.account_id):
            return kept.without_account(before.account_id)
        return kept

    def _require_key(self, mch_id: str) -> None:
        try:
            self.vault.load(mch_id)
        except KeyMissingError:
            raise OtherKeyMissingError(mch_id) from None

    def _keep_both(self, settings: Settings, mch_id: str, key: Secret) -> None:
        previous = self._previous_key(mch_id)
        self.vault.store(mch_id, key)
        try:
            self.settings.save(settings)
        except SettingsNotWrittenError:
            if previous is None:
                self._forget_quietly([mch_id])
            else:
                self.vault.store(mch_id, previous)
            raise

    def _previous_key(self, mch_id: str) -> Secret | None:
        """Return the stored key, to restore it on failure; None if it is missing or invalid."""
        try:
            return self.vault.load(mch_id)
        except (KeyMissingError, KeyringMismatchError):
            return None

    def _forget_quietly(self, mch_ids: Iterable[str]) -> frozenset[str]:
        """Remove keys; return the `mch_id` of those that could not be removed."""
        return frozenset(mch_id for mch_id in mch_ids if not self._try_to_forget(mch_id))

    def _try_to_forget(self, mch_id: str) -> bool:
        try:
            self.vault.forget(mch_id)
        except KeyUnavailableError:
            return False
        return True


def _newest_merchant(
    edited: MerchantProfile, seen: Settings, stored: Settings, *, has_key: bool
) -> MerchantProfile:
    """Return the edited merchant, with newer stored values where the editor changed nothing.

    A merchant that is new or was removed is returned as edited.
    """
    before = seen.account
    now = stored.find_account(before.account_id) if before else None
    if before is None or now is None:
        return edited
    return check_merchant(merge_merchant(edited, before.merchant, now.merchant, has_key=has_key))


def _mch_ids(accounts: Iterable[Account]) -> set[str]:
    return {account.merchant.mch_id for account in accounts}
