"""Changes of the settings and of the merchant keys that belong to them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from wxpark_gui.domain.errors import (
    AccountInUseError,
    KeyMissingError,
    KeyringMismatchError,
    KeyUnavailableError,
    NotSetUpError,
    OtherKeyMissingError,
    SettingsNewerError,
    SettingsNotWrittenError,
    SettingsUnreadableError,
)
from wxpark_gui.domain.merchant import Secret, check_merchant
from wxpark_gui.domain.setting_changes import (
    Difference,
    SettingChanges,
    apply_changes,
    differences,
)
from wxpark_gui.domain.settings import Account, Settings, change_merchant, check_settings
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

    def keep(self, settings: Settings, key: Secret | None) -> Settings:
        """Save edited settings and, if given, a new key; return the settings as stored.

        The accounts on disk are changed by the rules of `change_merchant`. Then all accounts but
        the current one are removed unless they have open entries, and the keys of the removed ones
        too. The appearance on disk is not changed. An unreadable file is replaced.

        Args:
            settings: their current account has the edited merchant.
            key: None if the keyring already has the key of this merchant.

        Raises:
            NotSetUpError: the settings have no current account.
            InvalidInputError: a field is invalid.
            KeyUnavailableError: the key could not be stored, or `key` is None and none can be read.
            SettingsNewerError: a newer version wrote the file, which is not replaced.
            SettingsNotWrittenError: the file could not be written; the keyring is as before.
        """
        if settings.account is None:
            raise NotSetUpError
        merchant = check_merchant(settings.account.merchant)
        check_settings(settings)
        stored = self._stored(settings)
        proven = stored.account is not None and self.use.was_answered(stored.account_id)
        edited = replace(
            settings,
            accounts=stored.accounts,
            account_id=stored.account_id,
            appearance=stored.appearance,
        )
        kept = self._without_unused(change_merchant(edited, merchant, proven=proven))
        if key is None:
            self.vault.load(merchant.mch_id)
            self.settings.save(kept)
        else:
            self._keep_both(kept, merchant.mch_id, key)
        self._forget_quietly(_mch_ids(stored.accounts) - _mch_ids(kept.accounts))
        # Read back, because the training mode does not store the account.
        return self.settings.load()

    def keep_appearance(self, settings: Settings) -> Settings:
        """Save only the appearance of `settings`; return the settings as stored.

        Raises:
            InvalidInputError: a value is invalid.
            SettingsUnreadableError: the file cannot be read or is invalid; it is not changed.
            SettingsNotWrittenError: the file could not be written.
        """
        kept = replace(self.settings.load(), appearance=settings.appearance)
        self.settings.save(check_settings(kept))
        return self.settings.load()

    def keep_prefix(self, prefix: str) -> Settings:
        """Save only the booth's `plate_prefix`; return the settings as stored.

        Raises:
            InvalidInputError: the prefix is invalid.
            SettingsUnreadableError: the file cannot be read or is invalid; it is not changed.
            SettingsNotWrittenError: the file could not be written.
        """
        stored = self.settings.load()
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
            proven = current is not None and self.use.was_answered(stored.account_id)
            kept = self._without_unused(change_merchant(kept, merchant, proven=proven))
        if kept == stored:
            return ()
        self.settings.save(kept)
        self._forget_quietly(_mch_ids(stored.accounts) - _mch_ids(kept.accounts))
        return differences(stored, kept)

    def forget(self) -> frozenset[str]:
        """Remove the current account, and its key if no other account needs it.

        Other accounts without open entries are removed too. A no-op without a current account.

        Returns:
            The `mch_id` of each key left in the keyring: an account with open entries needs it, or
            it is the key of another removed account and its removal failed.

        Raises:
            SettingsUnreadableError: the file cannot be read or is invalid; nothing was changed.
            AccountInUseError: the account has open entries; nothing was changed.
            KeyUnavailableError: the key could not be removed; the settings were not changed.
            SettingsNotWrittenError: the settings were not changed, but the key may be removed.
        """
        stored = self.settings.load()
        if stored.account is None:
            return frozenset()
        if waiting := self.use.waiting(stored.account_id):
            raise AccountInUseError(waiting)
        kept = self._without_unused(stored.without_account(stored.account_id))
        mch_id, still_used = stored.account.merchant.mch_id, _mch_ids(kept.accounts)
        if mch_id not in still_used:
            self.vault.forget(mch_id)
        self.settings.save(kept)
        left = self._forget_quietly(_mch_ids(stored.accounts) - still_used - {mch_id})
        return left | still_used

    def _stored(self, settings: Settings) -> Settings:
        """Return the settings on disk, or `settings` without accounts if the file is unreadable.

        Raises:
            SettingsNewerError: a newer version of the program wrote the file.
        """
        try:
            return self.settings.load()
        except SettingsNewerError:
            raise
        except SettingsUnreadableError:
            return replace(settings, accounts=(), account_id="")

    def _without_unused(self, settings: Settings) -> Settings:
        """Return the settings without accounts that are neither current nor have open entries."""
        accounts = tuple(
            account
            for account in settings.accounts
            if account.account_id == settings.account_id or self.use.waiting(account.account_id)
        )
        return replace(settings, accounts=accounts)

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


def _mch_ids(accounts: Iterable[Account]) -> set[str]:
    return {account.merchant.mch_id for account in accounts}
