"""Contract of `Vault`: keys by merchant; every failure is a `KeyUnavailableError`."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError

from tests.console.in_process import MemoryVault
from tests.service.conftest import FakeVault
from wxpark_gui.domain.errors import KeyMissingError
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.service.ports import Vault
from wxpark_gui.storage.vault import KeyringVault
from wxpark_gui.training.booth import TRAINING_MERCHANT, TrainingVault

KEY = Secret("k" * 32)
OTHER_KEY = Secret("o" * 32)
MERCHANT = TRAINING_MERCHANT.mch_id


def _keyring_vault() -> Vault:
    """Return the real adapter with a keyring in memory."""
    items: dict[tuple[str, str], str] = {}

    class Memory(KeyringBackend):
        priority = 1

        def get_password(self, service: str, username: str) -> str | None:
            return items.get((service, username))

        def set_password(self, service: str, username: str, password: str) -> None:
            items[service, username] = password

        def delete_password(self, service: str, username: str) -> None:
            if (service, username) not in items:
                raise PasswordDeleteError
            del items[service, username]

    # Kept out of the classes that keyring offers to other tests.
    KeyringBackend._classes.discard(Memory)
    return KeyringVault(5.0, trusted=lambda: [Memory])


WRITABLE: dict[str, Callable[[], Vault]] = {
    "KeyringVault": _keyring_vault,
    "FakeVault": lambda: FakeVault({}),
    "MemoryVault": MemoryVault,
}
FIXED: dict[str, Callable[[], Vault]] = {"TrainingVault": lambda: TrainingVault(KEY)}
EVERY = WRITABLE | FIXED


@pytest.fixture(params=WRITABLE)
def writable(request: pytest.FixtureRequest) -> Vault:
    return WRITABLE[str(request.param)]()


@pytest.fixture(params=EVERY)
def vault(request: pytest.FixtureRequest) -> Vault:
    return EVERY[str(request.param)]()


def test_stored_key_is_loaded(vault: Vault) -> None:
    vault.store(MERCHANT, KEY)
    assert vault.load(MERCHANT) == KEY


def test_key_of_another_merchant_is_missing(vault: Vault) -> None:
    vault.store(MERCHANT, KEY)
    with pytest.raises(KeyMissingError):
        vault.load("1900000999")


def test_forgetting_a_key_that_is_not_there_is_no_error(vault: Vault) -> None:
    vault.forget("1900000999")


def test_vault_has_a_name_for_the_doctor(vault: Vault) -> None:
    assert vault.describe()


def test_storing_again_replaces_the_key(writable: Vault) -> None:
    writable.store(MERCHANT, KEY)
    writable.store(MERCHANT, OTHER_KEY)
    assert writable.load(MERCHANT) == OTHER_KEY


def test_forgotten_key_is_missing(writable: Vault) -> None:
    writable.store(MERCHANT, KEY)
    writable.forget(MERCHANT)
    with pytest.raises(KeyMissingError):
        writable.load(MERCHANT)
