"""The merchant, key and settings of the training mode, apart from the live ones."""

from __future__ import annotations

import secrets
import string
from dataclasses import dataclass, replace
from typing import Protocol

from wxpark_gui.domain.errors import KeyMissingError
from wxpark_gui.domain.merchant import MerchantProfile, Secret
from wxpark_gui.domain.settings import Settings

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
"""The ids in WeChat's documentation; no merchant has them."""


def make_training_key() -> Secret:
    """A key that lives as long as the process: 32 letters or digits."""
    return Secret("".join(secrets.choice(_ALPHABET) for _ in range(_KEY_LENGTH)))


@dataclass(frozen=True, slots=True)
class TrainingVault:
    """Holds the training key, and no other, in memory."""

    key: Secret

    def load(self, mch_id: str) -> Secret:
        """The training key; raises `KeyMissingError` for any other merchant."""
        if mch_id != TRAINING_MERCHANT.mch_id:
            raise KeyMissingError
        return self.key

    def store(self, mch_id: str, key: Secret) -> None:
        """Nothing is stored: the training key is fixed."""

    def forget(self, mch_id: str) -> None:
        """Nothing is removed: the training key is fixed."""

    def describe(self) -> str:
        """As the doctor names it."""
        return "training"


class SettingsFile(Protocol):
    """The settings store behind the training mode."""

    def load(self) -> Settings: ...

    def save(self, settings: Settings) -> None: ...


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """The trainee's settings, always with the training merchant and its gateway in them."""

    store: SettingsFile
    gateway_url: str

    def load(self) -> Settings:
        """Raises `SettingsUnreadableError`, as the file does."""
        merchant = replace(TRAINING_MERCHANT, gateway_url=self.gateway_url)
        return replace(self.store.load(), merchant=merchant)

    def save(self, settings: Settings) -> None:
        """Keep all but the merchant. Raises `SettingsNotWrittenError`, as the file does."""
        self.store.save(replace(settings, merchant=None))
