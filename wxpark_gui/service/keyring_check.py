"""Check of the keyring that leaves no change in it."""

from __future__ import annotations

from wxpark_gui.domain.errors import KeyringLockedError
from wxpark_gui.service.ports import ProbedVault


def try_keyring(vault: ProbedVault, *, may_prompt: bool = False) -> str:
    """Write, read and remove a test item in the keyring; return the keyring's name.

    Args:
        may_prompt: True to let a locked keyring ask for its password instead of failing at once.

    Raises:
        KeyUnavailableError: the keyring is locked or cannot be used.
    """
    if not may_prompt and vault.is_locked():
        raise KeyringLockedError
    name = vault.describe()
    vault.probe()
    return name
