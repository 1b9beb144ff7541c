"""Changes of merchants in settings and keyring together; a failed change is undone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from wxpark_gui.domain.errors import (
    AccountInUseError,
    KeyMissingError,
    KeyringMismatchError,
    KeyUnavailableError,
    NotSetUpError,
    SettingsNewerError,
    SettingsNotWrittenError,
    SettingsUnreadableError,
)
from wxpark_gui.domain.merchant import Secret, check_merchant
from wxpark_gui.domain.settings import Account, Settings, change_merchant, check_settings
from wxpark_gui.service.ports import AccountUse, SettingsStore, Vault


@dataclass(frozen=True, slots=True)
class Merchants:
    """The only writer of settings and keys. Every method may block: not for the GUI thread.

    Attributes:
        vault: asks the keyring every time, so that nothing counts as stored that is not.
        use: tells which accounts have waiting entries; those accounts and their keys stay.
    """

    settings: SettingsStore
    vault: Vault
    use: AccountUse

    def load(self) -> Settings:
        """The settings as they are on disk.

        Raises:
            SettingsUnreadableError: the file is there but makes no sense.
        """
        return self.settings.load()

    def keep(self, settings: Settings, key: Secret | None) -> Settings:
        """Keep edited settings and, where one is given, a new key.

        The accounts on disk are changed by the rule of `change_merchant`; an old account without
        waiting entries is dropped, and its key with it. Appearance is left as it is on disk.

        Args:
            settings: their current account holds the merchant as edited.
            key: None keeps the key that the keyring already holds for this merchant.

        Raises:
            NotSetUpError: the settings have no current account.
            InvalidInputError: a field cannot be kept.
            KeyUnavailableError: the keyring did not take or does not hold the key.
            SettingsNewerError: the file of a newer version is not replaced.
            SettingsNotWrittenError: the disk did not take the settings; the key was put back.
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
        # Read back: the training mode keeps its own account.
        return self.settings.load()

    def keep_appearance(self, settings: Settings) -> Settings:
        """Keep the appearance of `settings`, and nothing else of them.

        Raises:
            InvalidInputError: a value cannot be kept.
            SettingsUnreadableError: the file makes no sense; it is left as it is.
            SettingsNotWrittenError: the disk did not take the settings.
        """
        kept = replace(self.settings.load(), appearance=settings.appearance)
        self.settings.save(check_settings(kept))
        return self.settings.load()

    def keep_prefix(self, prefix: str) -> Settings:
        """Keep the province and letter that plates begin with here, and nothing else.

        Raises:
            InvalidInputError: it is no such prefix.
            SettingsUnreadableError: the file makes no sense; it is left as it is.
            SettingsNotWrittenError: the disk did not take the settings.
        """
        stored = self.settings.load()
        kept = replace(stored, booth=replace(stored.booth, plate_prefix=prefix))
        self.settings.save(check_settings(kept))
        return self.settings.load()

    def forget(self) -> frozenset[str]:
        """Remove the current account, and its key if no other account uses it.

        Returns the `mch_id` of each key that is left in the keyring: another account needs it for
        its waiting entries, or it belonged to an older account and could not be removed.

        Raises:
            AccountInUseError: entries still wait under the account; nothing was changed.
            KeyUnavailableError: the key could not be removed; the settings are as they were.
            SettingsNotWrittenError: the key is gone, the ids still stand in the settings.
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
        """The settings on disk; `settings` without accounts where the file is unreadable."""
        try:
            return self.settings.load()
        except SettingsNewerError:
            raise
        except SettingsUnreadableError:
            return replace(settings, accounts=(), account_id="")

    def _without_unused(self, settings: Settings) -> Settings:
        """Drop each account that is neither current nor has waiting entries."""
        accounts = tuple(
            account
            for account in settings.accounts
            if account.account_id == settings.account_id or self.use.waiting(account.account_id)
        )
        return replace(settings, accounts=accounts)

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
        """The key to put back on undo; None where there is none or it is unusable."""
        try:
            return self.vault.load(mch_id)
        except (KeyMissingError, KeyringMismatchError):
            return None

    def _forget_quietly(self, mch_ids: Iterable[str]) -> frozenset[str]:
        """Remove keys that are no longer used; returns those that could not be removed."""
        return frozenset(mch_id for mch_id in mch_ids if not self._try_to_forget(mch_id))

    def _try_to_forget(self, mch_id: str) -> bool:
        try:
            self.vault.forget(mch_id)
        except KeyUnavailableError:
            return False
        return True


def _mch_ids(accounts: Iterable[Account]) -> set[str]:
    return {account.merchant.mch_id for account in accounts}
