"""Keys in the Credential Manager of Windows, or of Wine."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from keyring.backends.Windows import WinVaultKeyring

from wxpark_gui.domain.errors import KeyMissingError
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.storage.vault import SERVICE, KeyringVault

pytestmark = pytest.mark.skipif(sys.platform != "win32", reason="needs the Credential Manager")

LARGEST_CREDENTIAL = 2560
LONGEST = 32
"""Length of a key in characters."""
open_keyring: Callable[[], Any] = WinVaultKeyring
FIRST, SECOND = "1900000901", "1900000902"


@pytest.fixture
def vault() -> Iterator[KeyringVault]:
    vault = KeyringVault()
    yield vault
    for mch_id in (FIRST, SECOND):
        vault.forget(mch_id)


def test_credential_manager_is_the_keyring(vault: KeyringVault) -> None:
    assert vault.describe() == "Windows"


def test_keys_of_two_merchants_are_kept_side_by_side(vault: KeyringVault) -> None:
    """A target name holds one user name; `keyring` moves the earlier key to another target name."""
    first, second = Secret("a" * 32), Secret("b" * 32)
    vault.store(FIRST, first)
    vault.store(SECOND, second)
    assert (vault.load(FIRST), vault.load(SECOND)) == (first, second)


def test_credential_of_another_program_under_our_name_is_kept(vault: KeyringVault) -> None:
    other = open_keyring()
    other.set_password(SERVICE, "another-program", "theirs")
    try:
        vault.store(FIRST, Secret("a" * 32))
        assert vault.load(FIRST) == Secret("a" * 32)
        vault.forget(FIRST)
        assert other.get_password(SERVICE, "another-program") == "theirs"
    finally:
        other.delete_password(SERVICE, "another-program")


def test_key_needs_a_fraction_of_what_a_credential_holds(vault: KeyringVault) -> None:
    """The Credential Manager holds up to 2,560 bytes, and `keyring` stores UTF-16."""
    vault.store(FIRST, Secret("k" * LONGEST))
    assert vault.load(FIRST) == Secret("k" * LONGEST)
    assert len(("k" * LONGEST).encode("utf-16-le")) < LARGEST_CREDENTIAL / 10


def test_forgetting_one_key_keeps_the_other(vault: KeyringVault) -> None:
    kept = Secret("b" * 32)
    vault.store(FIRST, Secret("a" * 32))
    vault.store(SECOND, kept)
    vault.forget(FIRST)
    with pytest.raises(KeyMissingError):
        vault.load(FIRST)
    assert vault.load(SECOND) == kept
