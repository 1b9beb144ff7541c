"""Entering, changing and removing the merchant: settings and keyring in step, or neither."""

from __future__ import annotations

from dataclasses import dataclass, replace

from wxpark_gui.domain.errors import (
    KeyMissingError,
    KeyringMismatchError,
    KeyUnavailableError,
    NotSetUpError,
    SettingsNotWrittenError,
)
from wxpark_gui.domain.merchant import MerchantProfile, Secret, check_merchant
from wxpark_gui.domain.settings import Settings, check_settings
from wxpark_gui.service.ports import SettingsStore, Vault


@dataclass(frozen=True, slots=True)
class Merchants:
    """The only writer of settings and keys. Both may block: never call it in the GUI thread."""

    settings: SettingsStore
    vault: Vault

    def load(self) -> Settings:
        """The settings as they are on disk.

        Raises:
            SettingsUnreadableError: the file is there but makes no sense.
        """
        return self.settings.load()

    def keep(self, settings: Settings, key: Secret | None) -> Settings:
        """Keep new settings and, where one is given, a new key.

        Args:
            settings: with the merchant in it.
            key: None keeps the key that the keyring already holds for this merchant.

        Raises:
            InvalidInputError: a field cannot be kept.
            KeyUnavailableError: the keyring did not take or does not hold the key.
            SettingsNotWrittenError: the disk did not take the settings; the key was put back.
        """
        if settings.merchant is None:
            raise NotSetUpError
        merchant = check_merchant(settings.merchant)
        settings = check_settings(replace(settings, merchant=merchant))
        before = self.settings.load().merchant
        if key is None:
            self.vault.load(merchant.mch_id)
            self.settings.save(settings)
        else:
            self._keep_both(settings, merchant, key)
        if before and before.mch_id != merchant.mch_id:
            self._forget_quietly(before.mch_id)
        # What holds is what is kept: training keeps its own merchant whatever was typed.
        return self.settings.load()

    def keep_appearance(self, settings: Settings) -> Settings:
        """Keep how the window looks, speaks and sounds; whatever else `settings` says is left.

        Works without a merchant, and cannot bring back an old one.

        Raises:
            InvalidInputError: a value cannot be kept.
            SettingsUnreadableError: the file makes no sense; it is left as it is.
            SettingsNotWrittenError: the disk did not take the settings.
        """
        kept = replace(
            self.settings.load(),
            language=settings.language,
            theme=settings.theme,
            font_scale=settings.font_scale,
            sounds=settings.sounds,
        )
        self.settings.save(check_settings(kept))
        return self.settings.load()

    def forget(self) -> None:
        """Remove the merchant and its key.

        Raises:
            KeyUnavailableError: the key could not be removed; the settings are as they were.
            SettingsNotWrittenError: the key is gone, the ids still stand in the settings.
        """
        settings = self.settings.load()
        if settings.merchant is None:
            return
        self.vault.forget(settings.merchant.mch_id)
        self.settings.save(replace(settings, merchant=None))

    def _keep_both(self, settings: Settings, merchant: MerchantProfile, key: Secret) -> None:
        previous = self._previous_key(merchant.mch_id)
        self.vault.store(merchant.mch_id, key)
        try:
            self.settings.save(settings)
        except SettingsNotWrittenError:
            if previous is None:
                self._forget_quietly(merchant.mch_id)
            else:
                self.vault.store(merchant.mch_id, previous)
            raise

    def _previous_key(self, mch_id: str) -> Secret | None:
        """What undoing would have to put back. An unusable old key is not worth keeping."""
        try:
            return self.vault.load(mch_id)
        except (KeyMissingError, KeyringMismatchError):
            return None

    def _forget_quietly(self, mch_id: str) -> None:
        """A stale key left behind harms nobody; failing the change for its sake would."""
        try:
            self.vault.forget(mch_id)
        except KeyUnavailableError:
            return
