"""Merchant, key and settings of the training mode, separate from the live ones."""

from __future__ import annotations

import secrets
import string
from dataclasses import dataclass, replace
from typing import Protocol

from wxpark_gui.domain.errors import KeyMissingError
from wxpark_gui.domain.merchant import MerchantProfile, Secret
from wxpark_gui.domain.settings import Settings, change_merchant

_ALPHABET = string.ascii_letters + string.digits
_KEY_LENGTH = 32

TRAINING_MERCHANT = MerchantProfile(
    appid="wxcbda96de0b165486",
    mch_id="10000098",
    sub_appid="wxcbda96de0b165489",
    sub_mch_id="1900000109",
    parking_name="欢乐海岸停车场",
    free_time=1200,
)
"""Merchant with the sample ids of WeChat's documentation, which belong to no real merchant."""
TRAINING_PREFIX = "粤B"
"""Province and letter that the tour's plates begin with."""


def make_training_key() -> Secret:
    """Return a random key of 32 letters or digits; it is not stored."""
    return Secret("".join(secrets.choice(_ALPHABET) for _ in range(_KEY_LENGTH)))


@dataclass(frozen=True, slots=True)
class TrainingVault:
    """A vault in memory that holds only the training key."""

    key: Secret

    def load(self, mch_id: str) -> Secret:
        """Return the training key.

        Raises:
            KeyMissingError: the merchant is not the training merchant.
        """
        if mch_id != TRAINING_MERCHANT.mch_id:
            raise KeyMissingError
        return self.key

    def store(self, mch_id: str, key: Secret) -> None:
        """Do nothing: the training key is fixed."""

    def forget(self, mch_id: str) -> None:
        """Do nothing: the training key is fixed."""

    def describe(self) -> str:
        """Return the keyring's name for the doctor's report."""
        return "training"

    def is_locked(self) -> bool:
        """Return False: the key is in memory."""
        return False

    def probe(self) -> None:
        """Do nothing, because the training mode has no keyring."""


class SettingsFile(Protocol):
    """The file of the training mode's own settings."""

    def load(self) -> Settings: ...

    def save(self, settings: Settings) -> None: ...


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """The training mode's settings; their account is always the training merchant's."""

    store: SettingsFile
    gateway_url: str

    def load(self) -> Settings:
        """Load the file; replace its accounts by that of the training merchant.

        Raises `SettingsUnreadableError`.
        """
        merchant = replace(TRAINING_MERCHANT, gateway_url=self.gateway_url)
        stored = replace(self.store.load(), accounts=(), account_id="")
        return change_merchant(stored, merchant, proven=False)

    def save(self, settings: Settings) -> None:
        """Save everything but the accounts. Raises `SettingsNotWrittenError`."""
        self.store.save(replace(settings, accounts=(), account_id=""))
